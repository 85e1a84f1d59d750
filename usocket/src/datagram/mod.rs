//! Datagrams.

pub(crate) mod calls;
mod options;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use calls::{datagram_calls, whole};
pub use options::UdpOptions;

use crate::cancel::Until;
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::endpoint::ToEndpoint;
use crate::error::Error;
use crate::link::Link;
use crate::operation::Operation;
use crate::owner::owner;
use crate::resolve;
use crate::retry::retry;
use crate::sys::socket;
use crate::sys::transfer::{self, Mode, Received, Take};
use crate::sys::wait::Interest;

/// The most bytes that a UDP datagram over IPv4 can carry: 65 535, less 20 for the header of IP and
/// 8 for that of UDP (RFC 791, section 3.1; RFC 768).
///
/// Over IPv6, whose length does not count its header, it is 20 more (RFC 8200, section 3). A buffer
/// of 65 535 bytes holds every datagram.
///
/// ```
/// use std::time::Duration;
/// use usocket::{Condition, MAX_DATAGRAM, UdpSocket};
///
/// let socket = UdpSocket::bind("127.0.0.1:0")?;
/// let own = socket.local_addr()?;
/// let error = socket.send_to(&[0; MAX_DATAGRAM + 1], own).unwrap_err();
/// assert_eq!(error.condition(), Condition::MessageTooLong);
/// # Ok::<(), usocket::Error>(())
/// ```
#[doc(alias = "+max-datagram-packet-size+")]
pub const MAX_DATAGRAM: usize = 65_507;

/// A datagram that came; its bytes are in the buffer.
///
/// ```
/// use usocket::UdpSocket;
///
/// let socket = UdpSocket::bind("127.0.0.1:0")?;
/// let own = socket.local_addr()?;
/// socket.send_to(b"rather long", own)?;
///
/// let mut buffer = [0; 6];
/// let got = socket.recv_from(&mut buffer)?;
/// assert_eq!(&buffer[..got.len], b"rather");
/// assert!(got.truncated);
/// assert_eq!(got.peer, own);
/// # #[cfg(target_os = "linux")]
/// assert_eq!(got.full_len, Some(11));
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "socket-receive")]
pub struct Datagram<A = SocketAddr> {
    /// How many of its bytes are in the buffer, from the buffer's beginning.
    pub len: usize,
    /// Whether it had more bytes than the buffer; but for a peek, the rest of them is gone.
    ///
    /// WASI does not tell; there it is never said, and the full length of a datagram that fills the
    /// buffer is not known.
    #[doc(alias = "MSG_TRUNC")]
    pub truncated: bool,
    /// How many bytes it had. Of one that was truncated, only Linux and Android tell.
    #[doc(alias = "MSG_TRUNC")]
    pub full_len: Option<usize>,
    /// Where it came from: on a connected socket, its peer.
    ///
    /// `0.0.0.0:0` where the system does not tell: Windows, of a datagram that was truncated on a
    /// socket that is not connected.
    pub peer: A,
}

impl<A> Datagram<A> {
    pub(crate) fn new(received: Received<A>) -> Self {
        Self {
            len: received.length,
            truncated: received.truncated,
            full_len: received.full_length,
            peer: received.peer,
        }
    }
}

/// A UDP socket.
///
/// std's `UdpSocket`, and more: each datagram says whether it was cut off ([`Datagram`]), every call
/// that can block has a form with a [`Deadline`] or a [`Cancel`](crate::Cancel), and what fails says
/// with whom. What one peer does is no error of a call about another.
///
/// ```
/// use std::time::Duration;
/// use usocket::UdpSocket;
///
/// let (server, client) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
/// client.connect(server.local_addr()?)?;
/// client.send(b"ping")?;
///
/// let mut buffer = [0; 1500];
/// let got = server.recv_from_deadline(&mut buffer, Duration::from_secs(9))?;
/// assert_eq!(got.peer, client.local_addr()?);
/// server.send_to(&buffer[..got.len], got.peer)?;
/// let got = client.recv_deadline(&mut buffer, Duration::from_secs(9))?;
/// assert_eq!(&buffer[..got.len], b"ping");
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Debug)]
#[doc(alias = "datagram-usocket")]
pub struct UdpSocket {
    pub(crate) inner: std::net::UdpSocket,
    pub(crate) link: Link,
}

