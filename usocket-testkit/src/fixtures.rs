//! Fixtures for rstest: name one as a parameter of a test, and the test has it.

// The attribute makes a struct of each fixture; nobody builds one by hand.
#![allow(clippy::exhaustive_structs)]

use std::net::Ipv4Addr;

use rstest::fixture;

#[cfg(feature = "lab")]
use crate::discover::AbsentHost;
#[cfg(not(target_os = "wasi"))]
use crate::discover::ResolvedName;
use crate::discover::{self, Ipv6, PortLease};
#[cfg(feature = "faults")]
use crate::faults::Faults;
#[cfg(feature = "lab")]
use crate::lab::Lab;

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
/// In a lab it stands after `lab` among the parameters, since a port belongs to a network.
///
/// # Panics
///
/// Where the system has no port left, with its error.
#[fixture]
pub fn port_lease() -> PortLease {
    PortLease::tcp(Ipv4Addr::LOCALHOST)
        .unwrap_or_else(|error| panic!("no TCP port of 127.0.0.1 can be leased: {error}"))
}

/// A UDP port of 127.0.0.1 that is the test's alone, with its socket: see [`PortLease::udp`].
///
/// ```
/// use rstest::rstest;
/// use usocket_testkit::{PortLease, fixtures::udp_lease};
///
/// # #[allow(unnameable_test_items)]
/// #[rstest]
/// fn listens_on_a_socket_that_it_is_given(udp_lease: PortLease) {
///     let addr = udp_lease.addr();
///     let server = udp_lease.take().unwrap();
///     assert_eq!(server.local_addr().unwrap(), addr);
/// }
/// ```
///
/// # Panics
///
/// Where the system has no port left, with its error.
#[fixture]
pub fn udp_lease() -> PortLease {
    PortLease::udp(Ipv4Addr::LOCALHOST)
        .unwrap_or_else(|error| panic!("no UDP port of 127.0.0.1 can be leased: {error}"))
}

/// How far IPv6 goes where the test runs: see [`discover::ipv6()`].
///
/// ```
/// use rstest::rstest;
/// use usocket_testkit::{discover::Ipv6, fixtures::ipv6};
///
/// # #[allow(unnameable_test_items)]
/// #[rstest]
/// fn listens_on_ipv6_where_there_is_any(ipv6: Ipv6) {
///     let server = std::net::TcpListener::bind("[::1]:0");
///     assert_eq!(server.is_ok(), ipv6.has_loopback(), "{}", ipv6.evidence());
/// }
/// ```
#[fixture]
pub fn ipv6() -> Ipv6 {
    discover::ipv6()
}

/// A name that can be looked up where the test runs: see [`discover::resolved_name`].
///
/// ```
/// use rstest::rstest;
/// use usocket_testkit::{discover::ResolvedName, fixtures::resolved_name};
///
/// # #[allow(unnameable_test_items)]
/// #[rstest]
/// fn connects_by_name(resolved_name: ResolvedName) {
///     let server = std::net::TcpListener::bind((resolved_name.addresses()[0], 0)).unwrap();
///     let port = server.local_addr().unwrap().port();
///     std::net::TcpStream::connect((resolved_name.name(), port)).unwrap();
/// }
/// ```
///
/// # Panics
///
/// Where the system does not know it, with what it says.
#[cfg(not(target_os = "wasi"))]
#[fixture]
pub fn resolved_name() -> ResolvedName {
    discover::resolved_name().unwrap_or_else(|error| panic!("no name can be looked up: {error}"))
}

/// An address of the test's lab where no host is: see [`discover::absent_host`]. It stands after
/// `lab` among the parameters.
///
/// ```
/// usocket_testkit::lab_main!(); // once per test file
///
/// use rstest::rstest;
/// use usocket_testkit::{Lab, discover::AbsentHost, fixtures::{absent_host, lab}};
///
/// # #[allow(unnameable_test_items)]
/// # fn main() {
/// #[rstest]
/// fn gives_up_soon(lab: Lab, absent_host: AbsentHost) {
///     assert!(std::net::TcpStream::connect(absent_host.addr(80)).is_err());
/// }
/// # }
/// ```
///
/// # Panics
///
/// Outside a lab, with what to do.
#[cfg(feature = "lab")]
#[fixture]
pub fn absent_host() -> AbsentHost {
    discover::absent_host().unwrap_or_else(|error| panic!("{error}"))
}

/// A private network for this test alone: see [`Lab`].
///
/// ```
/// usocket_testkit::lab_main!(); // once per test file
///
/// use rstest::rstest;
/// use std::io::ErrorKind;
/// use usocket_testkit::{Lab, fixtures::lab};
///
/// # #[allow(unnameable_test_items)]
/// # fn main() {
/// #[rstest]
/// fn says_so_when_the_host_refuses(lab: Lab) {
///     let host = lab.host("10.77.1.5").refuse();
///     let error = std::net::TcpStream::connect(host.addr(80)).unwrap_err();
///     assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
/// }
/// # }
/// ```
///
/// # Panics
///
/// Where there can be no lab, with the reason and what would help: see [`Lab::new`].
#[cfg(feature = "lab")]
#[fixture]
pub fn lab() -> Lab {
    Lab::new().unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Rules on the system calls of this test: see [`Faults`].
///
/// ```
/// use rstest::rstest;
/// use usocket_testkit::{Errno, Faults, Operation, PortLease, fixtures::{faults, port_lease}};
///
/// # #[allow(unnameable_test_items)]
/// #[rstest]
/// fn keeps_serving_after_an_aborted_accept(port_lease: PortLease, faults: Faults) {
///     let server = std::net::TcpListener::bind(port_lease.addr()).unwrap();
///     let once = faults.on(Operation::Accept).times(1).errno(Errno::ECONNABORTED);
///     let _client = std::net::TcpStream::connect(port_lease.addr()).unwrap();
///     assert!(server.accept().is_err());
///     assert!(server.accept().is_ok());
///     once.assert_hit();
/// }
/// ```
///
/// # Panics
///
/// Where there can be no rules, with the reason and what would help: see [`Faults::here`].
#[cfg(feature = "faults")]
#[fixture]
pub fn faults() -> Faults {
    Faults::here().unwrap_or_else(|refusal| panic!("{refusal}"))
}
