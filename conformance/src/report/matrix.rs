//! The matrix: condition x operation, and what each subject answered.

use std::fmt::{self, Write};

use super::{Report, Row, in_order};
use crate::verdict::Verdict;

/// The judged cells as a table for the terminal.
///
/// One line for each condition, operation and recipe; the protocols that came out alike share it. Where a report has
/// several platforms, each has lines of its own.
///
/// No line is longer than 200 characters as long as there are no more than a dozen or two of subjects: where the lines would
/// be, what the subjects said instead stands below the table.
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
    entries: Vec<Entry>,
}

/// What a subject made of it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Entry {
    /// The sign, and the way where the call was made.
    short: String,
    /// What it said instead of the right name.
    said: Option<String>,
}

/// Wider than that, and lines wrap even on a large screen.
const WIDEST: usize = 200;

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
                    entries: vec![Entry::default(); subjects.len()],
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

fn entry(row: &Row) -> Entry {
    let (sign, way) = (row.verdict.sign(), row.way);
    match row.found {
        Verdict::NotExpressible | Verdict::NotRun => Entry {
            short: sign.to_string(),
            said: None,
        },
        found => Entry {
            short: format!("{sign} {way}"),
            said: matches!(found, Verdict::Lost | Verdict::WrongCondition).then(|| row.said()),
        },
    }
}

impl Entry {
    fn with_words(&self) -> String {
        match &self.said {
            Some(said) => format!("{} {said}", self.short),
            None => self.short.clone(),
        }
    }
}

impl Matrix<'_> {
    /// The table, its head first.
    fn rows(&self, text: impl Fn(&Entry) -> String) -> Vec<Vec<String>> {
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
            rows.push(line.chain(entries.iter().map(&text)).collect());
        }
        rows
    }

    /// What each subject said instead of which conditions.
    fn write_said(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nsaid instead:")?;
        for (column, subject) in self.subjects.iter().enumerate() {
            let said = self.lines.iter().filter_map(|line| {
                let said = line.entries[column].said.as_deref()?;
                Some((said, line.call.condition))
            });
            let said = in_order(said);
            for word in in_order(said.iter().map(|(word, _)| *word)) {
                let conditions = said.iter().filter(|(other, _)| *other == word);
                let head = format!("  {subject:<15}  {word}: ");
                write_folded(f, &head, conditions.map(|(_, condition)| *condition))?;
            }
        }
        Ok(())
    }
}

/// The words after the head, on as many lines as they need.
fn write_folded<'a>(
    f: &mut fmt::Formatter<'_>,
    head: &str,
    words: impl Iterator<Item = &'a str>,
) -> fmt::Result {
    let indent = head.chars().count();
    let (mut line, mut separator) = (head.to_owned(), "");
    for word in words {
        if !separator.is_empty() && line.chars().count() + word.len() + 3 > WIDEST {
            writeln!(f, "{line},")?;
            (line, separator) = (" ".repeat(indent), "");
        }
        line.push_str(separator);
        line.push_str(word);
        separator = ", ";
    }
    writeln!(f, "{line}")
}

impl fmt::Display for Matrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows(Entry::with_words);
        if width(&rows) <= WIDEST {
            return write_aligned(f, &rows);
        }
        write_aligned(f, &self.rows(|entry| entry.short.clone()))?;
        self.write_said(f)
    }
}

/// The characters of each column.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths = vec![0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = text.chars().count().max(*width);
        }
    }
    widths
}

fn width(rows: &[Vec<String>]) -> usize {
    widths(rows).iter().map(|width| width + 2).sum()
}

/// Columns as wide as their widest text, two spaces apart.
fn write_aligned(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let widths = widths(rows);
    for row in rows {
        let mut line = String::new();
        for (text, width) in row.iter().zip(&widths) {
            write!(line, "{text:<width$}  ")?;
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
