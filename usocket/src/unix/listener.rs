//! Listeners of the Unix domain.

use std::os::fd::OwnedFd;
use std::os::unix::net::SocketAddr;

use socket2::Type;

use super::address::{ToUnixAddr, address_of, named, text};
use super::stream::UnixStream;
use crate::cancel::Until;
use crate::error::Error;
use crate::link::Link;
use crate::operation::Operation;
use crate::owner::owner;
use crate::sys::{option, socket, unix_domain};

/// How to listen at a path: options as data, to be used for any number of listeners.
///
/// | option | default |
/// | --- | --- |
/// | [`backlog`](Self::backlog) | 128, as in std |
///
/// ```
/// use usocket::UnixListenOptions;
///
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("socket");
/// let listener = UnixListenOptions::new().backlog(1024).bind(&path)?;
/// assert_eq!(listener.local_addr()?.as_pathname(), Some(&*path));
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "options do nothing until `bind`"]
#[non_exhaustive]
pub struct UnixListenOptions {
    backlog: u32,
}

impl Default for UnixListenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl UnixListenOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self { backlog: 128 }
    }

    /// How many connections may wait to be accepted.
    ///
    /// The system has the last word: Linux takes one more than the number, and no more than
    /// `net.core.somaxconn`. 0 and a million are legal. Whoever connects to a listener that is full
    /// waits on Linux, and is refused elsewhere. Source: listen(2), unix(7).
    #[doc(alias = ":backlog")]
    pub const fn backlog(mut self, connections: u32) -> Self {
        self.backlog = connections;
        self
    }

    /// Makes a socket at the path and listens.
    ///
    /// The file is made, and never removed: neither one that is there already, nor, when the listener
    /// is dropped, its own, for by then another one may have taken the path. A server that is started
    /// again removes it by [`std::fs::remove_file`], after it has made sure that nobody listens
    /// there: connecting is refused. Whoever may write to the file may connect (unix(7)); its
    /// mode comes from the process's umask.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](crate::Condition::AddressInUse) if there is anything at the path,
    /// [`NotFound`](crate::Condition::NotFound) without its directory,
    /// [`OperationNotPermitted`](crate::Condition::OperationNotPermitted) by the file system,
    /// [`NameTooLong`](crate::Condition::NameTooLong),
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) for an empty path or one with a byte in
    /// it that is 0, [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles). Source: POSIX `bind`,
    /// unix(7).
    ///
    /// ```
    /// use usocket::{Condition, UnixListenOptions};
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// drop(UnixListenOptions::new().bind(&path)?);
    /// let error = UnixListenOptions::new().bind(&path).unwrap_err();
    /// assert_eq!(error.condition(), Condition::AddressInUse);
    /// assert_eq!(error.to_string(), format!("bind to {}: address in use", path.display()));
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-listen")]
    #[doc(alias = "listen")]
    pub fn bind(&self, path: impl ToUnixAddr) -> Result<UnixListener, Error> {
        let failed = |operation| {
            let path = &path;
            move |source| named(Error::from_io(operation, source), path)
        };
        let address = address_of(Operation::Bind, &path)?;
        let handle = unix_domain::socket(Type::STREAM).map_err(failed(Operation::Socket))?;
        unix_domain::bind(&handle, &address).map_err(failed(Operation::Bind))?;
        let backlog = i32::try_from(self.backlog).unwrap_or(i32::MAX);
        socket::listen(&handle, backlog).map_err(failed(Operation::Listen))?;
        option::set_nonblocking(&handle, true).map_err(failed(Operation::SetOption))?;
        Ok(UnixListener {
            inner: handle.into(),
            link: super::stream::link_to(&address),
        })
    }
}

/// A listener of the Unix domain.
///
/// std's `UnixListener`, and the calls of [`TcpListener`](crate::TcpListener). Its descriptor is in
/// non-blocking mode underneath, so that no call of its own can outlive its deadline; std's type has
/// the mode that was asked for. It removes no files: see [`UnixListenOptions::bind`].
///
/// ```
/// use std::time::Duration;
/// use usocket::{Condition, UnixListener, UnixStream};
///
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("socket");
/// let listener = UnixListener::bind(&path)?;
/// let error = listener.accept_deadline(Duration::ZERO).unwrap_err();
/// assert_eq!(error.condition(), Condition::Timeout);
///
/// let client = UnixStream::connect(&path)?;
/// let (server, peer) = listener.accept_deadline(Duration::from_secs(9))?;
/// assert!(peer.is_unnamed());
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Debug)]
#[doc(alias = "AF_UNIX")]
#[doc(alias = "AF_LOCAL")]
pub struct UnixListener {
    pub(crate) inner: std::os::unix::net::UnixListener,
    pub(crate) link: Link,
}

owner!(UnixListener, std::os::unix::net::UnixListener);

