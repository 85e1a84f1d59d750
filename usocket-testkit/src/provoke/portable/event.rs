//! The events that scenes wait for, and one wait.

#[cfg(not(windows))]
#[path = "event/posix.rs"]
mod system;
#[cfg(windows)]
#[path = "event/windows.rs"]
mod system;

pub(super) use system::poll;

/// What to wait for, beside an error or a hang-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::provoke) enum Event {
    /// Something to receive or to accept.
    Readable,
    /// Room to send, or the end of a connect.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Writable,
    /// Nothing else.
    Trouble,
}
