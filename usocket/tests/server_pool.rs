//! Serving connections with a fixed number of threads.

mod server_support;

use std::collections::HashSet;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use server_support::{
    PATIENCE, accepted, closed, connect, echoes, ends, events, failed, panicked, wait_until,
};
use usocket::{Condition, Error, Next, Server, ServerEvent, TcpStream};

/// Enough for a stop that has to cut somebody.
const SHORT: Duration = Duration::from_millis(300);

/// A handler that sends back what it gets, one piece at a call.
fn echo(_peer: SocketAddr) -> impl FnMut(&TcpStream) -> Result<Next, Error> + Send + 'static {
    |stream| {
        let mut piece = [0; 4096];
        match stream.recv(&mut piece)? {
            0 => Ok(Next::Close),
            length => {
                stream.write_all_deadline(&piece[..length], PATIENCE)?;
                Ok(Next::Wait)
            }
        }
    }
}

fn bind() -> Server {
    Server::bind("127.0.0.1:0").unwrap()
}

#[test]
fn every_message_of_every_connection_is_served() {
    let server = bind().spawn_pool(2, echo).unwrap();
    let clients: Vec<_> = (0..50).map(|_| connect(server.local_addr())).collect();
    for round in 0..5 {
        for (number, client) in clients.iter().enumerate() {
            echoes(client, &format!("{round} of {number}"));
        }
    }
    assert_eq!(server.connections(), 50);
    let left = server.stop(PATIENCE);
    assert!(left.is_clean(), "{left:?}");
    assert_eq!(left.finished, 50);
    clients.iter().for_each(ends);
}

#[test]
fn each_connection_has_a_state_of_its_own() {
    let peers = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&peers);
    let server = bind()
        .spawn_pool(2, move |peer| {
            told.lock().unwrap().push(peer);
            let mut calls = 0_u8;
            move |stream: &TcpStream| -> Result<Next, Error> {
                stream.recv(&mut [0; 1])?;
                calls += 1;
                stream.send(&[calls])?;
                Ok(if calls == 3 { Next::Close } else { Next::Wait })
            }
        })
        .unwrap();
    let clients = [connect(server.local_addr()), connect(server.local_addr())];
    for expected in 1..=3 {
        for client in &clients {
            client.send(b"x").unwrap();
            let mut calls = [0];
            client.read_exact_deadline(&mut calls, PATIENCE).unwrap();
            assert_eq!(calls, [expected]);
        }
    }
    clients.iter().for_each(ends);
    let names = clients
        .each_ref()
        .map(|client| client.local_addr().unwrap());
    assert_eq!(*peers.lock().unwrap(), names, "asked once for each");
}

#[test]
fn never_two_threads_serve_one_connection() {
    let overlaps = Arc::new(AtomicUsize::new(0));
    let calls = Arc::new(AtomicUsize::new(0));
    let (seen, counted) = (Arc::clone(&overlaps), Arc::clone(&calls));
    let server = bind()
        .spawn_pool(4, move |_| {
            let inside = Arc::new(AtomicBool::new(false));
            let (seen, counted) = (Arc::clone(&seen), Arc::clone(&counted));
            move |stream: &TcpStream| -> Result<Next, Error> {
                if inside.swap(true, Ordering::SeqCst) {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
                counted.fetch_add(1, Ordering::SeqCst);
                // While there is still something to be had, others could be tempted.
                thread::yield_now();
                let mut byte = [0];
                let length = stream.recv(&mut byte)?;
                stream.send(&byte[..length])?;
                inside.store(false, Ordering::SeqCst);
                Ok(if length == 0 { Next::Close } else { Next::Wait })
            }
        })
        .unwrap();
    let clients: Vec<_> = (0..3).map(|_| connect(server.local_addr())).collect();
    for _ in 0..20 {
        for client in &clients {
            client.write_all_deadline(&[1; 50], PATIENCE).unwrap();
        }
        for client in &clients {
            client.read_exact_deadline(&mut [0; 50], PATIENCE).unwrap();
        }
    }
    assert!(calls.load(Ordering::SeqCst) >= 3 * 20 * 50);
    assert_eq!(overlaps.load(Ordering::SeqCst), 0);
}

#[test]
fn who_sends_without_end_does_not_keep_the_others_from_their_turn() {
    let turns = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&turns);
    let server = bind()
        .spawn_pool(1, move |_| {
            let turns = Arc::clone(&counted);
            move |stream: &TcpStream| -> Result<Next, Error> {
                turns.fetch_add(1, Ordering::SeqCst);
                let mut piece = [0; 64];
                match stream.recv(&mut piece)? {
                    0 => return Ok(Next::Close),
                    // Those without end want no answer.
                    64 => {}
                    length => drop(stream.send(&piece[..length])?),
                }
                Ok(Next::Wait)
            }
        })
        .unwrap();
    let address = server.local_addr();
    thread::scope(|scope| {
        let endless: Vec<_> = (0..2)
            .map(|_| {
                let client = connect(address);
                let mut sending = client.try_clone().unwrap();
                let block = vec![0; 1 << 16];
                scope.spawn(move || while sending.write_all(&block).is_ok() {});
                client
            })
            .collect();
        wait_until("they send", || turns.load(Ordering::SeqCst) > 100);
        let modest = connect(address);
        for _ in 0..10 {
            echoes(&modest, "my turn");
        }
        for client in endless {
            client.shutdown(Shutdown::Both).unwrap();
        }
    });
}

