//! Addresses and octets: what std leaves to everybody's own code.
//!
//! A host can be written in many ways: text, four or sixteen octets, a number. [`ToIpAddr`] reads
//! all of them, and says of what is none where the mistake is. [`same_ip`] compares addresses and
//! not texts. [`put_ip`], [`put_port`], [`put_integer`] and their counterparts move addresses,
//! ports and numbers of 1 to 8 octets in and out of a buffer, in network byte order.
//!
//! ```
//! use usocket::address::{self, AUTO_PORT, WILDCARD_V6};
//! use usocket::TcpListener;
//!
//! // All interfaces, IPv4 and IPv6, on a port that the system chooses.
//! let listener = TcpListener::bind((WILDCARD_V6, AUTO_PORT))?;
//! assert_ne!(listener.local_addr()?.port(), AUTO_PORT);
//!
//! // The beginning of a reply of SOCKS 5 (RFC 1928, section 6): a version, three numbers, where to.
//! let mut reply = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
//! let at = address::put_ip(&mut reply, 4, "192.0.2.1")?;
//! let end = address::put_port(&mut reply, at, 1080)?;
//! assert_eq!(reply, [5, 0, 0, 1, 192, 0, 2, 1, 4, 56]);
//! assert_eq!(end, reply.len());
//!
//! assert_eq!(address::get_ipv4(&reply, 4)?.to_string(), "192.0.2.1");
//! assert_eq!(address::get_port(&reply, at)?, 1080);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What std has
//!
//! | to do | with std |
//! | --- | --- |
//! | an IPv4 address to its number in host byte order, and back | [`Ipv4Addr::to_bits`], [`Ipv4Addr::from_bits`] |
//! | a number to network byte order, and back | [`u16::to_be_bytes`], [`u16::from_be_bytes`] |
//! | the text of an address; of IPv6 as RFC 5952 wants it | [`ToString::to_string`] |
//! | the octets of an address of a known family | [`Ipv4Addr::octets`], [`Ipv6Addr::octets`] |
//! | `::ffff:192.0.2.1` to `192.0.2.1` | [`IpAddr::to_canonical`] |
//! | what kind of address it is | [`IpAddr::is_loopback`], [`IpAddr::is_unspecified`], [`IpAddr::is_multicast`] |

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Deref;

/// The address that stands for every address of IPv4 that this machine has, to bind to: `0.0.0.0`.
///
/// ```
/// use usocket::address::{AUTO_PORT, WILDCARD_V4};
///
/// let socket = usocket::UdpSocket::bind((WILDCARD_V4, AUTO_PORT))?;
/// assert_eq!(socket.local_addr()?.ip(), WILDCARD_V4);
/// # Ok::<(), usocket::Error>(())
/// ```
#[doc(alias = "INADDR_ANY")]
#[doc(alias = "*wildcard-host*")]
pub const WILDCARD_V4: Ipv4Addr = Ipv4Addr::UNSPECIFIED;

/// The same of IPv6, `::`; a listener that is bound to it hears IPv4 too, unless its
/// [`Ipv6Mode`](crate::Ipv6Mode) says otherwise.
///
/// ```
/// use usocket::address::{AUTO_PORT, WILDCARD_V6};
///
/// let listener = usocket::TcpListener::bind((WILDCARD_V6, AUTO_PORT))?;
/// assert_eq!(listener.local_addr()?.ip(), WILDCARD_V6);
/// # Ok::<(), usocket::Error>(())
/// ```
#[doc(alias = "IN6ADDR_ANY_INIT")]
#[doc(alias = "*wildcard-host*")]
pub const WILDCARD_V6: Ipv6Addr = Ipv6Addr::UNSPECIFIED;

