//! UDP datagrams.

use super::bytes::{length, u16_at};
use super::ip::{self, Addresses};

const HEADER: usize = 8;

/// A datagram.
///
/// Source: RFC 768.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Datagram<'a> {
    pub(crate) source: u16,
    pub(crate) destination: u16,
    pub(crate) payload: &'a [u8],
}

impl<'a> Datagram<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Self {
            source: u16_at(bytes, 0)?,
            destination: u16_at(bytes, 2)?,
            payload: bytes.get(HEADER..usize::from(u16_at(bytes, 4)?))?,
        })
    }

    /// The IP packet that carries it.
    pub(crate) fn to_packet(self, addresses: Addresses) -> Vec<u8> {
        let len = HEADER + self.payload.len();
        let mut bytes = Vec::with_capacity(len);
        bytes.extend(self.source.to_be_bytes());
        bytes.extend(self.destination.to_be_bytes());
        bytes.extend(length(len).to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.payload);
        let checksum = match addresses.pseudo_header(ip::UDP, len).and(&bytes).finish() {
            // Zero would say that there is none; in ones' complement both are zero.
            0 => 0xffff,
            sum => sum,
        };
        bytes[6..8].copy_from_slice(&checksum.to_be_bytes());
        ip::packet(addresses, ip::UDP, &bytes)
    }
}
