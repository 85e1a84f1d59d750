//! What is tested of programs as subjects.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use libtest_mimic::Trial;
use rustix::process::Pid;
use serde_json::Value;

pub(crate) fn all() -> Vec<Trial> {
    let test = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    vec![
        test(
            "a_library_behind_a_driver_has_a_column_of_its_own",
            a_library_behind_a_driver_has_a_column_of_its_own,
        ),
        test(
            "a_driver_of_a_cell_in_a_lab_is_in_the_lab",
            a_driver_of_a_cell_in_a_lab_is_in_the_lab,
        ),
        test(
            "what_a_driver_does_not_declare_costs_no_process",
            what_a_driver_does_not_declare_costs_no_process,
        ),
        test(
            "what_a_driver_says_wrong_is_a_verdict_with_its_words",
            what_a_driver_says_wrong_is_a_verdict_with_its_words,
        ),
        test(
            "a_driver_that_hangs_is_ended_and_is_a_verdict",
            a_driver_that_hangs_is_ended_and_is_a_verdict,
        ),
        test(
            "a_driver_that_cannot_say_what_it_can_ends_the_run",
            a_driver_that_cannot_say_what_it_can_ends_the_run,
        ),
        test(
            "the_driver_of_usocket_says_what_usocket_says",
            the_driver_of_usocket_says_what_usocket_says,
        ),
        test(
            "a_driver_with_a_loopback_of_its_own_declines_what_waits_there",
            a_driver_with_a_loopback_of_its_own_declines_what_waits_there,
        ),
        test("wrong_programs_are_named", wrong_programs_are_named),
        test(
            "show_repeats_a_cell_of_a_program",
            show_repeats_a_cell_of_a_program,
        ),
    ]
}

/// Runs the cells of the program whose names contain the text.
fn run(way: &str, only: &str, more: &[&str]) -> (Output, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(conformance())
        .args(["--program", &this("tested", way)])
        .args(["--only", "::tested", "--only", only, "--report"])
        .arg(folder.path())
        .args(more)
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let report =
        std::fs::read_to_string(folder.path().join("report.json")).unwrap_or_else(|_| "{}".into());
    let report: Value = serde_json::from_str(&report).unwrap();
    let cells = report["cells"].as_array().cloned().unwrap_or_default();
    (output, cells)
}

fn conformance() -> PathBuf {
    let path = env::var_os("NEXTEST_BIN_EXE_conformance");
    path.unwrap_or_else(|| OsString::from(env!("CARGO_BIN_EXE_conformance")))
        .into()
}

/// This test, as a driver that behaves that way.
fn this(name: &str, way: &str) -> String {
    let program = env::current_exe().unwrap();
    format!("{name}={} driver {way}", program.display())
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn a_library_behind_a_driver_has_a_column_of_its_own() {
    for (cell, verdict, named) in [
        ("connect::tcp4::d1_target", "pass", "connection-refused"),
        // The far end strikes the socket of another process.
        ("receive::tcp4::e1_peer", "pass", "connection-reset"),
        ("send::tcp4::r1_peer", "pass", "shutdown"),
        ("receive::tcp4::s1_peer", "pass", "timeout"),
        ("receive::tcp4::y1_peer", "absorbed", ""),
        // On a descriptor that the driver inherits.
        ("accept::tcp4::v2_given", "pass", "would-block"),
        ("accept::tcp4::g2_given", "pass", "invalid-argument"),
        // It has no name for it.
        ("accept::tcp4::c2_given", "lost", ""),
    ] {
        let (output, cells) = run("well", cell, &[]);
        let [found] = &cells[..] else {
            panic!("{cell}: {}", text(&output.stderr));
        };
        assert_eq!(found["subject"], "tested");
        assert_eq!(found["verdict"], verdict, "{found}");
        assert_eq!(
            found["named"].as_str().unwrap_or_default(),
            named,
            "{found}"
        );
        let code = i32::from(verdict == "lost");
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stdout));
        assert!(
            text(&output.stdout).contains("tested"),
            "{}",
            text(&output.stdout)
        );
    }
}

fn a_driver_of_a_cell_in_a_lab_is_in_the_lab() {
    let (output, cells) = run("well", "connect::tcp4::q4_target", &[]);
    let lab = !text(&output.stdout).contains("lab: no");
    let verdict = if lab { "pass" } else { "not-run" };
    assert_eq!(cells.len(), 1);
    assert_eq!(cells[0]["verdict"], verdict, "{}", cells[0]);
}

fn what_a_driver_does_not_declare_costs_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let way = format!("well {}", log.display());
    for (cell, reason) in [
        (
            "bind::tcp4::a1_target",
            "its driver does not declare the operation",
        ),
        (
            "connect::tcp6::d1_target",
            "its driver does not declare the protocol",
        ),
    ] {
        let (_, cells) = run(&way, cell, &[]);
        assert_eq!(cells[0]["verdict"], "not-expressible", "{}", cells[0]);
        assert_eq!(cells[0]["remark"], reason);
    }
    let started = std::fs::read_to_string(log).unwrap();
    assert_eq!(started, "capabilities\n".repeat(2));
}

