//! What a server tells of its progress and its troubles.

use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;

/// What happened in a server: see [`Server::on_event`](crate::Server::on_event).
///
/// Written out, it is a line for a log.
///
/// ```
/// use std::time::Duration;
/// use usocket::{Server, ServerEvent, TcpStream};
///
/// let (sender, events) = std::sync::mpsc::channel();
/// let server = Server::bind("127.0.0.1:0")?
///     .on_event(move |event| drop(sender.send(event)))
///     .spawn(|_stream, _peer| Err("out of order"))?;
/// TcpStream::connect(server.local_addr())?;
///
/// loop {
///     if let ServerEvent::HandlerFailed { error, .. } = events.recv_timeout(Duration::from_secs(9))? {
///         assert_eq!(error.to_string(), "out of order");
///         break;
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ServerEvent {
    /// A connection was accepted and is about to be served.
    Accepted {
        /// Its other end.
        peer: SocketAddr,
    },
    /// A connection was closed, whatever the reason. Every one that was accepted has this event,
    /// once.
    Closed {
        /// What was its other end.
        peer: SocketAddr,
    },
    /// A handler gave an error, or its connection died while nobody served it: the connection is
    /// closed, the datagram gets no answer.
    HandlerFailed {
        /// With whom.
        peer: SocketAddr,
        /// What it gave.
        error: Arc<dyn StdError + Send + Sync>,
    },
    /// A handler panicked: its connection is closed, its datagram gets no answer.
    HandlerPanicked {
        /// With whom.
        peer: SocketAddr,
        /// The text that it panicked with.
        message: String,
    },
    /// A connection could not be accepted, or there was no thread or no memory to serve it.
    AcceptFailed {
        /// Why. It names the peer if there was one.
        error: Arc<Error>,
        /// After what pause the server accepts again, zero being at once; `None` if never: it has
        /// ended.
        retry: Option<Duration>,
    },
    /// As many connections are open as are allowed. The next is accepted when one of them ends.
    LimitReached {
        /// How many.
        limit: usize,
    },
    /// A datagram was longer than allowed. It was dropped.
    DatagramTooLong {
        /// Who sent it.
        peer: SocketAddr,
        /// How many bytes it had, where the system tells.
        length: Option<usize>,
        /// How many bytes are allowed.
        limit: usize,
    },
    /// No datagram could be received.
    ReceiveFailed {
        /// Why.
        error: Arc<Error>,
        /// After what pause the server receives again, zero being at once; `None` if never: it has
        /// ended.
        retry: Option<Duration>,
    },
    /// The connections that are idle could not be waited for.
    WaitFailed {
        /// Why.
        error: Arc<Error>,
        /// After what pause the server tries again.
        retry: Option<Duration>,
    },
    /// An answer to a datagram could not be sent. The server goes on.
    ReplyFailed {
        /// To whom.
        peer: SocketAddr,
        /// Why.
        error: Arc<Error>,
    },
    /// Somebody stops the server.
    Stopping {
        /// How many connections are open, or how many datagrams are being answered.
        open: usize,
    },
}

impl fmt::Display for ServerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { peer } => write!(f, "{peer}: accepted"),
            Self::Closed { peer } => write!(f, "{peer}: closed"),
            Self::HandlerFailed { peer, error } => write!(f, "{peer}: handler failed: {error}"),
            Self::HandlerPanicked { peer, message } => {
                write!(f, "{peer}: handler panicked: {message}")
            }
            Self::AcceptFailed { error, retry }
            | Self::ReceiveFailed { error, retry }
            | Self::WaitFailed { error, retry } => {
                write!(f, "{error}; ")?;
                match retry {
                    None => f.write_str("the server has ended"),
                    Some(Duration::ZERO) => f.write_str("trying again"),
                    Some(pause) => write!(f, "trying again in {pause:?}"),
                }
            }
            Self::LimitReached { limit } => {
                write!(f, "{limit} connections, the next waits for one to end")
            }
            Self::DatagramTooLong {
                peer,
                length,
                limit,
            } => {
                write!(f, "{peer}: a datagram of ")?;
                match length {
                    Some(length) => write!(f, "{length} bytes")?,
                    None => f.write_str("unknown length")?,
                }
                write!(f, " is longer than {limit} bytes")
            }
            Self::ReplyFailed { peer, error } => write!(f, "{peer}: no reply: {error}"),
            Self::Stopping { open } => write!(f, "stopping, with {open} open"),
        }
    }
}
