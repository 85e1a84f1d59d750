//! Waiting for what the kernel does in the background.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags};
use nix::sys::socket::{MsgFlags, recv};

use super::netlink::{self, Link, Netlink};
use super::thread::wait;

/// The queue that does it serves the whole machine, one network after the other.
const WATCHDOG: Duration = Duration::from_secs(40);

/// Until these interfaces of the calling thread's network carry packets.
///
/// One that has been set up drops what it is given until a work queue of the kernel has looked after it. The packet is
/// lost, and the next one is sent a second later. Asking for its state hurries the queue on newer kernels; on older
/// ones there is an event for its end.
pub(super) fn wait_until_up(netlink: &mut Netlink, links: &[Link<'_>]) -> io::Result<()> {
    let mut all_up = || {
        links.iter().try_fold(true, |all, link| {
            Ok::<_, io::Error>(all & netlink::is_up(netlink, link.index)?)
        })
    };
    if all_up()? {
        return Ok(());
    }
    let changes = netlink::listen_for_changes()?;
    let began = Instant::now();
    // What happened before there was somebody to be told of it is asked for once more.
    while !all_up()? {
        let left = WATCHDOG.saturating_sub(began.elapsed());
        if left.is_zero() {
            let names = links.iter().map(|link| link.name).collect::<Vec<_>>();
            let words = format!("waited {WATCHDOG:?} in vain until {names:?} are up");
            return Err(io::Error::new(io::ErrorKind::TimedOut, words));
        }
        wait(
            &mut [PollFd::new(changes.as_fd(), PollFlags::POLLIN)],
            Some(left),
        )?;
        // What it says is of no interest, nor whether more came than it could keep.
        while let Ok(_) | Err(Errno::ENOBUFS) =
            recv(changes.as_raw_fd(), &mut [0; 64], MsgFlags::MSG_DONTWAIT)
        {}
    }
    Ok(())
}
