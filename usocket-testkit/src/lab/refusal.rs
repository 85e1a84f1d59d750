//! Why there is no lab, and what would help.

use std::fmt;
use std::io;

/// Why [`Lab::new`](super::Lab::new) makes no lab: the reason, and the command that unlocks it.
///
/// ```no_run
/// use usocket_testkit::Lab;
///
/// if let Err(refusal) = Lab::available() {
///     // lab: user namespaces are off on this system: user.max_user_namespaces is 0; unlock with:
///     // sudo sysctl user.max_user_namespaces=10000; or let these tests be skipped:
///     // USOCKET_TESTKIT_SKIP=lab
///     eprintln!("{refusal}");
/// }
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
    /// The program has no [`lab_main!`](crate::lab_main) line.
    NoHook,
    /// `USOCKET_TESTKIT_LAB=off` is set.
    SwitchedOff,
    /// The system lets nobody make user namespaces, or not as many.
    UserNamespacesOff,
    /// `AppArmor` lets unprivileged programs make user namespaces, but use no rights in them.
    AppArmor,
    /// The system-call filter of a container forbids it.
    ContainerFilter,
    /// There are no labs on systems other than Linux.
    NotLinux,
    /// The system does not offer it, for a reason that is not known here; the error's source says what it said.
    NotOffered,
    /// The system offers it, and a step of the set-up failed all the same; the error's source says how.
    SetUpFailed,
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

    #[cfg(target_os = "linux")]
    pub(super) fn caused_by(self, source: io::Error) -> Self {
        Self {
            source: Some(source),
            ..self
        }
    }

    /// Whether it is the machine that has no lab to give. The others are mistakes in the tests.
    #[cfg(target_os = "linux")]
    pub(super) fn may_be_skipped(&self) -> bool {
        !matches!(self.kind, RefusalKind::NoHook | RefusalKind::SetUpFailed)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lab: {}", self.reason)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
