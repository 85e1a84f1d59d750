//! A peer in the test speaks to the hosts frame by frame, and holds every number against the RFCs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::*;
use crate::lab::wire::opinion::{self, Said};
use crate::lab::wire::{self, Addresses, Datagram, Flags, Mac, Packet, Segment};

mod endings;
mod noise;
mod others;
mod tcp;
mod unfit;
mod way;

const TEST_MAC: Mac = Mac([2, 0, 0, 0, 0, 0x0a]);
const SYN: Flags = Flags::SYN;
const ACK: Flags = Flags::ACK;
const WINDOW: u16 = 64240;

/// The end of the test on the link, with at most one connection at a time.
struct Peer {
    network: Network,
    now: Instant,
    /// To the host.
    addresses: Addresses,
    port: u16,
    /// The number of the next byte, and of the next one of the host.
    next: u32,
    expected: u32,
    window: u16,
    largest: Option<u16>,
}

/// A segment of the host: its flags, its two numbers, window and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Got {
    flags: String,
    sequence: u32,
    acknowledgment: u32,
    window: u16,
    payload: Vec<u8>,
}

impl Peer {
    fn new(is_ipv6: bool, answer: impl Into<Answer>) -> Self {
        let addresses = if is_ipv6 {
            Addresses::V6(ip6(1), ip6(5))
        } else {
            Addresses::V4(Ipv4Addr::new(10, 77, 0, 1), Ipv4Addr::new(10, 77, 1, 5))
        };
        let mut peer = Self {
            network: Network::new(),
            now: Instant::now(),
            addresses,
            port: 40123,
            next: 100,
            expected: 0,
            window: WINDOW,
            largest: Some(1400),
        };
        peer.set(answer);
        peer
    }

    fn both(answer: impl Into<Answer>) -> [Self; 2] {
        let answer = answer.into();
        [false, true].map(|is_ipv6| Self::new(is_ipv6, answer.clone()))
    }

    fn host(&self) -> IpAddr {
        self.addresses.destination()
    }

    fn set(&mut self, answer: impl Into<Answer>) {
        self.network.set(self.host(), answer).unwrap();
    }

    /// The frames that come back for a packet.
    fn packet(&mut self, packet: &[u8]) -> Vec<Outgoing> {
        let frame = wire::ip_frame(TEST_MAC, Mac(HOST_MAC), packet);
        self.network.answer(self.now, &frame)
    }

    fn raw(&mut self, flags: Flags, sequence: u32, payload: &[u8]) -> Vec<Outgoing> {
        let segment = Segment {
            source: self.port,
            destination: 7,
            sequence,
            acknowledgment: if flags.contains(ACK) {
                self.expected
            } else {
                0
            },
            flags,
            window: self.window,
            maximum_segment_size: self.largest.filter(|_| flags.contains(SYN)),
            payload,
        };
        self.packet(&segment.to_packet(self.addresses))
    }

    /// Sends a segment with a number of its own; gives the segments that come back.
    fn send_at(&mut self, flags: Flags, sequence: u32, payload: &[u8]) -> Vec<Got> {
        let out = self.raw(flags, sequence, payload);
        out.iter().map(|outgoing| self.got(outgoing)).collect()
    }

    /// Sends the next segment.
    fn send(&mut self, flags: Flags, payload: &[u8]) -> Vec<Got> {
        let got = self.send_at(flags, self.next, payload);
        let flags = [SYN, Flags::FIN].map(|flag| u32::from(flags.contains(flag)));
        let len = u32::try_from(payload.len()).unwrap() + flags[0] + flags[1];
        self.next = self.next.wrapping_add(len);
        got
    }

