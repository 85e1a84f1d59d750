//! Portable sockets in which every failure is one typed condition.
//!
//! ```no_run
//! use std::time::Duration;
//! use usocket::{Condition, TcpStream};
//!
//! # fn serve(_: TcpStream) {} fn retry_later() {} fn start_the_database() {}
//! // One deadline over look-up, every address, and the hand-shake.
//! match TcpStream::connect_deadline("db.internal:5432", Duration::from_secs(2)) {
//!     Ok(stream) => serve(stream),
//!     Err(e) if e.is_timeout() => retry_later(),
//!     Err(e) => match e.condition() {
//!         Condition::ConnectionRefused => start_the_database(),
//!         Condition::HostNotFound => eprintln!("check the name: {e}"),
//!         // "connect to db.internal:5432 (10.0.0.7:5432): host unreachable"
//!         _ => e.attempts().iter().for_each(|attempt| eprintln!("{attempt}")),
//!     },
//! }
//! ```
//!
//! # What this crate does
//!
//! * **Conditions.** [`Condition`] has the twenty of Common Lisp's usocket, and what real use needs
//!   beside them, from the codes of Linux, Android, Apple's systems, the BSDs, illumos, Windows,
//!   WASI and any other Unix; also from an [`io::Error`](std::io::Error) that another crate gave
//!   ([`Condition::of`]). [`Error`] is the condition with the [`Operation`], the addresses, every
//!   [`Attempt`] and the cause, in one machine word. [`Disposition`] says what to do next.
//! * **Sockets.** [`TcpStream`], [`TcpListener`] and [`UdpSocket`] wrap std's types, and
//!   [`UnixStream`], [`UnixListener`] and [`UnixDatagram`] those of the Unix domain; std's type goes
//!   in and comes out for nothing. What is to be set before binding or connecting is data:
//!   [`ConnectOptions`], [`ListenOptions`], [`UdpOptions`].
//! * **Ends.** Every call that can block has a form that takes a [`Deadline`], or a [`Cancel`] for
//!   another thread to call it off, or both.
//! * **Names.** A host's addresses are raced (RFC 8305), under the same deadline as the look-up.
//!   [`resolve`] looks names, services and addresses up by themselves, by the system or by a
//!   [`Resolver`](resolve::Resolver) of yours, with every failure told apart.
//! * **Input as users write it.** [`Endpoint`] reads `example.org:80`, `[fe80::1%eth0]:http` and
//!   more; what is none is an error that points at the mistake.
//!
//! Whatever fails, fails with a condition; nothing panics. Success, and finding nothing to do
//! (`try_…`), allocate nothing. Every descriptor is closed on exec, and no call raises SIGPIPE.
//!
//! # What it does not do
//!
//! * It does not wait for many sockets, and has no server; both are the next to come.
//! * It is not asynchronous: `set_nonblocking(true)` and `into_std` hand a socket to a runtime.
//! * It contains no `unsafe` code.
//! * On WASI it has the conditions, and no sockets yet.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Without sockets, much of what the errors can say is said by nobody.
#![cfg_attr(target_os = "wasi", allow(dead_code))]

pub mod guide;

// The words: what can be wrong, where, until when.
pub mod address;
mod attempt;
mod classify;
mod condition;
mod deadline;
mod disposition;
mod endpoint;
mod error;
mod operation;
mod os;

// The sockets. What stands under them has nothing for WASI yet.
#[cfg(not(target_os = "wasi"))]
mod cancel;
#[cfg(not(target_os = "wasi"))]
mod connect;
#[cfg(not(target_os = "wasi"))]
mod datagram;
#[cfg(not(target_os = "wasi"))]
mod link;
#[cfg(not(target_os = "wasi"))]
mod listen;
#[cfg(not(target_os = "wasi"))]
mod options;
#[cfg(not(target_os = "wasi"))]
mod owner;
#[cfg(not(target_os = "wasi"))]
pub mod resolve;
#[cfg(not(target_os = "wasi"))]
mod server;
#[cfg(not(target_os = "wasi"))]
mod stream;
#[cfg(not(target_os = "wasi"))]
mod sys;
#[cfg(unix)]
mod unix;
#[cfg(not(target_os = "wasi"))]
mod wait;

// For calls that no owner makes; the conformance run makes them.
#[cfg(not(target_os = "wasi"))]
#[doc(hidden)]
pub mod raw;

#[cfg(feature = "seam")]
pub mod seam;
/// Nobody stands between the library and the system.
#[cfg(all(not(feature = "seam"), not(target_os = "wasi")))]
mod seam {
    #[inline]
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same signature as with a seam"
    )]
    pub(crate) fn pass(
        _operation: crate::Operation,
        _address: Option<std::net::SocketAddr>,
    ) -> std::io::Result<()> {
        Ok(())
    }
}

pub use attempt::Attempt;
pub use condition::{Class, Condition};
pub use deadline::Deadline;
pub use disposition::Disposition;
pub use endpoint::{Endpoint, EndpointError, EndpointErrorKind, Host, Port, ToEndpoint};
pub use error::Error;
pub use operation::{Operation, UnknownName};

#[cfg(not(target_os = "wasi"))]
pub use self::{
    cancel::{Cancel, Until},
    connect::ConnectOptions,
    datagram::{Datagram, MAX_DATAGRAM, UdpOptions, UdpSocket},
    listen::{Incoming, Ipv6Mode, ListenOptions, TcpListener},
    options::{Interface, Keepalive},
    stream::TcpStream,
};
#[cfg(unix)]
pub use unix::{
    ToUnixAddr, UnixDatagram, UnixIncoming, UnixListenOptions, UnixListener, UnixStream,
};
