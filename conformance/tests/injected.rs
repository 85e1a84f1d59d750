//! What a rule says in the kernel's stead means what it means from the kernel: the same number in the same call over the
//! same protocol is called the same by a library, whoever said it, and the socket is afterwards what it is after the
//! kernel's. Where it is not, `fixtures/injected.toml` says why.
#![cfg(target_os = "linux")]

mod built;
#[path = "injected/libraries.rs"]
mod libraries;
#[path = "injected/state.rs"]
mod state;

usocket_testkit::lab_main!();

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use built::program;
use rstest::rstest;
use serde::Deserialize;
use serde_json::Value;
use usocket_testkit::{Errno, Faults, Lab, Protocol, Way, provoke};

use libraries::{Library, by_std, by_tokio, by_usocket};
use state::{after, leaves_a_socket};

/// Where the two differ, and why that is right: operation, error number, reason.
const DIFFERENCES: &[(&str, &str, &str)] = &[];

#[rstest]
#[case::usocket("::usocket")]
#[case::std("::std")]
#[case::tokio("::tokio")]
fn a_number_is_called_the_same_whoever_says_it(#[case] subject: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program())
        .args(["--only", subject, "--only", "4::", "--report"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();

    // By the library, the call, the protocol and the number: what it is called, by the kernel and by a rule.
    let mut called: BTreeMap<[String; 4], [BTreeSet<String>; 2]> = BTreeMap::new();
    for cell in report["cells"].as_array().unwrap() {
        let word = |key: &str| cell[key].as_str().unwrap_or_default().to_owned();
        if cell["errno"].is_null() {
            continue;
        }
        let key = [
            word("subject"),
            word("operation"),
            word("protocol"),
            word("errno"),
        ];
        let by_rule = usize::from(word("way") == "S");
        called.entry(key).or_default()[by_rule].insert(cell["named"].to_string());
    }

    let mut compared = 0;
    let mut differ = Vec::new();
    for (key, [kernel, rule]) in &called {
        if kernel.is_empty() || rule.is_empty() {
            continue;
        }
        compared += 1;
        let known = DIFFERENCES
            .iter()
            .any(|(operation, errno, _)| key[1] == *operation && key[3].starts_with(errno));
        if !kernel.is_superset(rule) && !known {
            differ.push(format!(
                "{key:?}: the kernel's is {kernel:?}, the rule's {rule:?}"
            ));
        }
    }
    assert!(compared > 30, "{compared} numbers only come from both");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// A difference that is as it must be; `fixtures/injected.toml` says what its parts mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    recipes: Vec<String>,
    operations: Vec<String>,
    #[serde(default)]
    protocols: Vec<String>,
    #[serde(default)]
    libraries: Vec<String>,
    part: String,
    kernel: Option<String>,
    rule: Option<String>,
    reason: String,
}

impl Known {
    fn read() -> Vec<Self> {
        #[derive(Deserialize)]
        struct File {
            known: Vec<Known>,
        }
        let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
        let text = std::fs::read_to_string(folder.join("fixtures/injected.toml")).unwrap();
        toml::from_str::<File>(&text).unwrap().known
    }
}

#[rstest]
#[case::usocket("usocket", by_usocket)]
#[case::std("std", by_std)]
#[case::tokio("tokio", by_tokio)]
fn a_socket_is_afterwards_what_it_is_after_the_kernels(
    #[case] name: &str,
    #[case] library: Library,
) {
    // Both say why, where there is none.
    drop(Lab::new().unwrap());
    drop(Faults::here().unwrap());
    let known = Known::read();
    let mut used = BTreeSet::new();
    let (mut compared, mut left_out) = (0, 0);
    let mut differ = Vec::new();
    for (kernel, rule, protocol) in pairs() {
        let by_kernel = match after(kernel, protocol, library) {
            Ok(Some(seen)) => seen,
            Ok(None) => continue,
            // What a kernel was built without.
            Err(unavailable) => {
                println!("{} over {protocol}: {unavailable}", kernel.id());
                left_out += 1;
                continue;
            }
        };
        let by_rule = after(rule, protocol, library).unwrap().unwrap();
        compared += 1;
        for ((part, says), (_, instead)) in by_kernel.iter().zip(&by_rule) {
            if says == instead {
                continue;
            }
            let row = known.iter().position(|row| {
                let has = |list: &[String], word: &str| {
                    list.is_empty() || list.iter().any(|one| one == word)
                };
                has(&row.recipes, kernel.id())
                    && has(&row.operations, kernel.operation().name())
                    && has(&row.protocols, protocol.name())
                    && has(&row.libraries, name)
                    && row.part == *part
                    && row.kernel.as_ref().is_none_or(|word| word == says)
                    && row.rule.as_ref().is_none_or(|word| word == instead)
            });
            match row {
                Some(at) => drop(used.insert(at)),
                None => differ.push(format!(
                    "{} {} {} {part}: after the kernel {says:?}, after the rule {instead:?}",
                    kernel.id(),
                    kernel.operation().name(),
                    protocol.name()
                )),
            }
        }
    }
    println!("{compared} pairs compared, {left_out} left out");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(compared > 30, "{compared} pairs only");
    for (at, row) in known.iter().enumerate() {
        let for_this = row.libraries.is_empty() || row.libraries.iter().any(|one| one == name);
        assert!(
            used.contains(&at) || !for_this,
            "nothing differs so: {row:?}"
        );
        assert!(row.reason.len() > 20, "{row:?}");
    }
}

/// What the kernel can be made to say and a rule too: the same number in the same call over the same protocol.
fn pairs() -> Vec<(&'static provoke::Recipe, &'static provoke::Recipe, Protocol)> {
    let catalogue = provoke::catalogue();
    let mut pairs = Vec::new();
    for kernel in catalogue {
        let beside_others =
            kernel.is_process_wide() || kernel.is_by_name_only() || kernel.is_slow();
        // What happens to a call that waits happens on another thread, and has tests of its own.
        let waits = ["E3", "G5", "T1"].contains(&kernel.id());
        if kernel.way() != Way::Kernel || beside_others || waits {
            continue;
        }
        for rule in catalogue.iter().filter(|row| {
            row.way() == Way::SystemCallRule
                && row.condition() == kernel.condition()
                && row.operation() == kernel.operation()
                && row
                    .errnos()
                    .iter()
                    .any(|errno: &Errno| kernel.errnos().contains(errno))
        }) {
            for protocol in kernel.protocols() {
                if rule.protocols().contains(protocol)
                    && leaves_a_socket(kernel.operation(), *protocol)
                {
                    pairs.push((kernel, rule, *protocol));
                }
            }
        }
    }
    pairs
}
