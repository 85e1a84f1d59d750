//! The libraries under test, and what one must do to become one of them.

mod socket2;
mod std;
mod usocket;

use ::std::fmt;
use ::std::io;
use ::std::net::{Ipv4Addr, Ipv6Addr};

use ::usocket::Condition;
use serde::{Deserialize, Serialize};
use usocket_testkit::provoke::Tier;
use usocket_testkit::{OwnedDescriptor, Scene};

pub use self::socket2::Socket2;
pub use self::std::Std;
pub use self::usocket::Usocket;

/// A library under test.
///
/// It does what a scene asks for with nothing but its own calls, and says what it calls the
/// failure: not what the failure is, which the recipe knows.
pub trait Subject: Sync {
    /// The name for reports and command lines.
    fn name(&self) -> &'static str;

    /// The conditions for which the library has a name, where it does not claim to have one for each: to have none for
    /// another is then no news.
    fn vocabulary(&self) -> Option<&'static [Condition]> {
        None
    }

    /// Prepares what the scene needs, then makes the one call that the scene is about, once, under
    /// the scene's limit if it has one.
    ///
    /// # Errors
    ///
    /// An [`Inability`] if the library has no way to make the call, or if what had to be done before
    /// failed.
    fn perform(&self, scene: &Scene) -> Result<Answer, Inability>;
}

/// Every subject, the one that answers for the exit code first.
pub const SUBJECTS: [&dyn Subject; 3] = [&Usocket, &Std, &Socket2];

/// What the library said to the one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Answer {
    /// It succeeded; a transfer moved so many bytes.
    Done {
        /// How many bytes, where the call moves bytes.
        bytes: Option<usize>,
    },
    /// It failed.
    Failed {
        /// The name of the condition that a program can tell from the library's error, if any.
        named: Option<String>,
        /// The system's number in the library's error.
        raw: Option<i32>,
        /// The library's text.
        text: String,
    },
}

impl Answer {
    /// The call succeeded, and moved so many bytes if it is one that moves bytes.
    pub fn done(bytes: Option<usize>) -> Self {
        Self::Done { bytes }
    }

    /// The call failed with an error of the library's own, which says one of these conditions, or none that a program
    /// can tell.
    ///
    /// ```
    /// use usocket_conformance::subject::Answer;
    ///
    /// let answer = Answer::failed(Some("timeout"), "the server took too long");
    /// assert!(matches!(answer, Answer::Failed { raw: None, .. }));
    /// ```
    pub fn failed(named: Option<&str>, text: impl Into<String>) -> Self {
        Self::Failed {
            named: named.map(str::to_owned),
            raw: None,
            text: text.into(),
        }
    }

    /// The answer of a library whose errors are [`io::Error`]: what a program can tell from one is
    /// its kind.
    pub fn of_io<T: Count>(result: io::Result<T>) -> Self {
        match result {
            Ok(value) => Self::Done {
                bytes: value.count(),
            },
            Err(error) => Self::Failed {
                named: named_by_kind(error.kind()).map(|condition| condition.name().to_owned()),
                raw: error.raw_os_error(),
                text: error.to_string(),
            },
        }
    }

    /// The answer of a library whose errors are ours.
    fn of_usocket<T: Count>(result: Result<T, ::usocket::Error>) -> Self {
        match result {
            Ok(value) => Self::Done {
                bytes: value.count(),
            },
            Err(error) => Self::Failed {
                named: Some(error.condition().name().to_owned()),
                raw: error.raw_os_error(),
                text: error.to_string(),
            },
        }
    }
}

/// How many bytes a successful call moved.
pub trait Count {
    /// Nothing where the call moves nothing.
    fn count(&self) -> Option<usize>;
}

impl Count for () {
    fn count(&self) -> Option<usize> {
        None
    }
}

impl Count for usize {
    fn count(&self) -> Option<usize> {
        Some(*self)
    }
}

