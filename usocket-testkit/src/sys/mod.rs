//! Questions to the system that no library asks safely.

pub(crate) mod unsent;
