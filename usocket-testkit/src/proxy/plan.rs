//! What a proxy does with a connection, as data.

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;
use std::time::Duration;

use super::error::ProxyError;
use super::report::Direction;
use crate::protocol::Protocol;

/// What a proxy does with one connection, or with the datagrams of one client.
///
/// A new plan passes everything on, unchanged and at once. Each method adds one thing, in **both directions** unless
/// [`to_client`](Self::to_client) or [`to_server`](Self::to_server) stands before it: these say where all that follows
/// belongs.
///
/// ```
/// use std::time::Duration;
/// use usocket_testkit::proxy::Plan;
///
/// // Slow both ways, and the answer breaks off after ten bytes.
/// let plan = Plan::new().latency(Duration::from_millis(20)).to_client().reset_after(10);
/// # drop(plan);
/// ```
///
/// | method | TCP | UDP |
/// | --- | --- | --- |
/// | [`latency`](Self::latency), [`jitter`](Self::jitter) | later, in order | later; jitter may change the order |
/// | [`bandwidth`](Self::bandwidth) | bytes per second | bytes per second |
/// | [`corrupt`](Self::corrupt) | one byte of the stream | that byte of each datagram |
/// | [`silent`](Self::silent), [`refuse`](Self::refuse) | yes | yes |
/// | [`slices`](Self::slices), [`pause`](Self::pause) | yes | |
/// | [`reset_after`](Self::reset_after), [`close_after`](Self::close_after), [`stall_after`](Self::stall_after) | yes | |
/// | [`lose`](Self::lose), [`duplicate`](Self::duplicate), [`reorder`](Self::reorder), [`truncate`](Self::truncate) | | yes |
///
/// A number that makes no sense, and a method that the protocol has not, are reported where the plan is handed to a
/// proxy: [`ProxyError`].
///
/// Positions are counted from the beginning of the connection, in each direction on its own, the first byte or datagram
/// being number 0. A plan that comes later counts on.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    to_server: Course,
    to_client: Course,
    /// Where what follows belongs; none is both.
    aim: Option<Direction>,
    seed: u64,
    refuses: bool,
    /// So long after this plan has begun, another takes over.
    later: Option<(Duration, Arc<Self>)>,
    /// The first method that was given nonsense.
    mistake: Option<(&'static str, String, &'static str)>,
    /// A method that only one protocol has.
    streams_only: Option<&'static str>,
    datagrams_only: Option<&'static str>,
}

/// What happens in one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    pub(super) latency: Duration,
    pub(super) jitter: Duration,
    /// In bytes per second.
    pub(super) bandwidth: Option<u64>,
    /// How many bytes in one write at most, and how long to wait after it.
    pub(super) slice: Option<usize>,
    pub(super) pause: Duration,
    /// After so many bytes, the end.
    pub(super) limit: Option<(u64, Limit)>,
    /// Positions, and what is flipped there.
    pub(super) corrupt: Vec<(u64, u8)>,
    pub(super) lose: Vec<Numbers>,
    pub(super) duplicate: Vec<Numbers>,
    /// With the longest that a datagram waits for the next one.
    pub(super) reorder: Vec<(Numbers, Duration)>,
    pub(super) truncate: Option<usize>,
}

/// What happens when a direction's limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Reset,
    Close,
    Stall,
}

/// Some numbers of bytes or datagrams: from the first to before the second.
pub(super) type Numbers = (u64, u64);

impl Plan {
    /// Passes everything on, unchanged and at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// What follows is for what goes from the server to the client only.
    #[must_use]
    pub fn to_client(mut self) -> Self {
        self.aim = Some(Direction::ToClient);
        self
    }

    /// What follows is for what goes from the client to the server only.
    #[must_use]
    pub fn to_server(mut self) -> Self {
        self.aim = Some(Direction::ToServer);
        self
    }

    /// What follows is for both directions again.
    #[must_use]
    pub fn both_ways(mut self) -> Self {
        self.aim = None;
        self
    }

