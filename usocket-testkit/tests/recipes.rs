//! Every recipe that needs no lab, over every protocol it names, really gives its error.
#![cfg(target_os = "linux")]

mod check;
mod driver;

use std::collections::BTreeSet;

use check::check;
use rstest::rstest;
use socket2::{Domain, Socket, Type};
use usocket_testkit::Errno;
use usocket_testkit::provoke::{Recipe, Tier, catalogue};

const IDS: &[&str] = &[
    "A1", "A2", "A4", "B1", "B2", "B6", "C1", "C2", "D1", "D2", "D3", "D4", "E1", "E2", "E3", "F1",
    "G1", "G2", "G3", "G5", "G6", "G7", "H2", "H3", "I1", "I2", "I4", "I5", "J1", "J2", "J3", "J8",
    "J9", "J10", "K1", "K2", "K3", "L1", "L2", "M2", "R1", "S1", "S2", "S3", "T1", "U3", "U4",
    "U5", "U6", "U7", "U8", "U9", "V2", "W1", "W4", "W5", "Y1",
];

#[rstest]
#[case::a1("A1")]
#[case::a2("A2")]
#[case::a4("A4")]
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
#[case::e3("E3")]
#[case::f1("F1")]
#[case::g1("G1")]
#[case::g2("G2")]
#[case::g3("G3")]
#[case::g5("G5")]
#[case::g6("G6")]
#[case::g7("G7")]
#[case::h2("H2")]
#[case::h3("H3")]
#[case::i1("I1")]
#[case::i2("I2")]
#[case::i4("I4")]
#[case::i5("I5")]
#[case::j1("J1")]
#[case::j2("J2")]
#[case::j3("J3")]
#[case::j8("J8")]
#[case::j9("J9")]
#[case::j10("J10")]
#[case::k1("K1")]
#[case::k2("K2")]
#[case::k3("K3")]
#[case::l1("L1")]
#[case::l2("L2")]
#[case::m2("M2")]
#[case::r1("R1")]
#[case::s1("S1")]
#[case::s2("S2")]
#[case::s3("S3")]
#[case::t1("T1")]
#[case::u3("U3")]
#[case::u4("U4")]
#[case::u5("U5")]
#[case::u6("U6")]
#[case::u7("U7")]
#[case::u8("U8")]
#[case::u9("U9")]
#[case::v2("V2")]
#[case::w1("W1")]
#[case::w4("W4")]
#[case::w5("W5")]
#[case::y1("Y1")]
fn gives_its_error(#[case] id: &str) {
    for recipe in plain().filter(|recipe| recipe.id() == id) {
        for protocol in recipe.protocols() {
            check(recipe, *protocol);
        }
    }
}

#[test]
fn every_id_has_a_test() {
    let ids: BTreeSet<_> = plain().map(Recipe::id).collect();
    assert_eq!(ids, IDS.iter().copied().collect());
}

fn plain() -> impl Iterator<Item = &'static Recipe> {
    let recipes = catalogue().iter();
    recipes.filter(|recipe| recipe.tier() == Tier::Plain)
}

#[test]
fn the_far_end_is_held_by_the_scene() {
    let mut ends = 0;
    for recipe in plain() {
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
