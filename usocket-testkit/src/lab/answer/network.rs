//! Who answers what, and the answers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use super::behaviour::{Answer, Behaviour};
use super::connection::{self, Connection, Flow, Limit};
use super::icmp::Unfit;
use crate::lab::wire::{
    self, Addresses, Content, Datagram, Flags, Frame, Mac, Packet, Part, Segment, Transport,
};

/// Where on the link every host is.
pub(crate) const HOST_MAC: [u8; 6] = [2, 0, 0, 0, 0, 0x77];

/// How many connections are kept. One more, and the one that was heard of least recently is
/// forgotten; its next segment gets a reset. Each holds up to 64 KiB.
const MOST_CONNECTIONS: usize = 1024;

/// How far the first sequence numbers of connections are apart: what is left of an old one on the
/// link means nothing to the next.
const SEQUENCE_STEP: u32 = 1_000_000;

/// A frame to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// Not before.
    pub(crate) at: Instant,
    pub(crate) frame: Vec<u8>,
}

/// The hosts that answer on a link, and the TCP connections to them.
#[derive(Debug, Default)]
pub(crate) struct Network {
    hosts: HashMap<IpAddr, Host>,
    connections: HashMap<Flow, Held>,
    /// The first sequence number of the next connection.
    pub(super) sequence: u32,
}

#[derive(Debug)]
struct Host {
    answer: Answer,
    /// How many packets it has been sent since the answer was set.
    packets: u32,
}

impl Host {
    fn behaviour(&self) -> Behaviour {
        self.answer.behaviour_at(self.packets)
    }
}

#[derive(Debug)]
struct Held {
    connection: Connection,
    heard: Instant,
    peer: Mac,
}

impl Network {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// From now on, `addr` answers so; connections that stand meet it with their next segment.
    ///
    /// # Errors
    ///
    /// The host at that address cannot answer so.
    pub(crate) fn set(&mut self, addr: IpAddr, answer: impl Into<Answer>) -> Result<(), Unfit> {
        let answer = answer.into();
        answer.fits(addr)?;
        self.hosts.insert(addr, Host { answer, packets: 0 });
        Ok(())
    }

    /// What `addr` answers; none where nothing was ever set for it.
    pub(crate) fn get(&self, addr: IpAddr) -> Option<&Answer> {
        self.hosts.get(&addr).map(|host| &host.answer)
    }

    /// The frames that come back for one that was read from the link, in their order.
    pub(crate) fn answer(&mut self, now: Instant, frame: &[u8]) -> Vec<Outgoing> {
        let Some(frame) = Frame::parse(frame) else {
            return Vec::new();
        };
        match frame.content {
            Content::Arp(arp) => {
                let (asker, wanted) = (arp.sender.1, arp.target.1);
                let is_asked = arp.is_request && asker != wanted && self.is_on_link(wanted.into());
                let reply = is_asked.then(|| arp.reply(Mac(HOST_MAC)));
                reply
                    .into_iter()
                    .map(|frame| Outgoing { at: now, frame })
                    .collect()
            }
            Content::Ip(packet) => match self.advertisement(frame.source, &packet) {
                Some(frame) => vec![Outgoing { at: now, frame }],
                None => self.answer_packet(now, frame.source, &packet),
            },
            Content::Other(..) => Vec::new(),
        }
    }

    /// Resets every connection to a host, unasked.
    pub(crate) fn reset(&mut self, now: Instant, host: IpAddr) -> Vec<Outgoing> {
        self.each_connection(now, host, |connection| vec![connection.reset()])
    }

    /// Closes the host's direction of every connection to it, unasked: the other ends read the end
    /// of the stream.
    pub(crate) fn close(&mut self, now: Instant, host: IpAddr) -> Vec<Outgoing> {
        self.each_connection(now, host, Connection::close)
    }

    fn each_connection(
        &mut self,
        now: Instant,
        host: IpAddr,
        mut act: impl FnMut(&mut Connection) -> Vec<Vec<u8>>,
    ) -> Vec<Outgoing> {
        let delay = self
            .get(host)
            .map(|answer| answer.delay)
            .unwrap_or_default();
        // A time that the clock cannot tell never comes.
        let Some(at) = now.checked_add(delay) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (flow, held) in &mut self.connections {
            if flow.addresses.destination() == host {
                let packets = act(&mut held.connection);
                out.extend(
                    packets
                        .into_iter()
                        .map(|packet| outgoing(at, held.peer, &packet)),
                );
            }
        }
        self.connections
            .retain(|_, held| !held.connection.is_over());
        out
    }

    fn is_on_link(&self, addr: IpAddr) -> bool {
        self.hosts
            .get(&addr)
            .is_some_and(|host| host.behaviour() != Behaviour::Absent)
    }

    /// The answer to the question where on the link a host is, if the packet asks that.
    fn advertisement(&self, asker: Mac, packet: &Packet<'_>) -> Option<Vec<u8>> {
        let (Transport::Icmp(message), Addresses::V6(source, _)) =
            (Transport::of(packet), packet.addresses)
        else {
            return None;
        };
        let wanted = message.solicited(packet)?;
        self.is_on_link(wanted.into())
            .then(|| wire::neighbour_advertisement(wanted, Mac(HOST_MAC), source, asker))
    }

