//! What is due when, in order; what is due at the same time keeps the order in which it came.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Schedule<T> {
    waiting: BTreeMap<(Instant, u64), T>,
    count: u64,
}

impl<T> Schedule<T> {
    pub(super) const fn new() -> Self {
        Self {
            waiting: BTreeMap::new(),
            count: 0,
        }
    }

    pub(super) fn add(&mut self, at: Instant, what: T) {
        self.count += 1;
        self.waiting.insert((at, self.count), what);
    }

    /// The next thing whose time has come.
    pub(super) fn next_due(&mut self, now: Instant) -> Option<T> {
        let first = self.waiting.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// How long until there is one; none if nothing waits.
    pub(super) fn until_next(&self, now: Instant) -> Option<Duration> {
        let ((at, _), _) = self.waiting.first_key_value()?;
        Some(at.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_when_they_are_due_in_the_order_in_which_they_came() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let mut schedule = Schedule::new();
        assert_eq!(schedule.until_next(now), None);
        for (at, what) in [(later, 3), (now, 1), (now, 2)] {
            schedule.add(at, what);
        }
        assert_eq!(schedule.until_next(now), Some(Duration::ZERO));
        assert_eq!(schedule.next_due(now), Some(1));
        assert_eq!(schedule.next_due(now), Some(2));
        assert_eq!(schedule.next_due(now), None);
        assert_eq!(schedule.until_next(now), Some(Duration::from_secs(1)));
        assert_eq!(schedule.next_due(later), Some(3));
    }
}
