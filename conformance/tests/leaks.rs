//! A run leaves nothing behind: counted in a process of its own, before and after.
#![cfg(target_os = "linux")]

mod built;
#[path = "../../usocket-testkit/tests/counts/mod.rs"]
mod counts;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rstest::rstest;
use usocket_conformance::run::Plan;
use usocket_conformance::verdict::Verdict;
use usocket_testkit::provoke::Tier;

/// Descriptors, threads, and children that nobody has waited for: the kernel keeps them with the thread that started them,
/// and with another one when that has ended.
fn state() -> ((usize, usize), String) {
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    let children = threads.map(|thread| {
        // One that has gone since the folder was read has no such file.
        fs::read_to_string(thread.path().join("children")).unwrap_or_default()
    });
    (counts::counts(), children.collect())
}

#[rstest]
fn descriptors_threads_and_children_are_back_at_their_count(#[values(false, true)] together: bool) {
    let mut plan = Plan::new(built::program());
    // A process each: what the others do in theirs is the same to the one that starts them.
    plan.cells
        .retain(|cell| cell.subject.name() == "usocket" && cell.recipe.tier() != Tier::Rules);
    // Long enough for all but the recipe that takes a second: one that hangs must not leak either.
    plan.limit = Duration::from_millis(700);
    plan.together = together;
    let before = state();
    let judged = plan.run(|_| {}).unwrap();
    // The kernel takes a moment to forget a thread that has ended, and nothing tells when it has.
    let patience = Instant::now() + Duration::from_secs(20);
    while state() != before && Instant::now() < patience {
        thread::yield_now();
    }
    assert_eq!(state(), before);
    assert_eq!(judged.len(), plan.cells.len());
    assert!(judged.iter().any(|judged| judged.verdict == Verdict::Hang));
}
