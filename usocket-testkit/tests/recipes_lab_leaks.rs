//! Scenes with a lab put everything back. Counting is for the whole process: this file has one test only.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

mod counts;
mod driver;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use usocket_testkit::Lab;
use usocket_testkit::provoke::{Tier, catalogue};

const WATCHDOG: Duration = Duration::from_secs(30);

/// Descriptors, threads, the interfaces of the process's own network, and the process's limits.
fn state() -> ((usize, usize), usize, String) {
    let interfaces = fs::read_to_string("/proc/self/net/dev").unwrap();
    (
        counts::counts(),
        interfaces.lines().count(),
        fs::read_to_string("/proc/self/limits").unwrap(),
    )
}

fn every_recipe() -> usize {
    let mut scenes = 0;
    for recipe in catalogue() {
        // A name server that says nothing takes as long as the resolver waits.
        let skipped = recipe.is_slow() || recipe.is_by_name_only() || recipe.id() == "W3";
        if recipe.tier() != Tier::Lab || skipped {
            continue;
        }
        for protocol in recipe.protocols() {
            let scene = recipe.request(*protocol).process_wide().ready().unwrap();
            // What the driver opens itself it closes itself; what it answers is no matter here.
            let _ = driver::drive(&scene);
            scenes += 1;
        }
    }
    scenes
}

#[test]
fn descriptors_threads_interfaces_and_limits_are_after_as_before() {
    drop(Lab::new().unwrap());
    let network = fs::read_link("/proc/thread-self/ns/net").unwrap();
    every_recipe(); // whatever a library opens once and keeps
    let before = state();
    let scenes = every_recipe() + every_recipe();
    assert!(scenes > 100, "{scenes} scenes only");
    // The kernel takes a moment to forget a thread that has ended.
    let deadline = Instant::now() + WATCHDOG;
    while state() != before && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(state(), before);
    let after = fs::read_link("/proc/thread-self/ns/net").unwrap();
    assert_eq!(after, network, "the thread is not back where it was");
}
