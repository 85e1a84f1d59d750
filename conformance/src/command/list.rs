//! `conformance list`.

use std::error::Error;
use std::io::{self, Write};

use usocket_conformance::cell::Cell;

use super::programs::Programs;
use super::run::retain;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only the names that contain this text; may be repeated, then all must
    #[arg(value_name = "TEXT")]
    only: Vec<String>,

    #[command(flatten)]
    programs: Programs,
}

pub(super) fn perform(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let mut cells: Vec<_> = Cell::of(&arguments.programs.asked()?).collect();
    retain(&mut cells, &arguments.only)?;
    let mut out = io::stdout().lock();
    for cell in cells {
        writeln!(out, "{}", cell.name())?;
    }
    Ok(true)
}
