//! What is said of IPv6 agrees with what can be done.

use std::net::{TcpListener, UdpSocket};

use usocket_testkit::discover::{Ipv6Reach, ipv6};

#[test]
fn loopback_is_there_exactly_if_it_can_be_bound() {
    let found = ipv6();
    println!("{found:?}");
    assert_eq!(found.has_loopback(), TcpListener::bind("[::1]:0").is_ok());
    assert_eq!(found.has_loopback(), UdpSocket::bind("[::1]:0").is_ok());
    assert_eq!(
        found.has_loopback(),
        found.reach() >= Ipv6Reach::LoopbackOnly
    );
    assert!(!found.evidence().is_empty());
}
