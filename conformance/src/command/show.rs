//! `conformance show`.

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use usocket_conformance::cell::{Cell, Performed};
use usocket_conformance::subject::Answer;
use usocket_conformance::verdict::{Judged, judge};
use usocket_conformance::worker;
use usocket_testkit::Errno;
use usocket_testkit::provoke::Tier;

use super::programs::Programs;
use super::run::seconds;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The cell's name, as `conformance list` writes it
    #[arg(value_name = "CELL")]
    cell: String,

    /// How long it may take before its process is ended
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    limit: Duration,

    #[command(flatten)]
    programs: Programs,
}

pub(super) fn perform(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let cells: Vec<_> = Cell::of(&arguments.programs.asked()?).collect();
    let cell = find(&cells, &arguments.cell)?;
    let report = worker::perform_recorded(&std::env::current_exe()?, cell, arguments.limit)?;
    let judged = judge(cell, cell.recipe.condition(), report);
    write(&mut io::stdout().lock(), &judged)?;
    Ok(!judged.verdict.fails())
}

fn find(cells: &[Cell], name: &str) -> Result<Cell, String> {
    if let Some(cell) = cells.iter().find(|cell| cell.name() == name) {
        return Ok(*cell);
    }
    let mut near: Vec<_> = cells
        .iter()
        .map(Cell::name)
        .filter(|known| parts_in(known, name))
        .collect();
    let more = near.len().saturating_sub(5);
    near.truncate(5);
    let hint = match (near.is_empty(), more) {
        (true, _) => "`conformance list` shows all names".to_owned(),
        (false, 0) => format!("did you mean {}?", near.join(", or ")),
        (false, more) => format!(
            "did you mean {}, or one of {more} more?",
            near.join(", or ")
        ),
    };
    Err(format!("there is no cell {name:?}; {hint}"))
}

/// The arguments that make the subject known, as a shell takes them.
fn recall(arguments: &[String]) -> String {
    let quoted = |one: &String| {
        let quote = if one.contains(' ') { "'" } else { "" };
        format!(" {quote}{one}{quote}")
    };
    arguments.iter().map(quoted).collect()
}

/// Whether every part of what was asked for stands in the name: a name with parts left out finds its cells.
fn parts_in(known: &str, asked: &str) -> bool {
    let asked = asked.to_lowercase().replace('-', "_");
    asked
        .split("::")
        .filter(|part| !part.is_empty())
        .all(|part| known.contains(part))
}

fn write(out: &mut impl Write, judged: &Judged) -> io::Result<()> {
    let Judged {
        cell,
        expected,
        report,
        verdict,
        remark,
        ..
    } = judged;
    let recipe = cell.recipe;
    let name = cell.name();
    writeln!(out, "{name}\n")?;
    let mut line = |head: &str, text: &str| writeln!(out, "{head:<12} {text}");
    line("condition", recipe.condition().name())?;
    line("operation", recipe.operation().name())?;
    line("protocol", cell.protocol.name())?;
    line("subject", cell.subject.name())?;
    line("recipe", &format!("{} ({})", recipe.id(), recipe.shape()))?;
    line(
        "way",
        &format!("{}: {}", recipe.way().letter(), recipe.way()),
    )?;
    line(
        "needs",
        match recipe.tier() {
            Tier::Plain => "nothing",
            Tier::Lab => "a private network",
            Tier::Rules => "rules on its own system calls",
            _ => recipe.tier().name(),
        },
    )?;
    line("how", recipe.how())?;
    let errnos: Vec<_> = recipe.errnos().iter().map(ToString::to_string).collect();
    if !errnos.is_empty() {
        line("promises", &errnos.join(" or "))?;
    }
    line("source", recipe.source())?;
    writeln!(out)?;
    if let Some(trace) = &report.trace {
        writeln!(out, "{trace}")?;
    }
    let mut line = |head: &str, text: &str| writeln!(out, "{head:<12} {text}");
    match &report.performed {
        Performed::Answered(Answer::Done { bytes: Some(bytes) }) => {
            line("answered", &format!("success, {bytes} bytes"))?;
        }
        Performed::Answered(Answer::Failed { named, raw, text }) => {
            line("answered", text)?;
            line(
                "named",
                named
                    .as_deref()
                    .unwrap_or("nothing that a program can match"),
            )?;
            if let Some(raw) = raw {
                line("number", &Errno::from_raw(*raw).to_string())?;
            }
        }
        Performed::Answered(_) => line("answered", "success")?,
        Performed::Hung => line("answered", "nothing: its process was ended")?,
        Performed::Crashed(words) => line("crashed", words)?,
        Performed::Inexpressible(reason) => line("no call", reason)?,
        Performed::NotRun { reason, .. } => line("not run", reason)?,
        other => line("answered", &format!("{other:?}"))?,
    }
    line("expected", expected.name())?;
    line("verdict", verdict.name())?;
    if let Some(remark) = remark {
        line("because", remark)?;
    }
    if let Some(issue) = &judged.issue {
        line("see", issue)?;
    }
    line(
        "took",
        &format!("{:.3} ms", report.elapsed.as_secs_f64() * 1e3),
    )?;
    let programs = recall(&cell.subject.arguments());
    line("again", &format!("conformance show {name}{programs}"))
}
