//! The error: a condition, and all that is known of how it came about.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::attempt::{self, Attempt};
use crate::classify::{State, classify_here, classify_kind, classify_resolver};
use crate::condition::Condition;
use crate::disposition::Disposition;
use crate::endpoint::EndpointError;
use crate::operation::Operation;
use crate::os;

/// What failed, with what condition, between which addresses, and why.
///
/// One machine word: the rest is boxed, so that `Result<usize, Error>` is as small as with
/// [`io::Error`]. Written out, it says what was done to whom and what was wrong; the system's own
/// words are in [`source`](std::error::Error::source) only.
///
/// ```
/// use usocket::{Condition, Error, Operation};
///
/// let error = Error::new(Operation::Connect, Condition::HostUnreachable)
///     .with_host("db.internal:5432")
///     .with_peer(([127, 0, 0, 7], 5432));
/// assert_eq!(
///     error.to_string(),
///     "connect to db.internal:5432 (127.0.0.7:5432): host unreachable",
/// );
///
/// assert_eq!(error.condition(), Condition::HostUnreachable);
/// assert_eq!(error.operation(), Operation::Connect);
/// assert_eq!(error.host(), Some("db.internal:5432"));
/// assert_eq!(error.peer(), Some(([127, 0, 0, 7], 5432).into()));
/// assert_eq!(error.disposition(), usocket::Disposition::BackOff);
/// // What the system did not say is not there.
/// assert_eq!((error.local(), error.raw_os_error(), error.bytes_done()), (None, None, None));
/// assert!(error.attempts().is_empty());
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    operation: Operation,
    condition: Condition,
    local: Option<SocketAddr>,
    peer: Option<SocketAddr>,
    host: Option<Box<str>>,
    attempts: Vec<Attempt>,
    source: Option<Source>,
    bytes_done: Option<usize>,
    deadline_passed: bool,
}

enum Source {
    System(io::Error),
    Endpoint(EndpointError),
}

const _: () = assert!(size_of::<Error>() == size_of::<usize>());

impl Error {
    /// An error of ours, without a cause in the system.
    pub fn new(operation: Operation, condition: Condition) -> Self {
        Self(Box::new(Inner {
            operation,
            condition,
            local: None,
            peer: None,
            host: None,
            attempts: Vec::new(),
            source: None,
            bytes_done: None,
            deadline_passed: false,
        }))
    }

    /// What the system said after `operation`, classified as by [`Condition::of`].
    ///
    /// ```
    /// use std::io;
    /// use usocket::{Condition, Error, Operation};
    ///
    /// let error = Error::from_io(Operation::Bind, io::ErrorKind::AddrInUse.into());
    /// assert_eq!(error.condition(), Condition::AddressInUse);
    /// ```
    #[doc(alias = "with-mapped-conditions")]
    pub fn from_io(operation: Operation, source: io::Error) -> Self {
        Self::classified(operation, State::default(), source)
    }

    /// What the system said after `operation` in `state`.
    pub(crate) fn classified(operation: Operation, state: State, source: io::Error) -> Self {
        match source.downcast::<Self>() {
            Ok(ours) => ours,
            Err(source) => {
                let condition = condition_of(&source, operation, state);
                let mut error = Self::new(operation, condition);
                error.0.source = Some(Source::System(source));
                error
            }
        }
    }

    /// What the system said after a connect, which may have been one to the socket's own address.
    pub(crate) fn of_connect(source: io::Error, to_itself: bool) -> Self {
        let state = State {
            to_itself,
            ..State::default()
        };
        Self::classified(Operation::Connect, state, source)
    }

    /// The error of one address of several.
    pub(crate) fn into_attempt(self, peer: SocketAddr, elapsed: Duration) -> Attempt {
        let condition = self.0.condition;
        let source = match self.0.source {
            Some(Source::System(source)) => source,
            _ => self.into(),
        };
        Attempt::new(peer, condition, elapsed, source)
    }

