//! Every rule of the model by itself: a test for each, over each protocol that it is about.
//!
//! What needs limits of the whole process is in `rules_descriptors.rs`, what needs a network to change in
//! `rules_network.rs`.
#![cfg(target_os = "linux")]

mod model;

/// The checks of one file, as tests with names such as `bind::twice::tcp4`, and as a list.
macro_rules! checks {
    ($($id:literal $check:ident $($over:ident)*;)+) => {
        pub(crate) const CHECKED: &[(&str, &[&str])] = &[$(($id, &[$(stringify!($over)),*])),+];

        $(checks!(@rule $check $($over)*);)+
    };
    (@rule $check:ident) => {
        mod $check {
            #[test]
            fn once() {
                super::$check();
            }
        }
    };
    (@rule $check:ident $($over:ident)+) => {
        mod $check {
            $(#[test]
            fn $over() {
                super::$check(stringify!($over).parse().unwrap());
            })+
        }
    };
}

#[path = "rules/accept.rs"]
mod accept;
#[path = "rules/bind.rs"]
mod bind;
#[path = "rules/connect.rs"]
mod connect;
#[path = "rules/datagrams.rs"]
mod datagrams;
#[path = "rules/endings.rs"]
mod endings;
#[path = "rules/listen.rs"]
mod listen;
#[path = "rules/options.rs"]
mod options;
#[path = "rules/socket.rs"]
mod socket;
#[path = "rules/transfer.rs"]
mod transfer;
#[path = "rules/traps.rs"]
mod traps;
#[path = "rules/unix.rs"]
mod unix;

/// In files of their own, for what they need.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("socket.emfile", &[]),
    ("accept.emfile", &["tcp4", "tcp6"]),
    ("bind.dualstack", &[]),
    ("bind.timewait", &["tcp4", "tcp6"]),
    ("bind.privileged", &["tcp4", "tcp6", "udp4", "udp6"]),
    ("trap.x11", &["udp4", "udp6"]),
    ("trap.x12", &["tcp4", "tcp6"]),
];

#[test]
fn each_rule_is_checked_over_each_protocol_that_it_is_about() {
    let mut checked: Vec<_> = [
        accept::CHECKED,
        bind::CHECKED,
        connect::CHECKED,
        datagrams::CHECKED,
        endings::CHECKED,
        listen::CHECKED,
        options::CHECKED,
        socket::CHECKED,
        transfer::CHECKED,
        traps::CHECKED,
        unix::CHECKED,
        ELSEWHERE,
    ]
    .concat()
    .into_iter()
    .map(|(id, over)| (id, over.to_vec()))
    .collect();
    let mut rules: Vec<_> = model::rule::RULES
        .iter()
        .chain(model::rule::TRAPS)
        .map(|rule| {
            assert!(!rule.says.is_empty() && !rule.sources.is_empty());
            let over = rule.over.iter().map(|over| over.name()).collect();
            (rule.id, over)
        })
        .collect();
    checked.sort();
    rules.sort();
    assert_eq!(checked, rules);
    assert_eq!(model::rule::RULES.len(), 92);
}
