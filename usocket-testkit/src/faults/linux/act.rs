//! The actions.

use std::net::SocketAddr;
use std::time::Duration;

use usocket::Operation;

use super::call::{Call, failed, outcome};
use super::real::real;
use super::short;
use super::site::Site;
use super::socket::{self, number_of, word};
use super::table::{Addressed, Form, Way};
use super::{memory, rearm};
use crate::errno::Errno;
use crate::faults::action::Action;
use crate::faults::told::Peer;

/// What came of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Acted {
    pub(super) answer: isize,
    pub(super) by_rule: bool,
}

/// Does with the call what the rules say.
pub(super) fn act(site: &Site) -> Acted {
    let Some(decision) = site.scope.decide(site.operation, site) else {
        return Acted {
            answer: real(site, site.call),
            by_rule: false,
        };
    };
    let by_rule = |answer| Acted {
        answer,
        by_rule: true,
    };
    match decision.action {
        Action::Pass => Acted {
            answer: real(site, site.call),
            by_rule: false,
        },
        Action::Errno(errno) => by_rule(say(site, errno)),
        Action::ErrnoAfter(errno) => {
            let answer = real(site, site.call);
            if let Err(Errno::EAGAIN | Errno::EINTR) = outcome(answer) {
                decision.take_back();
                return Acted {
                    answer,
                    by_rule: false,
                };
            }
            close_given(site, answer);
            by_rule(say(site, errno))
        }
        Action::Consume(errno) => {
            let answer = real(site, site.call);
            if outcome(answer).is_err() {
                decision.take_back();
                return Acted {
                    answer,
                    by_rule: false,
                };
            }
            close_given(site, answer);
            by_rule(say(site, errno))
        }
        Action::Short(bytes) => {
            let answer = short::short(site, bytes);
            // Nothing was moved, so nothing was shortened: runtimes make such calls now and then, and how many is chance.
            if let Err(Errno::EAGAIN | Errno::EINTR) = outcome(answer) {
                decision.take_back();
                return Acted {
                    answer,
                    by_rule: false,
                };
            }
            by_rule(answer)
        }
        Action::Delay(delay) => {
            sleep(delay);
            by_rule(real(site, site.call))
        }
        Action::Redirect(to) => by_rule(redirect(site, to)),
        Action::SoError(errno) => by_rule(fail_later(site, errno)),
        Action::Eof => by_rule(end(site)),
    }
}

/// An error that is not the kernel's.
fn say(site: &Site, errno: Errno) -> isize {
    let waits = [
        Operation::Accept,
        Operation::Send,
        Operation::SendTo,
        Operation::Receive,
        Operation::ReceiveFrom,
    ];
    if errno == Errno::EAGAIN && waits.contains(&site.operation) {
        if let Some(identity) = site.identity() {
            rearm::again(identity);
        }
    }
    failed(errno)
}

/// Closes what the call has given: the program will not know of it.
fn close_given(site: &Site, answer: isize) {
    let Ok(given) = outcome(answer) else { return };
    match site.operation {
        Operation::Socket if site.row.number == number_of(libc::SYS_socketpair) => {
            let pair: Vec<i32> = memory::read_all(site.call.argument(3), 2).unwrap_or_default();
            for one in pair {
                socket::close(word(one));
            }
        }
        Operation::Socket | Operation::Accept | Operation::Duplicate => socket::close(given),
        _ => {}
    }
}

