//! Ending the receives of connections from outside, and then the sends too, whatever thread they wait in.
//!
//! What differs by system stands in a file named after the system. It supplies
//!
//! * `HangUp`, for any number of connections: `all` ends the receives of those that are tied to it; `cut` ends their sends,
//!   after both directions have been shut down
//! * `Tied`, what a connection keeps of it: `to` ties it, `is_over` says whether its receives have been ended, and `ended`
//!   asks so for a receive that would wait, when nothing is left to receive; `room` is asked before a send, waits in its
//!   stead, and gives how much of it the system takes without waiting

use std::time::Duration;

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "posix.rs")]
mod imp;

#[cfg(not(target_os = "wasi"))]
pub(crate) use imp::HangUp;
pub(crate) use imp::Tied;

/// How long a call waits on a connection that is tied.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(windows), allow(dead_code))] // where the call waits itself
pub(crate) enum Patience {
    /// So long, by the socket's own timeout; then it has failed.
    Own(Option<Duration>),
    /// So long, and then it looks for itself.
    Until(Option<Duration>),
}
