//! Stopping a server: gently first, then not, always in time, and with a report.

mod server_support;

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use server_support::{PATIENCE, accepted, connect, echoes, ends, events, wait_until};
use usocket::{Condition, Deadline, Server, ServerHandle, TcpStream};

/// Enough for a stop that has to cut somebody.
const SHORT: Duration = Duration::from_millis(300);

fn echo() -> ServerHandle {
    let server = Server::bind("127.0.0.1:0").unwrap();
    server.spawn(Server::echo).unwrap()
}

/// Handlers that send more than the system takes, to clients who do not receive.
fn stuck() -> ServerHandle {
    let server = Server::bind("127.0.0.1:0").unwrap();
    let handler = |mut stream: &TcpStream, _| -> io::Result<()> {
        let block = vec![0; 1 << 16];
        loop {
            stream.write_all(&block)?;
        }
    };
    server.spawn(handler).unwrap()
}

/// Handlers that do not care for their connection until the test lets them go.
fn busy() -> (ServerHandle, Receiver<()>, Sender<()>) {
    let (begun, begin) = channel();
    let (let_go, gate) = channel();
    let gate = Mutex::new(gate);
    let server = Server::bind("127.0.0.1:0").unwrap();
    let server = server.spawn(move |_, _| {
        begun.send(()).unwrap();
        let _ = gate.lock().unwrap().recv_timeout(PATIENCE);
        io::Result::Ok(())
    });
    (server.unwrap(), begin, let_go)
}

