//! A thread of the lab's own, which ends when its owner is dropped.

use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, ppoll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::time::TimeSpec;

use crate::exempt::exempt;

/// Dropping it stops the thread, and waits for its end.
#[derive(Debug)]
pub(super) struct Worker {
    stop: Arc<EventFd>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread that runs `work` once; that must return soon after the descriptor that it gets is readable.
    pub(super) fn start(
        name: &str,
        work: impl FnOnce(&EventFd) + Send + 'static,
    ) -> io::Result<Self> {
        let stop = Arc::new(EventFd::from_flags(
            EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK,
        )?);
        let thread = Builder::new().name(name.into()).spawn({
            let stop = Arc::clone(&stop);
            move || {
                leave_signals_to_others();
                let _exempt = exempt();
                work(&stop);
            }
        })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It can only fail when the counter is full, and then the descriptor is readable too.
        let _ = self.stop.write(1);
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            // A test that fails already has enough to say.
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "the lab's own thread panicked; its message stands above"
            );
        }
    }
}

/// A test that waits for a signal must be the one to get it. Those that a thread raises itself stay as they are.
fn leave_signals_to_others() {
    let mut signals = SigSet::all();
    for own in [
        Signal::SIGSYS,
        Signal::SIGSEGV,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGTRAP,
        Signal::SIGABRT,
        Signal::SIGPROF,
    ] {
        signals.remove(own);
    }
    // Only a wrong argument makes it fail.
    let _ = signals.thread_block();
}

/// Waits until one of them is ready, or the time is over.
pub(super) fn wait(descriptors: &mut [PollFd<'_>], limit: Option<Duration>) -> Result<(), Errno> {
    match ppoll(descriptors, limit.map(TimeSpec::from), None) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno),
    }
}
