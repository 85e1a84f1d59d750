//! Ports that refuse.

use std::io;
#[cfg(windows)]
use std::{mem::MaybeUninit, time::Duration};

#[cfg(windows)]
use super::sockets::fresh;
use super::sockets::{addr_of, bound, loopback, wait_for_trouble};
use crate::discover::PortLease;
#[cfg(windows)]
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;
#[cfg(windows)]
use crate::provoke::unavailable::UnavailableKind;

pub(in crate::provoke) fn lease(protocol: Protocol) -> io::Result<PortLease> {
    let ip = loopback(protocol, 0)?.ip();
    if protocol.is_stream() {
        PortLease::tcp(ip)
    } else {
        PortLease::udp_refusing(ip)
    }
}

pub(in crate::provoke) fn refusing_port(protocol: Protocol) -> Result<Stage, Hindrance> {
    // Held, and by a socket that shares it with nobody: on some systems a lease is a guess.
    let holder = bound(protocol)?;
    Ok(Stage::at(addr_of(&holder)?).holding(holder))
}

pub(in crate::provoke) fn refused_datagram(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lease = lease(protocol)?;
    let stage = Stage::at(lease.addr()).striking(|socket| {
        socket.send(b"?")?;
        wait_for_trouble(&**socket)
    });
    Ok(stage.holding(lease))
}

/// The same, on systems of which some tell the socket nothing of the answer.
#[cfg(windows)]
pub(in crate::provoke) fn refused_datagram_if_told(protocol: Protocol) -> Result<Stage, Hindrance> {
    /// The answer comes within microseconds.
    const ENOUGH: Duration = Duration::from_secs(1);
    let lease = lease(protocol)?;
    let trial = bound(protocol)?;
    trial.connect(&lease.addr().into())?;
    trial.send(b"?")?;
    trial.set_read_timeout(Some(ENOUGH))?;
    match trial.recv(&mut [MaybeUninit::uninit()]) {
        Err(error) if Errno::of(&error) == Some(Errno::ECONNRESET) => refused_datagram(protocol),
        Err(error) if Errno::of(&error) == Some(Errno::ETIMEDOUT) => Err(Hindrance::new(
            UnavailableKind::Host,
            "this system tells a datagram socket nothing of a port that is unreachable, as Wine does not",
        )),
        Err(error) => Err(error.into()),
        Ok(_) => Err(io::Error::other("a port that refuses has answered").into()),
    }
}

/// A stage for a connect that is not waited for.
#[cfg(windows)]
pub(in crate::provoke) fn nonblocking_connect(protocol: Protocol) -> Result<Stage, Hindrance> {
    let holder = bound(protocol)?;
    let socket = fresh(protocol)?;
    socket.set_nonblocking(true)?;
    Ok(Stage::giving(&socket)?
        .to(addr_of(&holder)?)
        .holding(holder))
}
