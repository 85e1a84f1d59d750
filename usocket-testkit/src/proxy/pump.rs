//! One direction of one TCP connection.

use std::collections::VecDeque;
use std::net::Shutdown;
use std::time::{Duration, Instant};

use usocket::{Condition, TcpStream};

use super::control::{Control, Look};
use super::plan::{Course, Limit};
use super::report::{Direction, Ended};
use crate::sys::unsent::unsent;

/// How much is taken in one call where nothing is done to it, and where something is.
const LARGE: usize = 256 << 10;
const SMALL: usize = 16 << 10;
/// How much is under way at most: more is left to the sender, whose window closes.
const MOST: usize = 1 << 20;
/// What a piece costs beside its bytes, so that many small ones are bounded too.
const OVERHEAD: usize = 64;
/// What a limited bandwidth writes at a time: that of so much time. What was missed longer ago is not made up for.
const TICK: Duration = Duration::from_millis(10);

/// Carries one direction: takes from one end, and writes to the other what is due.
#[derive(Debug)]
pub(super) struct Pump<'a> {
    direction: Direction,
    from: &'a TcpStream,
    to: &'a TcpStream,
    control: &'a Control,
    buffer: Vec<u8>,
    /// What is under way, in order, and how much of [`MOST`] it takes.
    held: VecDeque<(Instant, Piece)>,
    weight: usize,
    /// Nothing more comes: the last piece is the end.
    ended: bool,
    pieces: u64,
    /// Nothing is written before.
    pause_until: Instant,
}

#[derive(Debug)]
enum Piece {
    /// Bytes, and how many of them are written.
    Bytes(Vec<u8>, usize),
    /// The sender has closed its direction.
    End,
    /// The sender is gone.
    Gone,
}

/// Whether there is more to do.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    More,
    Done,
    /// This direction is broken: the connection is to be reset when the other has ended.
    Broken,
}

impl<'a> Pump<'a> {
    pub(super) fn new(
        direction: Direction,
        from: &'a TcpStream,
        to: &'a TcpStream,
        control: &'a Control,
    ) -> Self {
        Self {
            direction,
            from,
            to,
            control,
            buffer: vec![0; LARGE],
            held: VecDeque::new(),
            weight: 0,
            ended: false,
            pieces: 0,
            pause_until: Instant::now(),
        }
    }

    /// Runs until this direction has ended, or the connection. Whether it was not broken.
    pub(super) fn run(mut self) -> bool {
        while let Some(look) = self.control.look() {
            match self.step(&look) {
                Step::More => {}
                Step::Done => return true,
                Step::Broken => return false,
            }
        }
        true
    }

    fn step(&mut self, look: &Look) -> Step {
        let course = look.course(self.direction);
        if let Some((bytes, limit)) = course.limit {
            if self.control.sent(self.direction) >= bytes {
                return self.end_at(limit, look);
            }
        }
        if self.held.is_empty() && course.is_plain() && self.pause_until <= Instant::now() {
            return self.pass_on(look);
        }
        let due = self
            .held
            .front()
            .map(|(due, _)| (*due).max(self.pause_until));
        if due.is_some_and(|due| due <= Instant::now()) {
            return self.write(look);
        }
        if self.ended || self.weight >= MOST {
            self.control.wait(look, due);
            return Step::More;
        }
        match self
            .from
            .recv_deadline(&mut self.buffer[..SMALL], look.until_at(due))
        {
            Ok(count) => self.take(count, look),
            Err(error) if is_interruption(&error) => {}
            Err(_) => self.hold(Piece::Gone, look),
        }
        Step::More
    }

    /// Where nothing is to be done: what comes is written.
    fn pass_on(&mut self, look: &Look) -> Step {
        let count = match self.from.recv_deadline(&mut self.buffer, look.until()) {
            Ok(count) => count,
            Err(error) if is_interruption(&error) => return Step::More,
            Err(_) => {
                self.hold(Piece::Gone, look);
                return Step::More;
            }
        };
        // What comes after a change belongs to the new plan.
        if count == 0 || look.is_old() {
            self.take(count, look);
            return Step::More;
        }
        self.control.count_received(self.direction, count);
        let mut written = 0;
        while written < count {
            match self
                .to
                .send_deadline(&self.buffer[written..count], look.until())
            {
                Ok(more) => {
                    self.control.count_sent(self.direction, more);
                    written += more;
                }
                Err(error) if is_interruption(&error) => {
                    let rest = self.buffer[written..count].to_vec();
                    self.push(Instant::now(), Piece::Bytes(rest, 0));
                    return Step::More;
                }
                Err(_) => return Step::Broken,
            }
        }
        Step::More
    }

