//! Addresses that are taken, not ours, or of another kind.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::sockets::{addr_of, bound, fresh, loopback};
use crate::discover::PortLease;
use crate::protocol::Protocol;
#[cfg(unix)]
use crate::provoke::posix::paths;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// The broadcast address of the loopback network: local to this machine by its prefix.
const LOOPBACK_BROADCAST: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 255, 255, 255));

/// An address of the other family than `fresh` sockets of this protocol have.
fn other_family(protocol: Protocol) -> io::Result<(SocketAddr, PortLease)> {
    let ip: IpAddr = if protocol.is_ipv6() {
        Ipv4Addr::LOCALHOST.into()
    } else {
        Ipv6Addr::LOCALHOST.into()
    };
    // Nothing is sent there: the call fails by the family alone. The port of the right family is
    // held all the same, so that the number means nothing to anybody.
    let lease = PortLease::tcp(protocol.loopback().unwrap_or(ip))?;
    Ok((SocketAddr::new(ip, lease.port()), lease))
}

pub(in crate::provoke) fn taken(protocol: Protocol) -> Result<Stage, Hindrance> {
    #[cfg(unix)]
    if protocol == Protocol::UnixStream {
        return paths::bound_stream(protocol);
    }
    // Without SO_REUSEADDR on this side, it does not help the subject to set it.
    let holder = bound(protocol)?;
    Ok(Stage::at(addr_of(&holder)?).holding(holder))
}

pub(in crate::provoke) fn not_ours(protocol: Protocol) -> Result<Stage, Hindrance> {
    // Addresses of no interface anywhere: 0.0.0.0/8 is "this network" (RFC 1122 3.2.1.3), and ::2
    // lies beside the loopback address in a block that is assigned to nobody (RFC 4291 2.4).
    let ip: IpAddr = if protocol.is_ipv6() {
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 2).into()
    } else {
        Ipv4Addr::new(0, 0, 0, 1).into()
    };
    Ok(Stage::at(SocketAddr::new(ip, 0)))
}

pub(in crate::provoke) fn bound_already(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&bound(protocol)?)?.to(loopback(protocol, 0)?))
}

pub(in crate::provoke) fn port_zero(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::at(loopback(protocol, 0)?))
}

pub(in crate::provoke) fn of_other_family(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (addr, lease) = other_family(protocol)?;
    Ok(Stage::giving(&fresh(protocol)?)?.to(addr).holding(lease))
}

pub(in crate::provoke) fn broadcast(protocol: Protocol) -> Result<Stage, Hindrance> {
    // The port is held, so that a subject which does allow broadcasts reaches nobody by it.
    let holder = bound(protocol)?;
    let addr = SocketAddr::new(LOOPBACK_BROADCAST, addr_of(&holder)?.port());
    Ok(Stage::at(addr).holding(holder))
}
