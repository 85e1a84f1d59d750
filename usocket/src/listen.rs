//! TCP listeners.

use std::net::SocketAddr;
use std::time::Instant;

use socket2::{Domain, Protocol, Type};

use crate::cancel::Until;
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::endpoint::ToEndpoint;
use crate::error::Error;
use crate::link::Link;
use crate::operation::Operation;
use crate::owner::owner;
use crate::resolve;
use crate::stream::TcpStream;
use crate::sys::{OwnedHandle, option, socket};

/// How to listen: options as data, to be used for any number of listeners.
///
/// | option | default |
/// | --- | --- |
/// | [`backlog`](Self::backlog) | 128, as in std |
/// | [`reuse_address`](Self::reuse_address) | on, but off on Windows, as in std |
/// | [`reuse_port`](Self::reuse_port) | off |
/// | [`exclusive`](Self::exclusive) | off |
/// | [`ipv6`](Self::ipv6) | [`Ipv6Mode::DualStack`] |
/// | [`nodelay`](Self::nodelay), [`keepalive`](Self::keepalive) of accepted streams | off |
///
/// ```
/// use usocket::{Ipv6Mode, ListenOptions};
///
/// let options = ListenOptions::new().backlog(1024).ipv6(Ipv6Mode::Ipv6Only);
/// let (one, two) = (options.bind("127.0.0.1:0")?, options.bind("127.0.0.1:0")?);
/// assert_ne!(one.local_addr()?, two.local_addr()?);
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "options do nothing until `bind`"]
#[non_exhaustive]
pub struct ListenOptions {
    backlog: u32,
    reuse_address: bool,
    reuse_port: bool,
    exclusive: bool,
    ipv6: Ipv6Mode,
    accepted: Accepted,
}

/// What is set on every accepted stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Accepted {
    nodelay: bool,
    keepalive: bool,
}

