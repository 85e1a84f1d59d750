//! Whoever can be asked.

use std::net::IpAddr;
use std::sync::Arc;

use super::lookup::Lookup;
use super::query::Query;
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::operation::Operation;

/// Who knows the addresses of hosts: the [system](super::SystemResolver), or anybody else.
///
/// A resolver is asked by [`lookup_by`](super::lookup_by), which does what every resolver would
/// else have to do itself: hosts that are addresses are not asked for, nor are services; the call
/// ends by its deadline even if the resolver does not; a resolver that panics gives an error;
/// addresses of a family that was not wanted are left out, and a port that is zero becomes the
/// query's.
///
/// ```
/// use std::time::Duration;
/// use usocket::resolve::{self, Lookup, Query, Resolver};
/// use usocket::{Condition, Deadline, Error, Host, Operation};
///
/// /// A table, for tests.
/// #[derive(Clone)]
/// struct Table;
///
/// impl Resolver for Table {
///     fn resolve(&self, query: &Query, _deadline: Deadline) -> Result<Lookup, Error> {
///         match &query.host {
///             Host::Name(name) if **name == *"db.internal" => {
///                 Ok(Lookup::new([([127, 0, 0, 7], 0).into()]))
///             }
///             _ => Err(Error::new(Operation::Lookup, Condition::HostNotFound)),
///         }
///     }
/// }
///
/// let lookup = resolve::lookup_by(&Table, "db.internal:5432", Duration::from_secs(1))?;
/// assert_eq!(lookup.first(), Some(([127, 0, 0, 7], 5432).into()));
///
/// let error = resolve::lookup_by(&Table, "example.org", Duration::from_secs(1)).unwrap_err();
/// assert_eq!(error.to_string(), "look up example.org: host not found");
/// # Ok::<(), usocket::Error>(())
/// ```
pub trait Resolver: Send + Sync {
    /// The addresses of the query's host, the best first.
    ///
    /// The host is a name, and the port, if there is one, a number; so it is at least in what
    /// [`lookup_by`](super::lookup_by) asks. The deadline is for those who can give up in time;
    /// nobody waits longer for the answer.
    ///
    /// # Errors
    ///
    /// Any; [`Error::from_resolver_code`] makes one from a code of `getaddrinfo`. The host is added
    /// to an error that names none.
    fn resolve(&self, query: &Query, deadline: Deadline) -> Result<Lookup, Error>;

    /// The name of the host that has this address.
    ///
    /// # Errors
    ///
    /// Any. Unless it is overridden:
    /// [`OperationNotSupported`](Condition::OperationNotSupported).
    fn reverse(&self, address: IpAddr, deadline: Deadline) -> Result<String, Error> {
        let _ = (address, deadline);
        Err(Error::new(
            Operation::ReverseLookup,
            Condition::OperationNotSupported,
        ))
    }
}

macro_rules! resolver_behind {
    ($($pointer:ty),*) => {$(
        impl<R: Resolver + ?Sized> Resolver for $pointer {
            fn resolve(&self, query: &Query, deadline: Deadline) -> Result<Lookup, Error> {
                (**self).resolve(query, deadline)
            }

            fn reverse(&self, address: IpAddr, deadline: Deadline) -> Result<String, Error> {
                (**self).reverse(address, deadline)
            }
        }
    )*};
}

resolver_behind!(&R, Box<R>, Arc<R>);
