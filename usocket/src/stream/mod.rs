//! TCP connections.

pub(crate) mod calls;

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr};

use crate::cancel::Until;
use crate::condition::Condition;
use crate::error::Error;
use crate::link::{Link, absorb};
use crate::operation::Operation;
use crate::owner::owner;
use crate::sys::transfer::{self, Take};
use crate::sys::{option, socket};

/// A TCP connection.
///
/// std's `TcpStream` with std's habits, and more: a name is raced over all its addresses, every call
/// that can block has a form with a [`Deadline`](crate::Deadline) or a [`Cancel`](crate::Cancel), and its own calls
/// fail with an [`Error`] that says what happened with whom. [`Read`] and [`Write`], also on
/// references, pass the system's errors through untouched and allocate nothing; only a timeout that
/// ran out is [`TimedOut`](io::ErrorKind::TimedOut) on every system.
///
/// It holds no bytes of its own: what was written is the system's, and is delivered after the stream
/// is dropped. It is closed on exec, and never raises SIGPIPE.
///
/// ```
/// use std::io::{Read, Write};
/// use std::time::Duration;
/// use usocket::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut client = TcpStream::connect(listener.local_addr()?)?;
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
#[doc(alias = "stream-usocket")]
#[doc(alias = "socket-stream")]
pub struct TcpStream {
    inner: std::net::TcpStream,
    pub(crate) link: Link,
}

owner!(TcpStream, std::net::TcpStream);

crate::stream::calls::stream_calls!(
    TcpStream,
    std::net::TcpStream,
    "# let listener = usocket::TcpListener::bind(\"127.0.0.1:0\")?;\n\
     # let a = usocket::TcpStream::connect(listener.local_addr()?)?;\n\
     # let (b, _) = listener.accept_deadline(std::time::Duration::from_secs(9))?;"
);

impl TcpStream {
    /// The owner of a stream that this crate connected or accepted.
    pub(crate) fn new(inner: std::net::TcpStream, link: Link) -> Self {
        Self { inner, link }
    }

    /// The owner of a stream that somebody else made.
    fn adopt(inner: std::net::TcpStream) -> Self {
        let peer = inner.peer_addr().ok();
        let link = Link::adopted(&inner, false).with_peer(peer);
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
    /// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// # let stream = usocket::TcpStream::connect(listener.local_addr()?)?;
    /// assert!(stream.local_addr()?.ip().is_loopback());
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

    /// The peer's address.
    ///
    /// # Errors
    ///
    /// [`NotConnected`](Condition::NotConnected) also after a reset. Source: POSIX `getpeername`.
    ///
    /// ```
    /// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// # let stream = usocket::TcpStream::connect(listener.local_addr()?)?;
    /// assert_eq!(stream.peer_addr()?, listener.local_addr()?);
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

    /// Closes at once by a reset: the peer's next receive fails with
    /// [`ConnectionReset`](Condition::ConnectionReset), and what was not delivered is lost.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](Condition::InvalidArgument) on some systems where the peer has left
    /// already; [`OptionNotSupported`](Condition::OptionNotSupported) on WASI, which closes it as ever.
    /// The stream is closed in any case. Source: RFC 9293, section 3.10.5.
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// # let stream = usocket::TcpStream::connect(listener.local_addr()?)?;
    /// # let (peer, _) = listener.accept_deadline(std::time::Duration::from_secs(9))?;
    /// stream.abort()?;
    /// let error = peer.recv(&mut [0; 16]).unwrap_err();
    /// assert_eq!(error.condition(), Condition::ConnectionReset);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn abort(self) -> Result<(), Error> {
        let lingering = option::set_linger(&self.inner, Some(std::time::Duration::ZERO));
        self.link.named_result(Operation::Close, lingering)
    }
}