#[test]
fn a_panic_or_an_error_ends_its_connection_only() {
    let (callback, events) = events();
    let server = bind()
        .max_connections(2)
        .on_event(callback)
        .spawn_pool(1, |_| {
            |stream: &TcpStream| {
                let mut byte = [0];
                stream.recv(&mut byte)?;
                match &byte {
                    b"p" => panic!("as it was told to"),
                    b"e" => Err(io::Error::other("no such luck")),
                    b"x" => {
                        stream.send(b"y")?;
                        Ok(Next::Wait)
                    }
                    _ => Ok(Next::Close),
                }
            }
        })
        .unwrap();
    let good = connect(server.local_addr());
    for _ in 0..3 {
        let bad = connect(server.local_addr());
        bad.send(b"p").unwrap();
        let told = events.wait_for(panicked);
        let peer = bad.local_addr().unwrap();
        assert_eq!(told, (peer, "as it was told to".to_owned()));
        assert_eq!(events.wait_for(closed), peer);
        ends(&bad);
        let bad = connect(server.local_addr());
        bad.send(b"e").unwrap();
        let told = events.wait_for(failed);
        assert_eq!(told, (bad.local_addr().unwrap(), "no such luck".to_owned()));
        events.wait_for(closed);
        ends(&bad);
        // The only thread still serves.
        good.send(b"x").unwrap();
        good.read_exact_deadline(&mut [0; 1], PATIENCE).unwrap();
    }
    assert_eq!(server.peers(), [good.local_addr().unwrap()]);
}

/// What panics when it is dropped.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("boom");
    }
}

#[test]
fn a_panic_of_the_factory_or_of_what_a_handler_holds_harms_nobody() {
    let (callback, events) = events();
    let number = AtomicUsize::new(0);
    let server = bind()
        .max_connections(1)
        .on_event(callback)
        .spawn_pool(1, move |_| {
            let number = number.fetch_add(1, Ordering::SeqCst);
            assert_ne!(number, 0, "the first is none of ours");
            let held = (number == 1).then(|| Grenade);
            move |stream: &TcpStream| -> Result<Next, Error> {
                let _ = &held;
                stream.recv(&mut [0; 1])?;
                stream.send(b"x")?;
                Ok(Next::Close)
            }
        })
        .unwrap();
    for expected in ["the first is none of ours", "boom"] {
        let client = connect(server.local_addr());
        // The first is closed by then.
        let _ = client.send(b"x");
        let (peer, message) = events.wait_for(panicked);
        assert_eq!(peer, client.local_addr().unwrap());
        assert!(message.contains(expected), "{message}");
        assert_eq!(events.wait_for(closed), peer);
        ends(&client);
    }
    let client = connect(server.local_addr());
    client.send(b"x").unwrap();
    client.read_exact_deadline(&mut [0; 1], PATIENCE).unwrap();
}

#[test]
fn a_client_that_resets_ends_its_connection_only() {
    let (callback, events) = events();
    let server = bind().on_event(callback).spawn_pool(1, echo).unwrap();
    let client = connect(server.local_addr());
    let peer = client.local_addr().unwrap();
    echoes(&client, "x");
    client.abort().unwrap();
    let (of, text) = events.wait_for(failed);
    assert_eq!(of, peer);
    assert!(text.contains("reset"), "{text}");
    assert_eq!(events.wait_for(closed), peer);
    echoes(&connect(server.local_addr()), "y");
}

