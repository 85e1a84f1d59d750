//! What a look-up found.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;

use super::query::{Family, Query};
use crate::condition::Condition;
use crate::endpoint::Port;
use crate::error::Error;
use crate::operation::Operation;

/// The addresses of a host: in the order in which the resolver gave them, each once.
///
/// The system's order is the one of RFC 6724: the best address to connect to stands first. What
/// [`lookup`](super::lookup) gives has at least one address; each has the port of the query, which
/// is zero if there was none.
///
/// ```
/// use std::net::SocketAddr;
/// use usocket::resolve::Lookup;
///
/// let six: SocketAddr = "[2001:db8::1]:80".parse().unwrap();
/// let four: SocketAddr = "192.0.2.1:80".parse().unwrap();
/// let lookup = Lookup::new([six, four, six]).with_canonical_name("www.example.org");
///
/// assert_eq!(lookup.addresses(), [six, four]);
/// assert_eq!(lookup.canonical_name(), Some("www.example.org"));
/// assert_eq!(lookup.first_v4(), Some(four));
/// for address in &lookup {
///     assert_eq!(address.port(), 80);
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "addrinfo")]
#[doc(alias = "hostent")]
pub struct Lookup {
    addresses: Vec<SocketAddr>,
    canonical_name: Option<Box<str>>,
}

impl Lookup {
    /// These addresses in this order, each once: what a [`Resolver`](super::Resolver) answers.
    pub fn new(addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        addresses.into_iter().collect()
    }

    /// The same addresses with the host's canonical name.
    #[must_use]
    pub fn with_canonical_name(mut self, name: &str) -> Self {
        self.canonical_name = Some(name.into());
        self
    }

    /// All addresses.
    #[doc(alias = "get-hosts-by-name")]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The name that the host is known by in the first place, if the
    /// [query](Query::canonical_name) asked for it and the resolver knew: what POSIX calls
    /// `ai_canonname`.
    #[doc(alias = "ai_canonname")]
    #[doc(alias = "AI_CANONNAME")]
    pub fn canonical_name(&self) -> Option<&str> {
        self.canonical_name.as_deref()
    }

    /// The first address, the best to connect to.
    pub fn first(&self) -> Option<SocketAddr> {
        self.addresses.first().copied()
    }

    /// The first IPv4 address.
    ///
    /// The original's `get-host-by-name` is `first_v4().or_else(|| lookup.first())`.
    #[doc(alias = "get-host-by-name")]
    pub fn first_v4(&self) -> Option<SocketAddr> {
        self.addresses.iter().copied().find(SocketAddr::is_ipv4)
    }

    /// The first IPv6 address.
    pub fn first_v6(&self) -> Option<SocketAddr> {
        self.addresses.iter().copied().find(SocketAddr::is_ipv6)
    }

    /// One of the addresses, each as likely as any other; not for secrets.
    ///
    /// ```
    /// use usocket::resolve::Lookup;
    ///
    /// let lookup: Lookup = (1..=9).map(|port| ([127, 0, 0, 1], port).into()).collect();
    /// assert!(lookup.addresses().contains(&lookup.random().unwrap()));
    /// assert_eq!(Lookup::default().random(), None);
    /// ```
    #[doc(alias = "get-random-host-by-name")]
    pub fn random(&self) -> Option<SocketAddr> {
        // std seeds each hasher anew, at random, against floods of colliding keys; so the hash of
        // nothing is a random number.
        let random = u128::from(RandomState::new().hash_one(()));
        let index = (random * self.addresses.len() as u128) >> 64;
        self.addresses.get(usize::try_from(index).ok()?).copied()
    }

    /// All addresses in order.
    pub fn iter(&self) -> std::iter::Copied<std::slice::Iter<'_, SocketAddr>> {
        self.addresses.iter().copied()
    }

    /// What of this answers `query`, whatever the resolver thought.
    pub(super) fn answering(mut self, query: &Query) -> Result<Self, Error> {
        let Query { family, port, .. } = query;
        self.addresses.retain(|address| match family {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        });
        if let Some(Port::Number(port)) = port {
            let portless = self.addresses.iter_mut().filter(|a| a.port() == 0);
            portless.for_each(|address| address.set_port(*port));
            // What differed in its port alone may be the same now.
            self.addresses = distinct(self.addresses);
        }
        if self.addresses.is_empty() {
            return Err(Error::new(Operation::Lookup, Condition::NoData));
        }
        Ok(self)
    }
}

/// Each address where it came first.
fn distinct(addresses: impl IntoIterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut seen = HashSet::new();
    let addresses = addresses.into_iter();
    addresses.filter(|address| seen.insert(*address)).collect()
}

impl FromIterator<SocketAddr> for Lookup {
    fn from_iter<I: IntoIterator<Item = SocketAddr>>(addresses: I) -> Self {
        Self {
            addresses: distinct(addresses),
            canonical_name: None,
        }
    }
}

impl IntoIterator for Lookup {
    type Item = SocketAddr;
    type IntoIter = std::vec::IntoIter<SocketAddr>;

    fn into_iter(self) -> Self::IntoIter {
        self.addresses.into_iter()
    }
}

impl<'a> IntoIterator for &'a Lookup {
    type Item = SocketAddr;
    type IntoIter = std::iter::Copied<std::slice::Iter<'a, SocketAddr>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
