//! A listener of any stream protocol.

use std::io;

use socket2::Socket;

use super::paths::{self, Directory};
use super::sockets::bound;
use crate::protocol::Protocol;

/// A listener, with its directory where it has a path.
pub(super) fn listener(protocol: Protocol) -> io::Result<(Socket, Option<Directory>)> {
    if protocol == Protocol::UnixStream {
        let (listener, directory) = paths::listener()?;
        return Ok((listener, Some(directory)));
    }
    let listener = bound(protocol)?;
    listener.listen(1)?;
    Ok((listener, None))
}
