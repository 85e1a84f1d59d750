//! ICMP and ICMPv6: errors that quote the packet they are about, echo, and neighbour discovery.

use std::net::Ipv6Addr;

use super::bytes::{array_at, u32_at};
use super::checksum::Sum;
use super::ethernet::{self, Mac};
use super::ip::{self, Addresses, Packet};

/// Type, code, checksum and four bytes that depend on the type.
const HEADER: usize = 8;

/// How long an error may be with its IP header: what every host takes (RFC 1812 4.3.2.3; RFC 4443
/// 2.4 c).
const LONGEST_V4: usize = 576;
const LONGEST_V6: usize = 1280;

/// The errors among the types of ICMP: unreachable, source quench, redirect, time exceeded,
/// parameter problem (RFC 1122 3.2.2). All others ask or answer.
const ERRORS: [u8; 5] = [3, 4, 5, 11, 12];
/// The types of ICMPv6 from here on ask or answer (RFC 4443 2.1).
const INFORMATIONAL: u8 = 128;

/// Types that ask and answer, of ICMP and of ICMPv6.
pub(super) const ECHO: u8 = 8;
pub(super) const ECHO_REPLY: u8 = 0;
pub(super) const ECHO_V6: u8 = 128;
pub(super) const ECHO_REPLY_V6: u8 = 129;
pub(super) const NEIGHBOUR_SOLICITATION: u8 = 135;
pub(super) const NEIGHBOUR_ADVERTISEMENT: u8 = 136;

/// In an advertisement: it answers a question, and replaces what was known (RFC 4861 4.4).
const SOLICITED: u32 = 0x4000_0000;
const OVERRIDE: u32 = 0x2000_0000;
/// The option of an advertisement that names the sender's address on the link; eight bytes long
/// (RFC 4861 4.6.1).
const TARGET_LINK_ADDRESS: [u8; 2] = [2, 1];
/// Where an answer to a host goes that has no address yet.
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
/// Where on the link that is (RFC 2464 7).
const ALL_NODES_MAC: Mac = Mac([0x33, 0x33, 0, 0, 0, 1]);

/// A message.
///
/// Source: RFC 792, RFC 4443.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) kind: u8,
    pub(crate) code: u8,
    /// What the header holds beside them; its meaning depends on the type.
    pub(crate) rest: u32,
    pub(crate) body: &'a [u8],
}

impl<'a> Message<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Self {
            kind: *bytes.first()?,
            code: *bytes.get(1)?,
            rest: u32_at(bytes, 4)?,
            body: bytes.get(HEADER..)?,
        })
    }

    /// The answer to an echo request, over the way that the answer takes; none where it is no
    /// request.
    pub(crate) fn echo_reply(self, addresses: Addresses) -> Option<Vec<u8>> {
        let kind = match (addresses, self.kind) {
            (Addresses::V4(..), ECHO) => ECHO_REPLY,
            (Addresses::V6(..), ECHO_V6) => ECHO_REPLY_V6,
            _ => return None,
        };
        let bytes = Self { kind, ..self }.to_bytes(addresses);
        Some(ip::packet(addresses, protocol(addresses), &bytes))
    }

    /// The address that a neighbour solicitation asks for; none where it is none. `packet` is what
    /// carried it: one that has passed a router counts for nothing (RFC 4861 7.1.1).
    pub(crate) fn solicited(&self, packet: &Packet<'_>) -> Option<Ipv6Addr> {
        let is_solicitation = packet.protocol == ip::ICMPV6
            && packet.hop_limit == u8::MAX
            && (self.kind, self.code) == (NEIGHBOUR_SOLICITATION, 0);
        is_solicitation
            .then(|| array_at::<16>(self.body, 0))?
            .map(Ipv6Addr::from)
    }

    fn to_bytes(self, addresses: Addresses) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + self.body.len());
        bytes.extend([self.kind, self.code, 0, 0]);
        bytes.extend(self.rest.to_be_bytes());
        bytes.extend(self.body);
        let sum = match addresses {
            Addresses::V4(..) => Sum::default(),
            Addresses::V6(..) => addresses.pseudo_header(ip::ICMPV6, bytes.len()),
        };
        let checksum = sum.and(&bytes).finish();
        bytes[2..4].copy_from_slice(&checksum.to_be_bytes());
        bytes
    }
}

