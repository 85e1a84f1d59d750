//! Where a server cannot bind a port that this process holds, the port is let go again.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};

use socket2::Socket;

use crate::certainty::Certainty;

pub(super) struct Tcp {
    pub(super) addr: SocketAddr,
    pub(super) certainty: Certainty,
    pub(super) evidence: &'static str,
    pub(super) held: Vec<Socket>,
}

pub(super) fn tcp(ip: IpAddr) -> io::Result<Tcp> {
    let addr = TcpListener::bind((ip, 0))?.local_addr()?;
    Ok(Tcp {
        addr,
        certainty: Certainty::Likely,
        evidence: "it was free a moment ago; on this system a server cannot share a held port",
        held: Vec::new(),
    })
}
