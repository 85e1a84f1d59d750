//! The seam: a test stands between the library and the system, on its own thread only.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use usocket::raw::Socket;
use usocket::{
    Cancel, Condition, Deadline, Disposition, ListenOptions, Operation, TcpStream, seam,
};

const LOOPBACK: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A datagram socket of std, which no rule sees being made.
fn socket() -> Socket {
    let socket = std::net::UdpSocket::bind(SocketAddr::from(LOOPBACK)).unwrap();
    #[cfg(unix)]
    return Socket::from(std::os::fd::OwnedFd::from(socket));
    #[cfg(windows)]
    return Socket::from(std::os::windows::io::OwnedSocket::from(socket));
}

#[test]
fn each_call_passes_the_seam_under_its_operation() {
    let socket = socket();
    let peer = socket.local_name().unwrap().unwrap();
    let buffer = &mut [0; 1];
    let calls: [(Operation, &mut dyn FnMut() -> Option<Operation>); 11] = [
        (Operation::Socket, &mut || {
            Socket::new(2, 1, 0).err().map(|e| e.operation())
        }),
        (Operation::Bind, &mut || {
            socket.bind(peer).err().map(|e| e.operation())
        }),
        (Operation::Listen, &mut || {
            socket.listen(1).err().map(|e| e.operation())
        }),
        (Operation::Connect, &mut || {
            socket
                .connect(peer, Deadline::NEVER)
                .err()
                .map(|e| e.operation())
        }),
        (Operation::Accept, &mut || {
            socket.accept(Deadline::NEVER).err().map(|e| e.operation())
        }),
        (Operation::Send, &mut || {
            socket
                .send(b"", Deadline::NEVER)
                .err()
                .map(|e| e.operation())
        }),
        (Operation::SendTo, &mut || {
            socket
                .send_to(b"", peer, Deadline::NEVER)
                .err()
                .map(|e| e.operation())
        }),
        (Operation::Receive, &mut || {
            socket
                .receive(buffer, Deadline::NEVER)
                .err()
                .map(|e| e.operation())
        }),
        (Operation::LocalName, &mut || {
            socket.local_name().err().map(|e| e.operation())
        }),
        (Operation::PeerName, &mut || {
            socket.peer_name().err().map(|e| e.operation())
        }),
        (Operation::SetOption, &mut || {
            socket.set_ttl(1).err().map(|e| e.operation())
        }),
    ];
    for (operation, call) in calls {
        let _guard = seam::install(move |call| {
            (call.operation() == operation).then(|| io::ErrorKind::ConnectionAborted.into())
        });
        assert_eq!(call(), Some(operation));
    }
}

#[test]
fn the_rule_sees_the_address_and_decides_the_condition() {
    let peer: SocketAddr = "127.0.0.1:9".parse().unwrap();
    let _guard = seam::install(move |call| {
        (call.address() == Some(peer)).then(|| io::ErrorKind::NetworkDown.into())
    });
    let error = socket().send_to(b"x", peer, Deadline::NEVER).unwrap_err();
    assert_eq!(error.condition(), Condition::NetworkDown);
    assert_eq!(error.to_string(), "send to 127.0.0.1:9: network down");
}

#[test]
fn interruptions_are_retried_against_the_same_deadline() {
    for deadline in [
        Deadline::NEVER,
        Deadline::from(std::time::Duration::from_secs(60)),
    ] {
        let socket = socket();
        let own = socket.local_name().unwrap().unwrap();
        let left = Rc::new(Cell::new(3));
        let count = Rc::clone(&left);
        let _guard = seam::install(move |call| {
            let interrupt = call.operation() == Operation::SendTo && count.get() > 0;
            interrupt.then(|| {
                count.set(count.get() - 1);
                io::ErrorKind::Interrupted.into()
            })
        });
        assert_eq!(socket.send_to(b"x", own, deadline).unwrap(), 1);
        assert_eq!(left.get(), 0);
    }
}

#[test]
fn the_newest_rule_is_asked_first_and_each_goes_with_its_guard() {
    let socket = socket();
    let condition = || socket.local_name().map_err(|error| error.condition()).err();
    let first = seam::install(|_| Some(io::ErrorKind::NetworkDown.into()));
    let second = seam::install(|_| Some(io::ErrorKind::HostUnreachable.into()));
    assert_eq!(condition(), Some(Condition::HostUnreachable));
    drop(first);
    assert_eq!(condition(), Some(Condition::HostUnreachable));
    drop(second);
    assert_eq!(condition(), None);
}

