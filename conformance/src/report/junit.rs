//! The report as `JUnit` XML, which most CI systems show.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{Report, Row};
use crate::verdict::Verdict;

/// One suite for each subject and platform, one case for each cell.
pub(super) fn write(report: &Report, writer: impl io::Write) -> io::Result<()> {
    let mut document = Document::new("conformance");
    for summary in &report.summary {
        let (platform, subject) = (&summary.platform, &summary.subject);
        let mut suite = TestSuite::new(format!("{subject} on {platform}"));
        let own = |row: &&Row| row.platform == *platform && row.subject == *subject;
        suite.add_test_cases(report.cells.iter().filter(own).map(case));
        document.add_test_suite(suite);
    }
    document.serialize(writer).map_err(io::Error::other)
}

fn case(row: &Row) -> TestCase {
    let remark = row.remark.clone().unwrap_or_default();
    let verdict = row.verdict;
    let mut status = match verdict {
        Verdict::Pass | Verdict::Absorbed => TestCaseStatus::success(),
        Verdict::Known | Verdict::NotExpressible | Verdict::NotRun => TestCaseStatus::skipped(),
        _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    if verdict != Verdict::Pass {
        status.set_message(format!("{}: {remark}", verdict.name()));
    }
    if verdict.fails() {
        status.set_type(verdict.name());
    }
    let mut case = TestCase::new(row.name.clone(), status);
    case.set_classname(format!("{}.{}", row.subject, row.condition));
    case.set_time(Duration::from_secs_f64(row.milliseconds.max(0.0) / 1e3));
    case
}
