//! One address that was tried, and which of several failures speaks for all.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::condition::Condition;

/// One address that was tried, and how it failed.
///
/// A name can have many addresses; an [`Error`](crate::Error) of connecting keeps what each of them
/// answered, in the order in which they were tried.
///
/// ```
/// use std::io::{self, ErrorKind};
/// use std::time::Duration;
/// use usocket::{Attempt, Condition};
///
/// let attempt = Attempt::new(
///     ([127, 0, 0, 1], 80).into(),
///     Condition::ConnectionRefused,
///     Duration::from_millis(3),
///     io::Error::from(ErrorKind::ConnectionRefused),
/// );
/// assert_eq!(attempt.to_string(), "127.0.0.1:80: connection refused");
/// ```
#[derive(Debug)]
pub struct Attempt {
    peer: SocketAddr,
    condition: Condition,
    elapsed: Duration,
    source: io::Error,
}

impl Attempt {
    /// The attempt to reach `peer` that failed after `elapsed` with `condition`, because of
    /// `source`.
    pub fn new(
        peer: SocketAddr,
        condition: Condition,
        elapsed: Duration,
        source: io::Error,
    ) -> Self {
        Self {
            peer,
            condition,
            elapsed,
            source,
        }
    }

    /// The address that was tried.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// What was wrong.
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// How long it took to fail.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The system's number, where the system said one.
    pub fn raw_os_error(&self) -> Option<i32> {
        self.source.raw_os_error()
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.peer, self.condition)
    }
}

impl std::error::Error for Attempt {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// The attempt that speaks for all: the one that got furthest, and the first of equals.
pub(crate) fn headline(attempts: &[Attempt]) -> Option<&Attempt> {
    // `min_by_key` gives the first of equals.
    attempts
        .iter()
        .min_by_key(|attempt| rank(attempt.condition))
}

/// How far an attempt got; the smaller, the more it says about the other side.
fn rank(condition: Condition) -> usize {
    RANKS
        .iter()
        .position(|ranked| *ranked == condition)
        .unwrap_or(OTHERS)
}

/// From the host itself, by way of the network, to this machine's own shortcomings.
const RANKS: &[Condition] = &[
    // The host answered.
    Condition::ConnectionRefused,
    Condition::ConnectionReset,
    Condition::ConnectionAborted,
    Condition::NetworkReset,
    // Something on the way forbade it, or nobody answered.
    Condition::OperationNotPermitted,
    Condition::Timeout,
    // The network answered.
    Condition::HostDown,
    Condition::HostUnreachable,
    Condition::NetworkDown,
    Condition::NetworkUnreachable,
    // Whatever is not in this list stands here: `OTHERS`.
    Condition::Unknown,
    // This machine has no address for it. Never the headline if anything else failed: a host
    // without IPv6 says so for each IPv6 address, whatever is wrong with the peer.
    Condition::AddressNotAvailable,
    Condition::AddressFamilyNotSupported,
];

/// The rank of what is not in the list: that of `Unknown`.
const OTHERS: usize = 10;

const _: () = assert!(matches!(RANKS[OTHERS], Condition::Unknown));

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn attempt(port: u16, condition: Condition) -> Attempt {
        let source = io::Error::from(condition.kind());
        Attempt::new(
            ([127, 0, 0, 1], port).into(),
            condition,
            Duration::ZERO,
            source,
        )
    }

    /// The order that the documentation promises, each before all that follow it.
    const PROMISED: [Condition; 7] = [
        Condition::ConnectionRefused,
        Condition::ConnectionReset,
        Condition::Timeout,
        Condition::HostUnreachable,
        Condition::NetworkUnreachable,
        Condition::AddressNotAvailable,
        Condition::AddressFamilyNotSupported,
    ];

    #[test]
    fn the_promised_order_holds_for_every_pair_whatever_came_first() {
        for (index, better) in PROMISED.iter().enumerate() {
            for worse in &PROMISED[index + 1..] {
                for pair in [[*better, *worse], [*worse, *better]] {
                    let attempts = pair.map(|condition| attempt(1, condition));
                    let headline = headline(&attempts).unwrap().condition();
                    assert_eq!(headline, *better, "{better} must outrank {worse}");
                }
            }
        }
    }

    #[test]
    fn the_first_of_equals_is_the_headline() {
        let attempts = [1, 2, 3].map(|port| attempt(port, Condition::Timeout));
        assert_eq!(headline(&attempts).unwrap().peer().port(), 1);
    }

    #[rstest]
    #[case::unknown(Condition::Unknown)]
    #[case::no_buffers(Condition::NoBuffers)]
    #[case::invalid_argument(Condition::InvalidArgument)]
    fn what_is_not_ranked_stands_before_what_is_only_about_this_machine(#[case] other: Condition) {
        let attempts = [
            attempt(1, Condition::AddressNotAvailable),
            attempt(2, other),
        ];
        assert_eq!(headline(&attempts).unwrap().condition(), other);
        let attempts = [attempt(1, other), attempt(2, Condition::NetworkUnreachable)];
        assert_eq!(
            headline(&attempts).unwrap().condition(),
            Condition::NetworkUnreachable
        );
    }

    #[test]
    fn no_attempts_have_no_headline() {
        assert!(headline(&[]).is_none());
    }
}
