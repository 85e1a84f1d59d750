//! Linux lets sockets with `SO_REUSEADDR` share a TCP port until one of them listens.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Socket, Type};

use super::{PortLease, address_of};
use crate::certainty::Certainty;

pub(super) fn tcp(ip: IpAddr) -> io::Result<PortLease> {
    let any_port = SocketAddr::new(ip, 0);
    let socket = Socket::new(Domain::for_address(any_port), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // The port must come from bind: one that connect has chosen is shared with other connects.
    socket.bind(&any_port.into())?;
    Ok(PortLease {
        addr: address_of(&socket)?,
        certainty: Certainty::Held,
        evidence: "a TCP socket of this process is bound to it with SO_REUSEADDR and never listens",
        held: vec![socket],
    })
}
