//! What the systems answer to the same mistakes, side by side.

use std::fmt::{self, Display, Formatter};

use super::{Report, Row, in_order};
use crate::verdict::Verdict;

/// The report in a few kilobytes: a line for each mistake whose error the system itself gives, a column for each platform,
/// in each field the condition that `usocket` named and the system's word for it. Fields are separated by tabs; `=` is what
/// the first platform has too, `-` what was not run there.
#[derive(Debug)]
pub(super) struct Answers<'a> {
    report: &'a Report,
}

impl<'a> Answers<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self { report }
    }
}

impl Display for Answers<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let own: Vec<(&str, &Row)> = self
            .report
            .cells
            .iter()
            .filter(|row| matches!(row.way, 'K' | 'F'))
            .filter_map(|row| Some((row.name.strip_suffix("::usocket")?, row)))
            .collect();
        write!(f, "mistake")?;
        for host in &self.report.hosts {
            write!(f, "\t{}", host.id)?;
        }
        writeln!(f)?;
        for mistake in in_order(own.iter().map(|(mistake, _)| *mistake)) {
            write!(f, "{mistake}")?;
            let mut first = None;
            for host in &self.report.hosts {
                let row = own
                    .iter()
                    .find(|(name, row)| *name == mistake && row.platform == host.id);
                let answer = row.and_then(|(_, row)| answer(row));
                match answer {
                    None => write!(f, "\t-")?,
                    Some(answer) if first.as_ref() == Some(&answer) => write!(f, "\t=")?,
                    Some(answer) => {
                        write!(f, "\t{answer}")?;
                        first.get_or_insert(answer);
                    }
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// What came out, in the report's words; nothing if it did not run.
fn answer(row: &Row) -> Option<String> {
    if matches!(row.verdict, Verdict::NotRun | Verdict::NotExpressible) {
        return None;
    }
    let word = row
        .errno
        .as_deref()
        .and_then(|errno| errno.split(' ').next());
    Some(match word {
        Some(word) => format!("{} {word}", row.said()),
        None => row.said(),
    })
}
