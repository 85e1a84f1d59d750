//! Wait for any number of sockets: `poll(2)`.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};

use super::wait::timespec;
use super::wake::Wake;
use super::{BorrowedHandle, imp};
use crate::interest::{Interest, Readiness};
use crate::operation::Operation;
use crate::seam;

/// What `poll` is given, and what it answered. The sockets stay open for as long as it lives.
#[derive(Debug, Default)]
pub(crate) struct PollArray<'fd> {
    fds: Vec<PollFd<'fd>>,
    /// Of each of them.
    interests: Vec<Interest>,
}

impl<'fd> PollArray<'fd> {
    pub(crate) fn with_capacity(sockets: usize) -> Self {
        Self {
            fds: Vec::with_capacity(sockets),
            interests: Vec::with_capacity(sockets),
        }
    }

    /// Adds a socket; its place is the number of those before it.
    pub(crate) fn push(&mut self, socket: BorrowedHandle<'fd>, interest: Interest) {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, interest.contains(Interest::READABLE));
        flags.set(PollFlags::OUT, interest.contains(Interest::WRITABLE));
        self.fds.push(PollFd::from_borrowed_fd(socket, flags));
        self.interests.push(interest);
    }

    /// Adds what may end the wait; its place is the number of those before it.
    pub(crate) fn push_wake(&mut self, wake: &'fd Wake) {
        if let Some(wake) = wake.poll_fd() {
            self.fds.push(wake);
            self.interests.push(Interest::READABLE);
        }
    }

    /// `poll(2)`. It may end before a time of more than a day has.
    pub(crate) fn poll(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        seam::pass(Operation::Wait, None)?;
        let timeout = timespec(timeout);
        let only_output = |place: usize| self.interests[place] == Interest::WRITABLE;
        imp::poll(&mut self.fds, only_output, timeout.as_ref())
    }

    /// What the last call said of the one at this place.
    pub(crate) fn readiness(&self, place: usize) -> Readiness {
        let flags = self.fds[place].revents();
        Readiness::of([
            // On Windows it stands for two kinds of input, of which one is there.
            (flags.intersects(PollFlags::IN), Readiness::INPUT),
            (flags.contains(PollFlags::OUT), Readiness::OUTPUT),
            (flags.contains(PollFlags::ERR), Readiness::FAILED),
            (flags.contains(PollFlags::HUP), imp::hung_up(flags)),
            // Closed, or none that can be waited for.
            (flags.contains(PollFlags::NVAL), Readiness::FAILED),
        ])
    }

    /// The places of all of which it said something.
    pub(crate) fn ready(&self) -> impl Iterator<Item = (usize, Readiness)> + use<'_, 'fd> {
        let answers = self.fds.iter().enumerate();
        let ready = answers.filter(|(_, fd)| !fd.revents().is_empty());
        ready.map(|(place, _)| (place, self.readiness(place)))
    }

    /// The same memory, without any socket.
    pub(crate) fn emptied<'other>(mut self) -> PollArray<'other> {
        self.fds.clear();
        self.interests.clear();
        PollArray {
            // std collects the elements of a vector where they are, which here are none.
            fds: self.fds.into_iter().map_while(|_| None).collect(),
            interests: self.interests,
        }
    }
}

/// Whether the handle can be waited for.
pub(crate) fn check(socket: BorrowedHandle<'_>) -> io::Result<()> {
    seam::pass(Operation::Wait, None)?;
    let fds = &mut [PollFd::from_borrowed_fd(socket, PollFlags::empty())];
    imp::poll(fds, |_| false, timespec(Some(Duration::ZERO)).as_ref())?;
    if fds[0].revents().contains(PollFlags::NVAL) {
        return Err(rustix::io::Errno::BADF.into());
    }
    Ok(())
}
