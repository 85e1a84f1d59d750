//! Where a look-up runs if there are no threads: in the caller's, for as long as it takes.

use super::failure;
use crate::cancel::Until;
use crate::error::Error;
use crate::operation::Operation;

/// What `work` gives.
pub(crate) fn run<T>(
    operation: Operation,
    _until: Until<'_>,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    failure::catch(operation, work)
}
