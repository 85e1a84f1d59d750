//! The watch of every other system: an array for `poll`, kept from wait to wait.
//!
//! A thread that waits has the array as it was when its wait began, and something to be woken by when
//! the array changes. It registers for that and takes the array under one lock, and each change is
//! made and told under the same, so that none can come between.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::source::Held;
use super::watch::{WAKER, Watch};
use crate::interest::{Interest, Readiness};
use crate::sys::poll::{self, PollArray};
use crate::sys::wake::Wake;

pub(super) struct PollWatch<'a> {
    waker: Arc<Wake>,
    state: Mutex<State<'a>>,
}

struct State<'a> {
    /// Never changed in place while a thread waits with it.
    members: Arc<Vec<Member<'a>>>,
    waiting: Vec<Waiting>,
    /// What threads that waited have left for others.
    idle: Vec<Place>,
}

#[derive(Clone)]
struct Member<'a> {
    held: Held<'a>,
    number: u64,
    interest: Interest,
}

/// A thread that waits with an array of which it does not know yet that it changed.
struct Waiting {
    changed: Arc<Wake>,
    told: bool,
}

/// What a thread needs to wait.
struct Place {
    changed: Arc<Wake>,
    array: PollArray<'static>,
}

impl Place {
    fn new() -> io::Result<Self> {
        Ok(Self {
            changed: Arc::new(Wake::new()?),
            array: PollArray::default(),
        })
    }
}

impl<'a> PollWatch<'a> {
    pub(super) fn new(waker: Arc<Wake>) -> io::Result<Self> {
        Ok(Self {
            waker,
            state: Mutex::new(State {
                members: Arc::default(),
                waiting: Vec::new(),
                // The first thread that waits shall not fail for want of a descriptor.
                idle: vec![Place::new()?],
            }),
        })
    }

    /// Nothing that holds the lock can leave anything half done.
    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Member<'a>>)) {
        let mut state = self.lock();
        change(Arc::make_mut(&mut state.members));
        for waiting in &mut state.waiting {
            waiting.told = true;
            // It fails only if it is set already.
            let _ = waiting.changed.set();
        }
    }

    fn enter(&self) -> io::Result<(Place, Arc<Vec<Member<'a>>>)> {
        let idle = self.lock().idle.pop();
        let place = match idle {
            Some(place) => place,
            None => Place::new()?,
        };
        let mut state = self.lock();
        state.waiting.push(Waiting {
            changed: Arc::clone(&place.changed),
            told: false,
        });
        Ok((place, Arc::clone(&state.members)))
    }

    /// Nobody wakes this one from now on; whether somebody has.
    fn leave(&self, changed: &Arc<Wake>) -> bool {
        let waiting = &mut self.lock().waiting;
        let this = waiting
            .iter()
            .position(|waiting| Arc::ptr_eq(&waiting.changed, changed));
        this.is_some_and(|this| waiting.swap_remove(this).told)
    }
}

impl<'a> Watch<'a> for PollWatch<'a> {
    fn add(&self, held: &Held<'a>, number: u64, interest: Interest) -> io::Result<()> {
        poll::check(held.handle())?;
        let held = held.clone();
        self.change(|members| {
            members.push(Member {
                held,
                number,
                interest,
            });
        });
        Ok(())
    }

    fn modify(&self, _held: &Held<'a>, number: u64, interest: Interest) -> io::Result<()> {
        self.change(|members| {
            let member = members.iter_mut().find(|member| member.number == number);
            member.expect("a member").interest = interest;
        });
        Ok(())
    }

    fn remove(&self, _held: &Held<'a>, number: u64) -> io::Result<()> {
        self.change(|members| members.retain(|member| member.number != number));
        Ok(())
    }

    fn wait(
        &self,
        cancel: Option<&Wake>,
        timeout: Option<Duration>,
        tell: &mut dyn FnMut(u64, Readiness),
    ) -> io::Result<()> {
        let (place, members) = self.enter()?;
        let Place { changed, mut array } = place;
        for member in members.iter() {
            array.push(member.held.handle(), member.interest);
        }
        array.push_wake(&self.waker);
        array.push_wake(&changed);
        if let Some(cancel) = cancel {
            array.push_wake(cancel);
        }
        let polled = array.poll(timeout);
        let told = self.leave(&changed);
        if polled.is_ok() {
            // What follows the waker is only there to end the wait.
            for (place, readiness) in array.ready() {
                if let Some(member) = members.get(place) {
                    tell(member.number, readiness);
                } else if place == members.len() {
                    tell(WAKER, readiness);
                }
            }
        }
        let array = array.emptied();
        if told {
            changed.reset()?;
        }
        self.lock().idle.push(Place { changed, array });
        polled
    }
}
