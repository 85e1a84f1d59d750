//! Descriptors across the border to a driver, where no way to do it is known yet.

use std::io;

use usocket_testkit::OwnedDescriptor;

fn not_here() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "descriptors go to drivers and back on Linux only",
    )
}

pub(super) fn inheritable(_: &OwnedDescriptor) -> io::Result<i32> {
    Err(not_here())
}

pub(super) fn socket_of(_: u32, _: i32) -> io::Result<OwnedDescriptor> {
    Err(not_here())
}
