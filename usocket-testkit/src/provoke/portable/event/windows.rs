//! `WSAPoll`.

use std::io;
use std::time::Duration;

use windows_sys::Win32::Networking::WinSock::{POLLRDNORM, POLLWRNORM};

use super::Event;
use crate::descriptor::AsDescriptor;

/// Whether the event, an error or a hang-up came in this time.
pub(in crate::provoke::portable) fn poll(
    socket: &impl AsDescriptor,
    event: Event,
    time: Duration,
) -> io::Result<bool> {
    let events = match event {
        Event::Readable => POLLRDNORM,
        Event::Writable => POLLWRNORM,
        Event::Trouble => 0,
    };
    crate::sys::poll::poll(socket, events, time)
}
