//! Wait for readiness.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};

use super::wake::Wake;
use super::{AsHandle, imp};
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

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// The socket is ready, or has an error to tell.
    Socket,
    /// Somebody called the wait off.
    Woken,
    /// The time ran out, or [`LONGEST`] of it.
    TimedOut,
}

/// `poll(2)` of one socket, and of what may call the wait off.
pub(crate) fn wait(
    socket: &impl AsHandle,
    interest: Interest,
    wake: Option<&Wake>,
    timeout: Option<Duration>,
) -> io::Result<Ready> {
    seam::pass(Operation::Wait, None)?;
    let timeout = timespec(timeout);
    let only_output = |place| place == 0 && interest == Interest::Writable;
    let socket = PollFd::new(socket, flags(interest));
    let (ready, woken) = match wake.and_then(Wake::poll_fd) {
        None => {
            let fds = &mut [socket];
            imp::poll(fds, only_output, timeout.as_ref())?;
            (is_ready(&fds[0]), false)
        }
        Some(wake) => {
            let fds = &mut [socket, wake];
            imp::poll(fds, only_output, timeout.as_ref())?;
            (is_ready(&fds[0]), is_ready(&fds[1]))
        }
    };
    Ok(match (ready, woken) {
        // A call that was called off still does what can be done at once.
        (true, _) => Ready::Socket,
        (false, true) => Ready::Woken,
        (false, false) => Ready::TimedOut,
    })
}

/// What a wait for several sockets ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AnyReady {
    /// These are ready, or have an error to tell: by their places, in order.
    Sockets(Vec<usize>),
    /// Somebody called the wait off.
    Woken,
    /// The time ran out, or [`LONGEST`] of it.
    TimedOut,
}

/// `poll(2)` of several sockets, and of what may call the wait off.
pub(crate) fn wait_any(
    sockets: &[&impl AsHandle],
    interest: Interest,
    wake: Option<&Wake>,
    timeout: Option<Duration>,
) -> io::Result<AnyReady> {
    seam::pass(Operation::Wait, None)?;
    let mut fds: Vec<_> = sockets
        .iter()
        .map(|socket| PollFd::new(*socket, flags(interest)))
        .collect();
    fds.extend(wake.and_then(Wake::poll_fd));
    let only_output = |place| place < sockets.len() && interest == Interest::Writable;
    imp::poll(&mut fds, only_output, timespec(timeout).as_ref())?;
    let ready = |place: &usize| fds.get(*place).is_some_and(is_ready);
    let sockets_ready: Vec<_> = (0..sockets.len()).filter(ready).collect();
    Ok(if !sockets_ready.is_empty() {
        AnyReady::Sockets(sockets_ready)
    } else if ready(&sockets.len()) {
        AnyReady::Woken
    } else {
        AnyReady::TimedOut
    })
}

/// What is told of one socket, without waiting: part of a call that is a transfer.
#[cfg(windows)]
pub(super) fn told_now(socket: &impl AsHandle, interest: Interest) -> io::Result<PollFlags> {
    let fds = &mut [PollFd::new(socket, flags(interest))];
    let only_output = |_| interest == Interest::Writable;
    imp::poll(fds, only_output, timespec(Some(Duration::ZERO)).as_ref())?;
    Ok(fds[0].revents())
}

fn is_ready(fd: &PollFd<'_>) -> bool {
    !fd.revents().is_empty()
}

fn flags(interest: Interest) -> PollFlags {
    match interest {
        Interest::Readable => PollFlags::IN,
        Interest::Writable => PollFlags::OUT,
    }
}

/// The longest wait of one call: some systems count its milliseconds in 31 bits.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// At most the longest wait; `None` is for ever.
pub(super) fn timespec(timeout: Option<Duration>) -> Option<Timespec> {
    timeout.and_then(|timeout| Timespec::try_from(timeout.min(LONGEST)).ok())
}
