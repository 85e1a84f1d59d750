//! Portable sockets in which every failure is one typed condition.
//!
//! ```
//! use std::net::{TcpListener, UdpSocket};
//! use usocket::{Condition, Disposition, Operation};
//!
//! let taken = TcpListener::bind("127.0.0.1:0")?;
//! let error = TcpListener::bind(taken.local_addr()?).unwrap_err();
//! assert_eq!(Condition::of(&error, Operation::Bind), Condition::AddressInUse);
//!
//! // std has no name for this one; the condition is the same on every system.
//! let socket = UdpSocket::bind("127.0.0.1:0")?;
//! let error = socket.send_to(&[0; 70_000], taken.local_addr()?).unwrap_err();
//! let condition = Condition::of(&error, Operation::SendTo);
//! assert_eq!(condition, Condition::MessageTooLong);
//! assert_eq!(Disposition::of(condition, Operation::SendTo), Disposition::Fatal);
//! # std::io::Result::Ok(())
//! ```
//!
//! # What this crate does
//!
//! * [`Condition`]: the twenty conditions of Common Lisp's usocket, and what real use needs beside
//!   them, from the codes of Linux, Android, Apple's systems, the BSDs, illumos, Windows, WASI and
//!   any other Unix; also from an [`io::Error`](std::io::Error) that another crate gave
//!   ([`Condition::of`]), and from the resolver's codes ([`Condition::from_resolver_code`]).
//! * [`Error`]: the condition with the [`Operation`], the addresses, every [`Attempt`], and the
//!   cause; one machine word. [`Disposition`] says what to do next.
//! * [`Endpoint`]: a host and a port as users write them, with errors that point at the mistake.
//! * [`Deadline`]: until when a call may take.
//!
//! # What it does not do
//!
//! * It has no sockets of its own yet; they are the next to come.
//! * It is not asynchronous.
//! * It contains no `unsafe` code.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod classify;
mod condition;
mod deadline;
mod disposition;
mod endpoint;
mod error;
mod operation;
mod os;
mod sys;

// What the sockets will stand on, and what the conformance run measures until they do.
#[doc(hidden)]
pub mod raw;

#[cfg(feature = "seam")]
pub mod seam;
/// Nobody stands between the library and the system.
#[cfg(not(feature = "seam"))]
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
