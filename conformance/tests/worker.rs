//! The worker processes, when they are not what they should be.
#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use usocket_conformance::cell::{Cell, Performed};
use usocket_conformance::verdict::{Verdict, judge};
use usocket_conformance::worker;
use usocket_testkit::provoke::Tier;

const PATIENCE: Duration = Duration::from_secs(20);

/// In a private network an unprivileged process has rights that would keep some errors from happening.
#[test]
fn only_cells_that_need_a_lab_get_one() {
    let mut with = 0;
    for cell in Cell::all() {
        let arguments = worker::arguments(cell);
        let lab = arguments.iter().any(|argument| argument == worker::LAB);
        assert_eq!(lab, cell.recipe.tier() == Tier::Lab, "{cell:?}");
        with += usize::from(lab);
    }
    #[cfg(target_os = "linux")]
    assert!(with > 100, "{with} cells only");
    #[cfg(not(target_os = "linux"))]
    assert_eq!(with, 0);
}

#[test]
fn a_process_that_ends_without_a_word_is_a_crash_and_counts() {
    let cell = Cell::all().next().unwrap();
    let report = worker::perform(Path::new("true"), cell, PATIENCE).unwrap();
    assert!(
        matches!(report.performed, Performed::Crashed(_)),
        "{report:?}"
    );
    let judged = judge(cell, cell.recipe.condition(), report);
    assert_eq!(judged.verdict, Verdict::Crash);
    assert!(judged.verdict.counts() && !judged.verdict.is_right());
}

#[test]
fn a_program_that_does_not_exist_is_an_error() {
    let cell = Cell::all().next().unwrap();
    let error = worker::perform(Path::new("/dev/null/program"), cell, PATIENCE).unwrap_err();
    assert!(error.raw_os_error().is_some());
}
