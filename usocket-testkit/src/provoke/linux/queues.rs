//! A listener whose accept queue is full.

use std::io;
use std::net::SocketAddr;

use nix::poll::PollFlags;
use socket2::Socket;

use super::sockets::{addr_of, bound, fresh, wait_for};
use crate::protocol::Protocol;

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
        wait_for(&listener, PollFlags::POLLIN)?;
        Ok(Self {
            listener,
            _waiting: waiting,
        })
    }

    pub(super) fn addr(&self) -> io::Result<SocketAddr> {
        addr_of(&self.listener)
    }
}
