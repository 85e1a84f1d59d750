//! UDP.

use std::time::Duration;

use rustix::event::PollFlags;
use rustix::net::RecvFlags;
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{Answer, Done, OK, fails};
use crate::model::system::{PATIENCE, Sock, WRITE, refusing};

checks! {
    "udp.connect" connect udp4 udp6;
    "udp.noaddr" no_address udp4 udp6;
    "udp.boundary" boundaries udp4 udp6;
    "udp.msgsize" too_long udp4 udp6;
    "udp.icmp-connected" refused_when_connected udp4 udp6;
    "udp.icmp-unconnected" refused_when_not udp4 udp6;
    "shutdown.udp-quirk" shutdown udp4 udp6;
}

fn connect(over: Protocol) {
    let [own, first, second] = [(); 3].map(|()| Sock::bound(over));
    assert_eq!(own.connect(first.addr()), OK);
    assert_eq!(own.peer(), first.addr());
    assert_eq!(second.send_to(b"no", own.addr()), Done(2));
    assert_eq!(first.send_to(b"yes!", own.addr()), Done(4));
    assert_eq!(own.receive(10), Done(4), "the other's is not let in");
    assert_eq!(own.try_receive(10), fails(Errno::EAGAIN));
    assert_eq!(own.connect(second.addr()), OK);
    assert_eq!(own.peer(), second.addr());
    assert_eq!(own.disconnect(), OK);
    assert_eq!(own.peer_name(), fails(Errno::ENOTCONN));
}

fn no_address(over: Protocol) {
    assert_eq!(Sock::new(over).send(b"x"), fails(Errno::EDESTADDRREQ));
}

fn boundaries(over: Protocol) {
    let (own, other) = (Sock::bound(over), Sock::new(over));
    for length in [10, 20, 30] {
        let sent = other.send_to(&[0; 30][..length], own.addr());
        assert_eq!(sent, Done(length));
    }
    assert_eq!(own.receive(100), Done(10));
    assert_eq!(own.receive(5), Done(5), "the rest is gone");
    assert_eq!(own.receive_with(5, RecvFlags::TRUNC), Done(30));
    assert_eq!(own.try_receive(5), fails(Errno::EAGAIN));
}

fn too_long(over: Protocol) {
    // 65535 bytes less the headers: IPv4 counts its own, IPv6 does not.
    let most = if over.is_ipv6() { 65527 } else { 65507 };
    let (own, other) = (Sock::bound(over), Sock::new(over));
    let answer = other.send_to(&vec![0; most + 1], own.addr());
    assert_eq!(answer, fails(Errno::EMSGSIZE));
    assert_eq!(other.send_to(&vec![0; most], own.addr()), Done(most));
    assert_eq!(own.receive(most + 1), Done(most));
}

fn refused_when_connected(over: Protocol) {
    const ASK: [fn(&Sock) -> Answer; 3] = [
        |socket| socket.receive(1),
        |socket| socket.send(b"x"),
        Sock::take_error,
    ];
    let nowhere = refusing(over);
    for ask in ASK {
        let socket = Sock::nonblocking(over);
        assert_eq!(socket.connect(nowhere.addr()), OK);
        assert_eq!(socket.send(b"x"), Done(1));
        assert!(
            socket
                .poll_for(PollFlags::IN, PATIENCE)
                .contains(PollFlags::ERR)
        );
        assert_eq!(ask(&socket), fails(Errno::ECONNREFUSED));
        assert_eq!(socket.take_error(), OK, "once");
    }
}

fn refused_when_not(over: Protocol) {
    let nowhere = refusing(over);
    let socket = Sock::nonblocking(over);
    assert_eq!(socket.send_to(b"x", nowhere.addr()), Done(1));
    // The refusal has come when a datagram has that was sent later.
    let own = Sock::bound(over);
    assert_eq!(own.send_to(b"x", own.addr()), Done(1));
    assert_eq!(own.receive(1), Done(1));
    assert_eq!(socket.receive(1), fails(Errno::EAGAIN));
    let (level, option) = if over.is_ipv6() {
        (uapi::c::IPPROTO_IPV6, uapi::c::IPV6_RECVERR)
    } else {
        (uapi::c::IPPROTO_IP, uapi::c::IP_RECVERR)
    };
    assert_eq!(socket.set_option(level, option, &1_i32), OK);
    assert_eq!(socket.send_to(b"x", nowhere.addr()), Done(1));
    let ready = socket.poll_for(PollFlags::IN, Duration::from_secs(20));
    assert!(ready.contains(PollFlags::ERR));
    assert_eq!(socket.receive(1), fails(Errno::ECONNREFUSED));
}

fn shutdown(over: Protocol) {
    let (socket, other) = (Sock::new(over), Sock::bound(over));
    assert_eq!(socket.shutdown(WRITE), fails(Errno::ENOTCONN));
    assert_eq!(socket.send_to(b"x", other.addr()), fails(Errno::EPIPE));
}