/// The packet in which the host that `about` was sent to says what is wrong with it. It quotes as
/// much as an error may hold; both RFCs want the header and eight bytes at least.
///
/// Source: RFC 792, RFC 1812 4.3.2.3, RFC 4443 2.4 c.
pub(crate) fn error(kind: u8, code: u8, rest: u32, about: &Packet<'_>) -> Vec<u8> {
    let addresses = about.addresses.reversed();
    let room = match addresses {
        Addresses::V4(..) => LONGEST_V4 - 20 - HEADER,
        Addresses::V6(..) => LONGEST_V6 - 40 - HEADER,
    };
    let body = &about.bytes[..about.bytes.len().min(room)];
    let message = Message {
        kind,
        code,
        rest,
        body,
    };
    ip::packet(addresses, protocol(addresses), &message.to_bytes(addresses))
}

/// The frame in which the host with the address `target` says where it is on the link, to whom
/// asked for it.
///
/// Source: RFC 4861 4.4 and 7.2.4.
pub(crate) fn neighbour_advertisement(
    target: Ipv6Addr,
    mac: Mac,
    asker: Ipv6Addr,
    asker_mac: Mac,
) -> Vec<u8> {
    // Who looks whether an address is free has none: all nodes are told, and nobody in particular.
    let (destination, destination_mac, flags) = if asker.is_unspecified() {
        (ALL_NODES, ALL_NODES_MAC, OVERRIDE)
    } else {
        (asker, asker_mac, SOLICITED | OVERRIDE)
    };
    let addresses = Addresses::V6(target, destination);
    let body = [&target.octets()[..], &TARGET_LINK_ADDRESS, &mac.octets()].concat();
    let message = Message {
        kind: NEIGHBOUR_ADVERTISEMENT,
        code: 0,
        rest: flags,
        body: &body,
    };
    let packet = ip::link_packet(addresses, ip::ICMPV6, &message.to_bytes(addresses));
    ethernet::frame(mac, destination_mac, ethernet::IPV6, &packet)
}

/// Whether messages of this type report an error, which no error may be sent about (RFC 1122 3.2.2,
/// RFC 4443 2.4 e).
pub(crate) fn is_error_v4(kind: u8) -> bool {
    ERRORS.contains(&kind)
}

/// The same for ICMPv6.
pub(crate) fn is_error_v6(kind: u8) -> bool {
    kind < INFORMATIONAL
}

fn protocol(addresses: Addresses) -> u8 {
    match addresses {
        Addresses::V4(..) => ip::ICMP,
        Addresses::V6(..) => ip::ICMPV6,
    }
}

/// What the RFCs call a type and code of ICMP: RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1.
pub(super) fn name_v4(kind: u8, code: u8) -> &'static str {
    match (kind, code) {
        (ECHO_REPLY, _) => "echo reply",
        (3, 0) => "network unreachable",
        (3, 1) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "fragmentation needed",
        (3, 5) => "source route failed",
        (3, 6) => "network unknown",
        (3, 7) => "host unknown",
        (3, 8) => "source host isolated",
        (3, 9) => "network prohibited",
        (3, 10) => "host prohibited",
        (3, 11) => "network unreachable for type of service",
        (3, 12) => "host unreachable for type of service",
        (3, 13) => "communication prohibited",
        (3, 14) => "host precedence violation",
        (3, 15) => "precedence cutoff",
        (4, _) => "source quench",
        (5, _) => "redirect",
        (ECHO, _) => "echo request",
        (11, 0) => "time to live exceeded",
        (11, 1) => "reassembly time exceeded",
        (12, _) => "parameter problem",
        _ => "",
    }
}

/// The same for ICMPv6: RFC 4443, RFC 4861, and the report of RFC 9777, which every system sends
/// by itself.
pub(super) fn name_v6(kind: u8, code: u8) -> &'static str {
    match (kind, code) {
        (1, 0) => "no route to destination",
        (1, 1) => "communication prohibited",
        (1, 2) => "beyond scope of source address",
        (1, 3) => "address unreachable",
        (1, 4) => "port unreachable",
        (1, 5) => "source address failed policy",
        (1, 6) => "reject route to destination",
        (2, _) => "packet too big",
        (3, 0) => "hop limit exceeded",
        (3, 1) => "reassembly time exceeded",
        (4, _) => "parameter problem",
        (ECHO_V6, _) => "echo request",
        (ECHO_REPLY_V6, _) => "echo reply",
        (133, _) => "router solicitation",
        (134, _) => "router advertisement",
        (NEIGHBOUR_SOLICITATION, _) => "neighbour solicitation",
        (NEIGHBOUR_ADVERTISEMENT, _) => "neighbour advertisement",
        (143, _) => "multicast listener report",
        _ => "",
    }
}
