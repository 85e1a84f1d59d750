//! The worker processes, when they are not what they should be.
#![cfg(unix)]

mod built;

#[cfg(target_os = "linux")]
use std::num::NonZero;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::time::Duration;

#[cfg(target_os = "linux")]
use rstest::rstest;
use usocket_conformance::cell::{Cell, Performed};
use usocket_conformance::run::Plan;
use usocket_conformance::verdict::{Verdict, judge};
use usocket_conformance::worker;
#[cfg(target_os = "linux")]
use usocket_testkit::Errno;
use usocket_testkit::Protocol;
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

/// A program of these lines for the shell.
#[cfg(target_os = "linux")]
fn program(folder: &tempfile::TempDir, lines: &str) -> PathBuf {
    let program = folder.path().join("program");
    // By a process of its own: a program that somebody may still write to cannot be started.
    let written = Command::new("sh")
        .args([
            "-c",
            r#"printf '#!/bin/sh\n%s' "$1" >"$0" && chmod +x "$0""#,
        ])
        .args([program.as_os_str(), lines.as_ref()])
        .status();
    assert!(written.unwrap().success());
    program
}

/// A scene can need more of a lab than the host has, and others of that tier still have theirs. Where there are none at
/// all, one process says so for all.
#[cfg(target_os = "linux")]
#[rstest]
#[case::there_are_labs(true, 5)]
#[case::there_are_none(false, 1)]
fn one_cell_that_lacks_a_lab_speaks_for_all_only_if_there_are_none(
    #[case] available: bool,
    #[case] asked: usize,
) {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record");
    let program = program(
        &folder,
        &format!(
            r#"if [ "$*" = --lab ]; then
    echo '{{"available":{available},"evidence":"nobody knows"}}'
else
    echo "$*" >>'{}'
    echo '{{"performed":{{"NotRun":{{"reason":"no veth","lacks":"lab"}}}},"elapsed":{{"secs":0,"nanos":0}},"limit":null,"trace":null}}'
fi
"#,
            record.display()
        ),
    );

    let mut plan = Plan::new(program);
    plan.jobs = NonZero::<usize>::MIN;
    plan.cells.retain(|cell| {
        cell.subject.name() == "usocket"
            && cell.recipe.tier() == Tier::Lab
            && !cell.recipe.is_slow()
            && !cell.recipe.is_by_name_only()
            && cell.can().is_ok()
    });
    plan.cells.truncate(5);
    let judged = plan.run(|_| {}).unwrap();
    let all = judged.iter().map(|judged| judged.verdict);
    assert_eq!(all.collect::<Vec<_>>(), [Verdict::NotRun; 5]);
    let record = std::fs::read_to_string(record).unwrap();
    assert_eq!(record.lines().count(), asked, "{record}");
}

#[test]
fn cells_that_share_a_process_answer_as_alone() {
    let mut plan = Plan::new(built::program());
    plan.limit = PATIENCE;
    plan.cells.retain(|cell| {
        ["usocket", "std"].contains(&cell.subject.name())
            && cell.protocol == Protocol::Tcp4
            && cell.recipe.tier() == Tier::Plain
            && !cell.recipe.is_slow()
    });
    let alone = plan.run(|_| {}).unwrap();
    plan.together = true;
    let together = plan.run(|_| {}).unwrap();
    assert!(
        together.len() > 50,
        "{} cells only are plain",
        together.len()
    );
    for (together, alone) in together.iter().zip(&alone) {
        assert_eq!(together.cell.name(), alone.cell.name());
        assert_eq!(together.verdict, alone.verdict, "{:?}", together.cell);
    }
}

/// Only an answer that is as expected counts there.
#[cfg(target_os = "linux")]
#[test]
fn a_cell_that_fails_beside_others_is_performed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record");
    let program = program(
        &folder,
        &format!(
            r#"answer() {{
    echo '{{"performed":{{"Answered":{{"Failed":{{"named":"'"$1"'","raw":'"$2"',"text":""}}}}}},"elapsed":{{"secs":0,"nanos":0}},"limit":null,"trace":null}}'
}}
echo "$1" >>'{record}'
if [ "$1" = --worker ]; then
    answer connection-refused {refused}
    exit
fi
while read -r name; do
    echo "${{name#*connect::}}" >>'{record}'
    case $name in
    *tcp4*::usocket_waiting) answer timeout {refused} ;;
    *tcp4*::std) exit ;;
    *tcp6*::usocket) exec sleep 60 ;;
    *tcp6*::usocket_waiting) echo nonsense ;;
    *) answer connection-refused {refused} ;;
    esac
done
"#,
            record = record.display(),
            refused = Errno::ECONNREFUSED.raw(),
        ),
    );

    let mut plan = Plan::new(program);
    plan.jobs = NonZero::<usize>::MIN;
    plan.limit = Duration::from_secs(5);
    plan.together = true;
    plan.cells.retain(|cell| {
        cell.recipe.id() == "D1"
            && [Protocol::Tcp4, Protocol::Tcp6].contains(&cell.protocol)
            && ["usocket", "usocket-waiting", "std"].contains(&cell.subject.name())
    });
    let judged = plan.run(|_| {}).unwrap();
    let all = judged.iter().map(|judged| judged.verdict);
    assert_eq!(all.collect::<Vec<_>>(), [Verdict::Pass; 6]);
    let record = std::fs::read_to_string(record).unwrap();
    assert_eq!(
        record.lines().collect::<Vec<_>>(),
        [
            "--series",
            "tcp4::d1_target::usocket",
            // A wrong answer, of a process that goes on.
            "tcp4::d1_target::usocket_waiting",
            "--worker",
            // None: it ends.
            "tcp4::d1_target::std",
            "--worker",
            "--series",
            // None in time.
            "tcp6::d1_target::usocket",
            "--worker",
            "--series",
            // None that is one.
            "tcp6::d1_target::usocket_waiting",
            "--worker",
            "--series",
            "tcp6::d1_target::std",
        ]
    );
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
