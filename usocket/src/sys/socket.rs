//! A socket's life: make, bind, listen, connect, accept, shut down, and its names.

use std::io;
use std::net::{Shutdown, SocketAddr};

use socket2::{Domain, Protocol, SockAddr, SockRef, Socket, Type};

use super::{AsHandle, OwnedHandle, imp, net};
use crate::operation::Operation;
use crate::seam;

/// `socket(2)`: closed on exec, blocking, without SIGPIPE.
pub(crate) fn socket(domain: i32, kind: i32, protocol: i32) -> io::Result<OwnedHandle> {
    seam::pass(Operation::Socket, None)?;
    let protocol = (protocol != 0).then(|| Protocol::from(protocol));
    Socket::new(Domain::from(domain), Type::from(kind), protocol).map(Into::into)
}

/// `bind(2)`.
pub(crate) fn bind(socket: &impl AsHandle, local: SocketAddr) -> io::Result<()> {
    seam::pass(Operation::Bind, Some(local))?;
    SockRef::from(socket).bind(&SockAddr::from(local))
}

/// `listen(2)`.
pub(crate) fn listen(socket: &impl AsHandle, backlog: i32) -> io::Result<()> {
    seam::pass(Operation::Listen, None)?;
    SockRef::from(socket).listen(backlog)
}

/// `connect(2)`.
pub(crate) fn connect(socket: &impl AsHandle, peer: SocketAddr) -> io::Result<()> {
    seam::pass(Operation::Connect, Some(peer))?;
    SockRef::from(socket).connect(&SockAddr::from(peer))
}

/// `connect(2)` to `AF_UNSPEC`: the socket has no peer any more. Some systems say that they do not
/// support the family although they have done it (POSIX `connect`, "Application usage").
pub(crate) fn disconnect(socket: &impl AsHandle) -> io::Result<()> {
    seam::pass(Operation::Connect, None)?;
    Ok(net::connect_unspec(socket)?)
}

/// `accept(2)`: closed on exec, blocking. The peer's address is absent if it is of no family of
/// the internet.
pub(crate) fn accept(socket: &impl AsHandle) -> io::Result<(OwnedHandle, Option<SocketAddr>)> {
    let (accepted, peer) = accept_any(socket)?;
    Ok((accepted.into(), peer.as_socket()))
}

/// The same for every family.
pub(super) fn accept_any(socket: &impl AsHandle) -> io::Result<(Socket, SockAddr)> {
    seam::pass(Operation::Accept, None)?;
    let (accepted, peer) = SockRef::from(socket).accept()?;
    if cfg!(not(any(target_os = "linux", target_os = "android"))) {
        // Elsewhere the mode can come from the listener, whose own is non-blocking.
        imp::set_nonblocking(&accepted, false)?;
    }
    Ok((accepted, peer))
}

/// `shutdown(2)`.
pub(crate) fn shutdown(socket: &impl AsHandle, how: Shutdown) -> io::Result<()> {
    seam::pass(Operation::Shutdown, None)?;
    SockRef::from(socket).shutdown(how)
}

/// `getsockname(2)`; absent if it is of no family of the internet.
pub(crate) fn local_name(socket: &impl AsHandle) -> io::Result<Option<SocketAddr>> {
    seam::pass(Operation::LocalName, None)?;
    Ok(SockRef::from(socket).local_addr()?.as_socket())
}

/// `getpeername(2)`; absent if it is of no family of the internet.
pub(crate) fn peer_name(socket: &impl AsHandle) -> io::Result<Option<SocketAddr>> {
    seam::pass(Operation::PeerName, None)?;
    Ok(SockRef::from(socket).peer_addr()?.as_socket())
}
