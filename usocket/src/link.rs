//! What an owner of a socket knows beside its handle, and how it makes its calls.
//!
//! It adds four things to the [system calls](crate::sys): a call that a signal interrupted goes on
//! against the same deadline; a call with an end ends by it, be that a deadline or a cancel; a
//! timeout that was set on the socket is told from a socket that does not block; and whatever fails
//! is an [`Error`] with what the owner knows. All clones of a socket share one link.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cancel::{Cancel, Until};
use crate::classify::State;
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::hang_up::{Patience, Tied};
use crate::operation::Operation;
use crate::retry::retry;
#[cfg(not(target_os = "wasi"))]
use crate::sys::transfer::Received;
use crate::sys::transfer::{Mode, Take};
use crate::sys::wait::{Interest, Ready, wait};
use crate::sys::{AsHandle, option, transfer};

/// What is known of one socket, shared by all its clones.
#[derive(Clone, Debug)]
pub(crate) struct Link(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    datagram: bool,
    /// Kept from connecting, accepting and listening, so that an error never asks the system.
    names: Mutex<Names>,
    nonblocking: AtomicBool,
    read_timeout: Mutex<Timeout>,
    write_timeout: Mutex<Timeout>,
    /// What this end was told to shut down; the system does not tell.
    shut_down_writing: AtomicBool,
    /// To the server that handed it out.
    tied: Tied,
}

/// What errors name.
#[derive(Clone, Debug, Default)]
struct Names {
    local: Option<SocketAddr>,
    peer: Option<SocketAddr>,
    /// What the user named where the peer is not all of it: a host name, a path.
    host: Option<Arc<str>>,
}

impl Link {
    /// Of a socket that this crate made: blocking, without timeouts.
    pub(crate) fn new(datagram: bool) -> Self {
        Self::of(datagram, None, Timeout::Known(None))
    }

    /// Of a socket that the user named so: by the name of a host, or by a path.
    pub(crate) fn named(datagram: bool, host: &str) -> Self {
        Self::of(datagram, Some(host.into()), Timeout::Known(None))
    }

    /// Of a socket that somebody else made and may have set up in any way.
    pub(crate) fn adopted(socket: &impl AsHandle, datagram: bool) -> Self {
        let link = Self::of(datagram, None, Timeout::Unknown);
        // Where it cannot be told, it is most likely as sockets are born.
        let told = option::told_nonblocking(socket).ok().flatten();
        link.set_nonblocking(told.unwrap_or(false));
        link
    }

    fn of(datagram: bool, host: Option<Arc<str>>, timeout: Timeout) -> Self {
        Self(Arc::new(Shared {
            datagram,
            names: Mutex::new(Names {
                host,
                ..Names::default()
            }),
            nonblocking: AtomicBool::new(false),
            read_timeout: Mutex::new(timeout),
            write_timeout: Mutex::new(timeout),
            shut_down_writing: AtomicBool::new(false),
            tied: Tied::default(),
        }))
    }

    /// Of a stream that the listener of this link has accepted, which is named as that is.
    #[cfg(unix)]
    pub(crate) fn for_accepted(&self) -> Self {
        let host = lock(&self.0.names).host.clone();
        Self::of(false, host, Timeout::Known(None))
    }

    /// The same link, whose socket is now connected to `peer`.
    pub(crate) fn with_peer(self, peer: Option<SocketAddr>) -> Self {
        self.set_peer(peer);
        self
    }

    /// The same link, whose errors name the local address.
    pub(crate) fn with_local(self, local: Option<SocketAddr>) -> Self {
        lock(&self.0.names).local = local;
        self
    }

    pub(crate) fn set_peer(&self, peer: Option<SocketAddr>) {
        lock(&self.0.names).peer = peer;
    }

    /// Remembers what the user called the peer, where that is not its address.
    pub(crate) fn set_host(&self, host: Option<&str>) {
        lock(&self.0.names).host = host.map(Into::into);
    }

    /// The address that the socket was bound to.
    pub(crate) fn local(&self) -> Option<SocketAddr> {
        lock(&self.0.names).local
    }