    /// The same error with the addresses that had failed by then.
    pub(crate) fn with_attempts(mut self, attempts: Vec<Attempt>) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// What `input` that is no endpoint does to `operation`.
    ///
    /// ```
    /// use usocket::{Condition, Endpoint, Error, Operation};
    ///
    /// let input = "localhost:70000".parse::<Endpoint>().unwrap_err();
    /// let error = Error::from_endpoint(Operation::Connect, input);
    /// assert_eq!(error.condition(), Condition::InvalidArgument);
    /// assert_eq!(error.host(), Some("localhost:70000"));
    /// ```
    pub fn from_endpoint(operation: Operation, source: EndpointError) -> Self {
        let mut error = Self::new(operation, Condition::InvalidArgument);
        error.0.host = Some(source.input().into());
        error.0.source = Some(Source::Endpoint(source));
        error
    }

    /// All the addresses of a host failed: the attempt that got furthest speaks for them.
    ///
    /// The order is: refused, reset, aborted, network reset, not permitted, timed out, host down,
    /// host unreachable, network down, network unreachable, anything else, address not available,
    /// address family not supported; the first of equals. Without any attempt there was no address:
    /// [`Condition::NoData`].
    ///
    /// ```
    /// use std::{io, time::Duration};
    /// use usocket::{Attempt, Condition, Error, Operation};
    ///
    /// let attempt = |port, condition: Condition| {
    ///     let source = io::Error::from(condition.kind());
    ///     Attempt::new(([127, 0, 0, 1], port).into(), condition, Duration::ZERO, source)
    /// };
    /// let error = Error::from_attempts(
    ///     Operation::Connect,
    ///     "localhost:80",
    ///     vec![attempt(1, Condition::NetworkUnreachable), attempt(2, Condition::ConnectionRefused)],
    /// );
    /// assert_eq!(error.condition(), Condition::ConnectionRefused);
    /// assert_eq!(error.attempts().len(), 2);
    /// ```
    pub fn from_attempts<'a>(
        operation: Operation,
        host: impl Into<Option<&'a str>>,
        attempts: Vec<Attempt>,
    ) -> Self {
        let mut error = match attempt::headline(&attempts) {
            Some(headline) => Self::new(operation, headline.condition()).with_peer(headline.peer()),
            None => Self::new(operation, Condition::NoData),
        };
        error.0.host = host.into().map(Into::into);
        error.0.attempts = attempts;
        error
    }

    /// The same error with the local address.
    #[must_use]
    pub fn with_local(mut self, local: impl Into<SocketAddr>) -> Self {
        self.0.local = Some(local.into());
        self
    }

    /// The same error with the peer's address.
    #[must_use]
    pub fn with_peer(mut self, peer: impl Into<SocketAddr>) -> Self {
        self.0.peer = Some(peer.into());
        self
    }

    /// The same error with what the user asked for: a name, or a host and a port.
    #[must_use]
    pub fn with_host(mut self, host: &str) -> Self {
        self.0.host = Some(host.into());
        self
    }

    /// The same error with the note that the deadline ended the call.
    #[must_use]
    pub fn with_deadline_passed(mut self) -> Self {
        self.0.deadline_passed = true;
        self
    }

    /// The same error with how many bytes were transferred before it.
    #[must_use]
    pub fn with_bytes_done(mut self, bytes: usize) -> Self {
        self.0.bytes_done = Some(bytes);
        self
    }

    /// The same error with its cause, where that is no code which [`from_io`](Self::from_io) could
    /// classify.
    pub(crate) fn with_source(mut self, source: io::Error) -> Self {
        self.0.source = Some(Source::System(source));
        self
    }

    /// What was wrong.
    pub fn condition(&self) -> Condition {
        self.0.condition
    }

    /// What was being done.
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// The local address, where it is known.
    pub fn local(&self) -> Option<SocketAddr> {
        self.0.local
    }

    /// The peer's address, where it is known; of several, the one that the condition is about.
    #[doc(alias = "host-or-ip")]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.0.peer
    }

    /// What the user asked for, as text, where it was not an address.
    #[doc(alias = "host-or-ip")]
    pub fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }

    /// What each address answered, in the order of trying, where several could be tried.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// The system's number: `errno`, or what `WSAGetLastError` gives.
    ///
    /// Of several attempts, that of the one which speaks for all.
    #[doc(alias = "errno")]
    #[doc(alias = "WSAGetLastError")]
    pub fn raw_os_error(&self) -> Option<i32> {
        match &self.0.source {
            Some(Source::System(source)) => source.raw_os_error(),
            Some(Source::Endpoint(_)) => None,
            None => attempt::headline(&self.0.attempts).and_then(Attempt::raw_os_error),
        }
    }

    /// How many bytes were transferred before it, by a call that transfers more than one system call
    /// can.
    pub fn bytes_done(&self) -> Option<usize> {
        self.0.bytes_done
    }

    /// What to do next: go on at once, wait, or give up.
    #[doc(alias = "retry")]
    pub fn disposition(&self) -> Disposition {
        Disposition::of(self.0.condition, self.0.operation)
    }

    /// Whether the deadline ended the call, whatever the condition is: of several addresses, one
    /// can have refused before the deadline passed over the others.
    ///
    /// ```
    /// use usocket::{Condition, Error, Operation};
    ///
    /// let error = Error::new(Operation::Connect, Condition::ConnectionRefused);
    /// assert!(!error.is_timeout());
    /// assert!(error.with_deadline_passed().is_timeout());
    /// assert!(Error::new(Operation::Receive, Condition::Timeout).is_timeout());
    /// ```
    pub fn is_timeout(&self) -> bool {
        self.0.deadline_passed || self.0.condition == Condition::Timeout
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            operation,
            condition,
            local,
            ..
        } = &*self.0;
        write!(f, "{operation}")?;
        match operation {
            Operation::Lookup | Operation::ReverseLookup => self.write_target(f, " ")?,
            // What the user named is the local end here.
            Operation::Bind => self.write_place(f, " to ", *local)?,
            Operation::Socket | Operation::Listen | Operation::Accept => {
                self.write_place(f, " on ", *local)?;
            }
            Operation::Connect | Operation::Send | Operation::SendTo => {
                self.write_target(f, " to ")?;
                self.write_local(f, " from ")?;
            }
            Operation::Receive | Operation::ReceiveFrom => {
                self.write_target(f, " from ")?;
                // Without a peer the local address is all that tells the sockets apart.
                self.write_local(f, " on ")?;
            }
            Operation::Shutdown
            | Operation::GetOption
            | Operation::SetOption
            | Operation::LocalName
            | Operation::PeerName
            | Operation::Wait
            | Operation::Duplicate
            | Operation::Close => {
                self.write_local(f, " on ")?;
                self.write_target(
                    f,
                    if local.is_some() {
                        " to "
                    } else {
                        " on connection to "
                    },
                )?;
            }
        }
        write!(f, ": {condition}")?;
        match self.0.bytes_done {
            Some(1) => f.write_str(" after 1 byte"),
            Some(bytes) => write!(f, " after {bytes} bytes"),
            None => Ok(()),
        }
    }
}

