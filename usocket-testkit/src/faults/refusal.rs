//! Why there are no rules, and what would help.

use std::fmt;
use std::io;

/// Why [`Faults::here`](super::Faults::here) or [`Faults::for_command`](super::Faults::for_command) gives nothing, or why a rule cannot be: the reason, and what helps.
///
/// ```
/// use usocket_testkit::{Errno, Faults, Operation};
/// use usocket_testkit::faults::{Action, RefusalKind};
///
/// # let Ok(faults) = Faults::here() else { return };
/// let refusal = faults.on(Operation::Listen).arm(Action::Eof).unwrap_err();
/// assert_eq!(refusal.kind(), RefusalKind::Unfit);
/// // faults: eof is about calls that receive, which listen does not; it is for receive, receive-from
/// println!("{refusal}");
/// ```
#[derive(Debug)]
pub struct Refusal {
    kind: RefusalKind,
    reason: String,
    source: Option<io::Error>,
}

/// What kind of reason a [`Refusal`] has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The system has no such mechanism, or none that is known here.
    OtherSystem,
    /// The kernel has no system-call filters, or an emulator in its place.
    NotOffered,
    /// A filter of a container, or of the program's own, forbids further filters.
    Forbidden,
    /// Filters are accepted and do nothing.
    NotEffective,
    /// Programs get the same addresses at every start, so that children could not be told from this process.
    NoRandomization,
    /// The thread blocks the signal `SIGSYS`, or another owner has replaced its handler.
    SignalTaken,
    /// The process is a child of the one that made rules, by fork without exec.
    ForkedChild,
    /// Another program has the system calls of this one in its hands already, and there can be one only.
    ListenerTaken,
    /// There are as many filters on this thread, or scopes in this process, as there can be.
    TooMany,
    /// The rule does not fit the operation, or the back end.
    Unfit,
}

impl Refusal {
    /// What kind of reason it is, for programs.
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }

    pub(super) fn new(kind: RefusalKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
            source: None,
        }
    }

    pub(super) fn caused_by(self, source: io::Error) -> Self {
        Self {
            source: Some(source),
            ..self
        }
    }

    /// Whether it is the machine that has nothing to give. The others are mistakes in the tests.
    #[cfg(target_os = "linux")]
    pub(super) fn may_be_skipped(&self) -> bool {
        matches!(
            self.kind,
            RefusalKind::OtherSystem
                | RefusalKind::NotOffered
                | RefusalKind::Forbidden
                | RefusalKind::NotEffective
                | RefusalKind::NoRandomization
                | RefusalKind::ListenerTaken
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "faults: {}", self.reason)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
