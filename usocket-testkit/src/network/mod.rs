//! Which network a thread is in: on Linux, each thread may be in a network namespace of its own.

#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;

pub(crate) use system::NetworkId;
