//! Which rule answers a call. Nothing here knows how calls are seen, or how they are answered.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use usocket::Operation;

use super::action::Action;
use super::schedule::Schedule;
use crate::protocol::Protocol;
use crate::sys::atomic::AtomicU64;

/// What a rule may want to know about a call. Each answer may cost a system call, so nobody asks without need.
pub(super) trait Facts {
    /// The address that the call names, or else that of the socket's peer, or else the socket's own.
    fn address(&self) -> Option<SocketAddr>;
    /// Whether the call is on this socket, or waits for it.
    fn is_on(&self, socket: Identity) -> bool;
    /// Whether the socket is of this family and type.
    fn speaks(&self, protocol: Protocol) -> bool;
    /// Whether the socket is of this type.
    fn has(&self, kind: SocketKind) -> bool;
    /// Whether the caller can be held up.
    fn may_block(&self) -> bool;
}

/// A socket, whatever its descriptors' numbers: no other ever has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(pub(super) u64);

/// Whether bytes come in a row, or in datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SocketKind {
    Stream,
    Datagram,
}

/// Which calls of an operation a rule is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) address: Option<SocketAddr>,
    pub(super) port: Option<u16>,
    pub(super) socket: Option<Identity>,
    pub(super) protocol: Option<Protocol>,
    pub(super) kind: Option<SocketKind>,
}

impl Filter {
    fn matches(&self, facts: &impl Facts) -> bool {
        self.kind.is_none_or(|kind| facts.has(kind))
            && self.protocol.is_none_or(|protocol| facts.speaks(protocol))
            && self.socket.is_none_or(|socket| facts.is_on(socket))
            && (self.address.is_none() && self.port.is_none() || {
                let found = facts.address();
                found.is_some_and(|found| {
                    self.address.is_none_or(|wanted| same(found, wanted))
                        && self.port.is_none_or(|wanted| found.port() == wanted)
                })
            })
    }
}

/// A socket that is bound to every address is found by each of them, and an IPv4 address in IPv6 form is the IPv4
/// address.
fn same(found: SocketAddr, wanted: SocketAddr) -> bool {
    let plain = |ip: IpAddr| ip.to_canonical();
    found.port() == wanted.port()
        && (found.ip().is_unspecified() || plain(found.ip()) == plain(wanted.ip()))
}

/// The actions of a rule, call by call.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Plan {
    Always(Action),
    Sequence(Vec<Action>),
    Random { seed: u64, schedule: Schedule },
}

impl Plan {
    pub(super) fn actions(&self) -> Vec<&Action> {
        match self {
            Self::Always(action) => vec![action],
            Self::Sequence(actions) => actions.iter().collect(),
            Self::Random { schedule, .. } => schedule.actions().collect(),
        }
    }

    /// For the n-th call; none where there is nothing more to do.
    fn at(&self, n: u64) -> Option<&Action> {
        match self {
            Self::Always(action) => Some(action),
            Self::Sequence(actions) => actions.get(usize::try_from(n).ok()?),
            Self::Random { seed, schedule } => Some(schedule.decide(*seed, n)),
        }
    }

    fn only_delays(&self) -> bool {
        matches!(self, Self::Always(Action::Delay(_)))
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always(action) => action.fmt(f),
            Self::Sequence(actions) => f.debug_tuple("Sequence").field(actions).finish(),
            Self::Random { seed, schedule } => f
                .debug_struct("Random")
                .field("seed", seed)
                .field("schedule", schedule)
                .finish(),
        }
    }
}

/// A rule that is in force. Its counts change under the lock of the scope only; they are atomic so that they can be
/// read without it.
#[derive(Debug)]
pub(super) struct Armed {
    pub(super) operation: Operation,
    pub(super) filter: Filter,
    pub(super) skip: u64,
    pub(super) times: u64,
    pub(super) plan: Plan,
    /// Whose it is, so that it goes when its owner does.
    pub(super) owner: u64,
    pub(super) counts: Counts,
}

/// What happened to a rule.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Calls of the operation that reached it.
    asked: AtomicU64,
    /// Those that its filter is about.
    matched: AtomicU64,
    /// Those that it answered otherwise than the system would have.
    hits: AtomicU64,
    /// Those that it did not delay, since their descriptor does not block.
    spared: AtomicU64,
}

impl Counts {
    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Acquire)
    }

    /// The words for a test that expected something else.
    pub(super) fn describe(&self) -> String {
        let read = |count: &AtomicU64| count.load(Ordering::Acquire);
        let mut text = format!(
            "{} calls of the operation were seen, {} of them matched, {} were hit",
            read(&self.asked),
            read(&self.matched),
            read(&self.hits),
        );
        let spared = read(&self.spared);
        if spared > 0 {
            use fmt::Write;
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "; {spared} were not delayed, since their descriptor does not block and a delay would stop the thread"
            );
        }
        text
    }
}

/// What is to be done with a call, and by which rule.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) action: Action,
    rule: Arc<Armed>,
}

impl Decision {
    /// The call did not take place: as if it had not been seen.
    pub(super) fn take_back(self) {
        self.rule.counts.matched.fetch_sub(1, Ordering::AcqRel);
        self.rule.counts.hits.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Asks the rules, the newest first. The first that is about the call, and has its skips behind it and calls left,
/// decides alone.
pub(super) fn decide(
    rules: &[Arc<Armed>],
    operation: Operation,
    facts: &impl Facts,
) -> Option<Decision> {
    let of_operation = |rule: &&Arc<Armed>| rule.operation == operation;
    for rule in rules.iter().rev().filter(of_operation) {
        let counts = &rule.counts;
        counts.asked.fetch_add(1, Ordering::AcqRel);
        if !rule.filter.matches(facts) {
            continue;
        }
        if rule.plan.only_delays() && !facts.may_block() {
            counts.spared.fetch_add(1, Ordering::AcqRel);
            continue;
        }
        let n = counts.matched.fetch_add(1, Ordering::AcqRel);
        let Some(n) = n.checked_sub(rule.skip).filter(|n| *n < rule.times) else {
            continue;
        };
        let Some(action) = rule.plan.at(n) else {
            continue;
        };
        let mut action = action.clone();
        if matches!(action, Action::Delay(_)) && !facts.may_block() {
            counts.spared.fetch_add(1, Ordering::AcqRel);
            action = Action::Pass;
        }
        if action != Action::Pass {
            counts.hits.fetch_add(1, Ordering::AcqRel);
        }
        return Some(Decision {
            action,
            rule: Arc::clone(rule),
        });
    }
    None
}
