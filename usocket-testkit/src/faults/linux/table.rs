//! The calls that are watched, what they do, and where their arguments are: a row each (syscalls(2)).

use usocket::Operation;

use super::call::Call;
use crate::faults::scope::{bit, bits};

/// One kind of call.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// Which of the calls with this number.
    pub(super) only: Only,
}

/// What it does, and where its arguments are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `(family, type, protocol)`.
    NewSocket,
    /// `(socket, …)`: nothing else matters to rules.
    Plain(Operation),
    /// `(socket, address, length)`.
    Address(Operation),
    /// `(socket, address, length in and out)`, and the flags of `accept4`.
    Name(Operation),
    /// `(socket, bytes, count, flags, address, length)`; the last three for `sendto` and `recvfrom` only.
    Buffer(Way, Addressed),
    /// `(socket, buffers, count)`.
    Vector(Way),
    /// `(socket, message, flags)`.
    Message(Way),
    /// `(socket, messages, count, flags)`.
    Messages(Way),
    /// `(to socket, from file, offset, count)`.
    Copy,
    /// `(socket, level, name, value, length)`.
    Option(Operation),
    /// `(descriptors, count, …)`.
    Poll,
    /// `(highest, readable, writable, exceptional, …)`.
    Select,
    /// `(epoll, events, count, …)`.
    Epoll,
    /// `(epoll, what, descriptor, event)`: for edges, see `rearm`.
    EpollControl,
    /// A ring would get past the filter.
    Ring,
    /// `(how, set, old set, length)`: see `mask`.
    SignalMask,
}

/// In which direction bytes move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Send,
    Receive,
}

/// Whether a call has an address beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressed {
    Yes,
    No,
}

/// A condition on an argument, which the filter in the kernel asks, so that other calls cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Only {
    All,
    /// The lower half of this argument is greater: for descriptors, not one of the three standard ones. Those are no
    /// sockets, are written to all the time, and are what a child has to arrange between fork and exec, where no
    /// handler may be left.
    Above(usize, u32),
    /// The lower half of this argument is this.
    Is(usize, u32),
}

impl Only {
    pub(super) fn matches(self, call: &Call) -> bool {
        #[allow(clippy::cast_possible_truncation)] // the lower half
        let low = |index| call.argument(index) as u32;
        match self {
            Self::All => true,
            Self::Above(index, limit) => low(index) > limit,
            Self::Is(index, value) => low(index) == value,
        }
    }
}

impl Row {
    /// The row of the call; none if it is not watched.
    pub(super) fn of(call: &Call) -> Option<&'static Self> {
        ROWS.iter()
            .find(|row| row.number == call.number && row.only.matches(call))
    }

    /// The operations that it may be, as bits.
    pub(super) fn operations(&self) -> u64 {
        match self.form {
            Form::NewSocket => bit(Operation::Socket),
            Form::Plain(operation)
            | Form::Address(operation)
            | Form::Name(operation)
            | Form::Option(operation) => bit(operation),
            Form::Buffer(way, _) | Form::Vector(way) | Form::Message(way) | Form::Messages(way) => {
                way.operations()
            }
            Form::Copy => bit(Operation::Send),
            Form::Poll | Form::Select | Form::Epoll => bit(Operation::Wait),
            Form::EpollControl | Form::Ring | Form::SignalMask => 0,
        }
    }
}

impl Way {
    fn operations(self) -> u64 {
        match self {
            Self::Send => bits(&[Operation::Send, Operation::SendTo]),
            Self::Receive => bits(&[Operation::Receive, Operation::ReceiveFrom]),
        }
    }
}

const STANDARD: u32 = 2;
const NOT_STANDARD: Only = Only::Above(0, STANDARD);

