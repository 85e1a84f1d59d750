//! Far ends that say nothing.

use std::io;
use std::time::Duration;

use super::listeners::listener;
use super::queues::FullQueue;
use super::sockets::{FarEnd, bound, connected, fresh, loopback, wait_for_trouble};
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

/// Nothing is read at the far end, and its window is closed: the kernel asks for room until the subject's time is over.
pub(super) fn closed_window(protocol: Protocol) -> Result<Stage, Hindrance> {
    let far = FarEnd::listening(protocol)?;
    // A small one: what the near end can keep unsent is more than that.
    far.receive_buffer(1)?;
    let stage = Stage::at(far.addr()?).limit(CEILING);
    let chunk = vec![b'?'; 64 << 10];
    Ok(stage.striking(move |socket| {
        let connection = far.connection_of(socket)?;
        socket.set_tcp_user_timeout(Some(Duration::from_millis(1)))?;
        let full = loop {
            match socket.send_with_flags(&chunk, libc::MSG_DONTWAIT) {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        if full.kind() != io::ErrorKind::WouldBlock {
            return Err(full);
        }
        let ended = wait_for_trouble(&**socket);
        drop(connection);
        ended
    }))
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
