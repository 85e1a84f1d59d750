//! Servers that can be stopped.
//!
//! # Streams
//!
//! A [`Server`](crate::Server) accepts and calls a closure for each connection, in a thread of its own.
//! It goes on whatever happens to one of them.
//!
//! ```
//! use std::io::{BufRead, BufReader, Write};
//! use std::time::Duration;
//! use usocket::{Server, TcpStream};
//!
//! let server = Server::bind("127.0.0.1:0")?.max_connections(64).spawn(|mut stream, peer| {
//!     stream.set_read_timeout(Some(Duration::from_secs(30)))?;
//!     for line in BufReader::new(stream).lines() {
//!         writeln!(stream, "{}: {}", peer.ip(), line?)?;
//!     }
//!     std::io::Result::Ok(())
//! })?;
//!
//! let mut client = TcpStream::connect(server.local_addr())?;
//! client.set_read_timeout(Some(Duration::from_secs(9)))?;
//! writeln!(client, "hello")?;
//! let mut answer = String::new();
//! BufReader::new(&client).read_line(&mut answer)?;
//! assert_eq!(answer, "127.0.0.1: hello\n");
//! drop(client);
//!
//! // No new connections; those that are there get the end of their stream; whoever stays is cut off.
//! let report = server.stop(Duration::from_secs(5));
//! assert!(report.is_clean());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A peer that connects and says nothing holds a thread and a place until the handler gives up: set a
//! read timeout, or use deadlines. For thousands of connections that are mostly idle,
//! [`spawn_pool`](crate::Server::spawn_pool) has a few threads for all of them.
//!
//! # Datagrams
//!
//! A [`DatagramServer`](crate::DatagramServer) gives each datagram to a closure, and what that returns
//! is the answer.
//!
//! ```
//! use std::convert::Infallible;
//! use std::time::Duration;
//! use usocket::{DatagramServer, UdpSocket};
//!
//! let server = DatagramServer::bind("127.0.0.1:0")?
//!     .spawn(|bytes, _peer| Ok::<_, Infallible>(Some(bytes.to_ascii_uppercase())))?;
//!
//! let client = UdpSocket::bind("127.0.0.1:0")?;
//! client.connect(server.local_addr())?;
//! client.send(b"hello")?;
//! let mut buffer = [0; 16];
//! let got = client.recv_deadline(&mut buffer, Duration::from_secs(9))?;
//! assert_eq!(&buffer[..got.len], b"HELLO");
//! # server.stop(Duration::from_secs(5));
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! # What goes wrong, and who hears of it
//!
//! | what | what the server does | [`ServerEvent`](crate::ServerEvent) |
//! | --- | --- | --- |
//! | a handler gives an error | closes the connection | [`HandlerFailed`](crate::ServerEvent::HandlerFailed) |
//! | a handler panics | closes the connection | [`HandlerPanicked`](crate::ServerEvent::HandlerPanicked) |
//! | a connection dies before it is accepted | accepts the next | [`AcceptFailed`](crate::ServerEvent::AcceptFailed) |
//! | no descriptor is left | pauses, tries again | [`AcceptFailed`](crate::ServerEvent::AcceptFailed) |
//! | too many are connected | leaves the others to the backlog | [`LimitReached`](crate::ServerEvent::LimitReached) |
//! | the listener is of no use any more | ends | [`AcceptFailed`](crate::ServerEvent::AcceptFailed) without a retry |
//!
//! Nothing is printed: give [`on_event`](crate::Server::on_event) a closure that logs.
//!
//! # A loop of your own
//!
//! Where a server with threads is not what is wanted, this is the loop around accept. Which errors end
//! it says [`Disposition`](crate::Disposition), and [`Cancel`](crate::Cancel) stops it.
//!
//! ```
//! use std::time::Duration;
//! use usocket::{Cancel, Condition, Disposition, Error, TcpListener, TcpStream};
//!
//! fn accept_all(
//!     listener: &TcpListener,
//!     stop: &Cancel,
//!     mut serve: impl FnMut(TcpStream),
//! ) -> Result<(), Error> {
//!     loop {
//!         let error = match listener.accept_deadline(stop) {
//!             Ok((stream, _peer)) => {
//!                 serve(stream);
//!                 continue;
//!             }
//!             Err(error) if error.condition() == Condition::Cancelled => return Ok(()),
//!             Err(error) => error,
//!         };
//!         match error.disposition() {
//!             Disposition::RetryNow => {}
//!             Disposition::BackOff => std::thread::sleep(Duration::from_millis(50)),
//!             Disposition::Fatal => return Err(error),
//!         }
//!     }
//! }
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let _client = TcpStream::connect(listener.local_addr()?)?;
//! let stop = Cancel::new()?;
//! let mut served = 0;
//! accept_all(&listener, &stop, |_stream| {
//!     served += 1;
//!     stop.cancel();
//! })?;
//! assert_eq!(served, 1);
//! # Ok::<(), Error>(())
//! ```
