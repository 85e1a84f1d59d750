//! A rule in force: it counts, and ends when it is dropped.

use std::sync::Arc;
use std::thread;

use super::matching::Armed;
use super::scope::Scope;

/// A rule in force. It ends when it is dropped, or with the [`Faults`](super::Faults) that made it.
///
/// ```
/// use std::net::TcpListener;
/// use usocket_testkit::{Errno, Faults, Operation};
///
/// # let Ok(faults) = Faults::here() else { return };
/// # if faults.backend().way() == usocket_testkit::Way::Seam { return }
/// let rule = faults.on(Operation::Listen).errno(Errno::EADDRINUSE);
/// assert!(TcpListener::bind("127.0.0.1:0").is_err());
/// assert_eq!(rule.hits(), 1);
/// drop(rule);
/// assert!(TcpListener::bind("127.0.0.1:0").is_ok());
/// ```
#[derive(Debug)]
#[must_use = "the rule ends when this is dropped"]
pub struct Rule {
    armed: Arc<Armed>,
    scope: &'static Scope,
    insists: bool,
}

impl Rule {
    pub(super) fn new(armed: Arc<Armed>, scope: &'static Scope) -> Self {
        scope.arm(Arc::clone(&armed));
        Self {
            armed,
            scope,
            insists: false,
        }
    }

    /// How many calls it answered otherwise than the system would have. A call that it only looked at, or skipped, is
    /// none.
    pub fn hits(&self) -> u64 {
        self.armed.counts.hits()
    }

    /// That at least one call was hit.
    ///
    /// # Panics
    ///
    /// If none was, with the rule and what it saw instead.
    #[track_caller]
    pub fn assert_hit(&self) {
        assert!(self.hits() > 0, "{}", self.complaint());
    }

    /// The same rule, which panics when it is dropped without a hit. A test that panics already is left alone.
    pub fn must_hit(mut self) -> Self {
        self.insists = true;
        self
    }

    fn complaint(&self) -> String {
        let Armed {
            operation,
            filter,
            skip,
            times,
            plan,
            counts,
            ..
        } = &*self.armed;
        let times = match *times {
            u64::MAX => String::new(),
            times => format!(", times {times}"),
        };
        format!(
            "faults: no call was hit by the rule on {}: {plan:?} for {filter:?}, skip {skip}{times}; {}",
            operation.name(),
            counts.describe()
        )
    }
}

impl Drop for Rule {
    fn drop(&mut self) {
        self.scope.disarm(&self.armed);
        let disappoints = self.insists && self.hits() == 0;
        assert!(!disappoints || thread::panicking(), "{}", self.complaint());
    }
}