    /// Everything arrives so much later, the end of a stream too. The rate stays, as far as one mebibyte on the way
    /// suffices for it.
    #[must_use]
    pub fn latency(self, latency: Duration) -> Self {
        self.with(|course| course.latency = latency)
    }

    /// Adds to the latency of each piece something between nothing and this. A stream stays in order; datagrams do not.
    ///
    /// The same [`seed`](Self::seed) gives the same sequence.
    #[must_use]
    pub fn jitter(self, jitter: Duration) -> Self {
        self.with(|course| course.jitter = jitter)
    }

    /// What the jitter is made from; 0 unless set.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// No more than so many bytes per second; at least one.
    #[must_use]
    pub fn bandwidth(self, bytes_per_second: u64) -> Self {
        self.checked(
            "bandwidth",
            &bytes_per_second,
            1..,
            "at least one byte per second",
        )
        .with(|course| course.bandwidth = Some(bytes_per_second))
    }

    /// Writes at most so many bytes at a time; at least one. TCP only.
    ///
    /// Each write is sent at once (`TCP_NODELAY`). A receiver that is not quick enough reads several of them as one, as
    /// with any stream: a [`pause`](Self::pause) between them gives it time.
    #[must_use]
    pub fn slices(self, bytes: usize) -> Self {
        self.checked("slices", &bytes, 1.., "at least one byte")
            .for_streams("slices")
            .with(|course| course.slice = Some(bytes))
    }

    /// Waits so long after each write. TCP only.
    #[must_use]
    pub fn pause(self, pause: Duration) -> Self {
        self.for_streams("pause")
            .with(|course| course.pause = pause)
    }

    /// Resets the connection, at both ends, as soon as so many bytes have arrived: with 0, at once. TCP only.
    ///
    /// With 0 it may be the client's `connect` that is told, as by a real server.
    ///
    /// Exactly so many arrive. On Linux and on Apple's systems the proxy knows when they have; elsewhere it gives them
    /// a moment. A receiver that does not read holds the reset up for as long as its window is closed.
    #[must_use]
    pub fn reset_after(self, bytes: u64) -> Self {
        self.for_streams("reset_after")
            .with(|course| course.limit = Some((bytes, Limit::Reset)))
    }

    /// Closes the connection, at both ends, after so many bytes: with 0, at once. TCP only.
    ///
    /// Both read the end of the stream. What they send is taken and dropped.
    #[must_use]
    pub fn close_after(self, bytes: u64) -> Self {
        self.for_streams("close_after")
            .with(|course| course.limit = Some((bytes, Limit::Close)))
    }

    /// Passes nothing more on after so many bytes, and takes nothing more either: the sender's window closes. TCP only.
    ///
    /// Nothing is lost. A later plan without the limit goes on where it stopped.
    #[must_use]
    pub fn stall_after(self, bytes: u64) -> Self {
        self.for_streams("stall_after")
            .with(|course| course.limit = Some((bytes, Limit::Stall)))
    }

