//! Wait sets, and waiting once, held against a naive model: a list of sockets and what each has been
//! through. Random sequences of everything that can be done to them; a failure shrinks to a short one.
#![cfg(target_os = "linux")]

use std::net::Shutdown;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use usocket::{
    Condition, Interest, Readiness, Source, UnixStream, WaitSet, wait_for, wait_for_each,
};

const SOCKETS: usize = 4;

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is known of a socket without asking the system. On a pair of the Unix domain, what was done
/// to one end is known to the other at once.
#[derive(Clone, Debug, Default)]
struct Socket {
    pending: usize,
    peer_closed: bool,
    receives_no_more: bool,
    sends_no_more: bool,
    /// Its key and its interest in the set.
    member: Option<(u32, Interest)>,
}

impl Socket {
    /// Readable, writable, hung up; nothing where nobody wants to know of what there is.
    fn readiness(&self, interest: Interest) -> Option<(bool, bool, bool)> {
        let hung_up = self.peer_closed || (self.receives_no_more && self.sends_no_more);
        let readable = self.pending > 0 || self.receives_no_more || hung_up;
        let readable = readable && interest.contains(Interest::READABLE);
        let writable = interest.contains(Interest::WRITABLE);
        (readable || writable || hung_up).then_some((readable, writable, hung_up))
    }
}

#[derive(Clone, Debug, Default)]
struct Model {
    sockets: [Socket; SOCKETS],
    woken: bool,
    next_key: u32,
}

