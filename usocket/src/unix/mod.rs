//! Sockets of the Unix domain, whose addresses are paths: unix(7), POSIX `<sys/un.h>`.

mod address;
mod datagram;
mod listener;
mod stream;

pub use address::ToUnixAddr;
pub use datagram::UnixDatagram;
pub use listener::{UnixIncoming, UnixListenOptions, UnixListener};
pub use stream::UnixStream;
