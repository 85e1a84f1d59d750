//! Where to connect to or listen, as a user writes it: a host and a port.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// A host and a port: an address, or a name that is still to be looked up.
///
/// Read from text by [`str::parse`], in the forms of [RFC 3986] section 3.2: `example.org:80`,
/// `192.0.2.1:80`, `[2001:db8::1]:80`, with a zone as in [RFC 4007] section 11,
/// `[fe80::1%eth0]:80`, and with a service's name for the port, `example.org:http`. Or made from
/// the pairs and addresses that [`ToEndpoint`] lists. Writing one out gives the text to read back.
///
/// ```
/// use usocket::{Endpoint, Host, Port};
///
/// let endpoint: Endpoint = "example.org:80".parse()?;
/// assert_eq!(*endpoint.host(), Host::Name("example.org".into()));
/// assert_eq!(*endpoint.port(), Port::Number(80));
/// assert_eq!(endpoint.socket_addr(), None);
///
/// let endpoint: Endpoint = "[::1]:80".parse()?;
/// assert_eq!(endpoint.socket_addr(), Some("[::1]:80".parse().unwrap()));
/// # Ok::<(), usocket::EndpointError>(())
/// ```
///
/// [RFC 3986]: https://www.rfc-editor.org/rfc/rfc3986#section-3.2
/// [RFC 4007]: https://www.rfc-editor.org/rfc/rfc4007#section-11
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    host: Host,
    port: Port,
}

/// The host of an [`Endpoint`].
///
/// ```
/// use usocket::{Endpoint, Host};
///
/// let endpoint: Endpoint = "[fe80::1%eth0]:80".parse()?;
/// let zoned = Host::Zoned { address: "fe80::1".parse().unwrap(), zone: "eth0".into() };
/// assert_eq!(*endpoint.host(), zoned);
/// # Ok::<(), usocket::EndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Host {
    /// An address: nothing is to be looked up.
    Addr(IpAddr),
    /// An IPv6 address that means something in one zone only: on one interface, by name or number.
    Zoned {
        /// The address.
        address: Ipv6Addr,
        /// The interface's name or number.
        zone: Box<str>,
    },
    /// A name, 1 to 253 bytes long, to be looked up.
    Name(Box<str>),
}

/// The port of an [`Endpoint`].
///
/// ```
/// use usocket::{Endpoint, Port};
///
/// let endpoint: Endpoint = "localhost:http".parse()?;
/// assert_eq!(*endpoint.port(), Port::Service("http".into()));
/// # Ok::<(), usocket::EndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Port {
    /// The number. Zero lets the system choose, where a local address is meant.
    Number(u16),
    /// The name of a service, to be looked up.
    Service(Box<str>),
}

impl Endpoint {
    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> &Port {
        &self.port
    }

    /// The socket address, if that is known without asking anybody.
    ///
    /// A zone counts as known where it is a number.
    ///
    /// ```
    /// use usocket::Endpoint;
    ///
    /// let known = |text: &str| text.parse::<Endpoint>().unwrap().socket_addr().is_some();
    /// assert!(known("127.0.0.1:80") && known("[fe80::1%2]:80"));
    /// assert!(!known("localhost:80") && !known("127.0.0.1:http"));
    /// ```
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        let Port::Number(port) = self.port else {
            return None;
        };
        match &self.host {
            Host::Addr(address) => Some(SocketAddr::new(*address, port)),
            Host::Zoned { address, zone } => {
                let scope = zone.parse().ok()?;
                Some(SocketAddrV6::new(*address, port, 0, scope).into())
            }
            Host::Name(_) => None,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Addr(IpAddr::V6(address)) => write!(f, "[{address}]")?,
            Host::Addr(IpAddr::V4(address)) => write!(f, "{address}")?,
            Host::Zoned { address, zone } => write!(f, "[{address}%{zone}]")?,
            Host::Name(name) => f.write_str(name)?,
        }
        match &self.port {
            Port::Number(number) => write!(f, ":{number}"),
            Port::Service(name) => write!(f, ":{name}"),
        }
    }
}

impl std::str::FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => bracketed(text, rest)?,
            None => plain(text)?,
        };
        Ok(Self { host, port })
    }
}

/// `[address]:port` or `[address%zone]:port`; `rest` is what follows the bracket.
fn bracketed(text: &str, rest: &str) -> Result<(Host, Port), EndpointError> {
    let error = |offset, kind| Err(EndpointError::new(text, offset, kind));
    let Some((inside, behind)) = rest.split_once(']') else {
        return error(0, EndpointErrorKind::UnclosedBracket);
    };
    let host = ipv6(text, 1, inside)?;
    let colon = inside.len() + 2;
    match behind.strip_prefix(':') {
        Some(port_text) => Ok((host, port(text, colon + 1, port_text)?)),
        None => error(colon, EndpointErrorKind::MissingPort),
    }
}

