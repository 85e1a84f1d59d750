//! Scenes put everything back. Counting is for the whole process: this file has one test only.
#![cfg(target_os = "linux")]

mod counts;
mod driver;

use std::env;
use std::fs;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use usocket_testkit::provoke::catalogue;

const WATCHDOG: Duration = Duration::from_secs(30);

fn every_recipe() -> usize {
    let mut scenes = 0;
    for recipe in catalogue().iter().filter(|recipe| !recipe.is_slow()) {
        for protocol in recipe.protocols() {
            // This file has one test only, so that nobody else is disturbed.
            if let Ok(scene) = recipe.request(*protocol).process_wide().ready() {
                // What the driver opens itself it closes itself; what it answers is no matter here.
                let _ = driver::drive(&scene);
                scenes += 1;
            }
        }
    }
    scenes
}

/// Descriptors, threads, limits, and which signals are handled, ignored and blocked.
fn state() -> ((usize, usize), String, Vec<String>) {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    let signals = status.lines().filter(|line| {
        ["SigBlk:", "SigIgn:", "SigCgt:"]
            .iter()
            .any(|name| line.starts_with(name))
    });
    (
        counts::counts(),
        fs::read_to_string("/proc/self/limits").unwrap(),
        signals.map(str::to_owned).collect(),
    )
}

#[test]
fn descriptors_threads_files_limits_and_signals_are_after_as_before() {
    every_recipe(); // whatever a library opens once and keeps
    let before = state();
    let scenes: usize = (0..3).map(|_| every_recipe()).sum();
    // The kernel takes a moment to forget a thread that has ended.
    let deadline = Instant::now() + WATCHDOG;
    while state() != before && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
    assert!(scenes > 300, "{scenes} scenes only");
    assert_eq!(state(), before);

    let ours = format!("usocket-testkit-{}-", process::id());
    for entry in fs::read_dir(env::temp_dir()).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            !name.to_string_lossy().starts_with(&ours),
            "{name:?} is left"
        );
    }
}
