//! Rules on system calls, for what the kernel cannot be made to say.
//!
//! An `accept` that is aborted, a read that is interrupted, a host that is down at the third try, a write of three bytes:
//! a test says which call has which answer, and the code under test is any code, through std, tokio or whatever it
//! uses. No privileges, no set-up, nothing to replace.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::net::{TcpListener, TcpStream};
//! use usocket_testkit::{Errno, Faults, Operation};
//!
//! # let Ok(faults) = Faults::here() else { return Ok(()) };
//! # if faults.backend().way() == usocket_testkit::Way::Seam { return Ok(()) }
//! # drop(faults);
//! let faults = Faults::here()?;
//! let server = TcpListener::bind("127.0.0.1:0")?;
//! let addr = server.local_addr()?;
//! let once = faults.on(Operation::Connect).to(addr).skip(1).times(1).errno(Errno::EHOSTDOWN);
//!
//! TcpStream::connect(addr)?;
//! let error = TcpStream::connect(addr).unwrap_err();
//! assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
//! TcpStream::connect(addr)?;
//! assert_eq!(once.hits(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Rules
//!
//! [`Faults::on`] names an operation; the methods of [`Calls`] say which of its calls, and what happens to them:
//!
//! | which calls | what happens |
//! | --- | --- |
//! | [`to`](Calls::to), [`to_port`](Calls::to_port): by address | [`errno`](Calls::errno), [`errno_after`](Calls::errno_after): an error instead of the call, or instead of its answer |
//! | [`descriptor`](Calls::descriptor): on one socket | [`short`](Calls::short), [`eof`](Calls::eof): few bytes, or no more |
//! | [`over`](Calls::over), [`streams`](Calls::streams), [`datagrams`](Calls::datagrams): by protocol | [`delay`](Calls::delay), [`redirect`](Calls::redirect): later, or elsewhere |
//! | [`skip`](Calls::skip), [`times`](Calls::times): by number | [`so_error`](Calls::so_error), [`consume`](Calls::consume): a connection that fails late, or is gone |
//! | | [`sequence`](Calls::sequence), [`random`](Calls::random): one after the other, or by chance |
//!
//! The last of these puts the rule in force. What it gives, a [`Rule`], counts its hits, ends when it is dropped, and can
//! insist on being hit.
//!
//! Of several rules **the newest is asked first**. The first rule that is about the call, and has its skips behind it and
//! calls left, decides alone; a call that a rule skips goes to the older ones. A rule never sees the call that another
//! one decided.
//!
//! An operation is a verb of the sockets API, whichever system call says it: [`Receive`](Operation::Receive) is
//! `recv`, `read`, `readv` and `recvmsg`. With an address, or room for one, a call on a datagram socket is
//! [`SendTo`](Operation::SendTo) or [`ReceiveFrom`](Operation::ReceiveFrom); on a stream it never is. Look-ups are no
//! system calls: they fail when the resolver's sockets do, as with `on(Operation::Connect).to_port(53)`.
//!
//! # Recordings and the guard
//!
//! [`Faults::record`] writes down what a piece of code calls, like a small strace for one test. [`Faults::hermetic`]
//! refuses what would leave the machine, and fails the test with the backtraces.
//!
//! # Whose calls
//!
//! Those of the thread that calls [`Faults::here`], and of the threads that it starts from then on, and they of theirs:
//! build a runtime with threads of its own after it. Tests that run beside it in the same process do not notice.
//! A thread that inherited rules and calls [`Faults::here`] has its own inside them: for its calls, and those of its
//! threads, its own are asked first. A pool that lives longer than a test belongs to whoever used it first.
//!
//! Other programs are left alone, also those that the test starts, and so is the testkit itself: a lab's hosts answer
//! under any rule.
//!
//! # How it works, and what to know
//!
//! On Linux (`x86_64`, `aarch64`) a system-call filter stops the socket calls of this program's own text and of the C
//! library's (seccomp(2)); a handler of `SIGSYS` decides, and makes the real call from the one instruction that the
//! filter lets through. A call that no rule is about costs some microseconds more (`examples/fault_costs.rs`).
//!
//! * The filter stays until its thread ends, and with it `no_new_privs` (prctl(2)): programs that such a thread starts
//!   gain no rights, so `sudo` and `ping` do not work there.
//! * Children are told from this process by the random place of their text. Without randomization there are no rules; in
//!   gdb say `set disable-randomization off`, and `handle SIGSYS nostop noprint pass`.
//! * With musl, a program that cannot be started (`Command`) is not an error there, but a child that `SIGSYS` ended.
//! * A signal mask that is set as a whole (`SIG_SETMASK`) must leave `SIGSYS` out. What adds to the mask is seen to.
//! * Rings (`io_uring_setup`) do not exist for such a thread; one that was made before is not seen.
//! * Descriptors 0, 1 and 2, `splice`, and sockets that are neither internet nor Unix domain, or are of the type
//!   `SOCK_SEQPACKET`, which std's `Command` uses, are left alone. So are other threads' calls on the same socket.
//! * A runtime that waits for edges is told again after a shortened or invented answer, for what it registered after
//!   [`Faults::here`].
//! * While something is recorded or guarded, signal handlers must make no socket calls: recording allocates.
//!
//! Elsewhere, with the feature `seam`, or on request by `Faults::seam`, the same rules act on usocket's own calls of the
//! thread. They can fail and delay them; what they cannot do is refused. [`Faults::backend`] tells which it is.
//!
//! # Where there is none
//!
//! Where the system forbids filters, [`Faults::here`] fails with the reason and what helps ([`Refusal`]). With
//! `USOCKET_TESTKIT_SKIP=faults` in the environment such tests are skipped under nextest, on the record.
#![cfg_attr(
    not(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )),
    allow(dead_code, unused_imports)
)]

