//! What commands print of a report, and where they write it.

use std::io::{self, Write};
use std::path::PathBuf;

use usocket_conformance::report::{Folder, Matrix, Report};

/// Where a report goes.
#[derive(Debug, clap::Args)]
pub(super) struct Destination {
    /// Write the report into this folder: index.html for people, report.json and junit.xml for programs
    #[arg(long, value_name = "FOLDER", default_value = "report")]
    report: PathBuf,

    /// Write no report
    #[arg(long, conflicts_with = "report")]
    no_report: bool,
}

impl Destination {
    /// The folder, which exists now: that it cannot be made is to be known before a run, not after.
    pub(super) fn prepare(&self) -> Result<Option<Folder>, io::Error> {
        if self.no_report {
            return Ok(None);
        }
        Folder::create(&self.report).map(Some).map_err(|error| {
            let path = self.report.display();
            io::Error::new(
                error.kind(),
                format!("cannot make the folder {path}: {error}"),
            )
        })
    }
}

/// Prints the matrix, what it does not show, the numbers, and whatever is wrong; writes the report.
pub(super) fn tell(report: &Report, folder: Option<&Folder>) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", Matrix::new(report))?;
    writeln!(
        out,
        "✓ named  ✗ not named, or what it was called instead  ~ the same, and known  ○ absorbed by a rule  \
         · has no such call\n- not here  » late  ? not provoked  ∞ hang  ! crash  + right, and known to be wrong"
    )?;
    writeln!(
        out,
        "K the kernel said it  F the kernel, through another descriptor  S a system-call rule  M a seam\n"
    )?;

    if !report.not_provoked.is_empty() {
        writeln!(out, "not provoked:")?;
        for row in &report.not_provoked {
            writeln!(out, "  {row}")?;
        }
        writeln!(out)?;
    }

    writeln!(
        out,
        "{} cells in {:.1} s",
        report.cells.len(),
        report.seconds
    )?;
    for summary in &report.summary {
        if report.hosts.len() > 1 {
            write!(out, "{:<16} ", summary.platform)?;
        }
        writeln!(out, "{summary}")?;
    }
    let mut right = true;
    for row in report.failures() {
        right = false;
        let remark = row.remark.as_deref().unwrap_or_default();
        let (verdict, name) = (row.verdict.name(), &row.name);
        writeln!(
            out,
            "wrong: {name}: expected {}: {verdict}: {remark}",
            row.expected
        )?;
    }
    if let Some(folder) = folder {
        folder.write(report)?;
        writeln!(out, "report: {}", folder.page().display())?;
    }
    Ok(right)
}
