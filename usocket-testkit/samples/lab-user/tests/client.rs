//! What a user of the testkit writes: fixtures for everything, and nothing to set up.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use lab_user::{PATIENCE, answer_once, ask, say};
use rstest::rstest;
use usocket_testkit::discover::{AbsentHost, Ipv6, ResolvedName};
use usocket_testkit::lab::{After, Ending, Fate};
use usocket_testkit::{Certainty, Lab, PortLease, fixtures::*};

/// Where a test waits for the client to give up.
const SHORT: Duration = Duration::from_millis(50);

#[rstest]
fn says_so_when_the_host_is_down(lab: Lab) {
    let host = lab.host("10.77.1.5").icmp(3, 7);
    let error = say("hello", host.addr(80), PATIENCE).unwrap_err();
    assert!(error.to_string().contains("is down"), "{error}");
}

#[rstest]
fn falls_back_to_ipv4(lab: Lab) {
    let six = lab.host("fd77::9").silent();
    let four = lab.host("10.77.1.9").echo();
    lab.names().add("both.test", [six.ip(), four.ip()]);
    let answer = say("hello", "both.test:7", 20 * SHORT).unwrap();
    assert_eq!(answer, "hello");
}

#[rstest]
fn names_the_address_that_refused(lab: Lab) {
    let host = lab.host("10.77.1.5").refuse();
    let error = say("hello", host.addr(80), PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(error.to_string().starts_with("10.77.1.5:80: "), "{error}");
}

#[rstest]
#[case::reset(Ending::Reset, ErrorKind::ConnectionReset)]
#[case::silence(Ending::Silence, ErrorKind::TimedOut)]
fn ends_where_the_connection_does(lab: Lab, #[case] ending: Ending, #[case] expected: ErrorKind) {
    let host = lab.host("10.77.1.5").accept_then(ending, After::Sent(2));
    let error = say("hello", host.addr(80), 4 * SHORT).unwrap_err();
    assert_eq!(error.kind(), expected, "{error}");
}

#[rstest]
fn gives_up_on_a_silent_host_and_not_too_early(lab: Lab) {
    let host = lab.host("10.77.1.5").silent();
    let began = Instant::now();
    let error = say("hello", host.addr(80), SHORT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(began.elapsed() >= SHORT);
}

#[rstest]
fn reaches_nobody_at_an_absent_host(lab: Lab, absent_host: AbsentHost) {
    assert_eq!(absent_host.certainty(), Certainty::Guaranteed);
    let error = say("hello", absent_host.addr(80), PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostUnreachable);
    drop(lab);
}

#[rstest]
fn finds_the_server_by_its_name(lab: Lab, resolved_name: ResolvedName) {
    // In a lab the name is the lab's own, and the address the test's.
    assert_eq!(resolved_name.certainty(), Certainty::Guaranteed);
    let addr = (resolved_name.addresses()[0], 80).into();
    let listener = TcpListener::bind(addr).map(drop);
    if listener.is_err() {
        // Ports below 1024 are root's, unless the network says otherwise.
        lab.set_sysctl("net.ipv4.ip_unprivileged_port_start", "0")
            .unwrap();
    }
    let server = answer_once(addr).unwrap();
    assert_eq!(
        say("hello", (resolved_name.name(), 80), PATIENCE).unwrap(),
        "HELLO"
    );
    server.join().unwrap().unwrap();
}

#[rstest]
#[case::no_such_name(Fate::NxDomain)]
#[case::the_server_failed(Fate::ServFail)]
fn fails_where_the_name_does(lab: Lab, #[case] fate: Fate) {
    lab.names().set("web.test", fate);
    assert!(say("hello", "web.test:80", PATIENCE).is_err());
}

#[rstest]
fn is_refused_until_the_server_is_there(lab: Lab, port_lease: PortLease) {
    let error = say("hello", port_lease.addr(), PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    let server = answer_once(port_lease.addr()).unwrap();
    assert_eq!(say("hello", port_lease.addr(), PATIENCE).unwrap(), "HELLO");
    server.join().unwrap().unwrap();
    drop(lab);
}

#[rstest]
fn talks_to_a_real_server_on_another_host(lab: Lab) {
    let host = lab.real_host("10.77.2.1").unwrap();
    let addr = host.addr(80);
    let server = host.run(|| answer_once(addr)).unwrap().unwrap();
    assert_eq!(say("hello", addr, PATIENCE).unwrap(), "HELLO");
    server.join().unwrap().unwrap();
}

#[rstest]
fn asks_again_where_a_datagram_is_lost(lab: Lab) {
    let host = lab.host("10.77.1.5").echo().lose(2);
    assert_eq!(ask(b"hello?", host.addr(53), 3, SHORT).unwrap(), b"hello?");
    host.lose(2);
    let error = ask(b"hello?", host.addr(53), 2, SHORT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[rstest]
fn asks_a_server_on_a_leased_port(lab: Lab, udp_lease: PortLease) {
    let addr = udp_lease.addr();
    let server = udp_lease.take().unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let answered = std::thread::spawn(move || {
        let mut question = [0; 512];
        let (length, from) = server.recv_from(&mut question)?;
        server.send_to(&question[..length], from)
    });
    assert_eq!(ask(b"hello?", addr, 1, PATIENCE).unwrap(), b"hello?");
    answered.join().unwrap().unwrap();
    drop(lab);
}

#[rstest]
fn uses_ipv6_where_there_is_any(lab: Lab, ipv6: Ipv6) {
    assert_eq!(
        lab.ipv6().is_some(),
        ipv6.has_loopback(),
        "{}",
        ipv6.evidence()
    );
    if lab.ipv6().is_some() {
        let host = lab.host("fd77::5").echo();
        assert_eq!(say("hello", host.addr(7), PATIENCE).unwrap(), "hello");
    }
}
