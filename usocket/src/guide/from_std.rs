//! Coming from `std::net`.
//!
//! # The same
//!
//! [`TcpStream`], [`TcpListener`] and [`UdpSocket`] are std's types with something around them. They
//! read, write, block and close as std's do, have the same options under nearly the same names, and
//! are closed on exec. [`Read`](std::io::Read) and [`Write`](std::io::Write) give the system's
//! [`io::Error`](std::io::Error) untouched.
//!
//! # Step by step
//!
//! Nothing has to be changed at once. Each step below is of use without the next.
//!
//! **1. Keep std's sockets, and name what went wrong.** [`Condition::of`] understands any
//! [`io::Error`](std::io::Error), and tells apart what [`ErrorKind`](std::io::ErrorKind) cannot.
//!
//! ```
//! use usocket::{Condition, Disposition, Operation};
//!
//! let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
//! let error = socket.send(b"to whom?").unwrap_err();
//! // std has no stable kind for this.
//! assert_eq!(Condition::of(&error, Operation::Send), Condition::DestinationRequired);
//!
//! // After accept: go on at once, wait, or give up?
//! let error = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
//! let condition = Condition::of(&error, Operation::Accept);
//! assert_eq!(Disposition::of(condition, Operation::Accept), Disposition::RetryNow);
//! # std::io::Result::Ok(())
//! ```
//!
//! **2. Wrap a socket that you have.** `From` goes both ways, and costs nothing.
//!
//! ```
//! use std::time::Duration;
//! use usocket::Condition;
//!
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let listener = usocket::TcpListener::from(listener);
//! let error = listener.accept_deadline(Duration::from_millis(5)).unwrap_err();
//! assert_eq!(error.condition(), Condition::Timeout);
//!
//! let listener: std::net::TcpListener = listener.into();
//! # std::io::Result::Ok(())
//! ```
//!
//! **3. Connect and bind with this crate.** One deadline covers the look-up, every address and the
//! hand-shake, and the error says what was tried.
//!
//! ```
//! use std::time::Duration;
//! use usocket::{ConnectOptions, ListenOptions};
//!
//! let listener = ListenOptions::new().backlog(1024).bind("localhost:0")?;
//! let address = listener.local_addr()?;
//! let stream = ConnectOptions::new().nodelay(true).connect(address, Duration::from_secs(5))?;
//! assert!(stream.nodelay()?);
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! **4. Replace timeouts by deadlines.** A timeout is for one system call; a reply that comes byte by
//! byte can make a call with a timeout of a second last for an hour. A deadline is for the whole:
//! [`guide::deadlines`](super::deadlines).
//!
//! ```
//! use std::time::Duration;
//! # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
//! # let stream = usocket::TcpStream::connect(listener.local_addr()?)?;
//! # let (peer, _) = listener.accept_deadline(Duration::from_secs(9))?;
//! # peer.send(b"HTTP/1.1")?;
//!
//! let mut version = [0; 8];
//! stream.read_exact_deadline(&mut version, Duration::from_secs(5))?;
//! assert_eq!(&version, b"HTTP/1.1");
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! **5. Let functions return [`Error`].** In one that returns [`io::Error`](std::io::Error), `?`
//! converts, and what was in it can be had back.
//!
//! ```
//! use std::io;
//! use usocket::{Condition, Error, TcpStream};
//!
//! fn greet(address: std::net::SocketAddr) -> io::Result<()> {
//!     TcpStream::connect(address)?.send(b"hello")?;
//!     Ok(())
//! }
//!
//! // Nobody listens on a port that is only reserved.
//! # #[cfg(target_os = "linux")]
//! # {
//! let reserved = usocket_testkit::discover::unused_port()?;
//! let error = greet(reserved.addr()).unwrap_err();
//! assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
//! assert_eq!(error.downcast::<Error>()?.condition(), Condition::ConnectionRefused);
//! # }
//! # std::io::Result::Ok(())
//! ```
//!
//! **6. Hand a socket to a runtime.** Connect here, then give the socket away.
//!
//! ```
//! let socket = usocket::UdpSocket::bind("127.0.0.1:0")?;
//! socket.set_nonblocking(true)?;
//! let socket: std::net::UdpSocket = socket.into_std();
//! // tokio::net::UdpSocket::from_std(socket)
//! # std::io::Result::Ok(())
//! ```
//!
//! # Call by call
//!
//! | std | here | what differs |
//! | --- | --- | --- |
//! | `TcpStream::connect("host:80")` | [`TcpStream::connect`] | all addresses are raced; the error knows each |
//! | `TcpStream::connect_timeout(&address, t)` | [`TcpStream::connect_deadline`] | takes names; zero is legal |
//! | `TcpListener::bind("[::]:80")` | [`TcpListener::bind`] | hears IPv4 too, on every system: [`Ipv6Mode`](crate::Ipv6Mode) |
//! | (nothing) | [`ListenOptions`](crate::ListenOptions) | backlog, reuse, exclusive |
//! | `listener.accept()` | [`TcpListener::accept`] | the same |
//! | (nothing) | [`TcpListener::accept_deadline`], [`TcpListener::try_accept`] | in time; without blocking |
//! | `listener.incoming()` | [`TcpListener::incoming`] | errors have a [`Disposition`](crate::Disposition) |
//! | `stream.read(…)`, `stream.write(…)` | the same, by `Read` and `Write` | an expired timeout is always `TimedOut` |
//! | (nothing) | [`TcpStream::recv`], [`TcpStream::send`] | the same with this crate's error |
//! | `stream.read_exact(…)` | [`TcpStream::read_exact_deadline`] | says how much it got: [`Error::bytes_done`](crate::Error::bytes_done) |
//! | `stream.write_all(…)` | [`TcpStream::write_all_deadline`] | says how much it sent |
//! | `stream.set_read_timeout(…)` | [`TcpStream::set_read_timeout`] | heeded by plain calls only |
//! | `stream.shutdown(how)` | [`TcpStream::shutdown`] | after the peer has left, it is no error |
//! | `drop(stream)` | the same, or [`TcpStream::close`], [`TcpStream::abort`] | waits for delivery; resets |
//! | `socket.recv_from(…)` | [`UdpSocket::recv_from`] | says whether the datagram was cut: [`Datagram`](crate::Datagram) |
//! | `socket.send_to(…)` | [`UdpSocket::send_to`] | the same |
//! | `"host:80".to_socket_addrs()` | [`resolve::lookup`](crate::resolve::lookup) | a deadline; failures told apart |
//! | (nothing) | [`wait_for`](crate::wait_for), [`WaitSet`](crate::WaitSet) | many sockets, one thread |
//! | (nothing) | [`Cancel`](crate::Cancel) | another thread ends the call |
//!
//! # What may surprise
//!
//! * A listener on `[::]` hears both families on every system. std leaves that to the system:
//!   [`Ipv6Mode::System`](crate::Ipv6Mode::System) does too.
//! * [`TcpListener`] is non-blocking underneath, so that no call outlives its deadline. std's type gets
//!   the mode back that was asked for.
//! * A connect to a port of this machine on which nobody listens can connect the socket to itself. std
//!   gives that connection; here it is refused.
//! * `0.0.0.0:70000` and `localhost` without a port are errors that point at the mistake, as
//!   [`InvalidArgument`](crate::Condition::InvalidArgument).
//!
//! [`TcpStream`]: crate::TcpStream
//! [`TcpStream::connect`]: crate::TcpStream::connect
//! [`TcpStream::connect_deadline`]: crate::TcpStream::connect_deadline
//! [`TcpStream::recv`]: crate::TcpStream::recv
//! [`TcpStream::send`]: crate::TcpStream::send
//! [`TcpStream::read_exact_deadline`]: crate::TcpStream::read_exact_deadline
//! [`TcpStream::write_all_deadline`]: crate::TcpStream::write_all_deadline
//! [`TcpStream::set_read_timeout`]: crate::TcpStream::set_read_timeout
//! [`TcpStream::shutdown`]: crate::TcpStream::shutdown
//! [`TcpStream::close`]: crate::TcpStream::close
//! [`TcpStream::abort`]: crate::TcpStream::abort
//! [`TcpListener`]: crate::TcpListener
//! [`TcpListener::bind`]: crate::TcpListener::bind
//! [`TcpListener::accept`]: crate::TcpListener::accept
//! [`TcpListener::accept_deadline`]: crate::TcpListener::accept_deadline
//! [`TcpListener::try_accept`]: crate::TcpListener::try_accept
//! [`TcpListener::incoming`]: crate::TcpListener::incoming
//! [`UdpSocket`]: crate::UdpSocket
//! [`UdpSocket::recv_from`]: crate::UdpSocket::recv_from
//! [`UdpSocket::send_to`]: crate::UdpSocket::send_to
//! [`Condition::of`]: crate::Condition::of
//! [`Error`]: crate::Error
