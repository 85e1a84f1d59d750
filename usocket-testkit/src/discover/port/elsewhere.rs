//! Where a server cannot bind a port that this process holds, the port is let go again.
//!
//! BSD and macOS refuse a second socket without `SO_REUSEPORT`, and on Windows `SO_REUSEADDR` means that the second one
//! takes the port away. What can be kept is that no two leases of this process are of the same port.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::certainty::Certainty;

pub(super) const CERTAINTY: Certainty = Certainty::Likely;
pub(super) const EVIDENCE: &str =
    "it was free a moment ago; on this system a server cannot share a held port";

/// An address that no other lease of this process is given.
#[derive(Debug)]
pub(super) struct HeldPort(SocketAddr);

pub(super) fn tcp(ip: IpAddr) -> io::Result<(SocketAddr, HeldPort)> {
    // Kept open meanwhile, so that the system does not offer the same port again.
    let mut not_ours = Vec::new();
    loop {
        // It listens for a moment, as the server will: some systems grant a bind that they do not grant a listener.
        let listener = TcpListener::bind((ip, 0))?;
        let addr = listener.local_addr()?;
        if leased().insert(addr) {
            return Ok((addr, HeldPort(addr)));
        }
        not_ours.push(listener);
    }
}

impl Drop for HeldPort {
    fn drop(&mut self) {
        leased().remove(&self.0);
    }
}

fn leased() -> MutexGuard<'static, BTreeSet<SocketAddr>> {
    static LEASED: Mutex<BTreeSet<SocketAddr>> = Mutex::new(BTreeSet::new());
    // A set of addresses is whole after each call.
    LEASED.lock().unwrap_or_else(PoisonError::into_inner)
}
