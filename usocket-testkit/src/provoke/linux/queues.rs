//! Far ends that take no more: a listener whose accept queue is full, and a peer whose window is closed.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::Socket;

use crate::protocol::Protocol;
use crate::provoke::portable::silence::SHORT;
use crate::provoke::portable::sockets::{
    Event, FarEnd, addr_of, bound, fresh, wait_for, wait_for_trouble,
};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// A ceiling for a call that the kernel ends by itself after about a second.
pub(super) const CEILING: Duration = Duration::from_secs(20);

/// A listener that answers no more hand-shakes, because nobody takes its one connection.
///
/// Linux compares "longer than the backlog", so that a backlog of 0 has room for one connection;
/// once that has arrived, further requests for a connection are dropped without an answer.
pub(super) struct FullQueue {
    listener: Socket,
    _waiting: Socket,
}

impl FullQueue {
    pub(super) fn new(protocol: Protocol) -> io::Result<Self> {
        let listener = bound(protocol)?;
        listener.listen(0)?;
        let waiting = fresh(protocol)?;
        waiting.connect(&listener.local_addr()?)?;
        // The client is connected one packet before the listener knows of it.
        wait_for(&listener, Event::Readable)?;
        Ok(Self {
            listener,
            _waiting: waiting,
        })
    }

    pub(super) fn addr(&self) -> io::Result<SocketAddr> {
        addr_of(&self.listener)
    }

    /// Takes the connection that waits, so that the next one has its place.
    pub(super) fn make_room(&self) -> io::Result<()> {
        self.listener.accept().map(drop)
    }
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
