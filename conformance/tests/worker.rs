//! The worker processes, when they are not what they should be.
#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use usocket_conformance::cell::{Cell, Performed};
use usocket_conformance::verdict::{Verdict, judge};
use usocket_conformance::worker;

const PATIENCE: Duration = Duration::from_secs(20);

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
