//! What a host offers to the processes of the cells, beyond a loopback interface.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use usocket_testkit::{Faults, Lab};

use crate::worker;

/// The argument with which the program says whether it can have rules; with [`worker::LAB`] alone, whether it can have a
/// lab.
pub const RULES: &str = "--rules";

/// Something that the host offers, or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Offer {
    /// Whether it does.
    pub available: bool,
    /// What it is made of, or why there is none and what would help.
    pub evidence: String,
}

impl Offer {
    /// Whether processes of the run can have labs: asks one of `program`, and the caller stays where it is.
    ///
    /// # Errors
    ///
    /// The process could not be started or did not answer.
    pub fn labs(program: &Path) -> io::Result<Self> {
        Self::ask(program, worker::LAB)
    }

    /// Whether they can have rules on their own system calls: asks one, since a rule's filter stays for good.
    ///
    /// # Errors
    ///
    /// As [`labs`](Self::labs).
    pub fn rules(program: &Path) -> io::Result<Self> {
        Self::ask(program, RULES)
    }

    fn ask(program: &Path, what: &str) -> io::Result<Self> {
        let output = Command::new(program)
            .arg(what)
            // What the host lacks is to be said, not skipped.
            .env_remove("USOCKET_TESTKIT_SKIP")
            .stdin(Stdio::null())
            .output()?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// The other side of [`labs`](Self::labs): of this process.
    pub fn labs_here() -> Self {
        Self::of(Lab::available().map(|()| namespace()))
    }

    /// The other side of [`rules`](Self::rules): of this thread, which has a filter from then on.
    pub fn rules_here() -> Self {
        Self::of(Faults::here().map(|faults| faults.backend()))
    }

    fn of(found: Result<impl ToString, impl ToString>) -> Self {
        Self {
            available: found.is_ok(),
            evidence: match found {
                Ok(made_of) => made_of.to_string(),
                Err(refusal) => refusal.to_string(),
            },
        }
    }
}

/// What the process's private network belongs to.
fn namespace() -> &'static str {
    // One user of its own is what a process that made its user namespace by itself has (user_namespaces(7)).
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    match map.split_whitespace().nth(2) {
        Some("1") => "user namespace",
        _ => "network namespace, as root",
    }
}
