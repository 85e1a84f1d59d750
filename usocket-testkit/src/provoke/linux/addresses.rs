//! Addresses that are taken, not ours, reserved, or unreachable.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use nix::poll::PollFlags;

use super::paths;
use super::sockets::{FarEnd, addr_of, bound, bound_twice, fresh, loopback, wait_for};
use crate::discover::PortLease;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

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

pub(super) fn taken(protocol: Protocol) -> Result<Stage, Hindrance> {
    if protocol == Protocol::UnixStream {
        return paths::bound_stream(protocol);
    }
    // Without SO_REUSEADDR on this side, it does not help the subject to set it.
    let holder = bound(protocol)?;
    Ok(Stage::at(addr_of(&holder)?).holding(holder))
}

/// The near end of the last connection there was closed first, and keeps the address for a minute.
pub(super) fn in_time_wait(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    let addr = far.addr()?;
    let client = fresh(protocol)?;
    client.connect(&addr.into())?;
    drop(far.connection_of(&client)?);
    drop(far);
    // The client has seen the end before it ends its own side, so that the other one is the first.
    wait_for(&client, PollFlags::POLLIN)?;
    drop(client);
    let trial = fresh(protocol)?;
    trial.set_reuse_address(true)?;
    match trial.bind(&addr.into()) {
        Err(error) if Errno::of(&error) == Some(Errno::EADDRINUSE) => Ok(Stage::at(addr)),
        Err(error) => Err(error.into()),
        Ok(()) => {
            let text = "this host keeps no ended connections (net.ipv4.tcp_max_tw_buckets)";
            Err(Hindrance::new(UnavailableKind::Host, text))
        }
    }
}

pub(super) fn listened_on(protocol: Protocol) -> Result<Stage, Hindrance> {
    let [first, second] = bound_twice(protocol)?;
    first.listen(1)?;
    Ok(Stage::giving(&second)?.holding(first))
}

pub(super) fn not_ours(protocol: Protocol) -> Result<Stage, Hindrance> {
    // Addresses of no interface anywhere: 0.0.0.0/8 is "this network" (RFC 1122 3.2.1.3), and ::2
    // lies beside the loopback address in a block that is assigned to nobody (RFC 4291 2.4).
    let ip: IpAddr = if protocol.is_ipv6() {
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 2).into()
    } else {
        Ipv4Addr::new(0, 0, 0, 1).into()
    };
    Ok(Stage::at(SocketAddr::new(ip, 0)))
}

pub(super) fn connection_taken(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    let [first, second] = bound_twice(protocol)?;
    first.connect(&far.addr()?.into())?;
    Ok(Stage::giving(&second)?
        .to(far.addr()?)
        .holding(first)
        .holding(far))
}

pub(super) fn bound_already(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&bound(protocol)?)?.to(loopback(protocol, 0)?))
}

pub(super) fn port_zero(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::at(loopback(protocol, 0)?))
}

pub(super) fn of_other_family(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (addr, lease) = other_family(protocol)?;
    Ok(Stage::giving(&fresh(protocol)?)?.to(addr).holding(lease))
}

pub(super) fn privileged_port(protocol: Protocol) -> Result<Stage, Hindrance> {
    let addr = loopback(protocol, 1)?;
    let first_free = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok());
    if first_free.is_some_and(|port| port <= u32::from(addr.port())) {
        let text = "this host lets everybody bind every port (net.ipv4.ip_unprivileged_port_start)";
        return Err(Hindrance::new(UnavailableKind::Host, text));
    }
    // Whether this process is privileged is for the kernel to say: capabilities count in the user
    // namespace that owns the network, which no number in /proc tells.
    match fresh(protocol)?.bind(&addr.into()) {
        Err(error) if Errno::of(&error) == Some(Errno::EACCES) => Ok(Stage::at(addr)),
        _ => Err(Hindrance::new(
            UnavailableKind::Privileged,
            "this process may bind privileged ports: run it as a user without CAP_NET_BIND_SERVICE",
        )),
    }
}

pub(super) fn broadcast(protocol: Protocol) -> Result<Stage, Hindrance> {
    // The port is held, so that a subject which does allow broadcasts reaches nobody by it.
    let holder = bound(protocol)?;
    let addr = SocketAddr::new(LOOPBACK_BROADCAST, addr_of(&holder)?.port());
    Ok(Stage::at(addr).holding(holder))
}

pub(super) fn v4_mapped(protocol: Protocol) -> Result<Stage, Hindrance> {
    let socket = fresh(protocol)?;
    socket.set_only_v6(true)?;
    let v4 = if protocol.is_stream() {
        PortLease::tcp(Ipv4Addr::LOCALHOST)?
    } else {
        PortLease::udp(Ipv4Addr::LOCALHOST)?
    };
    let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
    let addr = SocketAddr::new(mapped.into(), v4.port());
    Ok(Stage::giving(&socket)?.to(addr).holding(v4))
}
