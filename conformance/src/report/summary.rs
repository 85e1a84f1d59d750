//! The run in a few numbers, and what it did not provoke.

use std::fmt;

use serde::{Deserialize, Serialize};
use usocket::Condition;
use usocket_testkit::provoke;

use super::{Row, in_order};
use crate::verdict::Verdict;

/// How one subject came out on one platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// The subject's name.
    pub subject: String,
    /// The platform's.
    pub platform: String,
    /// The cells in which it was right.
    pub right: usize,
    /// The cells in which it was wrong as it is known to be.
    pub known: usize,
    /// The cells in which it made the call.
    pub expressible: usize,
    /// Of these, those in which the kernel itself gave the error, to a socket or to another descriptor.
    pub by_kernel: usize,
    /// Of the twenty classic conditions, those that the kernel showed it.
    pub classic_provoked: usize,
    /// Of these, those that it named in every cell.
    pub classic_named: usize,
}

impl Summary {
    /// One summary for each platform and subject.
    pub(super) fn of(cells: &[Row]) -> Vec<Self> {
        let columns = in_order(cells.iter().map(|row| (&*row.platform, &*row.subject)));
        columns
            .into_iter()
            .map(|(platform, subject)| {
                let own: Vec<_> = cells
                    .iter()
                    .filter(|row| row.platform == platform && row.subject == subject)
                    .filter(|row| row.verdict.counts())
                    .collect();
                Self::of_column(platform, subject, &own)
            })
            .collect()
    }

    fn of_column(platform: &str, subject: &str, own: &[&Row]) -> Self {
        let by_kernel = |row: &&&Row| matches!(row.way, 'K' | 'F');
        let shown = |condition: Condition| {
            own.iter()
                .filter(move |row| row.condition == condition.name() && row.was_provoked())
                .filter(by_kernel)
        };
        let classic = Condition::CLASSIC
            .into_iter()
            .filter(|one| shown(*one).next().is_some());
        Self {
            subject: subject.to_owned(),
            platform: platform.to_owned(),
            right: own.iter().filter(|row| row.verdict.is_right()).count(),
            known: own
                .iter()
                .filter(|row| row.verdict == Verdict::Known)
                .count(),
            expressible: own.len(),
            by_kernel: own.iter().filter(by_kernel).count(),
            classic_provoked: classic.clone().count(),
            classic_named: classic
                .filter(|one| shown(*one).all(|row| row.verdict.is_right()))
                .count(),
        }
    }

    /// Whether there is nothing that speaks against the subject.
    pub fn is_right(&self) -> bool {
        self.right == self.expressible
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<15} {:>3} right of {:>3} expressible · of the twenty classic conditions the kernel \
             showed it {:>2}, and it names {:>2}",
            self.subject, self.right, self.expressible, self.classic_provoked, self.classic_named,
        )
    }
}

/// A condition that no cell showed to any subject, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NotProvoked {
    /// The condition's name.
    pub condition: String,
    /// The operation's name, where other operations did show it.
    pub operation: Option<String>,
    /// Why.
    pub reason: String,
}

impl fmt::Display for NotProvoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.as_deref().unwrap_or_default();
        write!(f, "{:<28} {operation:<12} {}", self.condition, self.reason)
    }
}

/// The conditions that have no recipe on this system.
pub(super) fn without_recipe() -> Vec<NotProvoked> {
    provoke::missing()
        .iter()
        .map(|missing| NotProvoked {
            condition: missing.condition().name().to_owned(),
            operation: None,
            reason: missing.reason().to_owned(),
        })
        .collect()
}

/// These, and the cells that the host does not let happen.
pub(super) fn not_provoked(missing: Vec<NotProvoked>, cells: &[Row]) -> Vec<NotProvoked> {
    let not_here = cells
        .iter()
        .filter(|row| row.verdict == Verdict::NotRun)
        .map(|row| NotProvoked {
            condition: row.condition.clone(),
            operation: Some(row.operation.clone()),
            reason: row.remark.clone().unwrap_or_default(),
        });
    // Subjects and protocols say the same.
    in_order(missing.into_iter().chain(not_here))
}
