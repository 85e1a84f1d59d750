//! Look up names, addresses, services and interfaces.
//!
//! These calls block for as long as the system likes and cannot be called off; whoever has a
//! deadline makes them on a thread of its own.

use std::io;
use std::net::{IpAddr, SocketAddr};
#[cfg(not(target_family = "wasm"))]
use std::time::Duration;

use socket2::{Domain, Type};

#[cfg(not(target_family = "wasm"))]
use super::wait::{Interest, Ready, wait};
#[cfg(not(target_family = "wasm"))]
use super::wake::Wake;
use crate::operation::Operation;
use crate::seam;

// dns-lookup asks DragonFly for a code that its resolver does not have, and so does not build there.
#[cfg_attr(
    any(target_family = "wasm", target_os = "dragonfly"),
    path = "lookup/std.rs"
)]
#[cfg_attr(
    not(any(target_family = "wasm", target_os = "dragonfly")),
    path = "lookup/netdb.rs"
)]
mod imp;

/// What to ask for beside the name: the `hints` of `getaddrinfo`.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    any(target_family = "wasm", target_os = "dragonfly"),
    expect(dead_code, reason = "std does not pass them on")
)]
pub(crate) struct Hints {
    /// Addresses of this family only.
    pub(crate) domain: Option<Domain>,
    /// For sockets of this type.
    pub(crate) kind: Type,
    /// `AI_ADDRCONFIG`.
    pub(crate) address_config: bool,
    /// `AI_CANONNAME`.
    pub(crate) canonical_name: bool,
}

/// What `getaddrinfo` found.
#[derive(Debug)]
pub(crate) struct Found {
    /// In its order, which is that of RFC 6724; the ports are zero.
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) canonical_name: Option<String>,
}

/// What the system said instead.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of its calls: `errno`, or any code of Winsock.
    System(io::Error),
    /// A code of the resolver's own, which is no `errno`, and the system's words for it.
    Resolver { code: i32, text: String },
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// `getaddrinfo(3)` of a host.
pub(crate) fn addresses(host: &str, hints: Hints) -> Result<Found, Failure> {
    seam::pass(Operation::Lookup, None)?;
    imp::addresses(host, hints)
}

/// `getaddrinfo(3)` of a service, for sockets of this type.
pub(crate) fn port(service: &str, kind: Type) -> Result<u16, Failure> {
    seam::pass(Operation::Lookup, None)?;
    imp::port(service, kind)
}

/// The number of the interface of this name, without asking any name service.
pub(crate) fn interface(name: &str) -> Result<u32, Failure> {
    seam::pass(Operation::Lookup, None)?;
    imp::interface(name)
}

/// `getnameinfo(3)` with `NI_NAMEREQD`.
pub(crate) fn name(address: IpAddr) -> Result<String, Failure> {
    seam::pass(Operation::ReverseLookup, Some(SocketAddr::new(address, 0)))?;
    imp::name(address)
}

/// `gethostname(3)`.
pub(crate) fn host_name() -> io::Result<String> {
    seam::pass(Operation::Lookup, None)?;
    imp::host_name()
}

/// `gai_strerror(3)`: the system's words for a code of the resolver's.
pub(crate) fn describe(code: i32) -> Failure {
    imp::describe(code)
}

/// Waits until a look-up is done ([`Ready::Socket`]), called off, or late.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn wait_for(done: &Wake, cancel: &Wake, timeout: Option<Duration>) -> io::Result<Ready> {
    wait(done.handle(), Interest::Readable, Some(cancel), timeout)
}
