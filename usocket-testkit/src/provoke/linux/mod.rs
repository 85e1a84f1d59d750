//! The recipes for Linux: `catalogue` has the rows, each other file the set-ups of one subject.

// A set-up has the type of its column in the catalogue, also where nothing can go wrong.
#![allow(clippy::unnecessary_wraps)]

mod addresses;
mod arguments;
mod catalogue;
mod datagrams;
mod descriptors;
#[cfg(feature = "lab")]
mod lab;
mod names;
mod options;
mod paths;
mod queues;
mod refusals;
mod resets;
mod silence;
mod sockets;
mod states;

pub(super) use catalogue::CATALOGUE;

/// Nothing keeps the recipes away here.
pub(super) const NOT_HERE: Option<&str> = None;
