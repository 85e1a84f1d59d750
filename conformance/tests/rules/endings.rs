//! How TCP connections end: shutdown, close, reset.

use std::thread;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{Answer, Done, OK, fails};
use crate::model::system::{BOTH, PATIENCE, Sock, WRITE};

checks! {
    "recv.eof" end tcp4 tcp6;
    "send.closed-peer" send_to_closed tcp4 tcp6;
    "reset.once" reset_once tcp4 tcp6;
    "reset.data" reset_after_data tcp4 tcp6;
    "close.unread" close_unread tcp4 tcp6;
    "close.dup" close_duplicate tcp4 tcp6;
    "close.no-wake" close_wakes_nobody tcp4 tcp6;
    "shutdown.unconnected" shutdown_unconnected tcp4 tcp6 udp4 udp6;
    "shutdown.how" shutdown_how tcp4 tcp6;
    "shutdown.again" shutdown_again tcp4 tcp6;
    "names.after-fin" names_after_end tcp4 tcp6;
}

/// Waits until a reset has come.
fn until_reset(socket: &Sock) {
    let begin = Instant::now();
    while !socket.polled().contains(PollFlags::HUP) {
        assert!(begin.elapsed() < PATIENCE, "no reset has come");
        thread::yield_now();
    }
}

fn end(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!(server.send(b"abc"), Done(3));
    server.close();
    assert_eq!(client.receive(9), Done(3));
    assert_eq!([client.receive(9), client.receive(9)], [OK, OK]);
}

fn send_to_closed(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    server.close();
    client.until_readable();
    assert_eq!(client.send(b"x"), Done(1), "nobody has said no yet");
    until_reset(&client);
    assert_eq!(client.send(b"x"), fails(Errno::EPIPE));
    assert_eq!(client.receive(1), OK);
}

fn reset_once(over: Protocol) {
    const ASK: [fn(&Sock) -> Answer; 3] = [
        |socket| socket.receive(1),
        |socket| socket.send(b"x"),
        Sock::take_error,
    ];
    for ask in ASK {
        let (_listener, client, server) = Sock::pair(over);
        server.abort();
        until_reset(&client);
        assert_eq!(ask(&client), fails(Errno::ECONNRESET));
        assert_eq!(client.receive(1), OK);
        assert_eq!(client.send(b"x"), fails(Errno::EPIPE));
        assert_eq!(client.peer_name(), fails(Errno::ENOTCONN));
        assert_eq!(client.shutdown(BOTH), fails(Errno::ENOTCONN));
    }
}

fn reset_after_data(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!(server.send(b"data"), Done(4));
    client.until_readable();
    server.abort();
    until_reset(&client);
    assert_eq!(client.receive(9), Done(4));
    assert_eq!(client.receive(9), fails(Errno::ECONNRESET));
}

fn close_unread(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!(client.send(b"x"), Done(1));
    server.until_readable();
    server.close();
    assert_eq!(client.receive(1), fails(Errno::ECONNRESET));
}

fn close_duplicate(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    let copy = rustix::io::dup(&server).unwrap();
    server.close();
    assert_eq!(client.try_receive(1), fails(Errno::EAGAIN));
    drop(copy);
    assert_eq!(client.receive(1), OK);
}

fn close_wakes_nobody(over: Protocol) {
    // A closed number might be given out again under a thread that still uses it. Where two numbers stand for one
    // socket, a close of one is the same to whoever waits by the other; that shutdown does wake is the second half.
    const SOON: Duration = Duration::from_millis(100);
    let (_listener, client, _server) = Sock::pair(over);
    client.options().set_read_timeout(Some(SOON)).unwrap();
    let copy = rustix::io::dup(&client).unwrap();
    thread::scope(|scope| {
        let begin = Instant::now();
        let receiving = scope.spawn(|| client.receive(1));
        drop(copy);
        assert_eq!(receiving.join().unwrap(), fails(Errno::EAGAIN));
        assert!(begin.elapsed() >= SOON);
    });
    client.options().set_read_timeout(Some(PATIENCE)).unwrap();
    thread::scope(|scope| {
        let receiving = scope.spawn(|| client.receive(1));
        assert_eq!(client.shutdown(BOTH), OK);
        assert_eq!(receiving.join().unwrap(), OK);
    });
}

fn shutdown_unconnected(over: Protocol) {
    assert_eq!(Sock::new(over).shutdown(BOTH), fails(Errno::ENOTCONN));
    // usocket says nothing of it, as documented.
    let fresh = Sock::new(over);
    fresh.raw().shutdown(std::net::Shutdown::Both).unwrap();
}

fn shutdown_how(over: Protocol) {
    let (_listener, client, _server) = Sock::pair(over);
    for how in [3, -1] {
        assert_eq!(client.shutdown(how), fails(Errno::EINVAL));
    }
}

fn shutdown_again(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!([client.shutdown(WRITE), client.shutdown(WRITE)], [OK, OK]);
    server.close();
    // Both ends' last words are through when the hang-up is told.
    until_reset(&client);
    assert_eq!(client.shutdown(BOTH), fails(Errno::ENOTCONN));
}

fn names_after_end(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    server.close();
    client.until_readable();
    assert_eq!(client.peer_name(), OK);
    let (_listener, client, server) = Sock::pair(over);
    server.abort();
    until_reset(&client);
    assert_eq!(client.peer_name(), fails(Errno::ENOTCONN));
}
