//! A call as rules see it.

use std::cell::OnceCell;
use std::net::SocketAddr;

use usocket::Operation;

use super::call::Call;
use super::table::{Addressed, Form, Row, Way};
use super::{memory, rearm, socket};
use crate::faults::matching::{Facts, Identity, SocketKind};
use crate::faults::scope::Scope;
use crate::protocol::Protocol;

/// Larger sets of descriptors than this are not looked at one by one.
const MANY: usize = 4096;

/// A call that is about to be made, and what has been asked about it so far.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) scope: &'static Scope,
    pub(super) row: &'static Row,
    pub(super) call: Call,
    pub(super) operation: Operation,
    /// Family and type; none for calls that wait.
    kind: Option<(i32, i32)>,
    identity: OnceCell<Option<Identity>>,
}

impl Site {
    /// None where no rule may look at it: what is no internet or Unix domain socket, streams or datagrams.
    ///
    /// Rules must not see the sockets with which a test prepares its network, and other files at all: what follows
    /// allocates, and an allocator may read files.
    pub(super) fn of(scope: &'static Scope, row: &'static Row, call: Call) -> Option<Self> {
        let kind = match row.form {
            Form::Poll | Form::Select | Form::Epoll => None,
            Form::NewSocket => Some((
                call.descriptor(0),
                call.descriptor(1) & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK),
            )),
            _ => Some(socket::kind(call.descriptor(0))?),
        };
        if let Some((family, kind)) = kind {
            // std hears over such a pair how a program started (`Command`), and waits for ever if that fails.
            let is_private = (family, kind) == (libc::AF_UNIX, libc::SOCK_SEQPACKET);
            if is_private || ![libc::AF_INET, libc::AF_INET6, libc::AF_UNIX].contains(&family) {
                return None;
            }
        }
        Some(Self {
            scope,
            row,
            call,
            operation: operation(row, &call, kind),
            kind,
            identity: OnceCell::new(),
        })
    }

    /// The socket that the call is on.
    pub(super) fn descriptor(&self) -> i32 {
        self.call.descriptor(0)
    }

    pub(super) fn identity(&self) -> Option<Identity> {
        *self
            .identity
            .get_or_init(|| socket::identity(self.descriptor()))
    }

    pub(super) fn family(&self) -> i32 {
        self.kind.map_or(libc::AF_UNSPEC, |(family, _)| family)
    }

    pub(super) fn is_stream(&self) -> bool {
        self.kind.is_some_and(|(_, kind)| kind == libc::SOCK_STREAM)
    }

    /// The address that the call itself names.
    pub(super) fn named(&self) -> Option<SocketAddr> {
        named_by(self.row, &self.call)
    }

    /// The descriptors that a call waits for, as far as it says.
    fn waits_for(&self) -> Vec<i32> {
        let count = self.call.argument(1);
        match self.row.form {
            Form::Poll if count <= MANY => {
                let polled: Vec<libc::pollfd> =
                    memory::read_all(self.call.argument(0), count).unwrap_or_default();
                polled.iter().map(|one| one.fd).collect()
            }
            Form::Select => selected(&self.call),
            Form::Epoll => rearm::descriptors(self.descriptor()),
            _ => Vec::new(),
        }
    }
}

impl Facts for Site {
    fn address(&self) -> Option<SocketAddr> {
        let descriptor = self.descriptor();
        let own = || socket::local(descriptor);
        match self.operation {
            Operation::Listen | Operation::Accept => own(),
            Operation::Bind | Operation::Connect => self.named(),
            Operation::Socket | Operation::Wait => None,
            _ => self.named().or_else(|| {
                let Some(peer) = socket::peer(descriptor) else {
                    return own();
                };
                let identity = self.identity()?;
                let shown = self.scope.told(|told| told.peer(identity, peer));
                Some(shown.unwrap_or(peer))
            }),
        }
    }

    fn is_on(&self, wanted: Identity) -> bool {
        if self.operation == Operation::Wait {
            let waits_for = self.waits_for();
            return waits_for
                .iter()
                .any(|one| socket::identity(*one) == Some(wanted));
        }
        self.identity() == Some(wanted)
    }

