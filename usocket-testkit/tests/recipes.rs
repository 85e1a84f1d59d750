//! Every recipe, over every protocol it names, really gives its error.
#![cfg(target_os = "linux")]

mod driver;

use std::collections::BTreeSet;
use std::time::Instant;

use driver::drive;
use rstest::rstest;
use socket2::{Domain, Socket, Type};
use usocket_testkit::provoke::{Recipe, UnavailableKind, catalogue};
use usocket_testkit::{Condition, Errno, Protocol};

const IDS: &[&str] = &[
    "A1", "A2", "B1", "B2", "B6", "C1", "C2", "D1", "D2", "D3", "D4", "E1", "E2", "F1", "G1", "G2",
    "G3", "G6", "G7", "H3", "I1", "I5", "J1", "J2", "J3", "J9", "K1", "K2", "K3", "L1", "L2", "M2",
    "R1", "S1", "S2", "U4", "U5", "U6", "U7", "U8", "U9", "V2", "W1", "Y1",
];

#[rstest]
#[case::a1("A1")]
#[case::a2("A2")]
#[case::b1("B1")]
#[case::b2("B2")]
#[case::b6("B6")]
#[case::c1("C1")]
#[case::c2("C2")]
#[case::d1("D1")]
#[case::d2("D2")]
#[case::d3("D3")]
#[case::d4("D4")]
#[case::e1("E1")]
#[case::e2("E2")]
#[case::f1("F1")]
#[case::g1("G1")]
#[case::g2("G2")]
#[case::g3("G3")]
#[case::g6("G6")]
#[case::g7("G7")]
#[case::h3("H3")]
#[case::i1("I1")]
#[case::i5("I5")]
#[case::j1("J1")]
#[case::j2("J2")]
#[case::j3("J3")]
#[case::j9("J9")]
#[case::k1("K1")]
#[case::k2("K2")]
#[case::k3("K3")]
#[case::l1("L1")]
#[case::l2("L2")]
#[case::m2("M2")]
#[case::r1("R1")]
#[case::s1("S1")]
#[case::s2("S2")]
#[case::u4("U4")]
#[case::u5("U5")]
#[case::u6("U6")]
#[case::u7("U7")]
#[case::u8("U8")]
#[case::u9("U9")]
#[case::v2("V2")]
#[case::w1("W1")]
#[case::y1("Y1")]
fn gives_its_error(#[case] id: &str) {
    for recipe in catalogue().iter().filter(|recipe| recipe.id() == id) {
        for protocol in recipe.protocols() {
            check(recipe, *protocol);
        }
    }
}

#[test]
fn every_id_has_a_test() {
    let ids: BTreeSet<_> = catalogue().iter().map(Recipe::id).collect();
    assert_eq!(ids, IDS.iter().copied().collect());
}

#[test]
fn the_far_end_is_held_by_the_scene() {
    let mut ends = 0;
    for recipe in catalogue() {
        for protocol in recipe.protocols() {
            let Ok(scene) = recipe.ready(*protocol) else {
                continue;
            };
            let Some(addr) = scene.get_addr().filter(|addr| addr.port() > 1) else {
                continue;
            };
            if protocol.loopback() != Some(addr.ip()) {
                continue;
            }
            let kind = if protocol.is_stream() {
                Type::STREAM
            } else {
                Type::DGRAM
            };
            let another = Socket::new(Domain::for_address(addr), kind, None).unwrap();
            let error = another.bind(&addr.into()).expect_err(recipe.id());
            assert_eq!(Errno::of(&error), Some(Errno::EADDRINUSE), "{scene:?}");
            ends += 1;
        }
    }
    assert!(ends > 30, "{ends} far ends only");
}

fn check(recipe: &'static Recipe, protocol: Protocol) {
    let row = format!(
        "{} {} in {} over {protocol}, {}",
        recipe.id(),
        recipe.condition().name(),
        recipe.operation().name(),
        recipe.shape(),
    );
    let scene = match recipe.ready(protocol) {
        Ok(scene) => scene,
        Err(why) => {
            // Only what the host or the process is may stand in the way, and it is said.
            let kinds = [UnavailableKind::Privileged, UnavailableKind::NoIpv6];
            assert!(kinds.contains(&why.kind()), "{row}: {why:?}");
            println!("{row}: not run here: {why}");
            return;
        }
    };
    assert_eq!(scene.protocol(), protocol);
    let start = Instant::now();
    let answer = drive(&scene);
    let took = start.elapsed();
    println!("{row}: {answer:?} after {took:?}");
    match recipe.condition() {
        Condition::UnexpectedEof => assert_eq!(answer.expect(&row), 0, "{row}"),
        Condition::HostNotFound => assert_eq!(Errno::of(&answer.expect_err(&row)), None, "{row}"),
        _ => {
            let error = answer.expect_err(&row);
            let errno = Errno::of(&error).unwrap_or_else(|| panic!("{row}: {error}"));
            assert!(recipe.errnos().contains(&errno), "{row}: {error}");
        }
    }
    if recipe.condition() == Condition::Timeout {
        let limit = scene.limit().expect(&row);
        // The kernel counts in ticks and may end a little early; it does not end at once.
        if recipe.id() == "S1" {
            assert!(took >= limit / 2, "{row}: {took:?}");
        } else {
            assert!(took < limit, "{row}: {took:?}");
        }
    }
}
