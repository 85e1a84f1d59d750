//! What watches the members of a set for it.

use std::io;
use std::time::Duration;

use super::source::Held;
use crate::interest::{Interest, Readiness};
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
