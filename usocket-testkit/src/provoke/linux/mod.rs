//! The recipes for Linux: `catalogue` has the rows, each other file the set-ups of one subject.

// A set-up has the type of its column in the catalogue, also where nothing can go wrong.
#![allow(clippy::unnecessary_wraps)]

mod addresses;
mod ambush;
mod arguments;
mod catalogue;
mod datagrams;
mod descriptors;
#[cfg(feature = "lab")]
mod lab;
mod limits;
mod listeners;
mod names;
mod options;
mod paths;
mod queues;
mod refusals;
mod resets;
mod silence;
mod sockets;
mod states;
mod transfers;
mod waiting;

pub(super) use catalogue::CATALOGUE;

/// Nothing keeps the recipes away here.
pub(super) const NOT_HERE: Option<&str> = None;
