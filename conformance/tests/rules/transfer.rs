//! Sending and receiving on TCP, while both ends are there.

use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::event::PollFlags;
use rustix::net::{RecvFlags, SendFlags};
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{Answer, Done, OK, fails};
use crate::model::system::{PATIENCE, READ, Sock, WRITE};

checks! {
    "send.unconnected" send_unconnected tcp4 tcp6;
    "recv.unconnected" receive_unconnected tcp4 tcp6;
    "send.shutdown" send_after_shutdown tcp4 tcp6;
    "recv.shutdown-rd" receive_after_shutdown tcp4 tcp6;
    "halfclose" half_close tcp4 tcp6;
    "zero.send" nothing;
    "peek" peek tcp4 tcp6;
    "recv.timeout" timeout tcp4 tcp6 udp4 udp6;
    "send.full" full tcp4 tcp6;
    "send.isconn" send_to_when_connected;
    "oob.none" out_of_band;
}

fn send_unconnected(over: Protocol) {
    assert_eq!(Sock::new(over).send(b"x"), fails(Errno::EPIPE));
}

fn receive_unconnected(over: Protocol) {
    assert_eq!(Sock::new(over).receive(1), fails(Errno::ENOTCONN));
}

fn send_after_shutdown(over: Protocol) {
    let (_listener, client, _server) = Sock::pair(over);
    assert_eq!(client.shutdown(WRITE), OK);
    // A signal that the thread holds back waits, although the process ignores it.
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGPIPE);
    signals.thread_block().unwrap();
    let waiting =
        SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC).unwrap();
    assert_eq!(client.send(b"x"), fails(Errno::EPIPE));
    assert!(
        waiting.read_signal().unwrap().is_none(),
        "usocket asks for none"
    );
    let answer = client.send_with(b"x", SendFlags::NOSIGNAL);
    assert_eq!(answer, fails(Errno::EPIPE));
    assert!(waiting.read_signal().unwrap().is_none());
    let answer = client.send_with(b"x", SendFlags::empty());
    assert_eq!(answer, fails(Errno::EPIPE));
    assert!(waiting.read_signal().unwrap().is_some());
}

fn receive_after_shutdown(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!(server.send(b"abc"), Done(3));
    client.until_readable();
    assert_eq!(client.shutdown(READ), OK);
    assert_eq!(client.receive(9), Done(3));
    assert_eq!(client.receive(9), OK);
    assert_eq!(server.send(b"late"), Done(4));
    // There is something to receive at any time now, the end: what comes later is found by asking again.
    let begin = Instant::now();
    loop {
        match client.receive(9) {
            OK => assert!(begin.elapsed() < PATIENCE),
            answer => break assert_eq!(answer, Done(4)),
        }
    }
    assert_eq!(client.receive(9), OK);
}

fn half_close(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!(client.shutdown(WRITE), OK);
    assert_eq!(server.receive(1), OK);
    assert_eq!(server.send(b"back"), Done(4));
    assert_eq!(client.receive(9), Done(4));
}

fn nothing() {
    let (_listener, client, server) = Sock::pair(Protocol::Tcp4);
    assert_eq!(client.send(b""), OK);
    assert_eq!(client.send(b"x"), Done(1));
    assert_eq!(server.receive(9), Done(1), "the first left no trace");
    let (own, other) = (Sock::bound(Protocol::Udp4), Sock::new(Protocol::Udp4));
    assert_eq!(other.send_to(b"", own.addr()), OK);
    own.until_readable();
    assert_eq!(own.try_receive(9), OK);
    assert_eq!(own.try_receive(9), fails(Errno::EAGAIN));
}

fn peek(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    assert_eq!(server.send(b"abc"), Done(3));
    assert_eq!(client.receive_with(9, RecvFlags::PEEK), Done(3));
    assert_eq!(client.receive(9), Done(3));
}

fn timeout(over: Protocol) {
    const SOON: Duration = Duration::from_millis(30);
    let pair;
    let socket = if over.is_stream() {
        pair = Sock::pair(over);
        pair.1
    } else {
        Sock::bound(over)
    };
    socket.options().set_read_timeout(Some(SOON)).unwrap();
    let begin = Instant::now();
    assert_eq!(socket.receive(1), fails(Errno::EAGAIN));
    assert!(begin.elapsed() >= SOON);
}

fn full(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    client.set_nonblocking();
    // A length that fits into no power of two, so that lost or doubled pieces show.
    let source: Vec<u8> = (0..=250).cycle().take(251 * 800).collect();
    let (mut sent, mut short) = (0, false);
    let answer = loop {
        let offered = &source[sent % 251..];
        match client.send(offered) {
            Done(taken) => {
                short |= taken < offered.len();
                sent += taken;
            }
            answer @ Answer::Fails(_) => break answer,
        }
    };
    assert_eq!(answer, fails(Errno::EAGAIN));
    assert!(short, "some send took less than it was given");
    let writable = client.poll_for(PollFlags::OUT, Duration::ZERO);
    assert_eq!(writable, PollFlags::empty());
    let mut received = 0;
    let mut buffer = vec![0; 1 << 18];
    while received < sent {
        let got = server.raw().receive(&mut buffer, usocket::Deadline::Never);
        let got = got.unwrap();
        assert_ne!(got, 0);
        for (place, byte) in buffer[..got].iter().enumerate() {
            assert_eq!(usize::from(*byte), (received + place) % 251);
        }
        received += got;
    }
    assert_eq!(received, sent);
    let writable = client.poll_for(PollFlags::OUT, PATIENCE);
    assert_eq!(writable, PollFlags::OUT);
}

fn send_to_when_connected() {
    let (_listener, client, server) = Sock::pair(Protocol::Tcp4);
    let elsewhere = Sock::bound(Protocol::Tcp4);
    assert_eq!(client.send_to(b"x", elsewhere.addr()), Done(1));
    assert_eq!(server.receive(9), Done(1), "to the peer all the same");
    let [own, peer, other] = [(); 3].map(|()| Sock::bound(Protocol::Udp4));
    assert_eq!(own.connect(peer.addr()), OK);
    assert_eq!(own.send_to(b"x", other.addr()), Done(1));
    assert_eq!(other.receive(9), Done(1));
    assert_eq!(peer.try_receive(9), fails(Errno::EAGAIN));
}

fn out_of_band() {
    let (_listener, client, _server) = Sock::pair(Protocol::Tcp4);
    let answer = client.receive_with(1, RecvFlags::OOB);
    assert_eq!(answer, fails(Errno::EINVAL));
    let send = |over| -> Answer {
        let (socket, peer) = (Sock::new(over), Sock::bound(over));
        assert_eq!(socket.connect(peer.addr()), OK);
        socket.send_with(b"x", SendFlags::OOB)
    };
    assert_eq!(send(Protocol::Udp4), fails(Errno::EOPNOTSUPP));
    assert_eq!(send(Protocol::Udp6), Done(1));
}
