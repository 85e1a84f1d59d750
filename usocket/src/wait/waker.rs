//! Ending a wait from another thread.

use std::sync::Arc;

use crate::sys::wake::Wake;

/// Ends a wait of a [`WaitSet`](crate::WaitSet) from another thread: see
/// [`WaitSet::waker`](crate::WaitSet::waker).
///
/// A wake is one event, and a [`Cancel`](crate::Cancel) is a state. [`wake`](Self::wake) ends one
/// wait, which succeeds with what is ready, and the one after that waits as ever: it is for "look
/// again, there is something to do". A cancel ends every call that it is given to, waits or not, with
/// an error, for good: it is for "stop".
///
/// Clones are the same waker. It may outlive its set, and then does nothing.
///
/// On WASI, which has no threads, there is no such type.
///
/// ```
/// use std::time::{Duration, Instant};
/// use usocket::WaitSet;
///
/// let set = WaitSet::<()>::new()?;
/// let waker = set.waker();
/// let thread = std::thread::spawn(move || waker.wake());
/// let begin = Instant::now();
/// assert!(set.wait(Duration::from_secs(60))?.is_empty());
/// assert!(begin.elapsed() < Duration::from_secs(60));
/// # thread.join().unwrap();
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Waker(Arc<Wake>);

impl Waker {
    pub(super) fn new(wake: Arc<Wake>) -> Self {
        Self(wake)
    }

    /// Ends one wait of the set: one that is under way, or else the next.
    ///
    /// Wakes that no wait has ended by yet are one wake. None is lost.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let set = usocket::WaitSet::<()>::new()?;
    /// set.waker().wake();
    /// assert!(set.wait(Duration::from_secs(60))?.is_empty());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn wake(&self) {
        // It writes to a descriptor of its own, and fails only if that is full, which is as good.
        let _ = self.0.set();
    }
}
