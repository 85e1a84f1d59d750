//! Hosts that are addresses, and services that are numbers: nobody is asked for them.

use std::net::{SocketAddr, SocketAddrV6};

use super::failure;
use super::lookup::Lookup;
use super::query::Query;
use crate::condition::Condition;
use crate::endpoint::{Host, Port};
use crate::error::Error;
use crate::operation::Operation;
use crate::sys;

/// The answer to a query that needs no resolver; `None` if it needs one.
pub(super) fn answer(query: &Query) -> Option<Result<Lookup, Error>> {
    let port = match &query.port {
        Some(Port::Number(port)) => *port,
        Some(Port::Service(_)) => return None,
        None => 0,
    };
    let address = address(&query.host, port)?;
    Some(address.map(|address| found(address, query)))
}

/// The address of a host that is one, with this port; `None` if it is a name.
fn address(host: &Host, port: u16) -> Option<Result<SocketAddr, Error>> {
    match host {
        Host::Addr(address) => Some(Ok(SocketAddr::new(*address, port))),
        Host::Zoned { address, zone } => {
            let scoped = |scope| SocketAddrV6::new(*address, port, 0, scope).into();
            Some(scope(zone).map(scoped))
        }
        Host::Name(_) => None,
    }
}

/// The port of a service whose name is a number.
pub(super) fn port(service: &str) -> Option<u16> {
    let digits = service.bytes().all(|byte| byte.is_ascii_digit());
    service.parse().ok().filter(|_| digits)
}

/// The answer of one address.
fn found(address: SocketAddr, query: &Query) -> Lookup {
    let lookup = Lookup::new([address]);
    if query.canonical_name {
        // What POSIX wants where a host has no other name.
        let host = Query {
            port: None,
            ..query.clone()
        };
        return lookup.with_canonical_name(&host.to_string());
    }
    lookup
}

/// A zone is the number of an interface, or its name.
fn scope(zone: &str) -> Result<u32, Error> {
    if let Ok(number) = zone.parse() {
        return Ok(number);
    }
    sys::lookup::interface(zone).map_err(|failure| {
        let error = failure::error(Operation::Lookup, failure);
        match error.condition() {
            // It is not the host that is missing.
            Condition::HostNotFound => failure::because(
                Operation::Lookup,
                Condition::NotFound,
                format!("no interface of this machine is named {zone:?}"),
            ),
            _ => error,
        }
    })
}
