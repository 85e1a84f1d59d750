//! What a rule says in the kernel's stead means what it means from the kernel: the same number in the same call over the
//! same protocol is called the same by a library, whoever said it.
#![cfg(target_os = "linux")]

mod built;

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use built::program;
use rstest::rstest;
use serde_json::Value;

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
