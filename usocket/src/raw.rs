//! One socket, one call, one [`Error`]: the layer under the owners.
//!
//! It adds three things to the system calls of `sys`: a call that a signal interrupted goes on
//! against the same deadline, a call under a deadline ends by it, and whatever fails is an
//! [`Error`] with the addresses that the socket knows.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::classify::State;
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::operation::Operation;
use crate::sys::transfer::Mode;
use crate::sys::wait::{Interest, wait};
use crate::sys::{OwnedHandle, option, socket, transfer};

/// A socket of any kind, in any state.
#[derive(Debug)]
pub struct Socket {
    handle: OwnedHandle,
    datagram: bool,
    /// What this end was told to shut down; the system does not tell.
    shut_down_writing: AtomicBool,
    /// Kept from connect and accept, so that an error never asks the system.
    peer: OnceLock<SocketAddr>,
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
            .map_err(|source| self.error(Operation::Bind, source).with_local(local))
    }

    /// Makes the socket a listener.
    pub fn listen(&self, backlog: i32) -> Result<(), Error> {
        socket::listen(&self.handle, backlog)
            .map_err(|source| self.error(Operation::Listen, source))
    }

    /// Connects; with a deadline, the socket is blocking afterwards.
    pub fn connect(&self, peer: SocketAddr, deadline: Deadline) -> Result<(), Error> {
        let connected = match deadline {
            Deadline::Never => self.connect_plainly(peer),
            Deadline::At(_) => self.connect_deadline(peer, deadline),
        };
        let state = State {
            datagram: self.datagram,
            ..State::default()
        };
        connected.map_err(|source| {
            Error::classified(Operation::Connect, state, source).with_peer(peer)
        })?;
        // A socket that connects again keeps the first name; datagram sockets may.
        let _ = self.peer.set(peer);
        Ok(())
    }

    /// Connects to a path of the Unix domain.
    #[cfg(unix)]
    pub fn connect_path(&self, path: &std::path::Path) -> Result<(), Error> {
        let connected = retry(|| socket::connect_path(&self.handle, path));
        // A path is what the user named, as a host is.
        connected.map_err(|source| {
            self.error(Operation::Connect, source)
                .with_host(&path.to_string_lossy())
        })
    }

    fn connect_plainly(&self, peer: SocketAddr) -> io::Result<()> {
        match socket::connect(&self.handle, peer) {
            // The connect goes on; asking again would say so, and only its end is of interest.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                self.connect_completes(Deadline::Never)
            }
            result => result,
        }
    }

    fn connect_deadline(&self, peer: SocketAddr, deadline: Deadline) -> io::Result<()> {
        option::set_nonblocking(&self.handle, true)?;
        let connected = match socket::connect(&self.handle, peer) {
            Err(error)
                if matches!(
                    Condition::of(&error, Operation::Connect),
                    Condition::InProgress | Condition::Interrupted
                ) =>
            {
                self.connect_completes(deadline)
            }
            result => result,
        };
        option::set_nonblocking(&self.handle, false)?;
        connected
    }

    /// Writable, then no error, then a peer: only then is it connected.
    fn connect_completes(&self, deadline: Deadline) -> io::Result<()> {
        if !self.ready(Interest::Writable, deadline)? {
            return Err(timed_out(Operation::Connect));
        }
        if let Some(error) = option::take_error(&self.handle)? {
            return Err(error);
        }
        socket::peer_name(&self.handle).map(drop)
    }

    /// Takes a connection; with a deadline, the listener is blocking afterwards.
    pub fn accept(&self, deadline: Deadline) -> Result<(Self, Option<SocketAddr>), Error> {
        let accepted = match deadline {
            Deadline::Never => retry(|| socket::accept(&self.handle)),
            Deadline::At(_) => self.accept_deadline(deadline),
        };
        let (handle, peer) = accepted.map_err(|source| self.error(Operation::Accept, source))?;
        let accepted = Self {
            datagram: false,
            peer: OnceLock::new(),
            ..Self::bare(handle)
        };
        if let Some(peer) = peer {
            let _ = accepted.peer.set(peer);
        }
        Ok((accepted, peer))
    }

    fn accept_deadline(&self, deadline: Deadline) -> io::Result<(OwnedHandle, Option<SocketAddr>)> {
        // Another thread may take the connection between waiting and accepting.
        option::set_nonblocking(&self.handle, true)?;
        let accepted = self.within(Operation::Accept, Interest::Readable, deadline, || {
            socket::accept(&self.handle)
        });
        option::set_nonblocking(&self.handle, false)?;
        accepted
    }

    /// Sends on a connected socket; gives how many bytes the system took.
    pub fn send(&self, bytes: &[u8], deadline: Deadline) -> Result<usize, Error> {
        self.transfer(Operation::Send, Interest::Writable, deadline, |mode| {
            transfer::send(&self.handle, bytes, mode)
        })
        .map_err(|source| self.send_error(source))
    }

    /// Sends a datagram.
    pub fn send_to(
        &self,
        bytes: &[u8],
        peer: SocketAddr,
        deadline: Deadline,
    ) -> Result<usize, Error> {
        self.transfer(Operation::SendTo, Interest::Writable, deadline, |mode| {
            transfer::send_to(&self.handle, bytes, peer, mode)
        })
        .map_err(|source| self.error(Operation::SendTo, source).with_peer(peer))
    }

    /// Receives on a connected socket; zero is the end of a stream.
    pub fn receive(&self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Error> {
        self.transfer(Operation::Receive, Interest::Readable, deadline, |mode| {
            transfer::receive(&self.handle, buffer, mode)
        })
        .map_err(|source| self.error(Operation::Receive, source))
    }

    /// Receives a datagram, and where it came from.
    pub fn receive_from(
        &self,
        buffer: &mut [u8],
        deadline: Deadline,
    ) -> Result<(usize, Option<SocketAddr>), Error> {
        self.transfer(
            Operation::ReceiveFrom,
            Interest::Readable,
            deadline,
            |mode| transfer::receive_from(&self.handle, buffer, mode),
        )
        .map_err(|source| self.error(Operation::ReceiveFrom, source))
    }

    /// Sends what can be sent at once; `None` if that is nothing, for which no error is made.
    pub fn try_send(&self, bytes: &[u8]) -> Result<Option<usize>, Error> {
        let sent = retry(|| transfer::send(&self.handle, bytes, Mode::Try));
        at_once(sent).map_err(|source| self.send_error(source))
    }

    /// Receives what is there; `None` if that is nothing, for which no error is made.
    pub fn try_receive(&self, buffer: &mut [u8]) -> Result<Option<usize>, Error> {
        let received = retry(|| transfer::receive(&self.handle, buffer, Mode::Try));
        self.named(Operation::Receive, at_once(received))
    }

    /// Ends one or both directions. What has no connection has nothing to end: that is no error.
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        if how != Shutdown::Read {
            self.shut_down_writing.store(true, Ordering::Relaxed);
        }
        match socket::shutdown(&self.handle, how)
            .map_err(|source| self.error(Operation::Shutdown, source))
        {
            Err(error) if error.condition() == Condition::NotConnected => Ok(()),
            result => result,
        }
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

    /// One transfer: as the socket's mode says, or tried first and waited for after.
    fn transfer<T>(
        &self,
        operation: Operation,
        interest: Interest,
        deadline: Deadline,
        mut call: impl FnMut(Mode) -> io::Result<T>,
    ) -> io::Result<T> {
        match deadline {
            Deadline::Never => retry(|| call(Mode::AsSet)),
            Deadline::At(_) => self.within(operation, interest, deadline, || call(Mode::Try)),
        }
    }

    /// Makes a call that does not block again and again until it succeeds or the deadline passes;
    /// once at least.
    fn within<T>(
        &self,
        operation: Operation,
        interest: Interest,
        deadline: Deadline,
        mut call: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            match retry(&mut call) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return result,
            }
            if !self.ready(interest, deadline)? {
                return Err(timed_out(operation));
            }
        }
    }

    /// Whether the socket became ready before the deadline.
    fn ready(&self, interest: Interest, deadline: Deadline) -> io::Result<bool> {
        retry(|| wait(&self.handle, interest, deadline.remaining()))
    }

    fn named<T>(&self, operation: Operation, result: io::Result<T>) -> Result<T, Error> {
        result.map_err(|source| self.error(operation, source))
    }

    fn send_error(&self, source: io::Error) -> Error {
        let mut state = State {
            datagram: self.datagram,
            ..State::default()
        };
        if source.kind() == io::ErrorKind::BrokenPipe
            && !self.shut_down_writing.load(Ordering::Relaxed)
        {
            // A failing look for the cause must not hide what failed.
            let pending = option::take_error(&self.handle).unwrap_or(None);
            state.pending = pending.and_then(|error| error.raw_os_error());
        }
        self.with_peer(Error::classified(Operation::Send, state, source))
    }

    fn error(&self, operation: Operation, source: io::Error) -> Error {
        let state = State {
            datagram: self.datagram,
            ..State::default()
        };
        self.with_peer(Error::classified(operation, state, source))
    }

    fn with_peer(&self, error: Error) -> Error {
        match self.peer.get() {
            Some(peer) => error.with_peer(*peer),
            None => error,
        }
    }

    fn bare(handle: OwnedHandle) -> Self {
        Self {
            handle,
            datagram: false,
            shut_down_writing: AtomicBool::new(false),
            peer: OnceLock::new(),
        }
    }
}

impl From<OwnedHandle> for Socket {
    /// Takes over a socket, whatever its state; also what turns out to be no socket.
    fn from(handle: OwnedHandle) -> Self {
        let datagram = option::is_datagram(&handle).unwrap_or(false);
        Self {
            datagram,
            ..Self::bare(handle)
        }
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

/// Makes the call again as long as signals interrupt it.
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Nothing to do right now is no error.
fn at_once<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

/// The deadline passed before the system said anything.
fn timed_out(operation: Operation) -> io::Error {
    Error::new(operation, Condition::Timeout)
        .with_deadline_passed()
        .into()
}
