//! The matrix as a picture: condition x operation for each subject, one colour for each verdict.

use std::fmt::{self, Write};

use usocket::Operation;

use super::{Report, Row, in_order};
use crate::verdict::Verdict;

/// What the colours say, in the order of the legend. They are told apart by people who see few
/// colours as well, and on light and dark pages.
const COLOURS: [(&str, &str, &[Verdict]); 4] = [
    ("#2a9d5c", "named", &[Verdict::Pass, Verdict::Absorbed]),
    (
        "#e07b39",
        "called something else",
        &[Verdict::WrongCondition],
    ),
    ("#b3261e", "no name for it", &[Verdict::Lost]),
    (
        "#7b2d8b",
        "late, hang, crash, not provoked",
        &[
            Verdict::Late,
            Verdict::Hang,
            Verdict::Crash,
            Verdict::NotProvoked,
        ],
    ),
];

/// The outline of a square for a call that the subject has no way to make.
const NO_SUCH_CALL: &str = "#8a8a8a";

/// Lengths in the picture's own unit.
const SQUARE: usize = 12;
const STEP: usize = SQUARE + 3;
const LABELS: usize = 196;
const HEAD: usize = 132;
const GAP: usize = 28;

/// The judged cells as an SVG document that stands by itself.
///
/// One square for each condition and operation that some recipe provokes. Where protocols, recipes or platforms came out
/// differently, the worst of them counts.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    subjects: Vec<&'a str>,
    operations: Vec<&'a str>,
    lines: Vec<Line<'a>>,
}

#[derive(Clone, Debug)]
struct Line<'a> {
    condition: &'a str,
    /// By subject, then by operation; `None` where no recipe provokes it.
    squares: Vec<Vec<Option<Verdict>>>,
}

impl<'a> Picture<'a> {
    /// Of all cells that ran.
    pub fn new(report: &'a Report) -> Self {
        let ran: Vec<&Row> = report
            .cells
            .iter()
            .filter(|row| row.verdict != Verdict::NotRun)
            .collect();
        let subjects = report.subjects();
        let mut operations = in_order(ran.iter().map(|row| row.operation.as_str()));
        operations.sort_by_key(|name| Operation::ALL.iter().position(|one| one.name() == *name));
        let square = |subject: &str, condition: &str, operation: &str| {
            ran.iter()
                .filter(|row| {
                    row.subject == subject
                        && row.condition == condition
                        && row.operation == operation
                })
                .map(|row| row.found)
                .max_by_key(|verdict| verdict.badness())
        };
        let lines = in_order(ran.iter().map(|row| row.condition.as_str()))
            .into_iter()
            .map(|condition| Line {
                condition,
                squares: subjects
                    .iter()
                    .map(|subject| {
                        let of = |operation: &&str| square(subject, condition, operation);
                        operations.iter().map(of).collect()
                    })
                    .collect(),
            })
            .collect();
        Self {
            subjects,
            operations,
            lines,
        }
    }

    fn width(&self) -> usize {
        LABELS + self.subjects.len() * (self.operations.len() * STEP + GAP)
    }

    fn height(&self) -> usize {
        HEAD + self.lines.len() * STEP + 36
    }

    /// Where the squares of a subject begin.
    fn left(&self, subject: usize) -> usize {
        LABELS + subject * (self.operations.len() * STEP + GAP)
    }

    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.subjects.iter().enumerate() {
            let left = self.left(place);
            writeln!(
                f,
                r#"<text class="subject" x="{left}" y="18">{name}</text>"#
            )?;
            for (column, operation) in self.operations.iter().enumerate() {
                let (x, y) = (left + column * STEP + SQUARE - 1, HEAD - 6);
                writeln!(
                    f,
                    r#"<text x="{x}" y="{y}" transform="rotate(-90 {x} {y})">{operation}</text>"#
                )?;
            }
        }
        Ok(())
    }

    fn write_line(&self, f: &mut fmt::Formatter<'_>, place: usize, line: &Line<'_>) -> fmt::Result {
        let y = HEAD + place * STEP;
        let condition = line.condition;
        writeln!(
            f,
            r#"<text class="condition" x="{}" y="{}">{condition}</text>"#,
            LABELS - 8,
            y + SQUARE - 2
        )?;
        for (place, squares) in line.squares.iter().enumerate() {
            let left = self.left(place);
            for (column, verdict) in squares.iter().enumerate() {
                let Some(verdict) = *verdict else { continue };
                let x = left + column * STEP;
                let paint = paint(verdict);
                let (subject, operation) = (self.subjects[place], self.operations[column]);
                let verdict = verdict.name();
                writeln!(
                    f,
                    r#"<rect x="{x}" y="{y}" width="{SQUARE}" height="{SQUARE}" rx="2" {paint}><title>{subject}: {condition} in {operation}: {verdict}</title></rect>"#
                )?;
            }
        }
        Ok(())
    }

    fn write_legend(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let y = self.height() - 20;
        let mut x = LABELS;
        let mut entry = |f: &mut fmt::Formatter<'_>, paint: &str, text: &str| {
            let after = x + SQUARE + 6;
            let base = y + SQUARE - 2;
            writeln!(
                f,
                r#"<rect x="{x}" y="{y}" width="{SQUARE}" height="{SQUARE}" rx="2" {paint}/><text x="{after}" y="{base}">{text}</text>"#
            )?;
            x = after + 7 * text.len() + 16;
            Ok(())
        };
        for (colour, text, _) in COLOURS {
            entry(f, &filled(colour), text)?;
        }
        entry(f, &outlined(), "has no such call")
    }
}

fn paint(verdict: Verdict) -> String {
    match COLOURS.iter().find(|(.., of)| of.contains(&verdict)) {
        Some((colour, ..)) => filled(colour),
        None => outlined(),
    }
}

fn filled(colour: &str) -> String {
    format!(r#"fill="{colour}""#)
}

fn outlined() -> String {
    format!(r#"fill="none" stroke="{NO_SUCH_CALL}" stroke-dasharray="2 2""#)
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = (self.width(), self.height());
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>What {} call each socket error</title>
<style>
text {{ font: 11px ui-monospace, monospace; fill: #57606a; }}
.subject {{ font-size: 14px; font-weight: bold; }}
.condition {{ text-anchor: end; }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #b0b8c0; }} }}
</style>"#,
            self.subjects.join(", ")
        )?;
        self.write_head(f)?;
        for (place, line) in self.lines.iter().enumerate() {
            self.write_line(f, place, line)?;
        }
        self.write_legend(f)?;
        f.write_str("</svg>")?;
        f.write_char('\n')
    }
}
