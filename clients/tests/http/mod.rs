//! What the HTTP clients are answered.

use usocket_testkit::Lab;

use crate::server::{Server, Then};

/// All of it.
pub(crate) const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
/// Promises ten bytes and has five.
pub(crate) const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
/// Five bytes of a body that ends where the connection does (RFC 9112 6.3).
pub(crate) const UNTIL_CLOSED: &str = "HTTP/1.1 200 OK\r\n\r\nhello";

/// A server that answers so, and its URL.
pub(crate) fn server(lab: &Lab, says: &'static str, then: Then) -> (Server, String) {
    let server = Server::start(lab, "\r\n\r\n", says, then);
    let url = format!("http://{}/", server.addr());
    (server, url)
}