macro_rules! rows {
    ($($(#[$only:meta])? $number:ident $name:literal $form:expr, $condition:expr;)*) => {
        /// All of them.
        #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)] // small positive numbers
        pub(super) static ROWS: &[Row] = {
            use Addressed::{No, Yes};
            use Form::{
                Address, Buffer, Copy, Epoll, EpollControl, Message, Messages, Name, NewSocket, Plain, Poll,
                Ring, Select, SignalMask, Vector,
            };
            use Only::{Above, All, Is};
            use Operation::{
                Accept, Bind, Close, Connect, Duplicate, GetOption, Listen, LocalName, PeerName, SetOption,
                Shutdown,
            };
            use Way::{Receive, Send};

            &[$(
            $(#[$only])?
            Row {
                number: libc::$number as usize,
                name: $name,
                form: $form,
                only: $condition,
            },
        )*]
        };
    };
}

rows! {
    SYS_socket "socket" NewSocket, All;
    SYS_socketpair "socketpair" NewSocket, All;
    SYS_bind "bind" Address(Bind), All;
    SYS_listen "listen" Plain(Listen), All;
    SYS_connect "connect" Address(Connect), All;
    SYS_accept "accept" Name(Accept), All;
    SYS_accept4 "accept4" Name(Accept), All;
    SYS_sendto "sendto" Buffer(Send, Yes), All;
    SYS_write "write" Buffer(Send, No), NOT_STANDARD;
    SYS_writev "writev" Vector(Send), NOT_STANDARD;
    SYS_sendmsg "sendmsg" Message(Send), All;
    SYS_sendmmsg "sendmmsg" Messages(Send), All;
    SYS_sendfile "sendfile" Copy, NOT_STANDARD;
    SYS_recvfrom "recvfrom" Buffer(Receive, Yes), All;
    SYS_read "read" Buffer(Receive, No), NOT_STANDARD;
    SYS_readv "readv" Vector(Receive), NOT_STANDARD;
    SYS_recvmsg "recvmsg" Message(Receive), All;
    SYS_recvmmsg "recvmmsg" Messages(Receive), All;
    SYS_shutdown "shutdown" Plain(Shutdown), All;
    SYS_getsockopt "getsockopt" Form::Option(GetOption), All;
    SYS_setsockopt "setsockopt" Form::Option(SetOption), All;
    SYS_ioctl "ioctl(FIONBIO)" Plain(SetOption), Is(1, libc::FIONBIO as u32);
    SYS_fcntl "fcntl(F_SETFL)" Plain(SetOption), Is(1, libc::F_SETFL as u32);
    SYS_getsockname "getsockname" Name(LocalName), All;
    SYS_getpeername "getpeername" Name(PeerName), All;
    #[cfg(target_arch = "x86_64")]
    SYS_poll "poll" Poll, All;
    SYS_ppoll "ppoll" Poll, All;
    #[cfg(target_arch = "x86_64")]
    SYS_select "select" Select, All;
    SYS_pselect6 "pselect6" Select, All;
    #[cfg(target_arch = "x86_64")]
    SYS_epoll_wait "epoll_wait" Epoll, All;
    SYS_epoll_pwait "epoll_pwait" Epoll, All;
    SYS_epoll_pwait2 "epoll_pwait2" Epoll, All;
    SYS_dup "dup" Plain(Duplicate), NOT_STANDARD;
    #[cfg(target_arch = "x86_64")]
    SYS_dup2 "dup2" Plain(Duplicate), Above(1, STANDARD);
    SYS_dup3 "dup3" Plain(Duplicate), Above(1, STANDARD);
    SYS_fcntl "fcntl(F_DUPFD)" Plain(Duplicate), Is(1, libc::F_DUPFD as u32);
    SYS_fcntl "fcntl(F_DUPFD_CLOEXEC)" Plain(Duplicate), Is(1, libc::F_DUPFD_CLOEXEC as u32);
    SYS_close "close" Plain(Close), NOT_STANDARD;
    SYS_epoll_ctl "epoll_ctl" EpollControl, All;
    SYS_io_uring_setup "io_uring_setup" Ring, All;
    SYS_rt_sigprocmask "rt_sigprocmask" SignalMask, Is(0, libc::SIG_BLOCK as u32);
}