/// `host:port` without brackets.
fn plain(text: &str) -> Result<(Host, Port), EndpointError> {
    let error = |offset, kind| Err(EndpointError::new(text, offset, kind));
    let Some((host_text, port_text)) = text.rsplit_once(':') else {
        if let Some(offset) = text.find('\0') {
            return error(offset, EndpointErrorKind::BadCharacter('\0'));
        }
        return error(text.len(), EndpointErrorKind::MissingPort);
    };
    if let Some(colon) = host_text.find(':') {
        // Two colons without brackets: an IPv6 address, or a mistake like a pasted URL.
        let is_ipv6 = |text: &str| {
            let digits = text.split('%').next().unwrap_or(text);
            digits.parse::<Ipv6Addr>().is_ok()
        };
        if is_ipv6(text) || is_ipv6(host_text) {
            return error(0, EndpointErrorKind::MissingBrackets);
        }
        let (offset, found) = text.find('/').map_or((colon, ':'), |slash| (slash, '/'));
        return error(offset, EndpointErrorKind::BadCharacter(found));
    }
    Ok((
        name_or_ipv4(text, 0, host_text)?,
        port(text, host_text.len() + 1, port_text)?,
    ))
}

/// An IPv6 address with or without zone; `host` stands at `offset` in `text`.
fn ipv6(text: &str, offset: usize, host: &str) -> Result<Host, EndpointError> {
    let error = |offset, kind| Err(EndpointError::new(text, offset, kind));
    let (digits, zone) = match host.split_once('%') {
        Some((digits, zone)) => (digits, Some(zone)),
        None => (host, None),
    };
    let Ok(address) = digits.parse::<Ipv6Addr>() else {
        return error(offset, EndpointErrorKind::BadIpv6);
    };
    let Some(zone) = zone else {
        return Ok(Host::Addr(address.into()));
    };
    let offset = offset + digits.len() + 1;
    if zone.is_empty() {
        return error(offset, EndpointErrorKind::EmptyZone);
    }
    match zone
        .char_indices()
        .find(|(_, c)| !is_name_character(*c) || *c == '%')
    {
        Some((at, found)) => error(offset + at, EndpointErrorKind::BadCharacter(found)),
        None => Ok(Host::Zoned {
            address,
            zone: zone.into(),
        }),
    }
}

/// A name or an IPv4 address; `host` stands at `offset` in `text`.
fn name_or_ipv4(text: &str, offset: usize, host: &str) -> Result<Host, EndpointError> {
    let error = |offset, kind| Err(EndpointError::new(text, offset, kind));
    if host.is_empty() {
        return error(offset, EndpointErrorKind::EmptyHost);
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(Host::Addr(address.into()));
    }
    if let Some((at, found)) = host.char_indices().find(|(_, c)| !is_name_character(*c)) {
        return error(offset + at, EndpointErrorKind::BadCharacter(found));
    }
    // No name ends in a number (RFC 1123, section 2.1), but C libraries read "127.1" and "1234" as
    // addresses, each in its own way.
    let last = host.rsplit('.').next().unwrap_or(host);
    if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
        return error(offset, EndpointErrorKind::BadIpv4);
    }
    if host.len() > MAX_NAME {
        return error(offset, EndpointErrorKind::NameTooLong(host.len()));
    }
    Ok(Host::Name(host.into()))
}

/// The longest name that DNS can carry, in bytes of its text (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 253;

/// Everything but what cannot be in a name and shows that something else was meant.
fn is_name_character(c: char) -> bool {
    !c.is_control()
        && !c.is_whitespace()
        && !matches!(
            c,
            ':' | '/' | '\\' | '?' | '#' | '@' | '[' | ']' | '<' | '>' | '"' | '%'
        )
}

/// A port's number or a service's name; `port` stands at `offset` in `text`.
fn port(text: &str, offset: usize, port: &str) -> Result<Port, EndpointError> {
    let error = |offset, kind| Err(EndpointError::new(text, offset, kind));
    if port.is_empty() {
        return error(offset, EndpointErrorKind::EmptyPort);
    }
    // A service's name has a letter, and else these: RFC 6335, section 5.1; `_` is in use too.
    let wrong = |c: &char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_');
    if let Some((at, found)) = port.char_indices().find(|(_, c)| wrong(c)) {
        return error(offset + at, EndpointErrorKind::BadCharacter(found));
    }
    if port.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Port::Service(port.into()));
    }
    if let Some((at, found)) = port.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        return error(offset + at, EndpointErrorKind::BadCharacter(found));
    }
    match port.parse() {
        Ok(number) => Ok(Port::Number(number)),
        Err(_) => error(offset, EndpointErrorKind::PortTooLarge(port.into())),
    }
}