/// The port with which a socket is bound to one that the system chooses: 0.
///
/// ```
/// use usocket::address::AUTO_PORT;
///
/// let listener = usocket::TcpListener::bind(("127.0.0.1", AUTO_PORT))?;
/// assert_ne!(listener.local_addr()?.port(), AUTO_PORT);
/// # Ok::<(), usocket::Error>(())
/// ```
#[doc(alias = "*auto-port*")]
pub const AUTO_PORT: u16 = 0;

/// What can stand for an address: nobody is asked, and a name is none.
///
/// * text, as [`str::parse`] reads it: four numbers from 0 to 255, or IPv6 of RFC 4291, section 2.2
/// * octets in network byte order: `[u8; 4]`, `[u8; 16]`, or a slice of 4 or 16
/// * an IPv4 address as one number in host byte order, `0x7f00_0001`
/// * std's [`IpAddr`], [`Ipv4Addr`] and [`Ipv6Addr`], and [`Octets`]
///
/// The forms that some C libraries read, `127.1`, `0x7f.1` and `010.0.0.1`, are none, since they
/// read them differently. With a port, see [`ToEndpoint`](crate::ToEndpoint).
///
/// ```
/// use usocket::address::ToIpAddr;
///
/// let octets: &[u8] = &[192, 0, 2, 1];
/// for address in ["192.0.2.1".to_ip_addr()?, octets.to_ip_addr()?, 0xc000_0201.to_ip_addr()?] {
///     assert_eq!(address.to_string(), "192.0.2.1");
/// }
/// assert_eq!("2001:DB8:0:0::1".to_ip_addr()?.to_string(), "2001:db8::1");
///
/// let error = "192.0.2.300".to_ip_addr().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "\"192.0.2.300\", character 9: expected four numbers from 0 to 255",
/// );
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// An [`AddressError`] that names the input, the place in it, and what was expected.
#[doc(alias = "inet_pton")]
#[doc(alias = "inet_aton")]
#[doc(alias = "inet_addr")]
#[doc(alias = "inet_ntop")]
#[doc(alias = "inet_ntoa")]
#[doc(alias = "host-byte-order")]
#[doc(alias = "hbo-to-dotted-quad")]
#[doc(alias = "hbo-to-vector-quad")]
#[doc(alias = "vector-quad-to-dotted-quad")]
#[doc(alias = "vector-to-ipv6-host")]
#[doc(alias = "dotted-quad-to-vector-quad")]
#[doc(alias = "ipv6-host-to-vector")]
#[doc(alias = "host-to-hostname")]
pub trait ToIpAddr {
    /// The address.
    #[expect(clippy::missing_errors_doc, reason = "in the trait's text")]
    fn to_ip_addr(&self) -> Result<IpAddr, AddressError>;
}

impl<T: ToIpAddr + ?Sized> ToIpAddr for &T {
    fn to_ip_addr(&self) -> Result<IpAddr, AddressError> {
        (**self).to_ip_addr()
    }
}

impl ToIpAddr for str {
    fn to_ip_addr(&self) -> Result<IpAddr, AddressError> {
        self.parse().map_err(|_| mistake(self))
    }
}

impl ToIpAddr for String {
    fn to_ip_addr(&self) -> Result<IpAddr, AddressError> {
        self.as_str().to_ip_addr()
    }
}

impl ToIpAddr for [u8] {
    fn to_ip_addr(&self) -> Result<IpAddr, AddressError> {
        if let Ok(octets) = <[u8; 4]>::try_from(self) {
            return Ok(octets.into());
        }
        match <[u8; 16]>::try_from(self) {
            Ok(octets) => Ok(octets.into()),
            Err(_) => Err(AddressError {
                input: octet_count(self.len()),
                offset: None,
                kind: AddressErrorKind::BadLength,
            }),
        }
    }
}

impl ToIpAddr for u32 {
    fn to_ip_addr(&self) -> Result<IpAddr, AddressError> {
        Ok(Ipv4Addr::from_bits(*self).into())
    }
}

