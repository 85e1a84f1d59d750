//! Datagrams of the Unix domain.

use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::SocketAddr;
use std::time::Duration;

use socket2::Type;

use super::address::{ToUnixAddr, address_of, named, text};
use crate::cancel::{Cancel, Until};
use crate::condition::Condition;
use crate::datagram::Datagram;
use crate::datagram::calls::{datagram_calls, whole};
use crate::error::Error;
use crate::link::{Link, absorb};
use crate::operation::Operation;
use crate::owner::owner;
use crate::retry::retry;
use crate::sys::transfer::{self, Mode, Take};
use crate::sys::wait::{AnyReady, Interest, wait_any};
use crate::sys::{socket, unix_domain};

/// A datagram socket of the Unix domain.
///
/// std's `UnixDatagram`, and the calls of [`UdpSocket`](crate::UdpSocket): each datagram says whether
/// it was cut off, and who sent it, as far as the sender has a name. None is lost: where the receiver
/// has no room, sending waits on Linux, and fails with [`NoBuffers`](Condition::NoBuffers) elsewhere.
///
/// ```
/// use std::time::Duration;
/// use usocket::UnixDatagram;
///
/// # let directory = tempfile::tempdir().unwrap();
/// # let (path, own) = (directory.path().join("server"), directory.path().join("client"));
/// let server = UnixDatagram::bind(&path)?;
/// let client = UnixDatagram::bind(&own)?;
/// client.send_to(b"ping", &path)?;
///
/// let mut buffer = [0; 3];
/// let got = server.recv_from_deadline(&mut buffer, Duration::from_secs(9))?;
/// assert_eq!((got.len, got.truncated), (3, true));
/// assert_eq!(got.peer.as_pathname(), Some(&*own));
/// server.send_to(&buffer, &got.peer)?;
/// # Ok::<(), usocket::Error>(())
/// ```
///
/// A sender whose path fills its field to the last byte, which Linux allows and std's type cannot
/// hold, has no name in [`Datagram::peer`].
#[derive(Debug)]
#[doc(alias = "AF_UNIX")]
#[doc(alias = "AF_LOCAL")]
pub struct UnixDatagram {
    pub(crate) inner: std::os::unix::net::UnixDatagram,
    pub(crate) link: Link,
}

owner!(UnixDatagram, std::os::unix::net::UnixDatagram);

datagram_calls!(
    UnixDatagram,
    std::os::unix::net::UnixDatagram,
    SocketAddr,
    "# let (a, b) = usocket::UnixDatagram::pair()?;"
);

