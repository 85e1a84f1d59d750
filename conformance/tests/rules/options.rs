//! Options, names and readiness.

use std::fs::OpenOptions;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;

use rustix::event::PollFlags;
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{OK, fails};
use crate::model::system::{READ, Sock, WRITE};

checks! {
    "names.unbound" names tcp4 tcp6 udp4 udp6;
    "opt.error-clears" error tcp4 tcp6;
    "opt.unknown" unknown tcp4 tcp6 udp4 udp6;
    "opt.acceptconn" listening tcp4 tcp6;
    "opt.type" kind tcp4 tcp6 udp4 udp6;
    "opt.bufsize" buffers tcp4 udp4;
    "poll.states" states tcp4 tcp6;
    "poll.keeps-error" keeps_error tcp4 tcp6;
}

const SOCKET: i32 = uapi::c::SOL_SOCKET;

fn names(over: Protocol) {
    let any: IpAddr = if over.is_ipv6() {
        Ipv6Addr::UNSPECIFIED.into()
    } else {
        Ipv4Addr::UNSPECIFIED.into()
    };
    let socket = Sock::new(over);
    assert_eq!(socket.addr(), SocketAddr::new(any, 0));
    assert_eq!(socket.peer_name(), fails(Errno::ENOTCONN));
}

fn error(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    server.abort();
    client.until_readable();
    assert_eq!(client.take_error(), fails(Errno::ECONNRESET));
    assert_eq!(client.take_error(), OK);
}

fn unknown(over: Protocol) {
    let own_level = if over.is_stream() {
        uapi::c::IPPROTO_TCP
    } else {
        uapi::c::IPPROTO_UDP
    };
    let socket = Sock::new(over);
    for level in [SOCKET, own_level] {
        let answer = socket.set_option(level, 999, &1_i32);
        assert_eq!(answer, fails(Errno::ENOPROTOOPT));
    }
    // One byte, where an int belongs.
    let answer = socket.set_option(SOCKET, uapi::c::SO_REUSEADDR, &1_u8);
    assert_eq!(answer, fails(Errno::EINVAL));
}

fn listening(over: Protocol) {
    let socket = Sock::new(over);
    let listens = || socket.option(SOCKET, uapi::c::SO_ACCEPTCONN);
    assert_eq!(listens(), 0);
    assert_eq!(socket.listen(1), OK);
    assert_eq!(listens(), 1);
    assert_eq!(socket.shutdown(READ), OK);
    assert_eq!(listens(), 0);
}

fn kind(over: Protocol) {
    let socket = Sock::new(over);
    let domain = if over.is_ipv6() {
        uapi::c::AF_INET6
    } else {
        uapi::c::AF_INET
    };
    let (kind, protocol) = if over.is_stream() {
        (uapi::c::SOCK_STREAM, uapi::c::IPPROTO_TCP)
    } else {
        (uapi::c::SOCK_DGRAM, uapi::c::IPPROTO_UDP)
    };
    assert_eq!(socket.option(SOCKET, uapi::c::SO_DOMAIN), domain);
    assert_eq!(socket.option(SOCKET, uapi::c::SO_TYPE), kind);
    assert_eq!(socket.option(SOCKET, uapi::c::SO_PROTOCOL), protocol);
}

fn buffers(over: Protocol) {
    let socket = Sock::new(over);
    for option in [uapi::c::SO_SNDBUF, uapi::c::SO_RCVBUF] {
        assert_eq!(socket.set_option(SOCKET, option, &50_000_i32), OK);
        assert_eq!(socket.option(SOCKET, option), 100_000);
        assert_eq!(socket.set_option(SOCKET, option, &1_i32), OK);
        assert!(socket.option(SOCKET, option) > 2000, "there is a least");
        assert_eq!(socket.set_option(SOCKET, option, &(1_i32 << 29)), OK);
        assert!(socket.option(SOCKET, option) < 1 << 29, "and a most");
    }
}

fn states(over: Protocol) {
    let out = PollFlags::OUT;
    assert_eq!(Sock::new(over).polled(), out | PollFlags::HUP);

    let listener = Sock::listener(over, 8);
    assert_eq!(listener.polled(), PollFlags::empty());
    let client = Sock::new(over);
    assert_eq!(client.connect(listener.addr()), OK);
    assert_eq!(listener.ready(), PollFlags::IN);
    let server = listener.accepted();
    assert_eq!(client.polled(), out);

    assert_eq!(server.shutdown(WRITE), OK);
    client.until_readable();
    let ended = out | PollFlags::IN | PollFlags::RDHUP;
    assert_eq!(client.polled(), ended);

    let (_listener, client, server) = Sock::pair(over);
    server.abort();
    client.until_readable();
    assert_eq!(client.polled(), ended | PollFlags::ERR | PollFlags::HUP);

    // As good as closed for whoever polls it, and nobody else can get its number.
    let path = OpenOptions::new()
        .read(true)
        .custom_flags(uapi::c::O_PATH)
        .open("/dev/null")
        .unwrap();
    let closed = Sock::unchecked(OwnedFd::from(path).into());
    assert_eq!(closed.polled(), PollFlags::NVAL);
}

fn keeps_error(over: Protocol) {
    let (_listener, client, server) = Sock::pair(over);
    server.abort();
    client.until_readable();
    let told = client.polled();
    assert!(told.contains(PollFlags::ERR));
    assert_eq!(client.polled(), told);
    assert_eq!(client.receive(1), fails(Errno::ECONNRESET));
    let told = client.polled();
    assert!(!told.contains(PollFlags::ERR) && told.contains(PollFlags::HUP));
}