macro_rules! to_ip_addr_by_value {
    ($($address:ty),*) => {$(
        impl ToIpAddr for $address {
            fn to_ip_addr(&self) -> Result<IpAddr, AddressError> {
                Ok((*self).into())
            }
        }
    )*};
}

to_ip_addr_by_value!(IpAddr, Ipv4Addr, Ipv6Addr, [u8; 4], [u8; 16], Octets);

/// Whether two addresses are the same, however each is written.
///
/// An IPv4 address in IPv6's clothes, as the peers of a listener for both have it
/// (`::ffff:192.0.2.1`: RFC 4291, section 2.5.5.2), is the same as without them. To tell these
/// apart, compare two [`IpAddr`] by `==`.
///
/// ```
/// use usocket::address::same_ip;
///
/// assert!(same_ip("FE80::00AB", "fe80::ab")?);
/// assert!(same_ip("::ffff:192.0.2.1", [192, 0, 2, 1])?);
/// assert!(!same_ip("::1", "127.0.0.1")?);
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// Those of [`ToIpAddr`]: a name is no address, and is not looked up.
#[doc(alias = "ip=")]
#[doc(alias = "ip/=")]
pub fn same_ip(one: impl ToIpAddr, other: impl ToIpAddr) -> Result<bool, AddressError> {
    Ok(one.to_ip_addr()?.to_canonical() == other.to_ip_addr()?.to_canonical())
}

/// The octets of an address of either family, in network byte order.
///
/// ```
/// use std::net::IpAddr;
/// use usocket::address::octets;
///
/// let address: IpAddr = "192.0.2.1".parse()?;
/// assert_eq!(*octets(address), [192, 0, 2, 1]);
/// assert_eq!(octets("::1".parse::<IpAddr>()?).len(), 16);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[doc(alias = "dotted-quad-to-vector-quad")]
#[doc(alias = "hbo-to-vector-quad")]
#[doc(alias = "ipv6-host-to-vector")]
pub fn octets(address: impl Into<IpAddr>) -> Octets {
    match address.into() {
        IpAddr::V4(address) => Octets::V4(address.octets()),
        IpAddr::V6(address) => Octets::V6(address.octets()),
    }
}

/// What [`octets`] gives: 4 or 16 octets, as a slice.
///
/// ```
/// use usocket::address::{Octets, octets};
///
/// let mut packet = b"to ".to_vec();
/// packet.extend_from_slice(&octets([192, 0, 2, 1]));
/// assert_eq!(packet, [b't', b'o', b' ', 192, 0, 2, 1]);
/// assert_eq!(octets([192, 0, 2, 1]), Octets::V4([192, 0, 2, 1]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are these two families")]
pub enum Octets {
    /// Of an IPv4 address.
    V4([u8; 4]),
    /// Of an IPv6 address.
    V6([u8; 16]),
}

