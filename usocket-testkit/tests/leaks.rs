//! Scenes put everything back. Counting is for the whole process: this file has one test only.
#![cfg(target_os = "linux")]

mod driver;

use std::env;
use std::fs;
use std::process;

use usocket_testkit::provoke::catalogue;

fn entries(directory: &str) -> usize {
    fs::read_dir(directory).unwrap().count()
}

fn every_recipe() -> usize {
    let mut scenes = 0;
    for recipe in catalogue().iter().filter(|recipe| !recipe.is_slow()) {
        for protocol in recipe.protocols() {
            if let Ok(scene) = recipe.ready(*protocol) {
                // What the driver opens itself it closes itself; what it answers is no matter here.
                let _ = driver::drive(&scene);
                scenes += 1;
            }
        }
    }
    scenes
}

#[test]
fn descriptors_threads_and_files_are_as_many_after_as_before() {
    every_recipe(); // whatever a library opens once and keeps
    let before = (entries("/proc/self/fd"), entries("/proc/self/task"));
    let scenes: usize = (0..3).map(|_| every_recipe()).sum();
    let after = (entries("/proc/self/fd"), entries("/proc/self/task"));
    assert!(scenes > 300, "{scenes} scenes only");
    assert_eq!(after, before);

    let ours = format!("usocket-testkit-{}-", process::id());
    for entry in fs::read_dir(env::temp_dir()).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            !name.to_string_lossy().starts_with(&ours),
            "{name:?} is left"
        );
    }
}
