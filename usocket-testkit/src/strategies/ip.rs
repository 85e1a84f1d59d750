//! Addresses of both families.

use std::net::IpAddr;

use proptest::prelude::*;

use super::ipv4::ipv4;
use super::ipv6::ipv6;

/// Addresses, as many of IPv4 as of IPv6, and as many of each class of each. The simplest is 127.0.0.1.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::ip;
///
/// proptest!(|(addr in ip())| {
///     prop_assert_eq!(addr.to_string().parse(), Ok(addr));
/// });
/// ```
pub fn ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![ipv4().prop_map(IpAddr::from), ipv6().prop_map(IpAddr::from)]
}