fn is_refused(server: &ServerHandle) {
    let error = TcpStream::connect_deadline(server.local_addr(), PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
}

/// A stop that had no time need not have seen the end of the thread that accepts.
fn is_refused_soon(address: SocketAddr) {
    let connect = || TcpStream::connect_deadline(address, PATIENCE);
    wait_until("nobody accepts", || connect().is_err());
    assert_eq!(
        connect().unwrap_err().condition(),
        Condition::ConnectionRefused
    );
}

#[test]
fn who_connects_after_the_stop_is_refused() {
    let server = echo();
    let client = connect(server.local_addr());
    echoes(&client, "x");
    assert!(server.stop(PATIENCE).is_clean());
    is_refused(&server);
    ends(&client);
}

#[test]
fn who_connects_while_it_stops_is_refused() {
    let (server, begun, let_go) = busy();
    let _client = connect(server.local_addr());
    begun.recv_timeout(PATIENCE).unwrap();
    thread::scope(|scope| {
        let stopping = scope.spawn(|| server.stop(PATIENCE));
        wait_until("it no longer accepts", || !server.is_running());
        is_refused(&server);
        let_go.send(()).unwrap();
        let left = stopping.join().unwrap();
        assert!(left.is_clean(), "{left:?}");
        assert_eq!(left.finished, 1);
    });
}

#[test]
fn who_waits_for_his_client_sees_the_end_and_can_still_answer() {
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .spawn(|mut stream, _| {
            let mut text = String::new();
            stream.write_all(b"?")?;
            stream.read_to_string(&mut text)?;
            stream.write_all(text.to_uppercase().as_bytes())
        })
        .unwrap();
    let mut client = connect(server.local_addr());
    client.read_exact_deadline(&mut [0; 1], PATIENCE).unwrap();
    client.send(b"all of it").unwrap();
    let left = server.stop(PATIENCE);
    assert!(left.is_clean(), "{left:?}");
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    // Linux lets it read what had come.
    assert!(
        answer == "ALL OF IT" || !cfg!(target_os = "linux"),
        "{answer}"
    );
}

#[test]
fn what_is_being_sent_is_sent_to_the_end() {
    const LENGTH: usize = 1 << 24;
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(callback)
        .spawn(|mut stream, _| stream.write_all(&vec![7; LENGTH]))
        .unwrap();
    let mut client = connect(server.local_addr());
    events.wait_for(accepted);
    thread::scope(|scope| {
        let stopping = scope.spawn(|| server.stop(PATIENCE));
        wait_until("it stops", || !server.is_running());
        let mut all = Vec::new();
        client.read_to_end(&mut all).unwrap();
        assert_eq!(all.len(), LENGTH);
        assert!(stopping.join().unwrap().is_clean());
    });
}

#[test]
fn who_is_stuck_is_cut_before_the_deadline_and_named() {
    let server = stuck();
    let client = connect(server.local_addr());
    client.peek_deadline(&mut [0; 1], PATIENCE).unwrap();
    let begin = Instant::now();
    let left = server.stop(SHORT);
    assert!(begin.elapsed() >= SHORT / 2, "not before it had to be");
    assert!(begin.elapsed() < PATIENCE / 2);
    assert_eq!(left.cut, [client.local_addr().unwrap()]);
    assert_eq!((left.finished, left.is_clean()), (0, false));
    ends(&client);
    wait_until("the handler ends", || server.connections() == 0);
}

#[test]
fn who_is_stuck_in_something_else_is_named_and_left_alone() {
    let (server, begun, let_go) = busy();
    let client = connect(server.local_addr());
    begun.recv_timeout(PATIENCE).unwrap();
    let begin = Instant::now();
    let left = server.stop(SHORT);
    assert!(begin.elapsed() >= SHORT);
    assert!(begin.elapsed() < PATIENCE / 2);
    let peer = client.local_addr().unwrap();
    assert_eq!((left.cut, left.unfinished), (vec![peer], vec![peer]));
    ends(&client);
    // It ends on its own, and nothing of it is left.
    let_go.send(()).unwrap();
    server.join().unwrap();
    assert!(server.peers().is_empty());
}

#[test]
fn without_time_all_are_cut_at_once() {
    let server = echo();
    let clients: Vec<_> = (0..3).map(|_| connect(server.local_addr())).collect();
    for client in &clients {
        echoes(client, "x");
    }
    let begin = Instant::now();
    let left = server.stop(Duration::ZERO);
    assert!(begin.elapsed() < PATIENCE / 2);
    assert_eq!(left.cut.len() + left.finished, 3);
    clients.iter().for_each(ends);
    is_refused_soon(server.local_addr());
}

#[test]
fn dropping_it_stops_it() {
    let server = echo();
    let address = server.local_addr();
    let client = connect(address);
    echoes(&client, "x");
    drop(server);
    ends(&client);
    is_refused_soon(address);
}

#[test]
fn without_a_deadline_nobody_is_cut() {
    let server = echo();
    let clients: Vec<_> = (0..3).map(|_| connect(server.local_addr())).collect();
    for client in &clients {
        echoes(client, "x");
    }
    let left = server.stop(Deadline::NEVER);
    assert!(left.is_clean(), "{left:?}");
    assert_eq!(left.finished, 3);
}

#[test]
fn a_second_stop_can_be_less_patient() {
    let server = stuck();
    let client = connect(server.local_addr());
    client.peek_deadline(&mut [0; 1], PATIENCE).unwrap();
    thread::scope(|scope| {
        let patient = scope.spawn(|| server.stop(Deadline::NEVER));
        wait_until("it stops", || !server.is_running());
        let left = server.stop(SHORT);
        assert_eq!(left.cut.len(), 1);
        assert_eq!(patient.join().unwrap().cut.len(), 1);
    });
}

#[test]
fn a_handler_can_stop_its_own_server() {
    let own = Arc::new(OnceLock::<ServerHandle>::new());
    let of_handler = Arc::clone(&own);
    let (sender, reports) = channel();
    let server = Server::bind("127.0.0.1:0").unwrap();
    let server = server.spawn(move |stream, peer| {
        // Only then is the handle where it looks for it.
        stream.recv(&mut [0; 1])?;
        let left = of_handler.get().unwrap().stop(SHORT);
        sender.send((peer, left)).unwrap();
        Ok::<_, usocket::Error>(())
    });
    let server = own.get_or_init(|| server.unwrap());
    let client = connect(server.local_addr());
    client.send(b"x").unwrap();
    let (peer, left) = reports.recv_timeout(PATIENCE).unwrap();
    assert_eq!(
        left.unfinished,
        [peer],
        "it waits for itself, but not for ever"
    );
    server.join().unwrap();
}

#[test]
fn those_who_have_left_are_not_reported() {
    let server = echo();
    for _ in 0..5 {
        let client = connect(server.local_addr());
        echoes(&client, "x");
        client.shutdown(Shutdown::Write).unwrap();
        ends(&client);
    }
    wait_until("all are gone", || server.connections() == 0);
    let left = server.stop(Duration::ZERO);
    assert!(left.is_clean(), "{left:?}");
    assert_eq!(left.finished, 0);
}
