//! Waking a thread that waits: a descriptor that becomes readable and stays so until it is reset.

use std::io;

use rustix::event::PollFd;
#[cfg(not(target_os = "wasi"))]
use rustix::event::PollFlags;

use super::imp;

/// Not readable until it is set, readable from then on, unless somebody resets it.
#[derive(Debug)]
pub(crate) struct Wake(imp::Wake);

impl Wake {
    pub(crate) fn new() -> io::Result<Self> {
        imp::Wake::new().map(Self)
    }

    /// Makes it readable. Doing so again changes nothing.
    pub(crate) fn set(&self) -> io::Result<()> {
        self.0.set()
    }

    /// Makes it as it was before: whether it had been set. Of threads that do so at once, one is told
    /// so.
    pub(crate) fn reset(&self) -> io::Result<bool> {
        self.0.reset()
    }

    /// What `poll` waits for; nothing where nobody can set it.
    #[allow(clippy::unnecessary_wraps, clippy::unused_self)] // as on the other systems
    pub(super) fn poll_fd(&self) -> Option<PollFd<'_>> {
        #[cfg(not(target_os = "wasi"))]
        return Some(PollFd::new(self.handle(), PollFlags::IN));
        #[cfg(target_os = "wasi")]
        None
    }

    /// What to wait for.
    #[cfg(not(target_os = "wasi"))]
    pub(super) fn handle(&self) -> &imp::WakeHandle {
        self.0.handle()
    }
}

#[cfg(all(test, not(target_os = "wasi")))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sys::wait::{Interest, Ready, wait};

    fn is_set(wake: &Wake) -> bool {
        let now = Some(Duration::ZERO);
        wait(wake.handle(), Interest::Readable, None, now).unwrap() == Ready::Socket
    }

    #[test]
    fn it_is_set_until_it_is_reset_however_often_it_was_set() {
        let wake = Wake::new().unwrap();
        for times in [1, 2, 1000] {
            assert!(!is_set(&wake));
            assert!(!wake.reset().unwrap());
            (0..times).for_each(|_| wake.set().unwrap());
            assert!(is_set(&wake));
            assert!(is_set(&wake));
            assert!(wake.reset().unwrap());
        }
        assert!(!wake.reset().unwrap());
    }
}
