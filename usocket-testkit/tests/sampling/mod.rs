//! Looking at what a strategy gives.
#![allow(dead_code)] // not every test needs all of it

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// How many values are looked at where each kind must come. The same ones every time.
pub(crate) const CASES: usize = 2000;

pub(crate) fn sample<S: Strategy>(strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..CASES).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// What a failing test would be left with, whatever fails.
pub(crate) fn simplest<S: Strategy>(strategy: S) -> S::Value {
    let mut runner = TestRunner::deterministic();
    let mut tree = strategy.new_tree(&mut runner).unwrap();
    while tree.simplify() {}
    tree.current()
}

/// The simplest of several beginnings, which must be one and the same.
#[track_caller]
pub(crate) fn shrinks_to<S: Strategy>(strategy: S, expected: &S::Value)
where
    S::Value: PartialEq + Debug,
{
    let mut runner = TestRunner::deterministic();
    for _ in 0..50 {
        let mut tree = strategy.new_tree(&mut runner).unwrap();
        let first = tree.current();
        while tree.simplify() {}
        assert_eq!(tree.current(), *expected, "from {first:?}");
    }
}

/// Each kind at least one time in 200.
#[track_caller]
pub(crate) fn covers<K: Ord + Debug>(
    kinds: impl Iterator<Item = K>,
    expected: impl IntoIterator<Item = K>,
) {
    let mut counts = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_insert(0) += 1;
    }
    for kind in expected {
        let count = counts.remove(&kind).unwrap_or(0);
        assert!(count >= CASES / 200, "{kind:?}: {count} of {CASES}");
    }
    assert!(counts.is_empty(), "and also {counts:?}");
}
