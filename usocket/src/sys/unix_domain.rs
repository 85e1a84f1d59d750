//! What is particular to sockets of the Unix domain: their addresses.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::SocketAddr;

#[cfg(any(target_os = "linux", target_os = "android"))]
use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{SocketAddrAny, SocketAddrUnix};
use socket2::{Domain, SockAddr, Socket, Type};

use super::AsHandle;
use super::socket::accept_any;
use super::transfer::{self, Mode, QUIET, Received, Take};
use super::wait::Interest;
use crate::operation::Operation;
use crate::seam;

/// `socket(2)`: closed on exec, blocking, without SIGPIPE.
pub(crate) fn socket(kind: Type) -> io::Result<OwnedFd> {
    super::socket::socket(Domain::UNIX.into(), kind.into(), 0)
}

/// `socketpair(2)`: the same, and connected to each other.
pub(crate) fn pair(kind: Type) -> io::Result<(OwnedFd, OwnedFd)> {
    seam::pass(Operation::Socket, None)?;
    let (one, two) = Socket::pair(Domain::UNIX, kind, None)?;
    Ok((one.into(), two.into()))
}

/// `bind(2)`.
pub(crate) fn bind(socket: &impl AsHandle, local: &SocketAddr) -> io::Result<()> {
    seam::pass(Operation::Bind, None)?;
    Ok(rustix::net::bind(socket, &encoded(local)?)?)
}

/// `connect(2)`.
pub(crate) fn connect(socket: &impl AsHandle, peer: &SocketAddr) -> io::Result<()> {
    seam::pass(Operation::Connect, None)?;
    Ok(rustix::net::connect(socket, &encoded(peer)?)?)
}

/// `accept(2)`: closed on exec, blocking.
///
/// A listener that was shut down says so, as one of TCP does. Linux says it only to an accept that blocks; one that does
/// not would hear that it should wait, and a wait that it should try, for ever.
pub(crate) fn accept(socket: &impl AsHandle) -> io::Result<(OwnedFd, SocketAddr)> {
    match accept_any(socket) {
        Ok((accepted, peer)) => Ok((accepted.into(), accepted_from(&peer))),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock && is_shut_down(socket) => {
            Err(rustix::io::Errno::INVAL.into())
        }
        Err(error) => Err(error),
    }
}

/// Whether a listener hears no more. Where that cannot be told, it does.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_shut_down(listener: &impl AsHandle) -> bool {
    let now = rustix::event::Timespec::default();
    // By libc's name: rustix has none for it on SPARC, where it has another number.
    let ended = PollFlags::HUP | PollFlags::from_bits_retain(libc::POLLRDHUP as _);
    let fds = &mut [PollFd::new(listener, ended)];
    poll(fds, Some(&now)).is_ok() && fds[0].revents().intersects(ended)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn is_shut_down(_: &impl AsHandle) -> bool {
    false
}

/// `getsockname(2)` or `getpeername(2)`, as std makes it.
pub(crate) fn name(
    operation: Operation,
    ask: impl FnOnce() -> io::Result<SocketAddr>,
) -> io::Result<SocketAddr> {
    seam::pass(operation, None)?;
    ask()
}

/// `sendto(2)`: how many bytes the system took.
pub(crate) fn send_to(
    socket: &impl AsHandle,
    bytes: &[u8],
    peer: &SocketAddr,
    mode: Mode,
) -> io::Result<usize> {
    seam::pass(Operation::SendTo, None)?;
    let peer = encoded(peer)?;
    transfer::with_mode(socket, Interest::Writable, mode, |_, flags| {
        Ok(rustix::net::sendto(socket, bytes, flags | QUIET, &peer)?)
    })
}

/// `recvfrom(2)`: one datagram, and where it came from.
pub(crate) fn receive_from(
    socket: &impl AsHandle,
    operation: Operation,
    buffer: &mut [u8],
    take: Take,
    mode: Mode,
) -> io::Result<Received<SocketAddr>> {
    let received = transfer::receive_any(socket, operation, buffer, take, mode)?;
    Ok(received.map_peer(|peer| peer.map_or_else(unnamed, received_from)))
}

