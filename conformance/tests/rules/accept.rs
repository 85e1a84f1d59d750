//! `accept`.

use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{OK, fails};
use crate::model::system::{PATIENCE, Sock, loopback};

checks! {
    "accept.notlistening" not_listening tcp4 tcp6;
    "accept.empty" empty tcp4 tcp6;
    "accept.udp" datagrams udp4 udp6;
    "accept.names" names tcp4 tcp6;
    "accept.fifo" in_order tcp4 tcp6;
    "accept.flags" flags tcp4 tcp6;
    "accept.dead-child" dead_child tcp4 tcp6;
}

fn not_listening(over: Protocol) {
    let socket = Sock::new(over);
    assert_eq!(socket.accept(), fails(Errno::EINVAL));
    assert_eq!(socket.bind(loopback(over, 0)), OK);
    assert_eq!(socket.accept(), fails(Errno::EINVAL));
    let (_listener, client, _server) = Sock::pair(over);
    assert_eq!(client.accept(), fails(Errno::EINVAL));
}

fn empty(over: Protocol) {
    const SOON: Duration = Duration::from_millis(30);
    let listener = Sock::listener(over, 8);
    listener.options().set_read_timeout(Some(SOON)).unwrap();
    let begin = Instant::now();
    assert_eq!(listener.accept(), fails(Errno::EAGAIN));
    assert!(begin.elapsed() >= SOON);
    listener.set_nonblocking();
    assert_eq!(listener.accept(), fails(Errno::EAGAIN));
}

fn datagrams(over: Protocol) {
    assert_eq!(Sock::new(over).accept(), fails(Errno::EOPNOTSUPP));
}

fn names(over: Protocol) {
    let (listener, client, server) = Sock::pair(over);
    assert_eq!(server.addr(), listener.addr());
    assert_eq!(server.peer(), client.addr());
    assert_eq!(client.peer(), listener.addr());
}

fn in_order(over: Protocol) {
    const CLIENTS: usize = 10;
    let listener = Sock::listener(over, 20);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let client = Sock::new(over);
            assert_eq!(client.connect(listener.addr()), OK);
            client
        })
        .collect();
    for client in clients {
        assert_eq!(listener.accepted().peer(), client.addr());
    }
}

fn flags(over: Protocol) {
    let listener = Sock::listener(over, 8);
    listener.set_nonblocking();
    listener.options().set_keepalive(true).unwrap();
    listener.raw().set_nodelay(true).unwrap();
    let client = Sock::new(over);
    assert_eq!(client.connect(listener.addr()), OK);
    listener.until_readable();
    let server = listener.accepted();
    assert!(!server.options().nonblocking().unwrap());
    assert!(server.options().keepalive().unwrap());
    assert!(server.raw().nodelay().unwrap());
}

fn dead_child(over: Protocol) {
    let listener = Sock::listener(over, 8);
    let client = Sock::new(over);
    assert_eq!(client.connect(listener.addr()), OK);
    client.abort();
    let server = listener.accepted();
    // The reset may come after the accept.
    assert_ne!(server.poll_for(PollFlags::IN, PATIENCE), PollFlags::empty());
    assert_eq!(server.receive(1), fails(Errno::ECONNRESET));
    assert_eq!(server.receive(1), OK);
}
