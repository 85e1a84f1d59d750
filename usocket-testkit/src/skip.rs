//! A skip that somebody allowed, on the record.

use std::env;
use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;

/// Whether nextest runs this one test in a process of its own (nextest's environment variables).
pub(crate) fn one_test_per_process() -> bool {
    env::var_os("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test")
}

/// Ends the process with success where the environment allows tests to be skipped that lack `what`: `lab` or `faults`.
///
/// libtest has no skip at run time. Where a process has this one test only, its success is the test's.
pub(crate) fn skip_if_allowed(what: &str, refusal: &impl Display) {
    if !allowed(what, env::var_os("USOCKET_TESTKIT_SKIP").as_deref()) {
        return;
    }
    if !one_test_per_process() {
        eprintln!(
            "{what}: USOCKET_TESTKIT_SKIP={what} has an effect under `cargo nextest run` only"
        );
        return;
    }
    let test = thread::current().name().unwrap_or("?").to_owned();
    let binary = env::var("NEXTEST_BINARY_ID").unwrap_or_default();
    let line = format!("{binary} {test}: {refusal}\n");
    eprint!("skipped: {line}");
    if let Some(record) = record() {
        // One write each: lines of tests that run at the same time do not mix. A record that cannot be written must
        // not fail what was to be skipped; the line above stands in the test's output.
        let file = OpenOptions::new().create(true).append(true).open(record);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
    process::exit(0);
}

/// `USOCKET_TESTKIT_SKIP` is a list with commas.
fn allowed(what: &str, list: Option<&OsStr>) -> bool {
    let list = list.map(OsStr::to_string_lossy).unwrap_or_default();
    list.split(',').any(|word| word.trim() == what)
}

/// `usocket-testkit-skips.txt` in cargo's target folder.
fn record() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    Some(target_folder(&program)?.join("usocket-testkit-skips.txt"))
}

/// The folder that cargo marks as a cache; in an unpacked archive, the one above `debug/deps`.
fn target_folder(program: &Path) -> Option<&Path> {
    let marked = |folder: &&Path| folder.join("CACHEDIR.TAG").exists();
    program.ancestors().skip(1).find(marked).or_else(|| {
        let deps = program
            .ancestors()
            .find(|folder| folder.ends_with("deps"))?;
        deps.parent()?.parent()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_commas() {
        for (list, expected) in [
            ("lab", true),
            ("faults, lab", true),
            ("labs", false),
            ("", false),
        ] {
            assert_eq!(allowed("lab", Some(OsStr::new(list))), expected, "{list:?}");
        }
        assert!(!allowed("lab", None));
        assert!(allowed("faults", Some(OsStr::new("lab,faults"))));
    }

    #[test]
    fn the_record_is_in_the_target_folder() {
        let nowhere = Path::new("/no-such/target/debug/deps/test-1");
        assert_eq!(target_folder(nowhere), Some(Path::new("/no-such/target")));
        assert_eq!(target_folder(Path::new("/no-such/test-1")), None);
    }
}
