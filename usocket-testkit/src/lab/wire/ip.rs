//! IPv4 and IPv6: from which address to which, and what a packet carries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::{array_at, length, u16_at};
use super::checksum::Sum;

/// What a packet carries (IANA's protocol numbers).
pub(super) const ICMP: u8 = 1;
pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;
pub(super) const ICMPV6: u8 = 58;

/// The extension headers of IPv6 that are stepped over: hop-by-hop options, routing, destination
/// options.
const STEPPED_OVER: [u8; 3] = [0, 43, 60];
const FRAGMENT: u8 = 44;

/// What the hop limit of a packet of ours is.
const HOPS: u8 = 64;
/// Neighbour discovery takes this one only: the packet has passed no router (RFC 4861 7.1).
const ALL_HOPS: u8 = 255;

const DONT_FRAGMENT: u16 = 0x4000;
const MORE_FRAGMENTS: u16 = 0x2000;
const OFFSET: u16 = 0x1fff;

/// From where to where; both ends are of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Addresses {
    V4(Ipv4Addr, Ipv4Addr),
    V6(Ipv6Addr, Ipv6Addr),
}

impl Addresses {
    pub(crate) fn source(self) -> IpAddr {
        match self {
            Self::V4(source, _) => source.into(),
            Self::V6(source, _) => source.into(),
        }
    }

    pub(crate) fn destination(self) -> IpAddr {
        match self {
            Self::V4(_, destination) => destination.into(),
            Self::V6(_, destination) => destination.into(),
        }
    }

    /// The way back.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::V4(source, destination) => Self::V4(destination, source),
            Self::V6(source, destination) => Self::V6(destination, source),
        }
    }

    /// What the checksums of UDP, TCP and ICMPv6 cover beside the message itself (RFC 9293 3.1, RFC
    /// 8200 8.1).
    pub(super) fn pseudo_header(self, protocol: u8, len: usize) -> Sum {
        let addresses = match self {
            Self::V4(source, destination) => Sum::of(&source.octets()).and(&destination.octets()),
            Self::V6(source, destination) => Sum::of(&source.octets()).and(&destination.octets()),
        };
        addresses
            .and_number(protocol.into())
            .and_number(length(len).into())
    }
}

/// A packet as it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    pub(crate) addresses: Addresses,
    /// What it carries, behind the extension headers of IPv6.
    pub(crate) protocol: u8,
    pub(crate) hop_limit: u8,
    pub(crate) part: Part,
    /// Whether a router may not cut it; none may cut an IPv6 packet.
    pub(crate) dont_fragment: bool,
    /// The packet with its header, without what the link added behind it.
    pub(crate) bytes: &'a [u8],
    pub(crate) payload: &'a [u8],
}

/// How much of a datagram a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    First,
    Later,
}

impl Part {
    fn new(offset: u16, more: bool) -> Self {
        match (offset, more) {
            (0, false) => Self::Whole,
            (0, true) => Self::First,
            _ => Self::Later,
        }
    }
}

impl<'a> Packet<'a> {
    /// Reads a packet; none where it is shorter than it says.
    ///
    /// Checksums are not looked at: a packet that the kernel hands to a packet socket before any
    /// device has seen it has none yet.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        Self::read(bytes, false)
    }

    /// Reads the packet that an ICMP error quotes, of which the end may be missing.
    pub(super) fn parse_quote(bytes: &'a [u8]) -> Option<Self> {
        Self::read(bytes, true)
    }

    fn read(bytes: &'a [u8], may_be_cut: bool) -> Option<Self> {
        match bytes.first()? >> 4 {
            4 => Self::read_v4(bytes, may_be_cut),
            6 => Self::read_v6(bytes, may_be_cut),
            _ => None,
        }
    }

    fn read_v4(bytes: &'a [u8], may_be_cut: bool) -> Option<Self> {
        let bytes = cut_to(bytes, u16_at(bytes, 2)?.into(), may_be_cut)?;
        let header = usize::from(bytes.first()? & 0xf) * 4;
        if header < 20 {
            return None;
        }
        let fragment = u16_at(bytes, 6)?;
        Some(Self {
            addresses: Addresses::V4(
                array_at::<4>(bytes, 12)?.into(),
                array_at::<4>(bytes, 16)?.into(),
            ),
            protocol: *bytes.get(9)?,
            hop_limit: *bytes.get(8)?,
            part: Part::new(fragment & OFFSET, fragment & MORE_FRAGMENTS != 0),
            dont_fragment: fragment & DONT_FRAGMENT != 0,
            bytes,
            payload: bytes.get(header..)?,
        })
    }

    fn read_v6(bytes: &'a [u8], may_be_cut: bool) -> Option<Self> {
        let bytes = cut_to(bytes, 40 + usize::from(u16_at(bytes, 4)?), may_be_cut)?;
        let mut protocol = *bytes.get(6)?;
        let mut payload = bytes.get(40..)?;
        let mut part = Part::Whole;
        // Each turn takes at least eight bytes away.
        loop {
            let header = if STEPPED_OVER.contains(&protocol) {
                (usize::from(*payload.get(1)?) + 1) * 8
            } else if protocol == FRAGMENT {
                let fragment = u16_at(payload, 2)?;
                part = Part::new(fragment >> 3, fragment & 1 != 0);
                8
            } else {
                break;
            };
            protocol = *payload.first()?;
            payload = payload.get(header..)?;
            if part == Part::Later {
                break;
            }
        }
        Some(Self {
            addresses: Addresses::V6(
                array_at::<16>(bytes, 8)?.into(),
                array_at::<16>(bytes, 24)?.into(),
            ),
            protocol,
            hop_limit: *bytes.get(7)?,
            part,
            dont_fragment: true,
            bytes,
            payload,
        })
    }
}

/// The first `len` bytes. A frame may be longer, since the link pads what is short; a quote may be
/// shorter.
fn cut_to(bytes: &[u8], len: usize, may_be_cut: bool) -> Option<&[u8]> {
    match bytes.get(..len) {
        None if may_be_cut => Some(bytes),
        exact => exact,
    }
}

/// A packet that carries `payload`.
pub(super) fn packet(addresses: Addresses, protocol: u8, payload: &[u8]) -> Vec<u8> {
    with_hops(addresses, protocol, HOPS, payload)
}

/// A packet that is valid on its own link only.
pub(super) fn link_packet(addresses: Addresses, protocol: u8, payload: &[u8]) -> Vec<u8> {
    with_hops(addresses, protocol, ALL_HOPS, payload)
}

fn with_hops(addresses: Addresses, protocol: u8, hops: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(40 + payload.len());
    match addresses {
        Addresses::V4(source, destination) => {
            packet.extend([0x45, 0]);
            packet.extend(length(20 + payload.len()).to_be_bytes());
            packet.extend([0, 0]);
            packet.extend(DONT_FRAGMENT.to_be_bytes());
            packet.extend([hops, protocol, 0, 0]);
            packet.extend(source.octets());
            packet.extend(destination.octets());
            let checksum = Sum::of(&packet).finish();
            packet[10..12].copy_from_slice(&checksum.to_be_bytes());
        }
        Addresses::V6(source, destination) => {
            packet.extend([0x60, 0, 0, 0]);
            packet.extend(length(payload.len()).to_be_bytes());
            packet.extend([protocol, hops]);
            packet.extend(source.octets());
            packet.extend(destination.octets());
        }
    }
    packet.extend(payload);
    packet
}
