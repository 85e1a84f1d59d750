//! The mistake that a lab cannot see when it is made: threads that are not in it.

use std::ffi::CString;
use std::fs;

use super::hook::NetworkId;
use super::namespace::{self, Stay};

/// A runtime that was built before the lab has its threads outside: what to say then.
pub(super) fn find(stay: &Stay) -> Option<String> {
    if stay.is_whole_process() {
        return None;
    }
    let (process, _) = namespace::entered().ok()?;
    let strays = fs::read_dir("/proc/self/task")
        .ok()?
        .flatten()
        .filter_map(|task| {
            let name = fs::read_to_string(task.path().join("comm")).ok()?;
            let path = CString::new(format!("{}/ns/net", task.path().display())).ok()?;
            let runtime = ["tokio", "async", "smol", "worker", "pool", "runtime"]
                .iter()
                .any(|word| name.contains(word));
            (runtime && NetworkId::of(&path) == Ok(process)).then(|| name.trim_end().to_owned())
        });
    let mut strays: Vec<_> = strays.collect();
    strays.dedup();
    if strays.is_empty() {
        return None;
    }
    Some(format!(
        "lab: these threads are not in the lab, since they were started before it: {}. If they are this test's, build \
         the runtime after the lab, or use `cargo nextest run`, where every thread of a test is in its lab",
        strays.join(", ")
    ))
}
