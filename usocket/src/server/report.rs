//! Stopping in time, and what it came to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::deadline::Deadline;
use crate::error::Error;

/// What stopping a server came to: see [`ServerHandle::stop`](crate::ServerHandle::stop).
///
/// ```
/// use std::time::Duration;
/// use usocket::Server;
///
/// let server = Server::bind("127.0.0.1:0")?.spawn(Server::echo)?;
/// let report = server.stop(Duration::from_secs(5));
/// assert!(report.is_clean());
/// assert_eq!((report.finished, report.cut.len(), report.unfinished.len()), (0, 0, 0));
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StopReport {
    /// How many connections that were open ended by themselves; of a server of datagrams, how many
    /// handlers that were at work.
    pub finished: usize,
    /// With whom the connections were that had to be cut, in the order in which they had come.
    pub cut: Vec<SocketAddr>,
    /// With whom the handlers are busy that had not even then returned. They are in code of their
    /// own, which nobody can end; what they hold is given back when they return.
    pub unfinished: Vec<SocketAddr>,
    /// What the server had ended of before somebody stopped it.
    pub error: Option<Arc<Error>>,
}

impl StopReport {
    /// Whether everything ended by itself.
    pub fn is_clean(&self) -> bool {
        self.cut.is_empty() && self.unfinished.is_empty() && self.error.is_none()
    }
}

/// When what happens while a server stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// When what is left is cut.
    pub(super) cut: Deadline,
    /// When nobody is waited for any longer.
    pub(super) end: Deadline,
}

impl Plan {
    /// Those that are cut get a tenth of the time to notice, but not less than 100 ms and not more
    /// than a second; a deadline that is nearer than that is moved there.
    pub(super) fn new(deadline: Deadline) -> Self {
        let (Deadline::At(end), Some(left)) = (deadline, deadline.remaining()) else {
            return Self {
                cut: Deadline::NEVER,
                end: Deadline::NEVER,
            };
        };
        let grace = (left / 10).clamp(Duration::from_millis(100), Duration::from_secs(1));
        let end = end.max(Instant::now() + grace);
        Self {
            cut: end.checked_sub(grace).unwrap_or(end).into(),
            end: end.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long before the end the cut is, in milliseconds.
    fn grace(plan: Plan) -> u128 {
        match (plan.cut, plan.end) {
            (Deadline::At(cut), Deadline::At(end)) => (end - cut).as_millis(),
            _ => panic!("{plan:?}"),
        }
    }

    #[test]
    fn the_cut_comes_before_the_deadline() {
        for (seconds, expected) in [(1, 100), (5, 500), (10, 1000), (100, 1000)] {
            let deadline = Deadline::from(Duration::from_secs(seconds));
            let plan = Plan::new(deadline);
            assert_eq!(plan.end, deadline);
            let grace = grace(plan);
            assert!(expected - 100 <= grace && grace <= expected, "{grace}");
        }
    }

    #[test]
    fn no_time_is_enough_to_cut_and_see_the_cut() {
        let plan = Plan::new(Duration::ZERO.into());
        assert_eq!(grace(plan), 100);
        assert!(!plan.end.has_passed() || plan.cut.has_passed());
    }

    #[test]
    fn without_a_deadline_nothing_is_cut() {
        let plan = Plan::new(Deadline::NEVER);
        assert_eq!((plan.cut, plan.end), (Deadline::NEVER, Deadline::NEVER));
    }
}
