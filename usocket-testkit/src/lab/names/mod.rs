//! A name server as data: which names there are, what is wrong with each, and the bytes that answer
//! a query.
//!
//! | file | holds |
//! | --- | --- |
//! | `name` | names, as text and as bytes |
//! | `response` | records, and what a name answers, as data |
//! | `query` | reading a query |
//! | `message` | writing an answer |
//! | `malformed` | answers that are no answers |
//! | `zone` | which name answers what |
//!
//! Enough of RFC 1035 for the resolver of a C library and for whoever asks as it does. No crate for
//! all of DNS stands behind it: reading a question and writing a handful of records is short, and
//! half of what is sent here is wrong on purpose, which such a crate exists to prevent. One stands
//! beside it in the tests, as a second opinion.

mod malformed;
mod message;
mod name;
mod query;
mod response;
mod zone;

#[cfg(test)]
mod tests;

pub use malformed::Malformed;
pub use name::{Name, NameError};
pub use response::{Fate, QueryType, Record, Response};
pub(crate) use zone::{Over, Reply, Zone};