impl Model {
    /// What a wait of the set has to give, by key.
    fn ready(&self) -> Vec<(u32, (bool, bool, bool))> {
        let mut ready: Vec<_> = self
            .sockets
            .iter()
            .filter_map(|socket| {
                let (key, interest) = socket.member?;
                Some((key, socket.readiness(interest)?))
            })
            .collect();
        ready.sort_by_key(|(key, _)| *key);
        ready
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add(usize, Interest),
    Modify(usize, Interest),
    Remove(usize),
    Clear,
    Send(usize),
    Receive(usize),
    Shutdown(usize, Shutdown),
    ShutdownPeer(usize, Shutdown),
    ClosePeer(usize),
    /// Closes both ends, unless it is a member, and makes others, most likely with the same numbers.
    Replace(usize),
    Wake,
    /// Waits with a deadline that has passed.
    Look,
    /// Waits with one that has not, if there is something to end the wait.
    Wait,
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let socket = || 0..SOCKETS;
        let interest = || {
            prop_oneof![
                3 => Just(Interest::READABLE),
                1 => Just(Interest::WRITABLE),
                1 => Just(Interest::READABLE | Interest::WRITABLE),
            ]
        };
        let how = || {
            prop_oneof![
                Just(Shutdown::Read),
                Just(Shutdown::Write),
                Just(Shutdown::Both)
            ]
        };
        prop_oneof![
            6 => (socket(), interest()).prop_map(|(socket, interest)| Step::Add(socket, interest)),
            3 => (socket(), interest()).prop_map(|(socket, interest)| Step::Modify(socket, interest)),
            4 => socket().prop_map(Step::Remove),
            1 => Just(Step::Clear),
            5 => socket().prop_map(Step::Send),
            4 => socket().prop_map(Step::Receive),
            1 => (socket(), how()).prop_map(|(socket, how)| Step::Shutdown(socket, how)),
            1 => (socket(), how()).prop_map(|(socket, how)| Step::ShutdownPeer(socket, how)),
            1 => socket().prop_map(Step::ClosePeer),
            3 => socket().prop_map(Step::Replace),
            2 => Just(Step::Wake),
            8 => Just(Step::Look),
            6 => Just(Step::Wait),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, step: &Step) -> bool {
        match step {
            Step::Replace(socket) => state.sockets[*socket].member.is_none(),
            Step::Wait => state.woken || !state.ready().is_empty(),
            // What is sent afterwards would be lost, which is not what is asked about here.
            Step::Send(socket) => {
                let socket = &state.sockets[*socket];
                !socket.peer_closed && !socket.receives_no_more
            }
            Step::Shutdown(socket, _) | Step::ShutdownPeer(socket, _) => {
                !state.sockets[*socket].peer_closed
            }
            _ => true,
        }
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        match *step {
            Step::Add(socket, interest) => {
                let member = &mut state.sockets[socket].member;
                *member = member.or(Some((state.next_key, interest)));
                state.next_key += 1;
            }
            Step::Modify(socket, new) => {
                if let Some((_, interest)) = &mut state.sockets[socket].member {
                    *interest = new;
                }
            }
            Step::Remove(socket) => state.sockets[socket].member = None,
            Step::Clear => state
                .sockets
                .iter_mut()
                .for_each(|socket| socket.member = None),
            Step::Send(socket) => state.sockets[socket].pending += 1,
            Step::Receive(socket) => {
                let pending = &mut state.sockets[socket].pending;
                *pending = pending.saturating_sub(1);
            }
            Step::Shutdown(socket, how) => {
                let socket = &mut state.sockets[socket];
                socket.receives_no_more |= how != Shutdown::Write;
                socket.sends_no_more |= how != Shutdown::Read;
            }
            Step::ShutdownPeer(socket, how) => {
                let socket = &mut state.sockets[socket];
                socket.receives_no_more |= how != Shutdown::Read;
                socket.sends_no_more |= how != Shutdown::Write;
            }
            Step::ClosePeer(socket) => state.sockets[socket].peer_closed = true,
            Step::Replace(socket) => state.sockets[socket] = Socket::default(),
            Step::Wake => state.woken = true,
            Step::Look | Step::Wait => state.woken = false,
        }
        state
    }
}

struct Pair {
    own: Arc<UnixStream>,
    peer: Option<UnixStream>,
}

impl Pair {
    fn new() -> Self {
        let (own, peer) = UnixStream::pair().unwrap();
        Self {
            own: Arc::new(own),
            peer: Some(peer),
        }
    }
}

/// The same is done to a set of either kind, and to the sockets.
struct Real {
    pairs: [Pair; SOCKETS],
    sets: [WaitSet<'static, u32>; 2],
}

fn parts(readiness: Readiness) -> (bool, bool, bool) {
    assert!(!readiness.is_error());
    (
        readiness.is_readable(),
        readiness.is_writable(),
        readiness.is_hung_up(),
    )
}

impl Real {
    /// What the model said before the step, and what the sets say.
    fn compare(&self, model: &Model, until: Duration) {
        for set in &self.sets {
            let begin = Instant::now();
            let ready = set.wait(until).unwrap();
            assert!(
                begin.elapsed() < PATIENCE,
                "nothing ended the wait: {set:?}"
            );
            let mut ready: Vec<_> = ready
                .into_iter()
                .map(|(key, readiness)| (key, parts(readiness)))
                .collect();
            ready.sort_by_key(|(key, _)| *key);
            assert_eq!(ready, model.ready(), "{set:?}");
        }
    }

