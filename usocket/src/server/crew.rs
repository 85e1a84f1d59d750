//! The threads of a server.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

use super::sync::{lock, wait_while};
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::operation::Operation;

/// All threads that were started and have not been joined yet.
///
/// Nobody is there to join the threads while the server runs; so each that ends joins the one that
/// ended before it, and at most one waits to be joined.
#[derive(Debug, Default)]
pub(super) struct Crew {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// `None` while the thread is being started.
    running: HashMap<u64, Option<JoinHandle<()>>>,
    last: Option<JoinHandle<()>>,
}

impl Crew {
    /// Starts a thread. Where that fails, `work` is dropped.
    pub(super) fn start(
        self: &Arc<Self>,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), Error> {
        let number = {
            let mut state = lock(&self.state);
            state.next += 1;
            let number = state.next;
            state.running.insert(number, None);
            number
        };
        let crew = Arc::clone(self);
        // Not under the lock: `work` can be dropped here, and is not ours alone.
        let started = thread::Builder::new().name(name.into()).spawn(move || {
            let _member = Member { crew, number };
            work();
        });
        let mut state = lock(&self.state);
        let earlier = match started {
            Ok(thread) => match state.running.get_mut(&number) {
                Some(place) => {
                    *place = Some(thread);
                    None
                }
                None => state.last.replace(thread),
            },
            Err(source) => {
                state.running.remove(&number);
                return Err(no_thread(&source));
            }
        };
        drop(state);
        join(earlier);
        Ok(())
    }

    /// Waits until all threads have ended; gives whether they have.
    pub(super) fn wait(&self, deadline: Deadline) -> bool {
        let state = lock(&self.state);
        let mut state = wait_while(&self.changed, state, deadline, |state| {
            !state.running.is_empty()
        });
        let all = state.running.is_empty();
        let last = state.last.take();
        drop(state);
        join(last);
        all
    }
}

/// A thread that runs.
struct Member {
    crew: Arc<Crew>,
    number: u64,
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut state = lock(&self.crew.state);
        let earlier = match state.running.remove(&self.number) {
            Some(Some(own)) => state.last.replace(own),
            // Whoever starts it has not got that far yet.
            _ => None,
        };
        self.crew.changed.notify_all();
        drop(state);
        join(earlier);
    }
}

/// Waits for a thread that has nothing left to do.
fn join(thread: Option<JoinHandle<()>>) {
    if let Some(thread) = thread {
        // A panic was told of where it happened.
        let _ = thread.join();
    }
}

/// The system's code would say something else here: EAGAIN is no socket that would block.
fn no_thread(source: &io::Error) -> Error {
    let cause = io::Error::new(
        source.kind(),
        format!("no thread could be started: {source}"),
    );
    Error::new(Operation::Accept, Condition::OutOfMemory).with_source(cause)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::time::Duration;

    use super::*;
    use crate::disposition::Disposition;

    #[test]
    fn at_most_one_thread_waits_to_be_joined() {
        let crew = Arc::new(Crew::default());
        for _ in 0..100 {
            crew.start("test", || {}).unwrap();
        }
        assert!(crew.wait(Deadline::NEVER));
        let state = lock(&crew.state);
        assert!(state.running.is_empty() && state.last.is_none());
    }

    #[test]
    fn waiting_for_a_thread_that_goes_on_ends_by_its_deadline() {
        let crew = Arc::new(Crew::default());
        let barrier = Arc::new(Barrier::new(2));
        let other = Arc::clone(&barrier);
        let work = move || {
            other.wait();
        };
        crew.start("test", work).unwrap();
        assert!(!crew.wait(Duration::from_millis(5).into()));
        barrier.wait();
        assert!(crew.wait(Deadline::NEVER));
    }

    #[test]
    fn a_thread_that_panics_has_ended_too() {
        let crew = Arc::new(Crew::default());
        crew.start("test", || panic!("on purpose")).unwrap();
        assert!(crew.wait(Deadline::NEVER));
    }

    #[test]
    fn want_of_a_thread_is_no_reason_to_end() {
        let error = no_thread(&io::Error::from(io::ErrorKind::WouldBlock));
        assert_eq!(error.condition(), Condition::OutOfMemory);
        assert_eq!(error.disposition(), Disposition::BackOff);
    }
}
