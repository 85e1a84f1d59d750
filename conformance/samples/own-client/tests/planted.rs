//! That the cells find a mistake: the same client with one planted.
#![cfg(target_os = "linux")]

mod subject;

use std::collections::BTreeSet;

use subject::OwnClient;
use usocket_conformance::cell::Cell;
use usocket_conformance::subject::Subject;
use usocket_conformance::testkit::Condition;
use usocket_conformance::testkit::provoke::Tier;
use usocket_conformance::verdict::{Verdict, judge};

const FLAWED: OwnClient = OwnClient { flawed: true };

/// The cells of these conditions in which the client names something else.
fn misnamed(subject: &'static dyn Subject) -> BTreeSet<String> {
    let conditions = [
        Condition::ConnectionRefused,
        Condition::ConnectionReset,
        Condition::Timeout,
    ];
    Cell::of(&[subject])
        .filter(|cell| conditions.contains(&cell.recipe.condition()))
        // Here, in this very process: what needs a lab is for the other test.
        .filter(|cell| cell.recipe.tier() == Tier::Plain)
        .map(|cell| judge(cell, cell.recipe.condition(), cell.perform()))
        .filter(|judged| judged.verdict == Verdict::WrongCondition)
        .map(|judged| judged.cell.name())
        .collect()
}

#[test]
fn the_planted_mistake_is_found_and_nothing_else() {
    assert!(misnamed(&OwnClient::SOUND).is_empty());
    let found = misnamed(&FLAWED);
    assert!(!found.is_empty());
    for name in &found {
        assert!(name.starts_with("connection_reset::"), "{name}");
    }
}
