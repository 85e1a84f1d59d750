//! Addresses with ports.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use proptest::prelude::*;
use proptest::sample::select;

use super::ipv4::ipv4;
use super::ipv6::{Ipv6Class, ipv6};

/// The largest flow label: it has 20 bits (RFC 8200 section 3).
const LARGEST_FLOW: u32 = (1 << 20) - 1;

/// Ports. One in five is at an edge: 0, with which the system chooses, 1, 1023, 1024, 65535. The simplest is 1.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::port;
///
/// proptest!(|(port in port())| {
///     prop_assert_eq!(port.to_string().parse(), Ok(port));
/// });
/// ```
pub fn port() -> impl Strategy<Value = u16> {
    prop_oneof![
        4 => 1..=u16::MAX,
        1 => select(&[0, 1, 1023, 1024, u16::MAX][..]),
    ]
}

/// Addresses with ports, of both families. The simplest is 127.0.0.1:1.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::socket_addr;
///
/// proptest!(|(addr in socket_addr())| {
///     prop_assert_eq!(addr.is_ipv4(), addr.ip().is_ipv4());
/// });
/// ```
pub fn socket_addr() -> impl Strategy<Value = SocketAddr> {
    prop_oneof![
        socket_addr_v4().prop_map(SocketAddr::from),
        socket_addr_v6().prop_map(SocketAddr::from)
    ]
}

/// IPv4 addresses with ports. The simplest is 127.0.0.1:1.
pub fn socket_addr_v4() -> impl Strategy<Value = SocketAddrV4> {
    (ipv4(), port()).prop_map(|(ip, port)| SocketAddrV4::new(ip, port))
}

/// IPv6 addresses with ports, some with a flow label of up to 20 bits, and some of those that mean something in one zone
/// only with the number of a zone. The simplest is `[::1]:1`.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::socket_addr_v6;
///
/// proptest!(|(addr in socket_addr_v6())| {
///     prop_assert!(addr.scope_id() == 0 || !addr.ip().is_loopback());
///     prop_assert!(addr.flowinfo() < 1 << 20);
/// });
/// ```
///
/// Source: RFC 4007 section 5 and 6, RFC 8200 section 3.
pub fn socket_addr_v6() -> impl Strategy<Value = SocketAddrV6> {
    let flow = prop_oneof![3 => Just(0), 1 => 0..=LARGEST_FLOW];
    let scope = prop_oneof![Just(0), 1..=9_u32, any::<u32>()];
    (ipv6(), port(), flow, scope).prop_map(|(ip, port, flow, scope)| {
        let scope = if has_zone(ip) { scope } else { 0 };
        SocketAddrV6::new(ip, port, flow, scope)
    })
}

/// Link-local, alone or of a group (RFC 4291 2.7: the scope is the low half of the second octet).
fn has_zone(ip: Ipv6Addr) -> bool {
    match Ipv6Class::of(ip) {
        Ipv6Class::LinkLocal => true,
        Ipv6Class::Multicast => ip.octets()[1] & 0xf == 2,
        _ => false,
    }
}
