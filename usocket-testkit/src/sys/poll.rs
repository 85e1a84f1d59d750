//! `WSAPoll` of one socket.

use std::io;
use std::os::windows::io::{AsRawSocket, AsSocket};
use std::time::Duration;

use windows_sys::Win32::Networking::WinSock::{SOCKET_ERROR, WSAPOLLFD, WSAPoll};

/// Whether one of these events, an error or a hang-up came in this time.
///
/// Source: Microsoft, "`WSAPoll` function (winsock2.h)".
pub(crate) fn poll(socket: &impl AsSocket, events: i16, time: Duration) -> io::Result<bool> {
    let borrowed = socket.as_socket();
    let mut entry = WSAPOLLFD {
        fd: usize::try_from(borrowed.as_raw_socket()).map_err(io::Error::other)?,
        events,
        revents: 0,
    };
    let milliseconds = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: the one entry lives until the call has returned, and its socket is open for as long as it is borrowed.
    match unsafe { WSAPoll(&raw mut entry, 1, milliseconds) } {
        SOCKET_ERROR => Err(io::Error::last_os_error()),
        ready => Ok(ready > 0),
    }
}
