//! Edges that a program waits for and that would never come.
//!
//! A runtime that waits for edges (epoll(7)) takes a short read, or one that would block, as the sign that there is
//! nothing more, and waits for the next edge. After a shortened or invented answer the socket is as ready as before,
//! so there is no edge. Setting the registration anew makes the kernel look again.

use std::sync::Mutex;

use super::call::Call;
use super::memory;
use super::socket::{identity, number_of, word};
use crate::exempt::{Locked, lock};
use crate::faults::matching::Identity;

/// A socket in an epoll instance. It stays here after the socket is closed, until the numbers are used again or the
/// kernel says that it is gone.
#[derive(Clone, Copy)]
struct Registration {
    epoll: i32,
    descriptor: i32,
    socket: Identity,
    event: libc::epoll_event,
}

/// All of the process: an instance may be shared by threads of several scopes.
static REGISTRATIONS: Mutex<Vec<Registration>> = Mutex::new(Vec::new());

fn registrations() -> Locked<'static, Vec<Registration>> {
    lock(&REGISTRATIONS)
}

/// Makes a call of `epoll_ctl`, and notes what it does. Under one lock, so that nothing is set anew from what is no
/// longer so.
pub(super) fn control(call: Call) -> isize {
    let [epoll, what, descriptor] = [0, 1, 2].map(|index| call.descriptor(index));
    let socket = identity(descriptor);
    let mut all = registrations();
    // SAFETY: it is the program's own call.
    let answer = unsafe { call.make() };
    if answer == 0 {
        all.retain(|one| (one.epoll, one.descriptor) != (epoll, descriptor));
        let event = memory::read::<libc::epoll_event>(call.argument(3));
        if let (Some(socket), Ok(event), true) = (socket, event, what != libc::EPOLL_CTL_DEL) {
            all.push(Registration {
                epoll,
                descriptor,
                socket,
                event,
            });
        }
    }
    answer
}

#[allow(clippy::cast_sign_loss)] // bits
const EDGE: u32 = libc::EPOLLET as u32;
#[allow(clippy::cast_sign_loss)] // bits
const ONCE: u32 = libc::EPOLLONESHOT as u32;

/// Makes the kernel report the socket again to whoever waits for its edges.
///
/// What reports once only is left alone: the program sets it anew itself before it waits again, and must not hear of
/// it before.
pub(super) fn again(socket: Identity) {
    registrations().retain(|one| {
        if one.socket != socket || one.event.events & (EDGE | ONCE) != EDGE {
            return true;
        }
        let mut event = one.event;
        let call = Call {
            number: number_of(libc::SYS_epoll_ctl),
            arguments: [
                word(one.epoll),
                word(libc::EPOLL_CTL_MOD),
                word(one.descriptor),
                &raw mut event as usize,
                0,
                0,
            ],
        };
        // The descriptor's number may be another file's by now.
        identity(one.descriptor) == Some(socket)
            // SAFETY: the kernel reads the event, which lives until it returns. Where the instance's number is another
            // file's by now, it refuses.
            && unsafe { call.make() } == 0
    });
}

/// The sockets of an instance.
pub(super) fn descriptors(epoll: i32) -> Vec<i32> {
    let all = registrations();
    let of_epoll = all.iter().filter(|one| one.epoll == epoll);
    of_epoll.map(|one| one.descriptor).collect()
}

/// The socket that an instance reports with this value.
pub(super) fn reported(epoll: i32, value: u64) -> Option<Identity> {
    let all = registrations();
    all.iter()
        .find(|one| one.epoll == epoll && { one.event.u64 } == value)
        .map(|one| one.socket)
}
