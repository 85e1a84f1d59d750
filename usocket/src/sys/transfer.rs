//! Send and receive.

use std::io;
use std::net::SocketAddr;

use super::net::{RecvFlags, SendFlags, SocketAddrAny};
use super::wait::Interest;
use super::{AsDatagrams, AsHandle, imp, net};
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

/// Whether what is received stays in the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    /// It is taken out.
    Out,
    /// It stays, for the next call to see: `MSG_PEEK`.
    Peek,
}

/// A datagram that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received<A = Option<SocketAddr>> {
    /// How much of it is in the buffer.
    pub(crate) length: usize,
    /// Whether it was longer than the buffer; what did not fit is gone.
    pub(crate) truncated: bool,
    /// How long it was, where the system tells.
    pub(crate) full_length: Option<usize>,
    /// Where it came from; absent if the system does not tell, or in a family that is not asked for.
    pub(crate) peer: A,
}

impl<A> Received<A> {
    /// The same, with the address in another form.
    pub(crate) fn map_peer<B>(self, peer: impl FnOnce(A) -> B) -> Received<B> {
        Received {
            length: self.length,
            truncated: self.truncated,
            full_length: self.full_length,
            peer: peer(self.peer),
        }
    }
}

/// No SIGPIPE. Where there is no such flag, a socket has it as an option from birth.
#[cfg(not(any(
    windows,
    target_vendor = "apple",
    target_os = "redox",
    target_os = "vita",
    target_os = "wasi"
)))]
pub(super) const QUIET: SendFlags = SendFlags::NOSIGNAL;
#[cfg(any(
    windows,
    target_vendor = "apple",
    target_os = "redox",
    target_os = "vita",
    target_os = "wasi"
))]
pub(super) const QUIET: SendFlags = SendFlags::empty();

/// How many bytes of a stream one call may be given that must not block.
pub(crate) use super::imp::AT_ONCE;

/// `send(2)`: how many bytes the system took.
pub(crate) fn send(socket: &impl AsHandle, bytes: &[u8], mode: Mode) -> io::Result<usize> {
    seam::pass(Operation::Send, None)?;
    with_mode(socket, Interest::Writable, mode, |_, flags| {
        Ok(net::send(socket, bytes, flags | QUIET)?)
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
        Ok(net::sendto(socket, bytes, flags | QUIET, &peer)?)
    })
}

/// `recv(2)`: how many bytes came; zero at the end of a stream.
pub(crate) fn receive(
    socket: &impl AsHandle,
    buffer: &mut [u8],
    take: Take,
    mode: Mode,
) -> io::Result<usize> {
    seam::pass(Operation::Receive, None)?;
    with_mode(socket, Interest::Readable, mode, |flags, _| {
        Ok(net::recv(socket, buffer, flags | taking(take))?.0)
    })
}

/// `recvfrom(2)`: one datagram, and where it came from. On a connected socket the operation is
/// [`Operation::Receive`].
pub(crate) fn receive_from(
    socket: &impl AsDatagrams,
    operation: Operation,
    buffer: &mut [u8],
    take: Take,
    mode: Mode,
) -> io::Result<Received> {
    let received = receive_any(socket, operation, buffer, take, mode)?;
    #[allow(clippy::useless_conversion)] // it is one on WASI
    Ok(received.map_peer(|peer| peer.and_then(|peer| SocketAddr::try_from(peer).ok())))
}

/// The same, with an address of any family.
pub(super) fn receive_any(
    socket: &impl AsDatagrams,
    operation: Operation,
    buffer: &mut [u8],
    take: Take,
    mode: Mode,
) -> io::Result<Received<Option<SocketAddrAny>>> {
    seam::pass(operation, None)?;
    with_mode(socket, Interest::Readable, mode, |flags, _| {
        imp::receive_from(socket, buffer, flags | taking(take))
    })
}

fn taking(take: Take) -> RecvFlags {
    match take {
        Take::Out => RecvFlags::empty(),
        Take::Peek => RecvFlags::PEEK,
    }
}

pub(super) fn with_mode<T>(
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
