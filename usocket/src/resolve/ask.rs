//! Asking a resolver, whoever wrote it: only for what needs asking, until the call's end and no
//! longer, and with an answer that fits the question.

use std::net::IpAddr;

use super::lookup::Lookup;
use super::query::Query;
use super::resolver::Resolver;
use super::{literal, system, worker};
use crate::cancel::Until;
use crate::condition::Condition;
use crate::error::Error;
use crate::operation::Operation;

/// What `resolver` answers to `query`: at least one address, or an error that names the host.
pub(super) fn resolve(
    resolver: impl Resolver + 'static,
    query: &Query,
    until: Until<'_>,
) -> Result<Lookup, Error> {
    let answer = if let Some(answer) = literal::answer(query) {
        answer.and_then(|lookup| lookup.answering(query))
    } else {
        let (query, deadline) = (query.clone(), until.deadline());
        worker::run(Operation::Lookup, until, move || {
            let query = system::numbered(query)?;
            literal::answer(&query)
                .unwrap_or_else(|| resolver.resolve(&query, deadline))?
                .answering(&query)
        })
    };
    answer.map_err(|error| named(error, query))
}

/// What `resolver` calls the host of `address`: a name, or an error that names the address.
pub(super) fn reverse(
    resolver: impl Resolver + 'static,
    address: IpAddr,
    until: Until<'_>,
) -> Result<String, Error> {
    let deadline = until.deadline();
    let answer = worker::run(Operation::ReverseLookup, until, move || {
        resolver.reverse(address, deadline)
    });
    match answer {
        Ok(name) if name.is_empty() => Err(Error::new(
            Operation::ReverseLookup,
            Condition::HostNotFound,
        )),
        answer => answer,
    }
    .map_err(|error| named(error, &address))
}

/// The error with what was asked for, unless the resolver has said it better.
pub(super) fn named(error: Error, target: &impl ToString) -> Error {
    match error.host() {
        Some(_) => error,
        None => error.with_host(&target.to_string()),
    }
}
