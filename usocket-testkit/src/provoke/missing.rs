//! The conditions that nothing here gives, with the reasons.

use usocket::Condition;

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

/// Every condition that the Linux catalogue does not give.
///
/// Together with [`catalogue`](super::catalogue) it covers [`Condition::ALL`], each once.
pub fn missing() -> &'static [Missing] {
    MISSING
}

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
