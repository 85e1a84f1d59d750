//! What an IP packet carries, read.

use super::icmp::Message;
use super::ip::{self, Packet, Part};
use super::tcp::Segment;
use super::udp::Datagram;

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport<'a> {
    Tcp(Segment<'a>),
    Udp(Datagram<'a>),
    /// ICMP over IPv4, ICMPv6 over IPv6; the other way round is no more than a protocol that nobody
    /// speaks.
    Icmp(Message<'a>),
    /// Another protocol, a fragment, or something that cannot be read.
    Other,
}

impl<'a> Transport<'a> {
    pub(crate) fn of(packet: &Packet<'a>) -> Self {
        if packet.part != Part::Whole {
            return Self::Other;
        }
        let payload = packet.payload;
        let read = match (packet.protocol, packet.addresses.source().is_ipv6()) {
            (ip::TCP, _) => Segment::parse(payload).map(Self::Tcp),
            (ip::UDP, _) => Datagram::parse(payload).map(Self::Udp),
            (ip::ICMP, false) | (ip::ICMPV6, true) => Message::parse(payload).map(Self::Icmp),
            _ => None,
        };
        read.unwrap_or(Self::Other)
    }
}
