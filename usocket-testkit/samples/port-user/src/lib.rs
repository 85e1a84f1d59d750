//! A small client and a small server, as somebody might have them who never heard of the testkit.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Fetches the greeting of the server at this address.
///
/// # Errors
///
/// What the system says, and `InvalidData` where the server greets with nothing.
pub fn get(addr: SocketAddr) -> io::Result<String> {
    let patience = Duration::from_millis(50);
    let mut stream = TcpStream::connect_timeout(&addr, patience)?;
    read_greeting(&mut stream)
}

/// Reads the greeting from a connection that stands.
///
/// # Errors
///
/// As [`get`].
pub fn read_greeting(stream: &mut TcpStream) -> io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut greeting = String::new();
    stream.read_to_string(&mut greeting)?;
    if greeting.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no greeting"));
    }
    Ok(greeting)
}

/// Greets one client at this address.
///
/// # Errors
///
/// What `bind` says.
pub fn greet_once(addr: SocketAddr) -> io::Result<JoinHandle<io::Result<()>>> {
    let listener = TcpListener::bind(addr)?;
    Ok(thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"hello")?;
        stream.shutdown(Shutdown::Write)
    }))
}
