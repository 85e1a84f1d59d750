//! `conformance run`.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::time::{Duration, Instant};

use clap::builder::NonEmptyStringValueParser;
use indicatif::{ProgressBar, ProgressStyle};
use usocket::Condition;
use usocket_conformance::cell::{Cell, Performed};
use usocket_conformance::report::{Host, Report};
use usocket_conformance::run::{Partition, Plan};
use usocket_conformance::verdict::{Judged, unmet};
use usocket_testkit::provoke;

use super::output::{Destination, tell};
use super::programs::Programs;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Run only the cells whose name contains this text, for example `host_down`; may be repeated, then all must
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,

    /// Leave out the cells whose name contains this text, for example `::z` for rules; may be repeated
    #[arg(long, value_name = "TEXT")]
    skip: Vec<String>,

    /// Run one part of the cells: `hash:1/4` is the first of four, by the cells' names
    #[arg(long, value_name = "PART")]
    partition: Option<Partition>,

    /// How long one cell may take before its process is ended
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(super) limit: Duration,

    /// How many cells run at the same time, and as many times four of those that only wait [default: the number of processors]
    #[arg(long, value_name = "NUMBER", value_parser = jobs)]
    jobs: Option<NonZero<usize>>,

    /// Perform cells that leave nothing behind in one process, one after another, and those that fail so again, each alone:
    /// faster where a process takes long to start, as under an emulator
    #[arg(long)]
    together: bool,

    /// Call this platform so in the report [default: system-architecture]; what is known of one of that name is expected
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    platform: Option<String>,

    #[command(flatten)]
    pub(super) programs: Programs,

    #[command(flatten)]
    destination: Destination,

    /// Hold a recipe against another condition than its own, to see that the run finds it
    #[arg(long, value_name = "RECIPE=CONDITION", value_parser = expectation)]
    expect: Vec<(String, Condition)>,
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("expected a number of seconds above 0, not {text:?}");
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    let limit = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
    if limit.is_zero() {
        Err(wrong())
    } else {
        Ok(limit)
    }
}

fn jobs(text: &str) -> Result<NonZero<usize>, String> {
    text.parse()
        .map_err(|_| format!("expected a number of cells above 0, for example 8, not {text:?}"))
}

fn expectation(text: &str) -> Result<(String, Condition), String> {
    let (recipe, condition) = text.split_once('=').ok_or_else(|| {
        format!("expected RECIPE=CONDITION, for example D1=timeout, not {text:?}")
    })?;
    if !provoke::catalogue()
        .iter()
        .any(|known| known.id().eq_ignore_ascii_case(recipe))
    {
        return Err(format!("there is no recipe {recipe:?}"));
    }
    let condition = condition
        .parse()
        .map_err(|error: usocket::UnknownName| error.to_string())?;
    Ok((recipe.to_owned(), condition))
}

pub(super) fn perform(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let plan = plan(arguments)?;
    let folder = arguments.destination.prepare()?;
    let mut host = Host::discover(&plan.program)?;
    if let Some(name) = &arguments.platform {
        host.id.clone_from(name);
    }
    writeln!(io::stdout(), "{host}\n")?;
    let begin = Instant::now();
    let judged = run_with_progress(&plan)?;
    let report = Report::new(host, &judged, begin.elapsed());
    let right = tell(&report, folder.as_ref())?;
    Ok(right && (!is_whole(arguments, &judged) || tell_unmet(&judged)?))
}

/// Whether everything ran that could, so that what was not met can be met nowhere.
fn is_whole(arguments: &Arguments, judged: &[Judged]) -> bool {
    let lacks = |one: &Judged| {
        matches!(
            &one.report.performed,
            Performed::NotRun { lacks: Some(_), .. }
        )
    };
    arguments.only.is_empty()
        && arguments.skip.is_empty()
        && arguments.partition.is_none()
        && arguments.expect.is_empty()
        && !judged.iter().any(lacks)
}

/// An expectation that nothing meets any more would hide the next mistake.
fn tell_unmet(judged: &[Judged]) -> io::Result<bool> {
    let rows = unmet(judged);
    for known in &rows {
        let (subjects, condition) = (known.subjects.join(", "), &known.condition);
        writeln!(
            io::stdout(),
            "out of date: {subjects}: {condition}: nothing meets the expectation: {}",
            known.reason
        )?;
    }
    Ok(rows.is_empty())
}

fn plan(arguments: &Arguments) -> Result<Plan, Box<dyn Error>> {
    let mut plan = Plan::new(std::env::current_exe()?);
    plan.cells = Cell::of(&arguments.programs.asked()?).collect();
    plan.limit = arguments.limit;
    plan.together = arguments.together;
    plan.expect.clone_from(&arguments.expect);
    plan.platform.clone_from(&arguments.platform);
    if let Some(jobs) = arguments.jobs {
        plan.jobs = jobs;
    }
    retain(&mut plan.cells, &arguments.only)?;
    plan.cells.retain(|cell| {
        let name = cell.name();
        !arguments.skip.iter().any(|text| name.contains(text))
    });
    if plan.cells.is_empty() {
        return Err("no cell is left: --skip takes all that there are".into());
    }
    if let Some(partition) = arguments.partition {
        plan.cells.retain(|cell| partition.has(&cell.name()));
    }
    Ok(plan)
}

/// Those whose names contain all the texts: at least one.
pub(super) fn retain(cells: &mut Vec<Cell>, texts: &[String]) -> Result<(), String> {
    for text in texts {
        cells.retain(|cell| cell.name().contains(text.as_str()));
        if cells.is_empty() {
            return Err(format!(
                "no cell has {} in its name; `conformance list` shows all names",
                texts
                    .iter()
                    .map(|text| format!("{text:?}"))
                    .collect::<Vec<_>>()
                    .join(" and ")
            ));
        }
    }
    Ok(())
}

/// A bar where somebody watches; a line now and then where a file does.
fn run_with_progress(plan: &Plan) -> io::Result<Vec<Judged>> {
    let total = plan.cells.len();
    let bar = ProgressBar::new(total as u64);
    if let Ok(style) = ProgressStyle::with_template(" {bar:40} {pos} / {len} cells  {elapsed}") {
        bar.set_style(style);
    }
    let watched = io::stderr().is_terminal();
    let judged = plan.run(|_| {
        bar.inc(1);
        let done = bar.position();
        if !watched && done % (total as u64).div_ceil(4) == 0 {
            eprintln!("{done} / {total} cells");
        }
    });
    bar.finish_and_clear();
    judged
}
