//! Portable sockets in which every failure is one typed condition.
//!
//! ```no_run
//! use std::time::Duration;
//! use usocket::{Condition, TcpStream};
//!
//! # fn serve(_: TcpStream) {} fn retry_later() {} fn start_the_database() {}
//! // One deadline over look-up, every address, and the hand-shake.
//! match TcpStream::connect_deadline("db.internal:5432", Duration::from_secs(2)) {
//!     Ok(stream) => serve(stream),
//!     Err(e) if e.is_timeout() => retry_later(),
//!     Err(e) => match e.condition() {
//!         Condition::ConnectionRefused => start_the_database(),
//!         Condition::HostNotFound => eprintln!("check the name: {e}"),
//!         // "connect to db.internal:5432 (10.0.0.7:5432): host unreachable"
//!         _ => e.attempts().iter().for_each(|attempt| eprintln!("{attempt}")),
//!     },
//! }
//! ```
//!
//! # What this crate does
//!
//! * **Conditions.** [`Condition`] has the twenty of Common Lisp's usocket, and what real use needs
//!   beside them, from the codes of Linux, Android, Apple's systems, the BSDs, illumos, Windows,
//!   WASI and any other Unix; also from an [`io::Error`](std::io::Error) that another crate gave
//!   ([`Condition::of`]). [`Error`] is the condition with the [`Operation`], the addresses, every
//!   [`Attempt`] and the cause, in one machine word. [`Disposition`] says what to do next.
//! * **Sockets.** [`TcpStream`], [`TcpListener`] and [`UdpSocket`] wrap std's types, and
//!   [`UnixStream`], [`UnixListener`] and [`UnixDatagram`] those of the Unix domain; std's type goes
//!   in and comes out for nothing. What is to be set before binding or connecting is data:
//!   [`ConnectOptions`], [`ListenOptions`], [`UdpOptions`].
//! * **Ends.** Every call that can block has a form that takes a [`Deadline`], or a [`Cancel`] for
//!   another thread to call it off, or both.
//! * **Names.** A host's addresses are raced (RFC 8305), under the same deadline as the look-up.
//!   [`resolve`] looks names, services and addresses up by themselves, by the system or by a
//!   [`Resolver`](resolve::Resolver) of yours, with every failure told apart.
//! * **Waiting.** [`wait_for`] waits for a few sockets at once, [`WaitSet`] for thousands.
//! * **Servers.** [`Server`] accepts, serves each connection by a closure, survives what goes wrong
//!   with one of them, and can be stopped; [`DatagramServer`] does the same for datagrams.
//! * **Input as users write it.** [`Endpoint`] reads `example.org:80`, `[fe80::1%eth0]:http` and
//!   more; what is none is an error that points at the mistake. [`address`] reads addresses alone,
//!   and moves them in and out of packets.
//!
//! Whatever fails, fails with a condition; nothing panics. Success, and finding nothing to do
//! (`try_…`), allocate nothing. Every descriptor is closed on exec, and no call raises SIGPIPE.
//!
//! # What it does not do
//!
//! * It is not asynchronous: `set_nonblocking(true)` and `into_std` hand a socket to a runtime.
//! * It contains no `unsafe` code.
//!
//! # On WASI
//!
//! WASI 0.2, `wasm32-wasip2`, has streams, listeners, datagrams, waits and look-ups. A program has one
//! thread there. What is for several is absent, and the compiler says so: [`Cancel`], [`Waker`],
//! [`Server`] and [`DatagramServer`]. There is no Unix domain either. What else is lacking is an error:
//!
//! | what | its condition |
//! | --- | --- |
//! | a `peek` of any kind | [`OperationNotSupported`](Condition::OperationNotSupported) |
//! | `try_clone`, [`UdpSocket::disconnect`] | [`Unsupported`](Condition::Unsupported) |
//! | a write timeout; of datagrams also a read timeout; calls with a deadline end in time | [`Unsupported`](Condition::Unsupported), [`OptionNotSupported`](Condition::OptionNotSupported) |
//! | lingering, and so [`TcpStream::abort`]; broadcasts, multicasts, addresses that datagram sockets share | [`OptionNotSupported`](Condition::OptionNotSupported) |
//! | [`Ipv6Mode::DualStack`] on `[::]`: a socket of IPv6 hears no IPv4 | [`OptionNotSupported`](Condition::OptionNotSupported) |
//! | [`resolve::reverse`], [`resolve::host_name`], names of services and of zones | [`Unsupported`](Condition::Unsupported) |
//!
//! And the system says less. A connection that the peer has reset fails with the code for every failure
//! of a stream, `EIO`, which is [`Unknown`](Condition::Unknown), and is at its end from then on. A
//! look-up that fails has no code, and is [`ResolverUnknown`](Condition::ResolverUnknown); it takes the
//! time that it takes, for there is no thread to leave it to. A datagram that was cut off looks whole.
//! A socket that is taken over from std counts as blocking. What a host forbids a program to do is
//! [`OperationNotPermitted`](Condition::OperationNotPermitted).
//!
//! # On Windows
//!
//! Winsock has no call that can be kept from blocking. What has a deadline, and every `try_…`, looks first
//! whether the socket is ready, one thread at a time. What is taken in between by others, which are a
//! clone of the socket, another process, or calls of std on it, the call that had seen it waits for again,
//! past its deadline.
//!
//! Nor does a shutdown end a send that waits. So that a server can be stopped, a handler's sends take 16 KB at most each,
//! and wait in usocket; `write_all` and its kin do not care.
//!
//! # The guide
//!
//! | page | for |
//! | --- | --- |
//! | [`guide::from_std`] | who knows `std::net`: what is the same, what differs, step by step |
//! | [`guide::from_common_lisp`] | who knows usocket: the forms, the restarts, the traps |
//! | [`guide::errors`] | every condition: what it means, and what to do about it |
//! | [`guide::deadlines`] | calls that end in time, or when another thread says so |
//! | [`guide::dual_stack`] | IPv6 and IPv4 at once |
//! | [`guide::datagrams`] | UDP without surprises |
//! | [`guide::waiting`] | many sockets, one thread |
//! | [`guide::serving`] | servers that can be stopped |
//! | [`guide::testing`] | tests of code that uses sockets |
//!
//! # From Common Lisp's names to these
//!
//! All 113 symbols that usocket 0.8.9 exports, and what takes their place.
//! [`guide::from_common_lisp`] has it with code.
//!
//! | Common Lisp | here |
//! | --- | --- |
//! | **Sockets** | |
//! | `socket-connect` | [`TcpStream::connect`], [`TcpStream::connect_deadline`], [`ConnectOptions::connect`], [`UdpSocket::connect`], [`UnixStream::connect`] |
//! | `socket-listen` | [`TcpListener::bind`], [`ListenOptions::bind`], [`UnixListener::bind`] |
//! | `socket-accept` | [`TcpListener::accept`], [`TcpListener::accept_deadline`] |
//! | `socket-close`, `socket-shutdown` | dropping it, or [`TcpStream::close`]; [`TcpStream::shutdown`] |
//! | `socket-send`, `socket-receive`, `+max-datagram-packet-size+` | [`UdpSocket::send`], [`UdpSocket::send_to`]; [`UdpSocket::recv`], [`UdpSocket::recv_from`], which give a [`Datagram`]; [`MAX_DATAGRAM`] |
//! | `stream-usocket`, `stream-server-usocket`, `datagram-usocket` | [`TcpStream`], [`TcpListener`], [`UdpSocket`] |
//! | `socket-stream` | [`TcpStream`] itself reads and writes |
//! | `socket` | [`TcpStream::into_std`], [`TcpListener::into_std`], [`UdpSocket::into_std`], `AsFd` |
//! | `usocket`, `usocket-p`, `stream-usocket-p`, `stream-server-usocket-p`, `datagram-usocket-p` | none: the type says it |
//! | **Names** | |
//! | `get-local-name`, `get-local-address`, `get-local-port` | [`TcpStream::local_addr`], [`TcpListener::local_addr`], [`UdpSocket::local_addr`] |
//! | `get-peer-name`, `get-peer-address`, `get-peer-port` | [`TcpStream::peer_addr`], [`UdpSocket::peer_addr`] |
//! | `get-hosts-by-name`, `get-host-by-name`, `get-random-host-by-name` | [`resolve::lookup`], and of its result [`resolve::Lookup::addresses`], [`resolve::Lookup::first_v4`], [`resolve::Lookup::random`] |
//! | `get-host-name` | [`resolve::host_name`] |
//! | `*ipv6-only-p*` | [`Ipv6Mode`] for a listener, [`resolve::Family`] for a look-up |
//! | **Waiting** | |
//! | `wait-for-input` | [`wait_for`], [`WaitSet::wait`] |
//! | `make-wait-list`, `add-waiter`, `remove-waiter`, `remove-all-waiters` | [`WaitSet`], [`WaitSet::add`], [`WaitSet::remove`], [`WaitSet::clear`] |
//! | `socket-state` | [`Readiness`], which a wait gives |
//! | **Options** | |
//! | `socket-option` | a method each way for every option: [`TcpStream::set_read_timeout`], [`TcpStream::set_write_timeout`], [`TcpStream::set_nodelay`], [`TcpStream::set_keepalive`], [`ListenOptions::reuse_address`], [`UdpSocket::set_broadcast`] and more |
//! | **Servers** | |
//! | `socket-server` | [`Server`] for streams, [`DatagramServer`] for datagrams |
//! | `default-tcp-handler`, `echo-tcp-handler`, `default-udp-handler` | a closure, as in [`Server::spawn`]; [`Server::echo`]; [`DatagramServer::echo`] |
//! | `*remote-host*`, `*remote-port*` | none: a handler gets the peer as an argument |
//! | **Conditions** | |
//! | `socket-error`, `socket-condition`, `ns-error`, `ns-condition` | [`Class::SocketError`], [`Class::SocketCondition`], [`Class::NameError`] |
//! | `connection-refused-error`, `connection-reset-error`, `connection-aborted-error` | [`Condition::ConnectionRefused`], [`Condition::ConnectionReset`], [`Condition::ConnectionAborted`] |
//! | `timeout-error`, `deadline-timeout-error` | [`Condition::Timeout`] |
//! | `shutdown-error`, `already-shutdown-error` | [`Condition::Shutdown`] |
//! | `network-unreachable-error`, `network-down-error`, `network-reset-error`, `host-unreachable-error`, `host-down-error` | [`Condition::NetworkUnreachable`], [`Condition::NetworkDown`], [`Condition::NetworkReset`], [`Condition::HostUnreachable`], [`Condition::HostDown`] |
//! | `address-in-use-error`, `address-not-available-error` | [`Condition::AddressInUse`], [`Condition::AddressNotAvailable`] |
//! | `bad-file-descriptor-error`, `invalid-socket-error`, `invalid-socket-stream-error` | [`Condition::BadFileDescriptor`] |
//! | `invalid-argument-error`, `no-buffers-error`, `out-of-memory-error` | [`Condition::InvalidArgument`], [`Condition::NoBuffers`], [`Condition::OutOfMemory`] |
//! | `operation-not-supported-error`, `operation-not-permitted-error`, `protocol-not-supported-error`, `socket-type-not-supported-error` | [`Condition::OperationNotSupported`], [`Condition::OperationNotPermitted`], [`Condition::ProtocolNotSupported`], [`Condition::SocketTypeNotSupported`] |
//! | `unsupported`, `unimplemented`, `insufficient-implementation` | [`Condition::Unsupported`] |
//! | `ns-host-not-found-error`, `ns-no-recovery-error`, `ns-try-again-error`, `ns-try-again-condition` | [`Condition::HostNotFound`], [`Condition::NoRecovery`], [`Condition::TryAgain`] |
//! | `unknown-error`, `unknown-condition`, `ns-unknown-error`, `ns-unknown-condition`, `interrupted-condition` | [`Condition::Unknown`], [`Condition::ResolverUnknown`], [`Condition::Interrupted`] |
//! | `host-or-ip`, `with-mapped-conditions` | [`Error::host`], [`Error::peer`]; [`Condition::of`], [`Error::from_io`] |
//! | **Addresses and octets** | |
//! | `*wildcard-host*`, `*auto-port*` | [`address::WILDCARD_V4`], [`address::WILDCARD_V6`], [`address::AUTO_PORT`] |
//! | `dotted-quad-to-vector-quad`, `ipv6-host-to-vector`, `vector-quad-to-dotted-quad`, `vector-to-ipv6-host`, `host-to-hostname` | [`address::ToIpAddr`] and `to_string`, [`address::octets`] |
//! | `host-byte-order`, `hbo-to-dotted-quad`, `hbo-to-vector-quad` | [`address::ToIpAddr`], [`address::octets`]; [`std::net::Ipv4Addr::to_bits`], [`std::net::Ipv4Addr::from_bits`] |
//! | `ip=`, `ip/=` | [`address::same_ip`] |
//! | `integer-to-octet-buffer`, `octet-buffer-to-integer` | [`address::put_integer`], [`address::get_integer`] |
//! | `port-to-octet-buffer`, `port-from-octet-buffer`, `ip-to-octet-buffer`, `ip-from-octet-buffer` | [`address::put_port`], [`address::get_port`], [`address::put_ip`], [`address::get_ipv4`], [`address::get_ipv6`] |
//! | **Forms and restarts** | |
//! | `with-client-socket`, `with-connected-socket`, `with-server-socket`, `with-socket-listener` | none: a socket is closed where its owner goes out of scope |
//! | `retry` | [`Error::disposition`] gives the [`Disposition`] |
//! | `use-other-host`, `use-other-port` | none: an error is a value, and a loop goes on with another |
//! | **The library** | |
//! | `*version*`, `*backend*` | none: Cargo knows the first, and there is one of the second |
//! | `*default-event-base*`, `socket-warning` | none: nothing was ever defined under these names |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod guide;

