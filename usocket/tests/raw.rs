//! The layer under the owners: deadlines, absorbed errors, and what an error knows.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use usocket::raw::Socket;
use usocket::{Condition, Deadline, Error, Operation};
use usocket_testkit::OwnedDescriptor;

const SOON: Duration = Duration::from_millis(30);

/// Only ever reached if the call under test hangs.
fn patience() -> Deadline {
    Deadline::from(Duration::from_secs(20))
}

fn adopt(socket: impl Into<OwnedDescriptor>) -> Socket {
    Socket::from(socket.into())
}

/// A connected pair over loopback: ours, and std's.
fn pair() -> (Socket, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    (adopt(ours), theirs)
}

/// A socket that is bound and does not listen: connecting to it is refused, and nobody else can
/// take its port.
fn refusing() -> (socket2::Socket, SocketAddr) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket
        .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

fn stream() -> Socket {
    Socket::new(
        socket2::Domain::IPV4.into(),
        socket2::Type::STREAM.into(),
        socket2::Protocol::TCP.into(),
    )
    .unwrap()
}

#[test]
fn a_refused_connect_says_who_refused() {
    let (_held, address) = refusing();
    for deadline in [patience(), Deadline::NEVER] {
        let error = stream().connect(address, deadline).unwrap_err();
        assert_eq!(error.condition(), Condition::ConnectionRefused);
        assert_eq!(error.operation(), Operation::Connect);
        assert_eq!(error.peer(), Some(address));
        assert!(error.raw_os_error().is_some());
        assert_eq!(
            error.to_string(),
            format!("connect to {address}: connection refused")
        );
    }
}

#[test]
fn connects_accepts_and_carries_bytes_under_a_deadline() {
    let listener = stream();
    listener.bind(([127, 0, 0, 1], 0).into()).unwrap();
    listener.listen(1).unwrap();
    let address = listener.local_name().unwrap().unwrap();
    let client = stream();
    client.connect(address, patience()).unwrap();
    let (server, peer) = listener.accept(patience()).unwrap();
    assert_eq!(peer, client.local_name().unwrap());
    assert_eq!(client.peer_name().unwrap(), Some(address));
    assert_eq!(client.send(b"ping", patience()).unwrap(), 4);
    let mut buffer = [0; 8];
    assert_eq!(server.receive(&mut buffer, patience()).unwrap(), 4);
    assert_eq!(&buffer[..4], b"ping");
    server.shutdown(Shutdown::Write).unwrap();
    assert_eq!(
        client.receive(&mut buffer, Deadline::NEVER).unwrap(),
        0,
        "the end of the stream"
    );
}

#[test]
fn every_blocking_call_ends_by_its_deadline_and_says_timed_out() {
    let (stream, _peer) = pair();
    let datagram = adopt(UdpSocket::bind("127.0.0.1:0").unwrap());
    let listener = adopt(TcpListener::bind("127.0.0.1:0").unwrap());
    let (full, _theirs) = pair();
    let much = vec![0; 1 << 16];
    let buffer = &mut [0; 1];
    let calls: [(Operation, &mut dyn FnMut(Deadline) -> Error); 4] = [
        (Operation::Receive, &mut |deadline| {
            stream.receive(buffer, deadline).unwrap_err()
        }),
        (Operation::ReceiveFrom, &mut |deadline| {
            datagram.receive_from(&mut [0; 1], deadline).unwrap_err()
        }),
        (Operation::Accept, &mut |deadline| {
            listener.accept(deadline).unwrap_err()
        }),
        (Operation::Send, &mut |deadline| {
            // Until nothing more fits.
            loop {
                if let Err(error) = full.send(&much, deadline) {
                    return error;
                }
            }
        }),
    ];
    for (operation, call) in calls {
        let begin = Instant::now();
        let error = call(Deadline::from(SOON));
        assert!(begin.elapsed() >= SOON, "{operation} gave up too early");
        assert_eq!(error.condition(), Condition::Timeout, "{operation}");
        assert_eq!(error.operation(), operation);
        assert!(error.is_timeout());

        let error = call(Deadline::from(Duration::ZERO));
        assert_eq!(
            error.condition(),
            Condition::Timeout,
            "{operation}, tried once"
        );
    }
}

