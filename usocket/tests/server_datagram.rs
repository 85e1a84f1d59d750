//! Serving datagrams.

mod server_support;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use server_support::{PATIENCE, events, failed, panicked, wait_until};
use usocket::{
    Condition, DatagramServer, DatagramServerHandle, Deadline, MAX_DATAGRAM, ServerEvent, UdpSocket,
};

const SHORT: Duration = Duration::from_millis(150);

fn bind() -> DatagramServer {
    DatagramServer::bind("127.0.0.1:0").unwrap()
}

fn client(server: &DatagramServerHandle) -> UdpSocket {
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(server.local_addr()).unwrap();
    client
}

/// What the server answers.
fn answer(client: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 1 << 16];
    let got = client.recv_deadline(&mut buffer, PATIENCE).unwrap();
    assert!(!got.truncated);
    buffer.truncate(got.len);
    buffer
}

fn asks(client: &UdpSocket, bytes: &[u8]) -> Vec<u8> {
    client.send(bytes).unwrap();
    answer(client)
}

/// There: a server without a timeout never serves.
#[test]
fn a_server_without_any_timeout_serves() {
    let server = bind().spawn(DatagramServer::echo).unwrap();
    let client = client(&server);
    for bytes in [&b"hello"[..], b"", b"x"] {
        assert_eq!(asks(&client, bytes), bytes);
    }
    let longest = vec![7; MAX_DATAGRAM];
    assert_eq!(asks(&client, &longest), longest);
    assert!(server.stop(Deadline::NEVER).is_clean());
}

#[test]
fn the_handler_gets_bytes_and_sender_and_need_not_answer() {
    let (sender, received) = channel();
    let server = bind()
        .spawn(move |bytes, peer| {
            sender.send((bytes.to_vec(), peer)).unwrap();
            Ok::<_, Infallible>((bytes == b"?").then(|| peer.to_string().into_bytes()))
        })
        .unwrap();
    let client = client(&server);
    let own = client.local_addr().unwrap();
    client.send(b"no answer").unwrap();
    assert_eq!(asks(&client, b"?"), own.to_string().as_bytes());
    let all: Vec<_> = received.try_iter().collect();
    assert_eq!(all, [(b"no answer".to_vec(), own), (b"?".to_vec(), own)]);
}

/// There: the server dies.
#[test]
fn a_datagram_that_is_too_long_is_told_and_dropped() {
    let (callback, events) = events();
    let server = bind().max_datagram(8).on_event(callback);
    let server = server.spawn(DatagramServer::echo).unwrap();
    let client = client(&server);
    client.send(b"123456789").unwrap();
    assert_eq!(asks(&client, b"12345678"), b"12345678");
    let (peer, length, limit) = events.wait_for(|event| match event {
        ServerEvent::DatagramTooLong {
            peer,
            length,
            limit,
        } => Some((*peer, *length, *limit)),
        _ => None,
    });
    assert_eq!(limit, 8);
    // Winsock does not say who sent what it cuts off.
    assert!(peer == client.local_addr().unwrap() || cfg!(windows));
    assert!(length == Some(9) || !cfg!(target_os = "linux"));
}

/// There: what lies behind the buffer is sent.
#[test]
fn a_reply_longer_than_the_buffer_is_sent_as_it_was_given() {
    let reply: Vec<u8> = (0..=255).collect();
    let expected = reply.clone();
    let server = bind()
        .max_datagram(4)
        .spawn(move |_, _| Ok::<_, Infallible>(Some(reply.clone())))
        .unwrap();
    assert_eq!(asks(&client(&server), b"x"), expected);
}

#[test]
fn every_bound_is_legal() {
    let server = bind().max_datagram(usize::MAX).threads(0);
    let server = server.spawn(DatagramServer::echo).unwrap();
    assert_eq!(asks(&client(&server), b"x"), b"x");
    let server = bind().max_datagram(0).spawn(DatagramServer::echo).unwrap();
    let client = client(&server);
    client.send(b"too long").unwrap();
    assert_eq!(asks(&client, b""), b"");
}

/// There: the server dies.
#[test]
fn an_error_or_a_panic_of_a_handler_costs_its_answer_only() {
    let (callback, events) = events();
    let server = bind()
        .on_event(callback)
        .spawn(|bytes, _| match bytes {
            b"panic" => panic!("as it was told to"),
            b"error" => Err(io::Error::other("no such luck")),
            _ => Ok(Some(bytes.to_vec())),
        })
        .unwrap();
    let client = client(&server);
    let peer = client.local_addr().unwrap();
    for _ in 0..3 {
        client.send(b"panic").unwrap();
        assert_eq!(
            events.wait_for(panicked),
            (peer, "as it was told to".into())
        );
        client.send(b"error").unwrap();
        assert_eq!(events.wait_for(failed), (peer, "no such luck".into()));
        assert_eq!(asks(&client, b"good"), b"good");
    }
    assert!(server.stop(PATIENCE).is_clean());
}

