//! Wait for any number of sockets on Linux, Android and illumos: `epoll(7)`.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};

use super::wait::timespec;
use super::wake::Wake;
use super::{AsHandle, BorrowedHandle};
use crate::interest::{Interest, Readiness};
use crate::operation::Operation;
use crate::seam;

/// How many events one call gives at most. It goes round robin through those that are ready
/// (`epoll_wait(2)`), so that the others have their turn in the next.
const BATCH: usize = 256;

/// A set of sockets in the kernel, each with a number that its events carry.
#[derive(Debug)]
pub(crate) struct Epoll(OwnedFd);

/// Room for what one call gives.
pub(crate) struct Batch([MaybeUninit<Event>; BATCH]);

impl Batch {
    pub(crate) const fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; BATCH])
    }
}

impl Epoll {
    /// `epoll_create1(2)`: closed on exec.
    pub(crate) fn new() -> io::Result<Self> {
        seam::pass(Operation::Wait, None)?;
        Ok(Self(epoll::create(CreateFlags::CLOEXEC)?))
    }

    /// `epoll_ctl(2)` `EPOLL_CTL_ADD`, level-triggered.
    pub(crate) fn add(
        &self,
        socket: BorrowedHandle<'_>,
        number: u64,
        interest: Interest,
    ) -> io::Result<()> {
        seam::pass(Operation::Wait, None)?;
        let data = EventData::new_u64(number);
        Ok(epoll::add(&self.0, socket, data, flags(interest))?)
    }

    /// The same for what may end the wait.
    pub(crate) fn add_wake(&self, wake: &Wake, number: u64) -> io::Result<()> {
        seam::pass(Operation::Wait, None)?;
        let data = EventData::new_u64(number);
        Ok(epoll::add(&self.0, wake.handle(), data, EventFlags::IN)?)
    }

    /// `epoll_ctl(2)` `EPOLL_CTL_MOD`.
    pub(crate) fn modify(
        &self,
        socket: BorrowedHandle<'_>,
        number: u64,
        interest: Interest,
    ) -> io::Result<()> {
        seam::pass(Operation::Wait, None)?;
        let data = EventData::new_u64(number);
        Ok(epoll::modify(&self.0, socket, data, flags(interest))?)
    }

    /// `epoll_ctl(2)` `EPOLL_CTL_DEL`.
    pub(crate) fn remove(&self, socket: BorrowedHandle<'_>) -> io::Result<()> {
        seam::pass(Operation::Wait, None)?;
        Ok(epoll::delete(&self.0, socket)?)
    }

    /// `epoll_wait(2)`. It may end before a time of more than a day has.
    pub(crate) fn wait<'b>(
        &self,
        batch: &'b mut Batch,
        timeout: Option<Duration>,
    ) -> io::Result<impl Iterator<Item = (u64, Readiness)> + use<'b>> {
        seam::pass(Operation::Wait, None)?;
        let timeout = timespec(timeout);
        let (events, _) = epoll::wait(&self.0, &mut batch.0, timeout.as_ref())?;
        Ok(events.iter().map(|event| {
            let (flags, data) = (event.flags, event.data);
            let readiness = Readiness::of([
                (flags.contains(EventFlags::IN), Readiness::INPUT),
                (flags.contains(EventFlags::OUT), Readiness::OUTPUT),
                (flags.contains(EventFlags::ERR), Readiness::FAILED),
                (flags.contains(EventFlags::HUP), Readiness::ENDED),
            ]);
            (data.u64(), readiness)
        }))
    }

    /// What is readable while an event is there to be had.
    pub(crate) fn handle(&self) -> &impl AsHandle {
        &self.0
    }
}

fn flags(interest: Interest) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, interest.contains(Interest::READABLE));
    flags.set(EventFlags::OUT, interest.contains(Interest::WRITABLE));
    flags
}
