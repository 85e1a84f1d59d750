//! Set-ups that need nothing but the sockets API, and so work on every system.

// Each system's catalogue has rows for some of them.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

pub(super) mod addresses;
pub(super) mod arguments;
pub(super) mod datagrams;
mod event;
pub(super) mod listeners;
pub(super) mod names;
mod numbers;
pub(super) mod options;
pub(super) mod refusals;
pub(super) mod resets;
pub(super) mod silence;
pub(super) mod sockets;
pub(super) mod states;
pub(super) mod transfers;
