//! Where to connect to, as values and as text.

use std::net::Ipv6Addr;

use proptest::prelude::*;
use proptest::sample::select;
use usocket::Endpoint;

use super::host_name::host_name;
use super::ipv4::ipv4;
use super::ipv6::{Ipv6Class, ipv6, ipv6_in};
use super::socket_addr::port;

/// Endpoints: names, addresses of both families and every class, with zones, with numbers and services for the port. The
/// simplest is `a.test:1`.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::endpoint;
///
/// proptest!(|(endpoint in endpoint())| {
///     prop_assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
/// });
/// ```
pub fn endpoint() -> impl Strategy<Value = Endpoint> {
    endpoint_text().prop_filter_map("no endpoint", |text| text.parse().ok())
}

/// Texts of endpoints, in every form that RFC 3986 section 3.2 allows: IPv6 in brackets, short or in full, in lower or
/// upper case, with an IPv4 address at its end, with a zone (RFC 4007 section 11); ports with zeros before them, and names
/// of services. The simplest is `a.test:1`.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::endpoint_text;
///
/// proptest!(|(text in endpoint_text())| {
///     prop_assert!(text.rsplit_once(':').is_some());
/// });
/// ```
pub fn endpoint_text() -> impl Strategy<Value = String> {
    (host_text(), port_text()).prop_map(|(host, port)| format!("{host}:{port}"))
}

/// Texts that are no endpoint, each for one reason: no port, an empty host, port or zone, a port above 65535, no brackets
/// or half of them, an address that is none, a character that cannot stand there, a name that is too long.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::broken_endpoint_text;
///
/// proptest!(|(text in broken_endpoint_text())| {
///     prop_assert!(text.parse::<std::net::SocketAddr>().is_err());
/// });
/// ```
pub fn broken_endpoint_text() -> impl Strategy<Value = String> {
    let port = || (1..=u16::MAX).prop_map(|port| format!(":{port}"));
    let bad = || {
        select(vec![
            ' ', '/', '?', '#', '@', '<', '>', '"', '\\', '\0', '\n',
        ])
    };
    prop_oneof![
        // No port; an empty one; one that is too large.
        host_text(),
        host_text().prop_map(|host| format!("{host}:")),
        (host_text(), 65_536..=u64::MAX).prop_map(|(host, port)| format!("{host}:{port}")),
        // No host; no zone.
        port(),
        (ipv6_in(Ipv6Class::LinkLocal), port()).prop_map(|(ip, port)| format!("[{ip}%]{port}")),
        // Brackets that are missing or not closed.
        (ipv6(), port()).prop_map(|(ip, port)| format!("{ip}{port}")),
        (ipv6(), port()).prop_map(|(ip, port)| format!("[{ip}{port}")),
        // Addresses that are none.
        (host_name(), port()).prop_map(|(name, port)| format!("[{name}]{port}")),
        (ipv4(), 256..=999_u16, port()).prop_map(|(ip, part, port)| {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.{part}{port}")
        }),
        // What cannot stand in a name; a name that is too long.
        (host_name(), bad(), port()).prop_map(|(name, bad, port)| format!("a{bad}{name}{port}")),
        (254..=300_usize, port()).prop_map(|(len, port)| {
            let name: String = "abcdefg.".chars().cycle().take(len - 1).collect();
            format!("{name}z{port}")
        }),
    ]
}

fn host_text() -> impl Strategy<Value = String> {
    let zone = "[a-z]{1,4}[0-9]{1,2}|[1-9][0-9]{0,2}";
    prop_oneof![
        host_name(),
        // With the dot of the root behind it.
        host_name()
            .prop_filter("too long with a dot", |name| name.len() < 253)
            .prop_map(|name| format!("{name}.")),
        ipv4().prop_map(|ip| ip.to_string()),
        ipv6_text().prop_map(|ip| format!("[{ip}]")),
        (ipv6_in(Ipv6Class::LinkLocal), zone).prop_map(|(ip, zone)| format!("[{ip}%{zone}]")),
    ]
}

/// An IPv6 address in the forms of RFC 4291 2.2.
fn ipv6_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ipv6().prop_map(|ip| ip.to_string()),
        ipv6().prop_map(|ip| ip.to_string().to_uppercase()),
        ipv6().prop_map(|ip| in_groups(ip, 8)),
        ipv6().prop_map(|ip| {
            let [.., a, b, c, d] = ip.octets();
            format!("{}:{a}.{b}.{c}.{d}", in_groups(ip, 6))
        }),
    ]
}

/// The first so many groups with all their digits.
fn in_groups(ip: Ipv6Addr, count: usize) -> String {
    let groups = ip.segments().map(|group| format!("{group:04x}"));
    groups[..count].join(":")
}

/// A port's number, with zeros before it now and then, or a service's name (RFC 6335 5.1).
fn port_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => port().prop_map(|port| port.to_string()),
        1 => port().prop_map(|port| format!("{port:06}")),
        1 => select(vec!["http", "https", "domain", "ssh", "x11-1"]).prop_map(String::from),
    ]
}
