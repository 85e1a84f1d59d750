//! How sure a discovered value is.

use std::fmt;

/// How sure a value is that the testkit found, from the weakest level to the strongest.
///
/// A value comes with its evidence, a sentence that says what the level rests on.
///
/// ```
/// use usocket_testkit::{Certainty, PortLease};
///
/// let lease = PortLease::udp([127, 0, 0, 1])?;
/// assert!(lease.certainty() >= Certainty::Held, "{}", lease.evidence());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Certainty {
    /// It was so when it was looked at; somebody else may have changed it since.
    Likely,
    /// The testkit holds what makes it so: it stays so for as long as the value lives.
    Held,
    /// It cannot be otherwise: the system itself says so, or the lab that the test is in.
    Guaranteed,
}

impl Certainty {
    /// The name for reports: lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Held => "held",
            Self::Guaranteed => "guaranteed",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