#[test]
fn other_threads_are_left_alone() {
    let socket = socket();
    let _guard = seam::install(|_| Some(io::ErrorKind::NetworkDown.into()));
    let elsewhere =
        std::thread::scope(|scope| scope.spawn(|| socket.local_name().is_ok()).join().unwrap());
    assert!(elsewhere);
    assert!(socket.local_name().is_err());
}

/// An end for calls that must not hang.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

#[test]
fn writable_alone_is_not_connected() {
    let listener = std::net::TcpListener::bind(SocketAddr::from(LOOPBACK)).unwrap();
    let address = listener.local_addr().unwrap();
    for (operation, kind, condition) in [
        // What `SO_ERROR` holds,
        (
            Operation::GetOption,
            io::ErrorKind::ConnectionRefused,
            Condition::ConnectionRefused,
        ),
        // and a socket that has no peer, although it holds nothing.
        (
            Operation::PeerName,
            io::ErrorKind::NotConnected,
            Condition::NotConnected,
        ),
    ] {
        let connecting = Rc::new(Cell::new(false));
        let seen = Rc::clone(&connecting);
        let _guard = seam::install(move |call| {
            if call.operation() == Operation::Connect {
                seen.set(true);
            }
            (seen.get() && call.operation() == operation).then(|| kind.into())
        });
        let error = TcpStream::connect_deadline(address, PATIENCE).unwrap_err();
        assert_eq!(error.condition(), condition);
        assert_eq!(error.operation(), Operation::Connect);
    }
}

#[test]
fn an_interrupted_wait_goes_on() {
    let listener = std::net::TcpListener::bind(SocketAddr::from(LOOPBACK)).unwrap();
    let left = Rc::new(Cell::new(5));
    let count = Rc::clone(&left);
    let _guard = seam::install(move |call| {
        let interrupt = call.operation() == Operation::Wait && count.get() > 0;
        interrupt.then(|| {
            count.set(count.get() - 1);
            io::ErrorKind::Interrupted.into()
        })
    });
    let stream = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let soon = std::time::Duration::from_millis(20);
    let begin = std::time::Instant::now();
    let error = stream.recv_deadline(&mut [0; 1], soon).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    assert!(begin.elapsed() >= soon, "it waited no less");
    assert_eq!(left.get(), 0);
}

#[test]
fn readiness_that_comes_to_nothing_holds_up_nobody() {
    use std::io::Write;

    let listener = ListenOptions::new().bind(LOOPBACK).unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    (&server).write_all(b"x").unwrap();
    let _other = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    // As if another thread always took it first.
    let _guard = seam::install(|call| {
        let transfer = matches!(call.operation(), Operation::Receive | Operation::Accept);
        transfer.then(|| io::ErrorKind::WouldBlock.into())
    });
    let soon = std::time::Duration::from_millis(20);
    let received = client.recv_deadline(&mut [0; 1], soon).unwrap_err();
    let accepted = listener.accept_deadline(soon).unwrap_err();
    for error in [received, accepted] {
        assert_eq!(error.condition(), Condition::Timeout);
        assert!(error.is_timeout());
    }
}

#[test]
fn what_comes_before_the_wait_counts_more_than_that_it_was_called_off() {
    let listener = std::net::TcpListener::bind(SocketAddr::from(LOOPBACK)).unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let (server, _) = listener.accept().unwrap();
    let cancel = Cancel::new().unwrap();
    cancel.cancel();
    let arrivals = client.try_clone().unwrap().into_std();
    // Nothing is there when it is tried, and something when it is waited for.
    let _guard = seam::install(move |call| {
        if call.operation() == Operation::Wait {
            io::Write::write_all(&mut &server, b"x").unwrap();
            arrivals.peek(&mut [0; 1]).unwrap();
        }
        None
    });
    assert_eq!(client.recv_deadline(&mut [0; 1], &cancel).unwrap(), 1);
}

#[test]
fn a_connection_that_takes_no_options_is_no_fault_of_the_listener() {
    let listener = ListenOptions::new().nodelay(true).bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap();
    let _clients = [
        TcpStream::connect_deadline(address, PATIENCE).unwrap(),
        TcpStream::connect_deadline(address, PATIENCE).unwrap(),
    ];
    // As Apple's systems say it of one that was reset while it waited to be accepted.
    let refuses = seam::install(|call| {
        (call.operation() == Operation::SetOption).then(|| io::ErrorKind::InvalidInput.into())
    });
    let error = listener.accept_deadline(PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionAborted);
    assert_eq!(error.disposition(), Disposition::RetryNow);
    drop(refuses);
    listener.accept_deadline(PATIENCE).unwrap();
}
