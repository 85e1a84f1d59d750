//! A listener of any stream protocol.

use std::io;

use socket2::Socket;

use super::sockets::bound;
use crate::protocol::Protocol;
#[cfg(unix)]
use crate::provoke::posix::paths::{self, Directory};

/// Where paths are none of a socket's business.
#[cfg(not(unix))]
type Directory = std::convert::Infallible;

/// A listener, with its directory where it has a path.
pub(in crate::provoke) fn listener(protocol: Protocol) -> io::Result<(Socket, Option<Directory>)> {
    #[cfg(unix)]
    if protocol == Protocol::UnixStream {
        let (listener, directory) = paths::listener()?;
        return Ok((listener, Some(directory)));
    }
    let listener = bound(protocol)?;
    listener.listen(1)?;
    Ok((listener, None))
}
