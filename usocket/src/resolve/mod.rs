//! Look-ups: from names to addresses, and back.
//!
//! ```no_run
//! use std::time::Duration;
//! use usocket::{Condition, resolve};
//!
//! match resolve::lookup("example.org", Duration::from_secs(1)) {
//!     Ok(lookup) => lookup.iter().for_each(|address| println!("{}", address.ip())),
//!     Err(e) if e.condition() == Condition::HostNotFound => println!("there is no such host"),
//!     Err(e) if e.is_timeout() => println!("nobody answers"),
//!     Err(e) => println!("{e}"),
//! }
//! ```
//!
//! # Deadlines
//!
//! No system can call a look-up off. One that has a deadline, or something that may call it off,
//! runs on a thread of its own, and the caller goes on in time even if the resolver hangs; the
//! thread stays behind until the resolver answers. At most [`MAX_STRANDED`] such threads exist in a
//! process at a time, so that a name service that is down does not cost more with each try. A
//! look-up that finds all of them busy waits for one, first come, first served; if its deadline
//! passes before it had one, it fails with [`TryAgain`](crate::Condition::TryAgain), which tells it
//! from a resolver that was asked and did not answer ([`Timeout`](crate::Condition::Timeout));
//! [`Error::is_timeout`] is true of both.
//!
//! A deadline that has passed means *try once*: a thread begins to ask, and what it learns at once
//! is the answer. Without a deadline, [`Deadline::NEVER`](crate::Deadline::NEVER), a look-up runs
//! in the caller's thread and takes none of these. On WASI, which has no threads, every look-up
//! does, whatever its deadline is. Hosts alone are looked up there, and a failure has no code:
//! [`ResolverUnknown`](crate::Condition::ResolverUnknown).
//!
//! # What is not asked for
//!
//! Addresses and numbers of ports, in whatever form, never reach a resolver, nor do zones: in
//! `fe80::1%eth0`, the number of the interface comes from the system itself.

mod ask;
mod failure;
mod literal;
mod lookup;
mod query;
mod resolver;
mod system;
#[cfg_attr(target_family = "wasm", path = "caller.rs")]
mod worker;

use std::net::IpAddr;

use crate::cancel::Until;
use crate::error::Error;
use crate::operation::Operation;

pub use lookup::Lookup;
pub use query::{Family, Query, ToQuery, Transport};
pub use resolver::Resolver;
pub use system::SystemResolver;

/// How many threads look-ups have at most, and so how many a resolver that hangs can keep.
///
/// For the whole process, and for all resolvers together. See [Deadlines](self#deadlines).
///
/// ```
/// assert_eq!(usocket::resolve::MAX_STRANDED, 16);
/// ```
pub const MAX_STRANDED: usize = 16;

/// The addresses of a host, as the system knows them: RFC 3493, section 6.1, `getaddrinfo`.
///
/// The host may be alone, with a port, or with a service's name, which is looked up before it; see
/// [`ToQuery`]. A [`Query`] asks for more: for one family, for the canonical name.
///
/// ```
/// use std::time::Duration;
/// use usocket::resolve::{self, Family, Query};
///
/// let lookup = resolve::lookup(Query::new("localhost:80")?.family(Family::V4), Duration::from_secs(5))?;
/// assert!(lookup.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
///
/// // An address is its own answer, and nobody is asked.
/// let lookup = resolve::lookup("192.0.2.1", Duration::ZERO)?;
/// assert_eq!(lookup.addresses(), ["192.0.2.1:0".parse().unwrap()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// * [`HostNotFound`](crate::Condition::HostNotFound): there is no such name; many systems say so
///   also for one without addresses
/// * [`NoData`](crate::Condition::NoData): it has no address of the family asked for
/// * [`ServiceNotFound`](crate::Condition::ServiceNotFound): there is no such service
/// * [`NotFound`](crate::Condition::NotFound): there is no interface of the zone's name
/// * [`TryAgain`](crate::Condition::TryAgain): the name service cannot say now; or no thread came
///   free in time, or could be started (see [Deadlines](self#deadlines))
/// * [`NoRecovery`](crate::Condition::NoRecovery): the name service failed for good
/// * [`Timeout`](crate::Condition::Timeout), [`Cancelled`](crate::Condition::Cancelled): the call's
///   end came before the answer
/// * [`InvalidArgument`](crate::Condition::InvalidArgument): the text is neither host nor endpoint
/// * whatever else [`Condition::from_resolver_code`](crate::Condition::from_resolver_code) names
#[doc(alias = "getaddrinfo")]
#[doc(alias = "gethostbyname")]
#[doc(alias = "get-host-by-name")]
#[doc(alias = "get-hosts-by-name")]
#[doc(alias = "get-random-host-by-name")]
pub fn lookup<'a>(target: impl ToQuery, until: impl Into<Until<'a>>) -> Result<Lookup, Error> {
    lookup_by(&SystemResolver, target, until)
}