/// What can stand where an [`Endpoint`] is asked for.
///
/// * text with both, `"example.org:80"`; see [`Endpoint`]
/// * a pair of a host and a port: `("example.org", 80)`, `("::1", 80)`; in a pair, an IPv6 address
///   needs no brackets
/// * a pair of an address and a port: of std's types, of four or sixteen bytes,
///   `([127, 0, 0, 1], 80)`, or of an IPv4 address as one number in host byte order,
///   `(0x7f00_0001, 80)`
/// * std's [`SocketAddr`]
///
/// ```
/// use usocket::ToEndpoint;
///
/// for text in [
///     ("::1", 80).to_endpoint()?.to_string(),
///     std::net::SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 80)).to_endpoint()?.to_string(),
/// ] {
///     assert_eq!(text, "[::1]:80");
/// }
/// assert_eq!((0x7f00_0001, 80).to_endpoint()?, "127.0.0.1:80".to_endpoint()?);
/// # Ok::<(), usocket::EndpointError>(())
/// ```
///
/// # Errors
///
/// An [`EndpointError`] that names the input, the place in it, and what was expected.
pub trait ToEndpoint {
    /// The endpoint.
    #[expect(clippy::missing_errors_doc, reason = "in the trait's text")]
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError>;
}

impl<T: ToEndpoint + ?Sized> ToEndpoint for &T {
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
        (**self).to_endpoint()
    }
}

impl ToEndpoint for Endpoint {
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
        Ok(self.clone())
    }
}

impl ToEndpoint for str {
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
        self.parse()
    }
}

impl ToEndpoint for String {
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
        self.parse()
    }
}

impl ToEndpoint for (&str, u16) {
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
        let (text, port) = *self;
        let host = if text.contains(':') {
            ipv6(text, 0, text)?
        } else {
            name_or_ipv4(text, 0, text)?
        };
        Ok(Endpoint {
            host,
            port: Port::Number(port),
        })
    }
}

impl ToEndpoint for (String, u16) {
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
        (self.0.as_str(), self.1).to_endpoint()
    }
}

macro_rules! to_endpoint_by_address {
    ($($address:ty),*) => {$(
        impl ToEndpoint for ($address, u16) {
            fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
                Ok(Endpoint::from((self.0, self.1)))
            }
        }

        impl From<($address, u16)> for Endpoint {
            fn from((address, port): ($address, u16)) -> Self {
                Self { host: Host::Addr(address.into()), port: Port::Number(port) }
            }
        }
    )*};
}

to_endpoint_by_address!(IpAddr, Ipv4Addr, Ipv6Addr, [u8; 4], [u8; 16]);

impl ToEndpoint for (u32, u16) {
    fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
        Ok((Ipv4Addr::from_bits(self.0), self.1).into())
    }
}

macro_rules! to_endpoint_by_socket_address {
    ($($address:ty),*) => {$(
        impl ToEndpoint for $address {
            fn to_endpoint(&self) -> Result<Endpoint, EndpointError> {
                Ok(Endpoint::from(*self))
            }
        }
    )*};
}

to_endpoint_by_socket_address!(SocketAddr, SocketAddrV4, SocketAddrV6);

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => address.into(),
            SocketAddr::V6(address) => address.into(),
        }
    }
}

impl From<SocketAddrV4> for Endpoint {
    fn from(address: SocketAddrV4) -> Self {
        (*address.ip(), address.port()).into()
    }
}

impl From<SocketAddrV6> for Endpoint {
    /// The flow label, of which no text speaks, is dropped.
    fn from(address: SocketAddrV6) -> Self {
        let host = match address.scope_id() {
            0 => Host::Addr((*address.ip()).into()),
            scope => Host::Zoned {
                address: *address.ip(),
                zone: scope.to_string().into(),
            },
        };
        Self {
            host,
            port: Port::Number(address.port()),
        }
    }
}

