//! Windows: a shutdown wakes nobody who waits in a receive, and makes a later one fail. So who receives on such a
//! connection waits for it and for the end at once, and gets what came before.
//!
//! Source: Microsoft, "shutdown function (winsock2.h)", which promises nothing for calls under way; std's own tests leave
//! that case out on Windows.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::retry::retry;
use crate::sys::AsHandle;
use crate::sys::wait::{Interest, Ready, wait};
use crate::sys::wake::Wake;

#[derive(Clone, Debug)]
pub(crate) struct HangUp(Arc<End>);

#[derive(Debug)]
struct End {
    over: AtomicBool,
    wake: Wake,
}

impl HangUp {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(End {
            over: AtomicBool::new(false),
            wake: Wake::new()?,
        })))
    }

    pub(crate) fn all<'a, S: AsHandle + 'a>(&self, _: impl Iterator<Item = &'a S>) {
        self.0.over.store(true, Ordering::SeqCst);
        // One message to a socket of its own: it fails only if that is full, which is as good.
        let _ = self.0.wake.set();
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tied(OnceLock<HangUp>);

impl Tied {
    pub(crate) fn to(&self, hang_up: &HangUp) {
        // A connection has one server, and is handed out once.
        let _ = self.0.set(hang_up.clone());
    }

    pub(crate) fn is_over(&self) -> bool {
        let over = |hang_up: &HangUp| hang_up.0.over.load(Ordering::SeqCst);
        self.0.get().is_some_and(over)
    }

    /// Waits until there is something to receive, or somebody hangs up; gives whether that is so and nothing is left to
    /// receive. When the time is over, the call is to say so itself.
    pub(crate) fn ended(
        &self,
        socket: &impl AsHandle,
        timeout: impl FnOnce() -> Option<Duration>,
    ) -> io::Result<bool> {
        let Some(HangUp(end)) = self.0.get() else {
            return Ok(false);
        };
        let timeout = timeout();
        loop {
            match retry(|| wait(socket, Interest::Readable, Some(&end.wake), timeout))? {
                Ready::Socket => return Ok(false),
                Ready::Woken => return Ok(true),
                Ready::TimedOut if timeout.is_some() => return Ok(false),
                // One call waits for a day at most.
                Ready::TimedOut => {}
            }
        }
    }
}
