//! Resolvers that never answer: nobody waits longer than wanted, and what stays behind is bounded.
//!
//! One test, in a binary of its own: it counts the threads and descriptors of the whole process.

#![cfg(target_os = "linux")]

#[path = "../../usocket-testkit/tests/counts/mod.rs"]
mod counts;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use counts::counts;
use usocket::resolve::{self, Lookup, MAX_STRANDED, Query, Resolver};
use usocket::{Cancel, Condition, Deadline, Error};

/// A watchdog, not an expectation.
const PATIENCE: Duration = Duration::from_secs(40);

const CALLS: usize = 1_000;

/// Answers only once it is let go.
#[derive(Default)]
struct Stalled {
    asked: AtomicUsize,
    answered: AtomicUsize,
    free: Mutex<bool>,
    freed: Condvar,
}

impl Stalled {
    fn let_go(&self) {
        *self.free.lock().unwrap() = true;
        self.freed.notify_all();
    }
}

impl Resolver for Stalled {
    fn resolve(&self, _query: &Query, _deadline: Deadline) -> Result<Lookup, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let free = self.free.lock().unwrap();
        drop(self.freed.wait_while(free, |free| !*free).unwrap());
        self.answered.fetch_add(1, Ordering::SeqCst);
        Ok(Lookup::new([([127, 0, 0, 1], 0).into()]))
    }
}

/// Answers at once.
#[derive(Default)]
struct Prompt {
    asked: AtomicUsize,
}

impl Resolver for Prompt {
    fn resolve(&self, _query: &Query, _deadline: Deadline) -> Result<Lookup, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(Lookup::new([([127, 0, 0, 2], 0).into()]))
    }
}

/// How many of the threads are there for look-ups.
fn resolving() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| {
        // One that has ended by now has no name.
        std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
    });
    names
        .filter(|name| name.trim() == "usocket-resolve")
        .count()
}

/// That a thread is gone is no event that anybody could wait for.
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_resolver_that_never_answers_costs_a_bounded_number_of_threads() {
    let (_, threads) = counts();
    // Whatever is set up once is set up now.
    resolve::lookup_by(&Arc::new(Prompt::default()), "web.test", PATIENCE).unwrap();
    drop(Cancel::new().unwrap());
    wait_until("the thread ends", || counts().1 == threads);
    let before = counts();

    let stalled = Arc::new(Stalled::default());
    at_the_same_time(&stalled);
    one_after_the_other(&stalled);
    not_concerned();
    while_standing_in_line();
    let waiting = in_line();

    // At last the resolver answers: all threads end, but for one that serves the line first.
    stalled.let_go();
    for (call, prompt) in waiting {
        assert_eq!(call.join().unwrap().unwrap().addresses().len(), 1);
        assert_eq!(prompt.asked.load(Ordering::SeqCst), 1);
    }
    wait_until("all threads end", || {
        resolving() == 0 && counts().1 == before.1
    });
    assert_eq!(stalled.asked.load(Ordering::SeqCst), MAX_STRANDED);
    assert_eq!(stalled.answered.load(Ordering::SeqCst), MAX_STRANDED);
    assert_eq!(Arc::strong_count(&stalled), 1, "nobody keeps the resolver");

    as_good_as_new();
    wait_until("all threads end again", || counts().1 == before.1);
    assert_eq!(counts(), before);
}

/// A thousand threads ask at once.
fn at_the_same_time(stalled: &Arc<Stalled>) {
    // Long enough that all of them have begun before the first gives up.
    let deadline = Duration::from_secs(1);
    let start = Barrier::new(CALLS);
    let mut conditions = Vec::new();
    thread::scope(|scope| {
        let call = || {
            start.wait();
            let begin = Instant::now();
            let error = resolve::lookup_by(stalled, "web.test", deadline).unwrap_err();
            let took = begin.elapsed();
            assert!(took >= deadline, "{error} after {took:?}");
            assert!(took < PATIENCE, "{error} after {took:?}");
            assert!(error.is_timeout(), "{error}");
            error.condition()
        };
        // So small that in an address space of 2 GB there is room for those of the resolver too.
        let small = || thread::Builder::new().stack_size(256 << 10);
        let calls: Vec<_> = (0..CALLS)
            .map(|_| small().spawn_scoped(scope, call).unwrap())
            .collect();
        // While others end, a list of all threads need not have those that stay.
        wait_until("the first are asked, and no more", || {
            stalled.asked.load(Ordering::SeqCst) == MAX_STRANDED && resolving() == MAX_STRANDED
        });
        conditions.extend(calls.into_iter().map(|call| call.join().unwrap()));
    });
    let count = |wanted| conditions.iter().filter(|found| **found == wanted).count();
    assert_eq!(
        count(Condition::Timeout),
        MAX_STRANDED,
        "were asked, no answer"
    );
    assert_eq!(
        count(Condition::TryAgain),
        CALLS - MAX_STRANDED,
        "had no thread"
    );
    assert_eq!(resolving(), MAX_STRANDED, "after");
}