/// What a socket that is bound to an IPv6 address does about IPv4.
///
/// Systems differ in their defaults; each of the first two is the same everywhere. Source: RFC 3493,
/// section 5.3, `IPV6_V6ONLY`.
///
/// ```
/// use usocket::{Ipv6Mode, ListenOptions};
///
/// assert_eq!(Ipv6Mode::default(), Ipv6Mode::DualStack);
/// let options = ListenOptions::new().ipv6(Ipv6Mode::System);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "*ipv6-only-p*")]
pub enum Ipv6Mode {
    /// `[::]` hears IPv4 too; its peers have addresses such as `::ffff:192.0.2.1`.
    ///
    /// WASI has no such sockets. Binding to `[::]` fails there with
    /// [`OptionNotSupported`](Condition::OptionNotSupported); other addresses of IPv6 can be bound to.
    #[default]
    DualStack,
    /// `[::]` hears IPv6 only, and another socket can be bound to `0.0.0.0` and the same port.
    Ipv6Only,
    /// As the system is set up.
    System,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl ListenOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            backlog: 128,
            reuse_address: !cfg!(windows),
            reuse_port: false,
            exclusive: false,
            ipv6: Ipv6Mode::DualStack,
            accepted: Accepted {
                nodelay: false,
                keepalive: false,
            },
        }
    }

    /// How many connections may wait to be accepted.
    ///
    /// The system has the last word: Linux takes one more than the number, and no more than
    /// `net.core.somaxconn` (4096 unless it was changed). 0 and a million are legal. Source:
    /// listen(2).
    #[doc(alias = ":backlog")]
    pub const fn backlog(mut self, connections: u32) -> Self {
        self.backlog = connections;
        self
    }

    /// Whether the address may be taken although connections of an earlier listener linger there
    /// (`SO_REUSEADDR`).
    ///
    /// Never lets two listeners have one address, but for Windows, where it does; so it is off there
    /// unless it is asked for. Source: socket(7).
    #[doc(alias = ":reuse-address")]
    #[doc(alias = "SO_REUSEADDR")]
    #[doc(alias = "socket-option")]
    pub const fn reuse_address(mut self, reuse: bool) -> Self {
        self.reuse_address = reuse;
        self
    }

    /// Whether several listeners of this user may share the address, each getting a part of the
    /// connections (`SO_REUSEPORT`).
    ///
    /// Where there is no such option, binding fails with
    /// [`OptionNotSupported`](Condition::OptionNotSupported) or
    /// [`Unsupported`](Condition::Unsupported). Source: socket(7).
    #[doc(alias = "SO_REUSEPORT")]
    pub const fn reuse_port(mut self, reuse: bool) -> Self {
        self.reuse_port = reuse;
        self
    }

    /// Whether nobody else may have the address in any way: no lingering connection of an earlier
    /// listener, and nobody who would reuse address or port. Takes the place of both.
    ///
    /// On Windows, where only `SO_EXCLUSIVEADDRUSE` keeps another program from taking the address
    /// away, binding fails with [`Unsupported`](Condition::Unsupported): this crate has no way to
    /// set it.
    #[doc(alias = "SO_EXCLUSIVEADDRUSE")]
    pub const fn exclusive(mut self, exclusive: bool) -> Self {
        self.exclusive = exclusive;
        self
    }

    /// What a listener on an IPv6 address does about IPv4.
    #[doc(alias = "IPV6_V6ONLY")]
    pub const fn ipv6(mut self, mode: Ipv6Mode) -> Self {
        self.ipv6 = mode;
        self
    }

    /// Whether accepted streams send small pieces at once (`TCP_NODELAY`).
    pub const fn nodelay(mut self, nodelay: bool) -> Self {
        self.accepted.nodelay = nodelay;
        self
    }

    /// Whether accepted streams are checked for a peer that has vanished (`SO_KEEPALIVE`).
    pub const fn keepalive(mut self, keepalive: bool) -> Self {
        self.accepted.keepalive = keepalive;
        self
    }

    /// Binds and listens. Port 0 lets the system choose one: see [`TcpListener::local_addr`].
    ///
    /// Of a name's addresses, the first that can be listened on is taken.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](Condition::AddressInUse),
    /// [`AddressNotAvailable`](Condition::AddressNotAvailable),
    /// [`OperationNotPermitted`](Condition::OperationNotPermitted) for a privileged port,
    /// [`AddressFamilyNotSupported`](Condition::AddressFamilyNotSupported) where there is no
    /// IPv6, [`TooManyOpenFiles`](Condition::TooManyOpenFiles),
    /// [`InvalidArgument`](Condition::InvalidArgument) for what is no endpoint, and for names
    /// those of [`resolve::lookup`]. Source: POSIX `bind`, `listen`.
    ///
    /// ```
    /// use usocket::{Condition, ListenOptions};
    ///
    /// let listener = ListenOptions::new().backlog(16).bind("localhost:0")?;
    /// let error = ListenOptions::new().bind(listener.local_addr()?).unwrap_err();
    /// assert_eq!(error.condition(), Condition::AddressInUse);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-listen")]
    #[doc(alias = "listen")]
    pub fn bind(&self, endpoint: impl ToEndpoint) -> Result<TcpListener, Error> {
        let endpoint = endpoint
            .to_endpoint()
            .map_err(|error| Error::from_endpoint(Operation::Bind, error))?;
        if let Some(address) = endpoint.socket_addr() {
            return self.bind_address(address);
        }
        let addresses = resolve::lookup(&endpoint, Deadline::NEVER)?;
        let mut attempts = Vec::new();
        for address in addresses.addresses() {
            let begin = Instant::now();
            match self.bind_address(*address) {
                Ok(listener) => return Ok(listener),
                Err(error) => attempts.push(error.into_attempt(*address, begin.elapsed())),
            }
        }
        Err(Error::from_attempts(
            Operation::Bind,
            endpoint.to_string().as_str(),
            attempts,
        ))
    }

    fn bind_address(&self, address: SocketAddr) -> Result<TcpListener, Error> {
        let failed =
            |operation| move |source| Error::from_io(operation, source).with_local(address);
        let handle = socket::socket(
            Domain::for_address(address).into(),
            Type::STREAM.into(),
            Protocol::TCP.into(),
        )
        .map_err(failed(Operation::Socket))?;
        self.prepare(&handle, address)
            .map_err(failed(Operation::SetOption))?;
        socket::bind(&handle, address).map_err(failed(Operation::Bind))?;
        let backlog = i32::try_from(self.backlog).unwrap_or(i32::MAX);
        socket::listen(&handle, backlog).map_err(failed(Operation::Listen))?;
        TcpListener::new(handle, self.accepted)
    }

    fn prepare(&self, handle: &OwnedHandle, address: SocketAddr) -> std::io::Result<()> {
        if self.exclusive && cfg!(windows) {
            return Err(std::io::ErrorKind::Unsupported.into());
        }
        if self.reuse_address && !self.exclusive {
            option::set_reuse_address(handle, true)?;
        }
        if self.reuse_port && !self.exclusive {
            option::set_reuse_port(handle, true)?;
        }
        set_ipv6_mode(handle, address, self.ipv6)
    }
}

/// `IPV6_V6ONLY`, for a socket that is to be bound to an address of IPv6.
pub(crate) fn set_ipv6_mode(
    handle: &OwnedHandle,
    address: SocketAddr,
    mode: Ipv6Mode,
) -> std::io::Result<()> {
    let only = match mode {
        Ipv6Mode::DualStack => false,
        Ipv6Mode::Ipv6Only => true,
        Ipv6Mode::System => return Ok(()),
    };
    match address {
        // There it is the only mode, and who is bound to one address hears one family in any.
        SocketAddr::V6(address)
            if cfg!(target_os = "wasi") && (only || !address.ip().is_unspecified()) =>
        {
            Ok(())
        }
        SocketAddr::V6(_) => option::set_only_v6(handle, only),
        SocketAddr::V4(_) => Ok(()),
    }
}

