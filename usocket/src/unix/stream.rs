//! Connections of the Unix domain.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::SocketAddr;
use std::time::Duration;

use socket2::Type;

use super::address::{ToUnixAddr, address_of, named, text};
use crate::cancel::{Cancel, Until};
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::link::{Link, absorb};
use crate::operation::Operation;
use crate::owner::owner;
use crate::sys::transfer::{self, Take};
use crate::sys::{option, socket, unix_domain};

/// A connection of the Unix domain.
///
/// std's `UnixStream` with std's habits, and the calls of [`TcpStream`](crate::TcpStream). Its errors
/// name the path that was connected to, on both sides of the connection: [`Error::host`].
///
/// ```
/// use std::io::{Read, Write};
/// use std::time::Duration;
/// use usocket::{UnixListener, UnixStream};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("socket");
/// let listener = UnixListener::bind(&path)?;
/// let mut client = UnixStream::connect_deadline(&path, Duration::from_secs(9))?;
/// let (mut server, _) = listener.accept_deadline(Duration::from_secs(9))?;
///
/// client.write_all(b"ping")?;
/// client.shutdown(std::net::Shutdown::Write)?;
/// let mut text = String::new();
/// server.read_to_string(&mut text)?;
/// assert_eq!(text, "ping");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[doc(alias = "AF_UNIX")]
#[doc(alias = "AF_LOCAL")]
pub struct UnixStream {
    pub(crate) inner: std::os::unix::net::UnixStream,
    pub(crate) link: Link,
}

owner!(UnixStream, std::os::unix::net::UnixStream);

crate::stream::calls::stream_calls!(
    UnixStream,
    std::os::unix::net::UnixStream,
    "# let (a, b) = usocket::UnixStream::pair()?;"
);

/// How long a connect to a full listener waits before it looks whether it was called off.
const SLICE: Duration = Duration::from_millis(10);

