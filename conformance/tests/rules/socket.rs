//! Making sockets, and what is none.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;

use rustix::net::{RecvFlags, SendFlags};
use usocket::raw::Socket;
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{self, Answer, fails};
use crate::model::system::{Sock, loopback};

checks! {
    "socket.domain" domain;
    "socket.protocol" protocol;
    "socket.type" kind;
    "badf" bad_descriptors;
}

/// With the system's numbers, as a program would that has them from elsewhere.
fn socket(domain: i32, kind: i32, protocol: i32) -> Answer {
    answer::of(Socket::new(domain, kind, protocol), |_| 0)
}

const UNIX: i32 = uapi::c::AF_UNIX;
const INET: i32 = uapi::c::AF_INET;
const INET6: i32 = uapi::c::AF_INET6;
const STREAM: i32 = uapi::c::SOCK_STREAM;
const DATAGRAM: i32 = uapi::c::SOCK_DGRAM;

fn domain() {
    // One more than the kernel's last, and none.
    assert_eq!(socket(1000, STREAM, 0), fails(Errno::EAFNOSUPPORT));
    assert_eq!(socket(-1, STREAM, 0), fails(Errno::EAFNOSUPPORT));
}

fn protocol() {
    for domain in [INET, INET6] {
        for (kind, protocol) in [
            (STREAM, uapi::c::IPPROTO_UDP),
            (DATAGRAM, uapi::c::IPPROTO_TCP),
        ] {
            let answer = socket(domain, kind, protocol);
            assert_eq!(answer, fails(Errno::EPROTONOSUPPORT));
        }
    }
}

fn kind() {
    let sequenced = uapi::c::SOCK_SEQPACKET;
    assert_eq!(socket(INET, sequenced, 0), fails(Errno::ESOCKTNOSUPPORT));
    let reliable = uapi::c::SOCK_RDM;
    assert_eq!(socket(UNIX, reliable, 0), fails(Errno::ESOCKTNOSUPPORT));
    // The types have numbers up to 10.
    assert_eq!(socket(INET, 11, 0), fails(Errno::EINVAL));
}

fn bad_descriptors() {
    // One that only names a file is as good as closed for every call of sockets, and nobody else can get its number.
    for (flags, errno) in [(uapi::c::O_PATH, Errno::EBADF), (0, Errno::ENOTSOCK)] {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags)
            .open("/dev/null")
            .unwrap();
        let peer = loopback(Protocol::Tcp4, 9);
        let socket = Socket::from(std::os::fd::OwnedFd::from(file));
        let no_address = answer::of(socket.bind(peer), |()| 0);
        assert_eq!(no_address, fails(errno));
        let socket = Sock::unchecked(socket);
        for answer in [
            socket.listen(1),
            socket.accept(),
            socket.connect(peer),
            socket.disconnect(),
            socket.send(b"x"),
            socket.send_to(b"x", peer),
            socket.receive(1),
            socket.shutdown(99),
            socket.peer_name(),
            socket.local_name(),
            socket.set_option(uapi::c::SOL_SOCKET, 999, &0_i32),
            socket.receive_with(1, RecvFlags::OOB),
            socket.send_with(b"x", SendFlags::OOB),
        ] {
            assert_eq!(answer, fails(errno));
        }
    }
}
