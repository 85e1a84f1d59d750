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
//! Other programs are left alone, also those that the test starts, but for those that [`Faults::for_command`] names. So
//! is the testkit itself: a lab's hosts answer under any rule.
//!
//! # Rules for other programs
//!
//! [`Faults::for_command`] makes rules for the programs that a command starts, and for their children: a filter sends
//! their socket calls to a thread of this process, which answers with an error, or lets them go on, at once or later
//! (`seccomp_unotify(2)`). It knows a call's socket and address as rules of this process do, and counts alike. To know:
//!
//! * They can fail and delay calls; all else is [`Unfit`](RefusalKind::Unfit), and so are
//!   [recordings and the guard](#recordings-and-the-guard), which panic.
//! * An error is sure: the call is not made. A call that goes on has its arguments read again by the kernel, so a
//!   program that changes an address meanwhile gets past a rule. They are for tests, and keep nobody in.
//! * From Linux 5.19 on, only a signal that ends the program interrupts a call that waits for its answer. A call that is
//!   interrupted then, or after it was let go on, and that the kernel makes again, is seen again: `skip` and `times`
//!   may count it twice. A hit is an answer that has arrived.
//! * When the [`Faults`] is dropped, the programs go on without rules; the thread stays until the last has ended. When
//!   *this process* ends, socket calls of programs that outlive it fail with `ENOSYS`: let tests wait for theirs.
//! * What may not be looked into is left alone: programs that forbid it (`PR_SET_DUMPABLE`), and, where Yama restricts
//!   it (`ptrace_scope`), those whose parent has ended.
//! * An invented `EAGAIN` makes no new edge there: a runtime that waits for edges may wait for ever.
//! * The programs gain no rights (`no_new_privs`), and start no rules for their own children: there can be one listener
//!   above a program. Rules on themselves they may have.
//! * Needs Linux 5.9, and `pidfd_getfd(2)`, which containers may withhold (in Docker, `--cap-add SYS_PTRACE` gives it).
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
//! * Rings (`io_uring_setup`) do not exist for such a thread; one that was made before is [not seen](#what-is-not-seen).
//! * A runtime that waits for edges is told again after a shortened or invented answer, for what it registered after
//!   [`Faults::here`].
//! * While something is recorded or guarded, signal handlers must make no socket calls: recording allocates.
//!
//! # What is not seen
//!
//! No rule acts on these, no recording has them, and the guard lets them through:
//!
//! * what goes through a ring of `io_uring` that was made before [`Faults::here`], or by a thread that was there before;
//!   make the [`Faults`] before the runtime;
//! * `splice`, `tee` and `vmsplice` (`sendfile` is seen, as [`Send`](Operation::Send)): a program that moves bytes between a
//!   socket and a pipe so, as [`std::io::copy`] does between those two, moves them past every rule;
//! * descriptors 0, 1 and 2, and sockets that are neither internet nor Unix domain, or are of the type `SOCK_SEQPACKET`,
//!   which std's `Command` uses;
//! * other threads' calls on the same socket, and calls from text that is neither the program's nor the C library's: of
//!   other shared libraries, and of code that is made at run time.
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
use std::process::Command;
use std::sync::atomic::Ordering;

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

use crate::sys::atomic::AtomicU64;
use crate::way::Way;

/// Rules on the system calls of this thread and of every thread that it starts from now on: see the
/// [module](self).
///
/// Dropping it ends the rules that it made.
#[must_use = "its rules end when it is dropped"]
pub struct Faults {
    home: Home,
    /// For rules on other programs; dropped after their rules have ended.
    _children: Option<system::Children>,
}

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
        Ok(Self::new(scope, backend, None))
    }

    /// Rules for the programs that this command starts from now on, and for those that they start: not for this one.
    ///
    /// The programs are any, and know nothing of it. A thread of this process answers for their calls, so rules and
    /// their hits are as for [`here`](Self::here), with what is said in the [module](self#rules-for-other-programs).
    ///
    /// ```
    /// use std::process::Command;
    /// use usocket_testkit::{Errno, Faults, Operation};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut client = Command::new("true"); // or curl, or this package's own program
    /// # let Ok(faults) = Faults::for_command(&mut client) else { return Ok(()) };
    /// # drop(faults);
    /// # let mut client = Command::new("true");
    /// let faults = Faults::for_command(&mut client)?;
    /// let once = faults.on(Operation::Connect).to_port(80).times(1).errno(Errno::EHOSTDOWN);
    /// assert!(client.status()?.success());
    /// println!("{} of its connects failed", once.hits());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the system has or allows no such thing: the text says what to do. Tests are skipped as with
    /// [`here`](Self::here). What only shows when the program is started is an error of
    /// [`spawn`](std::process::Command::spawn): `EBUSY` where there is another listener by then, `EPERM` where this
    /// process may not look into the other.
    ///
    /// Source: seccomp(2), `seccomp_unotify(2)`.
    pub fn for_command(command: &mut Command) -> Result<Self, Refusal> {
        let (scope, children) = system::for_command(command)?;
        Ok(Self::new(scope, Backend::CHILDREN, Some(children)))
    }

    /// Rules for the calling thread's use of usocket, on every system.
    #[cfg(feature = "seam")]
    pub fn seam() -> Self {
        Self::new(seam::enter(), Backend::SEAM, None)
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
        Calls::new(&self.home, operation)
    }

    /// How the rules get between the program and the system.
    pub fn backend(&self) -> Backend {
        self.home.backend
    }

    /// Writes down what is called, until it is dropped.
    ///
    /// # Panics
    ///
    /// With the [seam](Way::Seam), and for [other programs](Self::for_command): what calls answer is not seen there.
    #[track_caller]
    pub fn record(&self) -> Recording {
        assert!(
            self.home.backend.way() != Way::Seam,
            "faults: the seam does not see what calls answer, so there is nothing to record"
        );
        assert!(
            !self.home.backend.is_for_children(),
            "faults: what the calls of other programs answer is not seen, so there is nothing to record"
        );
        Recording::start(self.home.scope)
    }

    /// Keeps the test on this machine, until it is dropped.
    ///
    /// # Panics
    ///
    /// For [other programs](Self::for_command): they could change an address after it was looked at.
    #[track_caller]
    pub fn hermetic(&self) -> Hermetic {
        assert!(
            !self.home.backend.is_for_children(),
            "faults: another program can change an address after it was looked at, so it cannot be kept on this machine; \
             use a Lab"
        );
        Hermetic::start(self.home.scope)
    }

    fn new(scope: &'static Scope, backend: Backend, children: Option<system::Children>) -> Self {
        static OWNERS: AtomicU64 = AtomicU64::new(0);

        scope.begin();
        let owner = OWNERS.fetch_add(1, Ordering::Relaxed);
        Self {
            home: Home {
                scope,
                backend,
                owner,
            },
            _children: children,
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("backend", &self.home.backend)
            .finish_non_exhaustive()
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        self.home.scope.end(self.home.owner);
    }
}
