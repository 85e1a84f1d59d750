//! Windows: a shutdown wakes nobody who waits in a receive, and makes a later one fail. So who receives on such a
//! connection waits for it and for the end at once, and gets what came before. Nor does it wake who waits in a send: that
//! is sent first, however long the peer takes for it. So who sends waits for room and for the end at once, and sends no
//! more than there is room for.
//!
//! Source: Microsoft, "shutdown function (winsock2.h)", which promises nothing for calls under way; std's own tests leave
//! that case out on Windows.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use windows_sys::Win32::Networking::WinSock::WSAETIMEDOUT;

use super::Patience;
use crate::retry::retry;
use crate::sys::AsHandle;
use crate::sys::transfer::AT_ONCE;
use crate::sys::wait::{Interest, Ready, wait};
use crate::sys::wake::Wake;

#[derive(Clone, Debug)]
pub(crate) struct HangUp(Arc<End>);

#[derive(Debug)]
struct End {
    over: AtomicBool,
    /// For who receives.
    wake: Wake,
    /// For who sends.
    cut: Wake,
}

impl HangUp {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(End {
            over: AtomicBool::new(false),
            wake: Wake::new()?,
            cut: Wake::new()?,
        })))
    }

    pub(crate) fn all<'a, S: AsHandle + 'a>(&self, _: impl Iterator<Item = &'a S>) {
        self.0.over.store(true, Ordering::SeqCst);
        // One message to a socket of its own: it fails only if that is full, which is as good.
        let _ = self.0.wake.set();
    }

    pub(crate) fn cut(&self) {
        let _ = self.0.cut.set();
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
    /// receive.
    pub(crate) fn ended(
        &self,
        socket: &impl AsHandle,
        patience: impl FnOnce() -> Patience,
    ) -> io::Result<bool> {
        match self.0.get() {
            None => Ok(false),
            Some(HangUp(end)) => waited(socket, Interest::Readable, &end.wake, patience()),
        }
    }

    /// Waits until there is room to send, or both directions were shut down, as the call will be told; gives how much there
    /// is room for.
    pub(crate) fn room(
        &self,
        socket: &impl AsHandle,
        patience: impl FnOnce() -> Patience,
    ) -> io::Result<usize> {
        match self.0.get() {
            None => Ok(usize::MAX),
            Some(HangUp(end)) => {
                waited(socket, Interest::Writable, &end.cut, patience()).map(|_| AT_ONCE)
            }
        }
    }
}

/// Waits for the socket; gives whether it was called off, and not ready.
fn waited(
    socket: &impl AsHandle,
    interest: Interest,
    wake: &Wake,
    patience: Patience,
) -> io::Result<bool> {
    let (Patience::Own(timeout) | Patience::Until(timeout)) = patience;
    loop {
        match retry(|| wait(socket, interest, Some(wake), timeout))? {
            Ready::Socket => return Ok(false),
            Ready::Woken => return Ok(true),
            // One call waits for a day at most.
            Ready::TimedOut if timeout.is_none() => {}
            Ready::TimedOut => {
                return match patience {
                    Patience::Until(_) => Ok(false),
                    // What the system says when it waits.
                    Patience::Own(_) => Err(io::Error::from_raw_os_error(WSAETIMEDOUT)),
                };
            }
        }
    }
}
