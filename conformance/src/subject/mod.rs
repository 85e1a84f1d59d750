//! The libraries under test, and what one must do to become one of them.

mod async_io;
mod mio;
#[cfg(not(unix))]
mod no_unix;
mod program;
mod rustix;
mod socket2;
mod std;
mod tokio;
mod usocket;
mod usocket_waiting;

use ::std::fmt;
use ::std::io;
use ::std::net::{Ipv4Addr, Ipv6Addr};

use ::usocket::Condition;
use serde::{Deserialize, Serialize};
use usocket_testkit::provoke::{Recipe, Tier};
use usocket_testkit::{AsDescriptor, OwnedDescriptor, Protocol, Scene};

pub use self::async_io::AsyncIo;
pub use self::mio::Mio;
pub use self::program::{Program, ProgramError};
pub use self::rustix::Rustix;
pub use self::socket2::Socket2;
pub use self::std::Std;
pub use self::tokio::Tokio;
pub use self::usocket::Usocket;
pub use self::usocket_waiting::UsocketWaiting;

/// A library under test.
///
/// It does what a scene asks for with nothing but its own calls, and says what it calls the
/// failure: not what the failure is, which the recipe knows.
pub trait Subject: Sync {
    /// The name for reports and command lines: lower case, words joined by `-`.
    fn name(&self) -> &str;

    /// Whether the library has a way to make the call, as far as that is known without a scene: by the operation, the
    /// protocol, or the descriptor that the recipe gives. What it says no to is *not expressible*, and costs no process.
    ///
    /// Left out, it has a way to make all of them, and [`perform`](Self::perform) says which it has not.
    ///
    /// # Errors
    ///
    /// Why it has none.
    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        let _ = (recipe, protocol);
        Ok(())
    }

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

    /// What a worker must be told on its command line to have the subject too: nothing for one that is built in.
    #[doc(hidden)]
    fn arguments(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether another process makes its calls.
    #[doc(hidden)]
    fn is_elsewhere(&self) -> bool {
        false
    }
}

/// Every subject of this crate, in the order of the report.
pub const SUBJECTS: [&dyn Subject; 8] = [
    &Usocket,
    &UsocketWaiting,
    &Std,
    &Socket2,
    &Rustix,
    &Mio,
    &Tokio,
    &AsyncIo,
];

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

    /// The answer of a library that says by other means than an error that the time was up.
    pub fn timed_out(text: impl fmt::Display) -> Self {
        Self::Failed {
            named: Some(Condition::Timeout.name().to_owned()),
            raw: None,
            text: text.to_string(),
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
    /// The same, with the words of a [`Program`].
    Declined(String),
    /// What had to be done before failed.
    Unprepared(io::Error),
    /// A [`Program`] did not answer in time, and was ended.
    Hung,
    /// A [`Program`] ended without an answer, or gave one that is none; what it said.
    Crashed(String),
}

impl fmt::Display for Inability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inexpressible(reason) => f.write_str(reason),
            Self::Declined(reason) => f.write_str(reason),
            Self::Unprepared(error) => write!(f, "the call could not be prepared: {error}"),
            Self::Hung => f.write_str("did not end in time"),
            Self::Crashed(words) => f.write_str(words),
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

const NO_CALL: &str = "there is no such call";

const NO_OPTION: Inability = Inability::Inexpressible("the library has no such option");

const CLOSES_SILENTLY: &str = "it closes by dropping, which says nothing";

/// Whether the recipe gives a descriptor that no socket stands behind.
fn gives_no_socket(recipe: &Recipe) -> bool {
    matches!(
        recipe.condition(),
        Condition::BadFileDescriptor | Condition::NotASocket
    )
}

/// Whether it happens to a call that waits, and only there: see `Scene::strike`.
fn happens_in_the_call(recipe: &Recipe) -> bool {
    ["E3", "G5", "T1"].contains(&recipe.id())
}

const NEVER_WAITS_IN_THE_CALL: &str = "it happens to a call that waits, and this library's do not";

/// The descriptor of the scene as the library's own socket. Then the scene strikes, so that what making one calls is not
/// met, and in the thread that is about to make the call.
fn struck<T: AsDescriptor>(
    scene: &Scene,
    make: impl FnOnce(OwnedDescriptor) -> io::Result<T>,
) -> Result<T, Inability> {
    let socket = make(scene.given().descriptor()?)?;
    scene.strike(&socket)?;
    Ok(socket)
}

/// Whether the call is made with what every library passes: no flags, control messages, hints or pairs.
fn plain_arguments(scene: &Scene) -> Result<(), Inability> {
    let given = scene.given();
    if given.send().is_some()
        || given.pair().is_some()
        || given.look_up().is_some()
        || given.reverse_look_up().is_some()
    {
        return Err(Inability::Inexpressible(
            "it has no way to pass such arguments",
        ));
    }
    Ok(())
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
