//! The recipes that only Linux has: `catalogue` has the rows, each other file the set-ups of one subject. The others are
//! those of every Unix.

// A set-up has the type of its column in the catalogue, also where nothing can go wrong.
#![allow(clippy::unnecessary_wraps)]

mod aftermath;
mod ambush;
mod catalogue;
mod control;
mod descriptors;
#[cfg(feature = "lab")]
mod lab;
mod limits;
mod memberships;
mod ports;
mod privileges;
mod queues;
mod rules;
mod waiting;

use std::sync::LazyLock;

use usocket::Condition;

use super::posix;
use super::recipe::Recipe;

/// The rows of every Unix, those of the table and those of the rules, by condition.
pub(super) fn catalogue() -> &'static [Recipe] {
    static ALL: LazyLock<Vec<Recipe>> = LazyLock::new(|| {
        let mut all = [
            posix::catalogue::CATALOGUE,
            catalogue::CATALOGUE,
            &rules::RULES.concat(),
        ]
        .concat();
        all.sort_by_key(|row| Condition::ALL.iter().position(|one| *one == row.condition));
        all
    });
    &ALL
}

/// Nothing keeps the recipes away here.
pub(super) const NOT_HERE: Option<&str> = None;