owner!(UdpSocket, std::net::UdpSocket);

datagram_calls!(
    UdpSocket,
    std::net::UdpSocket,
    SocketAddr,
    "# let a = usocket::UdpSocket::bind(\"127.0.0.1:0\")?;\n\
     # let b = usocket::UdpSocket::bind(\"127.0.0.1:0\")?;\n\
     # a.connect(b.local_addr()?)?;\n\
     # b.connect(a.local_addr()?)?;"
);

impl UdpSocket {
    /// Makes a socket and binds it, with the defaults of [`UdpOptions`].
    ///
    /// For a client, `"0.0.0.0:0"` or `"[::]:0"`: any address and any port of this machine.
    ///
    /// # Errors
    ///
    /// Those of [`UdpOptions::bind`].
    ///
    /// ```
    /// let socket = usocket::UdpSocket::bind("127.0.0.1:0")?;
    /// assert_ne!(socket.local_addr()?.port(), 0);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn bind(endpoint: impl ToEndpoint) -> Result<Self, Error> {
        UdpOptions::new().bind(endpoint)
    }

    /// The owner of a socket that somebody else made.
    fn adopt(inner: std::net::UdpSocket) -> Self {
        let link = Link::adopted(&inner, true)
            .with_local(inner.local_addr().ok())
            .with_peer(inner.peer_addr().ok());
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
    /// let socket = usocket::UdpSocket::bind("127.0.0.1:0")?;
    /// assert!(socket.local_addr()?.ip().is_loopback());
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

    /// The address of the peer that the socket is connected to.
    ///
    /// # Errors
    ///
    /// [`NotConnected`](Condition::NotConnected). Source: POSIX `getpeername`.
    ///
    /// ```
    /// use usocket::{Condition, UdpSocket};
    ///
    /// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// assert_eq!(one.peer_addr().unwrap_err().condition(), Condition::NotConnected);
    /// one.connect(two.local_addr()?)?;
    /// assert_eq!(one.peer_addr()?, two.local_addr()?);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "get-peer-name")]
    #[doc(alias = "get-peer-address")]
    #[doc(alias = "get-peer-port")]
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        self.link
            .named_address(Operation::PeerName, socket::peer_name(&self.inner))
    }

    /// Gives the socket a peer: [`send`](Self::send) sends to it, only what comes from it is received,
    /// and what the network says of what was sent to it is an error of the next call.
    ///
    /// No packet is sent, so that there need be no such peer. A socket that has a peer gets another
    /// one; what came from the first and was not received yet is still there. Of a name's addresses,
    /// the first is taken that the system accepts for this socket; the look-up can take as long as it
    /// takes.
    ///
    /// # Errors
    ///
    /// [`NetworkUnreachable`](Condition::NetworkUnreachable),
    /// [`AddressFamilyNotSupported`](Condition::AddressFamilyNotSupported) for an address of another
    /// family than the socket's, [`OperationNotPermitted`](Condition::OperationNotPermitted) for a
    /// broadcast address unless [that is allowed](UdpOptions::broadcast),
    /// [`InvalidArgument`](Condition::InvalidArgument) for what is no endpoint, and for names those
    /// of [`resolve::lookup`]. Source: POSIX `connect`, udp(7).
    ///
    /// ```
    /// use usocket::UdpSocket;
    ///
    /// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// one.connect(two.local_addr()?)?;
    /// one.send(b"ping")?;
    /// assert_eq!(two.recv_from(&mut [0; 16])?.peer, one.local_addr()?);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-connect")]
    pub fn connect(&self, endpoint: impl ToEndpoint) -> Result<(), Error> {
        let endpoint = endpoint
            .to_endpoint()
            .map_err(|error| Error::from_endpoint(Operation::Connect, error))?;
        if let Some(address) = endpoint.socket_addr() {
            self.connect_address(address)?;
            self.link.set_host(None);
            return Ok(());
        }
        let found = resolve::lookup(&endpoint, Deadline::NEVER)?;
        let host = endpoint.to_string();
        let mut attempts = Vec::new();
        for address in found.addresses() {
            let begin = Instant::now();
            match self.connect_address(*address) {
                Ok(()) => {
                    self.link.set_host(Some(&host));
                    return Ok(());
                }
                Err(error) => attempts.push(error.into_attempt(*address, begin.elapsed())),
            }
        }
        Err(Error::from_attempts(
            Operation::Connect,
            host.as_str(),
            attempts,
        ))
    }

    fn connect_address(&self, peer: SocketAddr) -> Result<(), Error> {
        retry(|| socket::connect(&self.inner, peer))
            .map_err(|source| self.link.error(Operation::Connect, source).with_peer(peer))?;
        self.link.set_peer(Some(peer));
        Ok(())
    }

    /// Takes the peer away: the socket receives from anybody again, on the port that it had.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](Condition::AddressInUse) on Linux, which gives a port that it had chosen back
    /// with the peer, if another socket has taken it in that moment;
    /// [`Unsupported`](Condition::Unsupported) on WASI, where it can still be connected to another
    /// peer. Source: POSIX `connect`, connect(2).
    ///
    /// ```
    /// use usocket::{Condition, UdpSocket};
    ///
    /// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// let own = one.local_addr()?;
    /// one.connect(two.local_addr()?)?;
    /// one.disconnect()?;
    /// assert_eq!(one.peer_addr().unwrap_err().condition(), Condition::NotConnected);
    /// assert_eq!(one.local_addr()?, own);
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
        self.link.set_peer(None);
        self.link.set_host(None);
        let lost = socket::local_name(&self.inner)
            .is_ok_and(|local| local.is_some_and(|local| local.port() == 0));
        match self.link.local() {
            Some(local) if lost && local.port() != 0 => self
                .link
                .named_result(Operation::Bind, socket::bind(&self.inner, local)),
            _ => Ok(()),
        }
    }

    /// Sends one datagram to an address, or to a name's first address that the system accepts for
    /// this socket; gives its length.
    ///
    /// A datagram is sent whole or not at all, so the length is that of `bytes`, which may be empty.
    /// That it was sent does not mean that it arrives. A name is looked up each time; to send more
    /// than one datagram there, [connect](Self::connect), or
    /// [look it up](crate::resolve::lookup) once.
    ///
    /// # Errors
    ///
    /// [`MessageTooLong`](Condition::MessageTooLong),
    /// [`NetworkUnreachable`](Condition::NetworkUnreachable),
    /// [`AddressFamilyNotSupported`](Condition::AddressFamilyNotSupported) for an address of another
    /// family than the socket's, [`OperationNotPermitted`](Condition::OperationNotPermitted) by a
    /// firewall, or for a broadcast address unless [that is allowed](UdpOptions::broadcast),
    /// [`NoBuffers`](Condition::NoBuffers), [`AlreadyConnected`](Condition::AlreadyConnected) on some
    /// systems for a socket that has a peer; [`Timeout`](Condition::Timeout) where a write timeout is
    /// set, [`WouldBlock`](Condition::WouldBlock) in non-blocking mode;
    /// [`InvalidArgument`](Condition::InvalidArgument) for what is no endpoint, and for names those
    /// of [`resolve::lookup`]. Source: POSIX `sendto`.
    ///
    /// ```
    /// use usocket::UdpSocket;
    ///
    /// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// one.send_to(b"ping", two.local_addr()?)?;
    /// assert_eq!(two.recv(&mut [0; 16])?.len, 4);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-send")]
    #[doc(alias = "sendto")]
    #[doc(alias = "sendmsg")]
    pub fn send_to(&self, bytes: &[u8], endpoint: impl ToEndpoint) -> Result<usize, Error> {
        self.send_to_until(bytes, &endpoint, None)
    }

    /// The same, until a deadline or a cancel, the look-up included.
    ///
    /// What the system takes at once is sent even if the deadline has passed.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to); [`Timeout`](Condition::Timeout) at the deadline,
    /// [`Cancelled`](Condition::Cancelled).
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::UdpSocket;
    ///
    /// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// one.send_to_deadline(b"ping", two.local_addr()?, Duration::from_secs(9))?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn send_to_deadline<'a>(
        &self,
        bytes: &[u8],
        endpoint: impl ToEndpoint,
        until: impl Into<Until<'a>>,
    ) -> Result<usize, Error> {
        self.send_to_until(bytes, &endpoint, Some(until.into()))
    }

    /// The same without blocking, so to an address only; `None` if the system has no room now, for
    /// which no error is made.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to), but never [`WouldBlock`](Condition::WouldBlock).
    ///
    /// ```
    /// use usocket::UdpSocket;
    ///
    /// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// assert_eq!(one.try_send_to(b"ping", two.local_addr()?)?, Some(4));
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn try_send_to(
        &self,
        bytes: &[u8],
        peer: impl Into<SocketAddr>,
    ) -> Result<Option<usize>, Error> {
        let peer = peer.into();
        self.link
            .at_once(&self.inner, Operation::SendTo, |mode| {
                transfer::send_to(&self.inner, bytes, peer, mode)
            })
            .and_then(|sent| {
                sent.map(|sent| whole(&self.link, Operation::SendTo, bytes, sent))
                    .transpose()
            })
            .map_err(|error| error.with_peer(peer))
    }

    fn send_to_until(
        &self,
        bytes: &[u8],
        endpoint: &impl ToEndpoint,
        until: Option<Until<'_>>,
    ) -> Result<usize, Error> {
        let endpoint = endpoint
            .to_endpoint()
            .map_err(|error| Error::from_endpoint(Operation::SendTo, error))?;
        if let Some(peer) = endpoint.socket_addr() {
            return self.send_to_address(bytes, peer, until);
        }
        let found = resolve::lookup(&endpoint, until.unwrap_or_else(|| Deadline::NEVER.into()))?;
        let host = endpoint.to_string();
        let mut attempts = Vec::new();
        for peer in found.addresses() {
            let begin = Instant::now();
            match self.send_to_address(bytes, *peer, until) {
                Ok(sent) => return Ok(sent),
                // Not what the system thinks of this address.
                Err(error)
                    if error.is_timeout()
                        || matches!(
                            error.condition(),
                            Condition::Cancelled | Condition::WouldBlock
                        ) =>
                {
                    return Err(error.with_host(&host));
                }
                Err(error) => attempts.push(error.into_attempt(*peer, begin.elapsed())),
            }
        }
        Err(Error::from_attempts(
            Operation::SendTo,
            host.as_str(),
            attempts,
        ))
    }

    fn send_to_address(
        &self,
        bytes: &[u8],
        peer: SocketAddr,
        until: Option<Until<'_>>,
    ) -> Result<usize, Error> {
        let sent = self.link.send_to(&self.inner, bytes, peer, until)?;
        whole(&self.link, Operation::SendTo, bytes, sent).map_err(|error| error.with_peer(peer))
    }

    /// One system call, but for errors that are none of this call's.
    fn receive_one(
        &self,
        operation: Operation,
        buffer: &mut [u8],
        take: Take,
        mode: Mode,
    ) -> io::Result<Datagram> {
        loop {
            match transfer::receive_from(&self.inner, operation, buffer, take, mode) {
                Err(error) if self.is_of_another(&error) => {}
                result => {
                    let unknown = || (Ipv4Addr::UNSPECIFIED, 0).into();
                    let peer =
                        |peer: Option<_>| peer.or_else(|| self.link.peer()).unwrap_or_else(unknown);
                    return Ok(Datagram::new(result?.map_peer(peer)));
                }
            }
        }
    }

    /// Whether a failed receive tells of a datagram that this socket, which is not connected, sent to
    /// somebody at some time. Only Winsock does that (recvfrom, "Return value": `WSAECONNRESET`,
    /// `WSAENETRESET`), and takes the error off the socket by telling.
    fn is_of_another(&self, error: &io::Error) -> bool {
        cfg!(windows)
            && self.link.peer().is_none()
            && matches!(
                Condition::of(error, Operation::ReceiveFrom),
                Condition::ConnectionRefused | Condition::HostUnreachable
            )
    }
}
