//! A small client and a small server, as somebody might have them who never heard of the testkit.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a client of this crate waits where nobody says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Sends a word, and gets the answer of the server.
///
/// # Errors
///
/// What the last address of the server had to say, with the address; `TimedOut` where the time is over.
pub fn say(word: &str, server: impl ToSocketAddrs, patience: Duration) -> io::Result<String> {
    let deadline = Instant::now() + patience;
    let mut last = io::Error::new(ErrorKind::NotFound, "the server has no address");
    let addrs: Vec<_> = server.to_socket_addrs()?.collect();
    for (n, addr) in addrs.iter().enumerate() {
        // A silent address may use up its share, and leaves the others theirs.
        let left = deadline.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(addrs.len() - n).unwrap_or(u32::MAX);
        match say_to(*addr, word, share.max(Duration::from_millis(1))) {
            Ok(answer) => return Ok(answer),
            Err(error) => last = io::Error::new(error.kind(), format!("{addr}: {error}")),
        }
    }
    Err(last)
}

fn say_to(addr: SocketAddr, word: &str, patience: Duration) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&addr, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(word.as_bytes())?;
    match stream.shutdown(Shutdown::Write) {
        // It was reset meanwhile: there is nothing left to end, and the read says what happened.
        Err(error) if error.kind() == ErrorKind::NotConnected => {}
        other => other?,
    }
    let mut answer = String::new();
    match stream.read_to_string(&mut answer) {
        Ok(_) => Ok(answer),
        // How POSIX says it.
        Err(error) if error.kind() == ErrorKind::WouldBlock => Err(ErrorKind::TimedOut.into()),
        Err(error) => Err(error),
    }
}

/// Answers one client, in capitals.
///
/// # Errors
///
/// What `bind` says.
pub fn answer_once(addr: SocketAddr) -> io::Result<JoinHandle<io::Result<()>>> {
    let listener = TcpListener::bind(addr)?;
    Ok(thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut word = String::new();
        stream.read_to_string(&mut word)?;
        stream.write_all(word.to_uppercase().as_bytes())
    }))
}

/// Asks over UDP, again and again until there is an answer or the tries are used up.
///
/// # Errors
///
/// What the socket says; `TimedOut` after the last try.
pub fn ask(
    question: &[u8],
    server: SocketAddr,
    tries: u32,
    patience: Duration,
) -> io::Result<Vec<u8>> {
    let any: SocketAddr = if server.is_ipv4() {
        ([0; 4], 0).into()
    } else {
        ([0_u16; 8], 0).into()
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(patience))?;
    for _ in 0..tries {
        socket.send(question)?;
        let mut answer = [0; 512];
        match socket.recv(&mut answer) {
            Ok(length) => return Ok(answer[..length].to_vec()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::TimedOut.into())
}
