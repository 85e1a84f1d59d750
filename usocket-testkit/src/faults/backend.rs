//! How rules get between a program and the system.

use std::fmt;

use usocket::Operation;

use super::action::Action;
use super::matching::Filter;
use crate::way::Way;

/// How rules get between a program and the system, and why it is done so; its text says both.
///
/// ```
/// use usocket_testkit::{Faults, Way};
///
/// if let Ok(faults) = Faults::here() {
///     println!("faults: {}", faults.backend());
///     assert!(matches!(faults.backend().way(), Way::SystemCallRule | Way::Seam));
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend {
    way: Way,
    text: &'static str,
}

impl Backend {
    /// The rules act on system calls.
    #[cfg(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    pub(super) const TRAP: Self = Self {
        way: Way::SystemCallRule,
        text: "seccomp trap: this program's own system calls stop in a signal handler; needs no privileges, \
               and the children are left alone",
    };

    /// The rules act on the system calls of children.
    pub(super) const CHILDREN: Self = Self {
        way: Way::SystemCallRule,
        text: "seccomp user notification, because children were asked for: their system calls wait until a thread of \
               this process has answered; needs no privileges",
    };

    /// The rules act on usocket.
    #[cfg(feature = "seam")]
    pub(super) const SEAM: Self = Self {
        way: Way::Seam,
        text: "seam: the calls of usocket alone, on this thread alone, since that was asked for or the system has \
               nothing better",
    };

    /// Whether it can do that; if not, the reason. The seam and the thread that answers children see a call before it
    /// is made, and can give an error in its place.
    pub(super) fn can_do(
        self,
        operation: Operation,
        action: &Action,
        filter: &Filter,
    ) -> Result<(), &'static str> {
        let can_fail_and_delay =
            matches!(action, Action::Pass | Action::Errno(_) | Action::Delay(_));
        if self.way == Way::Seam {
            if filter.socket.is_some() || filter.protocol.is_some() || filter.kind.is_some() {
                return Err("the seam knows a call by its operation and address alone");
            }
            if !can_fail_and_delay {
                return Err(
                    "the seam can fail a call of usocket or delay it, and nothing else; the rest needs system-call \
                     rules (Linux)",
                );
            }
        }
        if self.is_for_children() {
            if filter.socket.is_some() && operation == Operation::Wait {
                return Err(
                    "which sockets a child waits for is not known; without a descriptor, all its waits are meant",
                );
            }
            if !can_fail_and_delay {
                return Err(
                    "user notification can fail a child's call or delay it, and nothing else, since the child makes \
                     its call itself; the rest needs rules of its own in that program (Faults::here)",
                );
            }
        }
        Ok(())
    }

    /// Whether it acts on other programs.
    pub(super) fn is_for_children(self) -> bool {
        self == Self::CHILDREN
    }

    /// What scenes and reports call it.
    pub fn way(&self) -> Way {
        self.way
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}
