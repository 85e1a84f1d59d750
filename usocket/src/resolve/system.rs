//! The system's own resolver.

use std::net::IpAddr;

use socket2::{Domain, Type};

use super::lookup::Lookup;
use super::query::{Family, Query, Transport};
use super::resolver::Resolver;
use super::worker;
use super::{failure, literal};
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::endpoint::{Host, Port};
use crate::error::Error;
use crate::operation::Operation;
use crate::sys;
use crate::sys::lookup::Hints;

/// The system's resolver: `getaddrinfo` and `getnameinfo` of POSIX and RFC 3493, with whatever this
/// machine is set up to ask, be it `/etc/hosts`, DNS or a directory.
///
/// It keeps deadlines also when it is asked directly, as [`lookup`](super::lookup) does. Names are
/// passed on as they are written; one that is not ASCII has to be in the form of RFC 3492
/// (`xn--…`) for most systems.
///
/// ```
/// use std::time::Duration;
/// use usocket::resolve::{Query, Resolver, SystemResolver};
///
/// let query = Query::new("127.0.0.1:80")?;
/// let lookup = SystemResolver.resolve(&query, Duration::from_secs(1).into())?;
/// assert_eq!(lookup.first(), Some(([127, 0, 0, 1], 80).into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "there is one system")]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    /// As [`lookup`](super::lookup).
    fn resolve(&self, query: &Query, deadline: Deadline) -> Result<Lookup, Error> {
        if let Some(answer) = literal::answer(query) {
            return answer;
        }
        let query = query.clone();
        worker::run(Operation::Lookup, deadline.into(), move || ask(query))
    }

    /// As [`reverse`](super::reverse).
    fn reverse(&self, address: IpAddr, deadline: Deadline) -> Result<String, Error> {
        worker::run(Operation::ReverseLookup, deadline.into(), move || {
            sys::lookup::name(address)
                .map_err(|failure| failure::error(Operation::ReverseLookup, failure))
        })
    }
}

/// Asks the system, on this thread.
fn ask(query: Query) -> Result<Lookup, Error> {
    let query = numbered(query)?;
    if let Some(answer) = literal::answer(&query) {
        return answer;
    }
    let Host::Name(name) = &query.host else {
        // Every other host is its own answer.
        return Err(Error::new(Operation::Lookup, Condition::HostNotFound));
    };
    let hints = Hints {
        domain: match query.family {
            Family::Any => None,
            Family::V4 => Some(Domain::IPV4),
            Family::V6 => Some(Domain::IPV6),
        },
        kind: kind(query.transport),
        address_config: query.address_config,
        canonical_name: query.canonical_name,
    };
    let found = sys::lookup::addresses(name, hints)
        .map_err(|failure| failure::error(Operation::Lookup, failure))?;
    let lookup = Lookup::new(found.addresses);
    match found.canonical_name {
        Some(name) => lookup.with_canonical_name(&name),
        None => lookup,
    }
    .answering(&query)
}

/// The query with a number for the port, if it had a service's name for it.
///
/// The service is looked up by itself: asked for both at once, not every system says whether it was
/// the host or the service that it did not find.
pub(super) fn numbered(query: Query) -> Result<Query, Error> {
    Ok(match &query.port {
        Some(Port::Service(name)) => Query {
            port: Some(Port::Number(port(name, query.transport)?)),
            ..query
        },
        _ => query,
    })
}

/// The port of a service.
pub(super) fn port(service: &str, transport: Transport) -> Result<u16, Error> {
    if let Some(port) = literal::port(service) {
        return Ok(port);
    }
    // C libraries read what has no letter as a number, as `strtoul` does: "-1" and "65616" too.
    if !service.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Err(Error::new(Operation::Lookup, Condition::ServiceNotFound));
    }
    sys::lookup::port(service, kind(transport)).map_err(|failure| {
        let said = failure::error(Operation::Lookup, failure);
        match said.condition() {
            // It is not a host that is missing: none was asked for. This is what KAME's resolver,
            // and so Apple's and the BSDs', says for a service too.
            Condition::HostNotFound => failure::because(
                Operation::Lookup,
                Condition::ServiceNotFound,
                format!("the system knows no service {service:?}"),
            ),
            _ => said,
        }
    })
}

fn kind(transport: Transport) -> Type {
    match transport {
        Transport::Tcp => Type::STREAM,
        Transport::Udp => Type::DGRAM,
    }
}
