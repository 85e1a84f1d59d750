//! POSIX: a socket is a file descriptor.

use std::io;

pub use std::os::fd::{AsFd as AsDescriptor, OwnedFd as OwnedDescriptor};

pub(crate) fn duplicate(socket: &impl AsDescriptor) -> io::Result<OwnedDescriptor> {
    socket.as_fd().try_clone_to_owned()
}
