//! The program under test.

use std::path::PathBuf;

/// Where it is, also when the tests run from an archive.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("NEXTEST_BIN_EXE_conformance")
        .map_or_else(|| env!("CARGO_BIN_EXE_conformance").into(), PathBuf::from)
}
