//! `poll(2)`.

use std::io;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout};

use super::Event;
use crate::descriptor::AsDescriptor;

/// Whether the event, an error or a hang-up came in this time; a signal ends the wait too.
pub(in crate::provoke::portable) fn poll(
    socket: &impl AsDescriptor,
    event: Event,
    time: Duration,
) -> io::Result<bool> {
    let events = match event {
        Event::Readable => PollFlags::POLLIN,
        Event::Writable => PollFlags::POLLOUT,
        Event::Trouble => PollFlags::empty(),
    };
    let time = PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX);
    match nix::poll::poll(&mut [PollFd::new(socket.as_fd(), events)], time) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