/// A TCP listener.
///
/// std's `TcpListener`, and more: the length of its queue and the other [`ListenOptions`], and
/// deadlines and cancels for accepting. Its descriptor is in non-blocking mode underneath, so that no
/// call of its own can outlive its deadline; std's type has the mode that was asked for by
/// [`set_nonblocking`](Self::set_nonblocking).
///
/// To stop accepting from another thread, see [`Cancel`](crate::Cancel). What a failed accept means
/// for the loop around it says [`Error::disposition`].
///
/// ```
/// use std::time::Duration;
/// use usocket::{Condition, TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let error = listener.accept_deadline(Duration::ZERO).unwrap_err();
/// assert_eq!(error.condition(), Condition::Timeout);
///
/// let client = TcpStream::connect(listener.local_addr()?)?;
/// let (server, peer) = listener.accept_deadline(Duration::from_secs(9))?;
/// assert_eq!(peer, client.local_addr()?);
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Debug)]
#[doc(alias = "stream-server-usocket")]
pub struct TcpListener {
    inner: std::net::TcpListener,
    pub(crate) link: Link,
    accepted: Accepted,
}

owner!(TcpListener, std::net::TcpListener);

impl TcpListener {
    /// Binds and listens, with the defaults of [`ListenOptions`].
    ///
    /// # Errors
    ///
    /// Those of [`ListenOptions::bind`].
    ///
    /// ```
    /// let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// assert_ne!(listener.local_addr()?.port(), 0);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "listen")]
    #[doc(alias = "socket-listen")]
    pub fn bind(endpoint: impl ToEndpoint) -> Result<Self, Error> {
        ListenOptions::new().bind(endpoint)
    }

    fn new(handle: OwnedHandle, accepted: Accepted) -> Result<Self, Error> {
        option::set_nonblocking(&handle, true)
            .map_err(|source| Error::from_io(Operation::SetOption, source))?;
        let local = socket::local_name(&handle).ok().flatten();
        let link = Link::new(false).with_local(local);
        Ok(Self {
            inner: handle.into(),
            link,
            accepted,
        })
    }

    /// The owner of a listener that somebody else made.
    fn adopt(inner: std::net::TcpListener) -> Self {
        let link = Link::adopted(&inner, false).with_local(inner.local_addr().ok());
        // One that cannot be switched over blocks, which only another thread that takes a
        // connection at the wrong moment can show.
        let _ = option::set_nonblocking(&inner, true);
        Self {
            inner,
            link,
            accepted: Accepted::default(),
        }
    }

    /// Gives std's type, the same listener, in the mode that was asked for.
    ///
    /// ```
    /// let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// let listener: std::net::TcpListener = listener.into_std();
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket")]
    pub fn into_std(self) -> std::net::TcpListener {
        let _ = option::set_nonblocking(&self.inner, self.link.is_nonblocking());
        self.inner
    }

    /// The address that it listens on.
    ///
    /// # Errors
    ///
    /// [`BadFileDescriptor`](Condition::BadFileDescriptor) and
    /// [`NotASocket`](Condition::NotASocket) for a handle that is no socket. Source: POSIX
    /// `getsockname`.
    ///
    /// ```
    /// let listener = usocket::TcpListener::bind("[::1]:0")?;
    /// assert!(listener.local_addr()?.is_ipv6());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "get-local-name")]
    #[doc(alias = "get-local-address")]
    #[doc(alias = "get-local-port")]
    #[doc(alias = "getsockname")]
    pub fn local_addr(&self) -> Result<SocketAddr, Error> {
        self.link
            .named_address(Operation::LocalName, socket::local_name(&self.inner))
    }

