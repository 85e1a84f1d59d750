//! What is particular to Windows, where a socket is a handle of its own kind.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use rustix::net::{RecvFlags, SendFlags, SocketAddrAny};
use windows_sys::Win32::Networking::WinSock::{WSAEMSGSIZE, WSAEWOULDBLOCK};

use super::transfer::Received;
use super::wait::{Interest, Ready, wait};

pub(crate) use std::os::windows::io::{AsSocket as AsHandle, OwnedSocket as OwnedHandle};

/// Makes `call` if the socket is ready for it: Winsock has no flag that keeps one call from
/// blocking.
pub(super) fn try_once<T>(
    socket: &impl AsHandle,
    interest: Interest,
    call: impl FnOnce(RecvFlags, SendFlags) -> io::Result<T>,
) -> io::Result<T> {
    match wait(socket, interest, None, Some(std::time::Duration::ZERO))? {
        Ready::Socket => call(RecvFlags::empty(), SendFlags::empty()),
        Ready::Woken | Ready::TimedOut => Err(io::Error::from_raw_os_error(WSAEWOULDBLOCK)),
    }
}

/// Winsock does not tell, and says would-block for nothing else.
pub(super) fn nonblocking(_socket: &impl AsHandle) -> io::Result<bool> {
    Ok(true)
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
        Ok(Self(socket))
    }

    pub(super) fn set(&self) -> io::Result<()> {
        self.0.send(&[1]).map(drop)
    }

    pub(super) fn handle(&self) -> &WakeHandle {
        &self.0
    }
}
