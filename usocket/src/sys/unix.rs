//! What is particular to Unix and WASI, where a socket is a file descriptor.

use std::io;

use rustix::net::{RecvFlags, SendFlags};

use super::wait::Interest;

pub(crate) use std::os::fd::{AsFd as AsHandle, OwnedFd as OwnedHandle};

/// Makes `call` with the flags that keep this one call from blocking.
pub(super) fn try_once<T>(
    _socket: &impl AsHandle,
    _interest: Interest,
    call: impl FnOnce(RecvFlags, SendFlags) -> io::Result<T>,
) -> io::Result<T> {
    call(RecvFlags::DONTWAIT, SendFlags::DONTWAIT)
}