/// One thread asks a thousand times.
fn one_after_the_other(stalled: &Arc<Stalled>) {
    let begin = Instant::now();
    for call in 0..CALLS {
        let deadline = Duration::from_micros(call as u64 % 3);
        let error = resolve::lookup_by(stalled, "web.test", deadline).unwrap_err();
        assert_eq!(error.condition(), Condition::TryAgain);
        assert!(error.is_timeout());
        assert_eq!(
            error.to_string(),
            "look up web.test: name service failed for now"
        );
    }
    assert!(begin.elapsed() < PATIENCE);
    assert_eq!(resolving(), MAX_STRANDED);
    assert_eq!(
        Arc::strong_count(stalled),
        1 + MAX_STRANDED,
        "nothing stays in line"
    );
}

/// What needs no thread does not miss one.
fn not_concerned() {
    let prompt = Arc::new(Prompt::default());
    let lookup = resolve::lookup_by(&prompt, "127.0.0.1:80", Duration::ZERO).unwrap();
    assert_eq!(lookup.first(), Some(([127, 0, 0, 1], 80).into()));
    let lookup = resolve::lookup_by(&prompt, "web.test", Deadline::NEVER).unwrap();
    assert_eq!(lookup.first(), Some(([127, 0, 0, 2], 0).into()));
    assert_eq!(prompt.asked.load(Ordering::SeqCst), 1);
}

/// Who stands in line can be called off.
fn while_standing_in_line() {
    let prompt = Arc::new(Prompt::default());
    let cancel = Cancel::new().unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| resolve::lookup_by(&prompt, "web.test", &cancel));
        wait_until("it stands in line", || Arc::strong_count(&prompt) == 2);
        cancel.cancel();
        let error = call.join().unwrap().unwrap_err();
        assert_eq!(error.condition(), Condition::Cancelled);
    });
    assert_eq!(prompt.asked.load(Ordering::SeqCst), 0);
    assert_eq!(Arc::strong_count(&prompt), 1);
}

type Waiting = (thread::JoinHandle<Result<Lookup, Error>>, Arc<Prompt>);

/// Calls that wait for a thread to come free, with time enough.
fn in_line() -> Vec<Waiting> {
    let start = |cancellable: bool| {
        let prompt = Arc::new(Prompt::default());
        let resolver = Arc::clone(&prompt);
        let call = thread::spawn(move || {
            let cancel = cancellable.then(|| Cancel::new().unwrap());
            match &cancel {
                Some(cancel) => resolve::lookup_by(&resolver, "web.test", cancel),
                None => resolve::lookup_by(&resolver, "web.test", PATIENCE),
            }
        });
        wait_until("it stands in line", || Arc::strong_count(&prompt) == 3);
        assert_eq!(prompt.asked.load(Ordering::SeqCst), 0);
        (call, prompt)
    };
    (0..40).map(|call| start(call % 2 == 0)).collect()
}

/// All of it works as before, as often as one likes.
fn as_good_as_new() {
    let prompt = Arc::new(Prompt::default());
    for _ in 0..CALLS {
        resolve::lookup_by(&prompt, "web.test", PATIENCE).unwrap();
    }
    assert_eq!(prompt.asked.load(Ordering::SeqCst), CALLS);
    // More at once than there are threads.
    thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| resolve::lookup_by(&prompt, "web.test", PATIENCE).unwrap());
        }
    });
    assert_eq!(prompt.asked.load(Ordering::SeqCst), CALLS + 100);
}
