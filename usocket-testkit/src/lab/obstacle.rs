//! What can be put into the way of packets: which ones, and what becomes of them.

use std::net::SocketAddr;

/// Which packets a [firewall](super::Lab::firewall) stops: those of one protocol to or from one port.
///
/// ```
/// use usocket_testkit::lab::Packets;
///
/// let packets = Packets::tcp_to(([10, 77, 1, 5], 80).into());
/// assert_eq!(packets.addr().port(), 80);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packets {
    pub(super) protocol: u8,
    pub(super) addr: SocketAddr,
    pub(super) incoming: bool,
}

const TCP: u8 = 6;
const UDP: u8 = 17;

impl Packets {
    /// TCP segments that are sent to there.
    pub const fn tcp_to(addr: SocketAddr) -> Self {
        Self::new(TCP, addr, false)
    }

    /// TCP segments that come from there.
    pub const fn tcp_from(addr: SocketAddr) -> Self {
        Self::new(TCP, addr, true)
    }

    /// Datagrams of UDP that are sent to there.
    pub const fn udp_to(addr: SocketAddr) -> Self {
        Self::new(UDP, addr, false)
    }

    /// Datagrams of UDP that come from there.
    pub const fn udp_from(addr: SocketAddr) -> Self {
        Self::new(UDP, addr, true)
    }

    /// The other end.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    const fn new(protocol: u8, addr: SocketAddr, incoming: bool) -> Self {
        Self {
            protocol,
            addr,
            incoming,
        }
    }
}

/// What a [firewall](super::Lab::firewall) does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It drops them: a sender of datagrams gets `EPERM`, a stream waits.
    Drop,
    /// It answers segments of TCP with a reset.
    Reset,
    /// It answers that the destination is unreachable, with this code (ICMP 3, RFC 792; `ICMPv6` 1, RFC 4443 3.1).
    Unreachable(u8),
}

/// How the lab's interface [queues](super::Lab::queue) what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Queue {
    /// It has room for one byte, so that it drops every packet (tc-bfifo(8)). The sender of a datagram gets `ENOBUFS`
    /// if it has set `IP_RECVERR`, and hears nothing otherwise (ip(7)).
    Drops,
    /// It sends a byte each second after the first packet, and keeps the others (tc-tbf(8)): the send buffers of
    /// sockets fill up.
    Holds,
}
