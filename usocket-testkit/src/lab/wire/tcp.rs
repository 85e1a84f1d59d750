//! TCP segments.

use std::fmt;
use std::ops::BitOr;

use super::bytes::{array_at, u16_at, u32_at};
use super::ip::{self, Addresses};

/// The header without options.
const HEADER: usize = 20;

/// Options: the end of the list, padding, and the largest segment that the sender takes (RFC 9293
/// 3.2).
const END: u8 = 0;
const PADDING: u8 = 1;
const MAXIMUM_SEGMENT_SIZE: u8 = 2;

/// A segment.
///
/// Source: RFC 9293 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    pub(crate) source: u16,
    pub(crate) destination: u16,
    pub(crate) sequence: u32,
    /// Means something under [`Flags::ACK`] only.
    pub(crate) acknowledgment: u32,
    pub(crate) flags: Flags,
    pub(crate) window: u16,
    /// The largest segment that the sender takes, where it says so.
    pub(crate) maximum_segment_size: Option<u16>,
    pub(crate) payload: &'a [u8],
}

impl<'a> Segment<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header = usize::from(bytes.get(12)? >> 4) * 4;
        let options = bytes.get(HEADER..header)?;
        Some(Self {
            source: u16_at(bytes, 0)?,
            destination: u16_at(bytes, 2)?,
            sequence: u32_at(bytes, 4)?,
            acknowledgment: u32_at(bytes, 8)?,
            flags: Flags(*bytes.get(13)?),
            window: u16_at(bytes, 14)?,
            maximum_segment_size: maximum_segment_size(options),
            payload: bytes.get(header..)?,
        })
    }

    /// The IP packet that carries it.
    pub(crate) fn to_packet(self, addresses: Addresses) -> Vec<u8> {
        let header = HEADER
            + if self.maximum_segment_size.is_some() {
                4
            } else {
                0
            };
        let mut bytes = Vec::with_capacity(header + self.payload.len());
        bytes.extend(self.source.to_be_bytes());
        bytes.extend(self.destination.to_be_bytes());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.acknowledgment.to_be_bytes());
        // The length of the header counts in words of four bytes and stands in the upper half.
        bytes.extend([u8::try_from(header * 4).unwrap_or(u8::MAX), self.flags.0]);
        bytes.extend(self.window.to_be_bytes());
        bytes.extend([0; 4]);
        if let Some(size) = self.maximum_segment_size {
            bytes.extend([MAXIMUM_SEGMENT_SIZE, 4]);
            bytes.extend(size.to_be_bytes());
        }
        bytes.extend(self.payload);
        let checksum = addresses
            .pseudo_header(ip::TCP, bytes.len())
            .and(&bytes)
            .finish();
        bytes[16..18].copy_from_slice(&checksum.to_be_bytes());
        ip::packet(addresses, ip::TCP, &bytes)
    }

    /// How far the sequence numbers go on behind it: a byte each, and one for SYN and for FIN.
    pub(crate) fn len(&self) -> u32 {
        let flags = [Flags::SYN, Flags::FIN].map(|flag| u32::from(self.flags.contains(flag)));
        u32::try_from(self.payload.len()).unwrap_or(u32::MAX) + flags[0] + flags[1]
    }
}

fn maximum_segment_size(mut options: &[u8]) -> Option<u16> {
    loop {
        options = match *options.first()? {
            END => return None,
            PADDING => options.get(1..)?,
            MAXIMUM_SEGMENT_SIZE => return Some(u16::from_be_bytes(array_at(options, 2)?)),
            // A length below two would be no step at all.
            _ => options.get(usize::from(*options.get(1)?).max(2)..)?,
        };
    }
}

/// What a segment does beside carrying bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    pub(crate) const FIN: Self = Self(1);
    pub(crate) const SYN: Self = Self(2);
    pub(crate) const RST: Self = Self(4);
    pub(crate) const PSH: Self = Self(8);
    pub(crate) const ACK: Self = Self(16);

    const NAMES: [(Self, &'static str); 5] = [
        (Self::SYN, "SYN"),
        (Self::FIN, "FIN"),
        (Self::RST, "RST"),
        (Self::PSH, "PSH"),
        (Self::ACK, "ACK"),
    ];

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Flags {
    /// The names of those that are set: `SYN`, `SYN+ACK`, `PSH+ACK`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = Self::NAMES.iter().filter(|(flag, _)| self.contains(*flag));
        let names: Vec<&str> = set.map(|(_, name)| *name).collect();
        f.write_str(&names.join("+"))
    }
}
