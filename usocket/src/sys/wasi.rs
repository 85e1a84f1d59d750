//! What is particular to WASI, whose sockets wasi-libc makes of those of its preview 2.
//!
//! Source: WASI 0.2, `wasi:sockets`; wasi-libc, `libc-bottom-half`.

use std::io;
use std::net::UdpSocket;

use self::net::{RecvFlags, SendFlags, SocketAddrAny};
use super::transfer::Received;
use super::wait::Interest;

pub(crate) use super::descriptor::{
    AsHandle, BorrowedHandle, OwnedHandle, RawHandle, borrowed, raw,
};
pub(super) use super::descriptor::{hung_up, poll};

/// A socket that can say who sent a datagram: std's, for whoever else can writes to memory that only unsafe code can read.
pub(crate) trait AsDatagrams: AsHandle {
    fn datagrams(&self) -> &UdpSocket;
}

impl AsDatagrams for UdpSocket {
    fn datagrams(&self) -> &UdpSocket {
        self
    }
}

/// Makes `call` in non-blocking mode, on a socket that is not in it. There is no flag for that which socket2 or std would
/// pass, and no other thread that could see it.
pub(super) fn try_once<T>(
    socket: &impl AsHandle,
    _interest: Interest,
    call: impl FnOnce(RecvFlags, SendFlags) -> io::Result<T>,
) -> io::Result<T> {
    set_nonblocking(socket, true)?;
    let result = call(RecvFlags::empty(), SendFlags::empty());
    // The other way it was possible a moment ago; and what has come must not get lost.
    let _ = set_nonblocking(socket, false);
    result
}

/// As many as there are: the system takes those that it has room for.
pub(crate) const AT_ONCE: usize = usize::MAX;

/// The system does not tell. A socket is as it was born, most likely.
#[expect(clippy::unnecessary_wraps, reason = "as on systems that tell")]
pub(super) fn nonblocking(_socket: &impl AsHandle) -> io::Result<bool> {
    Ok(false)
}

/// `ioctl(2)` `FIONBIO`, since `fcntl` does not know the mode of sockets.
pub(super) fn set_nonblocking(socket: &impl AsHandle, value: bool) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(socket, value)?)
}

/// `recvfrom(2)`. WASI tells nothing of what it cuts off, but never gives more than fits: a full buffer may be all of the
/// datagram or not.
pub(super) fn receive_from(
    socket: &impl AsDatagrams,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<Received<Option<SocketAddrAny>>> {
    let space = buffer.len();
    let (kept, peer) = match flags {
        net::Flags::Peek => socket.datagrams().peek_from(buffer),
        net::Flags::None => socket.datagrams().recv_from(buffer),
    }?;
    Ok(Received {
        length: kept,
        truncated: false,
        full_length: (kept < space).then_some(kept),
        peer: Some(peer),
    })
}

/// What rustix has as `net` for every other system, by calls of socket2.
pub(super) mod net {
    use std::io::Read;
    use std::net::SocketAddr;
    use std::ops::BitOr;

    use rustix::io::{Errno, Result};
    use socket2::{SockAddr, SockRef};

    use super::AsHandle;

    pub(in crate::sys) type RecvFlags = Flags;
    pub(in crate::sys) type SendFlags = Flags;
    pub(in crate::sys) type SocketAddrAny = SocketAddr;

    /// There is one.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(in crate::sys) enum Flags {
        None,
        Peek,
    }

    impl Flags {
        pub(in crate::sys) const PEEK: Self = Self::Peek;

        pub(in crate::sys) const fn empty() -> Self {
            Self::None
        }
    }

    impl BitOr for Flags {
        type Output = Self;

        fn bitor(self, other: Self) -> Self {
            if self == Self::None { other } else { self }
        }
    }

    pub(in crate::sys) fn send(
        socket: &impl AsHandle,
        bytes: &[u8],
        _flags: SendFlags,
    ) -> Result<usize> {
        SockRef::from(socket).send(bytes).map_err(errno)
    }

    pub(in crate::sys) fn sendto(
        socket: &impl AsHandle,
        bytes: &[u8],
        _flags: SendFlags,
        peer: &SocketAddr,
    ) -> Result<usize> {
        let peer = SockAddr::from(*peer);
        SockRef::from(socket).send_to(bytes, &peer).map_err(errno)
    }

    /// How many bytes came, and how many there were.
    pub(in crate::sys) fn recv(
        socket: &impl AsHandle,
        buffer: &mut [u8],
        flags: RecvFlags,
    ) -> Result<(usize, usize)> {
        if flags == Flags::Peek {
            // wasi-libc says the same of the flag.
            return Err(Errno::OPNOTSUPP);
        }
        let received = (&*SockRef::from(socket)).read(buffer).map_err(errno)?;
        Ok((received, received))
    }

    /// No safe call passes an address of no family.
    pub(in crate::sys) fn connect_unspec(_socket: &impl AsHandle) -> Result<()> {
        Err(Errno::NOSYS)
    }

    /// All calls fail with a code of the system's.
    #[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
    fn errno(error: std::io::Error) -> Errno {
        Errno::from_io_error(&error).unwrap_or(Errno::INVAL)
    }
}

/// WASI has no threads, so nobody is there to be woken, or to wake: nothing is ever set.
#[derive(Debug)]
pub(super) struct Wake;

#[expect(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "as elsewhere"
)]
impl Wake {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) fn set(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn reset(&self) -> io::Result<bool> {
        Ok(false)
    }
}
