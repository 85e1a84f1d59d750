//! Until when a call may take.

use std::time::{Duration, Instant};

/// Until when a call may take: for ever, or up to a point in time.
///
/// Every call that can block takes `impl Into<Deadline>`, so that a [`Duration`] from now, an
/// [`Instant`], or an `Option<Duration>` in which `None` is for ever, can stand in its place.
///
/// A deadline that has passed is legal and means *try once*: the call does what can be done at once
/// and then fails with [`Condition::Timeout`](crate::Condition::Timeout). A duration too long for
/// the clock, [`Duration::MAX`] among them, means for ever.
///
/// ```
/// use std::time::{Duration, Instant};
/// use usocket::Deadline;
///
/// let deadline = Deadline::from(Duration::from_secs(5));
/// assert!(!deadline.has_passed());
/// assert!(deadline.remaining().unwrap() <= Duration::from_secs(5));
///
/// assert!(Deadline::from(Instant::now()).has_passed());
/// assert_eq!(Deadline::from(Duration::MAX), Deadline::NEVER);
/// assert_eq!(Deadline::from(None), Deadline::NEVER);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a deadline either exists or does not"
)]
pub enum Deadline {
    /// The call may take for ever.
    Never,
    /// The call ends at this time.
    At(Instant),
}

impl Deadline {
    /// The deadline that never passes: [`Deadline::Never`].
    pub const NEVER: Self = Self::Never;

    /// The time that is left: zero once the deadline has passed, `None` if it never does.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use usocket::Deadline;
    ///
    /// assert_eq!(Deadline::NEVER.remaining(), None);
    /// assert_eq!(Deadline::from(Instant::now()).remaining(), Some(Duration::ZERO));
    /// ```
    pub fn remaining(self) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::At(end) => Some(end.saturating_duration_since(Instant::now())),
        }
    }

    /// Whether the deadline has passed.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::Deadline;
    ///
    /// assert!(Deadline::from(Duration::ZERO).has_passed());
    /// assert!(!Deadline::NEVER.has_passed());
    /// ```
    pub fn has_passed(self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// The earlier of two deadlines.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::Deadline;
    ///
    /// let soon = Deadline::from(Duration::from_secs(1));
    /// assert_eq!(Deadline::NEVER.earlier(soon), soon);
    /// assert_eq!(soon.earlier(Deadline::from(Duration::from_secs(9))), soon);
    /// ```
    #[must_use]
    pub fn earlier(self, other: impl Into<Self>) -> Self {
        match (self, other.into()) {
            (Self::At(one), Self::At(two)) => Self::At(one.min(two)),
            (Self::Never, end) | (end, Self::Never) => end,
        }
    }
}

impl From<Duration> for Deadline {
    /// That long from now.
    fn from(duration: Duration) -> Self {
        Instant::now()
            .checked_add(duration)
            .map_or(Self::Never, Self::At)
    }
}

impl From<Option<Duration>> for Deadline {
    /// That long from now, or never.
    fn from(duration: Option<Duration>) -> Self {
        duration.map_or(Self::Never, Self::from)
    }
}

impl From<Instant> for Deadline {
    /// At that time.
    fn from(end: Instant) -> Self {
        Self::At(end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duration_beyond_the_clock_is_never() {
        assert_eq!(Deadline::from(Duration::MAX), Deadline::Never);
        assert_eq!(Deadline::from(Some(Duration::MAX)), Deadline::Never);
    }

    #[test]
    fn the_past_is_legal_and_has_no_time_left() {
        let past = Deadline::from(Instant::now());
        assert!(past.has_passed());
        assert_eq!(past.remaining(), Some(Duration::ZERO));
    }

    proptest! {
        #[test]
        fn no_duration_overflows(seconds: u64, nanos in 0_u32..1_000_000_000) {
            let duration = Duration::new(seconds, nanos);
            let deadline = Deadline::from(duration);
            if let Some(left) = deadline.remaining() {
                prop_assert!(left <= duration);
            }
        }

        #[test]
        fn earlier_is_commutative_and_never_later(one: Option<u32>, two: Option<u32>) {
            let now = Instant::now();
            let at = |ms: Option<u32>| {
                ms.map_or(Deadline::Never, |ms| Deadline::At(now + Duration::from_millis(ms.into())))
            };
            let (one, two) = (at(one), at(two));
            let earlier = one.earlier(two);
            prop_assert_eq!(earlier, two.earlier(one));
            for end in [one, two] {
                if let (Deadline::At(earlier), Deadline::At(end)) = (earlier, end) {
                    prop_assert!(earlier <= end);
                }
            }
            prop_assert_eq!(earlier == Deadline::Never, one == Deadline::Never && two == Deadline::Never);
        }
    }
}