    /// Whatever is a member or not, and without a set.
    fn compare_once(&self, model: &Model) {
        let sources: Vec<_> = self
            .pairs
            .iter()
            .zip(&model.sockets)
            .map(|(pair, socket)| {
                let interest = socket.member.map_or(Interest::READABLE, |(_, of)| of);
                (&pair.own as &dyn Source, interest)
            })
            .collect();
        let expected: Vec<_> = sources
            .iter()
            .zip(&model.sockets)
            .enumerate()
            .filter_map(|(place, ((_, interest), socket))| {
                Some((place, socket.readiness(*interest)?))
            })
            .collect();
        let ready = wait_for_each(&sources, Duration::ZERO).unwrap();
        let ready: Vec<_> = ready
            .into_iter()
            .map(|(place, readiness)| (place, parts(readiness)))
            .collect();
        assert_eq!(ready, expected);

        let sources: Vec<&dyn Source> = self.pairs.iter().map(|pair| &pair.own as _).collect();
        let readable = |socket: &Socket| socket.readiness(Interest::READABLE).is_some();
        let expected: Vec<_> = (0..SOCKETS)
            .filter(|place| readable(&model.sockets[*place]))
            .collect();
        assert_eq!(wait_for(&sources, Duration::ZERO).unwrap(), expected);
    }
}

fn is_invalid<T: std::fmt::Debug>(result: Result<T, usocket::Error>) {
    assert_eq!(result.unwrap_err().condition(), Condition::InvalidArgument);
}

impl StateMachineTest for Real {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        Self {
            pairs: std::array::from_fn(|_| Pair::new()),
            sets: [WaitSet::new().unwrap(), WaitSet::with_poll().unwrap()],
        }
    }

    /// `model` is as it is after the step.
    fn apply(mut real: Self, model: &Model, step: Step) -> Self {
        match step {
            Step::Add(socket, interest) => {
                let key = model.next_key - 1;
                let is_new = model.sockets[socket].member == Some((key, interest));
                for set in &real.sets {
                    let added = set.add(Arc::clone(&real.pairs[socket].own), key, interest);
                    if is_new {
                        added.unwrap();
                    } else {
                        is_invalid(added);
                    }
                }
            }
            Step::Modify(socket, interest) => {
                for set in &real.sets {
                    let modified = set.modify(&real.pairs[socket].own, interest);
                    if model.sockets[socket].member.is_some() {
                        modified.unwrap();
                    } else {
                        is_invalid(modified);
                    }
                }
            }
            Step::Remove(socket) => {
                // The model has forgotten whether it was one; the sets must agree, and it is none now.
                let [one, two] =
                    [0, 1].map(|set: usize| real.sets[set].remove(&real.pairs[socket].own));
                assert_eq!(one.map_err(drop), two.map_err(drop));
            }
            Step::Clear => real.sets.iter().for_each(|set| set.clear().unwrap()),
            Step::Send(socket) => {
                let peer = real.pairs[socket].peer.as_ref().unwrap();
                assert_eq!(peer.send(b"x").unwrap(), 1);
            }
            Step::Receive(socket) => {
                let received = real.pairs[socket].own.try_recv(&mut [0]);
                received.unwrap();
            }
            Step::Shutdown(socket, how) => real.pairs[socket].own.shutdown(how).unwrap(),
            Step::ShutdownPeer(socket, how) => {
                let peer = real.pairs[socket].peer.as_ref().unwrap();
                peer.shutdown(how).unwrap();
            }
            Step::ClosePeer(socket) => real.pairs[socket].peer = None,
            Step::Replace(socket) => {
                // Closed first, so that the numbers are free.
                real.pairs[socket].peer = None;
                let own = Arc::get_mut(&mut real.pairs[socket].own);
                assert!(own.is_some(), "a set holds what is no member");
                real.pairs[socket].own = Arc::clone(&real.pairs[(socket + 1) % SOCKETS].own);
                real.pairs[socket] = Pair::new();
            }
            Step::Wake => real.sets.iter().for_each(|set| set.waker().wake()),
            Step::Look => real.compare(model, Duration::ZERO),
            Step::Wait => real.compare(model, PATIENCE),
        }
        real
    }

    fn check_invariants(real: &Self, model: &Model) {
        let members = model
            .sockets
            .iter()
            .filter(|socket| socket.member.is_some());
        let members = members.count();
        for set in &real.sets {
            assert_eq!(set.len(), members);
            assert_eq!(set.is_empty(), members == 0);
        }
        real.compare_once(model);
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: Config::default().cases.min(96), ..Config::default() })]

    #[test]
    fn sets_and_single_waits_do_as_the_model_does(sequential 1..60 => Real);
}
