//! Deadlines and cancels: calls that end.
//!
//! Every call that can block has a form that ends: at a deadline, or when another thread calls it off.
//! Most are named for it, `recv_deadline` beside `recv`.
//!
//! # What can be given
//!
//! | given | the call ends |
//! | --- | --- |
//! | a [`Duration`](std::time::Duration) | that long from now |
//! | an [`Instant`](std::time::Instant) | then |
//! | [`Deadline::NEVER`](crate::Deadline::NEVER), `None` | when it is done |
//! | [`Duration::ZERO`](std::time::Duration::ZERO), or any time that has passed | at once, but what can be done at once is done |
//! | [`Duration::MAX`](std::time::Duration::MAX), or any time beyond the clock's | when it is done |
//! | `&cancel` | when somebody calls [`Cancel::cancel`](crate::Cancel::cancel) |
//! | [`cancel.or(…)`](crate::Cancel::or) | at whichever comes first |
//!
//! A call that ends so fails with [`Timeout`](crate::Condition::Timeout) or
//! [`Cancelled`](crate::Condition::Cancelled). Waiting is no failure: [`wait_for`](crate::wait_for)
//! gives nothing at its deadline.
//!
//! # One deadline for several calls
//!
//! A duration begins anew with each call. A [`Deadline`](crate::Deadline) is made once and handed on.
//!
//! ```
//! use std::time::Duration;
//! use usocket::{Deadline, Error, TcpListener, TcpStream};
//!
//! fn ask(address: std::net::SocketAddr, question: &[u8]) -> Result<[u8; 4], Error> {
//!     let deadline = Deadline::from(Duration::from_secs(5));
//!     let stream = TcpStream::connect_deadline(address, deadline)?;
//!     stream.write_all_deadline(question, deadline)?;
//!     let mut answer = [0; 4];
//!     stream.read_exact_deadline(&mut answer, deadline)?;
//!     Ok(answer)
//! }
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! let server = std::thread::spawn(move || -> Result<(), Error> {
//!     let (stream, _) = listener.accept_deadline(Duration::from_secs(9))?;
//!     let mut question = [0; 4];
//!     stream.read_exact_deadline(&mut question, Duration::from_secs(9))?;
//!     stream.write_all_deadline(b"pong", Duration::from_secs(9))
//! });
//! assert_eq!(&ask(address, b"ping")?, b"pong");
//! server.join().unwrap()?;
//! # Ok::<(), Error>(())
//! ```
//!
//! A function of your own takes `impl Into<Deadline>`, or `impl Into<Until<'a>>` to take a cancel too.
//! A part of the work can have less time: [`Deadline::earlier`](crate::Deadline::earlier).
//!
//! # Zero and the past: try once
//!
//! A server that checks its listener between other things gives no time at all. Whoever waits already
//! is accepted; so the last call of many under one deadline does not fail for being a moment late.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use usocket::{Condition, TcpListener, TcpStream};
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let error = listener.accept_deadline(Duration::ZERO).unwrap_err();
//! assert_eq!(error.condition(), Condition::Timeout);
//!
//! let _client = TcpStream::connect(listener.local_addr()?)?;
//! let long_ago = Instant::now();
//! listener.accept_deadline(long_ago)?;
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! To try once without an error when there is nothing, there are the calls in `try_…`.
//!
//! # How far it got
//!
//! The calls that transfer more than one system call can say how many bytes were done when they failed,
//! at a deadline or otherwise: what was received is in the buffer, and what was sent is gone.
//!
//! ```
//! use std::time::Duration;
//! use usocket::{Condition, TcpListener, TcpStream};
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let client = TcpStream::connect(listener.local_addr()?)?;
//! let (server, _) = listener.accept_deadline(Duration::from_secs(9))?;
//! server.send(b"abc")?;
//! drop(server);
//!
//! let mut buffer = [0; 8];
//! let error = client.read_exact_deadline(&mut buffer, Duration::from_secs(9)).unwrap_err();
//! assert_eq!(error.condition(), Condition::UnexpectedEof);
//! assert_eq!(error.bytes_done(), Some(3));
//! assert_eq!(&buffer[..3], b"abc");
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! # Another thread ends the call
//!
//! A [`Cancel`](crate::Cancel) is a switch that stays thrown: for "stop", not for "look again", for
//! which there is [`Waker`](crate::Waker).
//!
//! ```
//! use std::time::Duration;
//! use usocket::{Cancel, Condition, TcpListener};
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let stop = Cancel::new()?;
//!
//! std::thread::scope(|scope| {
//!     let accepting = scope.spawn(|| loop {
//!         match listener.accept_deadline(stop.or(Duration::from_secs(60))) {
//!             Ok((_stream, peer)) => println!("{peer}"),
//!             Err(error) => return error.condition(),
//!         }
//!     });
//!     stop.cancel();
//!     assert_eq!(accepting.join().unwrap(), Condition::Cancelled);
//! });
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! # Timeouts
//!
//! `set_read_timeout` and `set_write_timeout` are there, as in std, for code that knows only
//! [`Read`](std::io::Read) and [`Write`](std::io::Write). They limit one system call each, and a peer
//! that sends a byte now and then never lets them expire. A call with a deadline does not heed them.
