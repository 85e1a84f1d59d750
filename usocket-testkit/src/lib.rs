#![doc = include_str!("../README.md")]
// Blocks of unsafe code will stand in `lab`, `faults` and `sys` only, each allowed by name; everything else is safe.
#![deny(unsafe_code)]

mod certainty;
mod descriptor;
pub mod discover;
mod errno;
#[cfg(feature = "rstest")]
pub mod fixtures;
#[cfg(feature = "lab")]
pub mod guide;
#[cfg(feature = "lab")]
pub mod lab;
mod network;
mod protocol;
pub mod provoke;
#[cfg(all(feature = "proxy", not(target_os = "wasi")))] // where there are no threads
pub mod proxy;
#[cfg(all(feature = "proxy", not(target_os = "wasi")))]
mod sys;
#[cfg(feature = "proptest")]
pub mod strategies;
mod way;

pub use certainty::Certainty;
pub use descriptor::{AsDescriptor, OwnedDescriptor};
pub use discover::PortLease;
pub use errno::{Errno, UnknownErrno};
#[cfg(feature = "lab")]
pub use lab::Lab;
pub use protocol::{Protocol, UnknownProtocol};
pub use provoke::{Scene, Unavailable, provoke};
#[cfg(all(feature = "proxy", not(target_os = "wasi")))]
pub use proxy::Proxy;
pub use way::Way;

pub use usocket::{Condition, Operation};