#[test]
fn a_handler_that_does_not_care_for_the_end_is_not_called_for_ever() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let (callback, events) = events();
    let server = bind()
        .on_event(callback)
        .spawn_pool(1, move |_| {
            let calls = Arc::clone(&counted);
            move |stream: &TcpStream| -> Result<Next, Error> {
                calls.fetch_add(1, Ordering::SeqCst);
                stream.recv(&mut [0; 16])?;
                Ok(Next::Wait)
            }
        })
        .unwrap();
    let client = connect(server.local_addr());
    client.send(b"x").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(events.wait_for(closed), client.local_addr().unwrap());
    assert!(calls.load(Ordering::SeqCst) <= 3);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_slow_handler_keeps_the_other_threads_free() {
    let (let_go, gate) = channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let (begun, begin) = channel();
    let server = bind()
        .spawn_pool(2, move |_| {
            let (gate, begun) = (Arc::clone(&gate), begun.clone());
            move |stream: &TcpStream| -> Result<Next, Error> {
                let mut byte = [0];
                match (stream.recv(&mut byte)?, &byte) {
                    (0, _) => return Ok(Next::Close),
                    (_, b"s") => {
                        begun.send(()).unwrap();
                        let _ = gate.lock().unwrap().recv_timeout(PATIENCE);
                    }
                    _ => {}
                }
                stream.send(&byte)?;
                Ok(Next::Wait)
            }
        })
        .unwrap();
    let (slow, quick) = (connect(server.local_addr()), connect(server.local_addr()));
    slow.send(b"s").unwrap();
    begin.recv_timeout(PATIENCE).unwrap();
    for _ in 0..10 {
        quick.send(b"q").unwrap();
        quick.read_exact_deadline(&mut [0; 1], PATIENCE).unwrap();
    }
    let_go.send(()).unwrap();
    slow.read_exact_deadline(&mut [0; 1], PATIENCE).unwrap();
}

#[test]
fn no_more_than_allowed_are_open_however_idle() {
    let (callback, events) = events();
    let server = bind().max_connections(3).on_event(callback);
    let server = server.spawn_pool(1, echo).unwrap();
    let mut clients: Vec<_> = (0..4).map(|_| connect(server.local_addr())).collect();
    for _ in 0..3 {
        events.wait_for(accepted);
    }
    events.wait_for(|event| matches!(event, ServerEvent::LimitReached { .. }).then_some(()));
    let last = clients.pop().unwrap();
    last.send(b"x").unwrap();
    let soon = Duration::from_millis(30);
    let error = last.recv_deadline(&mut [0; 1], soon).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    drop(clients.pop());
    last.read_exact_deadline(&mut [0; 1], PATIENCE).unwrap();
    echoes(&last, "now");
    assert_eq!(server.connections(), 3);
}

#[test]
fn a_stop_lets_handlers_see_the_end_and_finish() {
    let server = bind()
        .spawn_pool(2, |_| {
            |stream: &TcpStream| match stream.recv(&mut [0; 16])? {
                0 => {
                    stream.write_all_deadline(b"bye", PATIENCE)?;
                    Ok::<_, Error>(Next::Close)
                }
                _ => Ok(Next::Wait),
            }
        })
        .unwrap();
    let clients: Vec<_> = (0..20).map(|_| connect(server.local_addr())).collect();
    wait_until("all are in", || server.connections() == 20);
    let left = server.stop(PATIENCE);
    assert!(left.is_clean(), "{left:?}");
    assert_eq!(left.finished, 20);
    for client in &clients {
        let mut word = [0; 3];
        client.read_exact_deadline(&mut word, PATIENCE).unwrap();
        assert_eq!(&word, b"bye");
    }
}

#[test]
fn a_stop_cuts_who_is_stuck_and_whom_nobody_serves() {
    let server = bind()
        .spawn_pool(1, |_| {
            |mut stream: &TcpStream| -> io::Result<Next> {
                // Nobody receives it.
                stream.write_all(&vec![0; 1 << 26])?;
                Ok(Next::Wait)
            }
        })
        .unwrap();
    let clients: Vec<_> = (0..3).map(|_| connect(server.local_addr())).collect();
    clients[0].send(b"x").unwrap();
    clients[0].peek_deadline(&mut [0; 1], PATIENCE).unwrap();
    // The only thread is with the first one.
    clients[1].send(b"x").unwrap();
    wait_until("all are in", || server.connections() == 3);
    let left = server.stop(SHORT);
    let cut: HashSet<_> = left.cut.iter().copied().collect();
    let all: HashSet<_> = clients.iter().map(|c| c.local_addr().unwrap()).collect();
    assert_eq!((cut, left.finished), (all, 0));
    clients.iter().for_each(ends);
    server.join().unwrap();
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_stop_names_who_is_stuck_in_something_else() {
    let (let_go, gate) = channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let (begun, begin) = channel();
    let server = bind()
        .spawn_pool(1, move |_| {
            let (gate, begun) = (Arc::clone(&gate), begun.clone());
            move |_: &TcpStream| -> Result<Next, Error> {
                begun.send(()).unwrap();
                let _ = gate.lock().unwrap().recv_timeout(PATIENCE);
                Ok(Next::Wait)
            }
        })
        .unwrap();
    let (busy, idle) = (connect(server.local_addr()), connect(server.local_addr()));
    busy.send(b"x").unwrap();
    begin.recv_timeout(PATIENCE).unwrap();
    wait_until("both are in", || server.connections() == 2);
    let left = server.stop(SHORT);
    assert_eq!(left.unfinished, [busy.local_addr().unwrap()]);
    assert_eq!(left.cut.len(), 2);
    ends(&idle);
    ends(&busy);
    let_go.send(()).unwrap();
    server.join().unwrap();
    assert!(server.peers().is_empty());
}
