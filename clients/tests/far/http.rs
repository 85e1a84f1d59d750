//! What speaks HTTP.

use std::io::{Read, Write};
use std::sync::atomic::Ordering;

use super::Far;

/// All of it.
pub(crate) const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
/// Promises ten bytes and has five.
pub(crate) const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
/// Five bytes of a body that ends where the connection does (RFC 9112 6.3).
pub(crate) const UNTIL_CLOSED: &str = "HTTP/1.1 200 OK\r\n\r\nhello";

/// Reads a request without a body, says this in one piece, and closes.
pub(crate) fn server(says: &'static str) -> Far {
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
        stream.write_all(says.as_bytes())
    })
}

/// Its page.
pub(crate) fn url(far: &Far) -> String {
    format!("http://{}/", far.addr())
}
