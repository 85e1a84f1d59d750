//! Descriptors that are open and yet no use to any call of a file or a socket.

use nix::fcntl::OFlag;

use crate::protocol::Protocol;
use crate::provoke::posix::descriptors::null;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(super) fn path_only(protocol: Protocol) -> Result<Stage, Hindrance> {
    // A closed number could be given out again at any moment, and closing twice ends a debug build;
    // a descriptor that only names a file is refused by every call that a socket knows.
    null(protocol, OFlag::O_PATH)
}