    /// Nothing comes through, in either direction, whatever the direction that was chosen.
    ///
    /// A TCP connection is accepted, and the server is not asked until another plan takes over. Datagrams are lost.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.to_server.limit = Some((0, Limit::Stall));
        self.to_client.limit = Some((0, Limit::Stall));
        self
    }

    /// Who comes is refused: by a reset over TCP, by "port unreachable" over UDP. What stands is left alone.
    ///
    /// For [`Proxy::plan`](super::Proxy::plan) and [`Proxy::now`](super::Proxy::now); a single connection cannot be
    /// refused, since the system accepts it before the proxy sees it. On Linux the port is held meanwhile, as a
    /// [`PortLease`](crate::PortLease) does.
    ///
    /// A UDP socket knows no connections: there the clients that the proxy knows are refused too. It is Linux that says
    /// so; other systems may leave them without an answer.
    #[must_use]
    pub fn refuse() -> Self {
        Self {
            refuses: true,
            ..Self::default()
        }
    }

    /// Flips the bits of `mask` in one byte: in that of the stream, or in each datagram that is so long. The mask is not
    /// 0. Called again, it adds another place.
    #[must_use]
    pub fn corrupt(self, position: u64, mask: u8) -> Self {
        self.checked("corrupt", &mask, 1.., "a mask with at least one bit")
            .with(|course| course.corrupt.push((position, mask)))
    }

    /// Loses the datagrams with these numbers: `lose(0..2)` the first two. Called again, it adds more. UDP only.
    #[must_use]
    pub fn lose(self, which: impl RangeBounds<u64>) -> Self {
        let numbers = numbers(&which);
        self.some_of("lose", numbers)
            .with(|course| course.lose.push(numbers))
    }

    /// Delivers the datagrams with these numbers twice. UDP only.
    #[must_use]
    pub fn duplicate(self, which: impl RangeBounds<u64>) -> Self {
        let numbers = numbers(&which);
        self.some_of("duplicate", numbers)
            .with(|course| course.duplicate.push(numbers))
    }

    /// Delivers the datagrams with these numbers after the one that follows; when none follows, after `at_most`. UDP
    /// only.
    #[must_use]
    pub fn reorder(self, which: impl RangeBounds<u64>, at_most: Duration) -> Self {
        let numbers = numbers(&which);
        self.some_of("reorder", numbers)
            .with(|course| course.reorder.push((numbers, at_most)))
    }

    /// Cuts every datagram to this length, which may be 0. UDP only.
    #[must_use]
    pub fn truncate(self, bytes: usize) -> Self {
        self.for_datagrams("truncate")
            .with(|course| course.truncate = Some(bytes))
    }

    /// So long after this plan has begun, for each connection on its own, the other takes over.
    ///
    /// A plan begins when the connection is accepted, or when [`Proxy::now`](super::Proxy::now) sets it. The other may
    /// have a third one behind it, which counts from where the second begins.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket_testkit::proxy::Plan;
    ///
    /// // Good for 50 ms, then broken.
    /// let plan = Plan::new().then(Duration::from_millis(50), Plan::new().reset_after(0));
    /// # drop(plan);
    /// ```
    #[must_use]
    pub fn then(mut self, after: Duration, plan: Self) -> Self {
        if let Some((first, _)) = &self.later {
            let again = format!("a second plan after {after:?}, beside that after {first:?}");
            self.blame(
                "then",
                again,
                "one plan to follow; it may have another behind it",
            );
        } else if plan.refuses || self.refuses {
            let expected = "a plan for connections; `Proxy::now` is told to refuse and to accept";
            self.blame("then", "Plan::refuse()".to_owned(), expected);
        }
        self.mistake = self.mistake.or_else(|| plan.mistake.clone());
        self.streams_only = self.streams_only.or(plan.streams_only);
        self.datagrams_only = self.datagrams_only.or(plan.datagrams_only);
        self.later = Some((after, Arc::new(plan)));
        self
    }

    /// Whether a proxy for this protocol can carry it out.
    pub(super) fn check(&self, protocol: Protocol) -> Result<(), ProxyError> {
        if let Some((method, given, expected)) = self.mistake.clone() {
            return Err(ProxyError::BadPlan {
                method,
                given,
                expected,
            });
        }
        let foreign = if protocol.is_stream() {
            self.datagrams_only
        } else {
            self.streams_only
        };
        foreign.map_or(Ok(()), |method| {
            Err(ProxyError::OtherProtocol { method, protocol })
        })
    }

    pub(super) fn course(&self, direction: Direction) -> &Course {
        match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToClient => &self.to_client,
        }
    }

    pub(super) fn jitter_seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn refuses(&self) -> bool {
        self.refuses
    }

    pub(super) fn later(&self) -> Option<&(Duration, Arc<Self>)> {
        self.later.as_ref()
    }

    /// Whether nothing ever comes through while it holds.
    pub(super) fn is_silent(&self) -> bool {
        self.to_server.is_silent() && self.to_client.is_silent()
    }

    fn with(mut self, set: impl Fn(&mut Course)) -> Self {
        if self.aim != Some(Direction::ToClient) {
            set(&mut self.to_server);
        }
        if self.aim != Some(Direction::ToServer) {
            set(&mut self.to_client);
        }
        self
    }

    fn checked<T: PartialOrd + ToString>(
        mut self,
        method: &'static str,
        given: &T,
        fits: impl RangeBounds<T>,
        expected: &'static str,
    ) -> Self {
        if !fits.contains(given) {
            self.blame(method, given.to_string(), expected);
        }
        self
    }

    fn some_of(mut self, method: &'static str, (from, to): Numbers) -> Self {
        if from >= to {
            let given = format!("the numbers from {from} to before {to}");
            self.blame(method, given, "a range with at least one number");
        }
        self.for_datagrams(method)
    }

    fn for_streams(mut self, method: &'static str) -> Self {
        self.streams_only.get_or_insert(method);
        self
    }

    fn for_datagrams(mut self, method: &'static str) -> Self {
        self.datagrams_only.get_or_insert(method);
        self
    }

    fn blame(&mut self, method: &'static str, given: String, expected: &'static str) {
        self.mistake.get_or_insert((method, given, expected));
    }
}

