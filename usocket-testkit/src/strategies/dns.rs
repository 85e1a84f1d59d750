//! What the names of a lab can be told to answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::host_name::host_name;
use crate::lab::{Fate, Malformed, Name, Names, Record, Response};

/// The most aliases of a [`DnsChain`]; resolvers follow more.
const MOST_ALIASES: usize = 5;

/// Addresses that a lab's hosts can have as its neighbours: of `10.77.0.0/16`, or of `fd77::/64`. The simplest is
/// 10.77.1.1.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::dns_address;
///
/// // In a test: lab.host(addr).echo();
/// proptest!(|(addr in dns_address())| {
///     prop_assert!(addr.to_string().starts_with("10.77.") || addr.to_string().starts_with("fd77::"));
/// });
/// ```
pub fn dns_address() -> impl Strategy<Value = IpAddr> {
    // Neither the test's own address nor one where a lab has nobody on purpose.
    prop_oneof![
        (1..=254_u8, 1..=254_u8).prop_map(|(high, low)| Ipv4Addr::new(10, 77, high, low).into()),
        (0x100..=u16::MAX).prop_map(|low| Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, low).into())
    ]
}

/// Records: mostly addresses, and names. The simplest is an address.
pub fn dns_record() -> impl Strategy<Value = Record> {
    prop_oneof![
        4 => dns_address().prop_map(Record::from),
        1 => name().prop_map(Record::Cname),
        1 => name().prop_map(Record::Ptr),
    ]
}

/// Every way in which an answer can be wrong. The simplest is an empty one.
pub fn dns_malformed() -> impl Strategy<Value = Malformed> {
    select(Malformed::ALL)
}

/// What a query can meet, as many of each kind. The simplest is one address.
///
/// Some keep a resolver waiting until it gives up, about a second in a lab; for those that do not, see
/// [`dns_fate_at_once`].
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::lab::{Fate, Response};
/// use usocket_testkit::strategies::dns_fate;
///
/// // In a test: lab.names().set("web.test", fate);
/// proptest!(|(fate in dns_fate())| {
///     let _response = Response::from(fate);
/// });
/// ```
pub fn dns_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => dns_fate_at_once(),
        1 => Just(Fate::Silent),
        1 => addresses().prop_map(Fate::WrongId),
        1 => dns_malformed().prop_map(Fate::Malformed),
    ]
}

/// What a query can meet that ends at once: records, a failure that is said, an answer that comes over TCP. The simplest
/// is one address.
///
/// ```
/// # usocket_testkit::lab_main!();
/// # #[cfg(target_os = "linux")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use proptest::prelude::*;
/// use std::net::ToSocketAddrs;
/// use usocket_testkit::lab::Fate;
/// use usocket_testkit::{Lab, strategies::dns_fate_at_once};
///
/// let lab = Lab::new()?;
/// proptest!(ProptestConfig::with_cases(8), |(fate in dns_fate_at_once())| {
///     let has_addresses = matches!(fate, Fate::Records(_) | Fate::Truncated(_));
///     lab.names().set("web.test", fate);
///     prop_assert_eq!("web.test:80".to_socket_addrs().is_ok(), has_addresses);
/// });
/// # Ok(())
/// # }
/// # #[cfg(not(target_os = "linux"))]
/// # fn main() {}
/// ```
pub fn dns_fate_at_once() -> impl Strategy<Value = Fate> {
    prop_oneof![
        addresses().prop_map(Fate::Records),
        Just(Fate::NxDomain),
        Just(Fate::NoData),
        Just(Fate::ServFail),
        Just(Fate::Refused),
        Just(Fate::FormErr),
        Just(Fate::NotImp),
        addresses().prop_map(Fate::Truncated),
    ]
}

