//! The report for programs.

use std::io;

use serde::Serialize;

use super::{Host, NotProvoked, Summary, not_provoked};
use crate::cell::Performed;
use crate::subject::Answer;
use crate::verdict::{Judged, Verdict};

/// The version of the report's form; it changes with every change that a reader must know.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    host: &'a Host,
    summary: Vec<Summary>,
    cells: Vec<Row<'a>>,
    not_provoked: Vec<NotProvoked>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: String,
    condition: &'static str,
    operation: &'static str,
    protocol: &'static str,
    subject: &'static str,
    recipe: &'static str,
    shape: &'static str,
    way: char,
    tier: &'static str,
    how: &'static str,
    source: &'static str,
    errnos: Vec<&'static str>,
    expected: &'static str,
    verdict: Verdict,
    named: Option<&'a str>,
    raw_os_error: Option<i32>,
    text: Option<&'a str>,
    remark: Option<&'a str>,
    /// From the first preparation to the answer.
    milliseconds: f64,
}

impl<'a> Row<'a> {
    fn new(judged: &'a Judged) -> Self {
        let recipe = judged.cell.recipe;
        let (named, raw_os_error, text) = match &judged.report.performed {
            Performed::Answered(Answer::Failed { named, raw, text }) => {
                (named.as_deref(), *raw, Some(text.as_str()))
            }
            _ => (None, None, None),
        };
        Self {
            name: judged.cell.name(),
            condition: recipe.condition().name(),
            operation: recipe.operation().name(),
            protocol: judged.cell.protocol.name(),
            subject: judged.cell.subject.name(),
            recipe: recipe.id(),
            shape: recipe.shape().name(),
            way: recipe.way().letter(),
            tier: recipe.tier().name(),
            how: recipe.how(),
            source: recipe.source(),
            errnos: recipe.errnos().iter().map(|errno| errno.name()).collect(),
            expected: judged.expected.name(),
            verdict: judged.verdict,
            named,
            raw_os_error,
            text,
            remark: judged.remark.as_deref(),
            milliseconds: judged.report.elapsed.as_secs_f64() * 1e3,
        }
    }
}

/// Writes the whole run as one JSON document.
///
/// # Errors
///
/// What the writer says.
pub fn write_json(mut writer: impl io::Write, host: &Host, judged: &[Judged]) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA,
        host,
        summary: Summary::of(judged),
        cells: judged.iter().map(Row::new).collect(),
        not_provoked: not_provoked(judged),
    };
    serde_json::to_writer_pretty(&mut writer, &document)?;
    writer.write_all(b"\n")?;
    writer.flush()
}
