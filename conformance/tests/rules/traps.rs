//! What surprises.

use std::thread;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use socket2::Type;
use usocket_testkit::{Errno, Protocol};

use crate::connect::{Full, failed, until_connecting};
use crate::model::answer::{Done, OK, fails};
use crate::model::system::{BOTH, PATIENCE, Sock, WRITE, loopback};
use crate::unix;

checks! {
    "trap.x1" born_shut_down tcp4 tcp6;
    "trap.x2" never_again tcp4 tcp6;
    "trap.x3" no_second_success tcp4 tcp6;
    "trap.x4" port_given_back tcp4 tcp6;
    "trap.x5" data_after_both tcp4 tcp6;
    "trap.x13" disconnect_wakes tcp4 tcp6;
    "trap.x15" connects_again_for_ever;
}

fn born_shut_down(over: Protocol) {
    let listener = Sock::new(over);
    assert_eq!(listener.shutdown(WRITE), fails(Errno::ENOTCONN));
    assert_eq!(listener.listen(8), OK);
    let client = Sock::new(over);
    let addr = loopback(over, listener.addr().port());
    assert_eq!(client.connect(addr), OK);
    let server = listener.accepted();
    assert_eq!(server.send(b"x"), fails(Errno::EPIPE));
    assert_eq!(client.receive(1), OK, "the end, at once");
}

fn never_again(over: Protocol) {
    let (nowhere, socket) = failed(over);
    assert_eq!(socket.shutdown(WRITE), fails(Errno::ENOTCONN));
    for _ in 0..3 {
        assert_eq!(socket.connect(nowhere.addr()), fails(Errno::EINVAL));
    }
}

fn no_second_success(over: Protocol) {
    let listener = Sock::listener(over, 8);
    let socket = Sock::nonblocking(over);
    assert_eq!(socket.connect(listener.addr()), fails(Errno::EINPROGRESS));
    socket.poll_for(PollFlags::OUT, PATIENCE);
    assert_eq!(socket.shutdown(WRITE), OK);
    assert_eq!(socket.connect(listener.addr()), fails(Errno::EISCONN));
}

fn port_given_back(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    server.abort();
    client.until_readable();
    assert_eq!(client.receive(1), fails(Errno::ECONNRESET));
    assert_eq!(client.bind(loopback(over, 0)), OK);
}

fn data_after_both(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!(client.shutdown(BOTH), OK);
    assert_eq!(server.receive(1), OK);
    assert_eq!(server.send(b"x"), Done(1));
    let begin = Instant::now();
    while !server.polled().contains(PollFlags::HUP) {
        assert!(begin.elapsed() < PATIENCE, "no reset has come");
        thread::yield_now();
    }
    // It had seen the end before, so the reset is a broken pipe.
    assert_eq!(server.send(b"x"), fails(Errno::EPIPE));
}

fn disconnect_wakes(over: Protocol) {
    let full = Full::new(over);
    let socket = Sock::new(over);
    thread::scope(|scope| {
        let connecting = scope.spawn(|| socket.connect(full.addr()));
        until_connecting(&socket);
        assert_eq!(socket.disconnect(), OK);
        assert_eq!(connecting.join().unwrap(), fails(Errno::EPIPE));
    });
}

fn connects_again_for_ever() {
    const SOON: Duration = Duration::from_millis(30);
    let (listener, name) = unix::named(Type::STREAM);
    listener.listen(0).unwrap();
    let socket = socket2::Socket::new(socket2::Domain::UNIX, Type::STREAM, None).unwrap();
    assert_eq!(unix::connect(&socket, &name), OK);
    socket.set_write_timeout(Some(SOON)).unwrap();
    let begin = Instant::now();
    // It waits as long as it may, although no waiting helps.
    assert_eq!(unix::connect(&socket, &name), fails(Errno::EAGAIN));
    assert!(begin.elapsed() >= SOON);
}
