//! The numbers that arguments are made of, as this system has them.

#[cfg(not(windows))]
#[path = "numbers/posix.rs"]
mod system;
#[cfg(windows)]
#[path = "numbers/windows.rs"]
mod system;

pub(super) use system::*;
