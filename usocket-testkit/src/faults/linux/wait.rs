//! Calls that wait, for sockets whose connection has failed although the kernel does not know.

use super::call::{Call, outcome};
use super::site::Site;
use super::socket::{self, number_of};
use super::{memory, rearm};

/// Larger sets than this are not looked at one by one.
const MANY: usize = 4096;

/// `poll` and `ppoll`: a socket with an error that waits for it is ready, and says so.
pub(super) fn poll(site: &Site, call: Call) -> isize {
    // SAFETY: it is the program's own call.
    let plain = || unsafe { call.make() };
    let (address, count) = (call.argument(0), call.argument(1));
    if count > MANY || !site.scope.has_told() {
        return plain();
    }
    let Ok(polled) = memory::read_all::<libc::pollfd>(address, count) else {
        return plain();
    };
    let failed: Vec<bool> = polled.iter().map(|one| has_failed(site, one.fd)).collect();
    if !failed.contains(&true) {
        return plain();
    }
    // There is something to tell, so nothing to wait for.
    let now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let timeout = if call.number == number_of(libc::SYS_ppoll) {
        &raw const now as usize
    } else {
        0
    };
    // SAFETY: it is the program's own call, with a time that lives until it returns.
    let answer = unsafe { call.with(2, timeout).make() };
    if outcome(answer).is_err() {
        return answer;
    }
    let Ok(mut polled) = memory::read_all::<libc::pollfd>(address, count) else {
        return answer;
    };
    for (one, failed) in polled.iter_mut().zip(failed) {
        if failed {
            let wanted = one.events & (libc::POLLIN | libc::POLLOUT);
            one.revents |= libc::POLLERR | libc::POLLHUP | wanted;
        }
    }
    let ready = polled.iter().filter(|one| one.revents != 0).count();
    if memory::write_all(address, &polled).is_err() {
        return answer;
    }
    isize::try_from(ready).unwrap_or(answer)
}

/// `epoll_wait` and its kin: what the kernel reports of such a socket is an error too.
pub(super) fn add_errors(site: &Site, answer: isize) {
    let count = usize::try_from(answer).unwrap_or(0);
    if count == 0 || count > MANY || !site.scope.has_told() {
        return;
    }
    let address = site.call.argument(1);
    let Ok(mut events) = memory::read_all::<libc::epoll_event>(address, count) else {
        return;
    };
    let mut changed = false;
    for event in &mut events {
        let socket = rearm::reported(site.descriptor(), event.u64);
        let failed = socket.and_then(|socket| site.scope.told(|told| told.pending(socket)));
        if failed.is_some() {
            event.events |= libc::EPOLLERR as u32;
            changed = true;
        }
    }
    if changed {
        // The kernel has just written there.
        let _ = memory::write_all(address, &events);
    }
}

fn has_failed(site: &Site, descriptor: i32) -> bool {
    let socket = socket::identity(descriptor);
    let failed = socket.and_then(|socket| site.scope.told(|told| told.pending(socket)));
    failed.is_some()
}
