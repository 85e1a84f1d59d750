//! How much of what was written has not arrived.

use usocket::TcpStream;

/// How many bytes were written that the other end's system has not acknowledged; `None` where the system does not tell.
///
/// Source: tcp(7) `SIOCOUTQ`, which is `TIOCOUTQ`.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[allow(unsafe_code)]
pub(crate) fn unsent(stream: &TcpStream) -> Option<usize> {
    use std::os::fd::AsRawFd;

    let mut count: libc::c_int = 0;
    // SAFETY: the descriptor is open for as long as `stream` is borrowed, and the call writes one `int` to where `count`
    // is and stays.
    let result = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &raw mut count) };
    (result == 0).then(|| usize::try_from(count).unwrap_or(0))
}

/// How many bytes were written that the other end's system has not acknowledged; `None` where the system does not tell.
///
/// Source: Apple's sys/socket.h, `SO_NWRITE`.
#[cfg(target_vendor = "apple")]
#[allow(unsafe_code)]
pub(crate) fn unsent(stream: &TcpStream) -> Option<usize> {
    use std::os::fd::AsRawFd;

    let mut count: libc::c_int = 0;
    let mut size = libc::socklen_t::try_from(size_of::<libc::c_int>()).ok()?;
    // SAFETY: the descriptor is open for as long as `stream` is borrowed, and the call writes at most `size` bytes, one
    // `int`, to where `count` is and stays.
    let result = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_NWRITE,
            (&raw mut count).cast(),
            &raw mut size,
        )
    };
    (result == 0).then(|| usize::try_from(count).unwrap_or(0))
}

/// How many bytes were written that the other end's system has not acknowledged; `None` where the system does not tell.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(crate) fn unsent(_: &TcpStream) -> Option<usize> {
    None
}
