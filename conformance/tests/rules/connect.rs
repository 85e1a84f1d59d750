//! `connect` over TCP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{Answer, OK, fails};
use crate::model::system::{BOTH, PATIENCE, Sock, loopback, refusing};

checks! {
    "connect.inprogress" in_progress tcp4 tcp6;
    "connect.second-ok" second_succeeds tcp4 tcp6;
    "connect.isconn" connected tcp4 tcp6;
    "connect.refused" refused tcp4 tcp6;
    "connect.once" told_once tcp4 tcp6;
    "connect.aborted" aborted tcp4 tcp6;
    "connect.listener" listener tcp4 tcp6;
    "connect.family" family tcp4 tcp6;
    "connect.autobind" autobind tcp4 tcp6;
    "connect.wildcard" wildcard tcp4 tcp6;
    "connect.self" itself tcp4 tcp6;
    "connect.4tuple" four_tuple tcp4 tcp6;
    "connect.unspec-tcp" disconnect tcp4 tcp6;
    "connect.sndtimeo" send_timeout tcp4 tcp6;
    "connect.shutdown" shut_down tcp4 tcp6;
    "names.connecting" names_while_connecting tcp4 tcp6;
}

/// A listener that lets nobody in: its queue is full.
pub(crate) struct Full {
    listener: Sock,
    _first: Sock,
}

impl Full {
    pub(crate) fn new(over: Protocol) -> Self {
        let listener = Sock::listener(over, 0);
        let first = Sock::new(over);
        assert_eq!(first.connect(listener.addr()), OK);
        listener.until_readable();
        Self {
            listener,
            _first: first,
        }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }
}

/// A socket whose connect has no end yet, and what keeps it from one.
pub(crate) fn connecting(over: Protocol) -> (Full, Sock) {
    let full = Full::new(over);
    let socket = Sock::nonblocking(over);
    assert_eq!(socket.connect(full.addr()), fails(Errno::EINPROGRESS));
    (full, socket)
}

/// A socket that is connected, and has not been asked.
fn completed(over: Protocol) -> (Sock, Sock) {
    let listener = Sock::listener(over, 8);
    let socket = Sock::nonblocking(over);
    assert_eq!(socket.connect(listener.addr()), fails(Errno::EINPROGRESS));
    let ready = socket.poll_for(PollFlags::OUT, PATIENCE);
    assert_eq!(ready, PollFlags::OUT);
    (listener, socket)
}

/// A socket whose connect was refused, nobody having been told; and who refuses.
pub(crate) fn failed(over: Protocol) -> (usocket_testkit::PortLease, Sock) {
    let nowhere = refusing(over);
    let socket = Sock::nonblocking(over);
    assert_eq!(socket.connect(nowhere.addr()), fails(Errno::EINPROGRESS));
    assert!(socket.ready().contains(PollFlags::ERR));
    (nowhere, socket)
}

fn in_progress(over: Protocol) {
    let (full, socket) = connecting(over);
    assert_eq!(socket.connect(full.addr()), fails(Errno::EALREADY));
    let (_listener, socket) = completed(over);
    assert_eq!(socket.take_error(), OK);
}

fn second_succeeds(over: Protocol) {
    let (listener, socket) = completed(over);
    assert_eq!(socket.connect(listener.addr()), OK);
    assert_eq!(socket.connect(listener.addr()), fails(Errno::EISCONN));
}

fn connected(over: Protocol) {
    let (listener, client, server) = Sock::pair(over);
    for socket in [client, server] {
        assert_eq!(socket.connect(listener.addr()), fails(Errno::EISCONN));
    }
}

fn refused(over: Protocol) {
    let nowhere = refusing(over);
    let socket = Sock::new(over);
    assert_eq!(socket.connect(nowhere.addr()), fails(Errno::ECONNREFUSED));
    assert_eq!(socket.take_error(), OK);
    let listener = Sock::listener(over, 8);
    assert_eq!(socket.connect(listener.addr()), OK);
}

fn told_once(over: Protocol) {
    type Ask = fn(&Sock, SocketAddr) -> Answer;
    const ASK: [Ask; 4] = [
        |socket, _| socket.take_error(),
        |socket, _| socket.receive(1),
        |socket, _| socket.send(b"x"),
        |socket, addr| socket.connect(addr),
    ];
    for ask in ASK {
        let (nowhere, socket) = failed(over);
        assert!(socket.ready().contains(PollFlags::ERR), "still there");
        let answer = ask(&socket, nowhere.addr());
        assert_eq!(answer, fails(Errno::ECONNREFUSED));
        assert_eq!(socket.take_error(), OK);
    }
}

