//! What a report is worth: the answer held against the recipe.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use usocket::{Condition, Operation};
use usocket_testkit::Errno;

use crate::cell::{Cell, Performed, Report};
use crate::expectation::{self, Known};
use crate::subject::Answer;

/// How a cell came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The subject names the condition that was provoked.
    Pass,
    /// A named rule of the subject makes it no error.
    Absorbed,
    /// The subject is wrong, and its [expectations](crate::expectation) say so, with the reason.
    Known,
    /// The subject has no way to make the call.
    NotExpressible,
    /// The cell could not run on this host.
    NotRun,
    /// The subject's error has no name that a program can tell, or there is no error.
    Lost,
    /// The subject names another condition.
    WrongCondition,
    /// The subject is right although its [expectations](crate::expectation) say that it is not: they are to be corrected.
    UnexpectedPass,
    /// The call ended long after its deadline.
    Late,
    /// The system said something else than the recipe promises.
    NotProvoked,
    /// The call did not end in time.
    Hang,
    /// The process of the cell ended without a word on the call.
    Crash,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 12] = [
        Self::Pass,
        Self::Absorbed,
        Self::Known,
        Self::NotExpressible,
        Self::NotRun,
        Self::Lost,
        Self::WrongCondition,
        Self::UnexpectedPass,
        Self::Late,
        Self::NotProvoked,
        Self::Hang,
        Self::Crash,
    ];

    /// The name in reports: lower case, words joined by `-`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Absorbed => "absorbed",
            Self::Known => "known",
            Self::NotExpressible => "not-expressible",
            Self::NotRun => "not-run",
            Self::Lost => "lost",
            Self::WrongCondition => "wrong-condition",
            Self::UnexpectedPass => "unexpected-pass",
            Self::Late => "late",
            Self::NotProvoked => "not-provoked",
            Self::Hang => "hang",
            Self::Crash => "crash",
        }
    }

    /// One character for the matrix.
    pub const fn sign(self) -> char {
        match self {
            Self::Pass => '✓',
            Self::Absorbed => '○',
            Self::Known => '~',
            Self::NotExpressible => '·',
            Self::NotRun => '-',
            Self::Lost | Self::WrongCondition => '✗',
            Self::UnexpectedPass => '+',
            Self::Late => '»',
            Self::NotProvoked => '?',
            Self::Hang => '∞',
            Self::Crash => '!',
        }
    }

    /// Whether the subject made the call, and so was right or wrong.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::NotExpressible | Self::NotRun)
    }

    /// Whether the subject was right.
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Pass | Self::Absorbed | Self::UnexpectedPass)
    }

    /// Whether the run cannot count as passed with it: something is wrong, and nothing says that it may be.
    pub const fn fails(self) -> bool {
        !matches!(
            self,
            Self::Pass | Self::Absorbed | Self::Known | Self::NotExpressible | Self::NotRun
        )
    }

    /// The worse, the larger: which of several verdicts stands for all of them.
    pub const fn badness(self) -> u8 {
        match self {
            // Where it could make the call at all, that it could not elsewhere says little.
            Self::NotRun => 0,
            Self::NotExpressible => 1,
            Self::Pass => 2,
            Self::Absorbed => 3,
            Self::Known => 4,
            Self::UnexpectedPass => 5,
            Self::WrongCondition => 6,
            Self::Lost => 7,
            Self::Late => 8,
            Self::NotProvoked => 9,
            Self::Crash => 10,
            Self::Hang => 11,
        }
    }
}

/// A cell that has been judged.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judged {
    /// Which cell.
    pub cell: Cell,
    /// The condition it was held against: the recipe's.
    pub expected: Condition,
    /// What came of it.
    pub report: Report,
    /// What that is worth.
    pub verdict: Verdict,
    /// The same before the subject's expectations were asked.
    pub found: Verdict,
    /// The rule that absorbed it, why it did not run, what was said instead, or why it is known.
    pub remark: Option<String>,
    /// The public issue that says so.
    pub issue: Option<String>,
}

/// How long after its deadline a call may end: what a busy machine may take from it, many times over. It is a watchdog,
/// and no measure of how exact a library is.
pub const GRACE: Duration = Duration::from_secs(5);

