//! What a refusal leaves behind.

use std::io;

use nix::sys::socket::{setsockopt, sockopt};
use socket2::Socket;

use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::portable::refusals::lease;
use crate::provoke::portable::sockets::{Event, bound, fresh, wait_for, wait_for_trouble};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

pub(super) fn refusal_pending(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lease = lease(protocol)?;
    let socket = bound(protocol)?;
    hear_of_errors(&socket, protocol)?;
    socket.send_to(b"?", &lease.addr().into())?;
    wait_for_trouble(&socket)?;
    Ok(Stage::giving(&socket)?.to(lease.addr()).holding(lease))
}

/// Unconnected datagram sockets hear of errors only if they ask.
pub(super) fn hear_of_errors(socket: &Socket, protocol: Protocol) -> io::Result<()> {
    let done = if protocol.is_ipv6() {
        setsockopt(socket, sockopt::Ipv6RecvErr, &true)
    } else {
        setsockopt(socket, sockopt::Ipv4RecvErr, &true)
    };
    Ok(done?)
}

pub(super) fn refusal_taken(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lease = lease(protocol)?;
    let socket = fresh(protocol)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&lease.addr().into()) {
        Err(error) if Errno::of(&error) == Some(Errno::EINPROGRESS) => {}
        Err(error) => return Err(error.into()),
        Ok(()) => return Err(io::Error::other("a port that refuses let a connection in").into()),
    }
    wait_for(&socket, Event::Writable)?;
    let taken = socket.take_error()?;
    if taken.as_ref().and_then(Errno::of) != Some(Errno::ECONNREFUSED) {
        let text = "a connection to a held port of loopback was not refused: is it filtered here?";
        return Err(Hindrance::new(UnavailableKind::Host, text));
    }
    // The kernel remembers the failed attempt in the socket, not in its mode.
    socket.set_nonblocking(false)?;
    Ok(Stage::giving(&socket)?.to(lease.addr()).holding(lease))
}
