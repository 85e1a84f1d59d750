//! Random sequences of calls on real sockets, held against the model: what is answered must be among what may be.
#![cfg(target_os = "linux")]

mod model;
mod properties_support;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use proptest::collection::vec;
use proptest::prelude::*;
use usocket_testkit::{PortLease, Protocol};

use model::answer::{Answer, OK};
use model::system::{self, READ, Settled, Sock, WRITE};
use model::world::{Call, Id, Profile, SENT, World};
use model::{rule, world};

/// As many sockets stand at the beginning, and no more than so many ever.
const FEWEST: usize = 3;
const MOST: usize = 8;

/// What to call, on which of the sockets that there are then.
#[derive(Clone, Copy, Debug)]
struct Wish {
    what: What,
    place: usize,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Call(Call),
    /// A connect to a listener, if there is one, and else to nowhere.
    Connect,
}

fn wish() -> impl Strategy<Value = Wish> {
    let call = |weight, call| (weight, Just(What::Call(call)).boxed());
    let what = prop::strategy::Union::new_weighted(vec![
        call(2, Call::Bind),
        call(2, Call::Listen),
        (6, Just(What::Connect).boxed()),
        call(1, Call::ConnectNowhere),
        call(6, Call::Accept),
        call(8, Call::Send),
        call(8, Call::Receive),
        call(2, Call::ShutRead),
        call(3, Call::ShutWrite),
        call(2, Call::TakeError),
        call(2, Call::PeerName),
        call(2, Call::Close),
        call(2, Call::Abort),
    ]);
    (what, 0..MOST).prop_map(|(what, place)| Wish { what, place })
}

/// Real sockets, and every world that they may be in.
struct Bench {
    over: Protocol,
    sockets: BTreeMap<Id, Sock>,
    worlds: Vec<World>,
    nowhere: PortLease,
    settled: Settled,
    /// What was called, and what it answered: for whoever reads a failure.
    story: Vec<String>,
}

impl Bench {
    fn new(over: Protocol) -> Self {
        let mut bench = Self {
            over,
            sockets: BTreeMap::new(),
            worlds: vec![World::default()],
            nowhere: system::refusing(over),
            settled: Settled::new(),
            story: Vec::new(),
        };
        for _ in 0..FEWEST {
            bench.add();
        }
        bench
    }

    fn add(&mut self) {
        let mut ids = self.worlds.iter_mut().map(World::socket);
        let id = ids.next().unwrap();
        assert!(ids.all(|other| other == id));
        self.sockets.insert(id, Sock::nonblocking(self.over));
    }

    /// The call that is wished for, where it makes sense.
    fn call(&self, wish: Wish) -> Option<(Id, Call)> {
        let id = *self.sockets.keys().nth(wish.place % self.sockets.len())?;
        let call = match wish.what {
            What::Call(call) => call,
            What::Connect => {
                // All worlds agree on who listens.
                let world = self.worlds.first()?;
                match world.listeners().find(|listener| *listener != id) {
                    Some(listener) => Call::Connect(listener),
                    None if world.is_fresh(id) => return None,
                    None => Call::ConnectNowhere,
                }
            }
        };
        Some((id, call))
    }

    fn addr(&self, listener: Id) -> SocketAddr {
        system::loopback(self.over, self.sockets[&listener].addr().port())
    }

    /// Makes the call; what it gives if it is an accept.
    fn make(&mut self, id: Id, call: Call) -> (Answer, Option<Sock>) {
        let socket = &self.sockets[&id];
        let answer = match call {
            Call::Bind => socket.bind(system::loopback(self.over, 0)),
            Call::Listen => socket.listen(8),
            Call::Connect(listener) => socket.connect(self.addr(listener)),
            Call::ConnectNowhere => socket.connect(self.nowhere.addr()),
            Call::Accept => match socket.try_accept() {
                Ok(child) => {
                    child.set_nonblocking();
                    return (OK, Some(child));
                }
                Err(answer) => answer,
            },
            Call::Send => socket.send(&[b'x'; SENT]),
            Call::Receive => socket.receive(world::RECEIVED),
            Call::ShutRead => socket.shutdown(READ),
            Call::ShutWrite => socket.shutdown(WRITE),
            Call::TakeError => socket.take_error(),
            Call::PeerName => socket.peer_name(),
            Call::Close | Call::Abort => {
                let socket = self.sockets.remove(&id).unwrap();
                if call == Call::Abort {
                    socket.abort();
                }
                OK
            }
        };
        (answer, None)
    }

    /// Makes the call, and leaves of the worlds those that allow what it answered.
    fn apply(&mut self, id: Id, call: Call) -> Result<(), TestCaseError> {
        let steps: Vec<_> = self
            .worlds
            .iter()
            .flat_map(|world| world.step(id, call))
            .collect();
        let (answer, child) = self.make(id, call);
        self.settled.wait();
        self.story.push(format!("{id}: {call:?} -> {answer:?}"));

        let allowed = |profile| {
            steps
                .iter()
                .filter(move |step| step.profiles.contains(&profile) && step.answer == answer)
        };
        if allowed(Profile::Posix).next().is_none() {
            for step in allowed(Profile::Linux) {
                let departs = rule::named(step.rule).posix.is_some();
                prop_assert!(departs, "{}: POSIX has another answer", step.rule);
            }
        }
        let mut worlds = Vec::new();
        let mut given = None;
        for step in allowed(Profile::Linux) {
            given = given.or(step.child);
            if !worlds.contains(&step.then) {
                worlds.push(step.then.clone());
            }
        }
        prop_assert!(
            !worlds.is_empty(),
            "no rule allows the last answer, but {:?}\n  {}\n{:#?}",
            steps
                .iter()
                .map(|step| (step.answer, step.rule))
                .collect::<Vec<_>>(),
            self.story.join("\n  "),
            self.worlds.first(),
        );
        self.worlds = worlds;
        if let (Some(id), Some(child)) = (given, child) {
            self.sockets.insert(id, child);
        }
        Ok(())
    }

    fn run(&mut self, wishes: &[Wish]) -> Result<(), TestCaseError> {
        for wish in wishes {
            let Some((id, call)) = self.call(*wish) else {
                continue;
            };
            self.apply(id, call)?;
            if self.sockets.len() > MOST {
                let last = self.sockets.keys().next_back().copied();
                self.apply(last.unwrap(), Call::Close)?;
            }
            while self.sockets.len() < FEWEST {
                self.add();
            }
        }
        Ok(())
    }
}

impl Drop for Bench {
    /// With resets, so that no port stays in `TIME_WAIT` for a minute.
    fn drop(&mut self) {
        while let Some((_, socket)) = self.sockets.pop_first() {
            socket.abort();
        }
    }
}

proptest! {
    #![proptest_config(properties_support::config(1000))]

    #[test]
    fn whatever_is_called_over_tcp4_a_rule_allows_the_answer(wishes in vec(wish(), 3..40)) {
        Bench::new(Protocol::Tcp4).run(&wishes)?;
    }

    #[test]
    fn whatever_is_called_over_tcp6_a_rule_allows_the_answer(wishes in vec(wish(), 3..40)) {
        Bench::new(Protocol::Tcp6).run(&wishes)?;
    }
}
