//! The real call, as far as it may be made, and what the program was told before.

use std::net::SocketAddr;

use usocket::Operation;

use super::call::{Call, failed, outcome};
use super::site::{Site, named_by};
use super::socket::{self, number_of};
use super::table::{Addressed, Form, Way};
use super::{memory, wait};
use crate::errno::Errno;
use crate::exempt::exempt;
use crate::faults::watch::is_local;

/// Larger sets of messages than this are not looked at one by one (`UIO_MAXIOV`).
const MESSAGES: usize = 1024;

/// Makes the call of this site, perhaps with other arguments than the program's.
pub(super) fn real(site: &Site, call: Call) -> isize {
    if let Some(to) = leaves(site, &call) {
        let _exempt = exempt();
        for watch in site.scope.watches() {
            watch.refuse(site.row.name, to, &super::describe::thread_name());
        }
        return failed(Errno::EPERM);
    }
    if let Some(answer) = pending(site, &call) {
        return answer;
    }
    let answer = match site.row.form {
        Form::Poll => wait::poll(site, call),
        // SAFETY: it is the program's own call, with arguments that live as long as this.
        _ => unsafe { call.make() },
    };
    if outcome(answer).is_ok() {
        match site.row.form {
            Form::Epoll => wait::add_errors(site, answer),
            _ => show_peer(site, &call, answer),
        }
    }
    answer
}

/// The address outside that the call would reach, where a guard forbids it.
fn leaves(site: &Site, call: &Call) -> Option<SocketAddr> {
    let names = [Operation::Connect, Operation::Send, Operation::SendTo];
    if !names.contains(&site.operation) || site.scope.watches().is_empty() {
        return None;
    }
    let _exempt = exempt();
    let is_outside = |addr: &SocketAddr| !is_local(*addr) && !is_in_lab(*addr);
    if let Form::Messages(_) = site.row.form {
        let count = call.argument(2).min(MESSAGES);
        let messages: Vec<libc::mmsghdr> =
            memory::read_all(call.argument(1), count).unwrap_or_default();
        return messages.iter().find_map(|message| {
            let header = &message.msg_hdr;
            let addr = socket::read_address(header.msg_name as usize, header.msg_namelen as usize);
            addr.filter(is_outside)
        });
    }
    named_by(site.row, call).filter(is_outside)
}

/// Nothing leads out of a lab: what its routes reach is in it.
#[cfg(feature = "lab")]
fn is_in_lab(addr: SocketAddr) -> bool {
    crate::lab::here().is_some() && socket::is_reachable(addr)
}

#[cfg(not(feature = "lab"))]
fn is_in_lab(_: SocketAddr) -> bool {
    false
}

/// An error that the program was promised.
fn pending(site: &Site, call: &Call) -> Option<isize> {
    let asks = call.number == number_of(libc::SYS_getsockopt);
    match site.operation {
        Operation::GetOption => {
            let is_error =
                (call.descriptor(1), call.descriptor(2)) == (libc::SOL_SOCKET, libc::SO_ERROR);
            if !asks || !is_error {
                return None;
            }
        }
        Operation::Connect
        | Operation::Send
        | Operation::SendTo
        | Operation::Receive
        | Operation::ReceiveFrom => {}
        _ => return None,
    }
    if !site.scope.has_told() {
        return None;
    }
    let identity = site.identity()?;
    let errno = site.scope.told(|told| told.take_pending(identity))?;
    if site.operation != Operation::GetOption {
        return Some(failed(errno));
    }
    let written = memory::write(call.argument(3), errno.raw())
        .and_then(|()| memory::write(call.argument(4), 4_u32));
    Some(written.map_or_else(failed, |()| 0))
}

/// The peer under the address that the program knows.
fn show_peer(site: &Site, call: &Call, answer: isize) {
    if !site.scope.has_told() {
        return;
    }
    match site.row.form {
        Form::Name(Operation::PeerName) => show(site, call.argument(1), call.argument(2)),
        Form::Buffer(Way::Receive, Addressed::Yes) if call.argument(4) != 0 => {
            show(site, call.argument(4), call.argument(5));
        }
        Form::Message(Way::Receive) => show_in_message(site, call.argument(1)),
        Form::Messages(Way::Receive) => {
            let count = usize::try_from(answer).unwrap_or(0).min(MESSAGES);
            for n in 0..count {
                show_in_message(site, call.argument(1) + n * size_of::<libc::mmsghdr>());
            }
        }
        _ => {}
    }
}

/// An address and its length, both in the program's memory.
fn show(site: &Site, address: usize, length: usize) {
    let Ok(room) = memory::read::<u32>(length) else {
        return;
    };
    if let Some((bytes, used)) = shown(site, address, room) {
        // The kernel has just written there.
        let _ = memory::write_all(address, bytes.get(..used).unwrap_or_default());
    }
}

fn show_in_message(site: &Site, address: usize) {
    let Ok(message) = memory::read::<libc::msghdr>(address) else {
        return;
    };
    let name = message.msg_name as usize;
    if let Some((bytes, used)) = shown(site, name, message.msg_namelen) {
        let _ = memory::write_all(name, bytes.get(..used).unwrap_or_default());
    }
}

/// What to write in place of the address that the kernel has written, if it is one that is shown otherwise. Both are
/// of the socket's family, and so of the same length.
fn shown(site: &Site, address: usize, length: u32) -> Option<([u8; 28], usize)> {
    let length = usize::try_from(length).ok()?;
    let real = socket::read_address(address, length)?;
    let identity = site.identity()?;
    let shown = site.scope.told(|told| told.peer(identity, real))?;
    let (bytes, used) = socket::encode(socket::in_family(shown, site.family())?);
    Some((bytes, used.min(length)))
}
