//! The rules, recordings and guards of one thread and of those that it starts.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use usocket::Operation;

use super::backend::Backend;
use super::log::Log;
use super::matching::{Armed, Decision, Facts, decide};
use super::told::Told;
use super::watch::Watch;
use crate::exempt::lock;
use crate::sys::atomic::AtomicU64;

/// One thread's, and that of the threads that it starts. It is never freed: calls may come from them at any time.
#[derive(Debug)]
pub(super) struct Scope {
    /// That of the thread that started this one, if it had one. Its rules are asked after ours.
    parent: Option<&'static Self>,
    /// A bit for each operation that anything here is about, so that all other calls pass without a lock.
    interest: AtomicU64,
    state: Mutex<State>,
    /// What was told about sockets that is not so. A lock of its own, since the other is held while rules ask.
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Arc<Armed>>,
    logs: Vec<Arc<Log>>,
    watches: Vec<Arc<Watch>>,
    /// How many `Faults` there are for it.
    owners: usize,
}

impl Scope {
    pub(super) fn new(parent: Option<&'static Self>) -> &'static Self {
        Box::leak(Box::new(Self {
            parent,
            interest: AtomicU64::new(0),
            state: Mutex::default(),
            told: Mutex::default(),
        }))
    }

    /// This scope and those around it, the innermost first.
    pub(super) fn with_parents(&'static self) -> impl Iterator<Item = &'static Self> {
        std::iter::successors(Some(self), |scope| scope.parent)
    }

    /// Whether anything here or around is about one of these operations ([`bit`]).
    pub(super) fn cares_about(&'static self, operations: u64) -> bool {
        self.with_parents()
            .any(|scope| scope.interest.load(Ordering::Acquire) & operations != 0)
    }

    pub(super) fn decide(
        &'static self,
        operation: Operation,
        facts: &impl Facts,
    ) -> Option<Decision> {
        self.with_parents()
            .find_map(|scope| decide(&lock(&scope.state).rules, operation, facts))
    }

    pub(super) fn logs(&'static self) -> Vec<Arc<Log>> {
        self.with_parents()
            .flat_map(|scope| lock(&scope.state).logs.clone())
            .collect()
    }

    pub(super) fn watches(&'static self) -> Vec<Arc<Watch>> {
        self.with_parents()
            .flat_map(|scope| lock(&scope.state).watches.clone())
            .collect()
    }

    /// Whether anything was told about sockets, here or around.
    pub(super) fn has_told(&'static self) -> bool {
        self.with_parents()
            .any(|scope| !lock(&scope.told).is_empty())
    }

    /// What was told about sockets, here or around: the first that `f` finds.
    pub(super) fn told<T>(&'static self, mut f: impl FnMut(&mut Told) -> Option<T>) -> Option<T> {
        self.with_parents()
            .find_map(|scope| f(&mut lock(&scope.told)))
    }

    /// Remembers something about a socket.
    pub(super) fn tell(&self, f: impl FnOnce(&mut Told)) {
        f(&mut lock(&self.told));
        self.change(|_| {});
    }

    pub(super) fn arm(&self, rule: Arc<Armed>) {
        self.change(|state| state.rules.push(rule));
    }

    pub(super) fn disarm(&self, rule: &Arc<Armed>) {
        self.change(|state| state.rules.retain(|one| !Arc::ptr_eq(one, rule)));
    }

    pub(super) fn start_log(&self, log: Arc<Log>) {
        self.change(|state| state.logs.push(log));
    }

    pub(super) fn end_log(&self, log: &Arc<Log>) {
        self.change(|state| state.logs.retain(|one| !Arc::ptr_eq(one, log)));
    }

    pub(super) fn start_watch(&self, watch: Arc<Watch>) {
        self.change(|state| state.watches.push(watch));
    }

    pub(super) fn end_watch(&self, watch: &Arc<Watch>) {
        self.change(|state| state.watches.retain(|one| !Arc::ptr_eq(one, watch)));
    }

    pub(super) fn begin(&self) {
        self.change(|state| state.owners += 1);
    }

    /// The rules of this owner go; with the last owner, what was told about sockets too.
    pub(super) fn end(&self, owner: u64) {
        self.change(|state| {
            state.rules.retain(|rule| rule.owner != owner);
            state.owners -= 1;
            if state.owners == 0 {
                *lock(&self.told) = Told::default();
            }
        });
    }

    fn change(&self, f: impl FnOnce(&mut State)) {
        let mut locked = lock(&self.state);
        f(&mut locked);
        self.refresh(&locked);
    }

    fn refresh(&self, state: &State) {
        let mut interest = state
            .rules
            .iter()
            .fold(0, |bits, rule| bits | bit(rule.operation));
        if !state.logs.is_empty() {
            interest = u64::MAX;
        }
        if !state.watches.is_empty() {
            interest |= bits(&[Operation::Connect, Operation::Send, Operation::SendTo]);
        }
        if !lock(&self.told).is_empty() {
            interest |= bits(Told::OPERATIONS);
        }
        self.interest.store(interest, Ordering::Release);
    }
}

/// What a `Faults` is for: a scope, how rules get into it, and whose they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    pub(super) scope: &'static Scope,
    pub(super) backend: Backend,
    pub(super) owner: u64,
}

/// The operation as a bit.
pub(super) const fn bit(operation: Operation) -> u64 {
    1 << operation as u32
}

pub(super) const fn bits(operations: &[Operation]) -> u64 {
    let mut bits = 0;
    let mut n = 0;
    while n < operations.len() {
        bits |= bit(operations[n]);
        n += 1;
    }
    bits
}
