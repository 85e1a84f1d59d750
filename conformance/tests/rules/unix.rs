//! Unix domain sockets, for what is theirs alone.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};
use usocket::Operation;
use usocket_testkit::{Errno, Protocol};

use crate::model::answer::{self, Answer, Done, OK, fails};
use crate::model::system::Sock;

checks! {
    "unix.unconnected" unconnected;
    "unix.backlog" backlog;
    "unix.type" kind;
    "unix.peer-close" peer_close;
    "unix.dgram-gone" receiver_gone;
    "unix.dgram-full" receiver_full;
}

fn socket(kind: Type) -> Socket {
    Socket::new(Domain::UNIX, kind, None).unwrap()
}

fn sock(socket: Socket) -> Sock {
    Sock::adopt(OwnedFd::from(socket))
}

/// Bound to a name that the system chose.
pub(crate) fn named(kind: Type) -> (Socket, SockAddr) {
    let socket = socket(kind);
    rustix::net::bind(&socket, &rustix::net::SocketAddrUnix::new_unnamed()).unwrap();
    let name = socket.local_addr().unwrap();
    (socket, name)
}

/// Through socket2: usocket's connect knows paths, and what is asked here is the system's answer.
#[track_caller]
pub(crate) fn connect(socket: &Socket, addr: &SockAddr) -> Answer {
    answer::of_io(Operation::Connect, socket.connect(addr), |()| 0)
}

fn pair(kind: Type) -> (Sock, Sock) {
    let (one, two) = Socket::pair(Domain::UNIX, kind, None).unwrap();
    (sock(one), sock(two))
}

fn unconnected() {
    let stream = Sock::new(Protocol::UnixStream);
    assert_eq!(stream.receive(1), fails(Errno::EINVAL));
    assert_eq!(stream.send(b"x"), fails(Errno::ENOTCONN));
    assert_eq!(stream.accept(), fails(Errno::EINVAL));
    assert_eq!(stream.listen(1), fails(Errno::EINVAL));
    let datagram = sock(socket(Type::DGRAM));
    assert_eq!(datagram.send(b"x"), fails(Errno::ENOTCONN));
    let sequenced = sock(socket(Type::SEQPACKET));
    assert_eq!(sequenced.receive(1), fails(Errno::ENOTCONN));
}

fn backlog() {
    let (listener, name) = named(Type::STREAM);
    listener.listen(0).unwrap();
    let first = socket(Type::STREAM);
    assert_eq!(connect(&first, &name), OK);
    let other = socket(Type::STREAM);
    other.set_nonblocking(true).unwrap();
    assert_eq!(connect(&other, &name), fails(Errno::EAGAIN));
    let patient = socket(Type::STREAM);
    let soon = Duration::from_millis(20);
    patient.set_write_timeout(Some(soon)).unwrap();
    let begin = std::time::Instant::now();
    assert_eq!(connect(&patient, &name), fails(Errno::EAGAIN));
    assert!(begin.elapsed() >= soon);
}

fn kind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("datagrams");
    let addr = SockAddr::unix(&path).unwrap();
    let datagrams = socket(Type::DGRAM);
    datagrams.bind(&addr).unwrap();
    let stream = || socket(Type::STREAM);
    assert_eq!(connect(&stream(), &addr), fails(Errno::EPROTOTYPE));
    drop(datagrams);
    let answer = connect(&stream(), &addr);
    assert_eq!(answer, fails(Errno::ECONNREFUSED), "the path is left");
    let nothing = SockAddr::unix(directory.path().join("nothing")).unwrap();
    assert_eq!(connect(&stream(), &nothing), fails(Errno::ENOENT));

    let (datagrams, name) = named(Type::DGRAM);
    assert_eq!(connect(&stream(), &name), fails(Errno::ECONNREFUSED));
    drop(datagrams);
    assert_eq!(connect(&stream(), &name), fails(Errno::ECONNREFUSED));
}

fn peer_close() {
    let (one, two) = pair(Type::STREAM);
    two.close();
    assert_eq!(one.receive(1), OK);
    assert_eq!(one.send(b"x"), fails(Errno::EPIPE));
    let (one, two) = pair(Type::STREAM);
    assert_eq!(one.send(b"unread"), Done(6));
    two.close();
    assert_eq!(one.receive(1), fails(Errno::ECONNRESET));
    assert_eq!(one.receive(1), OK);
}

fn receiver_gone() {
    let (receiver, name) = named(Type::DGRAM);
    let sender = socket(Type::DGRAM);
    assert_eq!(connect(&sender, &name), OK);
    drop(receiver);
    let sender = sock(sender);
    assert_eq!(sender.send(b"x"), fails(Errno::ECONNREFUSED));
    assert_eq!(sender.send(b"x"), fails(Errno::ENOTCONN));
}

fn receiver_full() {
    let (one, _two) = pair(Type::DGRAM);
    one.set_nonblocking();
    // Far more than a queue holds.
    let answer = (0..100_000)
        .map(|_| one.send(b"x"))
        .find(|sent| *sent != Done(1));
    assert_eq!(answer, Some(fails(Errno::EAGAIN)));
    let least = |socket: &Sock| -> io::Result<()> { socket.options().set_send_buffer_size(1) };
    least(&one).unwrap();
    assert_eq!(one.send(&vec![0; 30_000]), fails(Errno::EMSGSIZE));
}
