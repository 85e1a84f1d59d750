//! What ends whatever the threads of a server wait for.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use super::sync::{lock, wait_while};
use crate::cancel::Cancel;
use crate::error::Error;

/// A switch that is thrown once: it ends calls on sockets, by a [`Cancel`], and pauses.
#[derive(Debug)]
pub(super) struct Halt {
    /// Gone once it is thrown: from then on only those who still make calls keep its descriptor.
    cancel: Mutex<Option<Cancel>>,
    thrown: Condvar,
}

impl Halt {
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self {
            cancel: Mutex::new(Some(Cancel::new()?)),
            thrown: Condvar::new(),
        })
    }

    /// Throws it; gives whether that is news.
    pub(super) fn throw(&self) -> bool {
        let Some(cancel) = lock(&self.cancel).take() else {
            return false;
        };
        self.thrown.notify_all();
        cancel.cancel();
        true
    }

    pub(super) fn is_thrown(&self) -> bool {
        lock(&self.cancel).is_none()
    }

    /// For calls that wait for a socket; `None` once it is thrown.
    pub(super) fn cancel(&self) -> Option<Cancel> {
        lock(&self.cancel).clone()
    }

    /// Waits that long, but no longer than until it is thrown; gives whether to go on.
    pub(super) fn pause(&self, pause: Duration) -> bool {
        let cancel = lock(&self.cancel);
        wait_while(&self.thrown, cancel, pause.into(), |cancel| {
            cancel.is_some()
        })
        .is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_when_it_is_thrown() {
        let halt = Halt::new().unwrap();
        let cancel = halt.cancel().unwrap();
        assert!(halt.pause(Duration::ZERO));
        std::thread::scope(|scope| {
            let pausing = scope.spawn(|| halt.pause(Duration::MAX));
            assert!(halt.throw());
            assert!(!pausing.join().unwrap());
        });
        assert!(!halt.throw(), "no news");
        assert!(halt.is_thrown() && halt.cancel().is_none() && cancel.is_cancelled());
    }
}
