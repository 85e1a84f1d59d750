#![doc = include_str!("../README.md")]
// Blocks of unsafe code stand in `lab`, `faults` and `sys` only, each allowed by name; everything else is safe.
#![deny(unsafe_code)]

mod certainty;
mod descriptor;
pub mod discover;
mod errno;
#[cfg(any(all(target_os = "linux", feature = "lab"), feature = "faults"))]
mod exempt;
#[cfg(feature = "faults")]
pub mod faults;
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
#[cfg(all(target_os = "linux", any(feature = "lab", feature = "faults")))]
#[cfg_attr(not(feature = "lab"), allow(dead_code))] // rules need certain processors
mod skip;
#[cfg(feature = "proptest")]
pub mod strategies;
mod sys;
mod way;

pub use certainty::Certainty;
pub use descriptor::{AsDescriptor, OwnedDescriptor};
pub use discover::PortLease;
pub use errno::{Errno, UnknownErrno};
#[cfg(feature = "faults")]
pub use faults::Faults;
#[cfg(feature = "lab")]
pub use lab::Lab;
pub use protocol::{Protocol, UnknownProtocol};
pub use provoke::{Scene, Unavailable, provoke};
#[cfg(all(feature = "proxy", not(target_os = "wasi")))]
pub use proxy::Proxy;
pub use way::Way;

pub use usocket::{Condition, Operation};
