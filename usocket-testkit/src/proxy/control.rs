//! What steers one connection: the plan that holds, and whether it is over. Its threads look here before each step.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use usocket::{Cancel, Deadline, Until};

use super::plan::{Course, Plan};
use super::report::{Connection, Direction, Ended, Traffic};
use crate::sys::atomic::AtomicU64;

/// What steers one connection. Everything that waits for it ends at once when anything changes.
#[derive(Debug)]
pub(super) struct Control {
    client: SocketAddr,
    /// Which connection of its proxy it is, from 0.
    number: u64,
    state: Mutex<State>,
    changed: Condvar,
    received: [AtomicU64; 2],
    sent: [AtomicU64; 2],
    ends: Arc<Ends>,
}

#[derive(Debug)]
struct State {
    plan: Arc<Plan>,
    /// When the plan began.
    since: Instant,
    /// Counts the changes.
    generation: u64,
    /// Thrown at the next change.
    cancel: Cancel,
    over: bool,
    /// How it ends, as soon as that is decided, and when it has.
    ending: Option<Ended>,
    ended: Option<Ended>,
}

/// The plan as it was at one moment.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) plan: Arc<Plan>,
    generation: u64,
    cancel: Cancel,
    /// When the next plan takes over, if time brings one.
    next: Option<Instant>,
}

impl Look {
    pub(super) fn course(&self, direction: Direction) -> &Course {
        self.plan.course(direction)
    }

    /// Until the plan changes.
    pub(super) fn until(&self) -> Until<'_> {
        self.until_at(None)
    }

    /// Until the plan changes or this moment has come.
    pub(super) fn until_at(&self, moment: Option<Instant>) -> Until<'_> {
        self.cancel.or(deadline(earlier(self.next, moment)))
    }

    /// Whether the plan may have changed since.
    pub(super) fn is_old(&self) -> bool {
        self.cancel.is_cancelled() || self.next.is_some_and(|next| next <= Instant::now())
    }
}

impl Control {
    pub(super) fn new(
        client: SocketAddr,
        number: u64,
        plan: Arc<Plan>,
        ends: Arc<Ends>,
    ) -> Result<Self, usocket::Error> {
        let state = State {
            plan,
            since: Instant::now(),
            generation: 0,
            cancel: Cancel::new()?,
            over: false,
            ending: None,
            ended: None,
        };
        Ok(Self {
            client,
            number,
            state: Mutex::new(state),
            changed: Condvar::new(),
            received: Default::default(),
            sent: Default::default(),
            ends,
        })
    }

    /// The plan that holds now; none when the connection is over.
    pub(super) fn look(&self) -> Option<Look> {
        let mut state = self.lock();
        if state.over {
            return None;
        }
        let next = loop {
            let Some((after, plan)) = state.plan.later() else {
                break None;
            };
            match state.since.checked_add(*after) {
                Some(moment) if moment <= Instant::now() => {
                    let plan = Arc::clone(plan);
                    (state.plan, state.since) = (plan, moment);
                    state.generation += 1;
                }
                // None is later than any clock tells.
                moment => break moment,
            }
        };
        Some(Look {
            plan: Arc::clone(&state.plan),
            generation: state.generation,
            cancel: state.cancel.clone(),
            next,
        })
    }

