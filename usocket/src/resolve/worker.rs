//! Where a look-up runs that has an end: on a thread of its own.
//!
//! No system can call `getaddrinfo` off. So the caller waits on its own thread, up to its end, and
//! leaves the thread behind that still waits for the resolver; which ends when the resolver answers
//! at last. There are never more than [`MAX_STRANDED`] of these threads, else a resolver that
//! hangs would cost a program that tries again all it has. Who finds all of them busy stands in
//! line, and each thread that comes free takes the next in line.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::{MAX_STRANDED, failure};
use crate::cancel::{Cancel, Until};
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::operation::Operation;
use crate::sys::lookup::wait_for;
use crate::sys::wait::Ready;
use crate::sys::wake::Wake;

/// What `work` gives, if it gives it before the call's end.
///
/// Without an end it runs in the caller's thread. So it does on one of the threads here, if nobody
/// is to wait for it longer than for the work that it is part of: a resolver that asks another one
/// takes no second thread.
pub(crate) fn run<T: Send + 'static>(
    operation: Operation,
    until: Until<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    if until.is_never() || is_watched(until) {
        return failure::catch(operation, work);
    }
    let wake = match until.cancel() {
        Some(_) => Some(Arc::new(
            Wake::new().map_err(|source| Error::from_io(operation, source))?,
        )),
        None => None,
    };
    let (sender, answer) = channel();
    let reply = Reply {
        sender,
        wake: wake.clone(),
    };
    let deadline = until.deadline();
    let place = submit(Box::new(move || {
        WATCHED.set(Some(deadline));
        // Nobody may be waiting any more.
        let _ = reply.sender.send(failure::catch(operation, work));
    }));
    let place = place.map_err(|source| {
        let cause = format!("no thread could be started: {source}");
        failure::because(operation, Condition::TryAgain, cause)
    })?;
    let end = match (until.cancel(), &wake) {
        (Some(cancel), Some(wake)) => wait_for_either(&answer, wake, cancel, deadline),
        _ => wait_for_answer(&answer, deadline),
    };
    match end {
        End::Answered(answer) => answer,
        End::Late if place.is_some_and(withdraw) => Err(busy(operation).with_deadline_passed()),
        End::Late => Err(Until::passed(operation)),
        End::CalledOff => {
            place.map(withdraw);
            Err(Until::cancelled(operation))
        }
        End::Lost => Err(busy(operation)),
        End::Failed(source) => {
            place.map(withdraw);
            Err(Error::from_io(operation, source))
        }
    }
}

/// Nobody could be asked, for want of a thread.
fn busy(operation: Operation) -> Error {
    let cause = format!("no thread is free: {MAX_STRANDED} wait for a resolver's answer");
    failure::because(operation, Condition::TryAgain, cause)
}

/// What waiting ended with.
enum End<T> {
    Answered(Result<T, Error>),
    Late,
    CalledOff,
    /// Whoever should have answered is gone.
    Lost,
    /// The wait itself failed.
    Failed(io::Error),
}

fn wait_for_answer<T>(answer: &Receiver<Result<T, Error>>, deadline: Deadline) -> End<T> {
    let answer = match deadline.remaining() {
        None => answer.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(left) => answer.recv_timeout(left),
    };
    match answer {
        Ok(answer) => End::Answered(answer),
        Err(RecvTimeoutError::Timeout) => End::Late,
        Err(RecvTimeoutError::Disconnected) => End::Lost,
    }
}

fn wait_for_either<T>(
    answer: &Receiver<Result<T, Error>>,
    wake: &Wake,
    cancel: &Cancel,
    deadline: Deadline,
) -> End<T> {
    loop {
        let end = match wait_for(wake, cancel.wake(), deadline.remaining()) {
            // It is there, or its sender is about to go.
            Ok(Ready::Socket) => return wait_for_answer(answer, Deadline::Never),
            Ok(Ready::Woken) => End::CalledOff,
            Ok(Ready::TimedOut) => End::Late,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => End::Failed(error),
        };
        return answer.try_recv().map_or(end, End::Answered);
    }
}

/// Where the answer goes. Who waits for it is told also if there will be none.
struct Reply<T> {
    sender: Sender<Result<T, Error>>,
    wake: Option<Arc<Wake>>,
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(wake) = &self.wake {
            // It fails only if it is set.
            let _ = wake.set();
        }
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// The threads, and who waits for one.
struct Pool {
    threads: usize,
    /// Told apart by a number, since who gives up waiting takes his job with him.
    queue: VecDeque<(u64, Job)>,
    next: u64,
}

static POOL: Mutex<Pool> = Mutex::new(Pool {
    threads: 0,
    queue: VecDeque::new(),
    next: 0,
});

fn pool() -> MutexGuard<'static, Pool> {
    // Nothing that could panic runs under the lock.
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// Until when somebody waits for what runs on this thread, if it is one of the pool's.
    static WATCHED: Cell<Option<Deadline>> = const { Cell::new(None) };
}

/// Whether whoever waits for this thread gives up no later than at `until`.
fn is_watched(until: Until<'_>) -> bool {
    let watched = WATCHED.get();
    until.cancel().is_none()
        && watched.is_some_and(|watched| watched.earlier(until.deadline()) == watched)
}

/// Has the job done on a thread: a new one, or the next one to come free. Gives its place in the
/// queue in the latter case.
fn submit(job: Job) -> io::Result<Option<u64>> {
    {
        let mut pool = pool();
        if pool.threads == MAX_STRANDED {
            let place = pool.next;
            pool.next += 1;
            pool.queue.push_back((place, job));
            return Ok(Some(place));
        }
        pool.threads += 1;
    }
    let thread = thread::Builder::new().name("usocket-resolve".into());
    let Err(error) = thread.spawn(move || serve(job)) else {
        return Ok(None);
    };
    let orphans = {
        let mut pool = pool();
        pool.threads -= 1;
        // If there is no thread left, nobody would ever take those who stood in line for this one.
        let nobody = pool.threads == 0;
        nobody.then(|| std::mem::take(&mut pool.queue))
    };
    // Outside of the lock, for whatever they drop.
    drop(orphans);
    Err(error)
}

/// The life of a thread: one job after another, until nobody stands in line.
fn serve(job: Job) {
    let mut next = Some(job);
    while let Some(job) = next {
        // A resolver's panic is caught in the job. What is caught here is one of what was dropped
        // with it, and dropping that might panic again.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(job)) {
            std::mem::forget(payload);
        }
        next = take();
    }
}

/// The next in line; if there is none, the thread counts no longer.
fn take() -> Option<Job> {
    let mut pool = pool();
    let next = pool.queue.pop_front();
    if next.is_none() {
        pool.threads -= 1;
    }
    Some(next?.1)
}

/// Takes a job out of the queue; whether it was still there, and so was not begun.
fn withdraw(place: u64) -> bool {
    let job = {
        let mut pool = pool();
        let index = pool.queue.iter().position(|(other, _)| *other == place);
        index.and_then(|index| pool.queue.remove(index))
    };
    job.is_some()
}
