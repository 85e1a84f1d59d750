//! The one word for what each system calls an open socket.

#[cfg(not(windows))]
#[path = "posix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

pub(crate) use system::duplicate;
pub use system::{AsDescriptor, OwnedDescriptor};
