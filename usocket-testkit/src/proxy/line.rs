//! One direction of one client's datagrams.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::control::Control;
use super::plan::{Course, Numbers};
use super::report::Direction;

/// How many datagrams are under way at most; the system keeps some more, and loses the rest.
const MOST: usize = 1024;

/// What is under way, by when it is due, and among equals in the order of arrival.
#[derive(Debug)]
pub(super) struct Line {
    direction: Direction,
    held: BTreeMap<(Instant, u64), Vec<u8>>,
    /// Where the next one finds its place among equals.
    order: u64,
    /// What waits for the next one to go first, with the moment until which it does.
    waiting: Vec<(Instant, Vec<Vec<u8>>)>,
    /// Nothing is sent before.
    pause_until: Instant,
}

impl Line {
    pub(super) fn new(direction: Direction) -> Self {
        Self {
            direction,
            held: BTreeMap::new(),
            order: 0,
            waiting: Vec::new(),
            pause_until: Instant::now(),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.held.len() + self.waiting.len() >= MOST
    }

    /// When there is something to send next.
    pub(super) fn due(&self) -> Option<Instant> {
        let held = self
            .held
            .keys()
            .map(|(due, _)| (*due).max(self.pause_until))
            .next();
        let waiting = self.waiting.iter().map(|(due, _)| *due);
        held.into_iter().chain(waiting).min()
    }

    /// Takes a datagram that came.
    pub(super) fn take(&mut self, control: &Control, datagram: &[u8]) {
        let number = control.received(self.direction);
        control.count_received(self.direction, 1);
        let Some(look) = control.look() else {
            return;
        };
        let course = look.course(self.direction);
        if course.is_silent() || is_one_of(&course.lose, number) {
            return;
        }
        let mut datagram = datagram.to_vec();
        course.corrupt(0, &mut datagram);
        datagram.truncate(course.truncate.unwrap_or(usize::MAX));
        let copies = 1 + usize::from(is_one_of(&course.duplicate, number));

        let jitter = control.jitter(&look.plan, self.direction, number);
        let due = later(Instant::now(), course.latency.saturating_add(jitter));
        let patience = course
            .reorder
            .iter()
            .find(|(numbers, _)| is_in(*numbers, number));
        if let Some((_, at_most)) = patience {
            self.waiting
                .push((later(due, *at_most), vec![datagram; copies]));
        } else {
            self.hold(due, vec![datagram; copies]);
            for (_, datagrams) in std::mem::take(&mut self.waiting) {
                self.hold(due, datagrams);
            }
        }
    }

    fn hold(&mut self, due: Instant, datagrams: Vec<Vec<u8>>) {
        for datagram in datagrams {
            self.held.insert((due, self.order), datagram);
            self.order += 1;
        }
    }

    /// Sends all that is due.
    pub(super) fn send(&mut self, control: &Control, send: impl Fn(&[u8]) -> bool) {
        let now = Instant::now();
        while let Some(place) = self.waiting.iter().position(|(due, _)| *due <= now) {
            let (due, datagrams) = self.waiting.remove(place);
            self.hold(due, datagrams);
        }
        while self.pause_until <= now {
            let Some(first) = self.held.first_entry().filter(|first| first.key().0 <= now) else {
                return;
            };
            let datagram = first.remove();
            let Some(look) = control.look() else {
                return;
            };
            if send(&datagram) {
                control.count_sent(self.direction, 1);
            }
            self.rest(datagram.len(), look.course(self.direction));
        }
    }

    fn rest(&mut self, bytes: usize, course: &Course) {
        if let Some(rate) = course.bandwidth {
            #[allow(clippy::cast_precision_loss)] // nobody tells a byte in so many
            let pause = Duration::from_secs_f64(bytes as f64 / rate as f64);
            self.pause_until = self.pause_until.max(Instant::now()) + pause;
        }
    }
}

fn is_one_of(many: &[Numbers], number: u64) -> bool {
    many.iter().any(|numbers| is_in(*numbers, number))
}

fn is_in((from, to): Numbers, number: u64) -> bool {
    (from..to).contains(&number)
}

/// So much later, as far as the clock goes.
fn later(moment: Instant, time: Duration) -> Instant {
    moment.checked_add(time).unwrap_or(moment)
}