    fn speaks(&self, protocol: Protocol) -> bool {
        self.kind
            == Some(match protocol {
                Protocol::Tcp4 => (libc::AF_INET, libc::SOCK_STREAM),
                Protocol::Tcp6 => (libc::AF_INET6, libc::SOCK_STREAM),
                Protocol::Udp4 => (libc::AF_INET, libc::SOCK_DGRAM),
                Protocol::Udp6 => (libc::AF_INET6, libc::SOCK_DGRAM),
                Protocol::UnixStream => (libc::AF_UNIX, libc::SOCK_STREAM),
                Protocol::Raw4 => (libc::AF_INET, libc::SOCK_RAW),
                Protocol::Raw6 => (libc::AF_INET6, libc::SOCK_RAW),
            })
    }

    fn has(&self, kind: SocketKind) -> bool {
        let wanted = match kind {
            SocketKind::Stream => libc::SOCK_STREAM,
            SocketKind::Datagram => libc::SOCK_DGRAM,
        };
        self.kind.is_some_and(|(_, kind)| kind == wanted)
    }

    fn may_block(&self) -> bool {
        let flags = match self.row.form {
            Form::NewSocket | Form::Poll | Form::Select | Form::Epoll => return true,
            Form::Buffer(_, Addressed::Yes) | Form::Messages(_) => self.call.descriptor(3),
            Form::Message(_) => self.call.descriptor(2),
            _ => 0,
        };
        flags & libc::MSG_DONTWAIT == 0 && socket::blocks(self.descriptor())
    }
}

/// What the call does. One on a stream has no address of its own to speak of, even where it has room for one.
fn operation(row: &Row, call: &Call, kind: Option<(i32, i32)>) -> Operation {
    let is_stream = kind.is_some_and(|(_, kind)| kind == libc::SOCK_STREAM);
    match row.form {
        Form::NewSocket => Operation::Socket,
        Form::Plain(operation)
        | Form::Address(operation)
        | Form::Name(operation)
        | Form::Option(operation) => operation,
        Form::Buffer(way, _) | Form::Vector(way) | Form::Message(way) | Form::Messages(way) => {
            let to_address = !is_stream && has_room_for_address(row, call);
            match (way, to_address) {
                (Way::Send, false) => Operation::Send,
                (Way::Send, true) => Operation::SendTo,
                (Way::Receive, false) => Operation::Receive,
                (Way::Receive, true) => Operation::ReceiveFrom,
            }
        }
        Form::Copy => Operation::Send,
        Form::Poll
        | Form::Select
        | Form::Epoll
        | Form::EpollControl
        | Form::Ring
        | Form::SignalMask => Operation::Wait,
    }
}

/// Whether the call names an address, or has room for one.
fn has_room_for_address(row: &Row, call: &Call) -> bool {
    match row.form {
        Form::Buffer(_, Addressed::Yes) => call.argument(4) != 0,
        Form::Message(_) | Form::Messages(_) => {
            let message = memory::read::<libc::msghdr>(call.argument(1));
            message.is_ok_and(|message| !message.msg_name.is_null())
        }
        _ => false,
    }
}

/// The address that such a call names.
pub(super) fn named_by(row: &Row, call: &Call) -> Option<SocketAddr> {
    match row.form {
        Form::Address(_) => socket::read_address(call.argument(1), length(call, 2)),
        Form::Buffer(Way::Send, Addressed::Yes) => {
            socket::read_address(call.argument(4), length(call, 5))
        }
        // The first of many messages, too, begins with its header.
        Form::Message(Way::Send) | Form::Messages(Way::Send) => {
            let message: libc::msghdr = memory::read(call.argument(1)).ok()?;
            socket::read_address(message.msg_name as usize, message.msg_namelen as usize)
        }
        _ => None,
    }
}

/// The length of an address is an `int`.
fn length(call: &Call, index: usize) -> usize {
    usize::try_from(call.descriptor(index)).unwrap_or(0)
}

/// The descriptors of `select(2)`: three sets of bits.
fn selected(call: &Call) -> Vec<i32> {
    let Ok(highest) = usize::try_from(call.descriptor(0)) else {
        return Vec::new();
    };
    let bytes = highest.min(MANY).div_ceil(8);
    let sets: Vec<Vec<u8>> = [1, 2, 3]
        .iter()
        .map(|index| memory::read_all(call.argument(*index), bytes).unwrap_or_default())
        .collect();
    (0..highest.min(MANY))
        .filter(|descriptor| {
            sets.iter().any(|set| {
                let byte = set.get(descriptor / 8);
                byte.is_some_and(|byte| byte & (1 << (descriptor % 8)) != 0)
            })
        })
        .filter_map(|descriptor| i32::try_from(descriptor).ok())
        .collect()
}
