//! Where a socket is a file descriptor: Unix and WASI.

use std::io;

use rustix::event::{PollFd, PollFlags, Timespec};

use crate::interest::Readiness;

pub(crate) use std::os::fd::{
    AsFd as AsHandle, BorrowedFd as BorrowedHandle, OwnedFd as OwnedHandle, RawFd as RawHandle,
};

/// The socket's handle.
pub(crate) fn borrowed(socket: &impl AsHandle) -> BorrowedHandle<'_> {
    socket.as_fd()
}

/// The handle's number.
pub(crate) fn raw(handle: BorrowedHandle<'_>) -> RawHandle {
    std::os::fd::AsRawFd::as_raw_fd(&handle)
}

/// `poll(2)`; `only_output` tells at which places nothing but room to send is waited for.
///
/// WASI can call a datagram socket readable that is not: whoever is told so tries, and waits again.
pub(in crate::sys) fn poll(
    fds: &mut [PollFd<'_>],
    _only_output: impl Fn(usize) -> bool,
    timeout: Option<&Timespec>,
) -> io::Result<()> {
    rustix::event::poll(fds, timeout)?;
    Ok(())
}

/// What a hang-up says that was told with these flags: both directions have ended.
pub(in crate::sys) fn hung_up(_flags: PollFlags) -> Readiness {
    Readiness::ENDED
}
