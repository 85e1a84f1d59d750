//! The Address Resolution Protocol: who on the link has an IPv4 address.

use std::net::Ipv4Addr;

use super::bytes::array_at;
use super::ethernet::{self, Mac};

/// Ethernet and IPv4, with addresses of six and four bytes.
const KIND: [u8; 6] = [0, 1, 8, 0, 6, 4];
const REQUEST: [u8; 2] = [0, 1];
const REPLY: [u8; 2] = [0, 2];

/// A question or an answer.
///
/// Source: RFC 826.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arp {
    pub(crate) is_request: bool,
    pub(crate) sender: (Mac, Ipv4Addr),
    pub(crate) target: (Mac, Ipv4Addr),
}

impl Arp {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        if array_at(bytes, 0)? != KIND {
            return None;
        }
        let is_request = match array_at(bytes, 6)? {
            REQUEST => true,
            REPLY => false,
            _ => return None,
        };
        let end = |at| {
            Some((
                Mac(array_at(bytes, at)?),
                array_at::<4>(bytes, at + 6)?.into(),
            ))
        };
        Some(Self {
            is_request,
            sender: end(8)?,
            target: end(18)?,
        })
    }

    /// The frame that answers this request: the address that it asks for is at `mac`.
    pub(crate) fn reply(&self, mac: Mac) -> Vec<u8> {
        let reply = Self {
            is_request: false,
            sender: (mac, self.target.1),
            target: self.sender,
        };
        ethernet::frame(mac, self.sender.0, ethernet::ARP, &reply.to_bytes())
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(28);
        bytes.extend(KIND);
        bytes.extend(if self.is_request { REQUEST } else { REPLY });
        for (mac, addr) in [self.sender, self.target] {
            bytes.extend(mac.0);
            bytes.extend(addr.octets());
        }
        bytes
    }
}