mod action;
mod backend;
mod calls;
mod hermetic;
mod log;
mod matching;
mod recording;
mod refusal;
mod rule;
mod schedule;
mod scope;
#[cfg(feature = "seam")]
mod seam;
#[cfg_attr(
    all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ),
    path = "linux/mod.rs"
)]
#[cfg_attr(
    not(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )),
    path = "elsewhere.rs"
)]
mod system;
mod told;
mod watch;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use usocket::Operation;

pub use action::Action;
pub use backend::Backend;
pub use calls::{Calls, Consuming};
pub use hermetic::Hermetic;
pub use log::Record;
pub use recording::Recording;
pub use refusal::{Refusal, RefusalKind};
pub use rule::Rule;
pub use schedule::Schedule;
use scope::{Home, Scope};

use crate::way::Way;

/// Rules on the system calls of this thread and of every thread that it starts from now on: see the
/// [module](self).
///
/// Dropping it ends the rules that it made.
#[must_use = "its rules end when it is dropped"]
pub struct Faults(Home);

impl Faults {
    /// Rules for the calling thread, and for those that it starts from now on.
    ///
    /// On Linux they act on all its system calls on internet and Unix domain sockets, whichever library makes them; on
    /// other systems, with the feature `seam`, on usocket's.
    ///
    /// # Errors
    ///
    /// Where the system has or allows no such thing: the text says what to do. With `USOCKET_TESTKIT_SKIP=faults` in the
    /// environment, under nextest, this does not return then: the test ends as passed, and the skip is on record in
    /// `usocket-testkit-skips.txt` in cargo's target folder.
    pub fn here() -> Result<Self, Refusal> {
        let (scope, backend) = system::enter()?;
        Ok(Self::new(scope, backend))
    }

    /// Rules for the calling thread's use of usocket, on every system.
    #[cfg(feature = "seam")]
    pub fn seam() -> Self {
        Self::new(seam::enter(), Backend::SEAM)
    }

    /// Whether this thread can have rules, as far as that can be known without changing anything, and without a skip.
    ///
    /// # Errors
    ///
    /// As [`here`](Self::here).
    pub fn available() -> Result<(), Refusal> {
        system::available()
    }

    /// Calls of this operation: say which, and what happens to them.
    pub fn on(&self, operation: Operation) -> Calls<'_> {
        Calls::new(&self.0, operation)
    }

    /// How the rules get between the program and the system.
    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    /// Writes down what is called, until it is dropped.
    ///
    /// # Panics
    ///
    /// With the [seam](Way::Seam), which does not see what calls answer.
    #[track_caller]
    pub fn record(&self) -> Recording {
        assert!(
            self.0.backend.way() != Way::Seam,
            "faults: the seam does not see what calls answer, so there is nothing to record"
        );
        Recording::start(self.0.scope)
    }

    /// Keeps the test on this machine, until it is dropped.
    pub fn hermetic(&self) -> Hermetic {
        Hermetic::start(self.0.scope)
    }

    fn new(scope: &'static Scope, backend: Backend) -> Self {
        static OWNERS: AtomicU64 = AtomicU64::new(0);

        scope.begin();
        let owner = OWNERS.fetch_add(1, Ordering::Relaxed);
        Self(Home {
            scope,
            backend,
            owner,
        })
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("backend", &self.0.backend)
            .finish_non_exhaustive()
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        self.0.scope.end(self.0.owner);
    }
}
