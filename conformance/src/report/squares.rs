//! The report by condition and operation: what the pages show.

use super::{Report, Row, in_order};
use crate::verdict::Verdict;

/// The lines of one condition: the operations in which something provokes it.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    pub(super) lines: Vec<Line<'a>>,
}

/// One condition in one operation.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub(super) condition: &'a str,
    pub(super) operation: &'a str,
    /// In the order of the subjects.
    pub(super) squares: Vec<Square<'a>>,
    pub(super) recipes: Vec<Recipe<'a>>,
}

impl Line<'_> {
    /// Its place in the page.
    pub(super) fn anchor(&self) -> String {
        format!("{}.{}", self.condition, self.operation)
    }
}

/// What one subject makes of it, over all protocols, recipes and platforms: the worst.
#[derive(Clone, Debug)]
pub(super) struct Square<'a> {
    pub(super) subject: &'a str,
    /// Nothing where the report has no such cell.
    pub(super) worst: Option<&'a Row>,
    /// The letters of the ways, each once.
    pub(super) ways: String,
    pub(super) cells: usize,
}

impl Square<'_> {
    pub(super) fn sign(&self) -> char {
        self.worst.map_or(' ', |row| row.verdict.sign())
    }

    /// The ways, where the call was made.
    pub(super) fn letters(&self) -> &str {
        match self.worst {
            Some(row) if row.verdict.counts() => &self.ways,
            _ => "",
        }
    }

    /// The name of its colour.
    pub(super) fn colour(&self) -> &'static str {
        self.worst.map_or("none", Row::colour)
    }

    pub(super) fn title(&self) -> String {
        match self.worst {
            Some(row) if row.found.counts() => {
                let (verdict, said) = (row.verdict.name(), row.said());
                format!("{}: {verdict} ({said}), {} cells", self.subject, self.cells)
            }
            Some(row) => format!("{}: {}", self.subject, row.verdict.name()),
            None => format!("{}: not in this report", self.subject),
        }
    }
}

impl Row {
    /// The name of its colour: what came out, whether or not that is known.
    pub(super) fn colour(&self) -> &'static str {
        match self.found {
            Verdict::Pass | Verdict::Absorbed | Verdict::UnexpectedPass => "right",
            Verdict::WrongCondition | Verdict::Known => "other",
            Verdict::Lost => "lost",
            Verdict::Late | Verdict::NotProvoked | Verdict::Hang | Verdict::Crash => "broken",
            Verdict::NotExpressible => "no-call",
            Verdict::NotRun => "not-run",
        }
    }
}

/// One way to provoke it, with the cells that did.
#[derive(Clone, Debug)]
pub(super) struct Recipe<'a> {
    /// Any of them: they say the same of the recipe.
    pub(super) of: &'a Row,
    pub(super) cells: Vec<&'a Row>,
}

impl Recipe<'_> {
    /// The protocols over which it was provoked.
    pub(super) fn protocols(&self) -> String {
        let ran = self.cells.iter().filter(|row| row.was_provoked());
        in_order(ran.map(|row| row.protocol.as_str())).join(" ")
    }

    /// What the system said, by name.
    pub(super) fn errnos(&self) -> String {
        self.of.errnos.join(" or ")
    }

    /// The middle of the times that its cells took, in milliseconds; nothing where none ran.
    pub(super) fn milliseconds(&self) -> Option<f64> {
        let mut times: Vec<_> = self
            .cells
            .iter()
            .filter(|row| row.was_provoked())
            .map(|row| row.milliseconds)
            .collect();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied()
    }

    /// The middle time as text.
    pub(super) fn took(&self) -> String {
        match self.milliseconds() {
            Some(time) => format!("{time:.2} ms"),
            None => "not here".to_owned(),
        }
    }
}

/// The report, condition by condition.
pub(super) fn groups(report: &Report) -> Vec<Group<'_>> {
    let subjects = report.subjects();
    in_order(report.cells.iter().map(|row| row.condition.as_str()))
        .into_iter()
        .map(|condition| {
            let of_condition: Vec<&Row> = report
                .cells
                .iter()
                .filter(|row| row.condition == condition)
                .collect();
            let lines = in_order(of_condition.iter().map(|row| row.operation.as_str()))
                .into_iter()
                .map(|operation| {
                    let cells: Vec<&Row> = of_condition
                        .iter()
                        .copied()
                        .filter(|row| row.operation == operation)
                        .collect();
                    Line {
                        condition,
                        operation,
                        squares: subjects
                            .iter()
                            .map(|subject| square(subject, &cells))
                            .collect(),
                        recipes: recipes(&cells),
                    }
                })
                .collect();
            Group { lines }
        })
        .collect()
}

fn square<'a>(subject: &'a str, cells: &[&'a Row]) -> Square<'a> {
    let own: Vec<&Row> = cells
        .iter()
        .copied()
        .filter(|row| row.subject == subject)
        .collect();
    let ran = own.iter().filter(|row| row.verdict.counts());
    Square {
        subject,
        worst: own.iter().copied().max_by_key(|row| row.verdict.badness()),
        ways: in_order(ran.map(|row| row.way)).into_iter().collect(),
        cells: own.len(),
    }
}

fn recipes<'a>(cells: &[&'a Row]) -> Vec<Recipe<'a>> {
    let mut recipes: Vec<Recipe<'a>> = Vec::new();
    for row in cells {
        let same = |one: &&mut Recipe<'a>| one.of.recipe == row.recipe && one.of.shape == row.shape;
        match recipes.iter_mut().find(same) {
            Some(recipe) => recipe.cells.push(row),
            None => recipes.push(Recipe {
                of: row,
                cells: vec![row],
            }),
        }
    }
    recipes
}