impl Course {
    /// Whether a stream goes through unchanged and at once.
    pub(super) fn is_plain(&self) -> bool {
        self.latency.is_zero()
            && self.jitter.is_zero()
            && self.bandwidth.is_none()
            && self.slice.is_none()
            && self.pause.is_zero()
            && self.limit.is_none()
            && self.corrupt.is_empty()
    }

    pub(super) fn is_silent(&self) -> bool {
        self.limit == Some((0, Limit::Stall))
    }

    /// Flips what is to be flipped in a piece whose first byte has this position.
    pub(super) fn corrupt(&self, first: u64, piece: &mut [u8]) {
        for (position, mask) in &self.corrupt {
            let place = position.checked_sub(first).map(usize::try_from);
            if let Some(byte) = place.and_then(Result::ok).and_then(|at| piece.get_mut(at)) {
                *byte ^= mask;
            }
        }
    }
}

fn numbers(which: &impl RangeBounds<u64>) -> Numbers {
    let from = match which.start_bound() {
        Bound::Included(first) => *first,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let to = match which.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_direction_is_for_that_one_only() {
        let plan = Plan::new()
            .slices(3)
            .to_client()
            .reset_after(10)
            .to_server()
            .bandwidth(5);
        let plan = plan.both_ways().corrupt(1, 2);
        assert_eq!(plan.to_server.slice, Some(3));
        assert_eq!(plan.to_client.slice, Some(3));
        assert_eq!(plan.to_server.limit, None);
        assert_eq!(plan.to_client.limit, Some((10, Limit::Reset)));
        assert_eq!(plan.to_server.bandwidth, Some(5));
        assert_eq!(plan.to_client.bandwidth, None);
        assert_eq!(plan.to_server.corrupt, [(1, 2)]);
        assert_eq!(plan.to_client.corrupt, [(1, 2)]);
    }

    #[test]
    fn ranges_of_every_kind_are_understood() {
        assert_eq!(numbers(&(2..5)), (2, 5));
        assert_eq!(numbers(&(2..=5)), (2, 6));
        assert_eq!(numbers(&..), (0, u64::MAX));
        assert_eq!(numbers(&(3..)), (3, u64::MAX));
        assert_eq!(
            numbers(&(Bound::Excluded(3), Bound::Unbounded)),
            (4, u64::MAX)
        );
    }

    #[test]
    fn the_byte_at_a_position_is_flipped_in_whichever_piece_it_is() {
        let plan = Plan::new().corrupt(5, 0xff);
        let mut pieces = [[0; 3], [0; 3], [0; 3]];
        for (piece, first) in pieces.iter_mut().zip([0, 3, 6]) {
            plan.to_client.corrupt(first, piece);
        }
        assert_eq!(pieces, [[0; 3], [0, 0, 0xff], [0; 3]]);
    }
}
