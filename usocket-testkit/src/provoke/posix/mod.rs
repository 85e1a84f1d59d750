//! The recipes that every Unix has: `catalogue` has the rows, each other file the set-ups of one subject that only Unix
//! knows; what others know too is in `portable`.

pub(super) mod catalogue;
pub(super) mod descriptors;
pub(super) mod paths;
#[cfg(test)]
mod tests;
