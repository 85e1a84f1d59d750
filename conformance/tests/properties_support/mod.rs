//! What the property tests have in common.
#![allow(dead_code, reason = "each test file needs a part of it")]

use std::time::Duration;

use proptest::test_runner::{Config, FileFailurePersistence};

/// Only ever reached if a call hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// So many cases, and more where `PROPTEST_CASES` says so. What fails is kept beside the test, and tried first from then
/// on.
pub(crate) fn config(fewest: u32) -> Config {
    let mut config = Config::default();
    let asked_for = std::env::var_os("PROPTEST_CASES").is_some();
    if !asked_for || config.cases < fewest {
        config.cases = fewest;
    }
    config.failure_persistence = Some(Box::new(FileFailurePersistence::WithSource("regressions")));
    config
}
