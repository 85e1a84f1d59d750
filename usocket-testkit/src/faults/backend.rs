//! How rules get between a program and the system.

use std::fmt;

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

    /// The rules act on usocket.
    #[cfg(feature = "seam")]
    pub(super) const SEAM: Self = Self {
        way: Way::Seam,
        text: "seam: the calls of usocket alone, on this thread alone, since that was asked for or the system has \
               nothing better",
    };

    /// Whether it can do that; if not, the reason. The seam sees a call before it is made, and can give an error in its
    /// place.
    pub(super) fn can_do(self, action: &Action, filter: &Filter) -> Result<(), &'static str> {
        if self.way != Way::Seam {
            return Ok(());
        }
        if filter.socket.is_some() || filter.protocol.is_some() || filter.kind.is_some() {
            return Err("the seam knows a call by its operation and address alone");
        }
        match action {
            Action::Pass | Action::Errno(_) | Action::Delay(_) => Ok(()),
            _ => Err(
                "the seam can fail a call of usocket or delay it, and nothing else; the rest needs system-call rules \
                 (Linux)",
            ),
        }
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
