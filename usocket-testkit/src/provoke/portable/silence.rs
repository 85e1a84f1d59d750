//! Far ends that say nothing.

use std::time::Duration;

use super::listeners::listener;
use super::sockets::{FarEnd, bound, connected, loopback};
use crate::discover::PortLease;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// A time limit of the subject's: short, since nothing will come however long one waits.
pub(in crate::provoke) const SHORT: Duration = Duration::from_millis(50);

pub(in crate::provoke) fn silent_peer(protocol: Protocol) -> Result<Stage, Hindrance> {
    if protocol.is_stream() {
        let far = FarEnd::listening(protocol)?;
        return Ok(Stage::at(far.addr()?).limit(SHORT).holding(far));
    }
    let lease = PortLease::udp(loopback(protocol, 0)?.ip())?;
    Ok(Stage::at(lease.addr()).limit(SHORT).holding(lease))
}

/// The same, where the scene makes the connection.
pub(in crate::provoke) fn silent_far_end(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    Ok(Stage::giving(&near)?.limit(SHORT).holding(far))
}

pub(in crate::provoke) fn nobody_connects(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener(protocol)?;
    Ok(Stage::giving(&listener)?.limit(SHORT).holding(directory))
}

pub(in crate::provoke) fn nonblocking_accept(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener(protocol)?;
    listener.set_nonblocking(true)?;
    Ok(Stage::giving(&listener)?.holding(directory))
}

pub(in crate::provoke) fn nonblocking_receive(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    near.set_nonblocking(true)?;
    Ok(Stage::giving(&near)?.holding(far))
}

pub(in crate::provoke) fn nonblocking_receive_from(protocol: Protocol) -> Result<Stage, Hindrance> {
    let socket = bound(protocol)?;
    socket.set_nonblocking(true)?;
    Ok(Stage::giving(&socket)?)
}
