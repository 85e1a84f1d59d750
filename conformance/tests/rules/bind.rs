//! `bind`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{OK, fails};
use crate::model::system::{Sock, loopback};

checks! {
    "bind.twice" twice tcp4 tcp6 udp4 udp6;
    "bind.inuse" in_use tcp4 tcp6 udp4 udp6;
    "bind.notlocal" not_local tcp4 tcp6 udp4 udp6;
    "bind.ephemeral" ephemeral tcp4 tcp6 udp4 udp6;
    "bind.family" family tcp4 tcp6 udp4 udp6;
    "bind.connected" connected tcp4 tcp6;
    "bind.reuseaddr" reuse_address tcp4 tcp6;
    "bind.reuse-listening" reuse_listening tcp4 tcp6;
    "bind.reuseport" reuse_port tcp4 tcp6 udp4 udp6;
}

fn twice(over: Protocol) {
    let socket = Sock::bound(over);
    assert_eq!(socket.bind(loopback(over, 0)), fails(Errno::EINVAL));
}

fn in_use(over: Protocol) {
    let holder = Sock::bound(over);
    let socket = Sock::new(over);
    assert_eq!(socket.bind(holder.addr()), fails(Errno::EADDRINUSE));
    assert_eq!(socket.bind(loopback(over, 0)), OK, "it is still unbound");
}

fn not_local(over: Protocol) {
    // No interface anywhere has these (RFC 1122 3.2.1.3, RFC 4291 2.4).
    let ip: IpAddr = if over.is_ipv6() {
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 2).into()
    } else {
        Ipv4Addr::new(0, 0, 0, 1).into()
    };
    let socket = Sock::new(over);
    let answer = socket.bind(SocketAddr::new(ip, 0));
    assert_eq!(answer, fails(Errno::EADDRNOTAVAIL));
    assert_eq!(socket.bind(loopback(over, 0)), OK, "it is still unbound");
}

fn ephemeral(over: Protocol) {
    const SOCKETS: usize = 50;
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
    let range: Vec<u16> = range
        .split_whitespace()
        .map(|port| port.parse().unwrap())
        .collect();
    let sockets: Vec<_> = (0..SOCKETS).map(|_| Sock::bound(over)).collect();
    let mut ports: Vec<_> = sockets.iter().map(|socket| socket.addr().port()).collect();
    assert!(
        ports
            .iter()
            .all(|port| (range[0]..=range[1]).contains(port))
    );
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), SOCKETS);
}

fn family(over: Protocol) {
    let (other, errno) = if over.is_ipv6() {
        (Protocol::Tcp4, Errno::EINVAL)
    } else {
        (Protocol::Tcp6, Errno::EAFNOSUPPORT)
    };
    assert_eq!(Sock::new(over).bind(loopback(other, 0)), fails(errno));
}

fn connected(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    for socket in [client, server] {
        assert_eq!(socket.bind(loopback(over, 0)), fails(Errno::EINVAL));
    }
}

/// Two sockets that let others have their address.
fn reusing(over: Protocol) -> [Sock; 2] {
    [(); 2].map(|()| {
        let socket = Sock::new(over);
        socket.reuse_address();
        socket
    })
}

fn reuse_address(over: Protocol) {
    let [one, two] = reusing(over);
    assert_eq!(one.bind(loopback(over, 0)), OK);
    assert_eq!(two.bind(one.addr()), OK);
}

fn reuse_listening(over: Protocol) {
    let [one, two] = reusing(over);
    assert_eq!(one.bind(loopback(over, 0)), OK);
    assert_eq!(one.listen(1), OK);
    assert_eq!(two.bind(one.addr()), fails(Errno::EADDRINUSE));
}

fn reuse_port(over: Protocol) {
    let [one, two] = [(); 2].map(|()| {
        let socket = Sock::new(over);
        socket.options().set_reuse_port(true).unwrap();
        socket
    });
    assert_eq!(one.bind(loopback(over, 0)), OK);
    assert_eq!(two.bind(one.addr()), OK);
    if over.is_stream() {
        assert_eq!([one.listen(1), two.listen(1)], [OK, OK]);
    }
}
