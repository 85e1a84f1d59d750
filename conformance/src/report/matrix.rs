//! The matrix: condition x operation, and what each subject answered.

use std::fmt::{self, Write};

use super::{Report, Row};
use crate::verdict::Verdict;

/// The judged cells as a table for the terminal.
///
/// One line for each condition, operation and recipe; the protocols that came out alike share it. Where a report has
/// several platforms, each has lines of its own.
#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    subjects: Vec<&'a str>,
    /// The platforms, where there are several.
    platforms: bool,
    lines: Vec<Line<'a>>,
}

#[derive(Clone, Debug)]
struct Line<'a> {
    call: Call<'a>,
    protocols: Vec<&'a str>,
    /// In the order of the subjects; nothing where the report has no such cell.
    entries: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Call<'a> {
    platform: &'a str,
    condition: &'a str,
    operation: &'a str,
    recipe: &'a str,
    shape: &'a str,
}

impl<'a> Call<'a> {
    fn of(row: &'a Row) -> Self {
        Self {
            platform: &row.platform,
            condition: &row.condition,
            operation: &row.operation,
            recipe: &row.recipe,
            shape: &row.shape,
        }
    }
}

impl<'a> Matrix<'a> {
    /// Of all cells.
    pub fn new(report: &'a Report) -> Self {
        let subjects = report.subjects();
        let mut lines: Vec<Line<'a>> = Vec::new();
        for row in &report.cells {
            let call = Call::of(row);
            let of_this_call =
                |line: &Line<'_>| line.call == call && line.protocols == [row.protocol.as_str()];
            if !lines.last().is_some_and(of_this_call) {
                lines.push(Line {
                    call,
                    protocols: vec![&row.protocol],
                    entries: vec![String::new(); subjects.len()],
                });
            }
            let column = subjects.iter().position(|subject| *subject == row.subject);
            if let (Some(line), Some(column)) = (lines.last_mut(), column) {
                line.entries[column] = entry(row);
            }
        }
        Self {
            subjects,
            platforms: report.hosts.len() > 1,
            lines: merged(lines),
        }
    }
}

/// Protocols that came out alike, in one line.
fn merged(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut merged: Vec<Line<'_>> = Vec::new();
    for line in lines {
        let alike = |one: &&mut Line<'_>| one.call == line.call && one.entries == line.entries;
        match merged.iter_mut().find(alike) {
            Some(one) => one.protocols.extend(line.protocols),
            None => merged.push(line),
        }
    }
    merged
}

fn entry(row: &Row) -> String {
    let (sign, way) = (row.verdict.sign(), row.way);
    match row.found {
        Verdict::NotExpressible | Verdict::NotRun => sign.to_string(),
        Verdict::Lost | Verdict::WrongCondition => format!("{sign} {way} {}", row.said()),
        _ => format!("{sign} {way}"),
    }
}

impl fmt::Display for Matrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let platform = self.platforms.then_some("platform");
        let heads = ["condition", "operation", "recipe", "protocols"];
        let head = platform
            .into_iter()
            .chain(heads)
            .chain(self.subjects.iter().copied());
        let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).collect()];
        let mut before = "";
        for Line {
            call,
            protocols,
            entries,
        } in &self.lines
        {
            // A condition is named once, above all its operations.
            let condition = if call.condition == before {
                ""
            } else {
                call.condition
            };
            before = call.condition;
            let platform = self.platforms.then_some(call.platform);
            let names =
                [condition, call.operation, call.recipe, &protocols.join(" ")].map(str::to_owned);
            let line = platform.map(str::to_owned).into_iter().chain(names);
            rows.push(line.chain(entries.iter().cloned()).collect());
        }
        write_aligned(f, &rows)
    }
}

/// Columns as wide as their widest text, two spaces apart.
fn write_aligned(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (column, text) in row.iter().enumerate() {
            let width = text.chars().count();
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    for row in rows {
        let mut line = String::new();
        for (text, width) in row.iter().zip(&widths) {
            write!(line, "{text:<width$}  ")?;
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
