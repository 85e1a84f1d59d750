//! What a socket speaks.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// What a socket speaks: transport and address family in one word.
///
/// ```
/// use usocket_testkit::Protocol;
///
/// assert_eq!(Protocol::Tcp6.name(), "tcp6");
/// assert_eq!("udp4".parse(), Ok(Protocol::Udp4));
/// assert!(Protocol::Tcp6.is_ipv6() && Protocol::Tcp6.is_stream());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// TCP over IPv4.
    Tcp4,
    /// TCP over IPv6.
    Tcp6,
    /// UDP over IPv4.
    Udp4,
    /// UDP over IPv6.
    Udp6,
    /// A Unix domain socket of type `SOCK_STREAM`.
    UnixStream,
    /// A raw IPv4 socket.
    Raw4,
    /// A raw IPv6 socket.
    Raw6,
}

impl Protocol {
    /// Every protocol, in the order in which [`provoke()`](crate::provoke()) tries them.
    pub const ALL: &'static [Self] = &[
        Self::Tcp4,
        Self::Tcp6,
        Self::Udp4,
        Self::Udp6,
        Self::UnixStream,
        Self::Raw4,
        Self::Raw6,
    ];

    /// The four that every networking program knows: TCP and UDP over IPv4 and IPv6.
    pub const INTERNET: [Self; 4] = [Self::Tcp4, Self::Tcp6, Self::Udp4, Self::Udp6];

    /// The name for reports and command lines: `tcp4`, `udp6`, `unix-stream`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp4 => "tcp4",
            Self::Tcp6 => "tcp6",
            Self::Udp4 => "udp4",
            Self::Udp6 => "udp6",
            Self::UnixStream => "unix-stream",
            Self::Raw4 => "raw4",
            Self::Raw6 => "raw6",
        }
    }

    /// The loopback address of the family; none for Unix domain sockets.
    ///
    /// ```
    /// use std::net::Ipv6Addr;
    /// use usocket_testkit::Protocol;
    ///
    /// assert_eq!(Protocol::Udp6.loopback(), Some(Ipv6Addr::LOCALHOST.into()));
    /// assert_eq!(Protocol::UnixStream.loopback(), None);
    /// ```
    pub const fn loopback(self) -> Option<IpAddr> {
        match self {
            Self::Tcp4 | Self::Udp4 | Self::Raw4 => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            Self::Tcp6 | Self::Udp6 | Self::Raw6 => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            Self::UnixStream => None,
        }
    }

    /// Whether the address family is IPv6.
    pub const fn is_ipv6(self) -> bool {
        matches!(self, Self::Tcp6 | Self::Udp6 | Self::Raw6)
    }

    /// Whether it carries a stream of bytes.
    pub const fn is_stream(self) -> bool {
        matches!(self, Self::Tcp4 | Self::Tcp6 | Self::UnixStream)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    /// Reads what [`Protocol::name`] gives.
    fn from_str(name: &str) -> Result<Self, UnknownProtocol> {
        let found = Self::ALL.iter().find(|protocol| protocol.name() == name);
        found.copied().ok_or_else(|| UnknownProtocol(name.into()))
    }
}

/// The error of [`str::parse`] for a [`Protocol`]: there is none of that name.
///
/// ```
/// let error = "tcp5".parse::<usocket_testkit::Protocol>().unwrap_err();
/// assert_eq!(error.to_string(), "\"tcp5\" is not the name of a protocol");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a protocol")]
pub struct UnknownProtocol(Box<str>);
