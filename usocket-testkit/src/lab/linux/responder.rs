//! The far end of the wire: takes every frame, and sends what the imaginary hosts answer.

use std::io;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, recv, send, setsockopt, socket, sockopt,
};

use super::log::Log;
use super::netlink::Link;
use super::schedule::Schedule;
use super::thread::{Worker, wait};
use crate::lab::answer::{Network, Outgoing};

#[derive(Debug)]
pub(super) struct Responder {
    shared: Arc<Shared>,
    // Last in its work, first to end.
    _worker: Worker,
}

#[derive(Debug)]
struct Shared {
    socket: OwnedFd,
    network: Mutex<Network>,
    schedule: Mutex<Schedule<Vec<u8>>>,
    /// Readable when somebody else than the thread has added to the schedule.
    news: EventFd,
    log: Arc<Log>,
}

impl Responder {
    /// At that interface of the calling thread's network.
    pub(super) fn start(link: Link<'static>, log: Arc<Log>) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            socket: packet_socket(link)?,
            network: Mutex::new(Network::new()),
            schedule: Mutex::new(Schedule::new()),
            news: EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?,
            log,
        });
        let worker = Worker::start("lab-wire", {
            let shared = Arc::clone(&shared);
            move |stop| shared.answer_until(stop, link)
        })?;
        Ok(Self {
            shared,
            _worker: worker,
        })
    }

    /// What the hosts answer; the thread waits for as long as this is held.
    pub(super) fn network(&self) -> MutexGuard<'_, Network> {
        self.shared.network()
    }

    /// Sends frames that nobody has asked for. What is due has been sent when this returns.
    pub(super) fn send(&self, frames: Vec<Outgoing>) {
        let now = Instant::now();
        for Outgoing { at, frame } in frames {
            if at <= now {
                self.shared.send(&frame);
            } else {
                self.shared.schedule().add(at, frame);
            }
        }
        // It fails only when the thread has been told so often that it cannot have missed it.
        let _ = self.shared.news.write(1);
    }
}

/// How many frames are taken before answers are sent.
const BURST: usize = 64;

impl Shared {
    fn network(&self) -> MutexGuard<'_, Network> {
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule<Vec<u8>>> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_due(&self, now: Instant) -> Option<Vec<u8>> {
        self.schedule().next_due(now)
    }

    fn answer_until(&self, stop: &EventFd, link: Link<'_>) {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let now = Instant::now();
            while let Some(frame) = self.next_due(now) {
                self.send(&frame);
            }
            let mut ready = [
                PollFd::new(stop.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.news.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.socket.as_fd(), PollFlags::POLLIN),
            ];
            let limit = self.schedule().until_next(now);
            if wait(&mut ready, limit).is_err() || ready[0].any() == Some(true) {
                return;
            }
            // Taken note of; nothing stands there if it was no news that woke the thread.
            let _ = self.news.read();
            // What is there, so that a burst costs one wake-up; but not for ever, so that a flood does not keep the
            // answers back.
            for _ in 0..BURST {
                // An error is the interface that went down: it is reported once, and the socket works again when the
                // interface does.
                let Ok(length @ 1..) =
                    recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT)
                else {
                    break;
                };
                let frame = &buffer[..length];
                if sender(frame) == Some(&link.mac) {
                    continue; // what the kernel itself sends from this end
                }
                self.log.sent(frame);
                let answers = self.network().answer(Instant::now(), frame);
                let mut schedule = self.schedule();
                for answer in answers {
                    schedule.add(answer.at, answer.frame);
                }
            }
        }
    }

    /// A frame that cannot be sent is a frame that the network has lost.
    fn send(&self, frame: &[u8]) {
        self.log.answered(frame);
        if let Err(errno) = send(self.socket.as_raw_fd(), frame, MsgFlags::empty()) {
            self.log.say(format!("      lost: {errno}"));
        }
    }
}

fn sender(frame: &[u8]) -> Option<&[u8]> {
    frame.get(6..12)
}

/// A socket for whole frames (packet(7)).
pub(super) fn packet_socket(link: Link<'_>) -> io::Result<OwnedFd> {
    // Without a protocol: with one the socket would be hooked in twice, and the second time costs a grace period of
    // the kernel, 16 ms.
    let socket = socket(
        AddressFamily::Packet,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        None,
    )?;
    // As much as the system gives: a full buffer loses frames, which costs a resend.
    setsockopt(&socket, sockopt::RcvBuf, &(8 << 20))?;
    // SAFETY: an address is plain data, for which zeros are a value.
    let mut addr: libc::sockaddr_ll = unsafe { mem::zeroed() };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss
    )] // 17, 3 and 78
    {
        addr.sll_ifindex = link.index as i32;
        addr.sll_family = libc::AF_PACKET as u16;
        addr.sll_protocol = (libc::ETH_P_ALL as u16).to_be();
    }
    #[allow(clippy::cast_possible_truncation)] // 20
    let length = size_of_val(&addr) as libc::socklen_t;
    // SAFETY: the address is of the length that is said, and lives until the call returns.
    let result = unsafe { libc::bind(socket.as_raw_fd(), (&raw const addr).cast(), length) };
    Errno::result(result)?;
    Ok(socket)
}
