//! How a server ends the receives of the connections that it has handed out, whatever thread they wait in.
//!
//! What differs by system stands in a file named after the system. It supplies
//!
//! * `Leash`, one of a server's: `tie` for each connection, `wakes` for what waits for many of them, and `end`
//! * `Tied`, what a connection keeps of it: `is_over` says whether it has been ended, and `ended` does so of a receive that
//!   would wait, when there is nothing left

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "posix.rs")]
mod imp;

pub(crate) use imp::{Leash, Tied};