/// A text is no [`Endpoint`]: which text, where in it, and why.
///
/// ```
/// use usocket::Endpoint;
///
/// let error = "localhost:70000".parse::<Endpoint>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "\"localhost:70000\", character 11: port 70000 is above 65535",
/// );
/// assert_eq!(error.offset(), 10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{input:?}, character {}: {kind}", input[..*offset].chars().count() + 1)]
pub struct EndpointError {
    input: Box<str>,
    offset: usize,
    kind: EndpointErrorKind,
}

impl EndpointError {
    fn new(input: &str, offset: usize, kind: EndpointErrorKind) -> Self {
        Self {
            input: input.into(),
            offset,
            kind,
        }
    }

    /// The text as it was given.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// Where in the text the mistake begins, in bytes; its end, if something is missing there.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong.
    pub fn kind(&self) -> &EndpointErrorKind {
        &self.kind
    }
}

impl From<EndpointError> for io::Error {
    /// An error of the kind [`InvalidInput`](io::ErrorKind::InvalidInput).
    fn from(error: EndpointError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// What is wrong with a text that is no [`Endpoint`].
///
/// ```
/// use usocket::{Endpoint, EndpointErrorKind};
///
/// let kind = |text: &str| text.parse::<Endpoint>().unwrap_err().kind().clone();
/// assert_eq!(kind("localhost"), EndpointErrorKind::MissingPort);
/// assert_eq!(kind("::1"), EndpointErrorKind::MissingBrackets);
/// assert_eq!(kind("http://localhost:80"), EndpointErrorKind::BadCharacter('/'));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointErrorKind {
    /// There is no port.
    #[error("a port is missing, expected host:port")]
    MissingPort,
    /// There is nothing before the colon.
    #[error("the host is empty")]
    EmptyHost,
    /// There is nothing behind the colon.
    #[error("the port is empty")]
    EmptyPort,
    /// There is nothing behind the `%`.
    #[error("the zone is empty, expected an interface's name or number behind %")]
    EmptyZone,
    /// The port is a number above 65535.
    #[error("port {0} is above 65535")]
    PortTooLarge(Box<str>),
    /// An IPv6 address without its brackets.
    #[error("an IPv6 address needs brackets, as in [::1]:80")]
    MissingBrackets,
    /// The bracket is not closed.
    #[error("the bracket is not closed")]
    UnclosedBracket,
    /// What stands for an IPv6 address is none.
    #[error("this is not an IPv6 address")]
    BadIpv6,
    /// What ends in a number is not an IPv4 address of four numbers from 0 to 255.
    #[error("this is not an IPv4 address of four numbers from 0 to 255")]
    BadIpv4,
    /// This character cannot stand here.
    #[error("{0:?} cannot stand here")]
    BadCharacter(char),
    /// The name has this many bytes, and a name has 253 at most.
    #[error("the name has {0} bytes, a name has 253 at most")]
    NameTooLong(usize),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("example.org:80", "example.org:80")]
    #[case("example.org.:http", "example.org.:http")]
    #[case("_srv.example.org:0", "_srv.example.org:0")]
    #[case("bücher.example:80", "bücher.example:80")]
    #[case("127.0.0.1:65535", "127.0.0.1:65535")]
    #[case("[::1]:80", "[::1]:80")]
    #[case("[0:0:0:0:0:0:0:1]:80", "[::1]:80")]
    #[case("[::ffff:1.2.3.4]:80", "[::ffff:1.2.3.4]:80")]
    #[case("[fe80::1%eth0]:80", "[fe80::1%eth0]:80")]
    #[case("a:00080", "a:80")]
    fn reads_what_users_write(#[case] text: &str, #[case] canonical: &str) {
        let endpoint: Endpoint = text.parse().unwrap();
        assert_eq!(endpoint.to_string(), canonical);
        assert_eq!(canonical.parse(), Ok(endpoint));
    }

