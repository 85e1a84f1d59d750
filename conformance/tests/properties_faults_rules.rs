//! Any sequence of usocket's calls, against any schedule of faults in the system calls themselves: the library is the one
//! that users have.
//!
//! One test, in a binary of its own: it counts the descriptors and threads of the whole process. Where the host forbids
//! rules it fails with the reason, or is a recorded skip.
#![cfg(target_os = "linux")]

#[path = "../../usocket-testkit/tests/counts/mod.rs"]
mod counts;
mod model;
#[path = "properties_faults/nemesis.rs"]
mod nemesis;
mod properties_support;
#[path = "properties_faults/sequences.rs"]
mod sequences;

use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use nemesis::{Armed, Nemesis, Strike, local_addr};
use properties_support::config;
use proptest::test_runner::TestRunner;
use sequences::{hold, steps, strikes};
use usocket_testkit::faults::Rule;
use usocket_testkit::{Faults, Way};

/// Every call of this thread, whoever makes it.
struct Rules {
    faults: Faults,
    bystander: Bystander,
}

impl Rules {
    fn new() -> Self {
        // Before there are rules, so that it is not among the threads that they are for.
        let bystander = Bystander::new();
        let faults = Faults::here().unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(faults.backend().way(), Way::SystemCallRule);
        Self { faults, bystander }
    }
}

impl Nemesis for Rules {
    fn arm(&self, strikes: &[Strike]) -> Box<dyn Armed + '_> {
        let rule = |strike: &Strike| {
            let calls = self.faults.on(strike.operation);
            calls
                .skip(strike.skip)
                .times(strike.times)
                .errno(strike.errno)
        };
        // The newest rule is asked first, and it is the first strike that a call is to meet.
        let mut rules: Vec<_> = strikes.iter().rev().map(rule).collect();
        rules.reverse();
        Box::new(rules)
    }

    fn addr_of(&self, socket: BorrowedFd<'_>) -> SocketAddr {
        self.bystander.addr_of(socket)
    }
}

impl Armed for Vec<Rule> {
    fn hits(&self) -> Vec<u64> {
        self.iter().map(Rule::hits).collect()
    }
}

/// A thread without rules, to ask what must not be struck.
struct Bystander {
    sockets: Sender<OwnedFd>,
    addrs: Receiver<SocketAddr>,
}

impl Bystander {
    /// It ends with its questions.
    fn new() -> Self {
        let (sockets, asked) = channel::<OwnedFd>();
        let (tell, addrs) = channel();
        thread::spawn(move || {
            for socket in asked {
                let addr = local_addr(socket.as_fd());
                // Nobody is to count it.
                drop(socket);
                let Ok(()) = tell.send(addr) else { return };
            }
        });
        Self { sockets, addrs }
    }

    fn addr_of(&self, socket: BorrowedFd<'_>) -> SocketAddr {
        let socket = socket.try_clone_to_owned().unwrap();
        self.sockets.send(socket).unwrap();
        self.addrs.recv().unwrap()
    }
}

#[test]
fn every_call_ends_in_time_and_names_what_rules_provoked() {
    let rules = Rules::new();
    let mut config = config(1500);
    config.source_file = Some(file!());
    TestRunner::new(config)
        .run(&(steps(), strikes()), |(steps, strikes)| {
            hold(&rules, &steps, &strikes)
        })
        .unwrap();
}