/// Holds a report against the condition that its recipe provokes, and the outcome against what is known of the subject.
pub fn judge(cell: Cell, expected: Condition, report: Report) -> Judged {
    let (verdict, remark) = match &report.performed {
        Performed::Answered(answer) => {
            let judged = judge_answer(cell, expected, answer);
            // What the system was not made to say, it was not late to say either.
            match lateness(&report) {
                Some(words) if judged.0 != Verdict::NotProvoked => (Verdict::Late, Some(words)),
                _ => judged,
            }
        }
        Performed::Inexpressible(reason) => (Verdict::NotExpressible, Some(reason.clone())),
        Performed::NotRun { reason, .. } => (Verdict::NotRun, Some(reason.clone())),
        Performed::Hung => (Verdict::Hang, Some("did not end in time".into())),
        Performed::Crashed(words) => (Verdict::Crash, Some(words.clone())),
    };
    let mut judged = Judged {
        cell,
        expected,
        report,
        verdict,
        found: verdict,
        remark,
        issue: None,
    };
    let named = judged.report.named();
    let claimed = |claims: &[Condition]| claims.contains(&expected);
    if verdict == Verdict::Lost && !cell.subject.vocabulary().is_none_or(claimed) {
        judged.verdict = Verdict::Known;
        judged.remark = Some("it does not claim to have a name for that".to_owned());
    } else if let Some(known) = expectation::of(&cell, named) {
        match verdict {
            Verdict::Lost | Verdict::WrongCondition if known.names(named) => {
                judged.verdict = Verdict::Known;
                judged.remark = Some(known.reason.clone());
                judged.issue.clone_from(&known.issue);
            }
            Verdict::Pass | Verdict::Absorbed => {
                judged.verdict = Verdict::UnexpectedPass;
                judged.remark = Some(format!("expected to be wrong: {}", known.reason));
            }
            _ => {}
        }
    }
    judged
}

impl Judged {
    /// The same, with what is known of the [platform](crate::expectation::Known::platforms) of that name.
    #[must_use]
    pub fn on(mut self, platform: &str) -> Self {
        let Some(known) = expectation::on(platform, &self.cell) else {
            return self;
        };
        match self.found {
            Verdict::NotProvoked | Verdict::Lost | Verdict::Hang if self.shows(known) => {
                self.verdict = Verdict::Known;
                self.remark = Some(known.reason.clone());
                self.issue.clone_from(&known.issue);
            }
            Verdict::Pass | Verdict::Absorbed => {
                let answer = known.answer.as_deref().unwrap_or_default();
                self.verdict = Verdict::UnexpectedPass;
                self.remark = Some(format!(
                    "expected the answer {answer} on {platform}: {}",
                    known.reason
                ));
            }
            _ => {}
        }
        self
    }

    /// Whether the system answered as the row says, and the subject, if it names that, as the row says too.
    fn shows(&self, known: &Known) -> bool {
        let Some(answer) = known.answer.as_deref() else {
            return false;
        };
        match &self.report.performed {
            Performed::Hung => answer == "nothing",
            Performed::Answered(Answer::Done { .. }) => answer == "no error",
            Performed::Answered(Answer::Failed { named, raw, .. }) => {
                *raw == answer.parse().ok().map(Errno::raw)
                    && named
                        .as_deref()
                        .is_none_or(|named| known.names(Some(named)))
            }
            _ => false,
        }
    }
}

/// The [expectations](crate::expectation) that none of these cells meets, but for those of a platform or of another system.
/// After a whole run on a host that offers everything, each of them is out of date.
pub fn unmet(judged: &[Judged]) -> Vec<&'static Known> {
    let met = |known: &&Known| {
        judged
            .iter()
            .any(|one| one.verdict == Verdict::Known && known.is_about(&one.cell))
    };
    expectation::all()
        .iter()
        .filter(|known| known.platforms.is_empty() && known.is_of_this_system() && !met(known))
        .collect()
}

/// In words, where the call took so long that it is no matter of the machine.
fn lateness(report: &Report) -> Option<String> {
    let limit = report.limit?;
    (report.elapsed > limit + GRACE).then(|| {
        let (limit, took) = (limit.as_secs_f64(), report.elapsed.as_secs_f64());
        format!("ended after {took:.2} s, and its deadline was at {limit:.2} s")
    })
}

fn judge_answer(cell: Cell, expected: Condition, answer: &Answer) -> (Verdict, Option<String>) {
    match answer {
        Answer::Done { bytes } => match absorbed_by(cell, expected, *bytes) {
            Some(rule) => (Verdict::Absorbed, Some(rule.into())),
            None => (Verdict::Lost, Some("no error".into())),
        },
        Answer::Failed { named, raw, text } => {
            let errnos = cell.recipe.errnos();
            if let Some(raw) = raw.filter(|raw| !errnos.contains(&Errno::from_raw(*raw))) {
                let said = Errno::from_raw(raw);
                return (
                    Verdict::NotProvoked,
                    Some(format!("the system said {said}")),
                );
            }
            match named {
                Some(named) if named == expected.name() => (Verdict::Pass, None),
                // To have no name for it is to call it unknown.
                None if expected == Condition::Unknown => (Verdict::Pass, None),
                Some(named) => (Verdict::WrongCondition, Some(named.clone())),
                None => (Verdict::Lost, Some(text.clone())),
            }
        }
    }
}

