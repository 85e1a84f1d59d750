//! Provokes every socket error that this host can give, and shows what each library calls it.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use usocket::Condition;
use usocket_conformance::report::{Host, Matrix, Picture, Summary, not_provoked, write_json};
use usocket_conformance::run::Plan;
use usocket_conformance::subject::SUBJECTS;
use usocket_conformance::verdict::Judged;
use usocket_conformance::worker;
use usocket_testkit::provoke;

// Only workers of cells that need a lab are started with it: see `worker`.
usocket_testkit::lab_main!("--lab");

/// Provokes every socket error that this host can give, and shows what each library calls it.
///
/// The exit code is 0 if usocket named every condition that it was shown, 1 if it did not, and 2 if
/// the run could not be made.
#[derive(Debug, Parser)]
#[command(name = "conformance", version)]
struct Arguments {
    /// Write the whole report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Draw the matrix into this file, as SVG
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,

    /// Run only the cells whose name contains this text, for example `host_down`
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,

    /// How long one cell may take before its process is ended
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    limit: Duration,

    /// How many cells run at the same time [default: the number of processors]
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<NonZero<usize>>,

    /// List the names of the cells and end
    #[arg(long)]
    list: bool,

    /// Hold a recipe against another condition than its own, to see that the run finds it
    #[arg(long, value_name = "RECIPE=CONDITION", value_parser = expectation)]
    expect: Vec<(String, Condition)>,

    /// Perform one cell and write its report: what the run starts for each cell
    #[arg(long, value_name = "CELL", hide = true)]
    worker: Option<String>,

    /// Enter a private network before anything else; without --worker, say whether that is possible
    #[arg(long, hide = true)]
    lab: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("expected a number of seconds above 0, not {text:?}");
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    let limit = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
    if limit.is_zero() {
        Err(wrong())
    } else {
        Ok(limit)
    }
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

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether usocket was right everywhere.
fn run(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    if let Some(cell) = &arguments.worker {
        worker::work(cell)?;
        return Ok(true);
    }
    if arguments.lab {
        worker::tell_labs()?;
        return Ok(true);
    }
    let plan = plan(arguments)?;
    if arguments.list {
        for cell in &plan.cells {
            writeln!(io::stdout(), "{}", cell.name())?;
        }
        return Ok(true);
    }
    // A file that cannot be written is to be known before the run, not after.
    let json = arguments.json.as_deref().map(create).transpose()?;
    let picture = arguments.picture.as_deref().map(create).transpose()?;
    let host = Host::discover(&plan.program)?;
    writeln!(io::stdout(), "{host}\n")?;
    let begin = Instant::now();
    let judged = run_with_progress(&plan)?;
    let right = print(&mut io::stdout().lock(), &judged, begin.elapsed())?;
    if let (Some(file), Some(path)) = (json, &arguments.json) {
        write_json(BufWriter::new(file), &host, &judged)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        writeln!(io::stdout(), "report: {}", path.display())?;
    }
    if let (Some(mut file), Some(path)) = (picture, &arguments.picture) {
        write!(file, "{}", Picture::new(&judged))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        writeln!(io::stdout(), "picture: {}", path.display())?;
    }
    Ok(right)
}

fn plan(arguments: &Arguments) -> Result<Plan, Box<dyn Error>> {
    let mut plan = Plan::new(std::env::current_exe()?);
    plan.limit = arguments.limit;
    plan.expect.clone_from(&arguments.expect);
    if let Some(jobs) = arguments.jobs {
        plan.jobs = jobs;
    }
    if let Some(text) = &arguments.only {
        plan.cells
            .retain(|cell| cell.name().contains(text.as_str()));
        if plan.cells.is_empty() {
            return Err(format!("no cell has {text:?} in its name; --list shows all names").into());
        }
    }
    Ok(plan)
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("cannot write {}: {error}", path.display()))
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

/// Whether usocket was right everywhere.
fn print(out: &mut impl Write, judged: &[Judged], elapsed: Duration) -> io::Result<bool> {
    writeln!(out, "{}", Matrix::new(judged))?;
    writeln!(
        out,
        "✓ named  ✗ not named, or what it was called instead  ○ absorbed by a rule  \
         · has no such call  - not here  ? not provoked  ∞ hang  ! crash"
    )?;
    writeln!(
        out,
        "K the kernel said it  F the kernel, through another descriptor\n"
    )?;

    let absent = not_provoked(judged);
    if !absent.is_empty() {
        writeln!(out, "not provoked yet:")?;
        for row in absent {
            writeln!(out, "  {row}")?;
        }
        writeln!(out)?;
    }

    let summaries = Summary::of(judged);
    writeln!(
        out,
        "{} cells in {:.1} s",
        judged.len(),
        elapsed.as_secs_f64()
    )?;
    for summary in &summaries {
        writeln!(out, "{summary}")?;
    }
    let answerable = SUBJECTS[0].name();
    let mut right = true;
    for one in judged {
        let counts = one.verdict.counts() && one.cell.subject.name() == answerable;
        if counts && !one.verdict.is_right() {
            right = false;
            let remark = one.remark.as_deref().unwrap_or_default();
            let name = one.cell.name();
            writeln!(
                out,
                "wrong: {name}: expected {}: {remark}",
                one.expected.name()
            )?;
        }
    }
    Ok(right)
}