impl From<Octets> for IpAddr {
    fn from(octets: Octets) -> Self {
        match octets {
            Octets::V4(octets) => octets.into(),
            Octets::V6(octets) => octets.into(),
        }
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::V4(octets) => octets,
            Self::V6(octets) => octets,
        }
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Puts a number of `octets` octets, 1 to 8, into `buffer` at `start`, in network byte order, and
/// gives where the next thing goes.
///
/// Nothing is written if it fails.
///
/// ```
/// use usocket::address::{get_integer, put_integer};
///
/// let mut header = [0; 4];
/// let next = put_integer(&mut header, 1, 3, 0x01_02_03)?;
/// assert_eq!((header, next), ([0, 1, 2, 3], 4));
/// assert_eq!(get_integer(&header, 1, 3)?, 0x01_02_03);
///
/// let error = put_integer(&mut header, 0, 2, 70_000).unwrap_err();
/// assert_eq!(error.to_string(), "70000: expected at most 65535, which 2 octets hold");
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// An [`AddressError`] where `octets` is not 1 to 8, `value` does not fit into them, or the buffer
/// ends before.
#[doc(alias = "htonl")]
#[doc(alias = "htons")]
#[doc(alias = "integer-to-octet-buffer")]
pub fn put_integer(
    buffer: &mut [u8],
    start: usize,
    octets: usize,
    value: u64,
) -> Result<usize, AddressError> {
    let bytes = value.to_be_bytes();
    let (empty, used) = bytes.split_at(unused(octets)?);
    if empty.iter().any(|octet| *octet != 0) {
        return Err(AddressError {
            input: value.to_string().into(),
            offset: None,
            kind: AddressErrorKind::TooLarge(octets),
        });
    }
    put(buffer, start, used)
}

/// Takes a number of `octets` octets, 1 to 8, in network byte order, from `buffer` at `start`.
///
/// ```
/// use usocket::address::get_integer;
///
/// assert_eq!(get_integer(&[0, 1, 0], 0, 3)?, 256);
/// let error = get_integer(&[0, 1, 0], 2, 4).unwrap_err();
/// assert_eq!(error.to_string(), "4 octets at 2: expected them in the buffer, which has 3");
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// An [`AddressError`] where `octets` is not 1 to 8, or the buffer ends before.
#[doc(alias = "ntohl")]
#[doc(alias = "ntohs")]
#[doc(alias = "octet-buffer-to-integer")]
pub fn get_integer(buffer: &[u8], start: usize, octets: usize) -> Result<u64, AddressError> {
    let mut bytes = [0; 8];
    bytes[unused(octets)?..].copy_from_slice(get(buffer, start, octets)?);
    Ok(u64::from_be_bytes(bytes))
}

/// Puts a port into `buffer` at `start`, as two octets in network byte order, and gives where the
/// next thing goes.
///
/// ```
/// let mut buffer = [0; 2];
/// assert_eq!(usocket::address::put_port(&mut buffer, 0, 8080)?, 2);
/// assert_eq!(buffer, [31, 144]);
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// An [`AddressError`] where the buffer ends before.
#[doc(alias = "htons")]
#[doc(alias = "port-to-octet-buffer")]
pub fn put_port(buffer: &mut [u8], start: usize, port: u16) -> Result<usize, AddressError> {
    put(buffer, start, &port.to_be_bytes())
}

/// Takes a port of two octets in network byte order from `buffer` at `start`.
///
/// ```
/// assert_eq!(usocket::address::get_port(&[31, 144], 0)?, 8080);
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// An [`AddressError`] where the buffer ends before.
#[doc(alias = "ntohs")]
#[doc(alias = "port-from-octet-buffer")]
pub fn get_port(buffer: &[u8], start: usize) -> Result<u16, AddressError> {
    Ok(u16::from_be_bytes(get_array(buffer, start)?))
}

/// Puts the 4 or 16 octets of an address into `buffer` at `start`, and gives where the next thing
/// goes.
///
/// ```
/// let mut buffer = [0; 20];
/// let next = usocket::address::put_ip(&mut buffer, 0, "127.0.0.1")?;
/// assert_eq!(usocket::address::put_ip(&mut buffer, next, "::1")?, 20);
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// Those of [`ToIpAddr`]; an [`AddressError`] where the buffer ends before.
#[doc(alias = "ip-to-octet-buffer")]
pub fn put_ip(
    buffer: &mut [u8],
    start: usize,
    address: impl ToIpAddr,
) -> Result<usize, AddressError> {
    put(buffer, start, &octets(address.to_ip_addr()?))
}

/// Takes the 4 octets of an IPv4 address from `buffer` at `start`.
///
/// ```
/// use std::net::Ipv4Addr;
///
/// let packet = [0, 127, 0, 0, 1];
/// assert_eq!(usocket::address::get_ipv4(&packet, 1)?, Ipv4Addr::LOCALHOST);
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// An [`AddressError`] where the buffer ends before.
#[doc(alias = "ip-from-octet-buffer")]
pub fn get_ipv4(buffer: &[u8], start: usize) -> Result<Ipv4Addr, AddressError> {
    Ok(get_array::<4>(buffer, start)?.into())
}

/// Takes the 16 octets of an IPv6 address from `buffer` at `start`.
///
/// ```
/// use std::net::Ipv6Addr;
///
/// let packet = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
/// assert_eq!(usocket::address::get_ipv6(&packet, 0)?, Ipv6Addr::LOCALHOST);
/// # Ok::<(), usocket::address::AddressError>(())
/// ```
///
/// # Errors
///
/// An [`AddressError`] where the buffer ends before.
#[doc(alias = "ip-from-octet-buffer")]
pub fn get_ipv6(buffer: &[u8], start: usize) -> Result<Ipv6Addr, AddressError> {
    Ok(get_array::<16>(buffer, start)?.into())
}

/// How many of eight octets a number of `octets` octets leaves unused.
fn unused(octets: usize) -> Result<usize, AddressError> {
    match octets {
        1..=8 => Ok(8 - octets),
        _ => Err(AddressError {
            input: octet_count(octets),
            offset: None,
            kind: AddressErrorKind::BadWidth,
        }),
    }
}

fn put(buffer: &mut [u8], start: usize, octets: &[u8]) -> Result<usize, AddressError> {
    let length = buffer.len();
    let place = buffer
        .get_mut(start..)
        .and_then(|rest| rest.get_mut(..octets.len()))
        .ok_or_else(|| out_of_bounds(length, start, octets.len()))?;
    place.copy_from_slice(octets);
    Ok(start + octets.len())
}

fn get(buffer: &[u8], start: usize, octets: usize) -> Result<&[u8], AddressError> {
    buffer
        .get(start..)
        .and_then(|rest| rest.get(..octets))
        .ok_or_else(|| out_of_bounds(buffer.len(), start, octets))
}

fn get_array<const N: usize>(buffer: &[u8], start: usize) -> Result<[u8; N], AddressError> {
    let mut array = [0; N];
    array.copy_from_slice(get(buffer, start, N)?);
    Ok(array)
}

fn out_of_bounds(length: usize, start: usize, octets: usize) -> AddressError {
    AddressError {
        input: format!("{} at {start}", octet_count(octets)).into(),
        offset: Some(start),
        kind: AddressErrorKind::OutOfBounds(length),
    }
}

fn octet_count(octets: usize) -> Box<str> {
    match octets {
        1 => "1 octet".into(),
        _ => format!("{octets} octets").into(),
    }
}

/// What is wrong with a text that std does not read as an address, and where.
fn mistake(text: &str) -> AddressError {
    let last = text.rsplit('.').next().unwrap_or(text);
    let numbers = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let (offset, kind) = if let Some((address, _)) = text.split_once('%') {
        match address.parse::<Ipv6Addr>() {
            Ok(_) => (address.len(), AddressErrorKind::Zone),
            Err(_) => (0, AddressErrorKind::NotAnAddress),
        }
    } else if text.contains(':') {
        (mistake_v6(text), AddressErrorKind::BadIpv6)
    } else if !text.is_empty() && (numbers(text) || !last.is_empty() && numbers(last)) {
        // No name ends in a number (RFC 1123, section 2.1).
        (mistake_v4(text), AddressErrorKind::BadIpv4)
    } else {
        (0, AddressErrorKind::NotAnAddress)
    };
    AddressError {
        input: text.into(),
        offset: Some(offset),
        kind,
    }
}

/// Where the first part is that is no number from 0 to 255, or the fifth; or the end.
fn mistake_v4(text: &str) -> usize {
    let is_number = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
            && part.parse::<u8>().is_ok()
    };
    parts(text, '.')
        .enumerate()
        .find(|(index, (_, part))| *index == 4 || !is_number(part))
        .map_or(text.len(), |(_, (offset, _))| offset)
}