/// Those whose documentation says that shutting down what is not connected is no error.
const ABSORB_SHUTDOWN: [&str; 3] = ["usocket", "usocket-waiting", "tokio"];

/// The rule that makes a success right although an error was provoked.
fn absorbed_by(cell: Cell, expected: Condition, bytes: Option<usize>) -> Option<&'static str> {
    match (expected, cell.recipe.operation()) {
        (Condition::UnexpectedEof, Operation::Receive) if bytes == Some(0) => {
            Some("the end of a stream is a length of 0, not an error")
        }
        (Condition::NotConnected, Operation::Shutdown)
            if ABSORB_SHUTDOWN.contains(&cell.subject.name()) =>
        {
            Some("what has no connection has nothing to shut down")
        }
        (Condition::Interrupted, _) => Some("a call that was interrupted begins again"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use usocket_testkit::{Protocol, provoke};

    use super::*;
    use crate::subject::{Std, Subject, Tokio, Usocket, UsocketWaiting};

    fn cell(id: &str, operation: Operation, subject: &'static dyn Subject) -> Cell {
        let recipe = provoke::catalogue()
            .iter()
            .find(|recipe| recipe.id() == id && recipe.operation() == operation)
            .unwrap();
        Cell {
            recipe,
            protocol: Protocol::Tcp4,
            subject,
        }
    }

    fn judged(cell: Cell, performed: Performed) -> Judged {
        judge(
            cell,
            cell.recipe.condition(),
            Report::of(performed, Duration::ZERO),
        )
    }

    fn failed(named: Option<&str>, raw: Option<i32>) -> Performed {
        let named = named.map(str::to_owned);
        Performed::Answered(Answer::Failed {
            named,
            raw,
            text: "words".into(),
        })
    }

    fn done(bytes: Option<usize>) -> Performed {
        Performed::Answered(Answer::Done { bytes })
    }

    #[test]
    fn every_verdict_has_an_answer_that_deserves_it() {
        let mut given = BTreeSet::new();
        let mut hold = |cell: Cell, performed: Performed, verdict: Verdict| {
            let judged = judged(cell, performed);
            assert_eq!(judged.verdict, verdict, "{:?}", judged.report);
            assert_eq!(judged.remark.is_some(), verdict != Verdict::Pass);
            given.insert(verdict);
        };
        // The name decides, and the code must be the promised one.
        let refused = cell("D1", Operation::Connect, &Std);
        let code = Errno::ECONNREFUSED.raw();
        let not_run = Performed::NotRun {
            reason: "why".into(),
            lacks: None,
        };
        for (performed, verdict) in [
            (
                failed(Some("connection-refused"), Some(code)),
                Verdict::Pass,
            ),
            (failed(Some("connection-refused"), None), Verdict::Pass),
            (failed(Some("timeout"), Some(code)), Verdict::WrongCondition),
            (failed(None, Some(code)), Verdict::Lost),
            (done(None), Verdict::Lost),
            (
                failed(Some("connection-refused"), Some(Errno::EBADF.raw())),
                Verdict::NotProvoked,
            ),
            (Performed::Hung, Verdict::Hang),
            (Performed::Crashed("why".into()), Verdict::Crash),
            (not_run, Verdict::NotRun),
            (
                Performed::Inexpressible("why".into()),
                Verdict::NotExpressible,
            ),
        ] {
            hold(refused, performed, verdict);
        }
        let eof = cell("Y1", Operation::Receive, &Std);
        hold(eof, done(Some(0)), Verdict::Absorbed);
        // What is known decides next.
        let waits = cell("S1", Operation::Receive, &Std);
        hold(waits, failed(Some("would-block"), None), Verdict::Known);
        hold(waits, failed(None, None), Verdict::Lost);
        hold(
            waits,
            failed(Some("timeout"), None),
            Verdict::UnexpectedPass,
        );
        given.insert(after(Duration::from_secs(60)).verdict);
        assert_eq!(given, BTreeSet::from(Verdict::ALL));
    }

    /// A call under a time limit, right but for when it ended.
    fn after(elapsed: Duration) -> Judged {
        let cell = cell("S1", Operation::Receive, &Usocket);
        let mut report = Report::of(failed(Some("timeout"), None), elapsed);
        report.limit = Some(Duration::from_millis(50));
        judge(cell, cell.recipe.condition(), report)
    }

    #[test]
    fn what_ends_long_after_its_deadline_is_late_whatever_it_says() {
        assert_eq!(after(GRACE).verdict, Verdict::Pass);
        let late = after(GRACE + Duration::from_secs(1));
        assert_eq!(late.verdict, Verdict::Late);
        assert!(late.verdict.fails() && late.verdict.counts() && !late.verdict.is_right());
        let words = "ended after 6.00 s, and its deadline was at 0.05 s";
        assert_eq!(late.remark.as_deref(), Some(words));
    }

    #[test]
    fn the_guide_has_every_verdict_with_its_sign() {
        let guide = include_str!("../README.md");
        for verdict in Verdict::ALL {
            let row = format!("| {} | {} | ", verdict.sign(), verdict.name());
            assert_eq!(guide.matches(&row).count(), 1, "{row}");
        }
        let signs = |one: char| {
            Verdict::ALL
                .iter()
                .filter(|other| other.sign() == one)
                .count()
        };
        // Both say that it was not named.
        assert!(
            Verdict::ALL
                .iter()
                .all(|one| signs(one.sign()) == 1 || one.sign() == '✗')
        );
    }

    #[test]
    fn to_have_no_name_for_it_is_to_call_it_unknown() {
        let recipe = provoke::catalogue()
            .iter()
            .find(|recipe| recipe.condition() == Condition::Unknown)
            .unwrap();
        let cell = Cell {
            recipe,
            protocol: recipe.protocols()[0],
            subject: &Std,
        };
        let raw = recipe.errnos()[0].raw();
        assert_eq!(judged(cell, failed(None, Some(raw))).verdict, Verdict::Pass);
    }

    #[test]
    fn what_a_platform_answers_otherwise_is_known_there_and_nowhere_else() {
        let cell = || cell("C1", Operation::Bind, &Usocket);
        let answered =
            |name: &str, errno: Errno| judged(cell(), failed(Some(name), Some(errno.raw())));
        let other = || answered("not-a-socket", Errno::ENOTSOCK);
        assert_eq!(other().verdict, Verdict::NotProvoked);
        assert_eq!(other().on("linux-x86_64").verdict, Verdict::NotProvoked);
        let known = other().on("gvisor");
        assert_eq!(known.verdict, Verdict::Known);
        assert_eq!(known.found, Verdict::NotProvoked);
        assert!(known.remark.is_some());
        // A third answer is not known, nor is a wrong name for the second one.
        let third = answered("invalid-argument", Errno::EINVAL).on("gvisor");
        assert_eq!(third.verdict, Verdict::NotProvoked);
        let misnamed = answered("timeout", Errno::ENOTSOCK).on("gvisor");
        assert_eq!(misnamed.verdict, Verdict::NotProvoked);
        // The platform has been mended: then the row is to go.
        let right = answered("bad-file-descriptor", Errno::EBADF).on("gvisor");
        assert_eq!(right.verdict, Verdict::UnexpectedPass);
    }

    #[test]
    fn a_row_of_a_platform_says_what_is_answered_there() {
        for known in expectation::all() {
            let answer = known.answer.as_deref();
            assert_eq!(known.platforms.is_empty(), answer.is_none(), "{known:?}");
            let is_error = answer.is_some_and(|answer| answer.parse::<Errno>().is_ok());
            assert!(
                answer.is_none_or(|answer| is_error || ["no error", "nothing"].contains(&answer)),
                "{known:?}"
            );
            // Then each library that names it at all names the same.
            assert!(
                answer.is_none() || is_error == known.named.is_some(),
                "{known:?}"
            );
            let about_usocket = known.subjects.iter().any(|one| one.starts_with("usocket"));
            assert!(!about_usocket || !known.platforms.is_empty(), "{known:?}");
        }
    }

    #[test]
    fn only_a_named_rule_makes_no_error_right() {
        let shutdown = |subject| cell("U6", Operation::Shutdown, subject);
        for subject in [&Usocket as &dyn Subject, &UsocketWaiting, &Tokio] {
            let verdict = judged(shutdown(subject), done(None)).verdict;
            assert_eq!(verdict, Verdict::Absorbed, "{}", subject.name());
        }
        assert_eq!(judged(shutdown(&Std), done(None)).verdict, Verdict::Lost);
        let interrupted = cell("T1", Operation::Receive, &Usocket);
        let end = cell("Y1", Operation::Receive, &Std);
        for (cell, bytes, verdict) in [
            (interrupted, 1, Verdict::Absorbed),
            (end, 0, Verdict::Absorbed),
            (end, 1, Verdict::Lost),
        ] {
            assert_eq!(judged(cell, done(Some(bytes))).verdict, verdict);
        }
    }
}