/// Makes the value of a successful call that moves no bytes one thing, whatever it is.
fn nothing<T, E>(result: Result<T, E>) -> Result<(), E> {
    result.map(drop)
}

/// The condition that std's documentation describes for a kind; none for a kind that stable Rust
/// cannot name.
fn named_by_kind(kind: io::ErrorKind) -> Option<Condition> {
    Some(match kind {
        io::ErrorKind::AddrInUse => Condition::AddressInUse,
        io::ErrorKind::AddrNotAvailable => Condition::AddressNotAvailable,
        io::ErrorKind::BrokenPipe => Condition::Shutdown,
        io::ErrorKind::ConnectionAborted => Condition::ConnectionAborted,
        io::ErrorKind::ConnectionRefused => Condition::ConnectionRefused,
        io::ErrorKind::ConnectionReset => Condition::ConnectionReset,
        io::ErrorKind::HostUnreachable => Condition::HostUnreachable,
        io::ErrorKind::Interrupted => Condition::Interrupted,
        io::ErrorKind::InvalidInput => Condition::InvalidArgument,
        io::ErrorKind::NetworkDown => Condition::NetworkDown,
        io::ErrorKind::NetworkUnreachable => Condition::NetworkUnreachable,
        io::ErrorKind::NotConnected => Condition::NotConnected,
        io::ErrorKind::NotFound => Condition::NotFound,
        io::ErrorKind::OutOfMemory => Condition::OutOfMemory,
        io::ErrorKind::PermissionDenied => Condition::OperationNotPermitted,
        io::ErrorKind::TimedOut => Condition::Timeout,
        io::ErrorKind::UnexpectedEof => Condition::UnexpectedEof,
        io::ErrorKind::Unsupported => Condition::OperationNotSupported,
        io::ErrorKind::WouldBlock => Condition::WouldBlock,
        _ => return None,
    })
}

/// Why a subject did not make the call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Inability {
    /// The library has no way to make it; the reason.
    Inexpressible(&'static str),
    /// What had to be done before failed.
    Unprepared(io::Error),
}

impl fmt::Display for Inability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inexpressible(reason) => f.write_str(reason),
            Self::Unprepared(error) => write!(f, "the call could not be prepared: {error}"),
        }
    }
}

impl ::std::error::Error for Inability {}

impl From<io::Error> for Inability {
    fn from(error: io::Error) -> Self {
        Self::Unprepared(error)
    }
}

impl From<::usocket::Error> for Inability {
    fn from(error: ::usocket::Error) -> Self {
        Self::Unprepared(error.into())
    }
}

/// The descriptor of the scene, which strikes the thread that is about to make the call.
fn struck(scene: &Scene) -> Result<OwnedDescriptor, Inability> {
    let descriptor = scene.given().descriptor()?;
    scene.strike(&descriptor)?;
    Ok(descriptor)
}

/// Whether sending is about flags or a control message, which most libraries have no word for.
fn sends_plain_bytes(scene: &Scene, inability: &'static str) -> Result<(), Inability> {
    match scene.given().send() {
        Some(_) => Err(Inability::Inexpressible(inability)),
        None => Ok(()),
    }
}

/// The path that the scene names.
#[cfg(unix)]
fn path(scene: &Scene) -> Result<&::std::path::Path, Inability> {
    scene
        .path()
        .ok_or(Inability::Inexpressible("the scene gives no path"))
}

/// A local address of the protocol's family from which the scene's address can be reached, the port chosen by the
/// system.
fn local(scene: &Scene) -> Result<::std::net::SocketAddr, Inability> {
    let protocol = scene.protocol();
    let loopback = protocol
        .loopback()
        .ok_or(Inability::Inexpressible("no address of the internet"))?;
    Ok(match scene.recipe().tier() {
        Tier::Plain => (loopback, 0).into(),
        // The hosts of a lab are on another interface.
        _ if protocol.is_ipv6() => (Ipv6Addr::UNSPECIFIED, 0).into(),
        _ => (Ipv4Addr::UNSPECIFIED, 0).into(),
    })
}