// The words: what can be wrong, where, until when.
pub mod address;
mod attempt;
mod classify;
mod condition;
mod deadline;
mod disposition;
mod endpoint;
mod error;
mod interest;
mod operation;
mod os;

// The sockets.
mod cancel;
mod connect;
mod datagram;
mod hang_up;
mod link;
mod listen;
mod options;
mod owner;
pub mod resolve;
mod retry;
#[cfg(not(target_os = "wasi"))]
mod server;
mod stream;
mod sys;
#[cfg(unix)]
mod unix;
mod wait;

// For calls that no owner makes; the conformance run makes them.
#[cfg(not(target_os = "wasi"))]
#[doc(hidden)]
pub mod raw;

#[cfg(feature = "seam")]
pub mod seam;
/// Nobody stands between the library and the system.
#[cfg(not(feature = "seam"))]
mod seam {
    #[inline]
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same signature as with a seam"
    )]
    pub(crate) fn pass(
        _operation: crate::Operation,
        _address: Option<std::net::SocketAddr>,
    ) -> std::io::Result<()> {
        Ok(())
    }
}

pub use attempt::Attempt;
pub use condition::{Class, Condition};
pub use deadline::Deadline;
pub use disposition::Disposition;
pub use endpoint::{Endpoint, EndpointError, EndpointErrorKind, Host, Port, ToEndpoint};
pub use error::Error;
pub use operation::{Operation, UnknownName};

pub use self::{
    cancel::Until,
    connect::ConnectOptions,
    datagram::{Datagram, MAX_DATAGRAM, UdpOptions, UdpSocket},
    interest::{Interest, Readiness},
    listen::{Incoming, Ipv6Mode, ListenOptions, TcpListener},
    options::{Interface, Keepalive},
    stream::TcpStream,
    wait::{IntoMember, Source, Unbuffered, WaitSet, wait_for, wait_for_each},
};
// They are for threads, which WASI has none of.
#[cfg(not(target_os = "wasi"))]
pub use self::{
    cancel::Cancel,
    server::{
        DatagramServer, DatagramServerHandle, Next, Server, ServerEvent, ServerHandle, StopReport,
    },
    wait::Waker,
};
#[cfg(unix)]
pub use unix::{
    ToUnixAddr, UnixDatagram, UnixIncoming, UnixListenOptions, UnixListener, UnixStream,
};
