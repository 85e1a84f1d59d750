//! Calls in words, for recordings.

use std::fmt::Write;

use usocket::Operation;

use super::call::Call;
use super::memory;
use super::site::Site;
use super::socket::{self, number_of};
use super::table::{Addressed, Form, Way};
use crate::errno::Errno;
use crate::exempt::exempt;

type Names = &'static [(i32, &'static str)];

const FAMILIES: Names = &[
    (libc::AF_INET, "AF_INET"),
    (libc::AF_INET6, "AF_INET6"),
    (libc::AF_UNIX, "AF_UNIX"),
];
const TYPES: Names = &[
    (libc::SOCK_STREAM, "SOCK_STREAM"),
    (libc::SOCK_DGRAM, "SOCK_DGRAM"),
    (libc::SOCK_RAW, "SOCK_RAW"),
    (libc::SOCK_SEQPACKET, "SOCK_SEQPACKET"),
];
const SOCKET_FLAGS: Names = &[
    (libc::SOCK_CLOEXEC, "SOCK_CLOEXEC"),
    (libc::SOCK_NONBLOCK, "SOCK_NONBLOCK"),
];
const MESSAGE_FLAGS: Names = &[
    (libc::MSG_DONTWAIT, "MSG_DONTWAIT"),
    (libc::MSG_NOSIGNAL, "MSG_NOSIGNAL"),
    (libc::MSG_PEEK, "MSG_PEEK"),
    (libc::MSG_TRUNC, "MSG_TRUNC"),
    (libc::MSG_WAITALL, "MSG_WAITALL"),
    (libc::MSG_OOB, "MSG_OOB"),
    (libc::MSG_MORE, "MSG_MORE"),
    (libc::MSG_ERRQUEUE, "MSG_ERRQUEUE"),
    (libc::MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"),
    (libc::MSG_FASTOPEN, "MSG_FASTOPEN"),
];
const DIRECTIONS: Names = &[
    (libc::SHUT_RD, "SHUT_RD"),
    (libc::SHUT_WR, "SHUT_WR"),
    (libc::SHUT_RDWR, "SHUT_RDWR"),
];
const LEVELS: Names = &[
    (libc::SOL_SOCKET, "SOL_SOCKET"),
    (libc::IPPROTO_IP, "IPPROTO_IP"),
    (libc::IPPROTO_IPV6, "IPPROTO_IPV6"),
    (libc::IPPROTO_TCP, "IPPROTO_TCP"),
    (libc::IPPROTO_UDP, "IPPROTO_UDP"),
];
const SOCKET_OPTIONS: Names = &[
    (libc::SO_ERROR, "SO_ERROR"),
    (libc::SO_REUSEADDR, "SO_REUSEADDR"),
    (libc::SO_REUSEPORT, "SO_REUSEPORT"),
    (libc::SO_BROADCAST, "SO_BROADCAST"),
    (libc::SO_KEEPALIVE, "SO_KEEPALIVE"),
    (libc::SO_LINGER, "SO_LINGER"),
    (libc::SO_RCVTIMEO, "SO_RCVTIMEO"),
    (libc::SO_SNDTIMEO, "SO_SNDTIMEO"),
    (libc::SO_RCVBUF, "SO_RCVBUF"),
    (libc::SO_SNDBUF, "SO_SNDBUF"),
    (libc::SO_TYPE, "SO_TYPE"),
    (libc::SO_PROTOCOL, "SO_PROTOCOL"),
    (libc::SO_DOMAIN, "SO_DOMAIN"),
    (libc::SO_ACCEPTCONN, "SO_ACCEPTCONN"),
];
const TCP_OPTIONS: Names = &[
    (libc::TCP_NODELAY, "TCP_NODELAY"),
    (libc::TCP_KEEPIDLE, "TCP_KEEPIDLE"),
    (libc::TCP_KEEPINTVL, "TCP_KEEPINTVL"),
    (libc::TCP_KEEPCNT, "TCP_KEEPCNT"),
    (libc::TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"),
];
const EVENTS: Names = &[
    (libc::POLLIN as i32, "POLLIN"),
    (libc::POLLPRI as i32, "POLLPRI"),
    (libc::POLLOUT as i32, "POLLOUT"),
    (libc::POLLRDHUP as i32, "POLLRDHUP"),
    (libc::POLLERR as i32, "POLLERR"),
    (libc::POLLHUP as i32, "POLLHUP"),
    (libc::POLLNVAL as i32, "POLLNVAL"),
];

/// More descriptors than this are only counted.
const SHOWN: usize = 8;

/// The kernel's number of the calling thread.
pub(super) fn thread() -> u32 {
    let ask = Call {
        number: number_of(libc::SYS_gettid),
        arguments: [0; 6],
    };
    // SAFETY: it has no arguments.
    u32::try_from(unsafe { ask.make() }).unwrap_or(0)
}

/// Its name, of which the kernel keeps 15 bytes, and its number.
pub(super) fn thread_name() -> String {
    let mut name = [0_u8; 16];
    // SAFETY: the kernel writes 16 bytes at most.
    unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    format!("{} ({})", thread(), String::from_utf8_lossy(name))
}

/// The arguments, before the call is made.
pub(super) fn arguments(site: &Site) -> String {
    let _exempt = exempt();
    let call = &site.call;
    let descriptor = site.descriptor();
    let named = || match site.named() {
        Some(addr) => addr.to_string(),
        None => "?".into(),
    };
    match site.row.form {
        Form::NewSocket => {
            let mut kind = one(
                call.descriptor(1) & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK),
                TYPES,
            );
            for (flag, name) in SOCKET_FLAGS {
                if call.descriptor(1) & flag != 0 {
                    kind = format!("{kind}|{name}");
                }
            }
            format!(
                "{}, {kind}, {}",
                one(call.descriptor(0), FAMILIES),
                call.descriptor(2)
            )
        }
        Form::Address(_) => format!("{descriptor}, {}", named()),
        Form::Buffer(way, addressed) => {
            let mut text = format!("{descriptor}, {} bytes", call.argument(2));
            if addressed == Addressed::Yes {
                add_flags(&mut text, call.descriptor(3));
                if way == Way::Send && call.argument(4) != 0 {
                    let _ = write!(text, ", {}", named());
                }
            }
            text
        }
        Form::Vector(_) => format!(
            "{descriptor}, {} bytes in {} buffers",
            total(call.argument(1), call.argument(2)),
            call.argument(2)
        ),
        Form::Message(way) => {
            let mut text = format!("{descriptor}, {}", message(call.argument(1)));
            add_flags(&mut text, call.descriptor(2));
            if let (Way::Send, Some(addr)) = (way, site.named()) {
                let _ = write!(text, ", {addr}");
            }
            text
        }
        Form::Messages(_) => {
            let mut text = format!("{descriptor}, {} messages", call.argument(2));
            add_flags(&mut text, call.descriptor(3));
            text
        }
        Form::Copy => format!(
            "{descriptor}, from {}, {} bytes",
            call.descriptor(1),
            call.argument(3)
        ),
        Form::Option(operation) => option(call, operation),
        Form::Poll => polled(call, |one| one.events),
        Form::Select => format!("{descriptor} descriptors at most"),
        Form::Epoll => format!("{descriptor}, {} events at most", call.argument(2)),
        Form::Plain(Operation::Shutdown) => {
            format!("{descriptor}, {}", one(call.descriptor(1), DIRECTIONS))
        }
        Form::Plain(Operation::Listen) => format!("{descriptor}, {}", call.descriptor(1)),
        Form::Plain(_) | Form::Name(_) | Form::EpollControl | Form::Ring | Form::SignalMask => {
            descriptor.to_string()
        }
    }
}

/// What the call gave beside its answer.
pub(super) fn results(site: &Site, outcome: Result<usize, Errno>) -> String {
    let call = &site.call;
    if outcome.is_err() {
        return String::new();
    }
    let address = |address: usize, length: usize| {
        let length = memory::read::<u32>(length).unwrap_or(0);
        let addr = socket::read_address(address, usize::try_from(length).unwrap_or(0));
        addr.map(|addr| addr.to_string()).unwrap_or_default()
    };
    match site.row.form {
        Form::Name(_) => address(call.argument(1), call.argument(2)),
        Form::Buffer(Way::Receive, Addressed::Yes) if call.argument(4) != 0 => {
            address(call.argument(4), call.argument(5))
        }
        Form::Option(Operation::GetOption) if is_option(call, libc::SO_ERROR) => {
            match memory::read::<i32>(call.argument(3)) {
                Ok(0) => "no error".into(),
                Ok(error) => Errno::from_raw(error).name().into(),
                Err(_) => String::new(),
            }
        }
        Form::Poll => polled(call, |one| one.revents),
        _ => String::new(),
    }
}

fn is_option(call: &Call, name: i32) -> bool {
    (call.descriptor(1), call.descriptor(2)) == (libc::SOL_SOCKET, name)
}

fn option(call: &Call, operation: Operation) -> String {
    let level = call.descriptor(1);
    let names = match level {
        libc::SOL_SOCKET => SOCKET_OPTIONS,
        libc::IPPROTO_TCP => TCP_OPTIONS,
        _ => &[],
    };
    let mut text = format!(
        "{}, {}, {}",
        call.descriptor(0),
        one(level, LEVELS),
        one(call.descriptor(2), names)
    );
    // Most options are numbers.
    if operation == Operation::SetOption && call.argument(4) == size_of::<i32>() {
        if let Ok(value) = memory::read::<i32>(call.argument(3)) {
            let _ = write!(text, ", {value}");
        }
    }
    text
}

fn polled(call: &Call, events: impl Fn(&libc::pollfd) -> i16) -> String {
    let count = call.argument(1);
    if count > SHOWN {
        return format!("{count} descriptors");
    }
    let polled: Vec<libc::pollfd> = memory::read_all(call.argument(0), count).unwrap_or_default();
    let each: Vec<_> = polled
        .iter()
        .map(|one| format!("{}: {}", one.fd, flags(i32::from(events(one)), EVENTS)))
        .collect();
    each.join(", ")
}

fn message(address: usize) -> String {
    let Ok(message) = memory::read::<libc::msghdr>(address) else {
        return "?".into();
    };
    // The type differs between C libraries.
    #[allow(clippy::unnecessary_cast)]
    let count = message.msg_iovlen as usize;
    format!("{} bytes", total(message.msg_iov as usize, count))
}

fn total(address: usize, count: usize) -> usize {
    let buffers: Vec<libc::iovec> = memory::read_all(address, count.min(1024)).unwrap_or_default();
    buffers
        .iter()
        .fold(0, |sum, buffer| sum.saturating_add(buffer.iov_len))
}

fn add_flags(text: &mut String, value: i32) {
    if value != 0 {
        let _ = write!(text, ", {}", flags(value, MESSAGE_FLAGS));
    }
}

/// The name of the number, or the number.
fn one(value: i32, names: Names) -> String {
    let name = names.iter().find(|(known, _)| *known == value);
    name.map_or_else(|| value.to_string(), |(_, name)| (*name).into())
}

/// The names of the bits, and what is left of them as a number.
fn flags(value: i32, names: Names) -> String {
    let set = names.iter().filter(|(bit, _)| value & bit != 0);
    let mut words: Vec<String> = set.clone().map(|(_, name)| (*name).into()).collect();
    let left = set.fold(value, |left, (bit, _)| left & !bit);
    if left != 0 || words.is_empty() {
        words.push(format!("{left:#x}"));
    }
    words.join("|")
}
