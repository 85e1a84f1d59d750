//! Locks that cannot be poisoned, and waiting for what they guard.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::deadline::Deadline;

/// Nothing that holds one of these locks can leave anything half done.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits while it is so, up to the deadline; gives what there is then.
pub(super) fn wait_while<'a, T>(
    changed: &Condvar,
    mut guard: MutexGuard<'a, T>,
    deadline: Deadline,
    mut is_so: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    match deadline.remaining() {
        None => {
            while is_so(&mut guard) {
                guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
            guard
        }
        Some(left) => {
            changed
                .wait_timeout_while(guard, left, is_so)
                .unwrap_or_else(PoisonError::into_inner)
                .0
        }
    }
}
