//! Each cell in a process of its own, with a limit: a call that hangs cannot be ended in any other
//! way, and what a cell leaves behind ends with it.
//!
//! A cell that needs a lab gets a process in a private network. The others do not: there a process has rights that it
//! has not outside, and what an unprivileged process is denied would not be denied to it.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use usocket_testkit::provoke::Tier;

use crate::cell::{Cell, Performed, Report};
use crate::series;
use crate::subject::Subject;

/// The argument that makes the program a worker; the cell's name follows.
pub const ARGUMENT: &str = "--worker";

/// The argument that puts the program into a private network before anything else.
pub const LAB: &str = "--lab";

/// The argument that tells a worker how long it may take, in seconds, which follow.
const LIMIT: &str = "--limit";

/// The argument that makes a worker write down what is called.
pub const RECORD: &str = "--record";

/// The arguments with which the program performs that cell.
pub fn arguments(cell: Cell) -> Vec<String> {
    let mut arguments = vec![ARGUMENT.to_owned(), cell.name()];
    arguments.extend(cell.subject.arguments());
    if cell.recipe.tier() == Tier::Lab {
        arguments.insert(0, LAB.to_owned());
    }
    arguments
}

/// Performs the cell in a new process of `program`, and ends that process after `limit`. One that the subject has no way
/// to [make](Cell::can) needs no process.
///
/// # Errors
///
/// What starting, watching or ending a process says.
pub fn perform(program: &Path, cell: Cell, limit: Duration) -> io::Result<Report> {
    perform_with(program, cell, limit, &[])
}

/// The same, and its report has what was called: see [`Cell::perform_recorded`].
///
/// # Errors
///
/// As [`perform`].
pub fn perform_recorded(program: &Path, cell: Cell, limit: Duration) -> io::Result<Report> {
    perform_with(program, cell, limit, &[RECORD])
}

fn perform_with(program: &Path, cell: Cell, limit: Duration, more: &[&str]) -> io::Result<Report> {
    if let Err(reason) = cell.can() {
        let performed = Performed::Inexpressible(reason.to_owned());
        return Ok(Report::of(performed, Duration::ZERO));
    }
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args(arguments(cell))
        .args(more)
        .arg(LIMIT)
        .arg(limit.as_secs_f64().to_string())
        // What the host lacks is to be said, not skipped: a skip would end the worker without a word.
        .env_remove("USOCKET_TESTKIT_SKIP")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let output = output_within(&mut child, limit);
    // A process that has ended already cannot be ended; either way it is to be reaped.
    let _ = child.kill();
    let status = child.wait()?;
    let Some(output) = output? else {
        return Ok(Report::of(Performed::Hung, begin.elapsed()));
    };
    Ok(serde_json::from_str(&output.said).unwrap_or_else(|_| {
        let words = output.complained.trim();
        let reason = format!("its process ended with {status} and said: {words:?}");
        Report::of(Performed::Crashed(reason), begin.elapsed())
    }))
}

struct Output {
    said: String,
    complained: String,
}

/// All that the child writes until it closes both pipes, which it does by ending; `None` if it does
/// not within the limit.
fn output_within(child: &mut Child, limit: Duration) -> io::Result<Option<Output>> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut output = Output {
                said: String::new(),
                complained: String::new(),
            };
            let read = read_all(stdout, &mut output.said)
                .and_then(|()| read_all(stderr, &mut output.complained));
            // Nobody listens any more if it took too long.
            let _ = sender.send(read.map(|()| output));
        });
        if let Ok(output) = receiver.recv_timeout(limit) {
            return output.map(Some);
        }
        // Closes the pipes, so that the reader ends too.
        child.kill()?;
        Ok(None)
    })
}

fn read_all(pipe: Option<impl Read>, text: &mut String) -> io::Result<()> {
    match pipe {
        Some(mut pipe) => pipe.read_to_string(text).map(drop),
        None => Ok(()),
    }
}

/// The worker's side of a program whose subjects these are: does what its arguments ask. `None` if they do not make it a
/// worker.
///
/// # Errors
///
/// As [`work`].
pub fn answer(arguments: &[String], subjects: &[&'static dyn Subject]) -> Option<io::Result<()>> {
    if arguments.iter().any(|one| one == series::ARGUMENT) {
        return Some(series::work(subjects));
    }
    let place = arguments.iter().position(|one| one == ARGUMENT)?;
    let name = arguments.get(place + 1).map_or("", String::as_str);
    let recorded = arguments.iter().any(|one| one == RECORD);
    let work = if recorded { work_recorded } else { work };
    Some(work(name, subjects))
}

/// The worker's side: performs the cell of that name and writes its report to standard output.
///
/// # Errors
///
/// No cell with one of these subjects has that name, or standard output is gone.
pub fn work(name: &str, subjects: &[&'static dyn Subject]) -> io::Result<()> {
    tell(&cell(name, subjects)?.perform())
}

/// The same for a worker that is started with [`RECORD`].
///
/// # Errors
///
/// As [`work`].
pub fn work_recorded(name: &str, subjects: &[&'static dyn Subject]) -> io::Result<()> {
    tell(&cell(name, subjects)?.perform_recorded())
}

fn cell(name: &str, subjects: &[&'static dyn Subject]) -> io::Result<Cell> {
    Cell::named(name, subjects).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("there is no cell {name:?}"),
        )
    })
}

fn tell(what: &impl Serialize) -> io::Result<()> {
    Ok(serde_json::to_writer(io::stdout().lock(), what)?)
}
