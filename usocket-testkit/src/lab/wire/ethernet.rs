//! Ethernet: who on the link speaks to whom, and what a frame carries.

use std::fmt;

use super::arp::Arp;
use super::bytes::{array_at, u16_at};
use super::ip::Packet;

/// What a frame carries (IEEE 802 numbers).
pub(super) const IPV4: u16 = 0x0800;
pub(super) const ARP: u16 = 0x0806;
pub(super) const IPV6: u16 = 0x86dd;

/// Destination, source and type.
const HEADER: usize = 14;

/// An address on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mac(pub(crate) [u8; 6]);

impl Mac {
    pub(crate) const fn octets(self) -> [u8; 6] {
        self.0
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.0.map(|octet| format!("{octet:02x}"));
        f.write_str(&octets.join(":"))
    }
}

/// A frame as it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) source: Mac,
    pub(crate) content: Content<'a>,
}

/// What a frame carries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'a> {
    Arp(Arp),
    Ip(Packet<'a>),
    /// Something that the lab does not speak, or that it cannot read: the type, and how many bytes
    /// follow.
    Other(u16, usize),
}

impl<'a> Frame<'a> {
    /// Reads a frame; none where it is shorter than its header.
    pub(crate) fn parse(frame: &'a [u8]) -> Option<Self> {
        let kind = u16_at(frame, 12)?;
        let content = frame.get(HEADER..)?;
        let read = match kind {
            ARP => Arp::parse(content).map(Content::Arp),
            IPV4 | IPV6 => Packet::parse(content).map(Content::Ip),
            _ => None,
        };
        Some(Self {
            source: Mac(array_at(frame, 6)?),
            content: read.unwrap_or(Content::Other(kind, content.len())),
        })
    }
}

/// A frame on the link from `source` to `destination`.
pub(super) fn frame(source: Mac, destination: Mac, kind: u16, content: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEADER + content.len());
    frame.extend(destination.0);
    frame.extend(source.0);
    frame.extend(kind.to_be_bytes());
    frame.extend(content);
    frame
}

/// A frame that carries an IP packet.
pub(crate) fn ip_frame(source: Mac, destination: Mac, packet: &[u8]) -> Vec<u8> {
    let kind = match packet.first() {
        Some(first) if first >> 4 == 6 => IPV6,
        _ => IPV4,
    };
    frame(source, destination, kind, packet)
}