/// Where the first group is that is none; the beginning, if it is their number.
fn mistake_v6(text: &str) -> usize {
    let is_group = |part: &str| {
        part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            || part.parse::<Ipv4Addr>().is_ok()
    };
    parts(text, ':')
        .find(|(_, part)| !is_group(part))
        .map_or(0, |(offset, _)| offset)
}

/// The parts of a text, each with its offset.
fn parts(text: &str, separator: char) -> impl Iterator<Item = (usize, &str)> {
    text.split(separator).scan(0, move |next, part| {
        let offset = *next;
        *next += part.len() + separator.len_utf8();
        Some((offset, part))
    })
}

/// What was given is no address, or does not fit: what it was, where, and what was expected.
///
/// ```
/// use usocket::address::{AddressErrorKind, ToIpAddr};
///
/// let error = "12345::".to_ip_addr().unwrap_err();
/// assert_eq!(error.input(), "12345::");
/// assert_eq!(error.offset(), Some(0));
/// assert_eq!(error.kind(), &AddressErrorKind::BadIpv6);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError {
    input: Box<str>,
    offset: Option<usize>,
    kind: AddressErrorKind,
}

impl AddressError {
    /// What was given: the text as it was; of octets how many and where; a number's digits.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// Where it is: in a text, where the mistake begins, in bytes; in a buffer, where the octets
    /// were to begin.
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }

    /// What was expected.
    pub fn kind(&self) -> &AddressErrorKind {
        &self.kind
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            input,
            offset,
            kind,
        } = self;
        match (kind, offset) {
            (AddressErrorKind::OutOfBounds(_), _) | (_, None) => write!(f, "{input}: {kind}"),
            // Whatever stands before a mistake is part of an address, and so ASCII.
            (_, Some(offset)) => write!(f, "{input:?}, character {}: {kind}", offset + 1),
        }
    }
}