#[test]
fn a_passed_deadline_still_tries_once() {
    let (stream, mut theirs) = pair();
    // Nothing says that what was written over loopback is there at once. With the first byte there is the second.
    io::Write::write_all(&mut theirs, b"xx").unwrap();
    assert_eq!(stream.receive(&mut [0; 1], patience()).unwrap(), 1);
    let passed = Deadline::from(Instant::now());
    assert_eq!(stream.receive(&mut [0; 1], passed).unwrap(), 1);
    assert_eq!(stream.send(b"y", passed).unwrap(), 1);
}

#[test]
fn a_nonblocking_socket_says_would_block_and_blocking_mode_is_left_alone() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let ours = adopt(socket.try_clone().unwrap());
    let error = ours.receive_from(&mut [0; 1], Deadline::NEVER).unwrap_err();
    assert_eq!(error.condition(), Condition::WouldBlock);
    assert!(!error.condition().is_error());
}

#[test]
fn shutting_down_what_is_not_connected_is_no_error() {
    stream().shutdown(Shutdown::Both).unwrap();
    let (stream, theirs) = pair();
    drop(theirs);
    stream.shutdown(Shutdown::Write).unwrap();
    stream.shutdown(Shutdown::Both).unwrap();
}

#[test]
fn sending_after_shutdown_says_so() {
    let (stream, _theirs) = pair();
    stream.shutdown(Shutdown::Write).unwrap();
    let error = stream.send(b"x", patience()).unwrap_err();
    assert_eq!(error.condition(), Condition::Shutdown);
}

#[test]
fn a_datagram_too_long_names_its_peer() {
    let socket = adopt(UdpSocket::bind("127.0.0.1:0").unwrap());
    let own = socket.local_name().unwrap().unwrap();
    let error = socket
        .send_to(&vec![0; 70_000], own, patience())
        .unwrap_err();
    assert_eq!(error.condition(), Condition::MessageTooLong);
    assert_eq!(
        error.to_string(),
        format!("send to {own}: message too long")
    );
}

#[test]
fn success_allocates_nothing() {
    let (stream, of_std) = pair();
    of_std.set_read_timeout(Some(SOON * 600)).unwrap();
    let theirs = adopt(of_std.try_clone().unwrap());
    let datagram_of_std = UdpSocket::bind("127.0.0.1:0").unwrap();
    datagram_of_std.set_read_timeout(Some(SOON * 600)).unwrap();
    let datagram = adopt(datagram_of_std.try_clone().unwrap());
    let own = datagram.local_name().unwrap().unwrap();
    let mut buffer = [0; 16];
    let late = patience();
    let counted = allocation_counter::measure(|| {
        for deadline in [Deadline::NEVER, late, Deadline::At(Instant::now())] {
            assert!(stream.send(b"x", deadline).is_ok());
            // It need not be there at once (gVisor), as the last deadline wants it.
            assert!(of_std.peek(&mut buffer).is_ok());
            assert!(theirs.receive(&mut buffer, deadline).is_ok());
            assert!(datagram.send_to(b"x", own, deadline).is_ok());
            assert!(datagram_of_std.peek(&mut buffer).is_ok());
            assert!(datagram.receive_from(&mut buffer, deadline).is_ok());
            assert!(stream.local_name().is_ok());
            assert!(stream.set_nodelay(true).is_ok());
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn classifying_allocates_nothing_and_an_error_one_box() {
    let source = io::Error::from_raw_os_error(1);
    let counted = allocation_counter::measure(|| {
        assert_ne!(
            Condition::of(&source, Operation::Connect),
            Condition::Timeout
        );
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");

    let mut error = None;
    let counted = allocation_counter::measure(|| {
        error = Some(Error::from_io(Operation::Connect, source));
    });
    assert_eq!(counted.count_total, 1, "{counted:?}");
    assert!(error.is_some());
}
