//! One socket in any state, one call, one [`Error`]: for whatever no owner has a call for.
//!
//! The conformance run makes its calls here that a program would never make, such as binding twice.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr};

use crate::cancel::Until;
use crate::condition::Condition;
use crate::error::Error;
use crate::link::{Link, absorb};
use crate::operation::Operation;
use crate::sys::transfer::Take;
use crate::sys::wait::Interest;
use crate::sys::{OwnedHandle, option, socket};

/// A socket of any kind, in any state.
#[derive(Debug)]
pub struct Socket {
    handle: OwnedHandle,
    link: Link,
}

impl Socket {
    /// Makes a socket of the given family, type and protocol, in the system's numbers.
    pub fn new(domain: i32, kind: i32, protocol: i32) -> Result<Self, Error> {
        let handle = socket::socket(domain, kind, protocol)
            .map_err(|source| Error::from_io(Operation::Socket, source))?;
        Ok(Self::from(handle))
    }

    /// Gives the socket its local address.
    pub fn bind(&self, local: SocketAddr) -> Result<(), Error> {
        socket::bind(&self.handle, local)
            .map_err(|source| self.link.error(Operation::Bind, source).with_local(local))
    }

    /// Makes the socket a listener.
    pub fn listen(&self, backlog: i32) -> Result<(), Error> {
        self.link
            .named_result(Operation::Listen, socket::listen(&self.handle, backlog))
    }

