//! What is particular to Windows, where a socket is a handle of its own kind.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::net::{RecvFlags, SendFlags, SocketAddrAny};
use socket2::{SockRef, Type};
use windows_sys::Win32::Networking::WinSock::{WSAEMSGSIZE, WSAEWOULDBLOCK};

use super::transfer::Received;
use super::wait::{Interest, LONGEST, timespec, told_now};
use crate::interest::Readiness;

pub(crate) use std::os::windows::io::{
    AsSocket as AsDatagrams, AsSocket as AsHandle, BorrowedSocket as BorrowedHandle,
    OwnedSocket as OwnedHandle, RawSocket as RawHandle,
};

/// The socket's handle.
pub(crate) fn borrowed(socket: &impl AsHandle) -> BorrowedHandle<'_> {
    socket.as_socket()
}

/// The handle's number.
pub(crate) fn raw(handle: BorrowedHandle<'_>) -> RawHandle {
    std::os::windows::io::AsRawSocket::as_raw_socket(&handle)
}

/// `WSAPoll`, but for two things.
///
/// It fails where there is nothing to wait for. And it tells everybody of a peer that sends no more, also those who wait
/// for room to send to it, at the places of `only_output`: to them that says nothing, so they go on waiting. Winsock has no
/// wait for the one without the other, so it is asked again and again, but only as long as there is no room.
///
/// Source: Microsoft, "`WSAPOLLFD` structure": `POLLHUP` for a stream that was either disconnected or aborted. An aborted one
/// has room, and an error.
pub(super) fn poll(
    fds: &mut [PollFd<'_>],
    only_output: impl Fn(usize) -> bool,
    timeout: Option<&Timespec>,
) -> io::Result<()> {
    // What has no end is taken up again by the caller, day by day.
    let timeout = timeout.and_then(|timeout| Duration::try_from(*timeout).ok());
    let timeout = timeout.unwrap_or(LONGEST);
    if fds.is_empty() {
        std::thread::sleep(timeout);
        return Ok(());
    }
    let begin = Instant::now();
    loop {
        let left = timeout.saturating_sub(begin.elapsed());
        rustix::event::poll(fds, timespec(Some(left)).as_ref())?;
        let mut in_vain = false;
        for (place, fd) in fds.iter_mut().enumerate() {
            if only_output(place) && fd.revents() == PollFlags::HUP {
                fd.clear_revents();
                in_vain = true;
            }
        }
        let told = fds.iter().any(|fd| !fd.revents().is_empty());
        let left = timeout.saturating_sub(begin.elapsed());
        if told || !in_vain || left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(LOOK_AGAIN));
    }
}

/// How long nobody looks whether there is room.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// What a hang-up says that was told with these flags: that the peer sends no more, which is something to be received. Only
/// of a connection that was aborted is it known that both directions have ended.
pub(super) fn hung_up(flags: PollFlags) -> Readiness {
    if flags.contains(PollFlags::ERR) {
        Readiness::ENDED
    } else {
        Readiness::INPUT
    }
}

/// Makes `call` if the socket is ready for it: Winsock has no flag that keeps one call from
/// blocking.
///
/// Of several threads that saw the same datagram all but one would wait for the next, however short their deadlines are: so
/// looking and calling is one at a time. And the error of a datagram is taken as an option, for a send may have been told it
/// since, and a receive that came for it would wait.
pub(super) fn try_once<T>(
    socket: &impl AsHandle,
    interest: Interest,
    call: impl FnOnce(RecvFlags, SendFlags) -> io::Result<T>,
) -> io::Result<T> {
    let _turn = turn(borrowed(socket), interest).lock();
    let told = told_now(socket, interest)?;
    let not_now = io::Error::from_raw_os_error(WSAEWOULDBLOCK);
    if told.is_empty() {
        return Err(not_now);
    }
    let socket = SockRef::from(socket);
    if told == PollFlags::ERR && interest == Interest::Readable && socket.r#type()? == Type::DGRAM {
        return Err(socket.take_error()?.unwrap_or(not_now));
    }
    call(RecvFlags::empty(), SendFlags::empty())
}

/// What is held from the look at a socket to the end of the call, in either direction. The calls that are made meanwhile do
/// not block, so it matters little that sockets share them.
fn turn(handle: BorrowedHandle<'_>, interest: Interest) -> &'static Mutex<()> {
    static TURNS: [Mutex<()>; 128] = [const { Mutex::new(()) }; 128];
    // Handles are multiples of four.
    let number = usize::try_from(raw(handle) / 4).unwrap_or_default();
    &TURNS[(number * 2 + usize::from(interest == Interest::Writable)) % TURNS.len()]
}

/// A blocking socket that is ready to send takes as much as is given, and Winsock may wait until there is room for all of
/// it. So much there is room for.
pub(crate) const AT_ONCE: usize = 16 << 10;

/// Winsock does not tell, and says would-block for nothing else.
#[allow(clippy::unnecessary_wraps)] // as on systems that tell
pub(super) fn nonblocking(_socket: &impl AsHandle) -> io::Result<bool> {
    Ok(true)
}

/// `ioctlsocket` `FIONBIO`.
pub(super) fn set_nonblocking(socket: &impl AsHandle, value: bool) -> io::Result<()> {
    SockRef::from(socket).set_nonblocking(value)
}

/// `recvfrom`, which fills the buffer and fails where the datagram was longer.
pub(super) fn receive_from(
    socket: &impl AsHandle,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<Received<Option<SocketAddrAny>>> {
    let space = buffer.len();
    match rustix::net::recvfrom(socket, buffer, flags) {
        Ok((length, _, peer)) => Ok(Received {
            length,
            truncated: false,
            full_length: Some(length),
            peer,
        }),
        Err(error) if error.raw_os_error() == WSAEMSGSIZE => Ok(Received {
            length: space,
            truncated: true,
            full_length: None,
            peer: None,
        }),
        Err(error) => Err(error.into()),
    }
}

/// A datagram socket that is connected to itself: Winsock waits for sockets only.
#[derive(Debug)]
pub(super) struct Wake(WakeHandle);

pub(super) type WakeHandle = UdpSocket;

impl Wake {
    pub(super) fn new() -> io::Result<Self> {
        let socket = UdpSocket::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        socket.connect(socket.local_addr()?)?;
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    pub(super) fn set(&self) -> io::Result<()> {
        match self.0.send(&[1]) {
            // It is full, so it is set.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            result => result.map(drop),
        }
    }

    pub(super) fn reset(&self) -> io::Result<bool> {
        let mut was_set = false;
        loop {
            match self.0.recv(&mut [0]) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(was_set),
                result => was_set |= result? > 0,
            }
        }
    }

    pub(super) fn handle(&self) -> &WakeHandle {
        &self.0
    }
}
