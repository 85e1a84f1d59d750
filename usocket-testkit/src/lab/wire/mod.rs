//! The frames of a lab's link: read from bytes, never with a panic, and built with their checksums.
//!
//! | file | holds |
//! | --- | --- |
//! | `ethernet` | frames, and the addresses on the link |
//! | `arp` | who has an IPv4 address |
//! | `ip` | IPv4 and IPv6 packets |
//! | `icmp` | ICMP and ICMPv6: errors, echo, neighbour discovery |
//! | `tcp`, `udp` | segments and datagrams |
//! | `transport` | which of the three a packet carries |
//! | `describe` | a frame in one line |
//!
//! Only what the answers of imaginary hosts need is here: some fixed headers. A crate for all of
//! the Internet's protocols would be the largest thing that a test of a socket program has to
//! compile; one stands beside this code in the tests, as a second opinion on every frame.

mod arp;
mod bytes;
mod checksum;
mod describe;
mod ethernet;
mod icmp;
mod ip;
mod tcp;
mod transport;
mod udp;

#[cfg(test)]
pub(crate) mod opinion;
#[cfg(test)]
mod tests;

pub(crate) use describe::describe;
pub(crate) use ethernet::{Content, Frame, Mac, ip_frame};
pub(crate) use icmp::{error, is_error_v4, is_error_v6, neighbour_advertisement};
pub(crate) use ip::{Addresses, Packet, Part};
pub(crate) use tcp::{Flags, Segment};
pub(crate) use transport::Transport;
pub(crate) use udp::Datagram;
