//! A run where the system forbids what cells use: namespaces, as many hosts do, or system-call filters, as some containers
//! do. The program is held back by a filter of the test's own, with what it starts.
#![cfg(target_os = "linux")]
// A filter can be set between fork and exec only.
#![allow(unsafe_code)]

mod built;

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};

use nix::libc;
use serde_json::Value;
use usocket_testkit::provoke;

/// The step of a filter that lets the call pass.
const ALLOW: libc::sock_filter = step(0x06, 0, 0, 0x7fff_0000);

/// The step that answers with `EPERM`.
const DENY: libc::sock_filter = step(0x06, 0, 0, 0x0005_0000 | libc::EPERM as u32);

/// The step that looks at the call's number.
const NUMBER: libc::sock_filter = step(0x20, 0, 0, 0);

const fn step(code: u16, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

/// As container profiles do: nobody makes namespaces.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small numbers, and a flag
const NO_NAMESPACES: [libc::sock_filter; 7] = [
    NUMBER,
    step(0x15, 3, 0, libc::SYS_unshare as u32),
    step(0x15, 0, 3, libc::SYS_clone as u32),
    // The flags are the lower half of the first argument (seccomp(2)).
    step(
        0x20,
        0,
        0,
        if cfg!(target_endian = "little") {
            16
        } else {
            20
        },
    ),
    step(0x45, 0, 1, libc::CLONE_NEWUSER as u32),
    DENY,
    ALLOW,
];

/// And nobody makes further filters.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small number
const NO_FILTERS: [libc::sock_filter; 4] = [
    NUMBER,
    step(0x15, 0, 1, libc::SYS_seccomp as u32),
    DENY,
    ALLOW,
];

/// The program, under these filters.
fn conformance(arguments: &[&str], filters: &'static [&'static [libc::sock_filter]]) -> Output {
    let mut command = Command::new(built::program());
    command.args(arguments).stdin(Stdio::null());
    // SAFETY: system calls only, with arguments that live until they return.
    unsafe {
        command.pre_exec(move || {
            let mut ok = libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
            for filter in filters {
                let filter = libc::sock_fprog {
                    #[allow(clippy::cast_possible_truncation)] // a few steps
                    len: filter.len() as u16,
                    filter: filter.as_ptr().cast_mut(),
                };
                let set = libc::SECCOMP_SET_MODE_FILTER;
                ok = ok && libc::syscall(libc::SYS_seccomp, set, 0, &raw const filter) == 0;
            }
            if ok {
                Ok(())
            } else {
                Err(io::Error::last_os_error())
            }
        });
    }
    command.output().expect("it starts")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("text")
}

/// The cells of usocket whose names contain the text, and whether they may have had rules.
fn run(only: &[&str], filters: &'static [&'static [libc::sock_filter]]) -> (Vec<Value>, bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let only = only.iter().flat_map(|text| ["--only", text]);
    let arguments: Vec<_> = [
        "--skip",
        "usocket_waiting",
        "--only",
        "::usocket",
        "--report",
        path,
    ]
    .into_iter()
    .chain(only)
    .collect();
    let output = conformance(&arguments, filters);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let mut report: Value = serde_json::from_str(&report).unwrap();
    let Value::Array(cells) = report["cells"].take() else {
        panic!("a report has cells");
    };
    // Each reason is told once, for people.
    for cell in cells.iter().filter(|cell| cell["verdict"] == "not-run") {
        let reason = cell["remark"].as_str().unwrap();
        assert!(stdout(&output).contains(reason), "{cell}");
    }
    (cells, report["hosts"][0]["rules"]["available"] == true)
}

/// What is asked of a cell's text.
fn word<'a>(cell: &'a Value, key: &str) -> &'a str {
    cell[key].as_str().unwrap_or_default()
}

/// Whether it never happens in a run.
fn by_name_only(cell: &Value) -> bool {
    provoke::catalogue()
        .iter()
        .any(|recipe| recipe.id() == cell["recipe"] && recipe.is_by_name_only())
}

#[test]
fn a_whole_run_finds_usocket_right_where_namespaces_are_forbidden() {
    let (cells, rules) = run(&[], &[&NO_NAMESPACES]);
    let mut shown_by_rules = 0;
    for cell in &cells {
        let (verdict, remark) = (word(cell, "verdict"), word(cell, "remark"));
        match word(cell, "tier") {
            "T1" if verdict != "not-expressible" && !by_name_only(cell) => {
                assert_eq!(verdict, "not-run", "{cell}");
                let why = "lab: the system-call filter of this container forbids namespaces; unlock with: docker run ";
                assert!(remark.contains(why), "{cell}");
                // Where a rule says the same, it has said it here.
                let alike = |other: &&Value| {
                    other["tier"] == "T2"
                        && ["condition", "operation", "protocol"]
                            .iter()
                            .all(|key| other[key] == cell[key])
                };
                for other in cells.iter().filter(alike).filter(|_| rules) {
                    let verdict = word(other, "verdict");
                    assert!(
                        ["pass", "absorbed", "not-expressible"].contains(&verdict),
                        "{other}"
                    );
                    shown_by_rules += usize::from(verdict != "not-expressible");
                }
            }
            _ => assert!(!remark.contains("lab:"), "{cell}"),
        }
    }
    assert!(!rules || shown_by_rules > 30, "{shown_by_rules} cells only");
}

#[test]
fn where_filters_are_forbidden_too_the_kernel_shows_what_it_can() {
    let (cells, rules) = run(&["connect::tcp4"], &[&NO_NAMESPACES, &NO_FILTERS]);
    assert!(!rules);
    let mut by_kernel = 0;
    for cell in &cells {
        let (verdict, remark) = (word(cell, "verdict"), word(cell, "remark"));
        match word(cell, "tier") {
            "T2" => {
                assert_eq!(verdict, "not-run", "{cell}");
                assert!(remark.contains("faults: "), "{cell}");
                assert!(remark.contains("unlock with: docker run "), "{cell}");
            }
            "T1" => assert_eq!(verdict, "not-run", "{cell}"),
            _ => by_kernel += usize::from(["pass", "absorbed"].contains(&verdict)),
        }
    }
    assert!(by_kernel > 5, "{by_kernel} cells only");
}

#[test]
fn the_doctor_names_each_missing_tier_with_the_command_that_unlocks_it() {
    let output = conformance(&["doctor"], &[&NO_NAMESPACES, &NO_FILTERS]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for tier in ["T1 labs", "T2 rules"] {
        let line = stdout(&output).lines().find(|line| line.contains(tier));
        let line = line.expect("each tier has a line");
        assert!(line.contains(" no  for "), "{line}");
        let command = "unlock with: docker run --security-opt seccomp=unconfined";
        assert!(line.contains(command), "{line}");
    }
}

#[test]
fn show_says_why_it_has_no_calls_and_judges_all_the_same() {
    let cell = "connection_refused::connect::tcp4::d1_target::usocket";
    let output = conformance(&["show", cell], &[&NO_FILTERS]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = stdout(&output);
    assert!(text.contains("calls not written down: faults: "), "{text}");
    assert!(text.contains("verdict      pass"), "{text}");
}
