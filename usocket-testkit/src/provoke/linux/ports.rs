//! Addresses that Linux lets two sockets share, keeps for a while, or maps to another family.

use std::net::{Ipv4Addr, SocketAddr};

use crate::discover::PortLease;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::portable::sockets::{Event, FarEnd, bound_twice, fresh, wait_for};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// The near end of the last connection there was closed first, and keeps the address for a minute.
pub(super) fn in_time_wait(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    let addr = far.addr()?;
    let client = fresh(protocol)?;
    client.connect(&addr.into())?;
    drop(far.connection_of(&client)?);
    drop(far);
    // The client has seen the end before it ends its own side, so that the other one is the first.
    wait_for(&client, Event::Readable)?;
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

pub(super) fn connection_taken(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    let [first, second] = bound_twice(protocol)?;
    first.connect(&far.addr()?.into())?;
    Ok(Stage::giving(&second)?
        .to(far.addr()?)
        .holding(first)
        .holding(far))
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
