//! Portable sockets in which every failure is one typed condition.

#![forbid(unsafe_code)]

mod condition;
mod operation;
mod os;

pub use condition::{Class, Condition};
pub use operation::{Operation, UnknownName};
