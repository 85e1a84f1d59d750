//! `conformance diff`.

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use usocket_conformance::report::{Change, diff, read_json};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The older report
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The newer one
    #[arg(value_name = "NEW")]
    new: PathBuf,
}

/// Whether nothing became worse.
pub(super) fn perform(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let (old, new) = (read_json(&arguments.old)?, read_json(&arguments.new)?);
    let changes = diff(&old, &new);
    let mut out = io::stdout().lock();
    for change in &changes {
        writeln!(out, "{change}")?;
    }
    let worse = changes.iter().filter(|change| change.is_worse()).count();
    writeln!(
        out,
        "{} and {} cells: {} differ, {worse} of them for the worse",
        old.cells.len(),
        new.cells.len(),
        changes.len()
    )?;
    Ok(!changes.iter().any(Change::is_worse))
}
