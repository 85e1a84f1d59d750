//! Provokes every socket error that this host can give, and shows what each library calls it.

mod command;

use std::process::ExitCode;

use crate::command::CommandLine;

// Only workers of cells that need a lab are started with it: see `worker`.
usocket_testkit::lab_main!("--lab");

fn main() -> ExitCode {
    match command::perform(&CommandLine::of_this_process()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::from(2)
        }
    }
}
