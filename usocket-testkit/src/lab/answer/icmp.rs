//! The ICMP errors that a host can answer with.

use std::net::IpAddr;

use crate::lab::wire;

/// An ICMP error: type and code. The numbers of ICMP and of ICMPv6 mean different things, so that
/// an error belongs to one of the two.
///
/// Source: RFC 792, RFC 1122 3.2.2; RFC 4443.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IcmpError {
    pub(super) kind: u8,
    pub(super) code: u8,
    pub(super) is_ipv6: bool,
}

impl IcmpError {
    /// The error of the protocol that belongs to the address: for IPv4 such as 3/7, host unknown,
    /// for IPv6 such as 1/3, address unreachable.
    ///
    /// # Errors
    ///
    /// [`Unfit::NoError`] for a type that asks or answers. The errors of ICMP have the types 3, 4,
    /// 5, 11 and 12, those of ICMPv6 the types below 128.
    pub(crate) fn for_addr(addr: IpAddr, kind: u8, code: u8) -> Result<Self, Unfit> {
        let is_ipv6 = addr.is_ipv6();
        let is_error = if is_ipv6 {
            wire::is_error_v6
        } else {
            wire::is_error_v4
        };
        if !is_error(kind) {
            let protocol = protocol(is_ipv6);
            return Err(Unfit::NoError { protocol, kind });
        }
        Ok(Self {
            kind,
            code,
            is_ipv6,
        })
    }

    /// What its header holds beside them: where the error says how large a packet may be, the
    /// smallest size that such an error is believed with; else zero.
    pub(super) fn rest(self) -> u32 {
        match (self.is_ipv6, self.kind, self.code) {
            (false, 3, 4) => u32::from(BELIEVED_V4),
            (true, 2, _) => u32::from(LEAST_MTU_V6),
            _ => 0,
        }
    }
}

/// What a packet error asks for that says nothing better: every host takes as much (RFC 791 3.1).
const BELIEVED_V4: u16 = 576;
/// The smallest that a link may carry: RFC 791 3.2, RFC 8200 5.
pub(super) const LEAST_MTU_V4: u16 = 68;
pub(super) const LEAST_MTU_V6: u16 = 1280;

/// Why a host cannot answer so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Unfit {
    /// The type of ICMP asks or answers; it reports no error.
    #[error("{protocol} type {kind} reports no error")]
    NoError {
        /// `ICMP` or `ICMPv6`.
        protocol: &'static str,
        /// The type.
        kind: u8,
    },
    /// The error is one of ICMP and the host's address of IPv6, or the other way round.
    #[error("{addr} cannot answer with {protocol} {kind}/{code}: that is of the other family")]
    OtherFamily {
        /// The address of the host.
        addr: IpAddr,
        /// `ICMP` or `ICMPv6`.
        protocol: &'static str,
        /// The type.
        kind: u8,
        /// The code.
        code: u8,
    },
    /// No link to such an address may be so narrow.
    #[error("an MTU of {mtu} bytes on the way to {addr}: the least is {least}")]
    MtuTooSmall {
        /// The address of the host.
        addr: IpAddr,
        /// The MTU asked for, in bytes.
        mtu: u16,
        /// The smallest that the protocol allows, in bytes.
        least: u16,
    },
    /// A host has an address of its own: not a group's, not everybody's, not nobody's.
    #[error("{addr} is no address of a host")]
    NoHost {
        /// The address.
        addr: IpAddr,
    },
}

/// Whether a host with that address can send that error.
pub(super) fn fits(error: IcmpError, addr: IpAddr) -> Result<(), Unfit> {
    if error.is_ipv6 == addr.is_ipv6() {
        return Ok(());
    }
    Err(Unfit::OtherFamily {
        addr,
        protocol: protocol(error.is_ipv6),
        kind: error.kind,
        code: error.code,
    })
}

fn protocol(is_ipv6: bool) -> &'static str {
    if is_ipv6 { "ICMPv6" } else { "ICMP" }
}
