//! Socket options, and a way to connect, that take numbers only.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;

/// `setsockopt` with a number.
pub(crate) fn set(socket: &impl AsFd, level: i32, name: i32, value: i32) -> io::Result<()> {
    // SAFETY: the descriptor is open for as long as it is borrowed, and the pointer and the length are those of a
    // number that outlives the call, which only reads it.
    let done = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            length::<i32>(),
        )
    };
    Errno::result(done)?;
    Ok(())
}

/// A few bytes.
#[allow(clippy::cast_possible_truncation)]
const fn length<T>() -> libc::socklen_t {
    size_of::<T>() as libc::socklen_t
}

/// `connect` to no address: ends the connection that a socket has (connect(2), `AF_UNSPEC`).
pub(crate) fn disconnect(socket: &impl AsFd) -> io::Result<()> {
    const FAMILY: libc::sa_family_t = 0; // AF_UNSPEC
    let nobody = libc::sockaddr {
        sa_family: FAMILY,
        sa_data: [0; 14],
    };
    // SAFETY: the descriptor is open for as long as it is borrowed, and the pointer and the length are those of an
    // address that outlives the call, which only reads it.
    let done = unsafe {
        libc::connect(
            socket.as_fd().as_raw_fd(),
            &raw const nobody,
            length::<libc::sockaddr>(),
        )
    };
    Errno::result(done)?;
    Ok(())
}
