//! Wait for readiness.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::AsHandle;
use super::wake::Wake;
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
    /// Somebody called the wait off; the socket may be ready too.
    Woken,
    /// The time ran out.
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
    let socket = PollFd::new(socket, flags(interest));
    let (ready, woken) = match wake {
        None => (poll(&mut [socket], timeout.as_ref())?, false),
        Some(wake) => {
            let fds = &mut [socket, PollFd::new(wake.handle(), PollFlags::IN)];
            (poll(fds, timeout.as_ref())?, !fds[1].revents().is_empty())
        }
    };
    Ok(match (ready, woken) {
        (_, true) => Ready::Woken,
        (0, false) => Ready::TimedOut,
        (_, false) => Ready::Socket,
    })
}

/// What a wait for several sockets ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AnyReady {
    /// These are ready, or have an error to tell: by their places, in order.
    Sockets(Vec<usize>),
    /// Somebody called the wait off.
    Woken,
    /// The time ran out.
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
    if let Some(wake) = wake {
        fds.push(PollFd::new(wake.handle(), PollFlags::IN));
    }
    poll(&mut fds, timespec(timeout).as_ref())?;
    if fds.len() > sockets.len() && !fds[sockets.len()].revents().is_empty() {
        return Ok(AnyReady::Woken);
    }
    let is_ready = |place: &usize| !fds[*place].revents().is_empty();
    let ready: Vec<_> = (0..sockets.len()).filter(is_ready).collect();
    Ok(if ready.is_empty() {
        AnyReady::TimedOut
    } else {
        AnyReady::Sockets(ready)
    })
}

fn flags(interest: Interest) -> PollFlags {
    match interest {
        Interest::Readable => PollFlags::IN,
        Interest::Writable => PollFlags::OUT,
    }
}

/// `None`, which is for ever, for more than the clock can count too.
fn timespec(timeout: Option<Duration>) -> Option<Timespec> {
    timeout.and_then(|timeout| Timespec::try_from(timeout).ok())
}
