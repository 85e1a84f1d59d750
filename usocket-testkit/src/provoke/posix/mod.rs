//! The recipes that every Unix has: `catalogue` has the rows, each other file the set-ups of one subject that only Unix
//! knows; what others know too is in `portable`.

// Linux has rows of its own for some of them.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

pub(super) mod catalogue;
pub(super) mod descriptors;
pub(super) mod paths;
#[cfg(test)]
mod tests;
