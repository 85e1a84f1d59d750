//! Who makes the system's calls fail.

use std::net::SocketAddr;
use std::os::fd::BorrowedFd;

use usocket::Operation;
use usocket_testkit::Errno;

/// Some calls that fail: of one operation, after so many, so many times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) operation: Operation,
    pub(crate) skip: u64,
    pub(crate) times: u64,
    pub(crate) errno: Errno,
}

/// What can make them fail.
pub(crate) trait Nemesis {
    /// From now on, until what it gives is dropped. A call meets the first strike that is ready for it.
    fn arm(&self, strikes: &[Strike]) -> Box<dyn Armed + '_>;

    /// The socket's address, by a call that is never struck.
    fn addr_of(&self, socket: BorrowedFd<'_>) -> SocketAddr;
}

/// Strikes in force.
pub(crate) trait Armed {
    /// How many calls each has met so far, in the order of the strikes.
    fn hits(&self) -> Vec<u64>;
}

/// What the system says.
pub(crate) fn local_addr(socket: BorrowedFd<'_>) -> SocketAddr {
    let addr = socket2::SockRef::from(&socket).local_addr().unwrap();
    addr.as_socket().unwrap()
}