/// The address of nobody.
fn unnamed() -> SocketAddr {
    path(&[])
}

/// The address of a file, or of nobody where std's type cannot hold its path.
fn path(bytes: &[u8]) -> SocketAddr {
    SocketAddr::from_pathname(OsStr::from_bytes(bytes))
        .or_else(|_| SocketAddr::from_pathname(""))
        .expect("std takes the empty path for no name")
}

fn encoded(address: &SocketAddr) -> io::Result<SocketAddrUnix> {
    if let Some(path) = address.as_pathname() {
        return Ok(SocketAddrUnix::new(path.as_os_str().as_bytes())?);
    }
    without_path::encoded(address)
}

fn received_from(peer: SocketAddrAny) -> SocketAddr {
    // Of a path that fills its field, Linux gives a length beyond it, which is beyond rustix too.
    if peer.addr_len() as usize > size_of::<libc::sockaddr_un>() {
        return unnamed();
    }
    match SocketAddrUnix::try_from(peer) {
        Ok(peer) => match peer.path_bytes() {
            Some(bytes) => path(bytes),
            None => without_path::decoded(&peer),
        },
        Err(_) => unnamed(),
    }
}

fn accepted_from(peer: &SockAddr) -> SocketAddr {
    match (peer.as_pathname(), peer.as_abstract_namespace()) {
        (Some(bytes), _) => path(bytes.as_os_str().as_bytes()),
        (None, Some(name)) => without_path::named(name),
        (None, None) => unnamed(),
    }
}

/// Linux has names that are no paths.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod without_path {
    use std::io;
    #[cfg(target_os = "android")]
    use std::os::android::net::SocketAddrExt;
    #[cfg(target_os = "linux")]
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;

    use rustix::net::SocketAddrUnix;

    pub(super) fn encoded(address: &SocketAddr) -> io::Result<SocketAddrUnix> {
        Ok(match address.as_abstract_name() {
            Some(name) => SocketAddrUnix::new_abstract_name(name)?,
            None => SocketAddrUnix::new_unnamed(),
        })
    }

    pub(super) fn decoded(address: &SocketAddrUnix) -> SocketAddr {
        address.abstract_name().map_or_else(super::unnamed, named)
    }

    pub(super) fn named(name: &[u8]) -> SocketAddr {
        SocketAddr::from_abstract_name(name).unwrap_or_else(|_| super::unnamed())
    }
}

/// A name is a path here, or there is none.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod without_path {
    use std::io;
    use std::os::unix::net::SocketAddr;

    use rustix::net::SocketAddrUnix;

    pub(super) fn encoded(_: &SocketAddr) -> io::Result<SocketAddrUnix> {
        Ok(SocketAddrUnix::new(&[][..])?)
    }

    pub(super) fn decoded(_: &SocketAddrUnix) -> SocketAddr {
        super::unnamed()
    }

    pub(super) fn named(_: &[u8]) -> SocketAddr {
        super::unnamed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_both_ways_and_nobody_stays_nobody() {
        for text in ["/", "socket", "/run/a b/ü.sock"] {
            let address = SocketAddr::from_pathname(text).unwrap();
            let there = encoded(&address).unwrap();
            assert_eq!(there.path_bytes(), Some(text.as_bytes()));
            let back = received_from(there.into());
            assert_eq!(back.as_pathname(), address.as_pathname());
        }
        assert!(unnamed().is_unnamed());
        assert!(path(&[b'x'; 4096]).is_unnamed());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_abstract_name_survives_both_ways() {
        use std::os::linux::net::SocketAddrExt;

        let address = SocketAddr::from_abstract_name(b"a\0b").unwrap();
        let back = received_from(encoded(&address).unwrap().into());
        assert_eq!(back.as_abstract_name(), Some(&b"a\0b"[..]));
    }
}