/// As [`lookup`], of any resolver: of a fake in a test, or a client for DNS.
///
/// The resolver is one that can be cloned, an [`Arc`](std::sync::Arc) most often, since a thread may still be asking
/// it when the call has ended.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use usocket::resolve::{self, Resolver, SystemResolver};
///
/// let resolver: Arc<dyn Resolver> = Arc::new(SystemResolver);
/// let lookup = resolve::lookup_by(&resolver, "[::1]:80", Duration::from_secs(1))?;
/// assert_eq!(lookup.first_v6(), Some("[::1]:80".parse().unwrap()));
/// # Ok::<(), usocket::Error>(())
/// ```
///
/// # Errors
///
/// Those of the resolver, with the host if they name none, and of [`lookup`];
/// [`ResolverUnknown`](crate::Condition::ResolverUnknown) if the resolver panics.
pub fn lookup_by<'a>(
    resolver: &(impl Resolver + Clone + 'static),
    target: impl ToQuery,
    until: impl Into<Until<'a>>,
) -> Result<Lookup, Error> {
    let query = target
        .to_query()
        .map_err(|error| Error::from_endpoint(Operation::Lookup, error))?;
    ask::resolve(resolver.clone(), &query, until.into())
}

/// The name of the host that has an address, as the system knows it: RFC 3493, section 6.2,
/// `getnameinfo` with `NI_NAMEREQD`.
///
/// The name is what whoever owns the address says. That looking it up gives this address is not
/// checked.
///
/// ```no_run
/// use std::net::Ipv4Addr;
/// use std::time::Duration;
///
/// let name = usocket::resolve::reverse(Ipv4Addr::LOCALHOST, Duration::from_secs(1))?;
/// assert_eq!(name, "localhost");
/// # Ok::<(), usocket::Error>(())
/// ```
///
/// # Errors
///
/// [`HostNotFound`](crate::Condition::HostNotFound) if the address has no name, and otherwise those
/// of [`lookup`]; [`Unsupported`](crate::Condition::Unsupported) on WASI.
#[doc(alias = "getnameinfo")]
#[doc(alias = "gethostbyaddr")]
#[doc(alias = "get-host-by-address")]
#[doc(alias = "NI_NAMEREQD")]
pub fn reverse<'a>(
    address: impl Into<IpAddr>,
    until: impl Into<Until<'a>>,
) -> Result<String, Error> {
    reverse_by(&SystemResolver, address, until)
}

/// As [`reverse`], of any resolver.
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
/// use usocket::resolve::{self, Lookup, Query, Resolver};
/// use usocket::{Condition, Deadline, Error, Operation};
///
/// #[derive(Clone)]
/// struct Nobody;
///
/// impl Resolver for Nobody {
///     fn resolve(&self, _query: &Query, _deadline: Deadline) -> Result<Lookup, Error> {
///         Ok(Lookup::default())
///     }
///
///     fn reverse(&self, _address: IpAddr, _deadline: Deadline) -> Result<String, Error> {
///         Err(Error::new(Operation::ReverseLookup, Condition::HostNotFound))
///     }
/// }
///
/// let error = resolve::reverse_by(&Nobody, [192, 0, 2, 1], Deadline::NEVER).unwrap_err();
/// assert_eq!(error.to_string(), "look up the name of 192.0.2.1: host not found");
/// ```
///
/// # Errors
///
/// Those of the resolver, with the address if they name none, and of [`reverse`];
/// [`ResolverUnknown`](crate::Condition::ResolverUnknown) if the resolver panics.
pub fn reverse_by<'a>(
    resolver: &(impl Resolver + Clone + 'static),
    address: impl Into<IpAddr>,
    until: impl Into<Until<'a>>,
) -> Result<String, Error> {
    ask::reverse(resolver.clone(), address.into(), until.into())
}

/// The port of a service, as the system knows it: `getaddrinfo` without a host, which reads
/// `/etc/services` and its like (RFC 6335 keeps the list).
///
/// A number is its own answer, and nobody is asked.
///
/// ```no_run
/// use std::time::Duration;
/// use usocket::resolve::{self, Transport};
///
/// assert_eq!(resolve::service("http", Transport::Tcp, Duration::from_secs(1))?, 80);
/// # Ok::<(), usocket::Error>(())
/// ```
///
/// # Errors
///
/// [`ServiceNotFound`](crate::Condition::ServiceNotFound) if there is no such service for this
/// transport, and otherwise those of [`lookup`]; [`Unsupported`](crate::Condition::Unsupported) on
/// WASI.
#[doc(alias = "getservbyname")]
pub fn service<'a>(
    name: &str,
    transport: Transport,
    until: impl Into<Until<'a>>,
) -> Result<u16, Error> {
    if let Some(port) = literal::port(name) {
        return Ok(port);
    }
    let service = name.to_owned();
    worker::run(Operation::Lookup, until.into(), move || {
        system::port(&service, transport)
    })
    .map_err(|error| ask::named(error, &name))
}

/// The name of this machine, as it was set: POSIX, `gethostname`.
///
/// It need not be a name that anybody can look up. Nobody is asked, so it needs no deadline.
///
/// ```
/// let name = usocket::resolve::host_name()?;
/// assert!(!name.is_empty());
/// # Ok::<(), usocket::Error>(())
/// ```
///
/// # Errors
///
/// [`Unsupported`](crate::Condition::Unsupported) on WASI;
/// [`ResolverUnknown`](crate::Condition::ResolverUnknown) if the name is not UTF-8.
#[doc(alias = "gethostname")]
#[doc(alias = "get-host-name")]
pub fn host_name() -> Result<String, Error> {
    crate::sys::lookup::host_name().map_err(|source| Error::from_io(Operation::Lookup, source))
}
