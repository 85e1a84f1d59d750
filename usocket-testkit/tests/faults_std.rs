//! What rules do to std, socket2 and rustix: every action, every filter.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod faults_support;

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use usocket_testkit::faults::{Action, Rule};
use usocket_testkit::{Errno, Operation, Protocol, Way};

use faults_support::{WATCHDOG, errno, faults, listener, pair, udp};

#[test]
fn the_third_connect_to_one_address_fails_and_no_other() {
    let faults = faults();
    assert_eq!(faults.backend().way(), Way::SystemCallRule);
    let ((_one, addr), (_two, other)) = (listener(), listener());
    let once = faults
        .on(Operation::Connect)
        .to(addr)
        .skip(2)
        .times(1)
        .errno(Errno::EHOSTDOWN);
    TcpStream::connect(other).unwrap();
    let seen: Vec<_> = (0..5)
        .map(|_| {
            TcpStream::connect(addr)
                .map(drop)
                .map_err(|e| Errno::of(&e))
        })
        .collect();
    assert_eq!(
        seen,
        [Ok(()), Ok(()), Err(Some(Errno::EHOSTDOWN)), Ok(()), Ok(())]
    );
    TcpStream::connect(other).unwrap();
    once.assert_hit();
    assert_eq!(once.hits(), 1);
}

#[test]
fn each_filter_leaves_the_other_calls_alone() {
    let faults = faults();
    let (stream, mut far) = pair();
    let (datagrams, datagram_addr) = udp();
    let far_addr = stream.peer_addr().unwrap();
    let clone = stream.try_clone().unwrap();
    let say = Errno::ENOBUFS;
    let mut near = &stream;

    let rule = faults.on(Operation::Send).descriptor(&stream).errno(say);
    assert_eq!(errno(near.write(b"x")), say);
    // It is about the socket, not about the number.
    assert_eq!(errno((&clone).write(b"x")), say);
    far.write_all(b"x").unwrap();
    drop(rule);

    let rule = faults.on(Operation::Send).to(far_addr).errno(say);
    assert_eq!(errno(near.write(b"x")), say);
    far.write_all(b"x").unwrap();
    drop(rule);

    let rule = faults
        .on(Operation::Send)
        .to_port(far_addr.port())
        .errno(say);
    assert_eq!(errno(near.write(b"x")), say);
    far.write_all(b"x").unwrap();
    drop(rule);

    let rules = [
        faults.on(Operation::SendTo).datagrams().errno(say),
        faults.on(Operation::Send).over(Protocol::Udp4).errno(say),
        faults.on(Operation::Send).over(Protocol::Tcp6).errno(say),
        faults
            .on(Operation::Send)
            .over(Protocol::UnixStream)
            .errno(say),
    ];
    near.write_all(b"x").unwrap();
    assert_eq!(errno(datagrams.send_to(b"x", datagram_addr)), say);
    let (mut one, _two) = UnixStream::pair().unwrap();
    assert_eq!(errno(one.write(b"x")), say);
    let hits: Vec<_> = rules.iter().map(Rule::hits).collect();
    assert_eq!(hits, [1, 0, 0, 1]);
    drop(rules);

    let rule = faults.on(Operation::Send).streams().errno(say);
    assert_eq!(errno(one.write(b"x")), say);
    datagrams.send_to(b"x", datagram_addr).unwrap();
    drop(rule);
    one.write_all(b"x").unwrap();
}

#[test]
fn a_listener_on_every_address_is_found_by_each() {
    let faults = faults();
    let server = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let rule = faults
        .on(Operation::Accept)
        .to(([127, 0, 0, 1], port))
        .times(1)
        .errno(Errno::EMFILE);
    let _client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert_eq!(errno(server.accept()), Errno::EMFILE);
    server.accept().unwrap();
    assert_eq!(rule.hits(), 1);
}

type Calls<'a> = Vec<(Operation, Box<dyn FnMut() -> io::Result<()> + 'a>)>;

