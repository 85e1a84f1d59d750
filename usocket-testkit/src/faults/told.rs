//! What a program was told about its sockets that the system does not know.

use std::net::SocketAddr;

use usocket::Operation;

use super::matching::Identity;
use crate::errno::Errno;

/// The fictions that must go on being told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Errors that a later call gets.
    pending: Vec<(Identity, Errno)>,
    /// Peers under other addresses than their own.
    peers: Vec<Peer>,
}

/// A peer that was redirected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) socket: Identity,
    /// The address that the program knows.
    pub(super) shown: SocketAddr,
    /// Where it really is.
    pub(super) real: SocketAddr,
}

impl Told {
    /// The calls in which it shows.
    pub(super) const OPERATIONS: &'static [Operation] = &[
        Operation::Connect,
        Operation::Send,
        Operation::SendTo,
        Operation::Receive,
        Operation::ReceiveFrom,
        Operation::GetOption,
        Operation::PeerName,
        Operation::Wait,
    ];

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty() && self.peers.is_empty()
    }

    pub(super) fn add_pending(&mut self, socket: Identity, errno: Errno) {
        self.pending.retain(|(one, _)| *one != socket);
        self.pending.push((socket, errno));
    }

    pub(super) fn pending(&self, socket: Identity) -> Option<Errno> {
        let found = self.pending.iter().find(|(one, _)| *one == socket);
        found.map(|(_, errno)| *errno)
    }

    /// The error of the socket, once.
    pub(super) fn take_pending(&mut self, socket: Identity) -> Option<Errno> {
        let index = self.pending.iter().position(|(one, _)| *one == socket)?;
        Some(self.pending.swap_remove(index).1)
    }

    pub(super) fn add_peer(&mut self, peer: Peer) {
        self.peers
            .retain(|one| one.socket != peer.socket || one.real != peer.real);
        self.peers.push(peer);
    }

    /// The peer of the socket that is really there.
    pub(super) fn peer(&self, socket: Identity, real: SocketAddr) -> Option<SocketAddr> {
        let plain = |addr: SocketAddr| (addr.ip().to_canonical(), addr.port());
        let found = self
            .peers
            .iter()
            .find(|peer| peer.socket == socket && plain(peer.real) == plain(real));
        found.map(|peer| peer.shown)
    }
}