    /// Takes what was received; nothing is the end.
    fn take(&mut self, count: usize, look: &Look) {
        if count == 0 {
            self.hold(Piece::End, look);
            return;
        }
        // What comes after a change belongs to the new plan.
        let newer = look.is_old().then(|| self.control.look()).flatten();
        let look = newer.as_ref().unwrap_or(look);
        let mut bytes = self.buffer[..count].to_vec();
        let first = self.control.received(self.direction);
        look.course(self.direction).corrupt(first, &mut bytes);
        self.control.count_received(self.direction, count);
        self.hold(Piece::Bytes(bytes, 0), look);
    }

    /// Keeps a piece until it is due, and all before it are written.
    fn hold(&mut self, piece: Piece, look: &Look) {
        let jitter = self.control.jitter(&look.plan, self.direction, self.pieces);
        let latency = look.course(self.direction).latency.saturating_add(jitter);
        self.pieces += 1;
        let now = Instant::now();
        let due = now.checked_add(latency).unwrap_or(now + FOR_EVER);
        self.push(due, piece);
    }

    fn push(&mut self, due: Instant, piece: Piece) {
        match &piece {
            Piece::Bytes(bytes, _) => self.weight += bytes.len() + OVERHEAD,
            Piece::End | Piece::Gone => self.ended = true,
        }
        self.held.push_back((due, piece));
    }

    /// Writes of the first piece as much as may be.
    fn write(&mut self, look: &Look) -> Step {
        let course = look.course(self.direction);
        let left = course
            .limit
            .map(|(bytes, _)| bytes - self.control.sent(self.direction));
        let (bytes, written) = match &mut self.held[0].1 {
            Piece::Bytes(bytes, written) => (bytes, written),
            // Who sends nothing more may still receive.
            Piece::End => {
                return self
                    .to
                    .shutdown(Shutdown::Write)
                    .map_or(Step::Broken, |()| Step::Done);
            }
            Piece::Gone => {
                if settle(self.to, self.control, look) {
                    self.control.end(Ended::Reset);
                }
                return Step::More;
            }
        };
        let end = (*written + most_at_once(course, left)).min(bytes.len());
        match self.to.send_deadline(&bytes[*written..end], look.until()) {
            Ok(count) => {
                *written += count;
                if *written == bytes.len() {
                    self.weight -= bytes.len() + OVERHEAD;
                    self.held.pop_front();
                }
                self.control.count_sent(self.direction, count);
                self.rest(count, course);
            }
            Err(error) if is_interruption(&error) => {}
            Err(_) => return Step::Broken,
        }
        Step::More
    }

    /// Sees to it that nothing is written too soon after so many bytes.
    fn rest(&mut self, count: usize, course: &Course) {
        if course.bandwidth.is_none() && course.pause.is_zero() {
            return;
        }
        let now = Instant::now();
        if let Some(rate) = course.bandwidth {
            // From when it was due, so that waking late makes it no slower.
            let missed = now.checked_sub(TICK).unwrap_or(now);
            #[allow(clippy::cast_precision_loss)] // nobody tells a byte in so many
            let pause = Duration::from_secs_f64(count as f64 / rate as f64);
            self.pause_until = self.pause_until.max(missed) + pause;
        }
        if let Some(moment) = now.checked_add(course.pause) {
            self.pause_until = self.pause_until.max(moment);
        }
    }

    fn end_at(&mut self, limit: Limit, look: &Look) -> Step {
        match limit {
            Limit::Stall => self.control.wait(look, None),
            Limit::Close => self.control.end(Ended::ClosedByPlan),
            // A reset takes with it what has not arrived.
            Limit::Reset if settle(self.to, self.control, look) => {
                self.control.end(Ended::ResetByPlan);
            }
            Limit::Reset => {}
        }
        Step::More
    }
}

/// Waits until everything that was written there has arrived, or never can. Not if the plan changes before.
pub(super) fn settle(stream: &TcpStream, control: &Control, look: &Look) -> bool {
    let soon = |time| Instant::now().checked_add(time);
    while !look.is_old() {
        match unsent(stream) {
            Some(0) => return true,
            // Nobody is there to receive it.
            Some(_) if stream.peer_addr().is_err() => return true,
            // Nothing tells when the peer's window opens.
            Some(_) => control.wait(look, soon(Duration::from_millis(1))),
            None => {
                control.wait(look, soon(Duration::from_millis(20)));
                return !look.is_old();
            }
        }
    }
    false
}

/// As long as no test takes, where a clock cannot tell what was asked.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// How many bytes one write has at most; `left` are left before the limit.
fn most_at_once(course: &Course, left: Option<u64>) -> usize {
    let tick = course.bandwidth.map(|rate| (rate / 100).max(1));
    let most = [tick, left].into_iter().flatten().min();
    let most = most.map_or(usize::MAX, |most| {
        usize::try_from(most).unwrap_or(usize::MAX)
    });
    most.min(course.slice.unwrap_or(LARGE)).min(LARGE)
}

/// Whether a call ended because the plan changes, or something else is due.
pub(super) fn is_interruption(error: &usocket::Error) -> bool {
    matches!(error.condition(), Condition::Cancelled | Condition::Timeout)
}
