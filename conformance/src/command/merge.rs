//! `conformance merge`.

use std::error::Error;
use std::path::PathBuf;

use usocket_conformance::report::{merge, read_json};

use super::output::{Destination, tell};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The reports: the `report.json` of each
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    destination: Destination,
}

pub(super) fn perform(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let reports = arguments
        .files
        .iter()
        .map(|file| read_json(file))
        .collect::<Result<Vec<_>, _>>()?;
    let folder = arguments.destination.prepare()?;
    Ok(tell(&merge(reports), folder.as_ref())?)
}
