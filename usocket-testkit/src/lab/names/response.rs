//! Records, and what a name answers, as data.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::malformed::Malformed;
use super::name::Name;

/// A record of a name.
///
/// ```
/// use usocket_testkit::lab::Record;
///
/// let addr: std::net::Ipv6Addr = "fd77::9".parse()?;
/// assert_eq!(Record::from(std::net::IpAddr::from(addr)), Record::Aaaa(addr));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// An IPv4 address (RFC 1035 3.4.1).
    A(Ipv4Addr),
    /// An IPv6 address (RFC 3596 2.2).
    Aaaa(Ipv6Addr),
    /// The name is another name's alias (RFC 1035 3.3.1).
    Cname(Name),
    /// The name of an address, under the address's reverse (RFC 1035 3.3.12).
    Ptr(Name),
}

impl Record {
    pub(super) fn kind(&self) -> QueryType {
        match self {
            Self::A(_) => QueryType::A,
            Self::Aaaa(_) => QueryType::Aaaa,
            Self::Cname(_) => QueryType::Cname,
            Self::Ptr(_) => QueryType::Ptr,
        }
    }
}

impl From<IpAddr> for Record {
    fn from(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(addr) => Self::A(addr),
            IpAddr::V6(addr) => Self::Aaaa(addr),
        }
    }
}

/// What a query asks for (RFC 1035 3.2.2, RFC 3596 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueryType {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// What the name is an alias of.
    Cname,
    /// The name of an address.
    Ptr,
    /// Every record (RFC 1035 3.2.3).
    Any,
    /// Some other type; none has records here.
    Other,
}

impl QueryType {
    /// The numbers in messages.
    const NUMBERS: [(Self, u16); 5] = [
        (Self::A, 1),
        (Self::Cname, 5),
        (Self::Ptr, 12),
        (Self::Aaaa, 28),
        (Self::Any, 255),
    ];

    pub(super) fn from_number(number: u16) -> Self {
        let found = Self::NUMBERS.iter().find(|(_, known)| *known == number);
        found.map_or(Self::Other, |(kind, _)| *kind)
    }

    /// The number of a record's type.
    pub(super) fn number(self) -> u16 {
        let found = Self::NUMBERS.iter().find(|(kind, _)| *kind == self);
        found.map_or(0, |(_, number)| *number)
    }
}

/// What comes back for a name, and when.
///
/// ```
/// use std::net::{Ipv4Addr, Ipv6Addr};
/// use std::time::Duration;
/// use usocket_testkit::lab::{Fate, Record, Response};
///
/// let late = Response::from(Fate::ServFail).delayed(Duration::from_millis(50));
/// let second_time = Response::addresses([Ipv4Addr::new(10, 77, 1, 9)]).first(1, Fate::Refused);
/// let both = Response::from(vec![
///     Record::Aaaa(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 9)),
///     Record::A(Ipv4Addr::new(10, 77, 1, 9)),
/// ]);
/// # drop((late, second_time, both));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub(super) fate: Fate,
    /// So many queries after the response was set meet another fate first. Each type of query
    /// counts for itself: a resolver asks for both families at once.
    pub(super) first: (u32, Fate),
    /// How long the answer takes.
    pub(super) delay: Duration,
}

impl Response {
    /// The addresses, in this order.
    pub fn addresses<A: Into<IpAddr>>(addrs: impl IntoIterator<Item = A>) -> Self {
        let records = addrs.into_iter().map(|addr| Record::from(addr.into()));
        records.collect::<Vec<_>>().into()
    }

    /// The same, so much later.
    #[must_use]
    pub fn delayed(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The same, after so many queries of a type that get no answer.
    #[must_use]
    pub fn losing(self, queries: u32) -> Self {
        self.first(queries, Fate::Silent)
    }

    /// The same, after so many queries of a type that meet another fate.
    #[must_use]
    pub fn first(self, queries: u32, fate: Fate) -> Self {
        let first = (queries, fate);
        Self { first, ..self }
    }

    /// What a query meets that so many others of its type have come before.
    pub(super) fn fate_at(&self, queries: u32) -> &Fate {
        let (queries_before, before) = &self.first;
        if queries < *queries_before {
            before
        } else {
            &self.fate
        }
    }
}

impl From<Fate> for Response {
    fn from(fate: Fate) -> Self {
        Self {
            fate,
            first: (0, Fate::Silent),
            delay: Duration::ZERO,
        }
    }
}

impl From<Vec<Record>> for Response {
    fn from(records: Vec<Record>) -> Self {
        Fate::Records(records).into()
    }
}

/// What a query meets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// The records of the type asked for, in this order, or those of the name that it is an alias
    /// of. Where there are none, it is as [`NoData`](Self::NoData). What is too long for a datagram
    /// comes cut, and whole over TCP.
    Records(Vec<Record>),
    /// There is no such name (RFC 2308 2.1).
    NxDomain,
    /// There is such a name, and no record of the type (RFC 2308 2.2).
    NoData,
    /// The server could not do it.
    ServFail,
    /// The server would not do it.
    Refused,
    /// The server says that it does not understand the query.
    FormErr,
    /// The server does not do such things.
    NotImp,
    /// Over UDP, an answer that says that it is cut, and holds nothing; over TCP, the records.
    Truncated(Vec<Record>),
    /// Nothing comes back.
    Silent,
    /// The records, in answer to another query than this one: the number that tells queries apart
    /// is wrong.
    WrongId(Vec<Record>),
    /// Something that is no answer.
    Malformed(Malformed),
}
