//! The command line: one file for each command.

mod diff;
mod doctor;
mod list;
mod merge;
mod mistakes;
mod output;
mod programs;
mod run;
mod show;

use std::error::Error;
use std::io;

use clap::{Parser, Subcommand};
use usocket_conformance::offer::Offer;
use usocket_conformance::worker;

/// Provokes every socket error that this host can give, and shows what each library calls it.
///
/// Without a command it runs all cells: `conformance --only timeout` is `conformance run --only timeout`.
#[derive(Debug, Parser)]
#[command(
    name = "conformance",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  conformance                                     run everything, write report/index.html
  conformance --only host_down                    only what concerns one condition
  conformance --only tokio --jobs 8               only one library, eight cells at a time
  conformance show host_down::connect::tcp4::p4_target::std
                                                  one cell: how it is provoked, what came of it
  conformance --program sbcl='sbcl --script driver.lisp'
                                                  a library in any language beside the others
  conformance doctor                              what this host offers, and what would unlock the rest
  conformance diff old/report.json new/report.json
  conformance merge part*/report.json --report all

Exit code: 0 if every library did what is expected of it, 1 if one did not, 2 if that could not be found out."
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    run: run::Arguments,

    /// Perform one cell and write its report: what the run starts for each cell
    #[arg(long, value_name = "CELL", hide = true)]
    worker: Option<String>,

    /// With --worker, write down what is called
    #[arg(long, hide = true)]
    record: bool,

    /// Enter a private network before anything else; without --worker, say whether that is possible
    #[arg(long, hide = true)]
    lab: bool,

    /// Say whether rules on its own system calls are possible
    #[arg(long, hide = true)]
    rules: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run cells, and write a report
    Run(run::Arguments),
    /// List the names of the cells
    List(list::Arguments),
    /// Run one cell and tell everything about it
    Show(show::Arguments),
    /// Tell what this host offers, and what would unlock the rest
    Doctor,
    /// Compare two reports
    Diff(diff::Arguments),
    /// Make one report of several: of partitions of a run, or of platforms
    Merge(merge::Arguments),
}

/// Whether everything is as it should be.
pub(crate) fn perform(arguments: &CommandLine) -> Result<bool, Box<dyn Error>> {
    if let Some(cell) = &arguments.worker {
        let subjects = arguments.run.programs.unasked(arguments.run.limit)?;
        let work = if arguments.record {
            worker::work_recorded
        } else {
            worker::work
        };
        work(cell, &subjects)?;
        return Ok(true);
    }
    if arguments.lab || arguments.rules {
        let offer = if arguments.lab {
            Offer::labs_here()
        } else {
            Offer::rules_here()
        };
        serde_json::to_writer(io::stdout().lock(), &offer)?;
        return Ok(true);
    }
    match &arguments.command {
        None => run::perform(&arguments.run),
        Some(Command::Run(arguments)) => run::perform(arguments),
        Some(Command::List(arguments)) => list::perform(arguments),
        Some(Command::Show(arguments)) => show::perform(arguments),
        Some(Command::Doctor) => doctor::perform(),
        Some(Command::Diff(arguments)) => diff::perform(arguments),
        Some(Command::Merge(arguments)) => merge::perform(arguments),
    }
}