    /// A segment of the host, as the other crate reads it.
    fn got(&self, outgoing: &Outgoing) -> Got {
        assert_eq!(outgoing.frame[..6], TEST_MAC.octets());
        assert_eq!(outgoing.frame[6..12], HOST_MAC);
        let seen = opinion::on(&outgoing.frame);
        assert_eq!(
            (seen.source, seen.destination),
            (self.host(), self.addresses.source())
        );
        let Said::Tcp { header, payload } = seen.said else {
            panic!("{}", wire::describe(&outgoing.frame));
        };
        assert_eq!(
            (header.source_port, header.destination_port),
            (7, self.port)
        );
        let flags = [
            (header.syn, "S"),
            (header.fin, "F"),
            (header.rst, "R"),
            (header.psh, "P"),
            (header.ack, "A"),
        ];
        Got {
            flags: flags
                .iter()
                .filter(|(set, _)| *set)
                .map(|(_, letter)| *letter)
                .collect(),
            sequence: header.sequence_number,
            acknowledgment: header.acknowledgment_number,
            window: header.window_size,
            payload,
        }
    }

    /// Makes a connection.
    fn connect(&mut self) {
        let [syn_ack] = &self.send(SYN, b"")[..] else {
            panic!("no SYN+ACK");
        };
        assert_eq!(
            (&syn_ack.flags[..], syn_ack.acknowledgment),
            ("SA", self.next)
        );
        self.expected = syn_ack.sequence.wrapping_add(1);
    }

    /// Makes a connection, of which the last part of the handshake gets no answer.
    fn connected(&mut self) {
        self.connect();
        assert_eq!(self.send(ACK, b""), []);
    }

    /// Takes what comes in order; the bytes.
    fn take(&mut self, got: &[Got]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for segment in got {
            assert_eq!(segment.sequence, self.expected);
            let fin = u32::from(segment.flags.contains('F'));
            let len = u32::try_from(segment.payload.len()).unwrap();
            self.expected = self.expected.wrapping_add(len + fin);
            bytes.extend(&segment.payload);
        }
        bytes
    }

    fn udp(&mut self, payload: &[u8]) -> Vec<Outgoing> {
        let datagram = Datagram {
            source: self.port,
            destination: 9,
            payload,
        };
        self.packet(&datagram.to_packet(self.addresses))
    }

    fn ping(&mut self) -> Vec<Outgoing> {
        let frame = ping(self.addresses);
        self.network.answer(self.now, &frame)
    }
}

fn ip6(last: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, last)
}

/// A frame with an echo request, built by the other crate.
fn ping(addresses: Addresses) -> Vec<u8> {
    let builder = etherparse::PacketBuilder::ethernet2(TEST_MAC.octets(), HOST_MAC);
    let mut frame = Vec::new();
    match addresses {
        Addresses::V4(source, destination) => builder
            .ipv4(source.octets(), destination.octets(), 64)
            .icmpv4_echo_request(1, 2)
            .write(&mut frame, b"ping"),
        Addresses::V6(source, destination) => builder
            .ipv6(source.octets(), destination.octets(), 64)
            .icmpv6_echo_request(1, 2)
            .write(&mut frame, b"ping"),
    }
    .unwrap();
    frame
}

fn icmp(outgoing: &Outgoing) -> (u8, u8, u32, Vec<u8>) {
    match opinion::on(&outgoing.frame).said {
        Said::Icmp {
            kind,
            code,
            rest,
            body,
        } => (kind, code, rest, body),
        other => panic!("{other:?}"),
    }
}

fn error(is_ipv6: bool, kind: u8, code: u8) -> Behaviour {
    let addr = if is_ipv6 {
        Ipv6Addr::UNSPECIFIED.into()
    } else {
        Ipv4Addr::UNSPECIFIED.into()
    };
    Behaviour::Icmp(IcmpError::for_addr(addr, kind, code).unwrap())
}

fn accept_then(ending: Ending, after: After) -> Behaviour {
    Behaviour::AcceptThen { ending, after }
}

fn flags(got: &[Got]) -> Vec<&str> {
    got.iter().map(|segment| &segment.flags[..]).collect()
}
