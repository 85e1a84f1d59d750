//! The rstest fixture.
#![cfg(all(target_os = "linux", feature = "lab", feature = "rstest"))]

usocket_testkit::lab_main!();

use std::net::TcpStream;

use rstest::rstest;
use usocket_testkit::{Errno, Lab, fixtures::lab};

#[rstest]
fn says_so_when_the_host_is_down(lab: Lab) {
    let host = lab.host("10.77.1.5").icmp(3, 7);
    let error = TcpStream::connect(host.addr(80)).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
}

#[rstest]
fn falls_back_to_ipv4(lab: Lab) {
    let six = lab.host("fd77::9").silent();
    let four = lab.host("10.77.1.9").echo();
    lab.names().add("both.test", [six.ip(), four.ip()]);
    let stream = usocket::TcpStream::connect("both.test:7").unwrap();
    assert_eq!(stream.peer_addr().unwrap(), four.addr(7));
}
