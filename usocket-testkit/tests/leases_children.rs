//! A port lease and other processes. In a program of their own: a process that is being started has every descriptor of
//! this one until it is what it is to be, so that a listener is not gone when it is closed.
#![cfg(target_os = "linux")]

mod child;

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use child::Child;
use usocket_testkit::{PortLease, discover};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

const WATCHDOG: Option<Duration> = Some(Duration::from_secs(30));

#[test]
fn a_child_process_can_listen_while_the_lease_is_held() {
    if let Some(addr) = child::task() {
        let server = TcpListener::bind(addr.parse::<SocketAddr>().unwrap()).unwrap();
        child::say("listening");
        let (mut session, _) = server.accept().unwrap();
        return session.write_all(b"hello").unwrap();
    }
    for ip in [V4, V6] {
        if ip.is_ipv6() && !discover::ipv6().has_loopback() {
            println!("not run here: {}", discover::ipv6().evidence());
            continue;
        }
        let lease = PortLease::tcp(ip).unwrap();
        let test = "a_child_process_can_listen_while_the_lease_is_held";
        let mut server = Child::of_test(test, &lease.addr().to_string());
        assert_eq!(server.hear(), "listening");

        let second = TcpListener::bind(lease.addr()).unwrap_err();
        assert_eq!(second.kind(), ErrorKind::AddrInUse);
        let mut client = TcpStream::connect(lease.addr()).unwrap();
        client.set_read_timeout(WATCHDOG).unwrap();
        let mut greeting = String::new();
        client.read_to_string(&mut greeting).unwrap();
        assert_eq!(greeting, "hello");

        server.ends_well();
        let error = TcpStream::connect(lease.addr()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
}

#[test]
fn leases_of_many_processes_are_as_many_ports() {
    const EACH: usize = 100;
    if child::task().is_some() {
        let leases: Vec<_> = (0..EACH)
            .map(|_| discover::unused_port().unwrap())
            .collect();
        let ports: Vec<_> = leases
            .iter()
            .map(|lease| lease.port().to_string())
            .collect();
        child::say(&ports.join(" "));
        // Held until all processes have theirs.
        return child::wait_for_parent();
    }
    let test = "leases_of_many_processes_are_as_many_ports";
    let mut children: Vec<_> = (0..8).map(|_| Child::of_test(test, "lease")).collect();
    let said: Vec<_> = children.iter_mut().map(Child::hear).collect();
    let ports: BTreeSet<u16> = said
        .iter()
        .flat_map(|line| line.split(' ').map(|port| port.parse().unwrap()))
        .collect();
    assert_eq!(ports.len(), 8 * EACH);
    children.into_iter().for_each(Child::ends_well);
}
