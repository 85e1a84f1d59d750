//! What a lease says in a network that is not its own.

use std::io;
use std::net::SocketAddr;

/// A lease was used on a thread that is in another network than the one it was made in.
///
/// There the port is anybody's, and a client would look for the server in the wrong network. Most
/// often a lease was made before the lab, or the thread was started before it.
///
/// ```
/// use usocket_testkit::discover::unused_port;
///
/// # fn start() -> std::io::Result<()> {
/// let lease = unused_port()?;
/// let addr = lease.try_addr()?; // becomes an `io::Error` where one is wanted
/// # drop(addr);
/// # Ok(())
/// # }
/// # start().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{addr} is leased in another network namespace than the one this thread is in: \
     make the lab first, then the lease, then the threads that use it"
)]
pub struct OtherNetwork {
    pub(super) addr: SocketAddr,
}

impl OtherNetwork {
    /// The leased address, which means another port here than where it was leased.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl From<OtherNetwork> for io::Error {
    /// As an error of the kind [`AddrNotAvailable`](io::ErrorKind::AddrNotAvailable).
    fn from(error: OtherNetwork) -> Self {
        Self::new(io::ErrorKind::AddrNotAvailable, error)
    }
}