fn what_a_driver_says_wrong_is_a_verdict_with_its_words() {
    for (way, verdict, words) in [
        (
            "garbles",
            "crash",
            "its driver said \"well, that did not work\"",
        ),
        ("misnames", "crash", "its driver said \"named no-luck\""),
        ("adds", "crash", "its driver said \"mood good\""),
        ("asks", "crash", "its driver said \"what?\""),
        (
            "dies",
            "crash",
            "its driver ended without an answer and said: \"last words\"",
        ),
        ("declines", "not-expressible", "not in this life"),
    ] {
        let (_, cells) = run(way, "connect::tcp4::d1_target", &[]);
        assert_eq!(cells[0]["verdict"], verdict, "{way}: {}", cells[0]);
        let remark = cells[0]["remark"].as_str().unwrap();
        assert_eq!(remark, words, "{way}");
    }
}

fn a_driver_that_hangs_is_ended_and_is_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let way = format!("hangs {}", log.display());
    let (output, cells) = run(&way, "connect::tcp4::d1_target", &["--limit", "3"]);
    assert_eq!(cells[0]["verdict"], "hang", "{}", cells[0]);
    assert_eq!(output.status.code(), Some(1));
    let log = std::fs::read_to_string(log).unwrap();
    let process = log.lines().find_map(|line| line.strip_prefix("hangs in "));
    let process: i32 = process.expect("it did hang").parse().unwrap();
    let gone = rustix::process::test_kill_process(Pid::from_raw(process).unwrap());
    assert_eq!(gone, Err(rustix::io::Errno::SRCH), "{process}");
}

fn a_driver_that_cannot_say_what_it_can_ends_the_run() {
    for (way, words) in [
        ("mute", "program tested: its driver ended without an answer"),
        (
            "boasts",
            "program tested: its driver said \"fly\" in operations",
        ),
        (
            "dithers",
            "program tested: its driver said \"given perhaps\"",
        ),
    ] {
        let (output, _) = run(way, "d1_target", &[]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{way}: {}",
            text(&output.stdout)
        );
        assert!(
            text(&output.stderr).contains(words),
            "{way}: {}",
            text(&output.stderr)
        );
    }
}

fn the_driver_of_usocket_says_what_usocket_says() {
    // A call that names an address, one that is to be given up, and one that gives a number no name.
    for operation in [
        "connect::tcp4::d1",
        "receive_from::udp4::s1",
        "send_to::udp6::u4",
    ] {
        let (output, cells) = run("usocket", operation, &[]);
        assert_eq!(cells.len(), 1, "{operation}: {}", text(&output.stderr));
        assert_eq!(cells[0]["verdict"], "pass", "{}", cells[0]);
        assert_eq!(cells[0]["named"], cells[0]["expected"]);
    }
    let (_, cells) = run("usocket", "accept::tcp4::v2", &[]);
    let remark = cells[0]["remark"].as_str().unwrap();
    assert_eq!(remark, "its driver does not declare the operation");
}

fn a_driver_with_a_loopback_of_its_own_declines_what_waits_there() {
    let (_, cells) = run("usocket --own-loopback", "connect::tcp4::d1", &[]);
    assert_eq!(cells[0]["verdict"], "not-expressible", "{}", cells[0]);
    let remark = cells[0]["remark"].as_str().unwrap();
    assert!(
        remark.contains("a loopback that the driver does not share"),
        "{remark}"
    );
}

fn wrong_programs_are_named() {
    let twice = this("twice", "well");
    for (programs, words) in [
        (&["rust"][..], "expected NAME=COMMAND"),
        (&["rust="], "there is no command"),
        (&["Rust=true"], "a name has lower-case letters"),
        (
            &["std=true"],
            "that is the name of a subject of this program",
        ),
        (
            &["rust=/dev/null/x"],
            "program rust: cannot start \"/dev/null/x\"",
        ),
        (&[&twice, &twice], "two programs are called \"twice\""),
    ] {
        let arguments = programs.iter().flat_map(|program| ["--program", program]);
        let output = Command::new(conformance())
            .arg("list")
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        assert_eq!(output.status.code(), Some(2), "{programs:?}");
        assert!(
            text(&output.stderr).contains(words),
            "{}",
            text(&output.stderr)
        );
    }
}

fn show_repeats_a_cell_of_a_program() {
    let program = this("tested", "well");
    let cell = "connection_refused::connect::tcp4::d1_target::tested";
    let output = Command::new(conformance())
        .args(["show", cell, "--program", &program])
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for words in [
        format!("again        conformance show {cell} --program '{program}'"),
        "calls not written down: its driver makes the calls".to_owned(),
    ] {
        let text = text(&output.stdout);
        assert!(text.contains(&words), "{text}");
    }
}
