//! How to make a datagram socket.

use std::net::SocketAddr;
use std::time::Instant;

use socket2::{Domain, Protocol, Type};

use super::UdpSocket;
use crate::deadline::Deadline;
use crate::endpoint::ToEndpoint;
use crate::error::Error;
use crate::link::Link;
use crate::listen::{Ipv6Mode, set_ipv6_mode};
use crate::operation::Operation;
use crate::resolve;
use crate::sys::{option, socket};

/// How to bind a UDP socket: options as data, to be used for any number of sockets.
///
/// | option | default |
/// | --- | --- |
/// | [`reuse_address`](Self::reuse_address) | off, as in std |
/// | [`reuse_port`](Self::reuse_port) | off |
/// | [`ipv6`](Self::ipv6) | [`Ipv6Mode::DualStack`] |
/// | [`broadcast`](Self::broadcast) | off, as in std |
///
/// ```
/// use usocket::{Ipv6Mode, UdpOptions};
///
/// let options = UdpOptions::new().ipv6(Ipv6Mode::Ipv6Only).broadcast(true);
/// let (one, two) = (options.bind("127.0.0.1:0")?, options.bind("127.0.0.1:0")?);
/// assert_ne!(one.local_addr()?, two.local_addr()?);
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "options do nothing until `bind`"]
#[non_exhaustive]
pub struct UdpOptions {
    reuse_address: bool,
    reuse_port: bool,
    ipv6: Ipv6Mode,
    broadcast: bool,
}

impl Default for UdpOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl UdpOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            reuse_address: false,
            reuse_port: false,
            ipv6: Ipv6Mode::DualStack,
            broadcast: false,
        }
    }

    /// Whether other sockets that ask for the same may have the same address (`SO_REUSEADDR`).
    ///
    /// Several receivers of one multicast group need it. Of a datagram to one of them alone, which
    /// of them gets it is not defined; on Linux it is the last that was bound. Source: socket(7),
    /// ip(7).
    #[doc(alias = ":reuse-address")]
    #[doc(alias = "SO_REUSEADDR")]
    pub const fn reuse_address(mut self, reuse: bool) -> Self {
        self.reuse_address = reuse;
        self
    }

    /// Whether several sockets of this user may share the address, each getting the datagrams of a
    /// part of the peers (`SO_REUSEPORT`).
    ///
    /// Where there is no such option, binding fails with
    /// [`OptionNotSupported`](crate::Condition::OptionNotSupported) or
    /// [`Unsupported`](crate::Condition::Unsupported). Source: socket(7).
    #[doc(alias = "SO_REUSEPORT")]
    pub const fn reuse_port(mut self, reuse: bool) -> Self {
        self.reuse_port = reuse;
        self
    }

    /// What a socket on an IPv6 address does about IPv4.
    #[doc(alias = "IPV6_V6ONLY")]
    pub const fn ipv6(mut self, mode: Ipv6Mode) -> Self {
        self.ipv6 = mode;
        self
    }

    /// Whether it may send to broadcast addresses (`SO_BROADCAST`).
    ///
    /// Without it that fails with
    /// [`OperationNotPermitted`](crate::Condition::OperationNotPermitted). Source: POSIX
    /// `setsockopt`.
    #[doc(alias = ":broadcast")]
    #[doc(alias = "SO_BROADCAST")]
    pub const fn broadcast(mut self, broadcast: bool) -> Self {
        self.broadcast = broadcast;
        self
    }

    /// Makes a socket and binds it. Port 0 lets the system choose one: see
    /// [`UdpSocket::local_addr`].
    ///
    /// Of a name's addresses, the first that can be bound to is taken.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](crate::Condition::AddressInUse),
    /// [`AddressNotAvailable`](crate::Condition::AddressNotAvailable),
    /// [`OperationNotPermitted`](crate::Condition::OperationNotPermitted) for a privileged port,
    /// [`AddressFamilyNotSupported`](crate::Condition::AddressFamilyNotSupported) where there is no
    /// IPv6, [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles),
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) for what is no endpoint, and for names
    /// those of [`resolve::lookup`]. Source: POSIX `bind`.
    ///
    /// ```
    /// use usocket::{Condition, UdpOptions};
    ///
    /// let socket = UdpOptions::new().bind("127.0.0.1:0")?;
    /// let error = UdpOptions::new().bind(socket.local_addr()?).unwrap_err();
    /// assert_eq!(error.condition(), Condition::AddressInUse);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn bind(&self, endpoint: impl ToEndpoint) -> Result<UdpSocket, Error> {
        let endpoint = endpoint
            .to_endpoint()
            .map_err(|error| Error::from_endpoint(Operation::Bind, error))?;
        if let Some(address) = endpoint.socket_addr() {
            return self.bind_address(address);
        }
        let found = resolve::lookup(&endpoint, Deadline::NEVER)?;
        let mut attempts = Vec::new();
        for address in found.addresses() {
            let begin = Instant::now();
            match self.bind_address(*address) {
                Ok(socket) => return Ok(socket),
                Err(error) => attempts.push(error.into_attempt(*address, begin.elapsed())),
            }
        }
        let host = endpoint.to_string();
        Err(Error::from_attempts(
            Operation::Bind,
            host.as_str(),
            attempts,
        ))
    }

    fn bind_address(&self, address: SocketAddr) -> Result<UdpSocket, Error> {
        let failed =
            |operation| move |source| Error::from_io(operation, source).with_local(address);
        let handle = socket::socket(
            Domain::for_address(address).into(),
            Type::DGRAM.into(),
            Protocol::UDP.into(),
        )
        .map_err(failed(Operation::Socket))?;
        let prepare = || {
            if self.reuse_address {
                option::set_reuse_address(&handle, true)?;
            }
            if self.reuse_port {
                option::set_reuse_port(&handle, true)?;
            }
            if self.broadcast {
                option::set_broadcast(&handle, true)?;
            }
            set_ipv6_mode(&handle, address, self.ipv6)
        };
        prepare().map_err(failed(Operation::SetOption))?;
        socket::bind(&handle, address).map_err(failed(Operation::Bind))?;
        let local = socket::local_name(&handle).ok().flatten();
        let link = Link::new(true).with_local(local);
        Ok(UdpSocket::new(handle.into(), link))
    }
}
