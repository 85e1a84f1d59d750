//! Which scope a thread belongs to: the number that its newest filter says.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::faults::scope::Scope;

/// As many as the 16 bits that a filter can say. The memory is the system's until it is used.
static SCOPES: [OnceLock<&'static Scope>; 1 << 16] = [const { OnceLock::new() }; 1 << 16];

/// The next number; 0 is nobody's.
static NEXT: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// The scope that this thread made itself.
    static OWN: Cell<u16> = const { Cell::new(0) };
}

/// The scope with this number.
pub(super) fn scope(number: u16) -> Option<&'static Scope> {
    SCOPES.get(usize::from(number))?.get().copied()
}

/// A new scope inside the one that the thread is in, and its number; none where there is no number left.
pub(super) fn add(around: Option<&'static Scope>) -> Option<(u16, &'static Scope)> {
    let number = NEXT
        .fetch_update(Ordering::AcqRel, Ordering::Acquire, |next| {
            u16::try_from(next).is_ok().then_some(next + 1)
        })
        .ok()?;
    let number = u16::try_from(number).ok()?;
    let scope = SCOPES
        .get(usize::from(number))?
        .get_or_init(|| Scope::new(around));
    Some((number, scope))
}

pub(super) fn set_own(number: u16) {
    OWN.set(number);
}

pub(super) fn own() -> u16 {
    OWN.get()
}
