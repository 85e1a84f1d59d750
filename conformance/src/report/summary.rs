//! The run in a few numbers, and what it did not provoke.

use std::fmt;

use serde::Serialize;
use usocket::Condition;
use usocket_testkit::{Way, provoke};

use crate::subject::{SUBJECTS, Subject};
use crate::verdict::{Judged, Verdict};

/// How one subject came out.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The subject's name.
    pub subject: &'static str,
    /// The cells in which it was right.
    pub right: usize,
    /// The cells in which it made the call.
    pub expressible: usize,
    /// Of the twenty classic conditions, those that the kernel showed it.
    pub classic_provoked: usize,
    /// Of these, those that it named in every cell.
    pub classic_named: usize,
}

impl Summary {
    /// One summary for each subject.
    pub fn of(judged: &[Judged]) -> Vec<Self> {
        SUBJECTS
            .iter()
            .map(|subject| Self::of_subject(*subject, judged))
            .collect()
    }

    fn of_subject(subject: &dyn Subject, judged: &[Judged]) -> Self {
        let own = || {
            judged
                .iter()
                .filter(|judged| judged.cell.subject.name() == subject.name())
                .filter(|judged| judged.verdict.counts())
        };
        let shown = |condition: Condition| {
            own().filter(move |judged| {
                judged.cell.recipe.condition() == condition
                    && judged.was_provoked()
                    && matches!(
                        judged.cell.recipe.way(),
                        Way::Kernel | Way::ForeignDescriptor
                    )
            })
        };
        let classic = Condition::CLASSIC
            .into_iter()
            .filter(|one| shown(*one).next().is_some());
        Self {
            subject: subject.name(),
            right: own().filter(|judged| judged.verdict.is_right()).count(),
            expressible: own().count(),
            classic_provoked: classic.clone().count(),
            classic_named: classic
                .filter(|one| shown(*one).all(|judged| judged.verdict.is_right()))
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
            "{:<8} {:>3} right of {:>3} expressible · of the twenty classic conditions the kernel \
             showed it {:>2}, and it names {:>2}",
            self.subject, self.right, self.expressible, self.classic_provoked, self.classic_named,
        )
    }
}

/// A condition that the run did not show to any subject, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotProvoked {
    /// The condition's name.
    pub condition: &'static str,
    /// The operation's name, where other operations did show it.
    pub operation: Option<&'static str>,
    /// Why.
    pub reason: String,
}

impl fmt::Display for NotProvoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.unwrap_or_default();
        write!(f, "{:<28} {operation:<12} {}", self.condition, self.reason)
    }
}

/// What has no recipe on this system, and which recipes this host does not let happen.
pub fn not_provoked(judged: &[Judged]) -> Vec<NotProvoked> {
    let without_recipe = provoke::missing().iter().map(|missing| NotProvoked {
        condition: missing.condition().name(),
        operation: None,
        reason: missing.reason().to_owned(),
    });
    let not_here = judged
        .iter()
        .filter(|judged| judged.verdict == Verdict::NotRun)
        .map(|judged| {
            let recipe = judged.cell.recipe;
            NotProvoked {
                condition: recipe.condition().name(),
                operation: Some(recipe.operation().name()),
                reason: judged.remark.clone().unwrap_or_default(),
            }
        });
    let mut rows: Vec<NotProvoked> = Vec::new();
    for row in without_recipe.chain(not_here) {
        // Subjects and protocols say the same.
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}
