//! What a server does about errors that no system gives on request: by the seam, which a callback or
//! a handler installs on the server's own thread.

mod server_support;

use std::cell::Cell;
use std::convert::Infallible;
use std::io;
use std::time::Duration;

use rstest::rstest;
use server_support::{PATIENCE, accepted, connect, echoes, events};
#[cfg(target_os = "linux")]
use server_support::{closed, ends, failed};
#[cfg(target_os = "linux")]
use usocket::Next;
use usocket::{Condition, DatagramServer, Operation, Server, ServerEvent, UdpSocket, seam};

/// From now on `operation` fails that many times on this thread.
fn fail(operation: Operation, times: usize, kind: io::ErrorKind) {
    let left = Cell::new(times);
    let guard = seam::install(move |call| {
        if call.operation() != operation || left.get() == 0 {
            return None;
        }
        left.set(left.get() - 1);
        Some(kind.into())
    });
    // The rule ends with its thread.
    std::mem::forget(guard);
}

/// A server whose accepts fail after the first one, and what it tells of that.
#[rstest]
#[case::aborted(io::ErrorKind::ConnectionAborted, 10, Condition::ConnectionAborted)]
#[case::reset(io::ErrorKind::ConnectionReset, 10, Condition::ConnectionReset)]
#[case::out_of_memory(io::ErrorKind::OutOfMemory, 4, Condition::OutOfMemory)]
fn an_accept_that_fails_for_now_is_retried(
    #[case] kind: io::ErrorKind,
    #[case] times: usize,
    #[case] condition: Condition,
) {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(move |event| {
            let first = Cell::new(false);
            if let ServerEvent::Accepted { .. } = event {
                thread_local!(static ONCE: Cell<bool> = const { Cell::new(true) });
                first.set(ONCE.replace(false));
            }
            if first.get() {
                fail(Operation::Accept, times, kind);
            }
            callback(event);
        })
        .spawn(Server::echo)
        .unwrap();
    let first = connect(server.local_addr());
    events.wait_for(accepted);
    let second = connect(server.local_addr());
    echoes(&second, "served all the same");
    echoes(&first, "and so is the first");
    assert!(server.is_running());
    assert!(server.stop(PATIENCE).is_clean());
    let failures: Vec<_> = events
        .rest()
        .into_iter()
        .filter_map(|event| match event {
            ServerEvent::AcceptFailed { error, retry } => Some((error.condition(), retry.unwrap())),
            _ => None,
        })
        .collect();
    assert_eq!(failures.len(), times);
    let at_once = condition != Condition::OutOfMemory;
    for (number, (found, pause)) in (0..).zip(failures) {
        assert_eq!(found, condition);
        let doubled = Duration::from_millis(5) * 2_u32.pow(number);
        assert_eq!(pause, if at_once { Duration::ZERO } else { doubled });
    }
}

#[test]
fn a_server_that_pauses_stops_at_once() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(move |event| {
            if let ServerEvent::Accepted { .. } = event {
                fail(Operation::Accept, usize::MAX, io::ErrorKind::OutOfMemory);
            }
            callback(event);
        })
        .spawn(Server::echo)
        .unwrap();
    let _clients = [connect(server.local_addr()), connect(server.local_addr())];
    let second = Duration::from_secs(1);
    events.wait_for(|event| match event {
        ServerEvent::AcceptFailed { retry, .. } => (*retry == Some(second)).then_some(()),
        _ => None,
    });
    let left = server.stop(PATIENCE);
    assert!(left.is_clean(), "{left:?}");
}

#[test]
#[cfg_attr(
    windows,
    ignore = "there a receive goes on after what another peer refused"
)]
fn a_receive_that_fails_for_now_is_retried_and_one_that_fails_for_good_ends_the_server() {
    let (callback, events) = events();
    let server = DatagramServer::bind("127.0.0.1:0")
        .unwrap()
        .threads(2)
        .on_event(callback)
        .spawn(|bytes, _| {
            match bytes {
                b"harmless" => fail(Operation::ReceiveFrom, 3, io::ErrorKind::ConnectionRefused),
                b"short" => fail(Operation::ReceiveFrom, 2, io::ErrorKind::OutOfMemory),
                b"fatal" => fail(Operation::ReceiveFrom, 1, io::ErrorKind::InvalidInput),
                _ => {}
            }
            Ok::<_, Infallible>(Some(bytes.to_vec()))
        })
        .unwrap();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(server.local_addr()).unwrap();
    let asks = |bytes: &[u8]| {
        client.send(bytes).unwrap();
        let mut answer = [0; 16];
        let got = client.recv_deadline(&mut answer, PATIENCE).unwrap();
        assert_eq!(&answer[..got.len], bytes);
    };
    let failure = || {
        events.wait_for(|event| match event {
            ServerEvent::ReceiveFailed { error, retry } => Some((error.condition(), *retry)),
            _ => None,
        })
    };
    asks(b"harmless");
    for _ in 0..3 {
        let expected = (Condition::ConnectionRefused, Some(Duration::ZERO));
        assert_eq!(failure(), expected);
    }
    asks(b"short");
    for pause in [5, 10] {
        let expected = (Condition::OutOfMemory, Some(Duration::from_millis(pause)));
        assert_eq!(failure(), expected);
    }
    asks(b"fatal");
    assert_eq!(failure(), (Condition::InvalidArgument, None));
    // The other thread ends too.
    let error = server.join().unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
    assert!(!server.is_running());
    assert!(!server.stop(PATIENCE).is_clean());
}

/// One that is only about one connection ends this one.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_cannot_be_waited_for_is_closed_and_that_is_told() {
    let (callback, events) = events();
    let first = Cell::new(true);
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(callback)
        .spawn_pool(1, move |_| {
            // The thread that accepts is the first to want it waited for.
            if first.replace(false) {
                fail(Operation::Wait, 1, io::ErrorKind::InvalidInput);
            }
            |stream: &usocket::TcpStream| {
                let mut byte = [0];
                match (stream.recv(&mut byte)?, &byte) {
                    (0, _) => return Ok::<_, usocket::Error>(Next::Close),
                    (_, b"f") => fail(Operation::Wait, 1, io::ErrorKind::InvalidInput),
                    _ => {}
                }
                stream.send(&byte)?;
                Ok(Next::Wait)
            }
        })
        .unwrap();
    let client = connect(server.local_addr());
    let peer = client.local_addr().unwrap();
    let told = events.wait_for(|event| match event {
        ServerEvent::AcceptFailed { error, retry } => Some((error.peer(), *retry)),
        _ => None,
    });
    assert_eq!(told, (Some(peer), Some(Duration::from_millis(5))));
    ends(&client);

    let client = connect(server.local_addr());
    let peer = client.local_addr().unwrap();
    echoes(&client, "x");
    client.send(b"f").unwrap();
    let (of, text) = events.wait_for(failed);
    assert_eq!(of, peer);
    assert_eq!(text, "wait: invalid argument");
    assert_eq!(events.wait_for(closed), peer);
    ends(&client);
    echoes(&connect(server.local_addr()), "y");
}
