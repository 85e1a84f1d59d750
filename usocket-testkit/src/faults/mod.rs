//! Rules on system calls, for what the kernel cannot be made to say.
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
//! let once = faults.on(Operation::Connect).to(server.local_addr()?).times(1).errno(Errno::EHOSTDOWN);
//!
//! let error = TcpStream::connect(server.local_addr()?).unwrap_err();
//! assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
//! assert!(TcpStream::connect(server.local_addr()?).is_ok());
//! once.assert_hit();
//! # Ok(())
//! # }
//! ```
mod action;
mod backend;
mod calls;
mod hermetic;
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

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use usocket::Operation;

pub use action::Action;
pub use backend::Backend;
pub use calls::{Calls, Consuming};
pub use hermetic::Hermetic;
pub use recording::{Record, Recording};
pub use refusal::{Refusal, RefusalKind};
pub use rule::Rule;
pub use schedule::Schedule;
use scope::Scope;

use crate::way::Way;

/// Rules on the system calls of this thread and of every thread that it starts from now on: see the
/// [module](self).
///
/// Dropping it ends the rules that it made.
#[must_use = "its rules end when it is dropped"]
pub struct Faults {
    scope: &'static Scope,
    backend: Backend,
    owner: u64,
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
        Calls::new(self, operation)
    }

    /// How the rules get between the program and the system.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Writes down what is called, until it is dropped.
    ///
    /// # Panics
    ///
    /// With the [seam](Way::Seam), which does not see what calls answer.
    #[track_caller]
    pub fn record(&self) -> Recording {
        assert!(
            self.backend.way() != Way::Seam,
            "faults: the seam does not see what calls answer, so there is nothing to record"
        );
        Recording::start(self.scope)
    }

    /// Keeps the test on this machine, until it is dropped.
    pub fn hermetic(&self) -> Hermetic {
        Hermetic::start(self.scope)
    }

    fn new(scope: &'static Scope, backend: Backend) -> Self {
        static OWNERS: AtomicU64 = AtomicU64::new(0);

        scope.begin();
        Self {
            scope,
            backend,
            owner: OWNERS.fetch_add(1, Ordering::Relaxed),
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        self.scope.end(self.owner);
    }
}

#[cfg(feature = "seam")]
use seam::fits as seam_fits;

/// There is no seam without the feature.
#[cfg(not(feature = "seam"))]
fn seam_fits(_: &Action, _: &matching::Filter) -> Result<(), String> {
    Ok(())
}
