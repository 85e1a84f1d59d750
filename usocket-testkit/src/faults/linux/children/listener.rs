//! The listener of a filter: calls that wait, and their answers (`seccomp_unotify(2)`).

use std::io;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use super::super::call::Call;
use crate::errno::Errno;

// Of `linux/seccomp.h`; they have the length of their structure in them.
const RECEIVE: u32 = 0xc050_2100;
const SEND: u32 = 0xc018_2101;
const IS_VALID: u32 = 0x4008_2102;

/// The listener of one child and of those that it starts.
#[derive(Debug)]
pub(super) struct Listener(OwnedFd);

/// A call that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) id: u64,
    /// The kernel's number of the thread that makes it; 0 where this process cannot see it.
    pub(super) thread: u32,
    pub(super) call: Call,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// It is made.
    GoOn,
    /// It is not.
    Fail(Errno),
}

impl Listener {
    pub(super) fn new(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }

    /// The next call that waits; none where it was interrupted meanwhile.
    pub(super) fn receive(&self) -> io::Result<Option<Waiting>> {
        // SAFETY: a structure of numbers; the kernel wants it zeroed.
        let mut notified: libc::seccomp_notif = unsafe { mem::zeroed() };
        if let Err(error) = self.ask(RECEIVE, (&raw mut notified).cast()) {
            let is_gone = matches!(error.raw_os_error(), Some(libc::ENOENT | libc::EINTR));
            return if is_gone { Ok(None) } else { Err(error) };
        }
        #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)]
        // a small positive number, and registers as wide as pointers
        let call = Call {
            number: notified.data.nr as usize,
            arguments: notified.data.args.map(|word| word as usize),
        };
        Ok(Some(Waiting {
            id: notified.id,
            thread: notified.pid,
            call,
        }))
    }

    /// Whether it waits still. What was read from its thread before was that thread's, if so.
    pub(super) fn is_waiting(&self, mut id: u64) -> bool {
        self.ask(IS_VALID, (&raw mut id).cast()).is_ok()
    }

    /// Whether the answer has reached it: it has not where the call was interrupted.
    pub(super) fn answer(&self, id: u64, answer: Answer) -> bool {
        // SAFETY: a structure of numbers.
        let mut response: libc::seccomp_notif_resp = unsafe { mem::zeroed() };
        response.id = id;
        match answer {
            #[allow(clippy::cast_possible_truncation)] // one bit
            Answer::GoOn => response.flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32,
            Answer::Fail(errno) => response.error = -errno.raw(),
        }
        self.ask(SEND, (&raw mut response).cast()).is_ok()
    }

    #[allow(clippy::cast_lossless, clippy::cast_possible_wrap)] // C libraries differ in the type of the request's bits
    fn ask(&self, what: u32, about: *mut u8) -> io::Result<()> {
        // SAFETY: each request of this file comes with a structure of the length that it says, which lives until the
        // call returns.
        let answer = unsafe { libc::ioctl(self.0.as_raw_fd(), what as _, about) };
        if answer == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
