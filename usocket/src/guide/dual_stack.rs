//! IPv6 and IPv4 at once.
//!
//! # Connecting
//!
//! A name is looked up once, and all of its addresses are tried: in the system's order (RFC 6724), with
//! the families taking turns, each next one 250 ms after the last or as soon as one has failed, until
//! the first connects (RFC 8305). So a network whose IPv6 is broken costs a quarter of a second, and
//! one that refuses costs nothing.
//!
//! ```
//! use std::time::Duration;
//! use usocket::{ConnectOptions, TcpListener};
//!
//! // It listens on IPv4 alone; where the system says `::1` first, the race goes on to `127.0.0.1`.
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let port = listener.local_addr()?.port();
//! let stream = ConnectOptions::new().connect(("localhost", port), Duration::from_secs(9))?;
//! assert_eq!(stream.peer_addr()?.port(), port);
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! [`attempt_delay`](crate::ConnectOptions::attempt_delay) changes the delay, or switches the race off.
//! [`local`](crate::ConnectOptions::local) keeps to one family, that of the local address. To keep to
//! one without that, look the name up for it:
//!
//! ```
//! use std::time::Duration;
//! use usocket::resolve::{self, Family, Query};
//!
//! let query = Query::new("localhost:80")?.family(Family::V4);
//! let lookup = resolve::lookup(query, Duration::from_secs(9))?;
//! assert!(lookup.iter().all(|address| address.is_ipv4()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Listening
//!
//! What a listener on `[::]` does about IPv4 differs from system to system and from set-up to set-up.
//! Here it is said: [`Ipv6Mode`](crate::Ipv6Mode).
//!
//! | mode | a listener on `[::]` |
//! | --- | --- |
//! | [`DualStack`](crate::Ipv6Mode::DualStack), the default | hears both |
//! | [`Ipv6Only`](crate::Ipv6Mode::Ipv6Only) | hears IPv6; another can have `0.0.0.0` and the same port |
//! | [`System`](crate::Ipv6Mode::System) | does what the system is set up for, as std's |
//!
//! ```
//! use std::time::Duration;
//! use usocket::{Condition, Ipv6Mode, ListenOptions, TcpListener, TcpStream};
//!
//! let both = TcpListener::bind("[::]:0")?;
//! let port = both.local_addr()?.port();
//! for host in ["127.0.0.1", "::1"] {
//!     let _client = TcpStream::connect_deadline((host, port), Duration::from_secs(9))?;
//!     both.accept_deadline(Duration::from_secs(9))?;
//! }
//!
//! // Two listeners that share a port, one for each family.
//! let six = ListenOptions::new().ipv6(Ipv6Mode::Ipv6Only).bind("[::]:0")?;
//! match TcpListener::bind(("0.0.0.0", six.local_addr()?.port())) {
//!     Ok(_four) => {}
//!     // Another program has this port in IPv4.
//!     Err(error) => assert_eq!(error.condition(), Condition::AddressInUse),
//! }
//! # Ok::<(), usocket::Error>(())
//! ```
//!
//! Where there is no IPv6 at all, `[::]` fails with
//! [`AddressFamilyNotSupported`](crate::Condition::AddressFamilyNotSupported) or
//! [`AddressNotAvailable`](crate::Condition::AddressNotAvailable). A server that must run everywhere
//! falls back:
//!
//! ```
//! use usocket::{Condition, Error, TcpListener};
//!
//! fn listen(port: u16) -> Result<TcpListener, Error> {
//!     TcpListener::bind(("::", port)).or_else(|error| match error.condition() {
//!         Condition::AddressFamilyNotSupported | Condition::AddressNotAvailable => {
//!             TcpListener::bind(("0.0.0.0", port))
//!         }
//!         _ => Err(error),
//!     })
//! }
//!
//! assert_ne!(listen(0)?.local_addr()?.port(), 0);
//! # Ok::<(), Error>(())
//! ```
//!
//! # `localhost`
//!
//! It is two addresses on most systems, `::1` and `127.0.0.1`. [`TcpListener::bind`](crate::TcpListener::bind)
//! takes the first that works, and so hears one of them; connecting tries both. To hear both, bind two
//! listeners and [wait for them together](super::waiting).
//!
//! # Mapped addresses
//!
//! The IPv4 peers of a listener for both have addresses such as `::ffff:192.0.2.1`. Before comparing
//! them with anything, or writing them down, take the clothes off:
//!
//! ```
//! use std::time::Duration;
//! use usocket::address::same_ip;
//! use usocket::{TcpListener, TcpStream};
//!
//! let listener = TcpListener::bind("[::]:0")?;
//! let port = listener.local_addr()?.port();
//! let _client = TcpStream::connect_deadline(("127.0.0.1", port), Duration::from_secs(9))?;
//! let (_stream, peer) = listener.accept_deadline(Duration::from_secs(9))?;
//!
//! assert_eq!(peer.ip().to_string(), "::ffff:127.0.0.1");
//! assert_eq!(peer.ip().to_canonical().to_string(), "127.0.0.1");
//! assert!(same_ip(peer.ip(), "127.0.0.1")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Zones
//!
//! An address such as `fe80::1` means something on one interface only. The interface stands behind a
//! `%`, by name or number, inside the brackets: `[fe80::1%eth0]:80`. An
//! [`Endpoint`](crate::Endpoint) keeps it; the number comes from the system, and no name server is
//! asked.
