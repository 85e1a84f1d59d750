//! What a run found, for people and for programs.
//!
//! A [`Report`] is plain data: of one run, read from a file, or merged from several. Every view of it, from the terminal's
//! matrix to the page, is made from that alone.

mod answers;
mod diff;
mod folder;
mod host;
mod json;
mod junit;
mod matrix;
mod merge;
mod pages;
mod picture;
mod row;
mod squares;
mod summary;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::verdict::Judged;

pub use self::diff::{Change, diff};
pub use self::folder::Folder;
pub use self::host::{Found, Host};
pub use self::json::{ReadError, read_json, write_json};
pub use self::matrix::Matrix;
pub use self::merge::merge;
pub use self::picture::Picture;
pub use self::row::Row;
pub use self::summary::{NotProvoked, Summary};

/// The version of the report's form. It changes with every change that a reader must know.
pub const SCHEMA: u32 = 3;

/// Everything that one or several runs found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of the form: [`SCHEMA`].
    pub schema: u32,
    /// The version of the program that made it.
    pub version: String,
    /// Where it ran, one for each platform.
    pub hosts: Vec<Host>,
    /// One summary for each subject and platform.
    pub summary: Vec<Summary>,
    /// Every cell, in the order of the catalogue.
    pub cells: Vec<Row>,
    /// The conditions that no cell provoked, and why.
    pub not_provoked: Vec<NotProvoked>,
    /// How long it took, in seconds: of several runs, the sum.
    pub seconds: f64,
}

impl Report {
    /// Of one run.
    pub fn new(host: Host, judged: &[Judged], elapsed: Duration) -> Self {
        let cells = judged.iter().map(|one| Row::new(&host.id, one)).collect();
        Self::of(
            vec![host],
            cells,
            summary::without_recipe(),
            elapsed.as_secs_f64(),
        )
    }

    /// Of cells and what has no recipe; the rest follows from them.
    fn of(hosts: Vec<Host>, cells: Vec<Row>, missing: Vec<NotProvoked>, seconds: f64) -> Self {
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            hosts,
            summary: Summary::of(&cells),
            not_provoked: summary::not_provoked(missing, &cells),
            cells,
            seconds,
        }
    }

    /// The subjects, in the order in which the cells have them.
    pub fn subjects(&self) -> Vec<&str> {
        in_order(self.cells.iter().map(|row| row.subject.as_str()))
    }

    /// The cells that speak against the run: see [`Verdict::fails`](crate::verdict::Verdict::fails).
    pub fn failures(&self) -> impl Iterator<Item = &Row> {
        self.cells.iter().filter(|row| row.verdict.fails())
    }
}

/// Each once, in the order of the first time.
fn in_order<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}