impl Error {
    fn write_target(&self, f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
        self.write_place(f, word, self.0.peer)
    }

    /// The host as the user named it, and its address in brackets; or the address alone.
    fn write_place(
        &self,
        f: &mut fmt::Formatter<'_>,
        word: &str,
        address: Option<SocketAddr>,
    ) -> fmt::Result {
        match (&self.0.host, address) {
            (Some(host), Some(address)) => write!(f, "{word}{} ({address})", host.escape_debug()),
            (Some(host), None) => write!(f, "{word}{}", host.escape_debug()),
            (None, Some(address)) => write!(f, "{word}{address}"),
            (None, None) => Ok(()),
        }
    }

    fn write_local(&self, f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
        match self.0.local {
            Some(local) => write!(f, "{word}{local}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut debug = f.debug_struct("Error");
        debug
            .field("operation", &inner.operation)
            .field("condition", &inner.condition);
        // What is not known says nothing, and `unwrap` shows this text to people.
        if let Some(local) = &inner.local {
            debug.field("local", local);
        }
        if let Some(peer) = &inner.peer {
            debug.field("peer", peer);
        }
        if let Some(host) = &inner.host {
            debug.field("host", host);
        }
        if !inner.attempts.is_empty() {
            debug.field("attempts", &inner.attempts);
        }
        if let Some(bytes) = &inner.bytes_done {
            debug.field("bytes_done", bytes);
        }
        if inner.deadline_passed {
            debug.field("deadline_passed", &true);
        }
        match &inner.source {
            Some(Source::System(source)) => debug.field("source", source),
            Some(Source::Endpoint(source)) => debug.field("source", source),
            None => &mut debug,
        }
        .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(Source::System(source)) => Some(source),
            Some(Source::Endpoint(source)) => Some(source),
            None => attempt::headline(&self.0.attempts).and_then(std::error::Error::source),
        }
    }
}

impl From<Error> for io::Error {
    /// An [`io::Error`] of the kind [`Condition::kind`] that carries this error: with the same text,
    /// and given back by [`io::Error::downcast`].
    ///
    /// Its [`raw_os_error`](io::Error::raw_os_error) is `None`, as for every error that carries
    /// another; [`Error::raw_os_error`] has the number.
    ///
    /// ```
    /// use std::io;
    /// use usocket::{Condition, Error, Operation};
    ///
    /// let error = io::Error::from(Error::new(Operation::Send, Condition::Shutdown));
    /// assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    /// assert_eq!(error.downcast::<Error>().unwrap().condition(), Condition::Shutdown);
    /// ```
    fn from(error: Error) -> Self {
        Self::new(error.condition().kind(), error)
    }
}

impl Condition {
    /// What an error of std, socket2, tokio or anything else that gives an [`io::Error`] means
    /// after `operation`.
    ///
    /// The system's code decides, by the table of the system; std's kind only where there is no
    /// code, for it does not tell all conditions apart. An error that carries one of ours keeps its
    /// condition.
    ///
    /// That a timeout of yours ended the call is not in the error: an expired `SO_RCVTIMEO` is
    /// [`Condition::WouldBlock`] here, as in POSIX.
    ///
    /// ```
    /// use std::net::UdpSocket;
    /// use usocket::{Condition, Operation};
    ///
    /// let socket = UdpSocket::bind("127.0.0.1:0")?;
    /// let error = socket.send(b"to whom?").unwrap_err();
    /// assert_eq!(Condition::of(&error, Operation::Send), Condition::DestinationRequired);
    /// # std::io::Result::Ok(())
    /// ```
    #[doc(alias = "with-mapped-conditions")]
    pub fn of(error: &io::Error, operation: Operation) -> Self {
        condition_of(error, operation, State::default())
    }

