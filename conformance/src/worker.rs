//! Each cell in a process of its own, with a limit: a call that hangs cannot be ended in any other
//! way, and what a cell leaves behind ends with it.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::cell::{Cell, Performed, Report};

/// The argument that makes the program a worker; the cell's name follows.
pub const ARGUMENT: &str = "--worker";

/// Performs the cell in a new process of `program`, and ends that process after `limit`.
///
/// # Errors
///
/// What starting, watching or ending a process says.
pub fn perform(program: &Path, cell: Cell, limit: Duration) -> io::Result<Report> {
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args([ARGUMENT, &cell.name()])
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

/// The worker's side: performs the cell of that name and writes its report to standard output.
///
/// # Errors
///
/// There is no cell of that name, or standard output is gone.
pub fn work(name: &str) -> io::Result<()> {
    let cell = Cell::all()
        .find(|cell| cell.name() == name)
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("there is no cell {name:?}"),
            )
        })?;
    serde_json::to_writer(io::stdout().lock(), &cell.perform())?;
    Ok(())
}
