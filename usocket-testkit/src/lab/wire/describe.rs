//! A frame in one line, for the log that a failing test prints.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::arp::Arp;
use super::bytes::{array_at, u16_at, u32_at};
use super::ethernet::{Content, Frame, Mac};
use super::icmp::{self, Message};
use super::ip::{self, Packet, Part};
use super::tcp::{Flags, Segment};
use super::transport::Transport;

/// A frame in one line, whatever its bytes are:
///
/// ```text
/// arp: who has 10.77.1.5? tell 10.77.0.1
/// 10.77.0.1:40123 > 10.77.1.5:80 tcp SYN seq 1 win 64240 mss 1460
/// 10.77.1.5 > 10.77.0.1 icmp 3/7 host unknown, about 10.77.0.1:40123 > 10.77.1.5:80 tcp seq 1
/// ```
pub(crate) fn describe(frame: &[u8]) -> String {
    Line(frame).to_string()
}

struct Line<'a>(&'a [u8]);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Frame::parse(self.0).map(|frame| frame.content) {
            Some(Content::Arp(arp)) => write_arp(f, &arp),
            Some(Content::Ip(packet)) => write_packet(f, &packet),
            Some(Content::Other(kind, len)) => write!(f, "frame of type {kind:#06x}, len {len}"),
            None => write!(f, "frame without a header, len {}", self.0.len()),
        }
    }
}

fn write_arp(f: &mut fmt::Formatter<'_>, arp: &Arp) -> fmt::Result {
    let (mac, sender) = arp.sender;
    if arp.is_request {
        write!(f, "arp: who has {}? tell {sender}", arp.target.1)
    } else {
        write!(f, "arp: {sender} is at {mac}")
    }
}

fn write_packet(f: &mut fmt::Formatter<'_>, packet: &Packet<'_>) -> fmt::Result {
    match Transport::of(packet) {
        Transport::Tcp(segment) => {
            write_ends(f, packet, Some((segment.source, segment.destination)))?;
            write_segment(f, &segment)
        }
        Transport::Udp(datagram) => {
            write_ends(f, packet, Some((datagram.source, datagram.destination)))?;
            write!(f, " udp len {}", datagram.payload.len())
        }
        Transport::Icmp(message) => {
            write_ends(f, packet, None)?;
            write_icmp(f, packet, &message)
        }
        Transport::Other => {
            write_ends(f, packet, None)?;
            let what = match packet.part {
                Part::Whole => "",
                Part::First | Part::Later => " fragment",
            };
            write!(
                f,
                " protocol {}{what} len {}",
                packet.protocol,
                packet.payload.len()
            )
        }
    }
}

fn write_ends(
    f: &mut fmt::Formatter<'_>,
    packet: &Packet<'_>,
    ports: Option<(u16, u16)>,
) -> fmt::Result {
    let (source, destination) = (packet.addresses.source(), packet.addresses.destination());
    match ports {
        None => write!(f, "{source} > {destination}"),
        Some((from, to)) => write!(
            f,
            "{} > {}",
            SocketAddr::new(source, from),
            SocketAddr::new(destination, to)
        ),
    }
}

fn write_segment(f: &mut fmt::Formatter<'_>, segment: &Segment<'_>) -> fmt::Result {
    write!(f, " tcp {} seq {}", segment.flags, segment.sequence)?;
    if segment.flags.contains(Flags::ACK) {
        write!(f, " ack {}", segment.acknowledgment)?;
    }
    write!(f, " win {}", segment.window)?;
    if let Some(size) = segment.maximum_segment_size {
        write!(f, " mss {size}")?;
    }
    match segment.payload.len() {
        0 => Ok(()),
        len => write!(f, " len {len}"),
    }
}

fn write_icmp(
    f: &mut fmt::Formatter<'_>,
    packet: &Packet<'_>,
    message: &Message<'_>,
) -> fmt::Result {
    let (kind, code) = (message.kind, message.code);
    let (protocol, name, is_error) = match packet.addresses.source() {
        IpAddr::V4(_) => ("icmp", icmp::name_v4(kind, code), icmp::is_error_v4(kind)),
        IpAddr::V6(_) => ("icmpv6", icmp::name_v6(kind, code), icmp::is_error_v6(kind)),
    };
    write!(f, " {protocol} {kind}/{code}")?;
    if !name.is_empty() {
        write!(f, " {name}")?;
    }
    if is_error {
        // How large a packet may be stands in the lower half; IPv6 uses all of it, and the upper
        // half is zero in IPv4.
        if (protocol, kind, code) == ("icmp", 3, 4) || (protocol, kind) == ("icmpv6", 2) {
            write!(f, ", mtu {}", message.rest)?;
        }
        return write_quote(f, message.body);
    }
    match (protocol, kind) {
        ("icmp", icmp::ECHO | icmp::ECHO_REPLY)
        | ("icmpv6", icmp::ECHO_V6 | icmp::ECHO_REPLY_V6) => {
            write!(
                f,
                " id {} seq {}",
                message.rest >> 16,
                message.rest & 0xffff
            )
        }
        ("icmpv6", icmp::NEIGHBOUR_SOLICITATION) => match array_at::<16>(message.body, 0) {
            Some(target) => write!(f, ": who has {}?", IpAddr::from(target)),
            None => Ok(()),
        },
        ("icmpv6", icmp::NEIGHBOUR_ADVERTISEMENT) => {
            match (array_at::<16>(message.body, 0), array_at(message.body, 18)) {
                (Some(target), Some(mac)) => {
                    write!(f, ": {} is at {}", IpAddr::from(target), Mac(mac))
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// The packet that an error is about, of which eight bytes behind the header are enough to know it
/// by.
fn write_quote(f: &mut fmt::Formatter<'_>, quote: &[u8]) -> fmt::Result {
    let Some(packet) = Packet::parse_quote(quote) else {
        return write!(f, ", quotes nothing that can be read");
    };
    write!(f, ", about ")?;
    let ports = u16_at(packet.payload, 0).zip(u16_at(packet.payload, 2));
    match packet.protocol {
        ip::TCP => {
            write_ends(f, &packet, ports)?;
            match u32_at(packet.payload, 4) {
                Some(sequence) => write!(f, " tcp seq {sequence}"),
                None => write!(f, " tcp"),
            }
        }
        ip::UDP => {
            write_ends(f, &packet, ports)?;
            write!(f, " udp")
        }
        protocol => {
            write_ends(f, &packet, None)?;
            write!(f, " protocol {protocol}")
        }
    }
}
