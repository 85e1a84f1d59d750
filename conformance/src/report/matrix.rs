//! The matrix: condition x operation, and what each subject answered.

use std::fmt::{self, Write};

use crate::cell::Performed;
use crate::subject::{Answer, SUBJECTS};
use crate::verdict::{Judged, Verdict};

/// The judged cells as a table for the terminal.
///
/// One line for each condition, operation and recipe; the protocols that came out alike share it.
#[derive(Clone, Debug)]
pub struct Matrix {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    condition: &'static str,
    operation: &'static str,
    recipe: &'static str,
    protocols: Vec<&'static str>,
    /// In the order of the subjects.
    entries: Vec<Entry>,
}

/// What one subject answered.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    verdict: Verdict,
    text: String,
}

impl Matrix {
    /// Of cells in the order of the catalogue.
    pub fn new(judged: &[Judged]) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        for one in judged {
            let (recipe, protocol) = (one.cell.recipe, one.cell.protocol.name());
            let of_one_call = |line: &Line| {
                line.recipe == recipe.id()
                    && line.condition == recipe.condition().name()
                    && line.operation == recipe.operation().name()
                    && line.protocols == [protocol]
                    && line.entries.len() < SUBJECTS.len()
            };
            match lines.last_mut().filter(|line| of_one_call(line)) {
                Some(line) => line.entries.push(Entry::new(one)),
                None => lines.push(Line {
                    condition: recipe.condition().name(),
                    operation: recipe.operation().name(),
                    recipe: recipe.id(),
                    protocols: vec![protocol],
                    entries: vec![Entry::new(one)],
                }),
            }
        }
        Self {
            lines: merged(lines),
        }
    }
}

/// Protocols that came out alike, in one line.
fn merged(lines: Vec<Line>) -> Vec<Line> {
    let mut merged: Vec<Line> = Vec::new();
    for line in lines {
        let alike = |one: &&mut Line| {
            one.recipe == line.recipe
                && one.condition == line.condition
                && one.operation == line.operation
                && one.entries == line.entries
        };
        match merged.iter_mut().find(alike) {
            Some(one) => {
                let new = |protocol: &&&str| !one.protocols.contains(*protocol);
                let more: Vec<_> = line.protocols.iter().filter(new).copied().collect();
                one.protocols.extend(more);
            }
            None => merged.push(line),
        }
    }
    merged
}

impl Entry {
    fn new(judged: &Judged) -> Self {
        let verdict = judged.verdict;
        let way = judged.cell.recipe.way().letter();
        let text = match &judged.report.performed {
            Performed::Answered(Answer::Done { .. }) if verdict == Verdict::Absorbed => {
                format!("{} {way}", verdict.sign())
            }
            Performed::Answered(Answer::Done { .. }) => {
                format!("{} {way} no error", verdict.sign())
            }
            Performed::Answered(Answer::Failed { named, .. }) => match (verdict, named) {
                (Verdict::Pass, _) => format!("{} {way}", verdict.sign()),
                (_, Some(named)) => format!("{} {way} {named}", verdict.sign()),
                (_, None) => format!("{} {way} unnamed", verdict.sign()),
            },
            Performed::Inexpressible(_) | Performed::NotRun(_) => verdict.sign().to_string(),
            Performed::Hung | Performed::Crashed(_) => format!("{} {way}", verdict.sign()),
        };
        Self { verdict, text }
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["condition", "operation", "recipe", "protocols"].map(str::to_owned);
        let subjects = SUBJECTS.iter().map(|subject| subject.name().to_owned());
        let mut rows: Vec<Vec<String>> = vec![heads.into_iter().chain(subjects).collect()];
        let mut before = "";
        for line in &self.lines {
            // A condition is named once, above all its operations.
            let condition = if line.condition == before {
                ""
            } else {
                line.condition
            };
            before = line.condition;
            let names = [condition, line.operation, line.recipe].map(str::to_owned);
            let entries = line.entries.iter().map(|entry| entry.text.clone());
            let protocols = line.protocols.join(" ");
            rows.push(
                names
                    .into_iter()
                    .chain([protocols])
                    .chain(entries)
                    .collect(),
            );
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