impl UnixDatagram {
    /// Makes a socket at a path.
    ///
    /// The file is made, and never removed: neither one that is there already, nor, when the socket is
    /// dropped, its own. [`std::fs::remove_file`] does it.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](Condition::AddressInUse) if there is anything at the path,
    /// [`NotFound`](Condition::NotFound) without its directory,
    /// [`OperationNotPermitted`](Condition::OperationNotPermitted) by the file system,
    /// [`NameTooLong`](Condition::NameTooLong), [`InvalidArgument`](Condition::InvalidArgument) for
    /// an empty path or one with a byte in it that is 0,
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles). Source: POSIX `bind`, unix(7).
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let socket = usocket::UnixDatagram::bind(&path)?;
    /// assert_eq!(socket.local_addr()?.as_pathname(), Some(&*path));
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn bind(path: impl ToUnixAddr) -> Result<Self, Error> {
        let failed = |operation| {
            let path = &path;
            move |source| named(Error::from_io(operation, source), path)
        };
        let address = address_of(Operation::Bind, &path)?;
        let handle = unix_domain::socket(Type::DGRAM).map_err(failed(Operation::Socket))?;
        unix_domain::bind(&handle, &address).map_err(failed(Operation::Bind))?;
        Ok(Self::made(handle))
    }

    /// A socket without a name, which can send and cannot be answered.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles), [`NoBuffers`](Condition::NoBuffers),
    /// [`OutOfMemory`](Condition::OutOfMemory). Source: POSIX `socket`.
    ///
    /// ```
    /// let socket = usocket::UnixDatagram::unbound()?;
    /// assert!(socket.local_addr()?.is_unnamed());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn unbound() -> Result<Self, Error> {
        unix_domain::socket(Type::DGRAM)
            .map(Self::made)
            .map_err(|source| Error::from_io(Operation::Socket, source))
    }

    /// Two sockets that are connected to each other, and have no names.
    ///
    /// # Errors
    ///
    /// As [`unbound`](Self::unbound). Source: POSIX `socketpair`.
    ///
    /// ```
    /// let (one, two) = usocket::UnixDatagram::pair()?;
    /// one.send(b"ping")?;
    /// assert_eq!(two.recv(&mut [0; 16])?.len, 4);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socketpair")]
    pub fn pair() -> Result<(Self, Self), Error> {
        let (one, two) = unix_domain::pair(Type::DGRAM)
            .map_err(|source| Error::from_io(Operation::Socket, source))?;
        Ok((Self::made(one), Self::made(two)))
    }

    fn made(handle: OwnedFd) -> Self {
        Self::new(handle.into(), Link::new(true))
    }

    /// The owner of a socket that somebody else made.
    fn adopt(inner: std::os::unix::net::UnixDatagram) -> Self {
        let link = Link::adopted(&inner, true);
        link.set_host(inner.peer_addr().ok().as_ref().and_then(text).as_deref());
        Self { inner, link }
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// [`BadFileDescriptor`](Condition::BadFileDescriptor) and
    /// [`NotASocket`](Condition::NotASocket) for a handle that is no socket. Source: POSIX
    /// `getsockname`.
    ///
    /// ```
    /// let (one, two) = usocket::UnixDatagram::pair()?;
    /// assert!(one.local_addr()?.is_unnamed());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "get-local-name")]
    #[doc(alias = "getsockname")]
    pub fn local_addr(&self) -> Result<SocketAddr, Error> {
        let name = unix_domain::name(Operation::LocalName, || self.inner.local_addr());
        self.link.named_result(Operation::LocalName, name)
    }

    /// The address of the peer that the socket is connected to.
    ///
    /// # Errors
    ///
    /// [`NotConnected`](Condition::NotConnected). Source: POSIX `getpeername`.
    ///
    /// ```
    /// use usocket::{Condition, UnixDatagram};
    ///
    /// let error = UnixDatagram::unbound()?.peer_addr().unwrap_err();
    /// assert_eq!(error.condition(), Condition::NotConnected);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "get-peer-name")]
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        let name = unix_domain::name(Operation::PeerName, || self.inner.peer_addr());
        self.link.named_result(Operation::PeerName, name)
    }

    /// Gives the socket a peer: [`send`](Self::send) sends to it, and only what comes from it is
    /// received. A socket that has a peer gets another one.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Condition::NotFound), [`ConnectionRefused`](Condition::ConnectionRefused) where
    /// the file is there and its socket is not,
    /// [`SocketTypeNotSupported`](Condition::SocketTypeNotSupported) where it is one for streams,
    /// [`OperationNotPermitted`](Condition::OperationNotPermitted) by the file system, or where the
    /// peer is connected to somebody else, [`NameTooLong`](Condition::NameTooLong),
    /// [`InvalidArgument`](Condition::InvalidArgument) for an empty path or one with a byte in it
    /// that is 0. Source: POSIX `connect`, unix(7).
    ///
    /// ```
    /// use usocket::UnixDatagram;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let (one, two) = (UnixDatagram::unbound()?, UnixDatagram::bind(&path)?);
    /// one.connect(&path)?;
    /// one.send(b"ping")?;
    /// assert!(two.recv(&mut [0; 16])?.peer.is_unnamed());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn connect(&self, path: impl ToUnixAddr) -> Result<(), Error> {
        let address = address_of(Operation::Connect, &path)?;
        retry(|| unix_domain::connect(&self.inner, &address))
            .map_err(|source| named(self.link.error(Operation::Connect, source), &path))?;
        self.link.set_host(text(&address).as_deref());
        Ok(())
    }

    /// Takes the peer away: the socket receives from anybody again.
    ///
    /// # Errors
    ///
    /// Of systems that cannot do it, what they say. Source: POSIX `connect`, connect(2).
    ///
    /// ```
    /// use usocket::{Condition, UnixDatagram};
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let (one, two) = (UnixDatagram::unbound()?, UnixDatagram::bind(&path)?);
    /// one.connect(&path)?;
    /// one.disconnect()?;
    /// assert_eq!(one.peer_addr().unwrap_err().condition(), Condition::NotConnected);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn disconnect(&self) -> Result<(), Error> {
        let dissolved = retry(|| socket::disconnect(&self.inner));
        // Whatever the system says that it did, this is what counts.
        let alone = self
            .peer_addr()
            .is_err_and(|error| error.condition() == Condition::NotConnected);
        if !alone {
            return self.link.named_result(Operation::Connect, dissolved);
        }
        self.link.set_host(None);
        Ok(())
    }

    /// Sends one datagram to a path; gives its length.
    ///
    /// A datagram is sent whole or not at all, so the length is that of `bytes`, which may be empty.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Condition::NotFound), [`ConnectionRefused`](Condition::ConnectionRefused) where
    /// the file is there and its socket is not,
    /// [`SocketTypeNotSupported`](Condition::SocketTypeNotSupported) where it is one for streams,
    /// [`OperationNotPermitted`](Condition::OperationNotPermitted) by the file system, or where the
    /// peer is connected to somebody else, [`MessageTooLong`](Condition::MessageTooLong),
    /// [`NameTooLong`](Condition::NameTooLong), [`InvalidArgument`](Condition::InvalidArgument) for
    /// an empty path or one with a byte in it that is 0, [`NoBuffers`](Condition::NoBuffers),
    /// [`AlreadyConnected`](Condition::AlreadyConnected) on some systems for a socket that has a
    /// peer; [`Timeout`](Condition::Timeout) where a write timeout is set,
    /// [`WouldBlock`](Condition::WouldBlock) in non-blocking mode. Source: POSIX `sendto`, unix(7).
    ///
    /// ```
    /// use usocket::UnixDatagram;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let (one, two) = (UnixDatagram::unbound()?, UnixDatagram::bind(&path)?);
    /// one.send_to(b"ping", &path)?;
    /// assert_eq!(two.recv(&mut [0; 16])?.len, 4);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-send")]
    #[doc(alias = "sendto")]
    #[doc(alias = "sendmsg")]
    pub fn send_to(&self, bytes: &[u8], path: impl ToUnixAddr) -> Result<usize, Error> {
        let peer = address_of(Operation::SendTo, &path)?;
        self.link
            .plainly(&self.inner, Operation::SendTo, || {
                unix_domain::send_to(&self.inner, bytes, &peer, Mode::AsSet)
            })
            .and_then(|sent| whole(&self.link, Operation::SendTo, bytes, sent))
            .map_err(|error| named(error, &path))
    }

    /// The same, until a deadline or a cancel, whatever mode and timeout the socket has.
    ///
    /// What the system takes at once is sent even if the deadline has passed. While the receiver has
    /// no room it tries again, every 5 ms at least, for no readiness says when it has: that of a
    /// socket without a peer is about its own room (unix(7) names none; Linux `unix_dgram_poll`).
    /// To many datagrams for one receiver, [`connect`](Self::connect) and
    /// [`send_deadline`](Self::send_deadline) are kinder.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to); [`Timeout`](Condition::Timeout) at the deadline,
    /// [`Cancelled`](Condition::Cancelled).
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::UnixDatagram;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let (one, two) = (UnixDatagram::unbound()?, UnixDatagram::bind(&path)?);
    /// one.send_to_deadline(b"ping", &path, Duration::from_secs(9))?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn send_to_deadline<'a>(
        &self,
        bytes: &[u8],
        path: impl ToUnixAddr,
        until: impl Into<Until<'a>>,
    ) -> Result<usize, Error> {
        let until = until.into();
        if until.is_never() && !self.link.is_nonblocking() {
            return self.send_to(bytes, path);
        }
        let mut pause = Duration::from_micros(50);
        loop {
            if let Some(sent) = self.try_send_to(bytes, &path)? {
                return Ok(sent);
            }
            self.pause(pause, until)
                .map_err(|error| named(error, &path))?;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The same without blocking; `None` if there is no room now, for which no error is made.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to), but never [`WouldBlock`](Condition::WouldBlock).
    ///
    /// ```
    /// use usocket::UnixDatagram;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let (one, two) = (UnixDatagram::unbound()?, UnixDatagram::bind(&path)?);
    /// assert_eq!(one.try_send_to(b"ping", &path)?, Some(4));
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn try_send_to(&self, bytes: &[u8], path: impl ToUnixAddr) -> Result<Option<usize>, Error> {
        let peer = address_of(Operation::SendTo, &path)?;
        self.link
            .at_once(&self.inner, Operation::SendTo, |mode| {
                unix_domain::send_to(&self.inner, bytes, &peer, mode)
            })
            .and_then(|sent| {
                sent.map(|sent| whole(&self.link, Operation::SendTo, bytes, sent))
                    .transpose()
            })
            .map_err(|error| named(error, &path))
    }

    /// Ends one or both directions, for all clones: what is received then is an empty datagram from
    /// nobody, again and again.
    ///
    /// That there is no peer is no error; it has its effect all the same.
    ///
    /// # Errors
    ///
    /// [`BadFileDescriptor`](Condition::BadFileDescriptor) and
    /// [`NotASocket`](Condition::NotASocket) for a handle that is no socket. Source: POSIX
    /// `shutdown`.
    ///
    /// ```
    /// use std::net::Shutdown;
    /// use usocket::{Condition, UnixDatagram};
    ///
    /// let (one, two) = UnixDatagram::pair()?;
    /// one.shutdown(Shutdown::Write)?;
    /// assert_eq!(one.send(b"ping").unwrap_err().condition(), Condition::Shutdown);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-shutdown")]
    #[doc(alias = "SHUT_RD")]
    #[doc(alias = "SHUT_WR")]
    #[doc(alias = "SHUT_RDWR")]
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        if how != Shutdown::Read {
            self.link.set_shut_down_writing();
        }
        socket::shutdown(&self.inner, how)
            .map_err(|source| self.link.error(Operation::Shutdown, source))
            .or_else(|error| absorb(error, Condition::NotConnected))
    }

    /// Lets some time pass, but no more than there is.
    fn pause(&self, pause: Duration, until: Until<'_>) -> Result<(), Error> {
        let left = until.deadline().remaining();
        let wake = until.cancel().map(Cancel::wake);
        let pause = left.map_or(pause, |left| left.min(pause));
        let none: &[&OwnedFd] = &[];
        let woken = retry(|| wait_any(none, Interest::Writable, wake, Some(pause)))
            .map_err(|source| self.link.error(Operation::Wait, source))?;
        if woken == AnyReady::Woken {
            return Err(self.link.dress(Until::cancelled(Operation::SendTo)));
        }
        if left == Some(Duration::ZERO) {
            return Err(self.link.dress(Until::passed(Operation::SendTo)));
        }
        Ok(())
    }

    /// One system call that receives.
    fn receive_one(
        &self,
        operation: Operation,
        buffer: &mut [u8],
        take: Take,
        mode: Mode,
    ) -> io::Result<Datagram<SocketAddr>> {
        unix_domain::receive_from(&self.inner, operation, buffer, take, mode).map(Datagram::new)
    }
}

/// The longest time between two tries to send to a receiver that has no room.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);
