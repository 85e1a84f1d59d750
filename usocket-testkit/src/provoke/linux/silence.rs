//! Far ends that say nothing.

use std::io;
use std::time::Duration;

use socket2::Socket;

use super::paths::{self, Directory};
use super::queues::FullQueue;
use super::sockets::{FarEnd, bound, connected, fresh, loopback};
use crate::discover::PortLease;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// A time limit of the subject's: short, since nothing will come however long one waits.
pub(super) const SHORT: Duration = Duration::from_millis(50);

/// A ceiling for a call that the kernel ends by itself after about a second.
pub(super) const CEILING: Duration = Duration::from_secs(20);

pub(super) fn silent_peer(protocol: Protocol) -> Result<Stage, Hindrance> {
    if protocol.is_stream() {
        let far = FarEnd::listening(protocol)?;
        return Ok(Stage::at(far.addr()?).limit(SHORT).holding(far));
    }
    let lease = PortLease::udp(loopback(protocol, 0)?.ip())?;
    Ok(Stage::at(lease.addr()).limit(SHORT).holding(lease))
}

/// The same, where the scene makes the connection.
pub(super) fn silent_far_end(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    Ok(Stage::giving(&near)?.limit(SHORT).holding(far))
}

pub(super) fn nobody_connects(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener(protocol)?;
    Ok(Stage::giving(&listener)?.limit(SHORT).holding(directory))
}

pub(super) fn full_queue(protocol: Protocol) -> Result<Stage, Hindrance> {
    let queue = FullQueue::new(protocol)?;
    Ok(Stage::at(queue.addr()?).limit(SHORT).holding(queue))
}

pub(super) fn full_queue_user_timeout(protocol: Protocol) -> Result<Stage, Hindrance> {
    let queue = FullQueue::new(protocol)?;
    let socket = fresh(protocol)?;
    // It is looked at when the first retransmission is due, one second after the first try
    // (RFC 6298 2.1), so that any smaller value means that second.
    socket.set_tcp_user_timeout(Some(Duration::from_millis(1)))?;
    Ok(Stage::giving(&socket)?
        .to(queue.addr()?)
        .limit(CEILING)
        .holding(queue))
}

pub(super) fn nonblocking_connect(protocol: Protocol) -> Result<Stage, Hindrance> {
    let queue = FullQueue::new(protocol)?;
    let socket = fresh(protocol)?;
    socket.set_nonblocking(true)?;
    Ok(Stage::giving(&socket)?.to(queue.addr()?).holding(queue))
}

pub(super) fn nonblocking_accept(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener(protocol)?;
    listener.set_nonblocking(true)?;
    Ok(Stage::giving(&listener)?.holding(directory))
}

pub(super) fn nonblocking_receive(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    near.set_nonblocking(true)?;
    Ok(Stage::giving(&near)?.holding(far))
}

pub(super) fn nonblocking_receive_from(protocol: Protocol) -> Result<Stage, Hindrance> {
    let socket = bound(protocol)?;
    socket.set_nonblocking(true)?;
    Ok(Stage::giving(&socket)?)
}

/// A listener, with its directory where it has a path.
fn listener(protocol: Protocol) -> io::Result<(Socket, Option<Directory>)> {
    if protocol == Protocol::UnixStream {
        let (listener, directory) = paths::listener()?;
        return Ok((listener, Some(directory)));
    }
    let listener = bound(protocol)?;
    listener.listen(1)?;
    Ok((listener, None))
}
