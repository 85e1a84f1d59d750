//! Linux lets sockets with `SO_REUSEADDR` share a TCP port until one of them listens.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Socket, Type};

use super::address_of;
use crate::certainty::Certainty;

pub(super) const CERTAINTY: Certainty = Certainty::Held;
pub(super) const EVIDENCE: &str =
    "a TCP socket of this process is bound to it with SO_REUSEADDR and never listens";

/// What keeps a TCP port: a socket that is never used.
#[derive(Debug)]
pub(super) struct HeldPort(#[expect(dead_code, reason = "it only has to be open")] Socket);

pub(super) fn tcp(ip: IpAddr) -> io::Result<(SocketAddr, HeldPort)> {
    let any_port = SocketAddr::new(ip, 0);
    let socket = Socket::new(Domain::for_address(any_port), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // The port must come from bind: one that connect has chosen is shared with other connects.
    socket.bind(&any_port.into())?;
    Ok((address_of(&socket)?, HeldPort(socket)))
}
