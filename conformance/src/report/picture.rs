//! The matrix as a picture: condition x operation for each subject, one colour for each verdict.

use std::fmt::{self, Write};

use usocket::{Condition, Operation};

use crate::subject::SUBJECTS;
use crate::verdict::{Judged, Verdict};

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
        "hang, crash, not provoked",
        &[Verdict::Hang, Verdict::Crash, Verdict::NotProvoked],
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
/// One square for each condition and operation that some recipe provokes. Where protocols or
/// recipes came out differently, the worst of them counts.
#[derive(Clone, Debug)]
pub struct Picture {
    operations: Vec<Operation>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    condition: Condition,
    /// By subject, then by operation; `None` where no recipe provokes it.
    squares: Vec<Vec<Option<Verdict>>>,
}

impl Picture {
    /// Of all cells of a run.
    pub fn new(judged: &[Judged]) -> Self {
        let ran = || judged.iter().filter(|one| one.verdict != Verdict::NotRun);
        let operations: Vec<_> = Operation::ALL
            .iter()
            .copied()
            .filter(|operation| ran().any(|one| one.cell.recipe.operation() == *operation))
            .collect();
        let square = |subject: &str, condition, operation| {
            ran()
                .filter(|one| {
                    let recipe = one.cell.recipe;
                    one.cell.subject.name() == subject
                        && recipe.condition() == condition
                        && recipe.operation() == operation
                })
                .map(|one| one.verdict)
                .max_by_key(|verdict| badness(*verdict))
        };
        let rows = Condition::ALL
            .iter()
            .map(|condition| Row {
                condition: *condition,
                squares: SUBJECTS
                    .iter()
                    .map(|subject| {
                        let of =
                            |operation: &Operation| square(subject.name(), *condition, *operation);
                        operations.iter().map(of).collect()
                    })
                    .collect(),
            })
            .filter(|row: &Row| row.squares.iter().flatten().any(Option::is_some))
            .collect();
        Self { operations, rows }
    }

    fn width(&self) -> usize {
        LABELS + SUBJECTS.len() * (self.operations.len() * STEP + GAP)
    }

    fn height(&self) -> usize {
        HEAD + self.rows.len() * STEP + 36
    }

    /// Where the squares of a subject begin.
    fn left(&self, subject: usize) -> usize {
        LABELS + subject * (self.operations.len() * STEP + GAP)
    }

    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, subject) in SUBJECTS.iter().enumerate() {
            let left = self.left(place);
            let name = subject.name();
            writeln!(
                f,
                r#"<text class="subject" x="{left}" y="18">{name}</text>"#
            )?;
            for (column, operation) in self.operations.iter().enumerate() {
                let (x, y) = (left + column * STEP + SQUARE - 1, HEAD - 6);
                let name = operation.name();
                writeln!(
                    f,
                    r#"<text x="{x}" y="{y}" transform="rotate(-90 {x} {y})">{name}</text>"#
                )?;
            }
        }
        Ok(())
    }

    fn write_row(&self, f: &mut fmt::Formatter<'_>, place: usize, row: &Row) -> fmt::Result {
        let y = HEAD + place * STEP;
        let condition = row.condition.name();
        writeln!(
            f,
            r#"<text class="condition" x="{}" y="{}">{condition}</text>"#,
            LABELS - 8,
            y + SQUARE - 2
        )?;
        for (place, squares) in row.squares.iter().enumerate() {
            let left = self.left(place);
            for (column, verdict) in squares.iter().enumerate() {
                let Some(verdict) = *verdict else { continue };
                let x = left + column * STEP;
                let paint = paint(verdict);
                let (subject, operation) = (SUBJECTS[place].name(), self.operations[column].name());
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

/// The worse, the larger.
fn badness(verdict: Verdict) -> usize {
    let place = COLOURS.iter().position(|(.., of)| of.contains(&verdict));
    // Where it could make the call at all, that it could not elsewhere says little.
    place.map_or(0, |place| place + 1)
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

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = (self.width(), self.height());
        let names: Vec<_> = SUBJECTS.iter().map(|subject| subject.name()).collect();
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
            names.join(", ")
        )?;
        self.write_head(f)?;
        for (place, row) in self.rows.iter().enumerate() {
            self.write_row(f, place, row)?;
        }
        self.write_legend(f)?;
        f.write_str("</svg>")?;
        f.write_char('\n')
    }
}