    /// Connects; with an end, the socket is blocking afterwards.
    pub fn connect<'a>(&self, peer: SocketAddr, until: impl Into<Until<'a>>) -> Result<(), Error> {
        let until = until.into();
        let connected = if until.is_never() {
            socket::connect(&self.handle, peer)
                .map_err(|source| self.link.error(Operation::Connect, source))
        } else {
            self.connect_until(peer, until)
        };
        connected.map_err(|error| error.with_peer(peer))?;
        self.link.set_peer(Some(peer));
        Ok(())
    }

    fn connect_until(&self, peer: SocketAddr, until: Until<'_>) -> Result<(), Error> {
        let error = |source| self.link.error(Operation::Connect, source);
        option::set_nonblocking(&self.handle, true).map_err(error)?;
        let connected = socket::connect(&self.handle, peer).map_err(error);
        let connected = match connected {
            Err(error) if error.condition() == Condition::InProgress => self
                .link
                .ready(&self.handle, Operation::Connect, Interest::Writable, until)
                .and_then(|()| self.completed()),
            result => result,
        };
        option::set_nonblocking(&self.handle, false).map_err(error)?;
        connected
    }

    /// No error, then a peer: only then is it connected.
    fn completed(&self) -> Result<(), Error> {
        let completed = match option::take_error(&self.handle) {
            Ok(None) => socket::peer_name(&self.handle).map(drop),
            Ok(Some(error)) | Err(error) => Err(error),
        };
        self.link.named_result(Operation::Connect, completed)
    }

    /// Takes a connection; with an end, the listener is blocking afterwards.
    pub fn accept<'a>(
        &self,
        until: impl Into<Until<'a>>,
    ) -> Result<(Self, Option<SocketAddr>), Error> {
        let until = until.into();
        let accept = || socket::accept(&self.handle);
        let accepted = if until.is_never() {
            self.link.plainly(&self.handle, Operation::Accept, accept)
        } else {
            let error = |source| self.link.error(Operation::Accept, source);
            option::set_nonblocking(&self.handle, true).map_err(error)?;
            let accepted = self.link.until(
                &self.handle,
                Operation::Accept,
                Interest::Readable,
                until,
                |_| accept(),
            );
            option::set_nonblocking(&self.handle, false).map_err(error)?;
            accepted
        };
        let (handle, peer) = accepted?;
        Ok((
            Self {
                handle,
                link: Link::new(false).with_peer(peer),
            },
            peer,
        ))
    }

    /// Sends on a connected socket; gives how many bytes the system took.
    pub fn send<'a>(&self, bytes: &[u8], until: impl Into<Until<'a>>) -> Result<usize, Error> {
        self.link.send(&self.handle, bytes, given(until))
    }

    /// Sends a datagram.
    pub fn send_to<'a>(
        &self,
        bytes: &[u8],
        peer: SocketAddr,
        until: impl Into<Until<'a>>,
    ) -> Result<usize, Error> {
        self.link.send_to(&self.handle, bytes, peer, given(until))
    }

    /// Receives on a connected socket; zero is the end of a stream.
    pub fn receive<'a>(
        &self,
        buffer: &mut [u8],
        until: impl Into<Until<'a>>,
    ) -> Result<usize, Error> {
        self.link
            .receive(&self.handle, buffer, Take::Out, given(until))
    }

    /// Receives a datagram, and where it came from.
    pub fn receive_from<'a>(
        &self,
        buffer: &mut [u8],
        until: impl Into<Until<'a>>,
    ) -> Result<(usize, Option<SocketAddr>), Error> {
        let operation = Operation::ReceiveFrom;
        let received =
            self.link
                .receive_datagram(&self.handle, operation, buffer, Take::Out, given(until))?;
        Ok((received.length, received.peer))
    }

    /// Ends one or both directions. What has no connection has nothing to end: that is no error.
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        if how != Shutdown::Read {
            self.link.set_shut_down_writing();
        }
        socket::shutdown(&self.handle, how)
            .map_err(|source| self.link.error(Operation::Shutdown, source))
            .or_else(|error| absorb(error, Condition::NotConnected))
    }

    /// The local address; absent where it is of no family of the internet.
    pub fn local_name(&self) -> Result<Option<SocketAddr>, Error> {
        self.named(Operation::LocalName, socket::local_name(&self.handle))
    }

    /// The peer's address; absent where it is of no family of the internet.
    pub fn peer_name(&self) -> Result<Option<SocketAddr>, Error> {
        self.named(Operation::PeerName, socket::peer_name(&self.handle))
    }

    /// `SO_REUSEADDR`.
    pub fn set_reuse_address(&self, value: bool) -> Result<(), Error> {
        self.named(
            Operation::SetOption,
            option::set_reuse_address(&self.handle, value),
        )
    }

    /// `SO_REUSEADDR`.
    pub fn reuse_address(&self) -> Result<bool, Error> {
        self.named(Operation::GetOption, option::reuse_address(&self.handle))
    }

    /// `TCP_NODELAY`.
    pub fn set_nodelay(&self, value: bool) -> Result<(), Error> {
        self.named(
            Operation::SetOption,
            option::set_nodelay(&self.handle, value),
        )
    }

    /// `TCP_NODELAY`.
    pub fn nodelay(&self) -> Result<bool, Error> {
        self.named(Operation::GetOption, option::nodelay(&self.handle))
    }

    /// `IP_TTL`.
    pub fn set_ttl(&self, value: u32) -> Result<(), Error> {
        self.named(Operation::SetOption, option::set_ttl(&self.handle, value))
    }

    /// `IP_TTL`.
    pub fn ttl(&self) -> Result<u32, Error> {
        self.named(Operation::GetOption, option::ttl(&self.handle))
    }

    /// `IPV6_UNICAST_HOPS`.
    pub fn set_unicast_hops(&self, value: u32) -> Result<(), Error> {
        self.named(
            Operation::SetOption,
            option::set_unicast_hops(&self.handle, value),
        )
    }

    /// `IPV6_UNICAST_HOPS`.
    pub fn unicast_hops(&self) -> Result<u32, Error> {
        self.named(Operation::GetOption, option::unicast_hops(&self.handle))
    }

    /// `IPV6_V6ONLY`.
    pub fn set_only_v6(&self, value: bool) -> Result<(), Error> {
        self.named(
            Operation::SetOption,
            option::set_only_v6(&self.handle, value),
        )
    }

    /// `IPV6_V6ONLY`.
    pub fn only_v6(&self) -> Result<bool, Error> {
        self.named(Operation::GetOption, option::only_v6(&self.handle))
    }

    /// `IP_ADD_MEMBERSHIP`.
    pub fn join_group_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        let joined = option::join_group_v4(&self.handle, group, interface);
        self.named(Operation::SetOption, joined)
    }

    /// `IP_DROP_MEMBERSHIP`.
    pub fn leave_group_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        let left = option::leave_group_v4(&self.handle, group, interface);
        self.named(Operation::SetOption, left)
    }

    /// `IPV6_LEAVE_GROUP`.
    pub fn leave_group_v6(&self, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
        let left = option::leave_group_v6(&self.handle, group, interface);
        self.named(Operation::SetOption, left)
    }

    fn named<T>(&self, operation: Operation, result: io::Result<T>) -> Result<T, Error> {
        self.link.named_result(operation, result)
    }
}

/// Without an end, the call is a plain one, and the socket's own mode decides whether it blocks.
fn given<'a>(until: impl Into<Until<'a>>) -> Option<Until<'a>> {
    Some(until.into()).filter(|until| !until.is_never())
}

impl From<OwnedHandle> for Socket {
    /// Takes over a socket, whatever its state; also what turns out to be no socket.
    fn from(handle: OwnedHandle) -> Self {
        let datagram = option::is_datagram(&handle).unwrap_or(false);
        let link = Link::adopted(&handle, datagram);
        Self { handle, link }
    }
}

#[cfg(not(windows))]
impl std::os::fd::AsFd for Socket {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsSocket for Socket {
    fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        self.handle.as_socket()
    }
}
