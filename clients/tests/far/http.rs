//! What speaks HTTP.

use std::io::{Read, Write};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, mpsc};

use super::{Far, WATCHDOG};

/// All of it.
pub(crate) const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
/// Promises ten bytes and has five.
pub(crate) const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
/// Five bytes of a body that ends where the connection does (RFC 9112 6.3).
pub(crate) const UNTIL_CLOSED: &str = "HTTP/1.1 200 OK\r\n\r\nhello";

/// Reads a request without a body, says this in one piece, and closes.
pub(crate) fn server(says: &'static str) -> Far {
    saying(says, || {})
}

/// The same, but does not close before the sender has sent something, or is gone.
pub(crate) fn server_that_waits(says: &'static str) -> (Far, mpsc::Sender<()>) {
    let (sender, gate) = mpsc::channel();
    let gate = Mutex::new(gate);
    let wait = move || {
        let _ = gate.lock().unwrap().recv_timeout(WATCHDOG);
    };
    (saying(says, wait), sender)
}

fn saying(says: &'static str, then: impl Fn() + Send + Sync + 'static) -> Far {
    Far::start(move |mut stream, requests| {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut buffer = [0; 1024];
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                length => request.extend_from_slice(&buffer[..length]),
            }
        }
        requests.fetch_add(1, Ordering::AcqRel);
        stream.write_all(says.as_bytes())?;
        then();
        Ok(())
    })
}

/// Its page.
pub(crate) fn url(far: &Far) -> String {
    format!("http://{}/", far.addr())
}
