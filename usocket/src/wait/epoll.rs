//! The watch of systems that have epoll: the kernel keeps the members, and a wait costs nothing for
//! those that are idle.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::source::Held;
use super::watch::{WAKER, Watch};
use crate::interest::{Interest, Readiness};
use crate::sys::epoll::{Batch, Epoll};
use crate::sys::wait::{self, Ready};
use crate::sys::wake::Wake;

pub(super) struct EpollWatch {
    epoll: Epoll,
    /// Kept open for as long as the kernel watches it.
    _waker: Arc<Wake>,
}

impl EpollWatch {
    pub(super) fn new(waker: Arc<Wake>) -> io::Result<Self> {
        let epoll = Epoll::new()?;
        epoll.add_wake(&waker, WAKER)?;
        Ok(Self {
            epoll,
            _waker: waker,
        })
    }

    /// One `epoll_wait`: whether there was an event.
    fn once(
        &self,
        timeout: Option<Duration>,
        tell: &mut dyn FnMut(u64, Readiness),
    ) -> io::Result<bool> {
        let mut batch = Batch::new();
        let mut any = false;
        for (number, readiness) in self.epoll.wait(&mut batch, timeout)? {
            any = true;
            tell(number, readiness);
        }
        Ok(any)
    }
}

impl<'a> Watch<'a> for EpollWatch {
    fn add(&self, held: &Held<'a>, number: u64, interest: Interest) -> io::Result<()> {
        self.epoll.add(held.handle(), number, interest)
    }

    fn modify(&self, held: &Held<'a>, number: u64, interest: Interest) -> io::Result<()> {
        self.epoll.modify(held.handle(), number, interest)
    }

    fn remove(&self, held: &Held<'a>, _number: u64) -> io::Result<()> {
        self.epoll.remove(held.handle())
    }

    fn wait(
        &self,
        cancel: Option<&Wake>,
        timeout: Option<Duration>,
        tell: &mut dyn FnMut(u64, Readiness),
    ) -> io::Result<()> {
        let Some(cancel) = cancel else {
            return self.once(timeout, tell).map(drop);
        };
        // A cancel is for one call, and the kernel's set is for all.
        if self.once(Some(Duration::ZERO), tell)? || timeout == Some(Duration::ZERO) {
            return Ok(());
        }
        let (handle, readable) = (self.epoll.handle(), wait::Interest::Readable);
        if wait::wait(handle, readable, Some(cancel), timeout)? == Ready::Socket {
            self.once(Some(Duration::ZERO), tell)?;
        }
        Ok(())
    }
}
