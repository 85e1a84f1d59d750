//! What changed between two reports.

use std::fmt;

use super::{Report, Row};
use crate::verdict::Verdict;

/// One cell that came out differently.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// The cell is new.
    Added(Row),
    /// The cell is gone.
    Removed(Row),
    /// Another verdict, another condition or another error number.
    Differs {
        /// In the old report.
        old: Box<Row>,
        /// In the new one.
        new: Box<Row>,
    },
}

impl Change {
    /// Whether something that was right, or declared, is so no longer.
    pub fn is_worse(&self) -> bool {
        let fails = |row: &Row| row.verdict.fails();
        match self {
            Self::Added(row) => fails(row),
            Self::Removed(_) => false,
            Self::Differs { old, new } => {
                fails(new) && !fails(old) || is_right(old) && !is_right(new)
            }
        }
    }
}

fn is_right(row: &Row) -> bool {
    matches!(row.found, Verdict::Pass | Verdict::Absorbed)
}

/// The cells that differ, in the order of the new report; those that are gone come last.
///
/// Times are no difference.
pub fn diff(old: &Report, new: &Report) -> Vec<Change> {
    let in_old = |row: &Row| old.cells.iter().find(|other| other.is_same_cell(row));
    let came = new.cells.iter().filter_map(|row| match in_old(row) {
        None => Some(Change::Added(row.clone())),
        Some(before) if outcome(before) == outcome(row) => None,
        Some(before) => Some(Change::Differs {
            old: Box::new(before.clone()),
            new: Box::new(row.clone()),
        }),
    });
    let gone = old
        .cells
        .iter()
        .filter(|row| !new.cells.iter().any(|other| other.is_same_cell(row)));
    came.chain(gone.cloned().map(Change::Removed)).collect()
}

fn outcome(row: &Row) -> (Verdict, Verdict, Option<&str>, Option<i32>) {
    (
        row.verdict,
        row.found,
        row.named.as_deref(),
        row.raw_os_error,
    )
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(row) => write!(f, "new      {}: {}", row.name, outcome_text(row)),
            Self::Removed(row) => write!(f, "gone     {}: was {}", row.name, outcome_text(row)),
            Self::Differs { old, new } => {
                let word = if self.is_worse() { "worse" } else { "changed" };
                let (before, after) = (outcome_text(old), outcome_text(new));
                write!(f, "{word:<8} {}: {before}, now {after}", new.name)
            }
        }
    }
}

fn outcome_text(row: &Row) -> String {
    let verdict = row.verdict.name();
    match &row.errno {
        Some(errno) => format!("{verdict} ({}, {errno})", row.said()),
        None => format!("{verdict} ({})", row.said()),
    }
}
