//! Windows: a socket is a handle of its own kind.

use std::io;

pub use std::os::windows::io::{AsSocket as AsDescriptor, OwnedSocket as OwnedDescriptor};

pub(crate) fn duplicate(socket: &impl AsDescriptor) -> io::Result<OwnedDescriptor> {
    socket.as_socket().try_clone_to_owned()
}
