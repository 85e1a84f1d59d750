//! A stop with clients of every kind ends in time, says whom it cut, and leaves nothing behind: in a
//! process of its own, whose descriptors and threads it counts.
#![cfg(target_os = "linux")]

#[path = "../../usocket-testkit/tests/counts/mod.rs"]
mod counts;
mod server_support;

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use counts::counts;
use server_support::{PATIENCE, connect, ends, wait_until};
use usocket::{Cancel, DatagramServer, Error, Next, Server, ServerHandle, TcpStream, UdpSocket};

const IDLE: usize = 100;
const SENDING: usize = 10;

/// What each of the sending gets; many times what the system holds with buffers of that size.
const LENGTH: usize = 1 << 21;
const BUFFER: usize = 1 << 17;

/// What the stop has.
const DEADLINE: Duration = Duration::from_secs(4);

/// Serves one request: who asks gets a lot.
fn answer(mut stream: &TcpStream) -> io::Result<bool> {
    if stream.recv(&mut [0; 1])? == 0 {
        return Ok(false);
    }
    stream.set_send_buffer_size(BUFFER)?;
    stream.write_all(&vec![0; LENGTH])?;
    Ok(true)
}

/// A client that has asked for an answer, and holds little of it at a time.
fn asking(address: SocketAddr) -> TcpStream {
    let client = connect(address);
    client.set_recv_buffer_size(BUFFER).unwrap();
    client.send(b"x").unwrap();
    client
}

/// A client that takes all of its answer, as slowly as is needed to be at it when the stop begins.
fn sending(address: SocketAddr, stops: &Arc<AtomicBool>) -> JoinHandle<()> {
    let mut client = asking(address);
    client.read_exact_deadline(&mut [0; 1], PATIENCE).unwrap();
    let stops = Arc::clone(stops);
    thread::spawn(move || {
        let mut rest = Vec::new();
        wait_until("the stop begins", || stops.load(Ordering::Relaxed));
        client.read_to_end(&mut rest).unwrap();
        assert_eq!(rest.len(), LENGTH - 1);
    })
}

fn stop_with_clients_of_every_kind(server: &ServerHandle) {
    let address = server.local_addr();
    let stuck = asking(address);
    stuck.peek_deadline(&mut [0; 1], PATIENCE).unwrap();
    let stops = Arc::new(AtomicBool::new(false));
    let sending: Vec<_> = (0..SENDING).map(|_| sending(address, &stops)).collect();
    let idle: Vec<_> = (0..IDLE).map(|_| connect(address)).collect();
    let all = 1 + SENDING + IDLE;
    wait_until("all are in", || server.connections() == all);

    let watching = thread::spawn(move || {
        // As it has begun, so it has to go on when the server no longer accepts.
        wait_until("it accepts no longer", || {
            TcpStream::connect_deadline(address, PATIENCE).is_err()
        });
        stops.store(true, Ordering::Relaxed);
    });
    let begin = Instant::now();
    let left = server.stop(DEADLINE);
    let took = begin.elapsed();
    // It cannot know that the one who is stuck stays so, and waits for him.
    assert!(took >= DEADLINE / 2, "{took:?}");
    assert!(took < PATIENCE, "{took:?}");
    assert_eq!(left.cut, [stuck.local_addr().unwrap()]);
    assert!(left.finished >= IDLE + SENDING, "{left:?}");
    // A busy machine may not have let the one that was cut notice it in time.
    assert!(left.unfinished.iter().all(|peer| left.cut.contains(peer)));
    wait_until("the one that was cut leaves", || server.connections() == 0);
    assert!(!server.is_running());
    watching.join().unwrap();
    for client in sending {
        client.join().unwrap();
    }
    idle.iter().for_each(ends);
    ends(&stuck);
}

/// What `round` leaves behind while the handle still stands.
fn leaves_nothing<H>(what: &str, start: impl Fn() -> H, round: impl Fn(&H)) {
    let before = counts();
    let handle = start();
    round(&handle);
    wait_until(what, || counts() == before);
    drop(handle);
    assert_eq!(counts(), before, "{what}");
}

#[test]
fn after_a_stop_nothing_is_left() {
    // Whatever is set up once is set up now.
    drop(Cancel::new().unwrap());
    thread::spawn(|| {}).join().unwrap();

    let bind = || Server::bind("127.0.0.1:0").unwrap();
    let by_threads = || {
        let handler = |stream: &TcpStream, _| {
            while answer(stream)? {}
            io::Result::Ok(())
        };
        bind().spawn(handler).unwrap()
    };
    let by_pool = || {
        let handler = |stream: &TcpStream| -> io::Result<Next> {
            Ok(if answer(stream)? {
                Next::Wait
            } else {
                Next::Close
            })
        };
        // One for each that is stuck or sending, and one for all others.
        bind().spawn_pool(SENDING + 2, move |_| handler).unwrap()
    };
    leaves_nothing("threads", by_threads, stop_with_clients_of_every_kind);
    leaves_nothing("pool", by_pool, stop_with_clients_of_every_kind);

    // Connections that end in every way, many times over, while the server goes on.
    leaves_nothing("handlers that fail", failing, |server| {
        let own = counts().1;
        for number in 0..200_usize {
            let client = connect(server.local_addr());
            client.send(&[b"epx"[number % 3]]).unwrap();
            ends(&client);
        }
        wait_until("all handlers end", || counts().1 == own);
        assert!(server.stop(PATIENCE).is_clean());
    });
    leaves_nothing("no time", by_threads, |server| {
        let _client = connect(server.local_addr());
        server.stop(Duration::ZERO);
    });
    leaves_nothing("datagrams", datagrams, |server| {
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.send_to(b"x", server.local_addr()).unwrap();
        client.recv_deadline(&mut [0; 1], PATIENCE).unwrap();
        assert!(server.stop(PATIENCE).is_clean());
    });
}

fn failing() -> ServerHandle {
    let server = Server::bind("127.0.0.1:0").unwrap();
    let handler = |stream: &TcpStream, _| {
        let mut byte = [0];
        stream.recv(&mut byte)?;
        assert_ne!(&byte, b"p", "as it was told to");
        if &byte == b"e" {
            return Err(Error::from_io(
                usocket::Operation::Receive,
                io::ErrorKind::InvalidData.into(),
            ));
        }
        Ok(())
    };
    server.spawn(handler).unwrap()
}

fn datagrams() -> usocket::DatagramServerHandle {
    let server = DatagramServer::bind("127.0.0.1:0").unwrap();
    server.threads(3).spawn(DatagramServer::echo).unwrap()
}