    #[rstest]
    #[case("", 0, EndpointErrorKind::MissingPort)]
    #[case("host", 4, EndpointErrorKind::MissingPort)]
    #[case(":80", 0, EndpointErrorKind::EmptyHost)]
    #[case("host:", 5, EndpointErrorKind::EmptyPort)]
    #[case("host:65536", 5, EndpointErrorKind::PortTooLarge("65536".into()))]
    #[case("host:99999999999999999999", 5, EndpointErrorKind::PortTooLarge("99999999999999999999".into()))]
    #[case("host:-1", 5, EndpointErrorKind::BadCharacter('-'))]
    #[case("host:8 0", 6, EndpointErrorKind::BadCharacter(' '))]
    #[case("ho st:80", 2, EndpointErrorKind::BadCharacter(' '))]
    #[case("ho\0st:80", 2, EndpointErrorKind::BadCharacter('\0'))]
    #[case("ho\0st", 2, EndpointErrorKind::BadCharacter('\0'))]
    #[case("::1", 0, EndpointErrorKind::MissingBrackets)]
    #[case("::1:80", 0, EndpointErrorKind::MissingBrackets)]
    #[case("[::1]", 5, EndpointErrorKind::MissingPort)]
    #[case("[::1]80", 5, EndpointErrorKind::MissingPort)]
    #[case("[::1", 0, EndpointErrorKind::UnclosedBracket)]
    #[case("[localhost]:80", 1, EndpointErrorKind::BadIpv6)]
    #[case("[]:80", 1, EndpointErrorKind::BadIpv6)]
    #[case("[fe80::1%]:80", 9, EndpointErrorKind::EmptyZone)]
    #[case("[fe80::1%a b]:80", 10, EndpointErrorKind::BadCharacter(' '))]
    #[case("300.1.2.3:80", 0, EndpointErrorKind::BadIpv4)]
    #[case("1.2.3:80", 0, EndpointErrorKind::BadIpv4)]
    #[case("2130706433:80", 0, EndpointErrorKind::BadIpv4)]
    #[case("http://host:80", 5, EndpointErrorKind::BadCharacter('/'))]
    #[case("fe80::1%eth0:80", 0, EndpointErrorKind::MissingBrackets)]
    #[case("host:80:90", 4, EndpointErrorKind::BadCharacter(':'))]
    #[case("bücher/x:80", 7, EndpointErrorKind::BadCharacter('/'))]
    fn points_at_the_mistake(
        #[case] text: &str,
        #[case] offset: usize,
        #[case] kind: EndpointErrorKind,
    ) {
        let error = text.parse::<Endpoint>().unwrap_err();
        assert_eq!((error.offset(), error.kind()), (offset, &kind), "{error}");
        assert_eq!(error.input(), text);
        assert!(
            error
                .to_string()
                .starts_with(&format!("{text:?}, character ")),
            "{error}"
        );
    }

    #[test]
    fn counts_characters_not_bytes() {
        let error = "bücher/x:80".parse::<Endpoint>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"bücher/x:80\", character 7: '/' cannot stand here"
        );
    }

    #[test]
    fn a_name_has_253_bytes_at_most() {
        let name = vec!["a".repeat(63); 4].join(".");
        assert_eq!(name.len(), 255);
        let error = (name.as_str(), 80).to_endpoint().unwrap_err();
        assert_eq!(*error.kind(), EndpointErrorKind::NameTooLong(255));
        assert!((&name[2..], 80).to_endpoint().is_ok());
    }

    #[test]
    fn pairs_and_addresses_give_the_same_as_text() {
        let one: Endpoint = "127.0.0.1:80".parse().unwrap();
        let address = Ipv4Addr::LOCALHOST;
        assert_eq!(([127, 0, 0, 1], 80).to_endpoint().unwrap(), one);
        assert_eq!((0x7f00_0001, 80).to_endpoint().unwrap(), one);
        assert_eq!((address, 80).to_endpoint().unwrap(), one);
        assert_eq!((IpAddr::from(address), 80).to_endpoint().unwrap(), one);
        assert_eq!(("127.0.0.1", 80).to_endpoint().unwrap(), one);
        assert_eq!(SocketAddr::from((address, 80)).to_endpoint().unwrap(), one);

        let one: Endpoint = "[fe80::1%7]:80".parse().unwrap();
        assert_eq!(("fe80::1%7", 80).to_endpoint().unwrap(), one);
        let scoped = SocketAddrV6::new("fe80::1".parse().unwrap(), 80, 0, 7);
        assert_eq!(scoped.to_endpoint().unwrap(), one);
        assert_eq!(one.socket_addr(), Some(scoped.into()));
    }

    proptest! {
        #[test]
        fn any_text_reads_back_or_points_into_itself(text in "\\PC*|[\\[\\]a-f0-9:.%/]{0,40}") {
            match text.parse::<Endpoint>() {
                Ok(endpoint) => prop_assert_eq!(endpoint.to_string().parse(), Ok(endpoint)),
                Err(error) => {
                    prop_assert!(text.is_char_boundary(error.offset()));
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }

        #[test]
        fn every_socket_address_reads_back(ip: IpAddr, port: u16) {
            let address = SocketAddr::new(ip, port);
            let endpoint = Endpoint::from(address);
            prop_assert_eq!(endpoint.socket_addr(), Some(address));
            prop_assert_eq!(address.to_string().parse(), Ok(endpoint));
        }
    }
}
