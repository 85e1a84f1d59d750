//! The recipes for Linux: `catalogue` has the rows, each other file the set-ups of one subject.

// A set-up has the type of its column in the catalogue, also where nothing can go wrong.
#![allow(clippy::unnecessary_wraps)]

mod addresses;
mod ambush;
mod arguments;
mod catalogue;
mod datagrams;
mod descriptors;
#[cfg(feature = "lab")]
mod lab;
mod limits;
mod listeners;
mod names;
mod options;
mod paths;
mod queues;
mod refusals;
mod resets;
mod rules;
mod silence;
mod sockets;
mod states;
mod transfers;
mod waiting;

use std::sync::LazyLock;

use usocket::Condition;

use super::recipe::Recipe;

/// The rows of the table and those of the rules, by condition.
pub(super) fn catalogue() -> &'static [Recipe] {
    static ALL: LazyLock<Vec<Recipe>> = LazyLock::new(|| {
        let mut all = [catalogue::CATALOGUE, &rules::RULES.concat()].concat();
        all.sort_by_key(|row| Condition::ALL.iter().position(|one| *one == row.condition));
        all
    });
    &ALL
}

/// Nothing keeps the recipes away here.
pub(super) const NOT_HERE: Option<&str> = None;
