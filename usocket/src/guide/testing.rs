//! Testing code that uses sockets.
//!
//! The crate `usocket-testkit` is for the tests of any crate; nothing of this one has to be used there.
//!
//! ```toml
//! [dev-dependencies]
//! usocket-testkit = "0.1"
//! ```
//!
//! # Ports
//!
//! Never write a port's number into a test, and never look for a free one, let it go and hope. A server
//! under test binds port 0 and says what it got. Where nobody must listen, lease a port: it refuses
//! for as long as the lease lives, and nobody else can take it.
//!
//! ```
//! # #[cfg(target_os = "linux")]
//! # {
//! use std::time::Duration;
//! use usocket::{Condition, TcpListener, TcpStream};
//! use usocket_testkit::discover;
//!
//! let lease = discover::unused_port()?;
//! let error = TcpStream::connect_deadline(lease.addr(), Duration::from_secs(9)).unwrap_err();
//! assert_eq!(error.condition(), Condition::ConnectionRefused);
//!
//! // The server comes up at last.
//! let listener = TcpListener::bind(lease.addr())?;
//! TcpStream::connect_deadline(lease.addr(), Duration::from_secs(9))?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Errors on demand
//!
//! `provoke` sets a scene in which an error happens for sure, by the system itself. A scene is an
//! address to use, or a peer that strikes when it is told to.
//!
//! ```
//! # #[cfg(target_os = "linux")]
//! # {
//! use std::time::Duration;
//! use usocket::{Disposition, TcpStream};
//! use usocket_testkit::{Condition, Operation, provoke};
//!
//! // A host that never answers.
//! let scene = provoke(Condition::Timeout).on(Operation::Connect).ready()?;
//! let error = TcpStream::connect_deadline(scene.addr(), Duration::from_millis(20)).unwrap_err();
//! assert!(error.is_timeout());
//!
//! // A peer that resets the connection in the middle.
//! let scene = provoke(Condition::ConnectionReset).on(Operation::Receive).ready()?;
//! let stream = TcpStream::connect_deadline(scene.addr(), Duration::from_secs(9))?;
//! scene.strike(&stream)?;
//! let error = stream.recv_deadline(&mut [0; 16], Duration::from_secs(9)).unwrap_err();
//! assert_eq!(error.condition(), Condition::ConnectionReset);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What has no recipe on a system says so: a `Scene`, or an
//! `Unavailable` with the reason.
//!
//! # A network of the test's own
//!
//! Some errors need other hosts. On Linux a *lab* has them: a private network for one test, without root, whose hosts
//! answer what the test says and can be told something else while it runs.
//!
//! ```
//! usocket_testkit::lab_main!(); // once per test file
//!
//! # #[cfg(target_os = "linux")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use usocket::{Condition, TcpStream};
//! use usocket_testkit::Lab;
//!
//! let lab = Lab::new()?;
//! let six = lab.host("fd77::9").silent();
//! let four = lab.host("10.77.1.9").echo();
//! lab.names().add("both.test", [six.ip(), four.ip()]);
//!
//! // IPv6 does not answer, so IPv4 wins the race.
//! let stream = TcpStream::connect_deadline("both.test:7", Duration::from_secs(9))?;
//! assert_eq!(stream.peer_addr()?, four.addr(7));
//!
//! four.icmp(3, 1);
//! let error = TcpStream::connect_deadline(four.addr(7), Duration::from_secs(9)).unwrap_err();
//! assert_eq!(error.condition(), Condition::HostUnreachable);
//! # Ok(())
//! # }
//! # #[cfg(not(target_os = "linux"))]
//! # fn main() {}
//! ```
//!
//! # Names
//!
//! A test must not ask the network for names. Give the code under test a
//! [`Resolver`](crate::resolve::Resolver) that knows its own:
//!
//! ```
//! use std::net::SocketAddr;
//! use std::time::Duration;
//! use usocket::resolve::{Lookup, Query, Resolver};
//! use usocket::{Condition, ConnectOptions, Deadline, Error, Host, Operation, TcpListener};
//!
//! #[derive(Clone)]
//! struct Names(Vec<(&'static str, SocketAddr)>);
//!
//! impl Resolver for Names {
//!     fn resolve(&self, query: &Query, _: Deadline) -> Result<Lookup, Error> {
//!         let of_host = |(name, _): &&(&str, SocketAddr)| query.host == Host::Name((*name).into());
//!         let found: Lookup = self.0.iter().filter(of_host).map(|(_, address)| *address).collect();
//!         match found.first() {
//!             Some(_) => Ok(found),
//!             None => Err(Error::new(Operation::Lookup, Condition::HostNotFound)),
//!         }
//!     }
//! }
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let names = Names(vec![("db.test", listener.local_addr()?)]);
//! let connect = |to| ConnectOptions::new().connect_by(&names, to, Duration::from_secs(9));
//!
//! connect("db.test:5432")?;
//! assert_eq!(connect("no.test:5432").unwrap_err().condition(), Condition::HostNotFound);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Time
//!
//! * Give every call that can block a deadline, generous as a watchdog: a test that hangs never says
//!   where.
//! * Wait for events, not for time: a deadline ends a wait that succeeds at once.
//! * Let time have lower bounds only; a busy machine breaks every upper one.