#[test]
fn a_reply_that_cannot_be_sent_is_told() {
    let (callback, events) = events();
    let server = bind()
        .on_event(callback)
        .spawn(|bytes, _| Ok::<_, Infallible>(Some(vec![0; 1 << (8 * bytes.len())])))
        .unwrap();
    let client = client(&server);
    client.send(b"xx").unwrap();
    let (peer, condition) = events.wait_for(|event| match event {
        ServerEvent::ReplyFailed { peer, error } => Some((*peer, error.condition())),
        _ => None,
    });
    assert_eq!(peer, client.local_addr().unwrap());
    assert_eq!(condition, Condition::MessageTooLong);
    assert_eq!(asks(&client, b"x"), [0; 256]);
}

/// A connected socket hears of it when nobody is there to be answered.
#[test]
fn an_answer_that_was_refused_harms_nobody() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    let own = client.local_addr().unwrap();
    socket.connect(own).unwrap();
    let (callback, events) = events();
    let (go, gate) = channel::<()>();
    let gate = Mutex::new(gate);
    let server = DatagramServer::on(socket)
        .on_event(callback)
        .spawn(move |bytes, _| {
            let _ = gate.lock().unwrap().recv_timeout(PATIENCE);
            Ok::<_, Infallible>(Some(bytes.to_vec()))
        })
        .unwrap();
    client.send_to(b"x", server.local_addr()).unwrap();
    // Nobody is there by the time it is answered.
    drop(client);
    go.send(()).unwrap();
    let told = events.wait_for(|event| match event {
        ServerEvent::ReceiveFailed { error, retry } => Some((error.condition(), *retry)),
        _ => None,
    });
    assert_eq!(told, (Condition::ConnectionRefused, Some(Duration::ZERO)));
    assert!(server.is_running());
    // Whoever has the address now is served.
    let client = UdpSocket::bind(own).unwrap();
    client.connect(server.local_addr()).unwrap();
    go.send(()).unwrap();
    assert_eq!(asks(&client, b"again"), b"again");
}

#[test]
fn several_threads_answer_at_once() {
    let together = Arc::new(Barrier::new(3));
    let server = bind()
        .threads(3)
        .spawn(move |bytes, _| {
            // Nobody gets any further alone.
            together.wait();
            Ok::<_, Infallible>(Some(bytes.to_vec()))
        })
        .unwrap();
    let clients: Vec<_> = (0..3).map(|_| client(&server)).collect();
    for client in &clients {
        client.send(b"x").unwrap();
    }
    for client in &clients {
        assert_eq!(answer(client), b"x");
    }
}

#[test]
fn another_thread_can_stop_it() {
    let server = bind().threads(2).spawn(DatagramServer::echo).unwrap();
    thread::scope(|scope| {
        let joining = scope.spawn(|| server.join());
        assert_eq!(asks(&client(&server), b"x"), b"x");
        assert!(server.stop(PATIENCE).is_clean());
        joining.join().unwrap().unwrap();
    });
    assert!(!server.is_running());
    // The address is free again.
    UdpSocket::bind(server.local_addr()).unwrap();
}

/// A server whose handler stays until the test lets it go.
fn busy() -> (DatagramServerHandle, impl Fn(), impl Fn()) {
    let (begun, begin) = channel();
    let (let_go, gate) = channel();
    let gate = Mutex::new(gate);
    let server = bind().spawn(move |bytes: &[u8], _: SocketAddr| {
        begun.send(()).unwrap();
        let _ = gate.lock().unwrap().recv_timeout(PATIENCE);
        Ok::<_, Infallible>(Some(bytes.to_vec()))
    });
    (
        server.unwrap(),
        move || begin.recv_timeout(PATIENCE).unwrap(),
        move || let_go.send(()).unwrap(),
    )
}

#[test]
fn a_stop_waits_for_the_answer_under_way() {
    let (server, begun, let_go) = busy();
    let client = client(&server);
    client.send(b"x").unwrap();
    begun();
    thread::scope(|scope| {
        let stopping = scope.spawn(|| server.stop(PATIENCE));
        wait_until("it stops", || !server.is_running());
        let_go();
        let left = stopping.join().unwrap();
        assert!(left.is_clean(), "{left:?}");
        assert_eq!(left.finished, 1);
    });
    assert_eq!(answer(&client), b"x");
}

#[test]
fn a_stop_names_who_is_still_being_served_at_the_deadline() {
    let (server, begun, let_go) = busy();
    let client = client(&server);
    client.send(b"x").unwrap();
    begun();
    let begin = Instant::now();
    let left = server.stop(SHORT);
    assert!(begin.elapsed() >= SHORT && begin.elapsed() < PATIENCE / 2);
    assert_eq!(left.unfinished, [client.local_addr().unwrap()]);
    assert!(!left.is_clean() && left.cut.is_empty());
    let_go();
    server.join().unwrap();
}

#[test]
fn a_stop_ends_it_however_much_comes() {
    let answered = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&answered);
    let server = bind()
        .spawn(move |_, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(None)
        })
        .unwrap();
    let address = server.local_addr();
    let enough = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let client = UdpSocket::bind("127.0.0.1:0").unwrap();
            let begin = Instant::now();
            let mut sent = 0;
            // Without a break until the server is gone.
            while client.send_to(b"x", address).is_ok() && server.is_running() {
                sent += 1;
                if sent == 100 {
                    enough.wait();
                }
                assert!(begin.elapsed() < PATIENCE);
            }
        });
        enough.wait();
        wait_until("it serves", || answered.load(Ordering::SeqCst) > 0);
        assert!(server.stop(PATIENCE).is_clean());
    });
}
