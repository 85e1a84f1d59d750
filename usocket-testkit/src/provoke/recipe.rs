//! One row of the catalogue: what goes wrong, and how it is made to.

use std::fmt;

use usocket::{Condition, Operation};

use super::stage::SetUp;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::way::Way;

/// One way to make one condition happen in one operation, over some protocols.
///
/// ```
/// use usocket_testkit::{Condition, provoke};
///
/// let refused = provoke::catalogue()
///     .iter()
///     .filter(|recipe| recipe.condition() == Condition::ConnectionRefused);
/// for recipe in refused {
///     println!("{} in {}: {}", recipe.id(), recipe.operation(), recipe.how());
/// }
/// ```
#[derive(Clone)]
pub struct Recipe {
    pub(super) id: &'static str,
    pub(super) condition: Condition,
    pub(super) operation: Operation,
    pub(super) protocols: &'static [Protocol],
    pub(super) shape: Shape,
    pub(super) way: Way,
    pub(super) tier: Tier,
    pub(super) slow: bool,
    pub(super) process_wide: bool,
    pub(super) by_name_only: bool,
    pub(super) errnos: &'static [Errno],
    pub(super) how: &'static str,
    pub(super) source: &'static str,
    pub(super) set_up: SetUp,
}

impl Recipe {
    /// The short name that reports refer to, such as `D1`. Rows for several operations, or with
    /// several shapes, share it: condition, operation, shape and id together are unique.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What goes wrong.
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// In which operation.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Over which protocols.
    pub fn protocols(&self) -> &'static [Protocol] {
        self.protocols
    }

    /// What the scene gives to the program under test.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Who answers.
    pub fn way(&self) -> Way {
        self.way
    }

    /// What the host must offer.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Whether it takes the system a second or more.
    pub fn is_slow(&self) -> bool {
        self.slow
    }

    /// Whether it changes what belongs to the whole process, such as a limit, until its scene is dropped.
    ///
    /// Such a scene is given in a process that has one test, as under `cargo nextest run`, and where somebody asks with
    /// [`process_wide`](super::Provoke::process_wide).
    pub fn is_process_wide(&self) -> bool {
        self.process_wide
    }

    /// Whether its scene is given only to those who ask for it by its [name](super::Provoke::named), because it may
    /// harm an old kernel.
    pub fn is_by_name_only(&self) -> bool {
        self.by_name_only
    }

    /// The error numbers with which the system may answer, the usual one first.
    ///
    /// Empty where it reports no error number: the resolver's failures have codes of their own, and
    /// the end of a stream is a read of no bytes.
    pub fn errnos(&self) -> &'static [Errno] {
        self.errnos
    }

    /// Whether both are the same row. A constant table has no one address, so that theirs do not tell.
    pub(super) fn is_row(&self, other: &Self) -> bool {
        let key = |row: &Self| (row.id, row.condition, row.operation, row.shape);
        key(self) == key(other)
    }

    /// How it is done, in one sentence.
    pub fn how(&self) -> &'static str {
        self.how
    }

    /// The document that says so: POSIX, RFC or man page; "Linux" where only the kernel does.
    pub fn source(&self) -> &'static str {
        self.source
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipe")
            .field("id", &self.id)
            .field("condition", &self.condition)
            .field("operation", &self.operation)
            .field("protocols", &self.protocols)
            .field("shape", &self.shape)
            .field("way", &self.way)
            .field("errnos", &self.errnos)
            .finish_non_exhaustive()
    }
}

/// What a [`Scene`](super::Scene) gives to the program under test, the easiest to use first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// Something to name in the call: an address to connect, bind or send to, a path, or a name to
    /// look up.
    Target,
    /// A far end: connect to its address, then [`strike`](super::Scene::strike), then make the
    /// call.
    Peer,
    /// A prepared descriptor, arguments for the call, or both.
    Given,
}

impl Shape {
    /// The name for reports: lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Peer => "peer",
            Self::Given => "given",
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a host must offer for a recipe, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tier {
    /// Nothing but a loopback interface: any process, any container.
    Plain,
    /// A private network: the test file has the line `usocket_testkit::lab_main!();`, and the system makes user and
    /// network namespaces.
    Lab,
    /// Rules on the process's own system calls: a kernel with filters for them, which a container may forbid.
    Rules,
}

impl Tier {
    /// The name for reports: `T0`, `T1` or `T2`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "T0",
            Self::Lab => "T1",
            Self::Rules => "T2",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
