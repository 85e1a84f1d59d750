//! What is particular to Windows, where a socket is a handle of its own kind.

use std::io;

use rustix::net::{RecvFlags, SendFlags};
use windows_sys::Win32::Networking::WinSock::WSAEWOULDBLOCK;

use super::wait::{Interest, wait};

pub(crate) use std::os::windows::io::{AsSocket as AsHandle, OwnedSocket as OwnedHandle};

/// Makes `call` if the socket is ready for it: Winsock has no flag that keeps one call from
/// blocking.
pub(super) fn try_once<T>(
    socket: &impl AsHandle,
    interest: Interest,
    call: impl FnOnce(RecvFlags, SendFlags) -> io::Result<T>,
) -> io::Result<T> {
    if wait(socket, interest, Some(std::time::Duration::ZERO))? {
        call(RecvFlags::empty(), SendFlags::empty())
    } else {
        Err(io::Error::from_raw_os_error(WSAEWOULDBLOCK))
    }
}
