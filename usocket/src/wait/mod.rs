//! Waiting for several sockets at once: once, by a list, or again and again, by a set.

#[cfg(any(target_os = "linux", target_os = "android", target_os = "illumos"))]
mod epoll;
mod members;
mod native;
mod once;
mod poll;
mod set;
mod source;
#[cfg(not(target_os = "wasi"))]
mod waker;
mod watch;

pub use once::{wait_for, wait_for_each};
pub use set::WaitSet;
pub use source::{IntoMember, Source, Unbuffered};
#[cfg(not(target_os = "wasi"))] // where nobody could call it
pub use waker::Waker;
