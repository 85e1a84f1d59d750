//! Values that tests need, found instead of assumed.
//!
//! Each comes with a [`Certainty`](crate::Certainty) and with evidence, a sentence on what the
//! certainty rests on. Nothing here sends a packet anywhere but to this machine itself, with one
//! exception that has to be called by its name: [`absent_host_nearby()`].

mod absent_host;
mod ipv6;
mod port;
#[cfg(not(target_os = "wasi"))] // where usocket looks no names up
mod resolved_name;

pub use absent_host::{
    AbsentHost, NoAbsentHost, NoAbsentHostKind, absent_host, absent_host_nearby,
};
pub use ipv6::{Ipv6, Ipv6Reach, ipv6};
pub use port::{OtherNetwork, PortLease, unused_port};
#[cfg(not(target_os = "wasi"))]
pub use resolved_name::{ResolvedName, resolved_name};
