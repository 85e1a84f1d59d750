//! Values that tests need, found instead of assumed.
//!
//! Each comes with a [`Certainty`](crate::Certainty) and with evidence, a sentence on what the
//! certainty rests on. Nothing here sends a packet anywhere but to this machine itself.

mod ipv6;
mod port;

pub use ipv6::{Ipv6, Ipv6Reach, ipv6};
pub use port::{PortLease, unused_port};
