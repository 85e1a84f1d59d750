//! Errors, and what to do about each.
//!
//! Every [`Error`](crate::Error) answers three questions:
//!
//! | question | answer |
//! | --- | --- |
//! | What was wrong? | [`condition`](crate::Error::condition), the same on every system |
//! | With what, and with whom? | [`operation`](crate::Error::operation), [`host`](crate::Error::host), [`peer`](crate::Error::peer), [`local`](crate::Error::local), [`attempts`](crate::Error::attempts), [`raw_os_error`](crate::Error::raw_os_error) |
//! | What now? | [`disposition`](crate::Error::disposition): the same call again at once, after a while, or never |
//!
//! ```
//! # #[cfg(target_os = "linux")]
//! # {
//! use std::time::Duration;
//! use usocket::{Condition, Disposition, TcpStream};
//!
//! # let reserved = usocket_testkit::discover::unused_port()?;
//! # let address = reserved.addr();
//! let error = TcpStream::connect_deadline(address, Duration::from_secs(5)).unwrap_err();
//! assert_eq!(error.condition(), Condition::ConnectionRefused);
//! assert_eq!(error.peer(), Some(address));
//! // The server may be about to start.
//! assert_eq!(error.disposition(), Disposition::BackOff);
//! assert_eq!(error.to_string(), format!("connect to {address}: connection refused"));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A call that is made again
//!
//! [`Disposition`](crate::Disposition) depends on the operation: a refused connect can succeed later, a
//! refused datagram was an earlier one, and an accept that found a dead connection finds the next one
//! alive. A loop that retries needs no list of conditions.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use usocket::{Deadline, Disposition, Error};
//!
//! /// Makes the call until it succeeds, can never succeed, or the time is over.
//! fn again<T>(
//!     deadline: impl Into<Deadline>,
//!     mut call: impl FnMut(Deadline) -> Result<T, Error>,
//! ) -> Result<T, Error> {
//!     let deadline = deadline.into();
//!     let mut pause = Duration::from_millis(5);
//!     loop {
//!         let error = match call(deadline) {
//!             Ok(value) => return Ok(value),
//!             Err(error) if deadline.has_passed() => return Err(error),
//!             Err(error) => error,
//!         };
//!         match error.disposition() {
//!             Disposition::RetryNow => {}
//!             Disposition::BackOff => {
//!                 std::thread::sleep(deadline.remaining().unwrap_or(pause).min(pause));
//!                 pause = (pause * 2).min(Duration::from_secs(1));
//!             }
//!             Disposition::Fatal => return Err(error),
//!         }
//!     }
//! }
//!
//! # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
//! # let address = listener.local_addr()?;
//! let stream = again(Duration::from_secs(9), |deadline| {
//!     usocket::TcpStream::connect_deadline(address, deadline)
//! })?;
//! # Ok::<(), Error>(())
//! ```
//!
//! [`Server`](crate::Server) has such a loop around accept.
//!
//! # Every condition
//!
//! The last column is the disposition: what stands there for an operation, or for any, is worth another
//! try; everything else is fatal. The names of operations are those of
//! [`Operation::name`](crate::Operation::name).
//!
//! ## The classic twenty
//!
//! | condition | what it means, and when it happens | what to do | again |
//! | --- | --- | --- | --- |
//! | [`AddressInUse`](crate::Condition::AddressInUse) | another socket has the local address; connect, from a chosen port: this very connection exists already | listen on port 0 or end the other program; on Unix [`reuse_address`](crate::ListenOptions::reuse_address) is on already | bind, listen: back off |
//! | [`AddressNotAvailable`](crate::Condition::AddressNotAvailable) | the address is none of this machine's; connect: no local port is left | look at the address; close connections | connect, send-to: back off |
//! | [`BadFileDescriptor`](crate::Condition::BadFileDescriptor) | the descriptor was closed by somebody else, or is not open for this | find who closes it: this is a mistake in the program | |
//! | [`ConnectionRefused`](crate::Condition::ConnectionRefused) | the host is there and nobody listens; of datagrams, an earlier one was refused | start the server, or try later | connect, send-to: back off; receive-from: retry now |
//! | [`ConnectionAborted`](crate::Condition::ConnectionAborted) | this system gave the connection up; accept: the peer left before it was accepted | connect anew; accept the next | connect, send-to: back off; accept: retry now |
//! | [`ConnectionReset`](crate::Condition::ConnectionReset) | the peer crashed, or closed without reading everything | connect anew; say again what was not answered | connect, send-to: back off; accept, receive-from: retry now |
//! | [`InvalidArgument`](crate::Condition::InvalidArgument) | the call makes no sense so; a text is no endpoint | read the [source](std::error::Error::source), which points at the mistake | |
//! | [`NoBuffers`](crate::Condition::NoBuffers) | the system has no room for it now | wait | any: back off |
//! | [`OperationNotSupported`](crate::Condition::OperationNotSupported) | this kind of socket cannot do this | use another kind | |
//! | [`OperationNotPermitted`](crate::Condition::OperationNotPermitted) | a firewall, a privileged port, or a broadcast without the option | change the rule, the port, or set [`broadcast`](crate::UdpOptions::broadcast) | accept: retry now |
//! | [`ProtocolNotSupported`](crate::Condition::ProtocolNotSupported) | the system lacks the protocol | use another | |
//! | [`SocketTypeNotSupported`](crate::Condition::SocketTypeNotSupported) | the family has no such type of socket; in the Unix domain, the peer's is of another type | use the type of the peer | |
//! | [`NetworkUnreachable`](crate::Condition::NetworkUnreachable) | no route leads there, often none of IPv6 | try another family, or when the network is back | connect, send-to: back off; accept, receive-from: retry now |
//! | [`NetworkDown`](crate::Condition::NetworkDown) | the interface is down | try when it is up | connect, send-to, receive-from: back off; accept: retry now |
//! | [`NetworkReset`](crate::Condition::NetworkReset) | keep-alive found the connection dead, or the network was reset | connect anew | connect, send-to: back off; accept, receive-from: retry now |
//! | [`HostDown`](crate::Condition::HostDown) | a router says that the host is down | try later, or another host | connect, send-to: back off; accept, receive-from: retry now |
//! | [`HostUnreachable`](crate::Condition::HostUnreachable) | a router says that it cannot reach the host, or it does not answer on the link | try later, or another host | connect, send-to: back off; accept, receive-from: retry now |
//! | [`Shutdown`](crate::Condition::Shutdown) | sending after this end, or after the peer has closed both directions | the conversation is over; what the peer had sent may still be received | |
//! | [`Timeout`](crate::Condition::Timeout) | the deadline passed, or the system gave up waiting for the peer | try later, with more time, or another host; [`is_timeout`](crate::Error::is_timeout) tells also where another condition is the headline | connect, send-to, receive, receive-from, send, wait, look-up, reverse-look-up: back off; accept: retry now |
//! | [`Unknown`](crate::Condition::Unknown) | the system said what nobody expects here | look at the number in the [source](std::error::Error::source), and report it | accept: back off |
//!
//! ## Beyond the twenty
//!
//! | condition | what it means, and when it happens | what to do | again |
//! | --- | --- | --- | --- |
//! | [`OutOfMemory`](crate::Condition::OutOfMemory) | the system has no memory for it, or no thread | wait, or use less | any: back off |
//! | [`Interrupted`](crate::Condition::Interrupted) | a signal came; this crate's own calls go on by themselves | make the call again | any: retry now |
//! | [`WouldBlock`](crate::Condition::WouldBlock) | nothing to do now, in non-blocking mode | [wait](super::waiting) until it is ready | any: back off |
//! | [`InProgress`](crate::Condition::InProgress) | a connect has begun, in non-blocking mode | wait until it is writable | any: back off |
//! | [`NotConnected`](crate::Condition::NotConnected) | there is no peer yet, or none any more | connect first | |
//! | [`AlreadyConnected`](crate::Condition::AlreadyConnected) | there is a peer already | send without an address, or disconnect | |
//! | [`MessageTooLong`](crate::Condition::MessageTooLong) | the datagram does not fit the protocol or the route | send [less](super::datagrams#sizes) | receive-from: retry now |
//! | [`AddressFamilyNotSupported`](crate::Condition::AddressFamilyNotSupported) | no IPv6 here, or an address of the other family than the socket's | use the other family | |
//! | [`OptionNotSupported`](crate::Condition::OptionNotSupported) | the protocol has no such option | do without | accept: retry now |
//! | [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles) | no descriptor is left, of the process or the system | close something, or raise the limit | any: back off |
//! | [`NotASocket`](crate::Condition::NotASocket) | the descriptor that was taken over is something else | find where it comes from: this is a mistake in the program | |
//! | [`DestinationRequired`](crate::Condition::DestinationRequired) | a datagram without an address, and no peer | [`send_to`](crate::UdpSocket::send_to), or connect first | |
//! | [`NotFound`](crate::Condition::NotFound) | no such path, interface or algorithm | look at the name; of a Unix socket, start the server | |
//! | [`NameTooLong`](crate::Condition::NameTooLong) | a path or a name is longer than the system takes | use a shorter one | |
//! | [`Cancelled`](crate::Condition::Cancelled) | somebody called it off | stop, as was asked | |
//! | [`UnexpectedEof`](crate::Condition::UnexpectedEof) | the peer ended the stream before all had come | take it for a broken conversation | |
//! | [`Unsupported`](crate::Condition::Unsupported) | this system has no such feature | do without | |
//!
//! ## Of names
//!
//! | condition | what it means, and when it happens | what to do | again |
//! | --- | --- | --- | --- |
//! | [`HostNotFound`](crate::Condition::HostNotFound) | there is no such name | check the name | |
//! | [`NoData`](crate::Condition::NoData) | the name has no address of the family asked for | ask for [`Family::Any`](crate::resolve::Family::Any) | |
//! | [`TryAgain`](crate::Condition::TryAgain) | the name service does not answer, or is too busy | try later | any: back off |
//! | [`NoRecovery`](crate::Condition::NoRecovery) | the name service failed, or refuses | look at the system's set-up | |
//! | [`ServiceNotFound`](crate::Condition::ServiceNotFound) | there is no such service for this transport | use the number | |
//! | [`ResolverUnknown`](crate::Condition::ResolverUnknown) | the resolver said what nobody expects, or is broken | look at the number in the [source](std::error::Error::source), and report it | |
//!
//! # Several addresses, one error
//!
//! A name can have many addresses, and each can fail in its own way. The error is that of the address
//! that got furthest; all of them are in [`attempts`](crate::Error::attempts).
//!
//! ```
//! # #[cfg(target_os = "linux")]
//! # {
//! use std::time::Duration;
//! use usocket::resolve::{Lookup, Query, Resolver};
//! use usocket::{Condition, ConnectOptions, Deadline, Error};
//!
//! /// A name with two addresses: the one is that of a broadcast, and nobody listens at the other.
//! # #[derive(Clone)]
//! struct Two([std::net::SocketAddr; 2]);
//!
//! impl Resolver for Two {
//!     fn resolve(&self, _: &Query, _: Deadline) -> Result<Lookup, Error> {
//!         Ok(Lookup::new(self.0))
//!     }
//! }
//!
//! # let reserved = usocket_testkit::discover::unused_port()?;
//! # let resolver = Two([([127, 255, 255, 255], 80).into(), reserved.addr()]);
//! let error = ConnectOptions::new()
//!     .connect_by(&resolver, "db.internal:5432", Duration::from_secs(5))
//!     .unwrap_err();
//! assert_eq!(error.condition(), Condition::ConnectionRefused);
//! assert_eq!(error.host(), Some("db.internal:5432"));
//! for attempt in error.attempts() {
//!     println!("{attempt}"); // 127.255.255.255:80: network unreachable
//! }
//! assert_eq!(error.attempts().len(), 2);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
