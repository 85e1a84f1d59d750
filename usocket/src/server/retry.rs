//! What a loop that accepts or receives does after a failure.

use std::time::Duration;

use crate::disposition::Disposition;

/// How many failures in a row that can be retried at once are; more are a state, not an accident.
const AT_ONCE: u32 = 64;

/// The first pause; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(5);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(1);

/// The failures since the last success, as far as they matter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Retry {
    at_once: u32,
    pause: Duration,
}

impl Retry {
    pub(super) fn new() -> Self {
        Self {
            at_once: 0,
            pause: FIRST,
        }
    }

    /// After what pause to try again; `None` if that is no use.
    pub(super) fn after(&mut self, disposition: Disposition) -> Option<Duration> {
        match disposition {
            Disposition::RetryNow if self.at_once < AT_ONCE => {
                self.at_once += 1;
                Some(Duration::ZERO)
            }
            Disposition::RetryNow | Disposition::BackOff => {
                let pause = self.pause;
                self.pause = (pause * 2).min(LONGEST);
                Some(pause)
            }
            Disposition::Fatal => None,
        }
    }

    /// Something worked: what failed before is forgotten.
    pub(super) fn succeeded(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_second_and_begin_anew_after_a_success() {
        let mut retry = Retry::new();
        let mut pauses = |count: usize| -> Vec<_> {
            (0..count)
                .map(|_| retry.after(Disposition::BackOff).unwrap().as_millis())
                .collect()
        };
        assert_eq!(pauses(10), [5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
        retry.succeeded();
        assert_eq!(retry.after(Disposition::BackOff), Some(FIRST));
    }

    #[test]
    fn a_long_run_of_harmless_failures_does_not_spin() {
        let mut retry = Retry::new();
        let pauses: Vec<_> = (0..AT_ONCE + 20)
            .map(|_| retry.after(Disposition::RetryNow).unwrap())
            .collect();
        let (free, slow) = pauses.split_at(AT_ONCE as usize);
        assert!(free.iter().all(Duration::is_zero));
        assert_eq!(slow.first(), Some(&FIRST));
        assert_eq!(slow.last(), Some(&LONGEST));
        retry.succeeded();
        assert_eq!(retry.after(Disposition::RetryNow), Some(Duration::ZERO));
    }

    #[test]
    fn nothing_follows_a_fatal_failure() {
        assert_eq!(Retry::new().after(Disposition::Fatal), None);
    }
}
