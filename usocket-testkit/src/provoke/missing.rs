//! The conditions that nothing here gives, with the reasons.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use usocket::Condition;

use super::recipe::Recipe;
use super::system::{NOT_HERE, catalogue};

/// A condition that no recipe of the catalogue gives, and why.
///
/// ```
/// use usocket_testkit::provoke;
///
/// for row in provoke::missing() {
///     println!("{}: {}", row.condition(), row.reason());
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    condition: Condition,
    reason: &'static str,
}

impl Missing {
    /// The condition.
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// Why it cannot be had, and what would give it.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

/// Every condition that the catalogue of this system does not give.
///
/// Together with [`catalogue`](super::catalogue) it covers [`Condition::ALL`], each once.
pub fn missing() -> &'static [Missing] {
    static ALL: LazyLock<Vec<Missing>> = LazyLock::new(|| {
        let made: BTreeSet<_> = catalogue().iter().map(Recipe::condition).collect();
        let row = |condition: &Condition| {
            let everywhere = MISSING.iter().find(|row| row.condition == *condition);
            let reason = everywhere.map(Missing::reason).or(NOT_HERE)?;
            Some(Missing {
                condition: *condition,
                reason,
            })
        };
        let unmade = Condition::ALL.iter().filter(|one| !made.contains(one));
        unmade.filter_map(row).collect()
    });
    &ALL
}

// Those that no system gives.
macro_rules! missing {
    ($($condition:ident: $reason:literal;)*) => {
        const MISSING: &[Missing] = &[$(Missing {
            condition: Condition::$condition,
            reason: $reason,
        },)*];
    };
}

missing! {
    Cancelled: "no call that sockets make is cancelled by anybody: needs a seam";
    NoRecovery: "no answer of a name server leads there: needs a resolver of our own";
    ResolverUnknown: "no answer of a name server leads there: needs a resolver of our own";
}
