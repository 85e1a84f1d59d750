//! What watches the members of a set for it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::interest::{Interest, Readiness};
use super::source::Held;
use crate::sys::wake::Wake;

/// The number of the waker among those of the members.
pub(super) const WAKER: u64 = u64::MAX;

/// Watches sockets, each under a number of its own, and the set's waker under [`WAKER`].
///
/// All calls may be made while other threads wait, which see the change at once. An event can be told
/// of a member that was removed or changed while the wait that tells it was ending; whoever is told
/// looks whether the number is still one of a member.
pub(super) trait Watch<'a>: Send + Sync {
    fn add(&self, held: &Held<'a>, number: u64, interest: Interest) -> io::Result<()>;
    fn modify(&self, held: &Held<'a>, number: u64, interest: Interest) -> io::Result<()>;
    fn remove(&self, held: &Held<'a>, number: u64) -> io::Result<()>;

    /// Waits once, until an event, a change, the cancel or the time, and tells the events.
    fn wait(
        &self,
        cancel: Option<&Wake>,
        timeout: Option<Duration>,
        tell: &mut dyn FnMut(u64, Readiness),
    ) -> io::Result<()>;
}

/// The best that this system has.
pub(super) fn native<'a>(waker: Arc<Wake>) -> io::Result<Box<dyn Watch<'a> + 'a>> {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "illumos"))]
    {
        Ok(Box::new(super::epoll::EpollWatch::new(waker)?))
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "illumos")))]
    {
        poll(waker)
    }
}

/// What every system has.
pub(super) fn poll<'a>(waker: Arc<Wake>) -> io::Result<Box<dyn Watch<'a> + 'a>> {
    Ok(Box::new(super::poll::PollWatch::new(waker)?))
}
