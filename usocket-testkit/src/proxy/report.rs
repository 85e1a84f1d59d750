//! What has become of the connections.

use std::net::SocketAddr;

/// Which way something goes through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl Direction {
    pub(super) const BOTH: [Self; 2] = [Self::ToServer, Self::ToClient];

    pub(super) fn place(self) -> usize {
        match self {
            Self::ToServer => 0,
            Self::ToClient => 1,
        }
    }
}

/// How a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ended {
    /// Both ends have closed, and everything was passed on.
    Closed,
    /// An end has reset it or was gone, and so the proxy has reset the other.
    Reset,
    /// The plan has closed it.
    ClosedByPlan,
    /// The plan has reset it.
    ResetByPlan,
    /// The server could not be reached, and the client's connection was reset.
    NoServer,
}

/// How much went one way: bytes over TCP, datagrams over UDP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Traffic {
    /// What the proxy has received.
    pub received: u64,
    /// What it has sent on. Copies count.
    pub sent: u64,
}

/// What has become of one connection, or of the datagrams of one client, until the moment of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub(super) client: SocketAddr,
    pub(super) traffic: [Traffic; 2],
    pub(super) ended: Option<Ended>,
}

impl Connection {
    /// The client's address.
    pub fn client(&self) -> SocketAddr {
        self.client
    }

    /// What went from the client to the server.
    pub fn to_server(&self) -> Traffic {
        self.traffic[Direction::ToServer.place()]
    }

    /// What went from the server to the client.
    pub fn to_client(&self) -> Traffic {
        self.traffic[Direction::ToClient.place()]
    }

    /// How it has ended; `None` while it stands. Datagrams have no end.
    pub fn ended(&self) -> Option<Ended> {
        self.ended
    }
}
