//! The pages for people, made from `templates/`: each is one file, which opens from disk and needs nothing else.

use askama::Template;
use usocket::Condition;

use super::squares::{Group, Line, groups};
use super::{Report, Row};

/// The report as a page: the matrix, and below it the evidence for each square.
#[derive(Template)]
#[template(path = "index.html")]
pub(super) struct Index<'a> {
    report: &'a Report,
    subjects: Vec<&'a str>,
    groups: Vec<Group<'a>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self {
            report,
            subjects: report.subjects(),
            groups: groups(report),
        }
    }

    fn lines(&self) -> impl Iterator<Item = &Line<'a>> {
        self.groups.iter().flat_map(|group| &group.lines)
    }

    fn failures(&self) -> Vec<&Row> {
        self.report.failures().collect()
    }
}

/// The provocation matrix: how each error is made to happen and what the system says, whatever anybody calls it.
#[derive(Template)]
#[template(path = "provocation.html")]
pub(super) struct Provocation<'a> {
    report: &'a Report,
    groups: Vec<Group<'a>>,
}

impl<'a> Provocation<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self {
            report,
            groups: groups(report),
        }
    }
}

/// The report for the page of a CI run.
#[derive(Template)]
#[template(path = "summary.md", escape = "none")]
pub(super) struct Markdown<'a> {
    report: &'a Report,
}

impl<'a> Markdown<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self { report }
    }

    fn failures(&self) -> Vec<&Row> {
        self.report.failures().collect()
    }
}

/// The run in three numbers, as a picture for a README.
#[derive(Template)]
#[template(path = "badge.svg", escape = "html")]
pub(super) struct Badge {
    text: String,
    right: bool,
}

impl Badge {
    pub(super) fn new(report: &Report) -> Self {
        // The subject that answers for the run is the first.
        let text = report.summary.first().map_or_else(
            || "no cells".to_owned(),
            |first| {
                let kernel = 100 * first.by_kernel / first.expressible.max(1);
                format!(
                    "conditions {}/{} · cells {}/{} · kernel {kernel} %",
                    first.classic_named,
                    Condition::CLASSIC.len(),
                    first.right,
                    first.expressible,
                )
            },
        );
        Self {
            text,
            right: report.failures().next().is_none(),
        }
    }

    /// Its width in pixels: the letters are of one width.
    fn width(&self) -> usize {
        7 * self.text.chars().count() + 94
    }
}