/// What comes back for a name: one fate, or another one first for a query or two. The simplest is one address.
pub fn dns_response() -> impl Strategy<Value = Response> {
    let first = prop_oneof![
        2 => Just(None),
        1 => (1..=2_u32, dns_fate()).prop_map(Some),
    ];
    (dns_fate(), first).prop_map(|(fate, first)| {
        let response = Response::from(fate);
        match first {
            None => response,
            Some((queries, fate)) => response.first(queries, fate),
        }
    })
}

/// Names of which each is the alias of the next, up to five times. The simplest has no alias and one address.
///
/// ```
/// # usocket_testkit::lab_main!();
/// # #[cfg(target_os = "linux")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use proptest::prelude::*;
/// use std::net::ToSocketAddrs;
/// use usocket_testkit::{Lab, strategies::dns_chain};
///
/// let lab = Lab::new()?;
/// proptest!(ProptestConfig::with_cases(8), |(chain in dns_chain())| {
///     chain.tell(lab.names());
///     let name = chain.name().to_string();
///     let found = (name.as_str(), 80).to_socket_addrs();
///     prop_assert_eq!(found.is_ok(), !chain.addresses().is_empty());
/// });
/// # Ok(())
/// # }
/// # #[cfg(not(target_os = "linux"))]
/// # fn main() {}
/// ```
pub fn dns_chain() -> impl Strategy<Value = DnsChain> {
    let end = prop_oneof![
        3 => vec(dns_address(), 1..=4).prop_map(DnsChainEnd::Addresses),
        1 => Just(DnsChainEnd::Nothing),
        1 => Just(DnsChainEnd::Circle),
    ];
    (0..=MOST_ALIASES, end).prop_map(|(aliases, end)| DnsChain { aliases, end })
}

/// Names that are aliases of each other: see [`dns_chain`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsChain {
    aliases: usize,
    end: DnsChainEnd,
}

/// What the last name of a [`DnsChain`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DnsChainEnd {
    /// A host with these addresses.
    Addresses(Vec<IpAddr>),
    /// No name at all.
    Nothing,
    /// An alias of the first.
    Circle,
}

impl DnsChain {
    /// The name to ask for.
    pub fn name(&self) -> Name {
        number(0)
    }

    /// How many aliases lead to the last name.
    pub fn aliases(&self) -> usize {
        self.aliases
    }

    /// What the last name is.
    pub fn end(&self) -> &DnsChainEnd {
        &self.end
    }

    /// What a look-up of [`name`](Self::name) must find.
    pub fn addresses(&self) -> &[IpAddr] {
        match &self.end {
            DnsChainEnd::Addresses(addresses) => addresses,
            DnsChainEnd::Nothing | DnsChainEnd::Circle => &[],
        }
    }

    /// Every name, with what it answers, from the first to the last.
    pub fn responses(&self) -> Vec<(Name, Response)> {
        let alias = |n: usize| (number(n), vec![Record::Cname(number(n + 1))].into());
        let mut responses: Vec<_> = (0..self.aliases).map(alias).collect();
        let last = match &self.end {
            DnsChainEnd::Addresses(addrs) => Response::addresses(addrs.iter().copied()),
            DnsChainEnd::Nothing => Fate::NxDomain.into(),
            DnsChainEnd::Circle => vec![Record::Cname(number(0))].into(),
        };
        responses.push((number(self.aliases), last));
        responses
    }

    /// Tells a lab's names to answer so.
    pub fn tell(&self, names: Names<'_>) {
        for (name, response) in self.responses() {
            names.set(&name.to_string(), response);
        }
    }
}

/// The `n`th name of a chain.
fn number(n: usize) -> Name {
    let name = format!("name{n}.test").parse();
    name.unwrap_or_else(|error| unreachable!("{error}"))
}

fn name() -> impl Strategy<Value = Name> {
    host_name().prop_filter_map("no name", |name| name.parse().ok())
}

/// Address records, one at least.
fn addresses() -> impl Strategy<Value = Vec<Record>> {
    vec(dns_address().prop_map(Record::from), 1..=6)
}
