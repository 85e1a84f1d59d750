//! A driver that runs: a process, and lines to and from it.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::message::Message;

/// More than any line that is meant: what says more in one is no driver.
const LINE: u64 = 64 * 1024;

/// More lines than any message has.
const LINES: usize = 100;

/// How long the words of a process that has ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A started driver; dropped, it is ended.
pub(super) struct Driver {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    complaints: Receiver<String>,
    end: Instant,
}

/// Why there is no message.
#[derive(Debug)]
pub(super) enum Silence {
    TimedOut,
    /// It has ended, or no longer listens; what it complained about.
    Ended(String),
    /// It said what is no message.
    Garbled(String),
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => f.write_str("its driver did not answer in time"),
            Self::Ended(words) => {
                write!(f, "its driver ended without an answer and said: {words:?}")
            }
            Self::Garbled(line) => write!(f, "its driver said {line:?}"),
        }
    }
}

impl Driver {
    /// Starts it; it may talk until `end`.
    pub(super) fn start(command: &[String], end: Instant) -> io::Result<Self> {
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Not ours: who listens to us would wait for a driver that outlives us.
            .stderr(Stdio::piped())
            .spawn()?;
        let (send_line, lines) = mpsc::channel();
        let (send_complaint, complaints) = mpsc::channel();
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // They end with the pipes, or with this process.
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout?);
            while let Some(line) = read_line(&mut stdout) {
                send_line.send(line).ok()?;
            }
            Some(())
        });
        thread::spawn(move || {
            let mut words = Vec::new();
            stderr?.take(LINE).read_to_end(&mut words).ok()?;
            send_complaint
                .send(String::from_utf8_lossy(&words).trim().to_owned())
                .ok()
        });
        Ok(Self {
            child,
            stdin,
            lines,
            complaints,
            end,
        })
    }

    /// The number of its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Says it, whether or not somebody listens: one that has ended is heard of by [`hear`](Self::hear).
    pub(super) fn say(&mut self, message: &Message) -> Result<(), Silence> {
        let Some(stdin) = &mut self.stdin else {
            return Ok(());
        };
        // A few hundred bytes fit into the pipe, read or not.
        match stdin.write_all(message.to_string().as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Silence::Ended(error.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// What it says next.
    pub(super) fn hear(&mut self) -> Result<Message, Silence> {
        let mut lines = Vec::new();
        loop {
            let left = self.end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.is_empty() => return Err(Silence::Garbled(line)),
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Timeout) => return Err(Silence::TimedOut),
                Err(RecvTimeoutError::Disconnected) => {
                    let words = self.complaints.recv_timeout(LAST_WORDS).unwrap_or_default();
                    lines.push(words);
                    return Err(Silence::Ended(lines.join("\n")));
                }
            }
            if let Some(message) = Message::of(&lines) {
                return Ok(message);
            }
            if lines.len() == LINES {
                return Err(Silence::Garbled(lines.swap_remove(0)));
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It has said its last word; what does not end by itself is ended.
        self.stdin = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A line without its end; none at the end of all, or where no line can be read.
fn read_line(stdout: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    stdout.take(LINE).read_until(b'\n', &mut line).ok()?;
    if line.is_empty() {
        return None;
    }
    let line = String::from_utf8_lossy(&line);
    Some(line.trim_end_matches(['\n', '\r']).to_owned())
}
