//! `listen`, and what a listener does besides.

use std::thread;

use usocket_testkit::{Errno, Protocol};

use crate::connect::connecting;
use crate::model::answer::{OK, fails};
use crate::model::system::{READ, Sock, loopback, refusing};

checks! {
    "listen.autobind" autobind tcp4 tcp6;
    "listen.again" again tcp4 tcp6;
    "listen.connected" connected tcp4 tcp6;
    "listen.udp" datagrams udp4 udp6;
    "listen.inuse" in_use tcp4 tcp6;
    "listener.shutdown" shutdown tcp4 tcp6;
    "listener.close-resets" close_resets tcp4 tcp6;
    "listener.io" transfers tcp4 tcp6;
}

fn autobind(over: Protocol) {
    let socket = Sock::new(over);
    assert_eq!(socket.listen(1), OK);
    assert_ne!(socket.addr().port(), 0);
}

fn again(over: Protocol) {
    let listener = Sock::listener(over, 8);
    for backlog in [1, 0, -1] {
        assert_eq!(listener.listen(backlog), OK);
    }
}

fn connected(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    let (_full, connecting) = connecting(over);
    for socket in [client, server, connecting] {
        assert_eq!(socket.listen(1), fails(Errno::EINVAL));
    }
}

fn datagrams(over: Protocol) {
    assert_eq!(Sock::bound(over).listen(1), fails(Errno::EOPNOTSUPP));
}

fn in_use(over: Protocol) {
    let (one, two) = (Sock::new(over), Sock::new(over));
    one.reuse_address();
    two.reuse_address();
    assert_eq!(one.bind(loopback(over, 0)), OK);
    assert_eq!(two.bind(one.addr()), OK);
    assert_eq!(one.listen(1), OK);
    assert_eq!(two.listen(1), fails(Errno::EADDRINUSE));
}

fn shutdown(over: Protocol) {
    let listener = Sock::listener(over, 8);
    let addr = listener.addr();
    let woken = thread::scope(|scope| {
        let accepting = scope.spawn(|| listener.accept());
        // Whether it waits by then or not: it is answered the same.
        thread::yield_now();
        assert_eq!(listener.shutdown(READ), OK);
        accepting.join().unwrap()
    });
    assert_eq!(woken, fails(Errno::EINVAL));
    let client = Sock::new(over);
    assert_eq!(client.connect(addr), fails(Errno::ECONNREFUSED));
    // Its port was the system's choice, and so is the next.
    assert_eq!(listener.listen(8), OK);
    assert_eq!(Sock::new(over).connect(listener.addr()), OK);

    // Its port was named, and stays.
    let lease = refusing(over);
    let listener = Sock::new(over);
    listener.reuse_address();
    assert_eq!(listener.bind(lease.addr()), OK);
    assert_eq!([listener.listen(8), listener.shutdown(READ)], [OK, OK]);
    assert_eq!(listener.listen(8), OK);
    assert_eq!(listener.addr(), lease.addr());
    assert_eq!(Sock::new(over).connect(lease.addr()), OK);
}

fn close_resets(over: Protocol) {
    let listener = Sock::listener(over, 8);
    let client = Sock::new(over);
    assert_eq!(client.connect(listener.addr()), OK);
    listener.close();
    assert_eq!(client.receive(1), fails(Errno::ECONNRESET));
}

fn transfers(over: Protocol) {
    let listener = Sock::listener(over, 8);
    assert_eq!(listener.receive(1), fails(Errno::ENOTCONN));
    assert_eq!(listener.send(b"x"), fails(Errno::EPIPE));
}