#[test]
fn every_operation_can_fail() {
    let faults = faults();
    let (listener, addr) = listener();
    let (mut stream, far) = pair();
    let (datagrams, _) = udp();
    let say = Errno::ENOMEM;
    let calls: Calls<'_> = vec![
        (
            Operation::Socket,
            Box::new(|| UdpSocket::bind("127.0.0.1:0").map(drop)),
        ),
        (Operation::Socket, Box::new(|| UnixStream::pair().map(drop))),
        (
            Operation::Bind,
            Box::new(|| UdpSocket::bind("127.0.0.1:0").map(drop)),
        ),
        (
            Operation::Listen,
            Box::new(|| TcpListener::bind("127.0.0.1:0").map(drop)),
        ),
        (
            Operation::Connect,
            Box::new(|| TcpStream::connect(addr).map(drop)),
        ),
        (Operation::Accept, Box::new(|| listener.accept().map(drop))),
        (Operation::Send, Box::new(|| (&far).write(b"x").map(drop))),
        (
            Operation::Send,
            Box::new(|| (&far).write_vectored(&[IoSlice::new(b"x")]).map(drop)),
        ),
        (
            Operation::SendTo,
            Box::new(|| datagrams.send_to(b"x", addr).map(drop)),
        ),
        (
            Operation::Receive,
            Box::new(|| stream.read(&mut [0]).map(drop)),
        ),
        (
            Operation::Receive,
            Box::new(|| far.peek(&mut [0]).map(drop)),
        ),
        (
            Operation::Receive,
            Box::new(|| {
                (&far)
                    .read_vectored(&mut [IoSliceMut::new(&mut [0])])
                    .map(drop)
            }),
        ),
        (
            Operation::ReceiveFrom,
            Box::new(|| datagrams.recv_from(&mut [0]).map(drop)),
        ),
        (
            Operation::Shutdown,
            Box::new(|| far.shutdown(std::net::Shutdown::Write)),
        ),
        (Operation::GetOption, Box::new(|| far.nodelay().map(drop))),
        (Operation::SetOption, Box::new(|| far.set_nodelay(true))),
        (Operation::SetOption, Box::new(|| far.set_nonblocking(true))),
        (
            Operation::LocalName,
            Box::new(|| far.local_addr().map(drop)),
        ),
        (Operation::PeerName, Box::new(|| far.peer_addr().map(drop))),
        (Operation::Duplicate, Box::new(|| far.try_clone().map(drop))),
        (
            Operation::Wait,
            Box::new(|| {
                use rustix::event::{PollFd, PollFlags, poll};
                let mut polled = [PollFd::new(&far, PollFlags::OUT)];
                poll(&mut polled, None).map(drop).map_err(Into::into)
            }),
        ),
    ];
    for (operation, mut call) in calls {
        let rule = faults.on(operation).times(1).errno(say);
        assert_eq!(errno(call()), say, "{operation}");
        assert_eq!(rule.hits(), 1, "{operation}");
    }
}

#[test]
fn an_interrupted_read_is_tried_again() {
    let faults = faults();
    let (mut near, mut far) = pair();
    far.write_all(b"hello").unwrap();
    let rule = faults
        .on(Operation::Receive)
        .descriptor(&near)
        .times(2)
        .errno(Errno::EINTR);
    assert_eq!(
        near.read(&mut [0; 5]).unwrap_err().kind(),
        ErrorKind::Interrupted
    );
    let mut text = [0; 5];
    near.read_exact(&mut text).unwrap();
    assert_eq!((&text, rule.hits()), (b"hello", 2));
}

