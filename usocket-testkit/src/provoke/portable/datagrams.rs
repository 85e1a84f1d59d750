//! Datagrams that no packet can carry.

use super::sockets::loopback;
use crate::discover::PortLease;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// More than the length fields of UDP, IPv4 and IPv6 can say (65 535 bytes with the headers).
const TOO_LONG: usize = 70_000;

pub(in crate::provoke) fn too_long(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lease = PortLease::udp(loopback(protocol, 0)?.ip())?;
    Ok(Stage::at(lease.addr())
        .payload(vec![b'?'; TOO_LONG])
        .holding(lease))
}
