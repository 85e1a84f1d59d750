//! Descriptors across the border to a driver, on Linux.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

/// The number under which a process that is started from now on has it too.
pub(super) fn inheritable(descriptor: &OwnedFd) -> io::Result<i32> {
    fcntl_setfd(descriptor, FdFlags::empty())?;
    Ok(descriptor.as_raw_fd())
}

/// A socket of a process that this one has started: `pidfd_getfd(2)`, since Linux 5.6.
pub(super) fn socket_of(process: u32, descriptor: i32) -> io::Result<OwnedFd> {
    let get = || {
        let process = i32::try_from(process).ok().and_then(Pid::from_raw);
        let process = pidfd_open(process.ok_or(rustix::io::Errno::SRCH)?, PidfdFlags::empty())?;
        pidfd_getfd(process, descriptor, PidfdGetfdFlags::empty())
    };
    get().map_err(|errno| {
        let text = format!("descriptor {descriptor} of the driver cannot be reached: {errno}");
        io::Error::new(io::Error::from(errno).kind(), text)
    })
}