impl UnixListener {
    /// Makes a socket at the path and listens, with the defaults of [`UnixListenOptions`].
    ///
    /// # Errors
    ///
    /// Those of [`UnixListenOptions::bind`].
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = usocket::UnixListener::bind(&path)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "listen")]
    #[doc(alias = "socket-listen")]
    pub fn bind(path: impl ToUnixAddr) -> Result<Self, Error> {
        UnixListenOptions::new().bind(path)
    }

    /// The owner of a listener that somebody else made.
    fn adopt(inner: std::os::unix::net::UnixListener) -> Self {
        let link = Link::adopted(&inner, false);
        link.set_host(inner.local_addr().ok().as_ref().and_then(text).as_deref());
        // One that cannot be switched over blocks, which only another thread that takes a
        // connection at the wrong moment can show.
        let _ = option::set_nonblocking(&inner, true);
        Self { inner, link }
    }

    /// Gives std's type, the same listener, in the mode that was asked for.
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = usocket::UnixListener::bind(&path)?;
    /// let listener: std::os::unix::net::UnixListener = listener.into_std();
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket")]
    pub fn into_std(self) -> std::os::unix::net::UnixListener {
        let _ = option::set_nonblocking(&self.inner, self.link.is_nonblocking());
        self.inner
    }

    /// The address that it listens at.
    ///
    /// # Errors
    ///
    /// [`BadFileDescriptor`](crate::Condition::BadFileDescriptor) and
    /// [`NotASocket`](crate::Condition::NotASocket) for a handle that is no socket. Source: POSIX
    /// `getsockname`.
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = usocket::UnixListener::bind(&path)?;
    /// assert_eq!(listener.local_addr()?.as_pathname(), Some(&*path));
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "get-local-name")]
    #[doc(alias = "getsockname")]
    pub fn local_addr(&self) -> Result<SocketAddr, Error> {
        let name = unix_domain::name(Operation::LocalName, || self.inner.local_addr());
        self.link.named_result(Operation::LocalName, name)
    }

    /// Takes the next connection, and waits for it as long as it takes.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles),
    /// [`NoBuffers`](crate::Condition::NoBuffers), [`OutOfMemory`](crate::Condition::OutOfMemory);
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) where it listens no longer;
    /// [`WouldBlock`](crate::Condition::WouldBlock) in non-blocking mode. Source: POSIX `accept`,
    /// accept(2).
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// # let listener = usocket::UnixListener::bind(&path)?;
    /// # let client = usocket::UnixStream::connect(&path)?;
    /// let (stream, peer) = listener.accept()?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-accept")]
    #[doc(alias = "accept4")]
    pub fn accept(&self) -> Result<(UnixStream, SocketAddr), Error> {
        let accept = || unix_domain::accept(&self.inner);
        self.link
            .accept(&self.inner, accept)
            .map(|one| self.dressed(one))
    }

    /// The same, until a deadline or a cancel.
    ///
    /// A connection that waits already is taken even if the deadline has passed.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept); [`Timeout`](crate::Condition::Timeout) at the deadline,
    /// [`Cancelled`](crate::Condition::Cancelled).
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::Condition;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = usocket::UnixListener::bind(&path)?;
    /// let error = listener.accept_deadline(Duration::from_millis(5)).unwrap_err();
    /// assert_eq!(error.condition(), Condition::Timeout);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn accept_deadline<'a>(
        &self,
        until: impl Into<Until<'a>>,
    ) -> Result<(UnixStream, SocketAddr), Error> {
        let accept = || unix_domain::accept(&self.inner);
        let accepted = self.link.accept_until(&self.inner, until.into(), accept);
        accepted.map(|one| self.dressed(one))
    }

    /// The same without blocking; `None` if no connection waits.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept), but never [`WouldBlock`](crate::Condition::WouldBlock).
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = usocket::UnixListener::bind(&path)?;
    /// assert!(listener.try_accept()?.is_none());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn try_accept(&self) -> Result<Option<(UnixStream, SocketAddr)>, Error> {
        let accept = || unix_domain::accept(&self.inner);
        let accepted = self.link.try_accept(&self.inner, accept)?;
        Ok(accepted.map(|one| self.dressed(one)))
    }

    /// Every connection that comes, without end: [`accept`](Self::accept) again and again.
    ///
    /// An error does not end it; [`Error::disposition`] says whether to go on.
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// # let listener = usocket::UnixListener::bind(&path)?;
    /// # let client = usocket::UnixStream::connect(&path)?;
    /// for stream in listener.incoming().take(1) {
    ///     stream?.send(b"welcome")?;
    /// }
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn incoming(&self) -> UnixIncoming<'_> {
        UnixIncoming(self)
    }

    /// Another handle to the same listener: each connection goes to one of them.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles).
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = usocket::UnixListener::bind(&path)?;
    /// let clone = listener.try_clone()?;
    /// assert_eq!(clone.local_addr()?.as_pathname(), Some(&*path));
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
        })
    }

    fn dressed(&self, (handle, peer): (OwnedFd, SocketAddr)) -> (UnixStream, SocketAddr) {
        (
            UnixStream::new(handle.into(), self.link.for_accepted()),
            peer,
        )
    }
}

/// The connections of a listener: see [`UnixListener::incoming`].
///
/// ```
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("socket");
/// # let listener = usocket::UnixListener::bind(&path)?;
/// let connections: usocket::UnixIncoming<'_> = listener.incoming();
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "it accepts when it is iterated over"]
pub struct UnixIncoming<'a>(&'a UnixListener);

impl Iterator for UnixIncoming<'_> {
    type Item = Result<UnixStream, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.accept().map(|(stream, _)| stream))
    }
}