    /// What a code of this system means by itself: an `errno`, or what `WSAGetLastError` or
    /// `GetLastError` gives.
    ///
    /// Some codes mean something else after certain operations; [`Condition::of`] takes that into
    /// account.
    ///
    /// ```
    /// use std::io;
    /// use usocket::Condition;
    ///
    /// let error = std::net::TcpListener::bind("0.0.0.1:0").unwrap_err();
    /// let code = error.raw_os_error().unwrap();
    /// assert_eq!(Condition::from_raw_os_error(code), Condition::AddressNotAvailable);
    /// assert_eq!(Condition::from_raw_os_error(i32::MAX), Condition::Unknown);
    /// ```
    #[doc(alias = "errno")]
    #[doc(alias = "WSAGetLastError")]
    pub fn from_raw_os_error(code: i32) -> Self {
        // The operation for which there is no rule.
        classify_here(code, Operation::Socket, State::default())
    }

    /// What a code of this system's `getaddrinfo` or `getnameinfo` means.
    ///
    /// `EAI_SYSTEM` means that `errno` holds the code, which is for
    /// [`Condition::from_raw_os_error`]; by itself it is [`Condition::ResolverUnknown`].
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// # #[cfg(any(target_env = "gnu", target_env = "musl"))] #[cfg(target_os = "linux")]
    /// assert_eq!(Condition::from_resolver_code(-2), Condition::HostNotFound); // EAI_NONAME
    /// assert_eq!(Condition::from_resolver_code(i32::MAX), Condition::ResolverUnknown);
    /// ```
    pub fn from_resolver_code(code: i32) -> Self {
        classify_resolver(os::RESOLVER, code)
    }
}

fn condition_of(error: &io::Error, operation: Operation, state: State) -> Condition {
    if let Some(code) = error.raw_os_error() {
        return classify_here(code, operation, state);
    }
    match error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>())
    {
        Some(ours) => ours.condition(),
        None => classify_kind(error.kind(), operation, state),
    }
}
