//! ICMP errors that a host of a lab can be told to answer with.

use std::fmt;
use std::net::IpAddr;

use proptest::prelude::*;
use proptest::sample::select;

/// An ICMP error, or one of `ICMPv6`: what `Host::icmp` of a lab takes.
///
/// ```
/// use usocket_testkit::strategies::{IcmpAnswer, icmp_v4};
/// # use proptest::prelude::*;
///
/// // In a test: lab.host(ip).icmp(answer.kind(), answer.code());
/// proptest!(|(answer in icmp_v4())| {
///     prop_assert!([3, 4, 5, 11, 12].contains(&answer.kind()));
/// });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IcmpAnswer {
    is_ipv6: bool,
    kind: u8,
    code: u8,
}

impl IcmpAnswer {
    /// The type.
    pub fn kind(self) -> u8 {
        self.kind
    }

    /// The code.
    pub fn code(self) -> u8 {
        self.code
    }

    /// Whether it is one of `ICMPv6`.
    pub fn is_ipv6(self) -> bool {
        self.is_ipv6
    }

    /// What it means, such as "host unknown"; none where no document says so.
    pub fn meaning(self) -> Option<&'static str> {
        let wanted = (self.kind, self.code);
        let mut rows = known(self.is_ipv6).iter();
        rows.find_map(|(kind, code, meaning)| ((*kind, *code) == wanted).then_some(*meaning))
    }
}

impl fmt::Display for IcmpAnswer {
    /// As `ICMP 3/7 (host unknown)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = if self.is_ipv6 { "ICMPv6" } else { "ICMP" };
        let meaning = self.meaning().unwrap_or("no known meaning");
        write!(f, "{protocol} {}/{} ({meaning})", self.kind, self.code)
    }
}

impl fmt::Debug for IcmpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Errors of ICMP; one in five has any code, most of which have no meaning. The simplest is 3/0, network unreachable.
///
/// Source: RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1.
pub fn icmp_v4() -> impl Strategy<Value = IcmpAnswer> {
    icmp(false, select(&[3, 4, 5, 11, 12][..]))
}

/// Errors of `ICMPv6`; one in five has any type of an error and any code, most of which have no meaning. The simplest is
/// 1/0, no route to the destination.
///
/// Source: RFC 4443 section 3; RFC 4443 2.1 for the types.
pub fn icmp_v6() -> impl Strategy<Value = IcmpAnswer> {
    icmp(true, 1..=127_u8)
}

/// Errors that the host with this address can send.
///
/// ```
/// # #[cfg(feature = "lab")] mod of_a_lab { usocket_testkit::lab_main!(); }
/// # #[cfg(all(feature = "lab", target_os = "linux"))]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use proptest::prelude::*;
/// use std::net::TcpStream;
/// use std::time::Duration;
/// use usocket_testkit::{Lab, strategies::icmp_for};
///
/// let lab = Lab::new()?;
/// let host = lab.host("10.77.1.5");
/// proptest!(ProptestConfig::with_cases(8), |(answer in icmp_for(host.ip()))| {
///     host.icmp(answer.kind(), answer.code());
///     // Whatever it is: the connection does not come about.
///     let patience = Duration::from_millis(10);
///     prop_assert!(TcpStream::connect_timeout(&host.addr(80), patience).is_err());
/// });
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "lab", target_os = "linux")))]
/// # fn main() {}
/// ```
pub fn icmp_for(host: IpAddr) -> BoxedStrategy<IcmpAnswer> {
    match host {
        IpAddr::V4(_) => icmp_v4().boxed(),
        IpAddr::V6(_) => icmp_v6().boxed(),
    }
}

fn icmp(is_ipv6: bool, kind: impl Strategy<Value = u8>) -> impl Strategy<Value = IcmpAnswer> {
    let rows = select(known(is_ipv6)).prop_map(|(kind, code, _)| (kind, code));
    let numbers = prop_oneof![4 => rows, 1 => (kind, any::<u8>())];
    numbers.prop_map(move |(kind, code)| IcmpAnswer {
        is_ipv6,
        kind,
        code,
    })
}

fn known(is_ipv6: bool) -> &'static [(u8, u8, &'static str)] {
    if is_ipv6 { KNOWN_V6 } else { KNOWN_V4 }
}

/// Type, code, meaning.
const KNOWN_V4: &[(u8, u8, &str)] = &[
    (3, 0, "network unreachable"),
    (3, 1, "host unreachable"),
    (3, 2, "protocol unreachable"),
    (3, 3, "port unreachable"),
    (3, 4, "fragmentation needed"),
    (3, 5, "source route failed"),
    (3, 6, "network unknown"),
    (3, 7, "host unknown"),
    (3, 8, "source host isolated"),
    (3, 9, "network prohibited"),
    (3, 10, "host prohibited"),
    (3, 11, "network unreachable for this type of service"),
    (3, 12, "host unreachable for this type of service"),
    (3, 13, "communication prohibited"),
    (3, 14, "host precedence violation"),
    (3, 15, "precedence cutoff"),
    (4, 0, "source quench"),
    (5, 0, "redirect for the network"),
    (5, 1, "redirect for the host"),
    (5, 2, "redirect for the type of service and the network"),
    (5, 3, "redirect for the type of service and the host"),
    (11, 0, "time to live exceeded"),
    (11, 1, "reassembly time exceeded"),
    (12, 0, "the pointer shows the problem"),
    (12, 1, "a required option is missing"),
    (12, 2, "bad length"),
];

const KNOWN_V6: &[(u8, u8, &str)] = &[
    (1, 0, "no route to the destination"),
    (1, 1, "communication prohibited"),
    (1, 2, "beyond the scope of the source"),
    (1, 3, "address unreachable"),
    (1, 4, "port unreachable"),
    (1, 5, "the source failed a policy"),
    (1, 6, "reject route"),
    (2, 0, "packet too big"),
    (3, 0, "hop limit exceeded"),
    (3, 1, "reassembly time exceeded"),
    (4, 0, "erroneous header field"),
    (4, 1, "unknown next header"),
    (4, 2, "unknown option"),
];