impl std::error::Error for AddressError {}

impl From<AddressError> for io::Error {
    /// An error of the kind [`InvalidInput`](io::ErrorKind::InvalidInput).
    fn from(error: AddressError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// What was expected where an [`AddressError`] says that it was not there.
///
/// ```
/// use usocket::address::{AddressErrorKind, ToIpAddr};
///
/// let kind = |text: &str| text.to_ip_addr().unwrap_err().kind().clone();
/// assert_eq!(kind("1.2.3"), AddressErrorKind::BadIpv4);
/// assert_eq!(kind("localhost"), AddressErrorKind::NotAnAddress);
/// assert_eq!(kind("fe80::1%eth0"), AddressErrorKind::Zone);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressErrorKind {
    /// An address, and not a name or anything else.
    #[error("expected an address, such as 192.0.2.1 or 2001:db8::1")]
    NotAnAddress,
    /// Four numbers from 0 to 255, without zeros in front.
    #[error("expected four numbers from 0 to 255")]
    BadIpv4,
    /// Eight groups of 1 to 4 hexadecimal digits, or fewer with `::` once.
    #[error("expected eight groups of 1 to 4 hexadecimal digits, or fewer with :: once")]
    BadIpv6,
    /// No zone: an [`IpAddr`] has no place for it; an [`Endpoint`](crate::Endpoint) has.
    #[error("expected no zone, which only an endpoint has, as in [fe80::1%eth0]:80")]
    Zone,
    /// 4 or 16 octets.
    #[error("expected 4 for IPv4 or 16 for IPv6")]
    BadLength,
    /// A number of 1 to 8 octets.
    #[error("expected 1 to 8")]
    BadWidth,
    /// A number that fits into this many octets.
    #[error("expected at most {}, which {} hold{}", most(*.0), octet_count(*.0), if *.0 == 1 { "s" } else { "" })]
    TooLarge(usize),
    /// Octets of the buffer, which has this many.
    #[error("expected them in the buffer, which has {0}")]
    OutOfBounds(usize),
}

/// The largest number of so many octets.
fn most(octets: usize) -> u64 {
    (0..octets.min(8)).fold(0, |most, _| most << 8 | 0xff)
}
