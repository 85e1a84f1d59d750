//! Fixtures for rstest: name one as a parameter of a test, and the test has it.

// The attribute makes a struct of each fixture; nobody builds one by hand.
#![allow(clippy::exhaustive_structs)]

use std::net::Ipv4Addr;

use rstest::fixture;

use crate::discover::PortLease;

/// A TCP port of 127.0.0.1 that is the test's alone: see [`PortLease`].
///
/// ```
/// use rstest::rstest;
/// use usocket_testkit::{PortLease, fixtures::port_lease};
///
/// # #[allow(unnameable_test_items)]
/// #[rstest]
/// fn starts_on_a_port_of_its_own(port_lease: PortLease) {
///     let server = std::net::TcpListener::bind(port_lease.addr()).unwrap();
///     assert_eq!(server.local_addr().unwrap(), port_lease.addr());
/// }
/// ```
///
/// # Panics
///
/// Where the system has no port left, with its error.
#[fixture]
pub fn port_lease() -> PortLease {
    PortLease::tcp(Ipv4Addr::LOCALHOST)
        .unwrap_or_else(|error| panic!("no TCP port of 127.0.0.1 can be leased: {error}"))
}
