//! What a port lease promises.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use rstest::rstest;
use socket2::{Domain, Socket, Type};
use usocket_testkit::{Certainty, PortLease, discover};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

const WATCHDOG: Option<Duration> = Some(Duration::from_secs(30));

/// Whether the address can be used here; IPv6 may be off.
fn usable(ip: IpAddr) -> bool {
    let usable = ip.is_ipv4() || discover::ipv6().has_loopback();
    if !usable {
        println!("not run here: {}", discover::ipv6().evidence());
    }
    usable
}

#[rstest]
fn nobody_listens_until_a_server_does(#[values(V4, V6)] ip: IpAddr) {
    if !usable(ip) {
        return;
    }
    let lease = PortLease::tcp(ip).unwrap();
    assert_eq!(lease.certainty(), Certainty::Held, "{}", lease.evidence());
    assert_eq!(lease.addr().ip(), ip);
    assert_eq!(lease.addr().port(), lease.port());

    let refused = |lease: &PortLease| TcpStream::connect(lease.addr()).unwrap_err().kind();
    assert_eq!(refused(&lease), ErrorKind::ConnectionRefused);

    // Whoever does not ask to share it does not get it.
    let unshared = Socket::new(Domain::for_address(lease.addr()), Type::STREAM, None).unwrap();
    let error = unshared.bind(&lease.addr().into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);

    let server = TcpListener::bind(lease.addr()).unwrap();
    let second = TcpListener::bind(lease.addr()).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::AddrInUse);

    let mut client = TcpStream::connect(lease.addr()).unwrap();
    let (mut session, _) = server.accept().unwrap();
    client.set_read_timeout(WATCHDOG).unwrap();
    session.write_all(b"!").unwrap();
    client.read_exact(&mut [0]).unwrap();
    drop((server, session, client));

    assert_eq!(refused(&lease), ErrorKind::ConnectionRefused);
    TcpListener::bind(lease.addr()).expect("a server can come again");
}

#[test]
fn a_server_of_all_addresses_can_have_a_leased_port() {
    for every in [IpAddr::from([0; 4]), IpAddr::from([0; 16])] {
        if !usable(every) {
            continue;
        }
        // Somebody may have the same port of another address; not every time.
        let with_server = |lease: PortLease| {
            let server = TcpListener::bind((every, lease.port())).ok()?;
            Some((lease, server))
        };
        let (lease, server) = (0..20)
            .find_map(|_| with_server(discover::unused_port().unwrap()))
            .unwrap();
        let _client = TcpStream::connect(lease.addr()).unwrap();
        server.accept().unwrap();
    }
}

#[test]
fn a_lease_that_is_dropped_gives_its_port_back() {
    // Once it is free, another process may be faster; not every time.
    let free_again = |lease: fn(IpAddr) -> PortLease, kind: Type| {
        (0..20).any(|_| {
            let lease = lease(V4);
            let unshared = Socket::new(Domain::IPV4, kind, None).unwrap();
            let addr = lease.addr().into();
            assert!(unshared.bind(&addr).is_err(), "the lease has the port");
            drop(lease);
            unshared.bind(&addr).is_ok()
        })
    };
    assert!(free_again(|ip| PortLease::tcp(ip).unwrap(), Type::STREAM));
    assert!(free_again(|ip| PortLease::udp(ip).unwrap(), Type::DGRAM));
    assert!(free_again(
        |ip| PortLease::udp_refusing(ip).unwrap(),
        Type::DGRAM
    ));
}

#[test]
fn the_system_gives_a_leased_port_to_nobody() {
    let lease = discover::unused_port().unwrap();
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut held = Vec::new();
    for _ in 0..100 {
        let bound = TcpListener::bind("127.0.0.1:0").unwrap();
        assert_ne!(bound.local_addr().unwrap().port(), lease.port());
        let connected = TcpStream::connect(target.local_addr().unwrap()).unwrap();
        assert_ne!(connected.local_addr().unwrap().port(), lease.port());
        held.push((bound, connected, target.accept().unwrap()));
    }
}

#[test]
fn two_leases_are_two_ports() {
    let leases: Vec<_> = (0..50).map(|_| discover::unused_port().unwrap()).collect();
    let mut ports: Vec<_> = leases.iter().map(PortLease::port).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), leases.len());
}

#[test]
fn leases_of_many_threads_are_as_many_ports() {
    const EACH: usize = 100;
    let all: Vec<_> = thread::scope(|scope| {
        let take = || -> Vec<_> {
            (0..EACH)
                .map(|_| discover::unused_port().unwrap())
                .collect()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });
    let ports: BTreeSet<_> = all.iter().map(PortLease::port).collect();
    assert_eq!(ports.len(), 8 * EACH);
}

#[test]
fn a_lease_can_be_sent_and_shared() {
    fn shared<T: Send + Sync + 'static>(value: T) -> T {
        value
    }
    let lease = shared(discover::unused_port().unwrap());
    let here = lease.addr();
    let there = thread::scope(|scope| scope.spawn(|| lease.try_addr()).join().unwrap());
    assert_eq!(there, Ok(here));
    // On a thread of its own the lease may end.
    thread::spawn(move || drop(lease)).join().unwrap();
}

#[rstest]
fn a_datagram_lease_gives_its_socket(#[values(V4, V6)] ip: IpAddr) {
    if !usable(ip) {
        return;
    }
    let lease = PortLease::udp(ip).unwrap();
    let addr = lease.addr();
    let second = UdpSocket::bind(addr).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::AddrInUse);

    let server = lease.take().unwrap();
    server.set_read_timeout(WATCHDOG).unwrap();
    assert_eq!(server.local_addr().unwrap(), addr);
    let client = UdpSocket::bind((ip, 0)).unwrap();
    client.send_to(b"?", addr).unwrap();
    let (_, from) = server.recv_from(&mut [0]).unwrap();
    assert_eq!(from, client.local_addr().unwrap());

    // The lease is over, and the port is not free meanwhile.
    let second = UdpSocket::bind(addr).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::AddrInUse);
}

#[test]
fn other_leases_have_no_socket_to_give() {
    assert!(PortLease::tcp(V4).unwrap().take().is_none());
    assert!(PortLease::udp_refusing(V4).unwrap().take().is_none());
}

#[rstest]
fn a_refusing_datagram_port_refuses_and_stays_taken(#[values(V4, V6)] ip: IpAddr) {
    if !usable(ip) {
        return;
    }
    let lease = PortLease::udp_refusing(ip).unwrap();
    let second = UdpSocket::bind(lease.addr()).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::AddrInUse);
    let client = UdpSocket::bind((ip, 0)).unwrap();
    client.set_read_timeout(WATCHDOG).unwrap();
    client.connect(lease.addr()).unwrap();
    for _ in 0..20 {
        client.send(b"?").unwrap();
        let error = client.recv(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
}

#[test]
fn an_address_of_another_machine_cannot_be_leased() {
    let error = PortLease::tcp([0, 0, 0, 1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
}
