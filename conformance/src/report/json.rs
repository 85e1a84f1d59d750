//! The report as a file for programs.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Report, SCHEMA};

/// Writes the report as one JSON document.
///
/// # Errors
///
/// What the writer says.
pub fn write_json(mut writer: impl io::Write, report: &Report) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut writer, report)?;
    writer.write_all(b"\n")?;
    writer.flush()
}

/// Reads what [`write_json`] wrote.
///
/// # Errors
///
/// The file cannot be read, is no report, or is one of another form; the text names the file.
pub fn read_json(path: &Path) -> Result<Report, ReadError> {
    /// Enough to know whether the rest can be understood.
    #[derive(Deserialize)]
    struct Head {
        schema: u32,
    }

    let failed = |why: String| ReadError {
        path: path.to_owned(),
        why,
    };
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let head: Head = serde_json::from_str(&text)
        .map_err(|error| failed(format!("it is no report of this program: {error}")))?;
    if head.schema != SCHEMA {
        return Err(failed(format!(
            "it has form {}, and this version of the program reads form {SCHEMA}; make it anew",
            head.schema
        )));
    }
    serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
}

/// Why a file is not read as a report.
#[derive(Debug)]
pub struct ReadError {
    path: PathBuf,
    why: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for ReadError {}
