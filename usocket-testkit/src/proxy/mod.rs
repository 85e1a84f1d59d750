//! A proxy that is late, slow, broken or wrong, on purpose and to the byte.
//!
//! It stands between a client and a server, in the test's own process, on every system that has threads: nothing to
//! install, no privileges, no ports to choose. The client is given [`Proxy::addr`] instead of the server's address, and
//! neither needs to know.
//!
//! ```
//! use std::io::{ErrorKind, Read, Write};
//! use std::net::{TcpListener, TcpStream};
//! use std::time::Duration;
//! use usocket_testkit::proxy::{Ended, Plan, Proxy};
//!
//! let server = TcpListener::bind("127.0.0.1:0")?;
//! let proxy = Proxy::tcp(server.local_addr()?)?;
//! proxy.next(Plan::new().latency(Duration::from_millis(5)).to_client().reset_after(10))?;
//!
//! let mut client = TcpStream::connect(proxy.addr())?;
//! let (mut accepted, _) = server.accept()?;
//! accepted.write_all(b"a long answer that never gets here")?;
//!
//! let mut begun = [0; 10];
//! client.read_exact(&mut begun)?;
//! assert_eq!(&begun, b"a long ans");
//! assert_eq!(client.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
//!
//! let ended = proxy.ended(1, Duration::from_secs(10))?;
//! assert_eq!(ended[0].ended(), Some(Ended::ResetByPlan));
//! assert_eq!(ended[0].to_client().sent, 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it is told
//!
//! A [`Plan`] says what happens to a connection, in each direction. There are three ways to hand one over:
//!
//! | | holds for |
//! | --- | --- |
//! | [`Proxy::next`] | the next connection, and only that; again for the one after it |
//! | [`Proxy::plan`], [`Proxy::now`] | all others, those that stand included, from now on |
//! | [`Plan::then`] | the same connection, from a moment on |
//!
//! A server that is well for its first two clients and then hangs:
//!
//! ```
//! # use usocket_testkit::proxy::{Plan, Proxy};
//! # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let proxy = Proxy::tcp(server.local_addr()?)?.plan(Plan::new().silent())?;
//! proxy.next(Plan::new())?;
//! proxy.next(Plan::new())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One that is restarted in the middle of a test:
//!
//! ```
//! # use std::net::TcpStream;
//! # use usocket_testkit::proxy::{Plan, Proxy};
//! # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let proxy = Proxy::tcp(server.local_addr()?)?;
//! proxy.now(Plan::new().reset_after(0))?; // all that stand are cut
//! proxy.now(Plan::refuse())?; // nobody is there
//! assert!(TcpStream::connect(proxy.addr()).is_err());
//! proxy.now(Plan::new())?; // and it is back
//! assert!(TcpStream::connect(proxy.addr()).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it never does
//!
//! * It loses and changes nothing that it was not told to lose or change, and keeps every stream in order.
//! * It closes one direction where one end has closed one: a client that has said all it has to say still gets its
//!   answer.
//! * It keeps little: a stream's sender is slowed down by a receiver that is slow, as without a proxy. Datagrams are
//!   lost by the system where a receiver is too slow for them, as they are without.
//! * It outlives nothing: when it is dropped, its sockets are closed and its threads have ended.
//!
//! # What it cannot do
//!
//! It sees a connection when the system has accepted it, and datagrams when the system has received them. What goes
//! wrong before that, unreachable hosts, errors of `accept`, packets lost below TCP, is for
//! [`provoke()`](crate::provoke()) and for a lab.

mod connection;
mod control;
mod datagrams;
mod door;
mod error;
mod handle;
mod line;
mod plan;
mod pump;
mod report;
mod streams;

pub use error::ProxyError;
pub use handle::Proxy;
pub use plan::Plan;
pub use report::{Connection, Direction, Ended, Traffic};
