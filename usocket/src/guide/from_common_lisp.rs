//! Coming from Common Lisp's usocket.
//!
//! The table on the [crate's page](crate#from-common-lisps-names-to-these) has all 113 exported symbols,
//! and the documentation's search finds each that has an item here: type `wait-for-input` or
//! `SO_REUSEADDR`. This page has the ideas behind them.
//!
//! # Hosts and ports
//!
//! What `socket-connect` takes as two arguments is one [`Endpoint`](crate::Endpoint) here: text, or a
//! pair. A vector, an integer in host byte order and a string still are hosts.
//!
//! ```
//! use usocket::{TcpListener, ToEndpoint};
//! use usocket::address::{AUTO_PORT, WILDCARD_V6};
//!
//! let one = "127.0.0.1:8080".to_endpoint()?;
//! assert_eq!(("127.0.0.1", 8080).to_endpoint()?, one);
//! assert_eq!(([127, 0, 0, 1], 8080).to_endpoint()?, one);
//! assert_eq!((0x7f00_0001, 8080).to_endpoint()?, one);
//! // Port 70000 and host 300.1.2.3 are errors, and no other port and host.
//! assert!("300.1.2.3:80".to_endpoint().is_err() && "127.0.0.1:70000".to_endpoint().is_err());
//!
//! // `*wildcard-host*` and `*auto-port*`; it hears IPv4 and IPv6.
//! let listener = TcpListener::bind((WILDCARD_V6, AUTO_PORT))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A pathname as the host, for the Unix domain, is a type of its own:
//! [`UnixStream`](crate::UnixStream).
//!
//! # Keywords
//!
//! | there | here |
//! | --- | --- |
//! | `:timeout`, `:connection-timeout`, `:deadline` | [`ConnectOptions::connect`](crate::ConnectOptions::connect) takes a duration or an instant for all of it |
//! | `:read-timeout` | a deadline with each call, or [`set_read_timeout`](crate::TcpStream::set_read_timeout) |
//! | `:nodelay`, `:local-host`, `:local-port` | [`ConnectOptions`](crate::ConnectOptions); `nodelay` is off unless it is asked for |
//! | `:reuse-address`, `:backlog` | [`ListenOptions`](crate::ListenOptions); the backlog is 128 and not 5 |
//! | `:protocol :datagram` | [`UdpSocket`](crate::UdpSocket) |
//! | `:element-type` | none: sockets carry bytes; [`BufReader`](std::io::BufReader) and `read_line` make lines of them |
//!
//! # `with-…` forms
//!
//! A socket is closed where its owner goes out of scope, whether by the end of a block, by `?` or by a
//! panic. Nothing that was written is lost, for there is no buffer that it could stay in.
//!
//! ```
//! use std::io::{Read, Write};
//! use std::time::Duration;
//! use usocket::{TcpListener, TcpStream};
//!
//! // (with-socket-listener (listener "127.0.0.1" 0) …)
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! {
//!     // (with-client-socket (socket stream "127.0.0.1" port) …)
//!     let mut stream = TcpStream::connect(listener.local_addr()?)?;
//!     stream.write_all(b"hello")?;
//! } // closed here
//!
//! // (with-connected-socket (connection (socket-accept listener)) …)
//! let (mut connection, _peer) = listener.accept_deadline(Duration::from_secs(9))?;
//! let mut text = String::new();
//! connection.read_to_string(&mut text)?;
//! assert_eq!(text, "hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Conditions
//!
//! `handler-case` is `match`. All of what failed is in the [`Error`](crate::Error): there the slots
//! were lost on the way, here they are [`condition`](crate::Error::condition),
//! [`host`](crate::Error::host), [`peer`](crate::Error::peer), [`local`](crate::Error::local),
//! [`raw_os_error`](crate::Error::raw_os_error) and [`attempts`](crate::Error::attempts).
//!
//! ```
//! # #[cfg(target_os = "linux")]
//! # {
//! use std::time::Duration;
//! use usocket::{Class, Condition, TcpStream};
//!
//! # let reserved = usocket_testkit::discover::unused_port()?;
//! # let address = reserved.addr();
//! match TcpStream::connect_deadline(address, Duration::from_secs(5)) {
//!     Ok(_stream) => unreachable!("nobody listens"),
//!     Err(error) => match error.condition() {
//!         Condition::ConnectionRefused => println!("{error}"), // connect to 127.0.0.1:…: connection refused
//!         condition if condition.class() == Class::NameError => println!("check the name"),
//!         _ => return Err(error.into()),
//!     },
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `with-mapped-conditions` is not needed: every call of this crate gives these errors. Reading and
//! writing by [`Read`](std::io::Read) and [`Write`](std::io::Write) gives the system's own, as other
//! libraries do, and [`Condition::of`](crate::Condition::of) names any of them.
//!
//! # Restarts
//!
//! `use-other-host`, `use-other-port` and `retry` ask somebody what to do and go on. An error is a
//! value, so the asking is a closure, and the going on is a loop:
//!
//! ```
//! use std::time::Duration;
//! use usocket::{Disposition, Endpoint, Error, Host, Port, TcpListener, TcpStream, ToEndpoint};
//!
//! /// What somebody says who was told of the error.
//! enum Restart {
//!     Retry,
//!     UseOther(Endpoint),
//!     GiveUp,
//! }
//!
//! fn connect_somehow(
//!     endpoint: impl ToEndpoint,
//!     mut ask: impl FnMut(&Endpoint, &Error) -> Restart,
//! ) -> Result<TcpStream, Box<dyn std::error::Error>> {
//!     let mut endpoint = endpoint.to_endpoint()?;
//!     loop {
//!         let error = match TcpStream::connect_deadline(&endpoint, Duration::from_secs(5)) {
//!             Ok(stream) => return Ok(stream),
//!             Err(error) => error,
//!         };
//!         match ask(&endpoint, &error) {
//!             Restart::Retry => {}
//!             Restart::UseOther(other) => endpoint = other,
//!             Restart::GiveUp => return Err(error.into()),
//!         }
//!     }
//! }
//!
//! # #[cfg(target_os = "linux")]
//! # {
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let port = listener.local_addr()?.port();
//! # let reserved = usocket_testkit::discover::unused_port()?;
//! # let nobody_listens_here = reserved.addr();
//! let mut retries = 2;
//! let stream = connect_somehow(nobody_listens_here, |endpoint, error| {
//!     println!("{error}");
//!     if error.disposition() == Disposition::BackOff && retries > 0 {
//!         retries -= 1;
//!         return Restart::Retry; // after a pause, were this not an example
//!     }
//!     // Another port on the same host. A program for people would read a line here.
//!     match (endpoint.host(), endpoint.port()) {
//!         (Host::Addr(host), Port::Number(refused)) if *refused != port => {
//!             Restart::UseOther(Endpoint::from((*host, port)))
//!         }
//!         _ => Restart::GiveUp,
//!     }
//! })?;
//! assert_eq!(stream.peer_addr()?.port(), port);
//! assert_eq!(retries, 0);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! To try other addresses of the *same* host nothing is needed: a connect tries all of them.
//!
//! # Traps that are gone
//!
//! | there | here |
//! | --- | --- |
//! | a connect with a timeout calls everything a timeout | the condition is what happened, at once |
//! | unflushed output is lost by closing | there is none |
//! | a datagram longer than the buffer gives a size larger than the buffer | [`Datagram`](crate::Datagram) says that it was cut, and how long it was |
//! | `wait-for-input` forgets, aborts above descriptor 1023, or waits for ever at timeout 0 | [`WaitSet`](crate::WaitSet) does not |
//! | the write timeout is ignored | it is heeded, and a deadline is too |
//! | `socket-server` cannot be stopped | [`ServerHandle::stop`](crate::ServerHandle::stop) |
//! | `ip=` compares texts, and `dotted-quad-to-vector-quad` takes `300.1.2.3` | [`same_ip`](crate::address::same_ip) compares addresses, [`ToIpAddr`](crate::address::ToIpAddr) takes addresses |
//! | an option that a system lacks is silently ignored | it is [`Unsupported`](crate::Condition::Unsupported) |
