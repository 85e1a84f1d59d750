//! What imaginary hosts answer: one frame in, the frames that come back out.
//!
//! | file | holds |
//! | --- | --- |
//! | `behaviour` | what a host does with what it is sent, as data |
//! | `icmp` | the ICMP errors that a host can answer with |
//! | `network` | who answers what, and the answers |
//! | `connection` | the host's end of one TCP connection |
//!
//! Nothing here reads a clock, waits or talks to the system: the same frames at the same times get
//! the same answers.

mod behaviour;
mod connection;
mod icmp;
mod network;

#[cfg(test)]
mod tests;

pub use behaviour::{After, Ending};
pub(crate) use behaviour::{Answer, Behaviour};
pub(crate) use icmp::IcmpError;
pub(crate) use network::{HOST_MAC, Network, Outgoing};