fn aborted(over: Protocol) {
    let (nowhere, socket) = failed(over);
    assert_eq!(socket.take_error(), fails(Errno::ECONNREFUSED));
    assert_eq!(socket.connect(nowhere.addr()), fails(Errno::ECONNABORTED));
    assert_eq!(socket.connect(nowhere.addr()), fails(Errno::EINPROGRESS));
}

fn listener(over: Protocol) {
    let (one, two) = (Sock::listener(over, 8), Sock::listener(over, 8));
    assert_eq!(one.connect(two.addr()), fails(Errno::EISCONN));
}

fn family(over: Protocol) {
    let (other, errno) = if over.is_ipv6() {
        (Protocol::Tcp4, Errno::EINVAL)
    } else {
        (Protocol::Tcp6, Errno::EAFNOSUPPORT)
    };
    let nowhere = refusing(over);
    let addr = loopback(other, nowhere.port());
    // usocket's own check stands in front of the system's for no call of this layer.
    assert_eq!(Sock::new(over).connect(addr), fails(errno));
}

fn autobind(over: Protocol) {
    let (_listener, client, _server) = Sock::pair(over);
    assert_eq!(Some(client.addr().ip()), over.loopback());
    assert_ne!(client.addr().port(), 0);
}

fn wildcard(over: Protocol) {
    let listener = Sock::listener(over, 8);
    let any: IpAddr = if over.is_ipv6() {
        Ipv6Addr::UNSPECIFIED.into()
    } else {
        Ipv4Addr::UNSPECIFIED.into()
    };
    let client = Sock::new(over);
    let addr = SocketAddr::new(any, listener.addr().port());
    assert_eq!(client.connect(addr), OK);
    assert_eq!(client.peer(), listener.addr());
}

fn itself(over: Protocol) {
    let socket = Sock::bound(over);
    assert_eq!(socket.connect(socket.addr()), OK);
    assert_eq!(socket.send(b"echo"), Answer::Done(4));
    assert_eq!(socket.receive(9), Answer::Done(4));
}

fn four_tuple(over: Protocol) {
    let listener = Sock::listener(over, 8);
    let (one, two) = (Sock::new(over), Sock::new(over));
    one.reuse_address();
    two.reuse_address();
    assert_eq!(one.bind(loopback(over, 0)), OK);
    assert_eq!(two.bind(one.addr()), OK);
    assert_eq!(one.connect(listener.addr()), OK);
    let answer = two.connect(listener.addr());
    assert_eq!(answer, fails(Errno::EADDRNOTAVAIL));
}

fn disconnect(over: Protocol) {
    let (listener, client, server) = Sock::pair(over);
    assert_eq!(client.disconnect(), OK);
    assert_eq!(server.receive(1), fails(Errno::ECONNRESET));
    assert_eq!(client.peer_name(), fails(Errno::ENOTCONN));
    // Nothing to be told, or a reset that it made itself: either way it is taken, and the socket is as new.
    let _ = client.take_error();
    assert_eq!(client.connect(listener.addr()), OK);
}

fn send_timeout(over: Protocol) {
    const SOON: Duration = Duration::from_millis(30);
    let full = Full::new(over);
    let socket = Sock::new(over);
    socket.options().set_write_timeout(Some(SOON)).unwrap();
    let begin = Instant::now();
    assert_eq!(socket.connect(full.addr()), fails(Errno::EINPROGRESS));
    assert!(begin.elapsed() >= SOON);
    socket.set_nonblocking();
    assert_eq!(socket.connect(full.addr()), fails(Errno::EALREADY));
}

fn shut_down(over: Protocol) {
    let full = Full::new(over);
    let socket = Sock::new(over);
    thread::scope(|scope| {
        let connecting = scope.spawn(|| socket.connect(full.addr()));
        until_connecting(&socket);
        assert_eq!(socket.shutdown(BOTH), OK);
        assert_eq!(connecting.join().unwrap(), fails(Errno::ECONNRESET));
    });
}

/// Returns when another thread's connect is under way: the socket has its local port by then.
pub(crate) fn until_connecting(socket: &Sock) {
    let begin = Instant::now();
    while socket.addr().port() == 0 {
        assert!(begin.elapsed() < PATIENCE);
        thread::yield_now();
    }
    // The port comes before the state; another connect waits for the socket's lock, and so until both are there.
    let _ = socket.peer_name();
}

fn names_while_connecting(over: Protocol) {
    let (_full, socket) = connecting(over);
    assert_eq!(socket.peer_name(), fails(Errno::ENOTCONN));
    assert_ne!(socket.addr().port(), 0);
}
