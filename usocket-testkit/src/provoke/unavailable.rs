//! Why a scene cannot be had.

use std::borrow::Cow;
use std::io;

use usocket::{Condition, Operation};

use crate::protocol::Protocol;

/// The answer of [`ready`](super::Provoke::ready) where there is no scene: what was asked for, and
/// the reason.
///
/// Its text is the reason, and what would help.
///
/// ```
/// use usocket_testkit::{Condition, Operation, provoke};
///
/// let why = provoke(Condition::Cancelled).on(Operation::Connect).ready().unwrap_err();
/// assert_eq!(why.condition(), Condition::Cancelled);
/// println!("{} in connect: {why}", why.condition());
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Unavailable {
    condition: Condition,
    operation: Option<Operation>,
    protocol: Option<Protocol>,
    kind: UnavailableKind,
    text: Cow<'static, str>,
    source: Option<io::Error>,
}

impl Unavailable {
    /// The condition asked for.
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// The operation asked for, if one was.
    pub fn operation(&self) -> Option<Operation> {
        self.operation
    }

    /// The protocol asked for, or the one whose recipe could not be set up.
    pub fn protocol(&self) -> Option<Protocol> {
        self.protocol
    }

    /// What kind of reason it is, for programs.
    pub fn kind(&self) -> UnavailableKind {
        self.kind
    }

    pub(super) fn new(
        condition: Condition,
        operation: Option<Operation>,
        protocol: Option<Protocol>,
        hindrance: Hindrance,
    ) -> Self {
        Self {
            condition,
            operation,
            protocol,
            kind: hindrance.kind,
            text: hindrance.text,
            source: hindrance.source,
        }
    }
}

/// What kind of reason an [`Unavailable`] has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UnavailableKind {
    /// No recipe here gives this condition in this operation over this protocol.
    NoRecipe,
    /// There are recipes, but they need a program that takes a descriptor or arguments: see
    /// [`any_shape`](super::Provoke::any_shape).
    GivenOnly,
    /// The system forbids it to unprivileged processes only, and this one is privileged.
    Privileged,
    /// It needs IPv6, and this machine has none.
    NoIpv6,
    /// It needs a lab, and there is none to be had. The text is the lab's refusal: it names the line to add to the
    /// test file, or the command that lets the system make labs.
    NoLab,
    /// It changes the whole process, and there may be others in it: see
    /// [`process_wide`](super::Provoke::process_wide).
    ProcessWide,
    /// It may harm an old kernel, and nobody asked for it by its name: see [`named`](super::Provoke::named).
    ByNameOnly,
    /// It needs rules on system calls, and the system has or allows none. The text says what helps.
    NoFaults,
    /// The catalogue has none for this condition on this system yet; on Linux it has.
    OtherSystem,
    /// This host is set up in such a way that the error does not occur.
    Host,
    /// A call of the set-up itself failed; the error's source says how.
    SetUpFailed,
}

/// What stands in the way of one recipe.
#[derive(Debug)]
pub(super) struct Hindrance {
    kind: UnavailableKind,
    text: Cow<'static, str>,
    source: Option<io::Error>,
}

impl Hindrance {
    pub(super) fn new(kind: UnavailableKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            text: text.into(),
            source: None,
        }
    }
}

impl From<io::Error> for Hindrance {
    fn from(error: io::Error) -> Self {
        Self {
            kind: UnavailableKind::SetUpFailed,
            text: "a call that sets the scene failed".into(),
            source: Some(error),
        }
    }
}
