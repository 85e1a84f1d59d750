//! The command as its users start it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use rstest::rstest;
use serde_json::Value;

/// Where the program is, also when the tests run from an archive.
fn program() -> PathBuf {
    std::env::var_os("NEXTEST_BIN_EXE_conformance")
        .map_or_else(|| env!("CARGO_BIN_EXE_conformance").into(), PathBuf::from)
}

fn conformance(arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// A file in a directory of the test's own.
fn report() -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory
        .path()
        .join("report.json")
        .to_str()
        .unwrap()
        .to_owned();
    (directory, path)
}

fn read(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_whole_run_finds_usocket_right_and_leaves_no_condition_out() {
    let (_directory, path) = report();
    let output = conformance(&["--json", &path]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", stderr(&output));
    assert!(!text.contains("wrong:"), "{text}");
    // Progress is told while it runs.
    assert!(stderr(&output).contains(" cells"), "{}", stderr(&output));

    let report = read(&path);
    assert_eq!(report["schema"], 1);
    assert!(
        report["host"]["unused_port"]["value"]
            .as_str()
            .unwrap()
            .starts_with("127.0.0.1:")
    );
    for summary in report["summary"].as_array().unwrap() {
        let (subject, provoked) = (&summary["subject"], summary["classic_provoked"].as_u64());
        if subject != "std" {
            let labs = report["host"]["lab"]["available"] == true;
            assert!(provoked >= Some(if labs { 18 } else { 16 }), "{summary}");
        }
        if subject == "usocket" {
            assert_eq!(summary["right"], summary["expressible"]);
        }
    }

    // Every cell made its call, or says why it did not.
    for cell in report["cells"].as_array().unwrap() {
        let verdict = cell["verdict"].as_str().unwrap();
        let silent = cell["remark"].is_null();
        assert_eq!(silent, verdict == "pass", "{cell}");
        assert!(
            !["crash", "hang", "not-provoked"].contains(&verdict),
            "{cell}"
        );
        assert!(text.contains(cell["condition"].as_str().unwrap()), "{cell}");
    }
    for condition in usocket::Condition::ALL {
        let rows = |key: &str| {
            report[key]
                .as_array()
                .unwrap()
                .iter()
                .any(|row| row["condition"] == condition.name())
        };
        assert!(
            rows("cells") || rows("not_provoked"),
            "{condition} is neither provoked nor named"
        );
    }
    for row in report["not_provoked"].as_array().unwrap() {
        assert!(!row["reason"].as_str().unwrap().is_empty(), "{row}");
        assert!(text.contains(row["condition"].as_str().unwrap()), "{row}");
    }
}

#[test]
fn the_picture_has_the_worst_verdict_of_each_square() {
    let (directory, path) = report();
    let picture = directory.path().join("matrix.svg");
    let output = conformance(&[
        "--only",
        "timeout",
        "--json",
        &path,
        "--picture",
        picture.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let picture = std::fs::read_to_string(picture).unwrap();
    let report = read(&path);
    let mut squares = BTreeSet::new();
    for cell in report["cells"].as_array().unwrap() {
        let of = |key: &str| cell[key].as_str().unwrap();
        if of("verdict") != "not-run" {
            squares.insert([of("subject"), of("condition"), of("operation")]);
        }
    }
    let titled = |square: &[&str; 3]| {
        let [subject, condition, operation] = square;
        format!("<title>{subject}: {condition} in {operation}: ")
    };
    for square in &squares {
        assert_eq!(picture.matches(&titled(square)).count(), 1, "{square:?}");
    }
    assert_eq!(picture.matches("</title></rect>").count(), squares.len());
    // std's would-block in the place of a timeout outweighs whatever else came out there.
    let worst = titled(&["std", "timeout", "receive"]) + "wrong-condition<";
    assert!(picture.contains(&worst), "{picture}");
    let best = titled(&["usocket", "timeout", "receive"]) + "pass<";
    assert!(picture.contains(&best), "{picture}");
}

#[test]
fn a_falsified_row_ends_the_run_with_exit_code_1() {
    let output = conformance(&["--only", "d1_target::usocket", "--expect", "D1=timeout"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let line = "wrong: connection_refused::connect::tcp4::d1_target::usocket: \
                expected timeout: connection-refused";
    assert!(text.contains(line), "{text}");
}

#[test]
fn what_others_name_wrongly_is_shown_and_no_failure() {
    let output = conformance(&["--only", "c1_given::std"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stdout(&output).contains("✗ F unnamed"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn without_labs_their_cells_are_not_run_and_say_why() {
    let output = Command::new(program())
        .args(["--only", "p4_target::usocket"])
        .env("USOCKET_TESTKIT_LAB", "off")
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("lab: no\n"), "{text}");
    let line = "host-down                    connect      lab: switched off by USOCKET_TESTKIT_LAB";
    assert!(text.contains(line), "{text}");
}

#[test]
fn a_cell_that_hangs_is_ended_at_its_limit_and_is_a_verdict() {
    // The recipe takes the kernel a second.
    let output = conformance(&["--only", "tcp4::s2_given::usocket", "--limit", "0.2"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("did not end in time"), "{text}");
}

#[test]
fn help_names_every_option() {
    let output = conformance(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    for option in [
        "--json", "--only", "--limit", "--jobs", "--list", "--expect",
    ] {
        assert!(stdout(&output).contains(option), "{}", stdout(&output));
    }
}

#[test]
fn the_listed_names_are_unique() {
    let output = conformance(&["--list"]);
    let text = stdout(&output);
    let mut names: Vec<_> = text.lines().collect();
    let count = names.len();
    assert!(names.contains(&"connection_refused::connect::tcp4::d1_target::std"));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[rstest]
#[case::unknown_option(&["--jsn", "x"], "--jsn")]
#[case::file_missing(&["--json"], "--json")]
#[case::file_cannot_be(&["--json", "/dev/null/report.json"], "cannot write /dev/null/report.json")]
#[case::picture_cannot_be(&["--picture", "/dev/null/x.svg"], "cannot write /dev/null/x.svg")]
#[case::no_such_cell(&["--only", "no such cell"], "no cell has \"no such cell\" in its name")]
#[case::limit_of_nothing(&["--limit", "0"], "expected a number of seconds above 0, not \"0\"")]
#[case::limit_in_words(&["--limit", "soon"], "expected a number of seconds above 0, not \"soon\"")]
#[case::limit_too_long(&["--limit", "1e300"], "expected a number of seconds above 0")]
#[case::no_jobs(&["--jobs", "0"], "--jobs")]
#[case::no_condition(&["--expect", "D1"], "expected RECIPE=CONDITION")]
#[case::bad_condition(&["--expect", "D1=nonsense"], "\"nonsense\" is not the name of a condition")]
#[case::bad_recipe(&["--expect", "D0=timeout"], "there is no recipe \"D0\"")]
#[case::bad_worker(&["--worker", "x"], "there is no cell \"x\"")]
#[case::stray(&["stray"], "stray")]
fn wrong_arguments_are_named_and_end_with_exit_code_2(
    #[case] arguments: &[&str],
    #[case] words: &str,
) {
    let output = conformance(arguments);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
}