    /// The address that the socket is connected to.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        lock(&self.0.names).peer
    }

    pub(crate) fn is_nonblocking(&self) -> bool {
        self.0.nonblocking.load(Ordering::Relaxed)
    }

    /// Remembers the mode that the socket was given.
    pub(crate) fn set_nonblocking(&self, nonblocking: bool) {
        self.0.nonblocking.store(nonblocking, Ordering::Relaxed);
    }

    /// Remembers that the sending side was shut down.
    pub(crate) fn set_shut_down_writing(&self) {
        self.0.shut_down_writing.store(true, Ordering::Relaxed);
    }

    /// `SO_RCVTIMEO`, set only if it is not already what it should be.
    pub(crate) fn set_read_timeout(
        &self,
        socket: &impl AsHandle,
        timeout: Option<Duration>,
    ) -> Result<(), Error> {
        self.set_timeout(&self.0.read_timeout, timeout, |timeout| {
            option::set_read_timeout(socket, timeout)
        })
    }

    /// `SO_SNDTIMEO`, set only if it is not already what it should be.
    pub(crate) fn set_write_timeout(
        &self,
        socket: &impl AsHandle,
        timeout: Option<Duration>,
    ) -> Result<(), Error> {
        self.set_timeout(&self.0.write_timeout, timeout, |timeout| {
            option::set_write_timeout(socket, timeout)
        })
    }

    fn set_timeout(
        &self,
        remembered: &Mutex<Timeout>,
        timeout: Option<Duration>,
        set: impl FnOnce(Option<Duration>) -> io::Result<()>,
    ) -> Result<(), Error> {
        if timeout == Some(Duration::ZERO) {
            // The system would take it for "for ever".
            let source = io::Error::new(
                io::ErrorKind::InvalidInput,
                "a timeout of 0; to try once, use a call with a deadline",
            );
            return Err(self.error(Operation::SetOption, source));
        }
        // Held over the system call, so that what is remembered is what was set last.
        let mut remembered = lock(remembered);
        if *remembered != Timeout::Known(timeout) {
            *remembered = Timeout::Unknown;
            set(timeout).map_err(|source| self.error(Operation::SetOption, source))?;
            *remembered = Timeout::Known(timeout);
        }
        Ok(())
    }

    /// A call that blocks as long as the socket's own mode and timeouts say.
    pub(crate) fn plainly<T>(
        &self,
        socket: &impl AsHandle,
        operation: Operation,
        call: impl FnMut() -> io::Result<T>,
    ) -> Result<T, Error> {
        retry(call).map_err(|source| self.transfer_error(socket, operation, source))
    }

    /// A call that is tried, then waited for, until it succeeds or its end has come; tried once at
    /// least.
    pub(crate) fn until<T>(
        &self,
        socket: &impl AsHandle,
        operation: Operation,
        interest: Interest,
        until: Until<'_>,
        mut call: impl FnMut(Mode) -> io::Result<T>,
    ) -> Result<T, Error> {
        if until.is_never() && !self.is_nonblocking() {
            return self.plainly(socket, operation, || call(Mode::AsSet));
        }
        // Whoever is told of readiness may still come to nothing, again and again: another thread was quicker, or what
        // had come was discarded. So what is tried after the end is the last.
        let mut last = false;
        loop {
            match retry(|| call(self.trying())) {
                Ok(value) => return Ok(value),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(source) => return Err(self.transfer_error(socket, operation, source)),
            }
            if last {
                return Err(self.dress(Until::passed(operation)));
            }
            last = until.deadline().has_passed();
            self.ready(socket, operation, interest, until)?;
        }
    }

    /// A call that never blocks; `None` where there is nothing to do, for which no error is made.
    pub(crate) fn at_once<T>(
        &self,
        socket: &impl AsHandle,
        operation: Operation,
        mut call: impl FnMut(Mode) -> io::Result<T>,
    ) -> Result<Option<T>, Error> {
        match retry(|| call(self.trying())) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(source) => Err(self.transfer_error(socket, operation, source)),
        }
    }

    /// How a call is made that must not block. On WASI that means to change the socket's own mode, if it is another.
    fn trying(&self) -> Mode {
        if cfg!(target_os = "wasi") && self.is_nonblocking() {
            Mode::AsSet
        } else {
            Mode::Try
        }
    }

    /// Waits until the socket is ready; it is an error if the end comes first.
    pub(crate) fn ready(
        &self,
        socket: &impl AsHandle,
        operation: Operation,
        interest: Interest,
        until: Until<'_>,
    ) -> Result<(), Error> {
        let wake = until.cancel().map(Cancel::wake);
        loop {
            let ready = retry(|| wait(socket, interest, wake, until.deadline().remaining()));
            match ready.map_err(|source| self.error(Operation::Wait, source))? {
                Ready::Socket => return Ok(()),
                Ready::Woken => return Err(self.dress(Until::cancelled(operation))),
                Ready::TimedOut if until.deadline().has_passed() => {
                    return Err(self.dress(Until::passed(operation)));
                }
                // One call waits for a day at most.
                Ready::TimedOut => {}
            }
        }
    }

    /// Accepts by a `call` on a listener that does not block underneath, but waits unless it was
    /// told otherwise.
    pub(crate) fn accept<T>(
        &self,
        listener: &impl AsHandle,
        mut call: impl FnMut() -> io::Result<T>,
    ) -> Result<T, Error> {
        loop {
            match retry(&mut call) {
                Err(error)
                    if error.kind() == io::ErrorKind::WouldBlock && !self.is_nonblocking() =>
                {
                    self.acceptable(listener, Deadline::NEVER.into())?;
                }
                accepted => return self.accepted(listener, accepted),
            }
        }
    }

    /// The same until the end has come; tried once at least.
    pub(crate) fn accept_until<T>(
        &self,
        listener: &impl AsHandle,
        until: Until<'_>,
        mut call: impl FnMut() -> io::Result<T>,
    ) -> Result<T, Error> {
        // As in `until`.
        let mut last = false;
        loop {
            if let Some(accepted) = self.try_accept(listener, &mut call)? {
                return Ok(accepted);
            }
            if last {
                return Err(self.dress(Until::passed(Operation::Accept)));
            }
            last = until.deadline().has_passed();
            self.acceptable(listener, until)?;
        }
    }

    /// The same without waiting; `None` where nothing waits to be accepted.
    pub(crate) fn try_accept<T>(
        &self,
        listener: &impl AsHandle,
        call: impl FnMut() -> io::Result<T>,
    ) -> Result<Option<T>, Error> {
        // Asked first, for clones of the descriptor outside may have made it blocking.
        let now = Some(Duration::ZERO);
        let ready = retry(|| wait(listener, Interest::Readable, None, now));
        if self.named_result(Operation::Wait, ready)? != Ready::Socket {
            return Ok(None);
        }
        match retry(call) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            accepted => self.accepted(listener, accepted).map(Some),
        }
    }

    fn acceptable(&self, listener: &impl AsHandle, until: Until<'_>) -> Result<(), Error> {
        self.ready(listener, Operation::Accept, Interest::Readable, until)
    }

    fn accepted<T>(&self, listener: &impl AsHandle, accepted: io::Result<T>) -> Result<T, Error> {
        accepted.map_err(|source| self.transfer_error(listener, Operation::Accept, source))
    }

    pub(crate) fn send(
        &self,
        socket: &impl AsHandle,
        bytes: &[u8],
        until: Option<Until<'_>>,
    ) -> Result<usize, Error> {
        let room = self.room(socket, until);
        let room = room.map_err(|source| self.tied_error(Operation::Send, source))?;
        let call = |mode| {
            let most = match mode {
                Mode::Try if !self.0.datagram => transfer::AT_ONCE,
                _ => room,
            };
            transfer::send(socket, &bytes[..bytes.len().min(most)], mode)
        };
        match until {
            None => self.plainly(socket, Operation::Send, || call(Mode::AsSet)),
            Some(until) => self.until(socket, Operation::Send, Interest::Writable, until, call),
        }
    }

    pub(crate) fn receive(
        &self,
        socket: &impl AsHandle,
        buffer: &mut [u8],
        take: Take,
        until: Option<Until<'_>>,
    ) -> Result<usize, Error> {
        let ended = self.has_ended(socket, until);
        if ended.map_err(|source| self.tied_error(Operation::Receive, source))? {
            return Ok(0);
        }
        let mut call = |mode| transfer::receive(socket, buffer, take, mode);
        match until {
            None => self.plainly(socket, Operation::Receive, || call(Mode::AsSet)),
            Some(until) => self.until(socket, Operation::Receive, Interest::Readable, until, call),
        }
    }

    /// Whether the server that handed it out has ended its receives, and nothing is left. Otherwise the call goes on, and
    /// waits as the socket's own mode and timeout say; on systems where nobody else can end a receive that waits, it has
    /// done so already.
    #[inline]
    pub(crate) fn has_ended(
        &self,
        socket: &impl AsHandle,
        until: Option<Until<'_>>,
    ) -> io::Result<bool> {
        let patience = || self.patience(until, &self.0.read_timeout);
        self.0.tied.ended(socket, patience)
    }

    /// How much the system takes without waiting: on systems where nobody else can end a send that waits, who sends on a
    /// connection of a server waits here.
    #[inline]
    pub(crate) fn room(
        &self,
        socket: &impl AsHandle,
        until: Option<Until<'_>>,
    ) -> io::Result<usize> {
        let patience = || self.patience(until, &self.0.write_timeout);
        self.0.tied.room(socket, patience)
    }

    /// What went wrong in a wait that is a part of that call.
    fn tied_error(&self, operation: Operation, source: io::Error) -> Error {
        match source.kind() {
            io::ErrorKind::TimedOut => self.error(operation, source),
            _ => self.error(Operation::Wait, source),
        }
    }

    fn patience(&self, until: Option<Until<'_>>, own: &Mutex<Timeout>) -> Patience {
        match until {
            Some(until) if until.cancel().is_none() => {
                Patience::Until(until.deadline().remaining())
            }
            // Who can be cancelled has another way to be ended.
            Some(_) => Patience::Until(Some(Duration::ZERO)),
            None if self.is_nonblocking() => Patience::Until(Some(Duration::ZERO)),
            None => match *lock(own) {
                Timeout::Known(timeout) => Patience::Own(timeout),
                Timeout::Unknown => Patience::Own(None),
            },
        }
    }

    /// What ties it to the server that handed it out.
    #[cfg(not(target_os = "wasi"))]
    pub(crate) fn tied(&self) -> &Tied {
        &self.0.tied
    }

    pub(crate) fn send_to(
        &self,
        socket: &impl AsHandle,
        bytes: &[u8],
        peer: SocketAddr,
        until: Option<Until<'_>>,
    ) -> Result<usize, Error> {
        let call = |mode| transfer::send_to(socket, bytes, peer, mode);
        match until {
            None => self.plainly(socket, Operation::SendTo, || call(Mode::AsSet)),
            Some(until) => self.until(socket, Operation::SendTo, Interest::Writable, until, call),
        }
        .map_err(|error| error.with_peer(peer))
    }

    /// One datagram. On a connected socket the operation is [`Operation::Receive`].
    #[cfg(not(target_os = "wasi"))] // where only the owner has what it takes
    pub(crate) fn receive_datagram(
        &self,
        socket: &impl AsHandle,
        operation: Operation,
        buffer: &mut [u8],
        take: Take,
        until: Option<Until<'_>>,
    ) -> Result<Received, Error> {
        let mut call = |mode| transfer::receive_from(socket, operation, buffer, take, mode);
        match until {
            None => self.plainly(socket, operation, || call(Mode::AsSet)),
            Some(until) => self.until(socket, operation, Interest::Readable, until, call),
        }
    }

    /// The error of a call that does not transfer anything.
    pub(crate) fn error(&self, operation: Operation, source: io::Error) -> Error {
        let state = State {
            datagram: self.0.datagram,
            ..State::default()
        };
        self.dress(Error::classified(operation, state, source))
    }

    /// The result of a call that does not transfer anything.
    pub(crate) fn named_result<T>(
        &self,
        operation: Operation,
        result: io::Result<T>,
    ) -> Result<T, Error> {
        result.map_err(|source| self.error(operation, source))
    }

    /// The result of a call that asks for an address of the internet.
    pub(crate) fn named_address(
        &self,
        operation: Operation,
        result: io::Result<Option<SocketAddr>>,
    ) -> Result<SocketAddr, Error> {
        // Only a handle that was adopted can be of another family.
        let other = || self.dress(Error::new(operation, Condition::AddressFamilyNotSupported));
        self.named_result(operation, result)?.ok_or_else(other)
    }

    /// The error of a send, receive or accept.
    pub(crate) fn transfer_error(
        &self,
        socket: &impl AsHandle,
        operation: Operation,
        source: io::Error,
    ) -> Error {
        let mut state = State {
            datagram: self.0.datagram,
            ..State::default()
        };
        match source.kind() {
            io::ErrorKind::WouldBlock => state.timed = self.is_timed(socket, operation),
            io::ErrorKind::BrokenPipe if !self.0.shut_down_writing.load(Ordering::Relaxed) => {
                // A failing look for the cause must not hide what failed.
                let pending = option::take_error(socket).unwrap_or(None);
                state.pending = pending.and_then(|error| error.raw_os_error());
            }
            _ => {}
        }
        self.dress(Error::classified(operation, state, source))
    }

    /// Whether a call that found nothing to do had waited for it, by a timeout of the socket's.
    pub(crate) fn is_timed(&self, socket: &impl AsHandle, operation: Operation) -> bool {
        if self.is_nonblocking() {
            return false;
        }
        let sending = matches!(operation, Operation::Send | Operation::SendTo);
        let (remembered, ask): (_, fn(&_) -> _) = if sending {
            (&self.0.write_timeout, option::write_timeout)
        } else {
            (&self.0.read_timeout, option::read_timeout)
        };
        let remembered = *lock(remembered);
        match remembered {
            Timeout::Known(timeout) => timeout.is_some(),
            // Somebody else made the socket: only the system knows.
            Timeout::Unknown => {
                ask(socket).is_ok_and(|timeout| timeout.is_some())
                    && !option::nonblocking(socket).unwrap_or(false)
            }
        }
    }

    /// The system's error for `Read` and `Write`, untouched but for one thing: a timeout that ran
    /// out is [`TimedOut`](io::ErrorKind::TimedOut) on every system.
    pub(crate) fn timed_out(
        &self,
        socket: &impl AsHandle,
        operation: Operation,
        error: io::Error,
    ) -> io::Error {
        if error.kind() == io::ErrorKind::WouldBlock && self.is_timed(socket, operation) {
            return io::ErrorKind::TimedOut.into();
        }
        error
    }

    /// Adds what the owner knows.
    pub(crate) fn dress(&self, error: Error) -> Error {
        let Names { local, peer, host } = lock(&self.0.names).clone();
        let error = match local {
            Some(local) => error.with_local(local),
            None => error,
        };
        let error = match peer {
            Some(peer) => error.with_peer(peer),
            None => error,
        };
        match host {
            // These have a target of their own, which the caller names.
            Some(_) if matches!(error.operation(), Operation::Connect | Operation::SendTo) => error,
            Some(host) => error.with_host(&host),
            None => error,
        }
    }
}

/// A timeout that was set on a socket, so that setting the same again costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timeout {
    /// Somebody else made the socket, or a call that sets it is under way: only the system knows.
    Unknown,
    /// This, or none.
    Known(Option<Duration>),
}

/// Nothing that holds one of these locks can leave anything half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether an error says that something is already so.
pub(crate) fn absorb(error: Error, condition: Condition) -> Result<(), Error> {
    if error.condition() == condition {
        Ok(())
    } else {
        Err(error)
    }
}
