//! Which rule answers, held against a model: random rules and calls, and what the model says comes of them.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod faults_support;

use std::net::UdpSocket;

use proptest::prelude::*;
use usocket_testkit::faults::{Action, Rule, Schedule};
use usocket_testkit::{Errno, Operation};

use faults_support::faults;

/// A rule of the model: which of the sockets, which of the calls, and how many actions there are.
#[derive(Clone, Debug)]
struct Wanted {
    socket: Option<usize>,
    skip: u64,
    times: Option<u64>,
    /// A sequence of this length, in which every third call passes; none: always the same.
    actions: Option<u64>,
}

/// What happens, in order.
#[derive(Clone, Debug)]
enum Step {
    Arm(Wanted),
    /// The rule with this number, of those that are there.
    Drop(usize),
    Send(usize),
}

const SOCKETS: usize = 2;

fn step() -> impl Strategy<Value = Step> {
    let wanted = (
        proptest::option::of(0..SOCKETS),
        0..3_u64,
        proptest::option::of(0..4_u64),
        proptest::option::of(0..5_u64),
    )
        .prop_map(|(socket, skip, times, actions)| Wanted {
            socket,
            skip,
            times,
            actions,
        });
    prop_oneof![
        2 => wanted.prop_map(Step::Arm),
        1 => (0..8_usize).prop_map(Step::Drop),
        7 => (0..SOCKETS).prop_map(Step::Send),
    ]
}

/// A rule, and what the model knows of it.
struct Modelled {
    wanted: Wanted,
    errno: Errno,
    matched: u64,
    hits: u64,
    rule: Rule,
}

fn is_pass(n: u64) -> bool {
    n % 3 == 2
}

/// The error that the model expects of a send on this socket.
fn expected(rules: &mut [Modelled], socket: usize) -> Option<Errno> {
    for one in rules.iter_mut().rev() {
        if one.wanted.socket.is_some_and(|wanted| wanted != socket) {
            continue;
        }
        let n = one.matched;
        one.matched += 1;
        if n < one.wanted.skip {
            continue;
        }
        let n = n - one.wanted.skip;
        if one.wanted.times.is_some_and(|times| n >= times) {
            continue;
        }
        match one.wanted.actions {
            Some(actions) if n >= actions => {}
            Some(_) if is_pass(n) => return None,
            _ => {
                one.hits += 1;
                return Some(one.errno);
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_newest_rule_in_its_window_decides(steps in proptest::collection::vec(step(), 1..60)) {
        let faults = faults();
        let sockets: Vec<_> = (0..SOCKETS)
            .map(|_| {
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.connect(socket.local_addr().unwrap()).unwrap();
                socket
            })
            .collect();
        let mut rules: Vec<Modelled> = Vec::new();
        let mut number = 1000;
        for step in steps {
            match step {
                Step::Arm(wanted) => {
                    number += 1;
                    let errno = Errno::from_raw(number);
                    let mut calls = faults.on(Operation::Send).skip(wanted.skip);
                    if let Some(socket) = wanted.socket {
                        calls = calls.descriptor(&sockets[socket]);
                    }
                    if let Some(times) = wanted.times {
                        calls = calls.times(times);
                    }
                    let rule = match wanted.actions {
                        None => calls.errno(errno),
                        Some(actions) => calls.sequence((0..actions).map(|n| {
                            if is_pass(n) { Action::Pass } else { Action::Errno(errno) }
                        })),
                    };
                    rules.push(Modelled { wanted, errno, matched: 0, hits: 0, rule });
                }
                Step::Drop(which) if which < rules.len() => drop(rules.remove(which)),
                Step::Drop(_) => {}
                Step::Send(socket) => {
                    let expected = expected(&mut rules, socket);
                    let seen = sockets[socket].send(b"").err().and_then(|e| Errno::of(&e));
                    prop_assert_eq!(seen, expected);
                }
            }
        }
        for one in &rules {
            prop_assert_eq!(one.rule.hits(), one.hits);
        }
    }

    /// The same seed decides the same, and the seed is to be read.
    #[test]
    fn chance_can_be_repeated(seed in any::<u64>(), weights in proptest::array::uniform3(0..5_u32)) {
        let faults = faults();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(socket.local_addr().unwrap()).unwrap();
        let [pass, first, second] = weights;
        let run = || {
            let schedule = Schedule::pass(pass)
                .or(first, Action::Errno(Errno::ENOBUFS))
                .or(second, Action::Errno(Errno::EIO));
            let rule = faults.on(Operation::Send).random(seed, schedule);
            let text = format!("{rule:?}");
            assert!(text.contains(&format!("seed: {seed}")), "{text}");
            let seen: Vec<_> = (0..20)
                .map(|_| socket.send(b"").err().and_then(|e| Errno::of(&e)))
                .collect();
            let failed = seen.iter().flatten().count();
            assert_eq!(rule.hits(), u64::try_from(failed).unwrap());
            seen
        };
        let seen = run();
        prop_assert_eq!(run(), seen.clone());
        for (weight, errno) in [(pass, None), (first, Some(Errno::ENOBUFS)), (second, Some(Errno::EIO))] {
            if weight == 0 && pass + first + second > 0 {
                prop_assert!(!seen.contains(&errno));
            }
        }
    }
}
