//! Send and receive.

use std::io;
use std::net::SocketAddr;

use rustix::net::{RecvFlags, SendFlags};

use super::wait::Interest;
use super::{AsHandle, imp};
use crate::operation::Operation;
use crate::seam;

/// Whether a call may block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As the socket's own mode says.
    AsSet,
    /// Never, whatever the socket's own mode is.
    Try,
}

/// No SIGPIPE. Where there is no such flag, a socket has it as an option from birth.
#[cfg(not(any(
    windows,
    target_vendor = "apple",
    target_os = "redox",
    target_os = "vita"
)))]
const QUIET: SendFlags = SendFlags::NOSIGNAL;
#[cfg(any(
    windows,
    target_vendor = "apple",
    target_os = "redox",
    target_os = "vita"
))]
const QUIET: SendFlags = SendFlags::empty();

/// `send(2)`: how many bytes the system took.
pub(crate) fn send(socket: &impl AsHandle, bytes: &[u8], mode: Mode) -> io::Result<usize> {
    seam::pass(Operation::Send, None)?;
    with_mode(socket, Interest::Writable, mode, |_, flags| {
        Ok(rustix::net::send(socket, bytes, flags | QUIET)?)
    })
}

/// `sendto(2)`: how many bytes the system took.
pub(crate) fn send_to(
    socket: &impl AsHandle,
    bytes: &[u8],
    peer: SocketAddr,
    mode: Mode,
) -> io::Result<usize> {
    seam::pass(Operation::SendTo, Some(peer))?;
    with_mode(socket, Interest::Writable, mode, |_, flags| {
        Ok(rustix::net::sendto(socket, bytes, flags | QUIET, &peer)?)
    })
}

/// `recv(2)`: how many bytes came; zero at the end of a stream.
pub(crate) fn receive(socket: &impl AsHandle, buffer: &mut [u8], mode: Mode) -> io::Result<usize> {
    seam::pass(Operation::Receive, None)?;
    with_mode(socket, Interest::Readable, mode, |flags, _| {
        Ok(rustix::net::recv(socket, buffer, flags)?.0)
    })
}

/// `recvfrom(2)`: how many bytes of the datagram are in the buffer, and where it came from.
pub(crate) fn receive_from(
    socket: &impl AsHandle,
    buffer: &mut [u8],
    mode: Mode,
) -> io::Result<(usize, Option<SocketAddr>)> {
    seam::pass(Operation::ReceiveFrom, None)?;
    with_mode(socket, Interest::Readable, mode, |flags, _| {
        let (length, _, peer) = rustix::net::recvfrom(socket, buffer, flags)?;
        Ok((
            length,
            peer.and_then(|peer| SocketAddr::try_from(peer).ok()),
        ))
    })
}

fn with_mode<T>(
    socket: &impl AsHandle,
    interest: Interest,
    mode: Mode,
    call: impl FnOnce(RecvFlags, SendFlags) -> io::Result<T>,
) -> io::Result<T> {
    match mode {
        Mode::AsSet => call(RecvFlags::empty(), SendFlags::empty()),
        Mode::Try => imp::try_once(socket, interest, call),
    }
}
