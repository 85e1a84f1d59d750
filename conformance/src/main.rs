//! Provokes every socket error that this host can give, and shows what each library calls it.

mod command;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use usocket_conformance::subject::SUBJECTS;
use usocket_conformance::worker;

use crate::command::CommandLine;

// Only workers of cells that need a lab are started with it: see `worker`.
usocket_testkit::lab_main!("--lab");

fn main() -> ExitCode {
    match perform() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything is as it should be.
fn perform() -> Result<bool, Box<dyn Error>> {
    let arguments: Vec<_> = env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    // A worker is one of thousands: to read its command line as people's are read takes longer than what it does. It is
    // read so only if it names subjects that are not known here.
    let known = !arguments.iter().any(|argument| argument == "--program");
    let done = known.then(|| worker::answer(&arguments, &SUBJECTS));
    if let Some(done) = done.flatten() {
        return done.map(|()| true).map_err(Into::into);
    }
    command::perform(&CommandLine::of_this_process())
}