/// Until then on the clock, whatever signals come: it is the call that is slow.
fn sleep(delay: Duration) {
    // SAFETY: a zeroed timespec is a value.
    let mut until: libc::timespec = unsafe { std::mem::zeroed() };
    // SAFETY: the structure lives through the call.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut until) };
    // No longer than a program lives.
    let delay = delay.min(Duration::from_secs(1_000_000_000));
    #[allow(clippy::cast_possible_wrap)] // both are small
    let (seconds, nanoseconds) = (delay.as_secs() as i64, i64::from(delay.subsec_nanos()));
    until.tv_sec += seconds;
    until.tv_nsec += nanoseconds;
    if until.tv_nsec >= 1_000_000_000 {
        until.tv_sec += 1;
        until.tv_nsec -= 1_000_000_000;
    }
    let nap = Call {
        number: number_of(libc::SYS_clock_nanosleep),
        arguments: [
            word(libc::CLOCK_MONOTONIC),
            word(libc::TIMER_ABSTIME),
            &raw const until as usize,
            0,
            0,
            0,
        ],
    };
    // SAFETY: the kernel reads the time, which lives until it returns.
    while outcome(unsafe { nap.make() }) == Err(Errno::EINTR) {}
}

/// The same call to another address.
fn redirect(site: &Site, to: SocketAddr) -> isize {
    let Some(real_to) = socket::in_family(to, site.family()) else {
        // What the kernel says to an address of another family.
        return failed(Errno::EAFNOSUPPORT);
    };
    let (bytes, length) = socket::encode(real_to);
    let address = bytes.as_ptr() as usize;
    let call = site.call;
    let shown = site.named();
    let answer = match site.row.form {
        Form::Address(_) => real(site, call.with(1, address).with(2, length)),
        Form::Buffer(Way::Send, Addressed::Yes) => {
            real(site, call.with(4, address).with(5, length))
        }
        Form::Message(Way::Send) => {
            let Ok(mut message) = memory::read::<libc::msghdr>(call.argument(1)) else {
                return failed(Errno::EFAULT);
            };
            message.msg_name = address as *mut _;
            message.msg_namelen = u32::try_from(length).unwrap_or(0);
            real(site, call.with(1, &raw const message as usize))
        }
        // Of several messages the first; the kernel, too, may send fewer than it is given.
        Form::Messages(Way::Send) => {
            let Ok(mut message) = memory::read::<libc::mmsghdr>(call.argument(1)) else {
                return failed(Errno::EFAULT);
            };
            message.msg_hdr.msg_name = address as *mut _;
            message.msg_hdr.msg_namelen = u32::try_from(length).unwrap_or(0);
            let first = call.with(1, &raw mut message as usize).with(2, 1);
            let answer = real(site, first);
            if answer == 1 {
                short::write_sent(call.argument(1), message.msg_len);
            }
            answer
        }
        _ => real(site, call),
    };
    let there = matches!(outcome(answer), Ok(_) | Err(Errno::EINPROGRESS));
    if let (true, Some(shown), Some(socket)) = (there, shown, site.identity()) {
        let real = real_to;
        site.scope.tell(|told| {
            told.add_peer(Peer {
                socket,
                shown,
                real,
            });
        });
    }
    answer
}

/// The connection fails after the call. The kernel reports a stream that was never connected as hung up and writable,
/// to whoever polls it, and so no connection is made: who looks finds the error.
fn fail_later(site: &Site, errno: Errno) -> isize {
    if site.is_stream() && socket::blocks(site.descriptor()) {
        return failed(errno);
    }
    let answer = if site.is_stream() {
        failed(Errno::EINPROGRESS)
    } else {
        real(site, site.call)
    };
    let begun = matches!(outcome(answer), Ok(_) | Err(Errno::EINPROGRESS));
    if let (true, Some(identity)) = (begun, site.identity()) {
        site.scope.tell(|told| told.add_pending(identity, errno));
    }
    answer
}

/// Nothing more comes, from nobody.
fn end(site: &Site) -> isize {
    let call = site.call;
    match site.row.form {
        Form::Buffer(_, Addressed::Yes) if call.argument(5) != 0 => {
            // A wrong address is the program's to find out elsewhere.
            let _ = memory::write(call.argument(5), 0_u32);
            0
        }
        Form::Message(_) => {
            short::write_nothing(call.argument(1));
            0
        }
        // One message of no bytes.
        Form::Messages(_) => {
            short::write_nothing(call.argument(1));
            short::write_sent(call.argument(1), 0);
            1
        }
        _ => 0,
    }
}
