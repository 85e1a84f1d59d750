//! Where the system forbids namespaces: the reason, and the skip. Each case is a child of this test, held back by what
//! a container or an administrator would hold it back with.
#![cfg(all(target_os = "linux", feature = "lab"))]
// A system-call filter can be set between fork and exec only.
#![allow(unsafe_code)]

mod no_namespaces;

usocket_testkit::lab_main!();

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use usocket_testkit::Lab;

/// The test of the children.
const CHILD: &str = "child_wants_a_lab";

#[test]
#[ignore = "run by the others, held back"]
fn child_wants_a_lab() {
    match Lab::new() {
        Ok(_) => println!("has a lab"),
        Err(refusal) => panic!("{:?}: {refusal}", refusal.kind()),
    }
}

fn child(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args([CHILD, "--exact", "--ignored", "--nocapture"])
        .stdin(Stdio::null());
    command
        .env("NEXTEST_EXECUTION_MODE", "process-per-test")
        .env_remove("USOCKET_TESTKIT_SKIP");
    command
}

fn this_program() -> std::path::PathBuf {
    env::current_exe().unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn filtered(mut command: Command) -> Command {
    // SAFETY: it makes system calls only, and allocates nothing.
    unsafe { command.pre_exec(no_namespaces::forbid_namespaces) };
    command
}

#[test]
fn a_child_that_nobody_holds_back_has_a_lab() {
    // Where this test itself is held back, so is its child.
    drop(Lab::new().unwrap());
    let output = child(&this_program()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("has a lab"), "{}", text(&output));
}

#[test]
fn a_containers_filter_is_named_with_the_flag_that_lifts_it() {
    let output = filtered(child(&this_program())).output().unwrap();
    assert!(!output.status.success());
    let text = text(&output);
    assert!(text.contains("ContainerFilter: lab: "), "{text}");
    assert!(
        text.contains("docker run --security-opt seccomp=unconfined"),
        "{text}"
    );
}

#[test]
fn the_switch_in_the_environment_is_named() {
    let output = child(&this_program())
        .env("USOCKET_TESTKIT_LAB", "off")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        text(&output).contains("SwitchedOff: lab: "),
        "{}",
        text(&output)
    );
}

/// The setting is that of the user namespace, which the tests of one process share: a child changes its own.
#[test]
fn user_namespaces_that_are_off_are_named_with_the_setting() {
    const OFF: &str = "LAB_REFUSED_TURNS_IT_OFF";
    // Where there is no user namespace, the setting is the host's, and not to be touched.
    drop(Lab::new().unwrap());
    if env::var_os(OFF).is_some() {
        fs::write("/proc/sys/user/max_user_namespaces", "0").unwrap();
        let output = child(&this_program()).output().unwrap();
        println!("{}", text(&output));
        return;
    }
    let output = Command::new(this_program())
        .args([
            "user_namespaces_that_are_off_are_named_with_the_setting",
            "--exact",
            "--nocapture",
        ])
        .env(OFF, "1")
        .output()
        .unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    if text.contains("has a lab") {
        // Root does without a user namespace.
        let status = fs::read_to_string("/proc/self/status").unwrap();
        assert!(status.contains("Uid:\t0\t0\t0\t0"), "{status}");
    } else {
        assert!(text.contains("UserNamespacesOff: lab: "), "{text}");
        assert!(
            text.contains("sudo sysctl user.max_user_namespaces="),
            "{text}"
        );
    }
}

#[test]
fn a_skip_passes_under_nextest_and_is_on_record() {
    // A copy in a target folder of its own: the real one's record is read by people.
    let target = tempfile::tempdir().unwrap();
    let program = target.path().join("debug/deps/lab_refused");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::write(target.path().join("CACHEDIR.TAG"), "").unwrap();
    // By another process: a test beside this one that starts a program would hold what this one writes to open in it, and
    // a file that is open for writing cannot be run (ETXTBSY).
    let copied = Command::new("cp")
        .arg(this_program())
        .arg(&program)
        .status();
    assert!(copied.unwrap().success());

    let mut command = filtered(child(&program));
    command
        .env("USOCKET_TESTKIT_SKIP", "faults,lab")
        .env("NEXTEST_BINARY_ID", "my-crate::net");
    for _ in 0..2 {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("skipped: "), "{}", text(&output));
    }
    let record = fs::read_to_string(target.path().join("usocket-testkit-skips.txt")).unwrap();
    let lines: Vec<_> = record.lines().collect();
    assert_eq!(lines.len(), 2, "{record}");
    assert!(
        lines[0].starts_with("my-crate::net child_wants_a_lab: lab: "),
        "{record}"
    );
    assert!(lines[0].contains("docker run"), "{record}");

    // Many tests in one process: ending it would end them all.
    let output = command
        .env_remove("NEXTEST_EXECUTION_MODE")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        text(&output).contains("cargo nextest run"),
        "{}",
        text(&output)
    );
}

#[test]
fn listing_tests_makes_no_namespaces() {
    // Nor does it fail where they are forbidden.
    let output = filtered(Command::new(this_program()))
        .arg("--list")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(
        text(&output).contains("child_wants_a_lab: test"),
        "{}",
        text(&output)
    );
}
