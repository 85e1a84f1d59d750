//! What a piece of code calls, like a small strace for one test.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use usocket::Operation;

use super::scope::Scope;
use crate::errno::Errno;
use crate::exempt::lock;

/// The socket calls that are made while it lives: what [`Faults::record`](super::Faults::record) gives.
///
/// It has those of the thread and of those that it started; with rules in force, what the program was told. Calls on
/// other files than internet and Unix domain sockets are not in it.
///
/// ```
/// use std::net::TcpStream;
/// use usocket_testkit::{Errno, Faults, Operation};
///
/// # let Ok(faults) = Faults::here() else { return };
/// # if faults.backend().way() == usocket_testkit::Way::Seam { return }
/// let _rule = faults.on(Operation::Connect).errno(Errno::EHOSTDOWN);
/// let recording = faults.record();
/// let _ = TcpStream::connect("127.0.0.1:9");
///
/// // socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 5 <4 µs>
/// // connect(5, 127.0.0.1:9) = EHOSTDOWN (host is down) <0 µs> by a rule
/// // close(5) = 0 <3 µs>
/// println!("{recording}");
/// let connects: Vec<_> = recording
///     .into_iter()
///     .filter(|record| record.operation() == Operation::Connect)
///     .collect();
/// assert_eq!(connects[0].outcome(), Err(Errno::EHOSTDOWN));
/// ```
#[derive(Debug)]
#[must_use = "it records for as long as it lives"]
pub struct Recording {
    log: Arc<Log>,
    scope: &'static Scope,
}

impl Recording {
    pub(super) fn start(scope: &'static Scope) -> Self {
        let log = Arc::new(Log::default());
        scope.start_log(Arc::clone(&log));
        Self { log, scope }
    }

    /// What was called until now, in the order in which the calls ended.
    pub fn records(&self) -> Vec<Record> {
        self.log.with(|records| records.clone())
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.records()
            .iter()
            .try_for_each(|record| writeln!(f, "{record}"))
    }
}

impl IntoIterator for Recording {
    type Item = Record;
    type IntoIter = std::vec::IntoIter<Record>;

    fn into_iter(self) -> Self::IntoIter {
        self.records().into_iter()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.scope.end_log(&self.log);
    }
}

/// One call that was made, and its answer.
#[derive(Clone, Debug)]
pub struct Record {
    pub(super) operation: Operation,
    pub(super) call: &'static str,
    pub(super) arguments: String,
    pub(super) outcome: Result<usize, Errno>,
    pub(super) results: String,
    pub(super) duration: Duration,
    pub(super) ruled: bool,
    pub(super) thread: u32,
}

impl Record {
    /// What it does.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The name of the call: `sendto`.
    pub fn call(&self) -> &'static str {
        self.call
    }

    /// Its arguments in words: `4, 12 bytes, MSG_NOSIGNAL, 127.0.0.1:53`.
    pub fn arguments(&self) -> &str {
        &self.arguments
    }

    /// What the program got: a count, a descriptor, or an error.
    pub fn outcome(&self) -> Result<usize, Errno> {
        self.outcome
    }

    /// What else the call gave, in words: the address of the peer that was accepted.
    pub fn results(&self) -> &str {
        &self.results
    }

    /// From its begin to its answer, to the microsecond at best.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Whether a rule answered it.
    pub fn by_rule(&self) -> bool {
        self.ruled
    }

    /// The kernel's number of the thread that made it.
    pub fn thread(&self) -> u32 {
        self.thread
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}) = ", self.call, self.arguments)?;
        match self.outcome {
            Ok(value) => write!(f, "{value}")?,
            Err(errno) => write!(f, "{errno}")?,
        }
        if !self.results.is_empty() {
            write!(f, " [{}]", self.results)?;
        }
        write!(f, " <{} µs>", self.duration.as_micros())?;
        if self.ruled {
            f.write_str(" by a rule")?;
        }
        Ok(())
    }
}

/// What a recording has so far.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<Vec<Record>>);

impl Log {
    pub(super) fn add(&self, record: Record) {
        self.with(|records| records.push(record));
    }

    fn with<T>(&self, f: impl FnOnce(&mut Vec<Record>) -> T) -> T {
        f(&mut lock(&self.0))
    }
}
