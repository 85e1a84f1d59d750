//! Calls, written down.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use usocket::Operation;

use crate::errno::Errno;
use crate::exempt::lock;

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
        lock(&self.0).push(record);
    }

    pub(super) fn records(&self) -> Vec<Record> {
        lock(&self.0).clone()
    }
}
