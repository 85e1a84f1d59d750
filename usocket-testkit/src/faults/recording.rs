//! What a piece of code calls, like a small strace for one test.

use std::fmt;
use std::sync::Arc;

use super::log::{Log, Record};
use super::scope::Scope;

/// The socket calls that are made while it lives: what [`Faults::record`](super::Faults::record) gives.
///
/// It has those of the thread and of those that it started; with rules in force, what the program was told. Calls on
/// other files than internet and Unix domain sockets are not in it, nor what goes past rules: rings of `io_uring` that were
/// there before, `splice`, and [a few more](super#what-is-not-seen).
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
        self.log.records()
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
