//! One judged cell, as reports carry it.

use serde::{Deserialize, Serialize};
use usocket_testkit::Errno;

use crate::cell::Performed;
use crate::subject::Answer;
use crate::verdict::{Judged, Verdict};

/// One judged cell, in words: what a report file has of it.
///
/// A report is read where the recipe may be unknown, by another version or on another system, so nothing in it refers to
/// the catalogue of the program that reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Row {
    /// The cell's name.
    pub name: String,
    /// The platform on which it ran: the [`id`](super::Host::id) of one of the report's hosts.
    pub platform: String,
    /// The condition that the recipe provokes.
    pub condition: String,
    /// The call that meets it.
    pub operation: String,
    /// The protocol.
    pub protocol: String,
    /// The library.
    pub subject: String,
    /// The recipe's id.
    pub recipe: String,
    /// Target, peer or given.
    pub shape: String,
    /// The letter of the way: K, F, S or M.
    pub way: char,
    /// What the host must offer.
    pub tier: String,
    /// How it is provoked.
    pub how: String,
    /// The document that says so.
    pub source: String,
    /// The error numbers that the recipe promises, by name.
    pub errnos: Vec<String>,
    /// The condition that the answer was held against.
    pub expected: String,
    /// How it came out.
    pub verdict: Verdict,
    /// How it came out before the expectations of the subject were asked: where the verdict is `known` or
    /// `unexpected-pass`, what it stands for.
    pub found: Verdict,
    /// The condition that a program can tell from the subject's error.
    pub named: Option<String>,
    /// The system's number in the subject's error.
    pub raw_os_error: Option<i32>,
    /// The name of that number.
    pub errno: Option<String>,
    /// The subject's text.
    pub text: Option<String>,
    /// The rule that absorbed it, why it did not run, what was said instead, or why it is known.
    pub remark: Option<String>,
    /// The public issue that says so.
    pub issue: Option<String>,
    /// From the first preparation to the answer.
    pub milliseconds: f64,
}

impl Row {
    pub(super) fn new(platform: &str, judged: &Judged) -> Self {
        let recipe = judged.cell.recipe;
        let (named, raw_os_error, text) = match &judged.report.performed {
            Performed::Answered(Answer::Failed { named, raw, text }) => {
                (named.clone(), *raw, Some(text.clone()))
            }
            _ => (None, None, None),
        };
        Self {
            name: judged.cell.name(),
            platform: platform.to_owned(),
            condition: recipe.condition().name().to_owned(),
            operation: recipe.operation().name().to_owned(),
            protocol: judged.cell.protocol.name().to_owned(),
            subject: judged.cell.subject.name().to_owned(),
            recipe: recipe.id().to_owned(),
            shape: recipe.shape().name().to_owned(),
            way: recipe.way().letter(),
            tier: recipe.tier().name().to_owned(),
            how: recipe.how().to_owned(),
            source: recipe.source().to_owned(),
            errnos: recipe
                .errnos()
                .iter()
                .map(|errno| errno.name().to_owned())
                .collect(),
            expected: judged.expected.name().to_owned(),
            verdict: judged.verdict,
            found: judged.found,
            named,
            raw_os_error,
            errno: raw_os_error.map(|raw| Errno::from_raw(raw).to_string()),
            text,
            remark: judged.remark.clone(),
            issue: judged.issue.clone(),
            milliseconds: judged.report.elapsed.as_secs_f64() * 1e3,
        }
    }

    /// Whether the subject was shown the real thing: what the recipe promises.
    pub fn was_provoked(&self) -> bool {
        !matches!(
            self.found,
            Verdict::NotProvoked
                | Verdict::NotRun
                | Verdict::NotExpressible
                | Verdict::Hang
                | Verdict::Crash
        )
    }

    /// Whether it is the same cell on the same platform.
    pub(super) fn is_same_cell(&self, other: &Self) -> bool {
        self.name == other.name && self.platform == other.platform
    }

    /// What the subject said, in a few words.
    pub fn said(&self) -> String {
        match (self.found, &self.named) {
            (Verdict::Absorbed, _) => "no error, by a rule".to_owned(),
            (Verdict::Lost, _) if self.text.is_none() => "no error".to_owned(),
            (Verdict::Lost, _) => "unnamed".to_owned(),
            (_, Some(named)) => named.clone(),
            (Verdict::Pass, None) => "unknown".to_owned(),
            (other, None) => other.name().to_owned(),
        }
    }
}