    fn answer_packet(&mut self, now: Instant, from: Mac, packet: &Packet<'_>) -> Vec<Outgoing> {
        let source = packet.addresses.source();
        if source.is_unspecified() || source.is_multicast() {
            return Vec::new();
        }
        let Some(host) = self.hosts.get_mut(&packet.addresses.destination()) else {
            return Vec::new();
        };
        let behaviour = host.behaviour();
        host.packets = host.packets.saturating_add(1);
        let (delay, mtu) = (host.answer.delay, host.answer.mtu);
        let Some(at) = now.checked_add(delay) else {
            return Vec::new();
        };

        let packets = match too_big(packet, mtu) {
            _ if matches!(behaviour, Behaviour::Absent | Behaviour::Silent) => Vec::new(),
            Some(error) => vec![error],
            None => self.react(now, from, behaviour, packet),
        };
        packets
            .iter()
            .map(|packet| outgoing(at, from, packet))
            .collect()
    }

    /// The packets with which a host of that behaviour answers.
    fn react(
        &mut self,
        now: Instant,
        from: Mac,
        behaviour: Behaviour,
        packet: &Packet<'_>,
    ) -> Vec<Vec<u8>> {
        let transport = Transport::of(packet);
        let back = packet.addresses.reversed();
        match (behaviour, transport) {
            (Behaviour::Absent | Behaviour::Silent, _) => Vec::new(),
            (Behaviour::Icmp(error), _) => {
                let error = may_report(packet)
                    .then(|| wire::error(error.kind, error.code, error.rest(), packet));
                error.into_iter().collect()
            }
            (_, Transport::Icmp(message)) => message.echo_reply(back).into_iter().collect(),
            (Behaviour::Refuse, Transport::Tcp(segment)) => {
                let flow = Flow::of(packet.addresses, &segment);
                let reset = match self.connections.remove(&flow) {
                    Some(mut held) if !segment.flags.contains(Flags::RST) => {
                        Some(held.connection.reset())
                    }
                    _ => connection::refuse(flow, &segment),
                };
                reset.into_iter().collect()
            }
            (Behaviour::Refuse, Transport::Udp(_)) => vec![port_unreachable(packet)],
            (Behaviour::Echo, Transport::Tcp(segment)) => {
                self.tcp(now, from, packet.addresses, &segment, None)
            }
            (Behaviour::AcceptThen { ending, after }, Transport::Tcp(segment)) => {
                self.tcp(now, from, packet.addresses, &segment, Some((ending, after)))
            }
            (_, Transport::Udp(datagram)) => {
                let echo = Datagram {
                    source: datagram.destination,
                    destination: datagram.source,
                    ..datagram
                };
                vec![echo.to_packet(back)]
            }
            (_, Transport::Other) => Vec::new(),
        }
    }

    fn tcp(
        &mut self,
        now: Instant,
        peer: Mac,
        addresses: Addresses,
        segment: &Segment<'_>,
        limit: Limit,
    ) -> Vec<Vec<u8>> {
        let flow = Flow::of(addresses, segment);
        let opens = segment.flags.contains(Flags::SYN)
            && !segment.flags.contains(Flags::ACK)
            && !segment.flags.contains(Flags::RST);
        if let Some(held) = self.connections.get_mut(&flow) {
            // A SYN with another number: the peer has forgotten the connection, and uses the port
            // again.
            if !opens || held.connection.began_with(segment.sequence) {
                held.heard = now;
                let out = held.connection.take(segment, limit);
                if held.connection.is_over() {
                    self.connections.remove(&flow);
                }
                return out;
            }
        }
        if !opens {
            return connection::refuse(flow, segment).into_iter().collect();
        }
        self.make_room();
        let (connection, answer) = Connection::open(flow, segment, self.sequence);
        self.sequence = self.sequence.wrapping_add(SEQUENCE_STEP);
        let heard = now;
        self.connections.insert(
            flow,
            Held {
                connection,
                heard,
                peer,
            },
        );
        vec![answer]
    }

    /// Forgets the connection that was heard of least recently, where there are too many.
    fn make_room(&mut self) {
        if self.connections.len() < MOST_CONNECTIONS {
            return;
        }
        let oldest = self.connections.iter().min_by_key(|(_, held)| held.heard);
        if let Some(flow) = oldest.map(|(flow, _)| *flow) {
            self.connections.remove(&flow);
        }
    }
}

fn outgoing(at: Instant, to: Mac, packet: &[u8]) -> Outgoing {
    let frame = wire::ip_frame(Mac(HOST_MAC), to, packet);
    Outgoing { at, frame }
}

/// The error for a packet that the way is too narrow for; what may be cut gets through.
fn too_big(packet: &Packet<'_>, mtu: Option<u16>) -> Option<Vec<u8>> {
    let mtu = mtu.filter(|mtu| packet.bytes.len() > usize::from(*mtu) && packet.dont_fragment)?;
    let (kind, code) = match packet.addresses {
        Addresses::V4(..) => (3, 4),
        Addresses::V6(..) => (2, 0),
    };
    may_report(packet).then(|| wire::error(kind, code, mtu.into(), packet))
}

fn port_unreachable(packet: &Packet<'_>) -> Vec<u8> {
    let (kind, code) = match packet.addresses {
        Addresses::V4(..) => (3, 3),
        Addresses::V6(..) => (1, 4),
    };
    wire::error(kind, code, 0, packet)
}

/// Whether an error may be sent about a packet: not about an error, and not about each piece of a
/// datagram (RFC 1122 3.2.2, RFC 4443 2.4 e).
fn may_report(packet: &Packet<'_>) -> bool {
    let is_error = match (Transport::of(packet), packet.addresses) {
        (Transport::Icmp(message), Addresses::V4(..)) => wire::is_error_v4(message.kind),
        (Transport::Icmp(message), Addresses::V6(..)) => wire::is_error_v6(message.kind),
        _ => false,
    };
    !is_error && packet.part != Part::Later
}
