//! Ending the receives of connections from outside, whatever thread they wait in.
//!
//! What differs by system stands in a file named after the system. It supplies
//!
//! * `HangUp`, for any number of connections: `all` ends the receives of those that are tied to it
//! * `Tied`, what a connection keeps of it: `to` ties it, `is_over` says whether its receives have been ended, and `ended`
//!   asks so for a receive that would wait, when nothing is left to receive

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "posix.rs")]
mod imp;

#[cfg(not(target_os = "wasi"))]
pub(crate) use imp::HangUp;
pub(crate) use imp::Tied;
