//! Runs a command where namespaces are forbidden, as in a container, so that a test suite can be seen there.
//!
//! ```sh
//! cargo run --example without_namespaces -- cargo nextest run
//! ```
//!
//! The filter holds for all that the command starts, and cannot be lifted.

#![cfg_attr(target_os = "linux", allow(unsafe_code))]

#[cfg(target_os = "linux")]
#[path = "../tests/no_namespaces/mod.rs"]
mod no_namespaces;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;

    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        eprintln!("usage: without_namespaces COMMAND [ARGUMENT]...");
        return ExitCode::from(2);
    };
    let error = match no_namespaces::forbid_namespaces() {
        // Returns only if it fails.
        Ok(()) => Command::new(&program).args(words).exec(),
        Err(error) => error,
    };
    let program = Path::new(&program).display();
    eprintln!("without_namespaces: {program}: {error}");
    ExitCode::FAILURE
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("without_namespaces: this system has no such filters");
    ExitCode::FAILURE
}
