//! Connections that end: without ceremony, in order, or by the subject's own hand.

use std::net::Shutdown;
use std::time::Duration;

use super::sockets::{Event, FarEnd, connected, wait_for, wait_for_trouble};
use crate::discover::PortLease;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(in crate::provoke) fn abortive_close(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    Ok(Stage::at(far.addr()?).striking(move |socket| {
        let connection = far.connection_of(socket)?;
        connection.set_linger(Some(Duration::ZERO))?;
        drop(connection);
        wait_for_trouble(&**socket)
    }))
}

pub(in crate::provoke) fn close_with_unread_data(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    Ok(Stage::at(far.addr()?).striking(move |socket| {
        let connection = far.connection_of(socket)?;
        socket.send(b"?")?;
        wait_for(&connection, Event::Readable)?;
        drop(connection);
        wait_for_trouble(&**socket)
    }))
}

/// The same, where the scene makes the connection.
#[cfg(unix)]
pub(in crate::provoke) fn closed_with_unread_data(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    near.send(b"?")?;
    wait_for(&far, Event::Readable)?;
    drop(far);
    wait_for_trouble(&near)?;
    Ok(Stage::giving(&near)?)
}

pub(in crate::provoke) fn orderly_close(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    Ok(Stage::at(far.addr()?).striking(move |socket| {
        drop(far.connection_of(socket)?);
        wait_for(&**socket, Event::Readable)
    }))
}

/// The same, where the scene makes the connection.
#[cfg(unix)]
pub(in crate::provoke) fn closed_in_order(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    drop(far);
    wait_for(&near, Event::Readable)?;
    Ok(Stage::giving(&near)?)
}

pub(in crate::provoke) fn shut_down(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    near.shutdown(Shutdown::Write)?;
    Ok(Stage::giving(&near)?.holding(far))
}

pub(in crate::provoke) fn shut_down_on_strike(protocol: Protocol) -> Result<Stage, Hindrance> {
    if protocol.is_stream() {
        let far = FarEnd::listening(protocol)?;
        let stage = Stage::at(far.addr()?).striking(|socket| socket.shutdown(Shutdown::Write));
        return Ok(stage.holding(far));
    }
    let lease = PortLease::udp(super::sockets::loopback(protocol, 0)?.ip())?;
    let stage = Stage::at(lease.addr()).striking(|socket| socket.shutdown(Shutdown::Write));
    Ok(stage.holding(lease))
}
