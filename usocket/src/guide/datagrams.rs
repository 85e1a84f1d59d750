//! Datagrams: UDP without surprises.
//!
//! # One that does not fit
//!
//! A datagram that is longer than the buffer is cut, and the rest of it is gone. std does not tell.
//! [`Datagram`](crate::Datagram) does, on every system, and on Linux also how long it was.
//!
//! ```
//! use std::time::Duration;
//! use usocket::UdpSocket;
//!
//! let socket = UdpSocket::bind("127.0.0.1:0")?;
//! socket.send_to(b"rather long", socket.local_addr()?)?;
//!
//! let mut buffer = [0; 6];
//! let got = socket.recv_from_deadline(&mut buffer, Duration::from_secs(9))?;
//! assert_eq!(&buffer[..got.len], b"rather");
//! assert!(got.truncated);
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! A datagram may have no bytes at all. It is one all the same, with the length 0, and no end of
//! anything.
//!
//! # Sizes
//!
//! | bytes | what for |
//! | --- | --- |
//! | 65 535 | a buffer that holds every datagram |
//! | [`MAX_DATAGRAM`](crate::MAX_DATAGRAM), 65 507 | the most that can be sent over IPv4; more is [`MessageTooLong`](crate::Condition::MessageTooLong) |
//! | 1 472 | what fits into one packet on an Ethernet, with IPv4; 1 452 with IPv6 |
//! | 1 232 | what fits into one packet on every network that carries IPv6 (RFC 8200, section 5) |
//!
//! What is longer than a packet is sent in pieces, and is lost if one of them is.
//!
//! # A peer, or none
//!
//! | | without a peer | after [`connect`](crate::UdpSocket::connect) |
//! | --- | --- | --- |
//! | sending | [`send_to`](crate::UdpSocket::send_to) an address | [`send`](crate::UdpSocket::send) |
//! | receiving | from everybody | from the peer only |
//! | nobody listens at the other end | nobody hears of it | [`ConnectionRefused`](crate::Condition::ConnectionRefused) from the next call |
//!
//! To connect sends nothing. So the answer of the network comes with a later call, a receive or the
//! next send, and is about an earlier datagram.
//!
//! ```
//! # #[cfg(target_os = "linux")]
//! # {
//! use std::time::Duration;
//! use usocket::{Condition, UdpSocket};
//! use usocket_testkit::{Operation, Protocol, provoke};
//!
//! // A port that is reserved, and refuses.
//! let nobody = provoke(Condition::ConnectionRefused)
//!     .on(Operation::Receive)
//!     .over(Protocol::Udp4)
//!     .ready()?;
//!
//! let socket = UdpSocket::bind("127.0.0.1:0")?;
//! socket.connect(nobody.addr())?;
//! socket.send(b"anybody there?")?;
//! let error = socket.recv_deadline(&mut [0; 16], Duration::from_secs(9)).unwrap_err();
//! assert_eq!(error.condition(), Condition::ConnectionRefused);
//! assert_eq!(error.peer(), Some(nobody.addr()));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A socket without a peer never fails to receive because of what some peer did; on Windows the system
//! would have it so, and this crate goes on in its place.
//!
//! # Asking and being answered
//!
//! Datagrams get lost, in both directions. So a question is asked again, each time with a part of the
//! time, and the answer is taken from the one who was asked.
//!
//! ```
//! use std::time::Duration;
//! use usocket::{Deadline, Error, UdpSocket};
//!
//! fn ask(
//!     server: std::net::SocketAddr,
//!     question: &[u8],
//!     deadline: Deadline,
//! ) -> Result<Vec<u8>, Error> {
//!     let socket = UdpSocket::bind(if server.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" })?;
//!     socket.connect(server)?;
//!     let mut buffer = [0; 1232];
//!     loop {
//!         socket.send(question)?;
//!         let part = deadline.earlier(Duration::from_millis(500));
//!         match socket.recv_deadline(&mut buffer, part) {
//!             Ok(got) => return Ok(buffer[..got.len].to_vec()),
//!             Err(error) if error.is_timeout() && !deadline.has_passed() => continue,
//!             Err(error) => return Err(error),
//!         }
//!     }
//! }
//!
//! let server = UdpSocket::bind("127.0.0.1:0")?;
//! let address = server.local_addr()?;
//! let thread = std::thread::spawn(move || -> Result<UdpSocket, Error> {
//!     let mut buffer = [0; 1232];
//!     let got = server.recv_from_deadline(&mut buffer, Duration::from_secs(9))?;
//!     server.send_to(&buffer[..got.len], got.peer)?;
//!     Ok(server)
//! });
//! assert_eq!(ask(address, b"ping", Deadline::from(Duration::from_secs(9)))?, b"ping");
//! thread.join().unwrap()?;
//! # Ok::<(), Error>(())
//! ```
//!
//! For the other side, [`DatagramServer`](crate::DatagramServer) answers each datagram by a closure.
