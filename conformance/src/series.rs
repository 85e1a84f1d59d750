//! Several cells in one process, one after another: for where a process takes longer to start than a cell to perform, as
//! under an emulator.
//!
//! What a cell leaves behind is there for those after it. So only cells that leave nothing are performed so, and an answer
//! counts only if it is as expected: any other cell is to be performed again, by a [`worker`](crate::worker) of its own.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use usocket_testkit::provoke::Tier;

use crate::cell::{Cell, Performed, Report};
use crate::subject::Subject;
use crate::worker;

/// The argument that makes the program a worker that reads the cells' names from its standard input, one a line, and
/// writes a report for each, in a line too.
pub(crate) const ARGUMENT: &str = "--series";

/// Whether the cell may have a process that others have had.
pub(crate) fn takes(cell: Cell) -> bool {
    let recipe = cell.recipe;
    // One that waits would keep the others waiting.
    recipe.tier() == Tier::Plain
        && !recipe.is_process_wide()
        && !recipe.is_by_name_only()
        && !recipe.is_slow()
        && cell.subject.arguments().is_empty()
        && cell.can().is_ok()
}

/// The side that asks, with a process as long as one is needed and answers.
pub(crate) struct Series<'a> {
    program: &'a Path,
    limit: Duration,
    process: Option<Process>,
}

impl<'a> Series<'a> {
    pub(crate) fn new(program: &'a Path, limit: Duration) -> Self {
        Self {
            program,
            limit,
            process: None,
        }
    }

    /// The report of that cell. If the process ended instead, or had to be ended after the limit, the next cell gets another
    /// one.
    ///
    /// # Errors
    ///
    /// The process could not be started.
    pub(crate) fn perform(&mut self, cell: Cell) -> io::Result<Report> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => Process::start(self.program)?,
        };
        let begin = Instant::now();
        Ok(match process.ask(&cell.name(), self.limit) {
            Ok(report) => {
                self.process = Some(process);
                report
            }
            Err(silence) => Report::of(silence, begin.elapsed()),
        })
    }
}

/// A started worker; dropped, it is ended.
struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Process {
    fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg(ARGUMENT)
            // What the host lacks is to be said, not skipped.
            .env_remove("USOCKET_TESTKIT_SKIP")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What it complains of when it ends is said again by the worker that the cell gets then.
            .stderr(Stdio::null())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (sender, lines) = mpsc::channel();
        // It ends with the pipe.
        thread::spawn(move || {
            for line in BufReader::new(stdout?).lines() {
                sender.send(line.ok()?).ok()?;
            }
            Some(())
        });
        Ok(Self {
            child,
            stdin,
            lines,
        })
    }

    fn ask(&mut self, name: &str, limit: Duration) -> Result<Report, Performed> {
        let ended = || Performed::Crashed("its process ended".to_owned());
        let stdin = self.stdin.as_mut().ok_or_else(ended)?;
        writeln!(stdin, "{name}").map_err(|_| ended())?;
        match self.lines.recv_timeout(limit) {
            Ok(line) => serde_json::from_str(&line).map_err(|_| ended()),
            Err(RecvTimeoutError::Timeout) => Err(Performed::Hung),
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing more is asked of it; what does not end by itself is ended.
        self.stdin = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The worker's side: performs the cells that standard input names, until it ends.
///
/// # Errors
///
/// No cell with one of these subjects has that name, or a stream is gone.
pub(crate) fn work(subjects: &[&'static dyn Subject]) -> io::Result<()> {
    for name in io::stdin().lines() {
        worker::work(&name?, subjects)?;
        // A line ends in it, and so it is on its way.
        writeln!(io::stdout())?;
    }
    Ok(())
}
