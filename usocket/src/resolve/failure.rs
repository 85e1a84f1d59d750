//! From what a resolver said to an [`Error`].

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::condition::Condition;
use crate::error::Error;
use crate::operation::Operation;
use crate::os;
use crate::sys::lookup::{self, Failure};

impl Error {
    /// What a code of this system's `getaddrinfo` or `getnameinfo` does to `operation`: for
    /// [resolvers](crate::resolve::Resolver) of one's own, and for tests.
    ///
    /// The condition is that of [`Condition::from_resolver_code`]. On Windows, where these codes
    /// are the system's own, [`raw_os_error`](Self::raw_os_error) has the code; elsewhere they are
    /// no error numbers, and the code stands in the text of the
    /// [`source`](std::error::Error::source).
    ///
    /// ```
    /// use std::error::Error as _;
    /// use usocket::{Condition, Error, Operation};
    ///
    /// # #[cfg(any(target_env = "gnu", target_env = "musl"))] #[cfg(target_os = "linux")]
    /// # {
    /// let error = Error::from_resolver_code(Operation::Lookup, -3); // EAI_AGAIN
    /// assert_eq!(error.condition(), Condition::TryAgain);
    /// assert_eq!(error.raw_os_error(), None);
    /// assert!(error.source().unwrap().to_string().starts_with("EAI_AGAIN (-3): "));
    /// # }
    /// ```
    pub fn from_resolver_code(operation: Operation, code: i32) -> Self {
        error(operation, lookup::describe(code))
    }
}

/// The error for what the system said.
pub(super) fn error(operation: Operation, failure: Failure) -> Error {
    match failure {
        Failure::System(source) => Error::from_io(operation, source),
        Failure::Resolver { code, text } => {
            let condition = Condition::from_resolver_code(code);
            let row = os::RESOLVER.rows.iter().find(|row| row.code == code);
            let name = row.map_or("resolver's code", |row| row.name);
            because(operation, condition, format!("{name} ({code}): {text}"))
        }
    }
}

/// An error whose cause is in words.
pub(super) fn because(operation: Operation, condition: Condition, cause: String) -> Error {
    let source = io::Error::new(condition.kind(), cause);
    Error::new(operation, condition).with_source(source)
}

/// What `work` gives; that it panicked is an error as well.
pub(super) fn catch<T>(
    operation: Operation,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    // Whatever it left half done is lost with it, or its own, behind its own locks.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(panicked(operation, payload.as_ref())))
}

fn panicked(operation: Operation, payload: &(dyn Any + Send)) -> Error {
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message");
    let cause = format!("the resolver panicked: {message}");
    because(operation, Condition::ResolverUnknown, cause)
}