impl UnixStream {
    /// Connects to a path, and takes as long as it takes: on Linux, until the listener has room.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Condition::NotFound), [`ConnectionRefused`](Condition::ConnectionRefused) where
    /// nobody listens at the path, and on systems other than Linux also where the listener has no
    /// room; [`SocketTypeNotSupported`](Condition::SocketTypeNotSupported) where a datagram socket is
    /// at the path, [`OperationNotPermitted`](Condition::OperationNotPermitted) by the file system,
    /// [`NameTooLong`](Condition::NameTooLong), [`InvalidArgument`](Condition::InvalidArgument) for
    /// an empty path or one with a byte in it that is 0,
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles). Source: POSIX `connect`, unix(7).
    ///
    /// ```
    /// use usocket::{Condition, UnixStream};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("socket");
    /// let error = UnixStream::connect(&path).unwrap_err();
    /// assert_eq!(error.condition(), Condition::NotFound);
    /// assert_eq!(error.to_string(), format!("connect to {}: not found", path.display()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "socket-connect")]
    pub fn connect(path: impl ToUnixAddr) -> Result<Self, Error> {
        Self::connect_deadline(path, Deadline::NEVER)
    }

    /// The same, until a deadline or a cancel.
    ///
    /// It waits only where the listener's queue is full, on Linux: for the deadline in the system,
    /// as `SO_SNDTIMEO` makes a connect do, which ends the moment there is room. What calls it off is
    /// seen within 10 ms, since such a wait cannot be joined with another. A deadline that has
    /// passed means to try once.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect); [`Timeout`](Condition::Timeout) at the deadline,
    /// [`Cancelled`](Condition::Cancelled). Source: also socket(7), `SO_SNDTIMEO`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::{Condition, UnixListenOptions, UnixStream};
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = UnixListenOptions::new().backlog(0).bind(&path)?;
    /// let first = UnixStream::connect_deadline(&path, Duration::from_secs(9))?;
    /// # #[cfg(target_os = "linux")] {
    /// let error = UnixStream::connect_deadline(&path, Duration::from_millis(5)).unwrap_err();
    /// assert_eq!(error.condition(), Condition::Timeout);
    /// # }
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn connect_deadline<'a>(
        path: impl ToUnixAddr,
        until: impl Into<Until<'a>>,
    ) -> Result<Self, Error> {
        let until = until.into();
        let address = address_of(Operation::Connect, &path)?;
        let handle = unix_domain::socket(Type::STREAM)
            .map_err(|source| named(Error::from_io(Operation::Socket, source), &path))?;
        connect(&handle, &address, until).map_err(|error| named(error, &path))?;
        Ok(Self::new(handle.into(), link_to(&address)))
    }

    /// Two streams that are connected to each other, and have no names.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles), [`NoBuffers`](Condition::NoBuffers),
    /// [`OutOfMemory`](Condition::OutOfMemory). Source: POSIX `socketpair`.
    ///
    /// ```
    /// let (one, two) = usocket::UnixStream::pair()?;
    /// one.send(b"ping")?;
    /// assert_eq!(two.recv(&mut [0; 16])?, 4);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socketpair")]
    pub fn pair() -> Result<(Self, Self), Error> {
        let (one, two) = unix_domain::pair(Type::STREAM)
            .map_err(|source| Error::from_io(Operation::Socket, source))?;
        Ok((
            Self::new(one.into(), Link::new(false)),
            Self::new(two.into(), Link::new(false)),
        ))
    }

    /// The owner of a stream that this crate connected or accepted.
    pub(super) fn new(inner: std::os::unix::net::UnixStream, link: Link) -> Self {
        Self { inner, link }
    }

    /// The owner of a stream that somebody else made.
    fn adopt(inner: std::os::unix::net::UnixStream) -> Self {
        let link = Link::adopted(&inner, false);
        // One of the two ends has a name, most often the one that listened.
        let name = |address: io::Result<SocketAddr>| address.ok().as_ref().and_then(text);
        let name = name(inner.peer_addr()).or_else(|| name(inner.local_addr()));
        link.set_host(name.as_deref());
        Self { inner, link }
    }

    /// This end's address: without a name for whoever connected, the path for whoever accepted.
    ///
    /// # Errors
    ///
    /// [`BadFileDescriptor`](Condition::BadFileDescriptor) and
    /// [`NotASocket`](Condition::NotASocket) for a handle that is no socket,
    /// [`InvalidArgument`](Condition::InvalidArgument) for one that is of another family. Source:
    /// POSIX `getsockname`.
    ///
    /// ```
    /// let (one, two) = usocket::UnixStream::pair()?;
    /// assert!(one.local_addr()?.is_unnamed());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "get-local-name")]
    #[doc(alias = "getsockname")]
    pub fn local_addr(&self) -> Result<SocketAddr, Error> {
        let name = unix_domain::name(Operation::LocalName, || self.inner.local_addr());
        self.link.named_result(Operation::LocalName, name)
    }

    /// The peer's address: the path for whoever connected, without a name for whoever accepted.
    ///
    /// # Errors
    ///
    /// As [`local_addr`](Self::local_addr); [`NotConnected`](Condition::NotConnected). Source: POSIX
    /// `getpeername`.
    ///
    /// ```
    /// let (one, two) = usocket::UnixStream::pair()?;
    /// assert!(one.peer_addr()?.is_unnamed());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "get-peer-name")]
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        let name = unix_domain::name(Operation::PeerName, || self.inner.peer_addr());
        self.link.named_result(Operation::PeerName, name)
    }
}

/// What a stream knows that is connected to this address, or was accepted there.
pub(super) fn link_to(address: &SocketAddr) -> Link {
    let link = Link::new(false);
    link.set_host(text(address).as_deref());
    link
}

/// Connects, and leaves the socket as it was: blocking, and without a timeout.
///
/// Where the listener is full, a socket that does not block is told to try again, and no readiness
/// says when; so it is a blocking one that waits, for as long as its timeout lets it.
fn connect(handle: &OwnedFd, address: &SocketAddr, until: Until<'_>) -> Result<(), Error> {
    let failed = |source| Error::from_io(Operation::Connect, source);
    let mut timed = false;
    loop {
        let cancelled = until.cancel().is_some_and(Cancel::is_cancelled);
        let left = until.deadline().remaining();
        let over = cancelled || left == Some(Duration::ZERO);
        let connected = if over {
            option::set_nonblocking(handle, true).map_err(failed)?;
            let connected = unix_domain::connect(handle, address);
            option::set_nonblocking(handle, false).map_err(failed)?;
            connected
        } else {
            let slice = until.cancel().map(|_| SLICE);
            if let Some(wait) = left.into_iter().chain(slice).min() {
                // Less than a microsecond would be for ever.
                let wait = wait.max(Duration::from_millis(1));
                option::set_write_timeout(handle, Some(wait)).map_err(failed)?;
                timed = true;
            }
            unix_domain::connect(handle, address)
        };
        match connected {
            Ok(()) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if cancelled {
                    return Err(Until::cancelled(Operation::Connect));
                }
                if over {
                    return Err(Until::passed(Operation::Connect));
                }
            }
            Err(error) => return Err(failed(error)),
        }
    }
    if timed {
        option::set_write_timeout(handle, None).map_err(failed)?;
    }
    Ok(())
}
