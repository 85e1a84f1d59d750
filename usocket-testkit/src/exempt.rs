//! Whose calls no rule sees: the testkit's own.

use std::cell::Cell;
use std::marker::PhantomData;
#[cfg(feature = "faults")]
use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError},
};

thread_local! {
    // Constant and without a destructor: it can be asked at any time in a thread's life, in a signal handler too.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Whether the rules of `faults` leave this thread's calls alone at present.
#[cfg(feature = "faults")]
#[cfg_attr(
    not(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )),
    allow(dead_code)
)] // no call is seen there
pub(crate) fn is_exempt() -> bool {
    DEPTH.get() > 0
}

/// No rule sees what this thread calls, until the guard is dropped.
pub(crate) fn exempt() -> Exempt {
    DEPTH.set(DEPTH.get() + 1);
    Exempt(PhantomData)
}

/// See [`exempt`]. It stays on its thread.
#[derive(Debug)]
pub(crate) struct Exempt(PhantomData<*const ()>);

impl Drop for Exempt {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Takes a lock that rules take too. While this thread has it, a signal handler that runs in it may make calls: they
/// must not wait for the lock.
#[cfg(feature = "faults")]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> Locked<'_, T> {
    let exempt = exempt();
    Locked {
        // What is locked so is whole after each statement.
        value: mutex.lock().unwrap_or_else(PoisonError::into_inner),
        _exempt: exempt,
    }
}

/// See [`lock`]. Its fields are dropped in this order: no call is looked at before the lock is free.
#[cfg(feature = "faults")]
pub(crate) struct Locked<'a, T> {
    value: MutexGuard<'a, T>,
    _exempt: Exempt,
}

#[cfg(feature = "faults")]
impl<T> Deref for Locked<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[cfg(feature = "faults")]
impl<T> DerefMut for Locked<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}