    /// Waits until the plan changes, or until this moment.
    pub(super) fn wait(&self, look: &Look, moment: Option<Instant>) {
        let moment = earlier(look.next, moment);
        let mut state = self.lock();
        while !state.over && state.generation == look.generation {
            let left = moment.map(|moment| moment.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => return,
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.changed.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }

    /// From now on, another plan.
    pub(super) fn set(&self, plan: Arc<Plan>) -> Result<(), usocket::Error> {
        let mut state = self.lock();
        if !state.over {
            let fresh = Cancel::new()?;
            (state.plan, state.since) = (plan, Instant::now());
            state.generation += 1;
            std::mem::replace(&mut state.cancel, fresh).cancel();
            self.changed.notify_all();
        }
        Ok(())
    }

    /// Decides how it ends, unless that is decided, and stops all that is under way.
    pub(super) fn end(&self, how: Ended) {
        self.lock().ending.get_or_insert(how);
        self.stop();
    }

    /// Stops all that is under way.
    pub(super) fn stop(&self) {
        let mut state = self.lock();
        state.over = true;
        state.cancel.cancel();
        self.changed.notify_all();
    }

    /// How it ends, if that is decided.
    pub(super) fn ending(&self) -> Option<Ended> {
        self.lock().ending
    }

    /// It has ended as was decided: the other end knows, or will.
    pub(super) fn has_ended(&self) {
        let mut state = self.lock();
        state.ended = state.ending;
        if state.ended.is_some() {
            drop(state);
            self.ends.tell();
        }
    }

    /// Counts what came from one end.
    pub(super) fn count_received(&self, direction: Direction, amount: usize) {
        self.received[direction.place()].fetch_add(amount as u64, Ordering::Relaxed);
    }

    /// Counts what went to the other.
    pub(super) fn count_sent(&self, direction: Direction, amount: usize) {
        self.sent[direction.place()].fetch_add(amount as u64, Ordering::Relaxed);
    }

    pub(super) fn received(&self, direction: Direction) -> u64 {
        self.received[direction.place()].load(Ordering::Relaxed)
    }

    pub(super) fn sent(&self, direction: Direction) -> u64 {
        self.sent[direction.place()].load(Ordering::Relaxed)
    }

    /// How much later than the latency a piece arrives.
    pub(super) fn jitter(&self, plan: &Plan, direction: Direction, piece: u64) -> Duration {
        let most = plan.course(direction).jitter.min(FOR_EVER);
        let way = (self.number << 1) | direction.place() as u64;
        let fraction = scattered(scattered(plan.jitter_seed() ^ scattered(way)) ^ piece);
        // 53 bits are what the number type holds exactly.
        #[allow(clippy::cast_precision_loss)]
        most.mul_f64((fraction >> 11) as f64 / (1_u64 << 53) as f64)
    }

    /// What there is to report.
    pub(super) fn report(&self) -> Connection {
        let traffic = |direction| Traffic {
            received: self.received(direction),
            sent: self.sent(direction),
        };
        Connection {
            client: self.client,
            traffic: Direction::BOTH.map(traffic),
            ended: self.lock().ended,
        }
    }

    pub(super) fn is_ended(&self) -> bool {
        self.lock().ended.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells whoever waits for connections to end.
#[derive(Debug, Default)]
pub(super) struct Ends {
    lock: Mutex<()>,
    told: Condvar,
}

impl Ends {
    fn tell(&self) {
        drop(self.lock.lock());
        self.told.notify_all();
    }

    /// Waits until there is enough, or for so long; gives what was counted last.
    pub(super) fn wait(&self, within: Duration, enough: usize, count: impl Fn() -> usize) -> usize {
        let locked = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .told
            .wait_timeout_while(locked, within, |()| count() < enough);
        drop(waited);
        count()
    }
}

/// A number that looks like any other: the mixer of `SplitMix64`.
///
/// Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (2014).
fn scattered(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The earlier of two moments, where none is never.
pub(super) fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// As long as no test takes.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

fn deadline(moment: Option<Instant>) -> Deadline {
    moment.map_or(Deadline::NEVER, Deadline::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(number: u64) -> Control {
        let client = SocketAddr::from(([127, 0, 0, 1], 1));
        Control::new(client, number, Arc::default(), Arc::default()).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_jitter_and_another_gives_another() {
        let most = Duration::from_millis(10);
        let jitters = |number, seed, direction| -> Vec<_> {
            let plan = Plan::new().jitter(most).seed(seed);
            let control = control(number);
            (0..100)
                .map(|piece| control.jitter(&plan, direction, piece))
                .collect()
        };
        let first = jitters(0, 7, Direction::ToClient);
        assert_eq!(first, jitters(0, 7, Direction::ToClient));
        assert_ne!(first, jitters(0, 8, Direction::ToClient));
        assert_ne!(first, jitters(1, 7, Direction::ToClient));
        assert_ne!(first, jitters(0, 7, Direction::ToServer));
        assert!(first.iter().all(|jitter| *jitter < most));
        assert!(first.iter().any(|jitter| *jitter > most / 2));
        assert!(first.iter().any(|jitter| *jitter < most / 2));
    }

    #[test]
    fn a_plan_follows_another_when_its_time_has_come() {
        let control = control(0);
        let last = Plan::new().slices(3);
        let plan = Plan::new().then(
            Duration::ZERO,
            Plan::new().then(Duration::MAX, last.clone()),
        );
        control.set(Arc::new(plan)).unwrap();
        let look = control.look().unwrap();
        assert_eq!(look.course(Direction::ToClient).slice, None);
        assert!(!look.is_old());

        let plan = Plan::new().then(Duration::ZERO, Plan::new().then(Duration::ZERO, last));
        control.set(Arc::new(plan)).unwrap();
        assert!(look.is_old());
        let look = control.look().unwrap();
        assert_eq!(look.course(Direction::ToClient).slice, Some(3));

        control.stop();
        assert!(look.is_old());
        assert!(control.look().is_none());
    }
}
