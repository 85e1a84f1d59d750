//! Each cell as a test of its own, for `cargo nextest run` and `cargo test`: for the subjects of this crate, and for
//! those of any other.
//!
//! In `tests/cells.rs` of the other crate, of which `Cargo.toml` says that it has no harness of its own:
//!
//! ```toml
//! [[test]]
//! name = "cells"
//! harness = false
//! ```
//!
//! ```no_run,standalone_crate
//! use usocket_conformance::subject::{Answer, Inability, Subject};
//! use usocket_conformance::testkit::{Operation, Scene};
//!
//! struct MySockets;
//!
//! impl Subject for MySockets {
//!     fn name(&self) -> &'static str {
//!         "my-sockets"
//!     }
//!
//!     fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
//!         match scene.operation() {
//!             Operation::Connect if scene.protocol().is_stream() => {
//!                 Ok(Answer::of_io(std::net::TcpStream::connect(scene.addr()).map(drop)))
//!             }
//!             _ => Err(Inability::Inexpressible("it only connects")),
//!         }
//!     }
//! }
//!
//! usocket_conformance::cells!(MySockets);
//! ```
//!
//! The names of the tests are those of the cells, so that
//! `cargo nextest run -E 'test(host_down) & test(connect)'` chooses among them.
//!
//! A cell that the subject has no way to express passes, and says so in its output. One that the host does not let happen
//! fails with the reason and what would help, unless `USOCKET_TESTKIT_SKIP` names what is missing.

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::cell::{Cell, Performed};
use crate::subject::Subject;
use crate::verdict::{Judged, Verdict, judge};
use crate::worker;

/// Makes the `main` of a test file without a harness: one test for each cell of these subjects, or, where none is named,
/// of this crate's.
///
/// See [`harness`](crate::harness).
#[macro_export]
macro_rules! cells {
    () => {
        $crate::cells!(@main &$crate::subject::SUBJECTS);
    };
    ($($subject:expr),+ $(,)?) => {
        $crate::cells!(@main &[$(&$subject),+]);
    };
    (@main $subjects:expr) => {
        // Only workers of cells that need a lab are started with it.
        $crate::harness::lab_main!("--lab");

        fn main() -> ::std::process::ExitCode {
            $crate::harness::main($subjects)
        }
    };
}

#[doc(hidden)]
pub use usocket_testkit::lab_main;

/// How long a cell may take: a watchdog, since a call that hangs ends in no other way. Less than the minute after which
/// the project's own settings of nextest end a test, and enough for a machine that has a hundred other things to do.
const LIMIT: Duration = Duration::from_secs(45);

/// What [`cells!`](crate::cells!) makes `main` call.
#[doc(hidden)]
pub fn main(subjects: &[&'static dyn Subject]) -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    if let Some(done) = worker::answer(&arguments, subjects) {
        return match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(2)
            }
        };
    }
    let arguments = Arguments::from_args();
    let trials = cells(&arguments, subjects)
        .into_iter()
        .map(|cell| Trial::test(cell.name(), move || check(cell)))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The cells that may be asked for. nextest starts a process for each of thousands of tests: there the others are not
/// even named, which would take longer than the test.
fn cells(arguments: &Arguments, subjects: &[&'static dyn Subject]) -> Vec<Cell> {
    match &arguments.filter {
        Some(name) if arguments.exact && !arguments.list => {
            Cell::named(name, subjects).into_iter().collect()
        }
        _ => Cell::of(subjects).collect(),
    }
}

fn check(cell: Cell) -> Result<(), Failed> {
    let report = worker::perform(&env::current_exe()?, cell, LIMIT)?;
    let judged = judge(cell, cell.recipe.condition(), report);
    match judged.verdict {
        Verdict::NotRun => not_run(&judged),
        verdict if verdict.fails() => Err(Failed::from(format!(
            "{}\n{}",
            words(&judged),
            once_more(&judged)?
        ))),
        _ => {
            println!("{}", words(&judged));
            Ok(())
        }
    }
}

/// The calls of a cell that failed, from another run of it.
fn once_more(judged: &Judged) -> Result<String, Failed> {
    if judged.verdict == Verdict::Hang {
        // It would hang again, and say nothing.
        return Ok(String::new());
    }
    let report = worker::perform_recorded(&env::current_exe()?, judged.cell, LIMIT)?;
    let trace = report.trace.map(|trace| trace.to_string());
    Ok(format!(
        "once more, it came to {:?}\n{}",
        report.performed,
        trace.unwrap_or_default()
    ))
}

/// Red where the host lacks something that it could have, unless the environment lets it be skipped.
fn not_run(judged: &Judged) -> Result<(), Failed> {
    let words = words(judged);
    let Performed::NotRun {
        lacks: Some(lacks), ..
    } = &judged.report.performed
    else {
        println!("{words}");
        return Ok(());
    };
    let allowed = env::var("USOCKET_TESTKIT_SKIP").unwrap_or_default();
    if allowed.split(',').any(|word| word.trim() == lacks) {
        println!("skipped: {words}");
        return Ok(());
    }
    Err(format!("{words}\n(or set USOCKET_TESTKIT_SKIP={lacks})").into())
}

fn words(judged: &Judged) -> String {
    let Judged {
        cell,
        expected,
        verdict,
        remark,
        report,
        ..
    } = judged;
    let mut words = format!(
        "{}: {} provoked by {}",
        verdict.name(),
        expected,
        cell.recipe.how()
    );
    if let Some(remark) = remark {
        words = format!("{words}; {remark}");
    }
    format!("{words}\n{:?}", report.performed)
}
