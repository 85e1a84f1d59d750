//! A client on std's sockets.
//!
//! ```
//! usocket_testkit::lab_main!(); // once per test file
//!
//! # #[cfg(target_os = "linux")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::io::{self, ErrorKind, Read, Write};
//! use std::net::{SocketAddr, TcpStream};
//! use std::time::Duration;
//! use usocket_testkit::lab::{After, Ending};
//! use usocket_testkit::{Errno, Lab};
//!
//! /// The client under test: asks, and reads an answer of five bytes.
//! fn ask(server: SocketAddr, patience: Duration) -> io::Result<[u8; 5]> {
//!     let mut stream = TcpStream::connect_timeout(&server, patience)?;
//!     stream.set_read_timeout(Some(patience))?;
//!     stream.write_all(b"hello")?;
//!     let mut answer = [0; 5];
//!     stream.read_exact(&mut answer)?;
//!     Ok(answer)
//! }
//!
//! let (patience, watchdog) = (Duration::from_millis(50), Duration::from_secs(30));
//! let lab = Lab::new()?;
//! let host = lab.host("10.77.1.5");
//! let server = host.addr(80);
//!
//! host.refuse();
//! assert_eq!(ask(server, watchdog).unwrap_err().kind(), ErrorKind::ConnectionRefused);
//!
//! host.icmp(3, 7);
//! assert_eq!(Errno::of(&ask(server, watchdog).unwrap_err()), Some(Errno::EHOSTDOWN));
//!
//! host.silent();
//! assert_eq!(ask(server, patience).unwrap_err().kind(), ErrorKind::TimedOut);
//!
//! host.accept_then(Ending::Reset, After::Sent(3));
//! assert_eq!(ask(server, watchdog).unwrap_err().kind(), ErrorKind::ConnectionReset);
//!
//! host.accept_then(Ending::Close, After::Sent(3));
//! assert_eq!(ask(server, watchdog).unwrap_err().kind(), ErrorKind::UnexpectedEof);
//!
//! host.accept_then(Ending::Silence, After::Sent(3));
//! assert_eq!(ask(server, patience).unwrap_err().kind(), ErrorKind::WouldBlock);
//!
//! host.echo();
//! assert_eq!(ask(server, watchdog)?, *b"hello");
//! # Ok(())
//! # }
//! # #[cfg(not(target_os = "linux"))]
//! # fn main() {}
//! ```
//!
//! # What it shows
//!
//! * A connection that takes too long is `TimedOut`, a receive that takes too long `WouldBlock`: the first is std's own
//!   error, the second POSIX's. Code that looks for one of them misses the other.
//! * std has no kind for a host that is down; the number says it, and [`Errno`](crate::Errno) reads that.
//! * A read timeout is for each call: a server that sends a byte now and then keeps such a client for ever. One that counts
//!   down to a deadline before each read ends.
//! * What a look-up said is text alone: a name that does not exist and a name server that fails have neither a kind nor a
//!   number.
