//! What a lab saw and answered, kept for the test that fails.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::lab::wire;

/// The latest of what was seen.
#[derive(Debug)]
pub(super) struct Log {
    began: Instant,
    lines: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    kept: VecDeque<(Duration, Line)>,
    dropped: usize,
}

#[derive(Debug)]
enum Line {
    /// A frame that the test sent, and one that it got. They are put into words when somebody asks.
    Sent(Vec<u8>),
    Answered(Vec<u8>),
    /// A query for a name, and an answer.
    Asked(Vec<u8>),
    Named(Vec<u8>),
    Said(String),
}

/// A test that transfers megabytes needs their end, and no megabytes.
const KEPT: usize = 200;

impl Log {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            lines: Mutex::default(),
        }
    }

    pub(super) fn sent(&self, frame: &[u8]) {
        self.add(Line::Sent(frame.to_vec()));
    }

    pub(super) fn answered(&self, frame: &[u8]) {
        self.add(Line::Answered(frame.to_vec()));
    }

    pub(super) fn asked(&self, query: &[u8]) {
        self.add(Line::Asked(query.to_vec()));
    }

    pub(super) fn named(&self, answer: &[u8]) {
        self.add(Line::Named(answer.to_vec()));
    }

    /// Something that is neither.
    pub(super) fn say(&self, words: impl Into<String>) {
        self.add(Line::Said(words.into()));
    }

    fn add(&self, line: Line) {
        let at = self.began.elapsed();
        let mut lines = self.lines();
        if lines.kept.len() == KEPT {
            lines.kept.pop_front();
            lines.dropped += 1;
        }
        lines.kept.push_back((at, line));
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines();
        write!(f, "lab: what was seen, with the time since it was made")?;
        if lines.dropped > 0 {
            write!(f, "\n  … {} earlier lines", lines.dropped)?;
        }
        if lines.kept.is_empty() {
            write!(f, "\n  nothing")?;
        }
        for (at, line) in &lines.kept {
            write!(f, "\n{:>10.3} ms  ", at.as_secs_f64() * 1e3)?;
            match line {
                Line::Sent(frame) => write!(f, "test: {}", wire::describe(frame))?,
                Line::Answered(frame) => write!(f, " lab: {}", wire::describe(frame))?,
                Line::Asked(query) => write!(f, "test: {}", question(query))?,
                Line::Named(answer) => write!(f, " lab: {}", reply(answer))?,
                Line::Said(words) => f.write_str(words)?,
            }
        }
        Ok(())
    }
}

/// What a query asks, in a few words: `DNS 4711 A? web.test`.
fn question(message: &[u8]) -> String {
    let number = message
        .first_chunk()
        .map_or(0, |bytes| u16::from_be_bytes(*bytes));
    let mut name = String::new();
    let mut rest = message.get(12..).unwrap_or_default();
    while let Some((length @ 1..=63, after)) = rest.split_first() {
        let (label, after) = after
            .split_at_checked(usize::from(*length))
            .unwrap_or((after, &[]));
        name += &String::from_utf8_lossy(label);
        name.push('.');
        rest = after;
    }
    let kind = match rest {
        [0, 0, 1, ..] => "A",
        [0, 0, 28, ..] => "AAAA",
        [0, 0, 12, ..] => "PTR",
        _ => "other",
    };
    format!("DNS {number} {kind}? {name}")
}

/// How it was answered: `DNS 4711 no error, 2 records`.
fn reply(message: &[u8]) -> String {
    const CODES: [&str; 6] = [
        "no error",
        "format error",
        "server failure",
        "no such name",
        "not implemented",
        "refused",
    ];
    let Some(header) = message.first_chunk::<12>() else {
        return format!("DNS, {} bytes", message.len());
    };
    let number = u16::from_be_bytes([header[0], header[1]]);
    let code = CODES
        .get(usize::from(header[3] & 15))
        .unwrap_or(&"other error");
    let cut = if header[2] & 2 == 0 {
        ""
    } else {
        ", truncated"
    };
    let records = u16::from_be_bytes([header[6], header[7]]);
    format!("DNS {number} {code}{cut}, {records} records")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_words() {
        let query =
            b"\x12\x67\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03web\x04test\x00\x00\x1c\x00\x01";
        assert_eq!(question(query), "DNS 4711 AAAA? web.test.");
        let answer = b"\x12\x67\x83\x83\x00\x01\x00\x00\x00\x00\x00\x00";
        assert_eq!(reply(answer), "DNS 4711 no such name, truncated, 0 records");
    }

    #[test]
    fn no_bytes_are_too_odd() {
        for length in 0..40 {
            for byte in [0, 1, 63, 64, 255] {
                question(&vec![byte; length]);
                reply(&vec![byte; length]);
            }
        }
    }

    #[test]
    fn the_latest_lines_are_kept() {
        let log = Log::new();
        assert!(log.to_string().ends_with("\n  nothing"), "{log}");
        for number in 0..KEPT + 5 {
            log.say(format!("line {number}."));
        }
        let text = log.to_string();
        assert!(text.contains("… 5 earlier lines"), "{text}");
        assert!(!text.contains("line 4."), "{text}");
        assert!(
            text.contains("line 5.") && text.contains("line 204."),
            "{text}"
        );
    }
}