#[test]
fn an_error_after_the_call_leaves_what_the_call_did() {
    let faults = faults();
    let (mut near, mut far) = pair();
    let rule = faults
        .on(Operation::Send)
        .descriptor(&near)
        .times(1)
        .errno_after(Errno::ECONNRESET);
    assert_eq!(errno(near.write(b"arrives")), Errno::ECONNRESET);
    let mut text = [0; 7];
    far.read_exact(&mut text).unwrap();
    assert_eq!((&text, rule.hits()), (b"arrives", 1));

    // A call that would block did nothing, and is no hit.
    near.set_nonblocking(true).unwrap();
    let rule = faults
        .on(Operation::Receive)
        .descriptor(&near)
        .times(1)
        .errno_after(Errno::EIO);
    assert_eq!(
        near.read(&mut text).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert_eq!(rule.hits(), 0);
    far.write_all(b"!").unwrap();
    near.set_nonblocking(false).unwrap();
    assert_eq!(errno(near.read(&mut text)), Errno::EIO);
    assert_eq!(rule.hits(), 1);
}

#[test]
fn short_calls_move_no_more_than_they_may_over_several_buffers_too() {
    let faults = faults();
    let (mut near, mut far) = pair();
    let rule = faults
        .on(Operation::Send)
        .descriptor(&near)
        .times(2)
        .short(3);
    assert_eq!(near.write(b"0123456789").unwrap(), 3);
    let parts = [b"34", b"56", b"78"].map(|part| IoSlice::new(part));
    assert_eq!(near.write_vectored(&parts).unwrap(), 3);
    near.write_all(b"6789").unwrap();
    assert_eq!(rule.hits(), 2);

    let rule = faults
        .on(Operation::Receive)
        .descriptor(&far)
        .times(3)
        .short(3);
    let mut text = [b'.'; 10];
    assert_eq!(far.peek(&mut text).unwrap(), 3);
    assert_eq!(far.read(&mut text).unwrap(), 3);
    let (a, rest) = text[3..].split_at_mut(2);
    let mut parts = [IoSliceMut::new(a), IoSliceMut::new(rest)];
    assert_eq!(far.read_vectored(&mut parts).unwrap(), 3);
    assert_eq!(&text, b"012345....");
    far.read_exact(&mut text[6..]).unwrap();
    assert_eq!((&text, rule.hits()), (b"0123456789", 3));

    // sendmsg and recvmsg, by socket2.
    let (near, far) = (socket2::SockRef::from(&near), socket2::SockRef::from(&far));
    let _rule = faults.on(Operation::Send).descriptor(&*near).short(3);
    let parts = [IoSlice::new(b"ab"), IoSlice::new(b"cd")];
    assert_eq!(near.send_vectored(&parts).unwrap(), 3);
    let _rule = faults.on(Operation::Receive).descriptor(&*far).short(2);
    let mut room = [std::mem::MaybeUninit::<u8>::uninit(); 1];
    let mut more = [std::mem::MaybeUninit::<u8>::uninit(); 4];
    let mut parts = [
        socket2::MaybeUninitSlice::new(&mut room),
        socket2::MaybeUninitSlice::new(&mut more),
    ];
    assert_eq!(far.recv_vectored(&mut parts).unwrap().0, 2);
}

#[test]
fn a_short_datagram_loses_its_end_and_keeps_its_sender() {
    let faults = faults();
    let ((one, one_addr), (two, two_addr)) = (udp(), udp());
    one.send_to(b"0123456789", two_addr).unwrap();
    let _rule = faults.on(Operation::ReceiveFrom).short(4);
    let mut room = [0; 16];
    assert_eq!(two.recv_from(&mut room).unwrap(), (4, one_addr));
    let _rule = faults.on(Operation::SendTo).short(2);
    assert_eq!(one.send_to(b"0123456789", two_addr).unwrap(), 2);
    assert_eq!(two.recv_from(&mut room).unwrap(), (2, one_addr));
}

#[test]
fn a_delay_holds_up_what_can_wait_and_nothing_else() {
    const DELAY: Duration = Duration::from_millis(30);
    let faults = faults();
    let (mut near, mut far) = pair();
    let rule = faults
        .on(Operation::Send)
        .descriptor(&near)
        .times(1)
        .delay(DELAY);
    let start = Instant::now();
    near.write_all(b"late").unwrap();
    assert!(start.elapsed() >= DELAY);
    assert_eq!(rule.hits(), 1);
    far.read_exact(&mut [0; 4]).unwrap();

    // A reactor would stop for an hour.
    near.set_nonblocking(true).unwrap();
    let rule = faults
        .on(Operation::Send)
        .descriptor(&near)
        .delay(Duration::from_secs(3600));
    near.write_all(b"at once").unwrap();
    assert_eq!(rule.hits(), 0);
    let said = std::panic::catch_unwind(|| rule.assert_hit()).unwrap_err();
    let said = said.downcast_ref::<String>().unwrap();
    assert!(said.contains("1 were not delayed"), "{said}");
}

#[test]
fn a_redirected_client_does_not_notice() {
    let faults = faults();
    let (server, addr) = listener();
    let (_unused, meant) = listener();
    let _rule = faults.on(Operation::Connect).to(meant).redirect(addr);
    let stream = TcpStream::connect(meant).unwrap();
    let (_, client) = server.accept().unwrap();
    assert_eq!(client, stream.local_addr().unwrap());
    assert_eq!(stream.peer_addr().unwrap(), meant);
    // Rules on what it does next know it by that address too.
    let rule = faults.on(Operation::Send).to(meant).errno(Errno::EPIPE);
    assert_eq!(errno((&stream).write(b"x")), Errno::EPIPE);
    rule.assert_hit();
}

#[test]
fn a_redirected_datagram_comes_back_from_whom_it_was_meant_for() {
    let faults = faults();
    let ((client, client_addr), (server, addr), (_unused, meant)) = (udp(), udp(), udp());
    let _rule = faults.on(Operation::SendTo).to(meant).redirect(addr);
    client.send_to(b"question", meant).unwrap();
    let mut room = [0; 16];
    assert_eq!(server.recv_from(&mut room).unwrap(), (8, client_addr));
    server.send_to(b"answer", client_addr).unwrap();
    assert_eq!(client.recv_from(&mut room).unwrap(), (6, meant));
}

#[test]
fn the_end_of_a_stream_comes_early() {
    let faults = faults();
    let (mut near, mut far) = pair();
    far.write_all(b"hello").unwrap();
    let rule = faults
        .on(Operation::Receive)
        .descriptor(&near)
        .times(1)
        .eof();
    assert_eq!(near.read(&mut [0; 5]).unwrap(), 0);
    assert_eq!(near.read(&mut [0; 5]).unwrap(), 5);
    rule.assert_hit();
}

#[test]
fn a_sequence_goes_through_its_actions_once() {
    let faults = faults();
    let (near, _far) = pair();
    let rule = faults.on(Operation::Send).descriptor(&near).sequence([
        Action::Errno(Errno::EINTR),
        Action::Pass,
        Action::Short(1),
        Action::ErrnoAfter(Errno::EPIPE),
    ]);
    let seen: Vec<_> = (0..6)
        .map(|_| (&near).write(b"xyz").map_err(|e| Errno::of(&e).unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            Err(Errno::EINTR),
            Ok(3),
            Ok(1),
            Err(Errno::EPIPE),
            Ok(3),
            Ok(3)
        ]
    );
    assert_eq!(rule.hits(), 3);
}

/// Trap 8: an invented error leaves the connection in the queue, the kernel's ECONNABORTED does not. Without
/// `consume`'s own accept the second half would see the first client.
#[test]
fn an_aborted_connection_can_be_gone_or_not() {
    let faults = faults();
    let (server, addr) = listener();
    let aborted = Errno::ECONNABORTED;

    let first = TcpStream::connect(addr).unwrap();
    let rule = faults
        .on(Operation::Accept)
        .to(addr)
        .times(1)
        .errno(aborted);
    assert_eq!(errno(server.accept()), aborted);
    assert_eq!(server.accept().unwrap().1, first.local_addr().unwrap());
    rule.assert_hit();

    let mut first = TcpStream::connect(addr).unwrap();
    first.set_read_timeout(Some(WATCHDOG)).unwrap();
    let second = TcpStream::connect(addr).unwrap();
    let rule = faults
        .on(Operation::Accept)
        .to(addr)
        .times(1)
        .consume()
        .errno(aborted);
    assert_eq!(errno(server.accept()), aborted);
    assert_eq!(server.accept().unwrap().1, second.local_addr().unwrap());
    assert_eq!(first.read(&mut [0]).unwrap(), 0, "it is closed");
    assert_eq!(rule.hits(), 1);

    // None in the queue: the real answer, and no hit.
    server.set_nonblocking(true).unwrap();
    let rule = faults.on(Operation::Accept).consume().errno(aborted);
    assert_eq!(server.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(rule.hits(), 0);
}

/// Trap 2: std's `connect_timeout` polls, and asks for the error only where poll reports one.
#[test]
fn a_late_error_is_seen_by_who_polls_first() {
    let faults = faults();
    let (server, addr) = listener();
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .times(2)
        .so_error(Errno::ETIMEDOUT);
    let failed = TcpStream::connect_timeout(&addr, WATCHDOG);
    assert_eq!(errno(failed), Errno::ETIMEDOUT);
    // One that blocks has it from connect itself.
    assert_eq!(errno(TcpStream::connect(addr)), Errno::ETIMEDOUT);
    assert_eq!(rule.hits(), 2);
    TcpStream::connect_timeout(&addr, WATCHDOG).unwrap();
    // No connection was made by those that failed.
    server.accept().unwrap();
    server.set_nonblocking(true).unwrap();
    assert_eq!(server.accept().unwrap_err().kind(), ErrorKind::WouldBlock);

    // The error is told once, by whichever call comes first.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_nonblocking(true).unwrap();
    let _rule = faults
        .on(Operation::Connect)
        .times(1)
        .so_error(Errno::EHOSTUNREACH);
    assert_eq!(errno(socket.connect(&addr.into())), Errno::EINPROGRESS);
    assert_eq!(errno(socket.send(b"x")), Errno::EHOSTUNREACH);
    assert!(socket.take_error().unwrap().is_none());
}

#[test]
fn a_late_error_of_a_datagram_socket_is_told_by_poll() {
    use rustix::event::{PollFd, PollFlags, poll};

    let faults = faults();
    let ((one, _), (_two, addr)) = (udp(), udp());
    let _rule = faults.on(Operation::Connect).so_error(Errno::ECONNREFUSED);
    one.connect(addr).unwrap();
    let mut polled = [PollFd::new(&one, PollFlags::IN)];
    assert_eq!(poll(&mut polled, None).unwrap(), 1);
    assert!(polled[0].revents().contains(PollFlags::ERR | PollFlags::IN));
    assert_eq!(errno(one.recv(&mut [0])), Errno::ECONNREFUSED);
}

#[test]
fn rustix_makes_its_own_system_calls_and_is_seen() {
    use rustix::net::{AddressFamily, SocketType, connect, recv, send, socket};

    let faults = faults();
    let (_server, addr) = listener();
    let made = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    let rule = faults
        .on(Operation::Connect)
        .descriptor(&made)
        .times(1)
        .errno(Errno::EHOSTDOWN);
    assert_eq!(
        connect(&made, &addr).unwrap_err(),
        rustix::io::Errno::HOSTDOWN
    );
    connect(&made, &addr).unwrap();
    rule.assert_hit();

    let (near, _far) = pair();
    let _rules = [
        faults.on(Operation::Send).errno(Errno::ENOBUFS),
        faults.on(Operation::Receive).eof(),
    ];
    let flags = rustix::net::SendFlags::empty();
    assert_eq!(
        send(&near, b"x", flags).unwrap_err(),
        rustix::io::Errno::NOBUFS
    );
    let got = recv(&near, &mut [0; 1][..], rustix::net::RecvFlags::empty());
    assert_eq!(got.unwrap().0, 0);
}

#[test]
fn socket2_is_seen() {
    let faults = faults();
    let (_server, addr) = listener();
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .times(1)
        .errno(Errno::EADDRNOTAVAIL);
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    assert_eq!(errno(socket.connect(&addr.into())), Errno::EADDRNOTAVAIL);
    socket.connect(&addr.into()).unwrap();
    rule.assert_hit();
}
