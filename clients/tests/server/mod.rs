//! A server in a lab: it takes one connection, reads the request, says something, and then does what a test is about.

use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use usocket::{TcpListener, TcpStream};
use usocket_testkit::Lab;
use usocket_testkit::lab::RealHost;

/// No call of the server waits for longer, whatever the client does.
const WATCHDOG: Duration = Duration::from_secs(30);

/// What the server does when it has said its part.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// Closes, as the kernel does for a program that dies.
    Close,
    /// Resets the connection.
    Reset,
    /// Says nothing more until the client goes.
    Stall,
    /// Says a byte every few milliseconds until the client goes.
    Drip,
}

/// The server. Dropping it waits for its end, so a test connects to it once.
#[derive(Debug)]
pub(crate) struct Server {
    addr: SocketAddr,
    thread: Option<JoinHandle<()>>,
    // The server's network is there for as long as the server.
    _host: RealHost,
}

impl Server {
    /// A server whose requests end so, and that answers so.
    pub(crate) fn start(
        lab: &Lab,
        request_end: &'static str,
        says: &'static str,
        then: Then,
    ) -> Self {
        let host = lab.real_host("10.77.2.1").unwrap();
        let addr = host.addr(80);
        let listener = host.run(|| TcpListener::bind(addr)).unwrap().unwrap();
        let thread = thread::spawn(move || {
            let (stream, _) = listener.accept_deadline(WATCHDOG).unwrap();
            // Nobody else gets in.
            drop(listener);
            read_until(&stream, request_end.as_bytes());
            stream
                .write_all_deadline(says.as_bytes(), WATCHDOG)
                .unwrap();
            finish(stream, then);
        });
        Self {
            addr,
            thread: Some(thread),
            _host: host,
        }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(ended, Some(Ok(()))), "the server: {ended:?}");
        }
    }
}

fn read_until(stream: &TcpStream, end: &[u8]) {
    let mut request = Vec::new();
    while !request.ends_with(end) {
        let mut buffer = [0; 1024];
        let length = stream.recv_deadline(&mut buffer, WATCHDOG).unwrap();
        assert_ne!(length, 0, "the client went before it had asked");
        request.extend_from_slice(&buffer[..length]);
    }
}

fn finish(stream: TcpStream, then: Then) {
    match then {
        Then::Close => drop(stream),
        Then::Reset => stream.abort().unwrap(),
        // What comes is the end, or a reset.
        Then::Stall => drop(stream.recv_deadline(&mut [0; 1], WATCHDOG)),
        Then::Drip => drip(&stream),
    }
}

fn drip(stream: &TcpStream) {
    let began = Instant::now();
    while began.elapsed() < WATCHDOG {
        if stream.write_all_deadline(b".", WATCHDOG).is_err() {
            return;
        }
        match stream.recv_deadline(&mut [0; 1], Duration::from_millis(5)) {
            Err(error) if error.is_timeout() => {}
            _ => return,
        }
    }
}
