//! The rules about what a network allows and where its routes lead, in a network of their own.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod model;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use model::answer::{OK, fails};
use model::system::{Sock, loopback};
use rstest::rstest;
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
use usocket_testkit::lab::Route;
use usocket_testkit::{Errno, Lab, Protocol};

#[rstest]
#[case::tcp4(Protocol::Tcp4)]
#[case::tcp6(Protocol::Tcp6)]
#[case::udp4(Protocol::Udp4)]
#[case::udp6(Protocol::Udp6)]
fn bind_privileged(#[case] over: Protocol) {
    let lab = Lab::new().unwrap();
    lab.set_sysctl("net.ipv4.ip_unprivileged_port_start", "1024")
        .unwrap();
    // In its own network everybody has the right; a thread can lay it down.
    let own = Sock::new(over).bind(loopback(over, 1023));
    let plain = std::thread::spawn(move || {
        let mut sets = capabilities(None).unwrap();
        sets.effective -= CapabilitySet::NET_BIND_SERVICE;
        set_capabilities(None, sets).unwrap();
        [1023, 1024].map(|port| Sock::new(over).bind(loopback(over, port)))
    });
    assert_eq!(own, OK);
    assert_eq!(plain.join().unwrap(), [fails(Errno::EACCES), OK]);
}

#[rstest]
#[case::tcp4(Protocol::Tcp4)]
#[case::tcp6(Protocol::Tcp6)]
fn bind_timewait(#[case] over: Protocol) {
    // Where nobody else takes the port in between.
    let _lab = Lab::new().unwrap();
    for (reuses, answer) in [(false, fails(Errno::EADDRINUSE)), (true, OK)] {
        let reusing = || {
            let socket = Sock::new(over);
            socket.raw().set_reuse_address(reuses).unwrap();
            socket
        };
        let listener = reusing();
        assert_eq!(listener.bind(loopback(over, 0)), OK);
        assert_eq!(listener.listen(1), OK);
        let addr = listener.addr();
        let client = Sock::new(over);
        assert_eq!(client.connect(addr), OK);
        // Who closes first waits.
        listener.accepted().close();
        assert_eq!(client.receive(1), OK);
        client.close();
        listener.close();
        assert_eq!(reusing().bind(addr), answer, "SO_REUSEADDR: {reuses}");
    }
}

#[test]
fn bind_dualstack() {
    // Where nobody else has the port in the other family.
    let _lab = Lab::new().unwrap();
    for (only_v6, answer) in [(false, fails(Errno::EADDRINUSE)), (true, OK)] {
        let six = Sock::new(Protocol::Tcp6);
        six.raw().set_only_v6(only_v6).unwrap();
        let any: SocketAddr = (Ipv6Addr::UNSPECIFIED, 0).into();
        assert_eq!(six.bind(any), OK);
        let any: SocketAddr = (Ipv4Addr::UNSPECIFIED, six.addr().port()).into();
        let four = Sock::new(Protocol::Tcp4);
        assert_eq!(four.bind(any), answer, "IPV6_V6ONLY: {only_v6}");
    }
}

#[rstest]
#[case::udp4(Protocol::Udp4)]
#[case::udp6(Protocol::Udp6)]
fn trap_x11(#[case] over: Protocol) {
    let lab = Lab::new().unwrap();
    let peer = Sock::bound(over).addr();
    lab.set_port_range(40_000..=40_003).unwrap();
    let mut connected = Vec::new();
    let answer = loop {
        let socket = Sock::new(over);
        // Past usocket's layer, which knows that waiting is no cure.
        let answer = rustix::net::connect(&socket, &peer);
        connected.push(socket);
        assert!(connected.len() < 10, "ports without end");
        if let Err(error) = answer {
            break error;
        }
    };
    assert_eq!(answer, rustix::io::Errno::AGAIN);
    let error = Sock::new(over)
        .raw()
        .connect(peer, usocket::Deadline::Never)
        .unwrap_err();
    assert_eq!(error.condition(), usocket::Condition::AddressNotAvailable);
}

#[rstest]
#[case::tcp4(Protocol::Tcp4, "10.99.0.0/16", "10.99.0.1:9", "10.98.0.1:9")]
#[case::tcp6(Protocol::Tcp6, "fd99::/16", "[fd99::1]:9", "[fd98::1]:9")]
fn trap_x12(
    #[case] over: Protocol,
    #[case] unreachable: &str,
    #[case] there: SocketAddr,
    #[case] nowhere: SocketAddr,
) {
    let lab = Lab::new().unwrap();
    lab.add_route(unreachable, Route::Unreachable).unwrap();
    assert_eq!(Sock::new(over).connect(there), fails(Errno::EHOSTUNREACH));
    assert_eq!(Sock::new(over).connect(nowhere), fails(Errno::ENETUNREACH));
}
