//! What is to be looked up.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::str::FromStr;

use crate::endpoint::{Endpoint, EndpointError, EndpointErrorKind, Host, Port, ToEndpoint};

/// What is to be looked up: a host, with a port or service where one is known, and which of its
/// addresses.
///
/// Made from a host alone or from all that makes an [`Endpoint`]; see [`ToQuery`]. The setters are
/// chained; a [`Resolver`](super::Resolver) reads the fields.
///
/// ```
/// use usocket::resolve::{Family, Query};
///
/// let query = Query::new("example.org:http")?.family(Family::V6).canonical_name(true);
/// assert_eq!(query.to_string(), "example.org:http");
/// assert_eq!(query.family, Family::V6);
/// assert!(!query.address_config);
/// # Ok::<(), usocket::EndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Query {
    /// The host: a name, or an address, which is its own answer.
    pub host: Host,
    /// The port that the answer shall have, if any was named.
    pub port: Option<Port>,
    /// Addresses of which family are wanted.
    pub family: Family,
    /// For which transport: decides which port the name of a service means.
    pub transport: Transport,
    /// Whether families in which this machine has no address are left out: `AI_ADDRCONFIG`.
    pub address_config: bool,
    /// Whether the host's canonical name is wanted: `AI_CANONNAME`.
    pub canonical_name: bool,
}

impl Query {
    /// All addresses of a host, for TCP.
    ///
    /// # Errors
    ///
    /// An [`EndpointError`] that names the input, the place in it, and what was expected.
    pub fn new(target: impl ToQuery) -> Result<Self, EndpointError> {
        target.to_query()
    }

    /// The same with addresses of this family only. Without it: of any.
    #[must_use]
    #[doc(alias = "ai_family")]
    pub fn family(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// The same for this transport. Without it: TCP.
    #[must_use]
    #[doc(alias = "ai_socktype")]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// The same, leaving out families in which this machine has no address, or not. Without it:
    /// not.
    ///
    /// Systems disagree on whether loopback counts, so that with it a machine without network may
    /// not find `localhost`; trying the addresses finds out more reliably which of them work.
    #[must_use]
    #[doc(alias = "AI_ADDRCONFIG")]
    pub fn address_config(mut self, on: bool) -> Self {
        self.address_config = on;
        self
    }

    /// The same, asking for the host's canonical name too, or not. Without it: not.
    #[must_use]
    #[doc(alias = "AI_CANONNAME")]
    pub fn canonical_name(mut self, on: bool) -> Self {
        self.canonical_name = on;
        self
    }

    fn of(host: Host, port: Option<Port>) -> Self {
        Self {
            host,
            port,
            family: Family::default(),
            transport: Transport::default(),
            address_config: false,
            canonical_name: false,
        }
    }
}

/// Host and port as one writes them; without a port, the host alone, without brackets.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed =
            self.port.is_some() && !matches!(self.host, Host::Name(_) | Host::Addr(IpAddr::V4(_)));
        if bracketed {
            f.write_str("[")?;
        }
        match &self.host {
            Host::Addr(address) => write!(f, "{address}")?,
            Host::Zoned { address, zone } => write!(f, "{address}%{zone}")?,
            Host::Name(name) => f.write_str(name)?,
        }
        if bracketed {
            f.write_str("]")?;
        }
        match &self.port {
            Some(Port::Number(number)) => write!(f, ":{number}"),
            Some(Port::Service(name)) => write!(f, ":{name}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Query {
    type Err = EndpointError;

    /// Reads a host, with or without a port; an IPv6 address without port needs no brackets.
    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let error = match text.parse::<Endpoint>() {
            Ok(endpoint) => return Ok(endpoint.into()),
            Err(error) => error,
        };
        // No port, then: the host alone is read as in a pair, whose port is dropped again.
        let host = match error.kind() {
            EndpointErrorKind::MissingPort | EndpointErrorKind::MissingBrackets => text
                .strip_prefix('[')
                .map_or(Some(text), |inside| inside.strip_suffix(']')),
            _ => None,
        };
        let endpoint = (host.ok_or(error)?, 0).to_endpoint()?;
        Ok(Self::of(endpoint.host().clone(), None))
    }
}

impl From<Endpoint> for Query {
    fn from(endpoint: Endpoint) -> Self {
        let port = endpoint.port().clone();
        Self::of(endpoint.host().clone(), Some(port))
    }
}

impl From<&Endpoint> for Query {
    fn from(endpoint: &Endpoint) -> Self {
        endpoint.clone().into()
    }
}

/// Addresses of which family are wanted.
///
/// ```
/// use usocket::resolve::{Family, Query};
///
/// assert_eq!(Query::new("localhost")?.family, Family::Any);
/// # Ok::<(), usocket::EndpointError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "*ipv6-only-p*")]
pub enum Family {
    /// Of any: `AF_UNSPEC`.
    #[default]
    #[doc(alias = "AF_UNSPEC")]
    Any,
    /// Of IPv4: `AF_INET`.
    #[doc(alias = "AF_INET")]
    V4,
    /// Of IPv6: `AF_INET6`.
    #[doc(alias = "AF_INET6")]
    V6,
}

/// The transport that a service is asked for.
///
/// ```
/// use std::time::Duration;
/// use usocket::resolve::{self, Transport};
///
/// // A number needs nobody to ask.
/// assert_eq!(resolve::service("53", Transport::Udp, Duration::ZERO)?, 53);
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// TCP: `SOCK_STREAM`.
    #[default]
    #[doc(alias = "SOCK_STREAM")]
    Tcp,
    /// UDP: `SOCK_DGRAM`.
    #[doc(alias = "SOCK_DGRAM")]
    Udp,
}

