//! Every recipe that is a rule on system calls, over every protocol it names, really gives its error.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod check;
mod driver;

use std::collections::BTreeSet;

use check::check;
use rstest::rstest;
use usocket_testkit::provoke::{Recipe, Tier, catalogue};
use usocket_testkit::{Condition, Faults, Operation, Protocol, Way, provoke};

/// Where rules are forbidden this test is red with the reason, or skipped where that is allowed.
fn rules_are_possible() {
    drop(Faults::here().expect("system calls can have rules here"));
}

fn rows() -> impl Iterator<Item = &'static Recipe> {
    catalogue()
        .iter()
        .filter(|recipe| recipe.tier() == Tier::Rules)
}

#[rstest]
#[case(Operation::Socket)]
#[case(Operation::Bind)]
#[case(Operation::Listen)]
#[case(Operation::Connect)]
#[case(Operation::Accept)]
#[case(Operation::Send)]
#[case(Operation::SendTo)]
#[case(Operation::Receive)]
#[case(Operation::ReceiveFrom)]
#[case(Operation::Shutdown)]
#[case(Operation::GetOption)]
#[case(Operation::SetOption)]
#[case(Operation::LocalName)]
#[case(Operation::PeerName)]
#[case(Operation::Lookup)]
fn gives_its_error(#[case] operation: Operation) {
    rules_are_possible();
    let mut count = 0;
    for recipe in rows().filter(|recipe| recipe.operation() == operation) {
        for protocol in recipe.protocols() {
            check(recipe, *protocol);
            count += 1;
        }
    }
    assert!(count > 0, "no row for {operation}");
}

#[test]
fn every_call_has_a_test() {
    let calls: BTreeSet<_> = rows().map(Recipe::operation).collect();
    assert_eq!(calls.len(), 15, "{calls:?}");
}

/// A condition of every operation of the sockets API over every protocol of the internet: what the issue of a socket
/// library can be, can be shown.
#[test]
fn no_classic_condition_is_out_of_reach_in_any_call() {
    let streams_only = [Operation::Listen, Operation::Accept, Operation::Shutdown];
    let datagrams_only = [Operation::SendTo, Operation::ReceiveFrom];
    for condition in Condition::CLASSIC {
        for operation in rows().map(Recipe::operation).collect::<BTreeSet<_>>() {
            for protocol in Protocol::INTERNET {
                let expressible = match operation {
                    Operation::Lookup => false,
                    _ if streams_only.contains(&operation) => protocol.is_stream(),
                    _ if datagrams_only.contains(&operation) => !protocol.is_stream(),
                    _ => true,
                };
                let is_there = catalogue().iter().any(|recipe| {
                    recipe.condition() == condition
                        && recipe.operation() == operation
                        && recipe.protocols().contains(&protocol)
                });
                assert!(
                    is_there || !expressible,
                    "{condition} in {operation} over {protocol}"
                );
            }
        }
    }
}

#[test]
fn the_kernel_is_asked_first() {
    rules_are_possible();
    let scene = provoke(Condition::ConnectionRefused)
        .on(Operation::Connect)
        .ready()
        .unwrap();
    assert_eq!(scene.way(), Way::Kernel);
    let scene = provoke(Condition::NetworkReset)
        .on(Operation::Connect)
        .ready()
        .unwrap();
    assert_eq!(scene.way(), Way::SystemCallRule);
}

/// One call is answered; the next goes to the kernel, and nothing is left when the scene ends.
#[test]
fn one_call_is_answered_and_nothing_stays() {
    rules_are_possible();
    let scene = provoke(Condition::NetworkReset)
        .on(Operation::Connect)
        .over(Protocol::Tcp4)
        .ready()
        .unwrap();
    let addr = scene.addr();
    std::net::TcpStream::connect(addr).unwrap_err();
    std::net::TcpStream::connect(addr).unwrap();
    let again = provoke(Condition::NetworkReset)
        .on(Operation::Bind)
        .over(Protocol::Udp4)
        .ready()
        .unwrap();
    drop(again);
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
}