    /// Takes the next connection, and waits for it as long as it takes.
    ///
    /// # Errors
    ///
    /// What a connection died of before it was accepted, as far as the system tells, such as
    /// [`ConnectionAborted`](Condition::ConnectionAborted);
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles),
    /// [`NoBuffers`](Condition::NoBuffers), [`OutOfMemory`](Condition::OutOfMemory);
    /// [`InvalidArgument`](Condition::InvalidArgument) where it listens no longer;
    /// [`WouldBlock`](Condition::WouldBlock) in non-blocking mode. Source: POSIX `accept`,
    /// accept(2).
    ///
    /// # Platforms
    ///
    /// After [`TooManyOpenFiles`](Condition::TooManyOpenFiles) the connection still waits on Linux; gVisor drops it.
    ///
    /// ```
    /// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// # let client = usocket::TcpStream::connect(listener.local_addr()?)?;
    /// let (stream, peer) = listener.accept()?;
    /// assert_eq!(stream.peer_addr()?, peer);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-accept")]
    #[doc(alias = "accept4")]
    pub fn accept(&self) -> Result<(TcpStream, SocketAddr), Error> {
        let accept = || socket::accept(&self.inner);
        self.dressed(self.link.accept(&self.inner, accept)?)
    }

    /// The same, until a deadline or a cancel.
    ///
    /// A connection that waits already is taken even if the deadline has passed.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept); [`Timeout`](Condition::Timeout) at the deadline,
    /// [`Cancelled`](Condition::Cancelled).
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::Condition;
    ///
    /// let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// let error = listener.accept_deadline(Duration::from_millis(5)).unwrap_err();
    /// assert_eq!(error.condition(), Condition::Timeout);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-accept")]
    pub fn accept_deadline<'a>(
        &self,
        until: impl Into<Until<'a>>,
    ) -> Result<(TcpStream, SocketAddr), Error> {
        let accept = || socket::accept(&self.inner);
        self.dressed(self.link.accept_until(&self.inner, until.into(), accept)?)
    }

    /// The same without blocking; `None` if no connection waits.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept), but never [`WouldBlock`](Condition::WouldBlock).
    ///
    /// ```
    /// let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// assert!(listener.try_accept()?.is_none());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn try_accept(&self) -> Result<Option<(TcpStream, SocketAddr)>, Error> {
        let accept = || socket::accept(&self.inner);
        match self.link.try_accept(&self.inner, accept)? {
            Some(accepted) => self.dressed(accepted).map(Some),
            None => Ok(None),
        }
    }

    /// Every connection that comes, without end: [`accept`](Self::accept) again and again.
    ///
    /// An error does not end it; [`Error::disposition`] says whether to go on.
    ///
    /// ```
    /// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// # let client = usocket::TcpStream::connect(listener.local_addr()?)?;
    /// for stream in listener.incoming().take(1) {
    ///     println!("{}", stream?.peer_addr()?);
    /// }
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming(self)
    }

    /// Another handle to the same listener: each connection goes to one of them.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles); [`Unsupported`](Condition::Unsupported) on
    /// WASI.
    ///
    /// ```
    /// let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// assert_eq!(listener.try_clone()?.local_addr()?, listener.local_addr()?);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "dup")]
    pub fn try_clone(&self) -> Result<Self, Error> {
        let inner = self
            .link
            .named_result(Operation::Duplicate, self.inner.try_clone())?;
        Ok(Self {
            inner,
            link: self.link.clone(),
            accepted: self.accepted,
        })
    }

    /// Whether [`accept`](Self::accept) fails with
    /// [`WouldBlock`](Condition::WouldBlock) instead of waiting, for all clones.
    ///
    /// # Errors
    ///
    /// None; the result is for the sake of the same call of other sockets.
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// listener.set_nonblocking(true)?;
    /// assert_eq!(listener.accept().unwrap_err().condition(), Condition::WouldBlock);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn set_nonblocking(&self, nonblocking: bool) -> Result<(), Error> {
        self.link.set_nonblocking(nonblocking);
        Ok(())
    }

    fn dressed(
        &self,
        (handle, peer): (OwnedHandle, Option<SocketAddr>),
    ) -> Result<(TcpStream, SocketAddr), Error> {
        // A connection that its peer has reset takes no options on Apple's systems, and has no peer:
        // what is wrong then is the connection, and not the listener.
        let aborted = || {
            self.link
                .dress(Error::new(Operation::Accept, Condition::ConnectionAborted))
        };
        let failed = |source| aborted().with_source(source);
        if self.accepted.nodelay {
            option::set_nodelay(&handle, true).map_err(failed)?;
        }
        if self.accepted.keepalive {
            option::set_keepalive(&handle, true).map_err(failed)?;
        }
        let Some(peer) = peer else {
            // Only a listener that was adopted can be of another family.
            let other = Error::new(Operation::Accept, Condition::AddressFamilyNotSupported);
            return Err(match self.link.local() {
                Some(_) => aborted(),
                None => self.link.dress(other),
            });
        };
        let link = Link::new(false).with_peer(Some(peer));
        Ok((TcpStream::new(handle.into(), link), peer))
    }
}

/// The connections of a listener: see [`TcpListener::incoming`].
///
/// ```
/// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
/// let connections: usocket::Incoming<'_> = listener.incoming();
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "it accepts when it is iterated over"]
pub struct Incoming<'a>(&'a TcpListener);

impl Iterator for Incoming<'_> {
    type Item = Result<TcpStream, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.accept().map(|(stream, _)| stream))
    }
}
