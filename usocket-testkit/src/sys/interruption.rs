//! A signal that interrupts what a thread waits for, and does nothing else.

use std::io;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// Signals that a process ignores by default, so that one that comes late harms nobody.
const CANDIDATES: [Signal; 2] = [Signal::SIGURG, Signal::SIGWINCH];

/// There is a handler for this signal, without `SA_RESTART`, as long as somebody has one of these.
#[derive(Debug)]
pub(crate) struct Interruption {
    signal: Signal,
}

/// Signals that have our handler, what they had before, and how many need it.
static HANDLED: Mutex<Vec<(Signal, SigAction, usize)>> = Mutex::new(Vec::new());

fn handled() -> MutexGuard<'static, Vec<(Signal, SigAction, usize)>> {
    HANDLED.lock().unwrap_or_else(PoisonError::into_inner)
}

extern "C" fn nothing(_: libc::c_int) {}

impl Interruption {
    /// # Errors
    ///
    /// `ResourceBusy` where the process has handlers of its own for every signal that would do.
    pub(crate) fn prepare() -> io::Result<Self> {
        let mut handled = handled();
        if let Some((signal, _, users)) = handled.first_mut() {
            *users += 1;
            return Ok(Self { signal: *signal });
        }
        let ours = SigAction::new(
            SigHandler::Handler(nothing),
            SaFlags::empty(),
            SigSet::empty(),
        );
        for signal in CANDIDATES {
            // SAFETY: the handler returns at once and touches nothing.
            let before = unsafe { sigaction(signal, &ours) }?;
            if matches!(before.handler(), SigHandler::SigDfl | SigHandler::SigIgn) {
                handled.push((signal, before, 1));
                return Ok(Self { signal });
            }
            // SAFETY: it is what was there a moment ago.
            unsafe { sigaction(signal, &before) }?;
        }
        Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "the process handles SIGURG and SIGWINCH itself",
        ))
    }

    /// Its number.
    pub(crate) fn signal(&self) -> Signal {
        self.signal
    }

    /// To a thread of this process.
    pub(crate) fn send(&self, thread: i32) -> io::Result<()> {
        #[allow(clippy::cast_possible_wrap)] // 2^22 at most (proc(5), pid_max)
        let process = process::id() as i32;
        let [process, thread, signal] =
            [process, thread, self.signal as i32].map(libc::c_long::from);
        // SAFETY: the call takes three numbers. The signal goes to this process only, also where the thread has ended
        // and its number is another thread's; there it interrupts a call at worst.
        let done = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, signal) };
        Errno::result(done)?;
        Ok(())
    }
}

impl Drop for Interruption {
    fn drop(&mut self) {
        let mut handled = handled();
        let Some(place) = handled.iter().position(|row| row.0 == self.signal) else {
            return;
        };
        handled[place].2 -= 1;
        if handled[place].2 == 0 {
            let (signal, before, _) = handled.remove(place);
            // SAFETY: it is what was there before the first of us.
            // That it cannot be put back would be a wrong number, which it is not.
            let _ = unsafe { sigaction(signal, &before) };
        }
    }
}
