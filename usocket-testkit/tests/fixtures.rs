//! What is discovered, as parameters of tests; in a lab, after it.
#![cfg(all(target_os = "linux", feature = "lab", feature = "rstest"))]

use std::net::{TcpListener, TcpStream};

use rstest::rstest;
use usocket_testkit::discover::{AbsentHost, Ipv6, ResolvedName};
use usocket_testkit::fixtures::{absent_host, ipv6, lab, port_lease, resolved_name, udp_lease};
use usocket_testkit::{Certainty, Lab, PortLease};

usocket_testkit::lab_main!();

#[rstest]
fn with_a_lab_all_is_the_labs(
    lab: Lab,
    port_lease: PortLease,
    udp_lease: PortLease,
    ipv6: Ipv6,
    resolved_name: ResolvedName,
    absent_host: AbsentHost,
) {
    let _server = TcpListener::bind(port_lease.addr()).unwrap();
    TcpStream::connect(port_lease.addr()).unwrap();
    udp_lease.take().unwrap();
    assert_eq!(ipv6.has_loopback(), lab.ipv6().is_some());
    assert_eq!(resolved_name.certainty(), Certainty::Guaranteed);
    assert_eq!(absent_host.certainty(), Certainty::Guaranteed);
}

#[rstest]
fn without_a_lab_there_is_the_rest(
    port_lease: PortLease,
    udp_lease: PortLease,
    ipv6: Ipv6,
    resolved_name: ResolvedName,
) {
    TcpStream::connect(port_lease.addr()).unwrap_err();
    assert_eq!(udp_lease.certainty(), Certainty::Held);
    println!("{}", ipv6.evidence());
    assert_eq!(resolved_name.name(), "localhost");
}