/// What can stand where a [`Query`] is asked for.
///
/// * text: a host alone, `"example.org"`, `"2001:db8::1"`, `"fe80::1%eth0"`, or with a port or
///   service, `"example.org:http"`, `"[::1]:80"`
/// * an address of std's
/// * an [`Endpoint`] and the pairs of host and port that make one; see [`ToEndpoint`]
/// * a [`Query`]
///
/// ```
/// use usocket::resolve::ToQuery;
///
/// assert_eq!("::1".to_query()?.to_string(), "::1");
/// assert_eq!("[::1]".to_query()?, "::1".to_query()?);
/// assert_eq!(("::1", 80).to_query()?, "[::1]:80".to_query()?);
/// # Ok::<(), usocket::EndpointError>(())
/// ```
///
/// # Errors
///
/// An [`EndpointError`] that names the input, the place in it, and what was expected.
pub trait ToQuery {
    /// The query.
    #[expect(clippy::missing_errors_doc, reason = "in the trait's text")]
    fn to_query(&self) -> Result<Query, EndpointError>;
}

impl<T: ToQuery + ?Sized> ToQuery for &T {
    fn to_query(&self) -> Result<Query, EndpointError> {
        (**self).to_query()
    }
}

impl ToQuery for Query {
    fn to_query(&self) -> Result<Query, EndpointError> {
        Ok(self.clone())
    }
}

impl ToQuery for str {
    fn to_query(&self) -> Result<Query, EndpointError> {
        self.parse()
    }
}

impl ToQuery for String {
    fn to_query(&self) -> Result<Query, EndpointError> {
        self.parse()
    }
}

macro_rules! to_query_by_address {
    ($($address:ty),*) => {$(
        impl ToQuery for $address {
            fn to_query(&self) -> Result<Query, EndpointError> {
                Ok(Query::of(Host::Addr((*self).into()), None))
            }
        }
    )*};
}

to_query_by_address!(IpAddr, Ipv4Addr, Ipv6Addr);

macro_rules! to_query_by_endpoint {
    ($($endpoint:ty),* $(,)?) => {$(
        impl ToQuery for $endpoint {
            fn to_query(&self) -> Result<Query, EndpointError> {
                Ok(self.to_endpoint()?.into())
            }
        }
    )*};
}

to_query_by_endpoint!(
    Endpoint,
    (&str, u16),
    (String, u16),
    (IpAddr, u16),
    (Ipv4Addr, u16),
    (Ipv6Addr, u16),
    ([u8; 4], u16),
    ([u8; 16], u16),
    (u32, u16),
    SocketAddr,
    SocketAddrV4,
    SocketAddrV6,
);
