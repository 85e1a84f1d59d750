//! What to wait for, and what came of it.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

const READABLE: u8 = 1;
const WRITABLE: u8 = 2;
const ERROR: u8 = 4;
const HUNG_UP: u8 = 8;

/// What to wait for: that something can be received, or sent, or either.
///
/// An error and a hang-up need not be asked for: they are told in any case. Source: POSIX `poll`.
///
/// ```
/// use usocket::Interest;
///
/// let either = Interest::READABLE | Interest::WRITABLE;
/// assert!(either.contains(Interest::WRITABLE));
/// assert!(!Interest::READABLE.contains(either));
/// assert_eq!(format!("{either:?}"), "READABLE | WRITABLE");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interest(u8);

impl Interest {
    /// That a receive or an accept would not block: something is there, or the end, or an error.
    #[doc(alias = "POLLIN")]
    #[doc(alias = "EPOLLIN")]
    pub const READABLE: Self = Self(READABLE);

    /// That a send would not block, or that a connect has completed or failed.
    ///
    /// Windows tells of a connect that failed since version 2004 of Windows 10. Source: `WSAPoll`.
    #[doc(alias = "POLLOUT")]
    #[doc(alias = "EPOLLOUT")]
    pub const WRITABLE: Self = Self(WRITABLE);

    /// Whether all of `other` is part of it.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Interest {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Interest {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        names(self.0, f)
    }
}

/// What a socket is ready for.
///
/// Of readable and writable it has only what was [asked](Interest) for. Whoever waits for either of
/// them learns of everything that ends a connection, for the call that follows does not block and
/// says what it was:
///
/// * The peer's close or half-close counts as readable: the next receive is the end.
/// * A hang-up counts as readable and as writable.
/// * An error counts as readable and as writable.
///
/// ```
/// use std::time::Duration;
/// use usocket::{Interest, TcpListener, TcpStream, wait_for_each};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let client = TcpStream::connect(listener.local_addr()?)?;
/// let ready = wait_for_each(&[(&client, Interest::WRITABLE)], Duration::from_secs(9))?;
/// let (place, readiness) = ready[0];
/// assert_eq!(place, 0);
/// assert!(readiness.is_writable() && !readiness.is_readable() && !readiness.is_error());
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "socket-state")]
pub struct Readiness(u8);

impl Readiness {
    /// Whether a receive or an accept would not block.
    pub const fn is_readable(self) -> bool {
        self.0 & READABLE != 0
    }

    /// Whether a send would not block, or a connect has completed.
    pub const fn is_writable(self) -> bool {
        self.0 & WRITABLE != 0
    }

    /// Whether an error waits on the socket, or its handle is none that can be waited for. The next
    /// call on it says what it is.
    #[doc(alias = "POLLERR")]
    #[doc(alias = "POLLNVAL")]
    pub const fn is_error(self) -> bool {
        self.0 & ERROR != 0
    }

    /// Whether the connection has ended in both directions. Not every system tells it of every
    /// socket, and Windows only where the connection was aborted; that a socket is readable at its
    /// end, every system tells.
    #[doc(alias = "POLLHUP")]
    pub const fn is_hung_up(self) -> bool {
        self.0 & HUNG_UP != 0
    }

    // What a system says, and what it means on every system.
    pub(crate) const INPUT: Self = Self(READABLE);
    pub(crate) const OUTPUT: Self = Self(WRITABLE);
    pub(crate) const FAILED: Self = Self(ERROR | READABLE | WRITABLE);
    pub(crate) const ENDED: Self = Self(HUNG_UP | READABLE | WRITABLE);

    /// All that is so.
    pub(crate) fn of<const N: usize>(said: [(bool, Self); N]) -> Self {
        let so = said.into_iter().filter(|(is_so, _)| *is_so);
        so.fold(Self(0), |all, (_, one)| all.and(one))
    }

    /// What of it somebody wants to know who asked for this; nothing, it may be.
    pub(crate) const fn asked_for(self, interest: Interest) -> Option<Self> {
        let wanted = Self(self.0 & (interest.0 | ERROR | HUNG_UP));
        if wanted.0 == 0 { None } else { Some(wanted) }
    }

    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        names(self.0, f)
    }
}

fn names(bits: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let names = [
        (READABLE, "READABLE"),
        (WRITABLE, "WRITABLE"),
        (ERROR, "ERROR"),
        (HUNG_UP, "HUNG_UP"),
    ];
    let mut between = "";
    for (bit, name) in names {
        if bits & bit != 0 {
            write!(f, "{between}{name}")?;
            between = " | ";
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_ends_a_connection_is_told_to_whoever_waits() {
        for interest in [Interest::READABLE, Interest::WRITABLE] {
            for ended in [Readiness::FAILED, Readiness::ENDED] {
                let told = ended.asked_for(interest).unwrap();
                assert_eq!(told.is_readable(), interest == Interest::READABLE);
                assert_eq!(told.is_writable(), interest == Interest::WRITABLE);
                assert!(told.is_error() != told.is_hung_up());
            }
        }
    }

    #[test]
    fn what_was_not_asked_for_is_not_told() {
        let readable = Readiness::INPUT;
        assert_eq!(readable.asked_for(Interest::WRITABLE), None);
        assert_eq!(readable.asked_for(Interest::READABLE), Some(readable));
        let both = readable.and(Readiness::OUTPUT);
        assert_eq!(both.asked_for(Interest::READABLE), Some(readable));
    }

    #[test]
    fn the_words_are_those_of_the_constants() {
        let all = Readiness::of([(true, Readiness::FAILED), (true, Readiness::ENDED)]);
        assert_eq!(format!("{all:?}"), "READABLE | WRITABLE | ERROR | HUNG_UP");
        assert_eq!(format!("{:?}", Interest::WRITABLE), "WRITABLE");
        let nothing = Readiness::of([(false, Readiness::ENDED)]);
        assert_eq!(nothing.asked_for(Interest::READABLE), None);
    }
}
