//! Wait for readiness.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};

use super::AsHandle;
use crate::operation::Operation;
use crate::seam;

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Something can be received or accepted without blocking.
    Readable,
    /// Something can be sent without blocking, or a connect has completed.
    Writable,
}

/// `poll(2)` of one socket: whether it became ready, or has an error to tell, before the time ran
/// out.
pub(crate) fn wait(
    socket: &impl AsHandle,
    interest: Interest,
    timeout: Option<Duration>,
) -> io::Result<bool> {
    seam::pass(Operation::Wait, None)?;
    let flags = match interest {
        Interest::Readable => PollFlags::IN,
        Interest::Writable => PollFlags::OUT,
    };
    // More than the clock can count is for ever.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let ready = rustix::event::poll(&mut [PollFd::new(socket, flags)], timeout.as_ref())?;
    Ok(ready > 0)
}
