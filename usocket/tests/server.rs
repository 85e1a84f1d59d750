//! Serving connections with a thread for each: isolation, limits, accept errors, ends.

mod server_support;

use std::io::{self, IoSlice, Read, Write};
use std::iter;
use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use server_support::{
    PATIENCE, accepted, closed, connect, echoes, ends, events, failed, panicked, wait_until,
};
use usocket::{
    Condition, Error, ListenOptions, Operation, Server, ServerEvent, ServerHandle, TcpStream,
};

const SOON: Duration = Duration::from_millis(30);

/// A server whose handlers stay until the test lets them go, one message at a time.
fn gated(server: Server) -> (ServerHandle, impl Fn()) {
    let (sender, receiver) = channel();
    let receiver = Mutex::new(receiver);
    let server = server
        .spawn(move |mut stream, _| {
            stream.write_all(b"in")?;
            let _ = receiver.lock().unwrap().recv_timeout(PATIENCE);
            io::Result::Ok(())
        })
        .unwrap();
    (server, move || sender.send(()).unwrap())
}

/// That a handler has begun with this client.
fn is_in(client: &TcpStream) {
    client.read_exact_deadline(&mut [0; 2], PATIENCE).unwrap();
}

/// That none has.
fn is_out(client: &TcpStream) {
    let error = client.recv_deadline(&mut [0; 2], SOON).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
}

#[test]
fn a_server_is_three_lines() {
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .max_connections(512)
        .spawn(|mut stream, _peer| io::copy(&mut stream.try_clone()?, &mut stream).map(drop))
        .unwrap();
    let client = connect(server.local_addr());
    echoes(&client, "hello");
    let left = server.stop(PATIENCE);
    assert!(left.is_clean(), "{left:?}");
    assert_eq!(left.finished, 1);
    ends(&client);
}

#[test]
fn the_handler_gets_the_stream_and_its_peer() {
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .spawn(|mut stream: &TcpStream, peer| {
            assert_eq!(stream.peer_addr()?, peer);
            write!(stream, "{peer}")
        })
        .unwrap();
    let mut client = connect(server.local_addr());
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    assert_eq!(text, client.local_addr().unwrap().to_string());
}

#[test]
fn a_prepared_listener_serves_too() {
    let options = ListenOptions::new().nodelay(true);
    let listener = options.bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::on(listener)
        .spawn(|mut stream, _| writeln!(stream, "{}", stream.nodelay()?))
        .unwrap();
    assert_eq!(server.local_addr(), address);
    let mut text = String::new();
    connect(address).read_to_string(&mut text).unwrap();
    assert_eq!(text, "true\n");
}

#[test]
fn who_connects_before_it_runs_is_served() {
    let listener = usocket::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = connect(listener.local_addr().unwrap());
    let _server = Server::on(listener).spawn(Server::echo).unwrap();
    echoes(&client, "early");
}

#[test]
fn what_a_connection_lives_through_is_told_in_order() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(callback)
        .spawn(Server::echo)
        .unwrap();
    let client = connect(server.local_addr());
    let peer = client.local_addr().unwrap();
    assert_eq!(events.wait_for(accepted), peer);
    echoes(&client, "x");
    assert_eq!((server.connections(), server.peers()), (1, vec![peer]));
    drop(client);
    assert_eq!(events.wait_for(closed), peer);
    assert_eq!((server.connections(), server.peers()), (0, vec![]));
    assert!(server.stop(PATIENCE).is_clean());
    let rest: Vec<_> = events.rest().iter().map(ToString::to_string).collect();
    assert_eq!(rest, ["stopping, with 0 open"]);
}

/// There: one reset from anybody kills the server thread.
#[test]
fn a_client_that_resets_before_it_is_accepted_harms_nobody() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0").unwrap().max_connections(1);
    let (server, let_go) = gated(server.on_event(callback));
    // As long as the only place is taken nobody is accepted.
    let first = connect(server.local_addr());
    is_in(&first);
    for _ in 0..5 {
        connect(server.local_addr()).abort().unwrap();
    }
    let last = connect(server.local_addr());
    let peer = last.local_addr().unwrap();
    // One for each, as far as the system gives the dead ones out.
    (0..7).for_each(|_| let_go());
    is_in(&last);
    while events.wait_for(closed) != peer {}
    assert!(server.is_running());
}

/// There: the server dies.
#[test]
fn an_error_of_a_handler_ends_its_connection_only() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(callback)
        .spawn(|stream, _| match stream.recv(&mut [0; 1]) {
            Ok(0) => Ok(()),
            _ => Err("no such luck"),
        })
        .unwrap();
    let (bad, good) = (connect(server.local_addr()), connect(server.local_addr()));
    for client in [&bad, &good] {
        assert_eq!(events.wait_for(accepted), client.local_addr().unwrap());
    }
    bad.send(b"x").unwrap();
    let told = events.wait_for(failed);
    assert_eq!(told, (bad.local_addr().unwrap(), "no such luck".into()));
    assert_eq!(events.wait_for(closed), told.0);
    ends(&bad);
    assert_eq!(server.peers(), [good.local_addr().unwrap()]);
    drop(good);
    events.wait_for(closed);
    assert!(server.stop(PATIENCE).is_clean());
    assert!(events.rest().iter().all(|event| failed(event).is_none()));
}

#[test]
fn a_panic_of_a_handler_ends_its_connection_only_and_gives_the_place_back() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .max_connections(1)
        .on_event(callback)
        .spawn(|mut stream, _| {
            let mut word = [0; 5];
            stream.read_exact(&mut word)?;
            assert_ne!(&word, b"panic", "as it was told to");
            stream.write_all(&word)
        })
        .unwrap();
    for _ in 0..3 {
        let client = connect(server.local_addr());
        client.send(b"panic").unwrap();
        let (peer, message) = events.wait_for(panicked);
        assert_eq!(peer, client.local_addr().unwrap());
        assert!(message.contains("as it was told to"), "{message}");
        ends(&client);
    }
    echoes(&connect(server.local_addr()), "hello");
    assert!(server.stop(PATIENCE).is_clean());
}

#[test]
fn a_callback_that_panics_harms_nobody() {
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .max_connections(1)
        .on_event(|event| panic!("{event}"))
        .spawn(Server::echo)
        .unwrap();
    for _ in 0..3 {
        let client = connect(server.local_addr());
        echoes(&client, "x");
        drop(client);
    }
    assert!(server.stop(PATIENCE).is_clean());
}

/// Who is told so can rely on it.
#[test]
fn a_connection_is_closed_before_that_is_told() {
    let client: Arc<Mutex<Option<TcpStream>>> = Arc::default();
    let (sender, heard) = channel();
    let seen = Arc::clone(&client);
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(move |event| {
            if matches!(event, ServerEvent::Closed { .. }) {
                let client = seen.lock().unwrap();
                let end = client.as_ref().unwrap().recv_deadline(&mut [0], SOON * 30);
                sender.send(end).unwrap();
            }
        })
        .spawn(|_, _| io::Result::Ok(()))
        .unwrap();
    let mut place = client.lock().unwrap();
    *place = Some(connect(server.local_addr()));
    drop(place);
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap().unwrap(), 0);
    assert!(server.stop(PATIENCE).is_clean());
}

/// Whoever waits for it: the system, or usocket in its stead, so that a stop can end the wait.
#[test]
fn a_handlers_own_timeouts_end_its_calls() {
    let (sender, heard) = channel();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .spawn(move |mut stream, _| {
            let said = |error: io::Error, operation| {
                sender.send(Condition::of(&error, operation)).unwrap();
            };
            stream.set_read_timeout(Some(SOON))?;
            let error = stream.recv(&mut [0]).unwrap_err();
            assert_eq!(error.operation(), Operation::Receive);
            said(error.into(), Operation::Receive);
            said(stream.read(&mut [0]).unwrap_err(), Operation::Receive);
            stream.set_write_timeout(Some(SOON))?;
            let block = vec![0; 1 << 16];
            let sent = iter::repeat_with(|| stream.send(&block)).find_map(Result::err);
            let error = sent.unwrap();
            assert_eq!(error.operation(), Operation::Send);
            said(error.into(), Operation::Send);
            let written = iter::repeat_with(|| stream.write(&block)).find_map(Result::err);
            said(written.unwrap(), Operation::Send);
            Ok::<_, Error>(())
        })
        .unwrap();
    let _client = connect(server.local_addr());
    for call in ["recv", "read", "send", "write"] {
        let condition = heard.recv_timeout(PATIENCE).expect(call);
        assert_eq!(condition, Condition::Timeout, "{call}");
    }
    assert!(server.stop(PATIENCE).is_clean());
}

/// Whatever part of them a call takes.
#[test]
fn what_a_handler_writes_from_many_buffers_arrives_in_order() {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(200_000).collect();
    let sent = bytes.clone();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .spawn(move |mut stream, _| {
            let mut rest = &sent[..];
            while !rest.is_empty() {
                let buffers: Vec<_> = iter::once(&[][..])
                    .chain(rest.chunks(30_000))
                    .map(IoSlice::new)
                    .collect();
                let written = stream.write_vectored(&buffers)?;
                rest = &rest[written..];
            }
            io::Result::Ok(())
        })
        .unwrap();
    let client = connect(server.local_addr());
    let mut arrived = vec![0; bytes.len()];
    client.read_exact_deadline(&mut arrived, PATIENCE).unwrap();
    assert!(arrived == bytes);
    ends(&client);
    assert!(server.stop(PATIENCE).is_clean());
}

/// There: the echo spins for ever once its client has closed.
#[test]
fn the_echo_ends_when_its_client_does() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .on_event(callback)
        .spawn(Server::echo)
        .unwrap();
    let client = connect(server.local_addr());
    let peer = client.local_addr().unwrap();
    echoes(&client, "x");
    // Half of it is enough.
    client.shutdown(std::net::Shutdown::Write).unwrap();
    ends(&client);
    assert_eq!(events.wait_for(closed), peer);
    assert_eq!(server.connections(), 0);
}

/// There: a client that does nothing keeps all others waiting.
#[test]
fn a_slow_client_keeps_nobody_waiting() {
    let server = Server::bind("127.0.0.1:0")
        .unwrap()
        .spawn(Server::echo)
        .unwrap();
    let _slow: Vec<_> = (0..5).map(|_| connect(server.local_addr())).collect();
    echoes(&connect(server.local_addr()), "quick");
}

#[test]
fn no_more_than_allowed_are_served_and_the_next_when_one_ends() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0").unwrap().max_connections(2);
    let (server, let_go) = gated(server.on_event(callback));
    let limit = |event: &ServerEvent| match event {
        ServerEvent::LimitReached { limit } => Some(*limit),
        _ => None,
    };
    let clients: Vec<_> = (0..4).map(|_| connect(server.local_addr())).collect();
    is_in(&clients[0]);
    is_in(&clients[1]);
    assert_eq!(events.wait_for(limit), 2);
    is_out(&clients[2]);
    assert_eq!(server.connections(), 2);
    let_go();
    is_in(&clients[2]);
    is_out(&clients[3]);
    assert_eq!(server.connections(), 2);
    let_go();
    is_in(&clients[3]);
    (0..2).for_each(|_| let_go());
    wait_until("all end", || server.connections() == 0);
}

#[test]
fn at_least_one_connection_is_allowed() {
    let server = Server::bind("127.0.0.1:0").unwrap().max_connections(0);
    let server = server.spawn(Server::echo).unwrap();
    echoes(&connect(server.local_addr()), "x");
}

#[test]
fn a_server_at_its_limit_stops_too() {
    let (callback, events) = events();
    let server = Server::bind("127.0.0.1:0").unwrap().max_connections(1);
    let server = server.on_event(callback).spawn(Server::echo).unwrap();
    let client = connect(server.local_addr());
    echoes(&client, "x");
    events.wait_for(|event| matches!(event, ServerEvent::LimitReached { .. }).then_some(()));
    let waiting = connect(server.local_addr());
    let left = server.stop(PATIENCE);
    assert!(left.is_clean(), "{left:?}");
    ends(&waiting);
}

/// There: closing the listener from another thread does not end the accept.
#[test]
fn another_thread_can_stop_it() {
    let server = Arc::new(
        Server::bind("127.0.0.1:0")
            .unwrap()
            .spawn(Server::echo)
            .unwrap(),
    );
    let stopping = Arc::clone(&server);
    let barrier = Arc::new(Barrier::new(2));
    let other = Arc::clone(&barrier);
    let thread = thread::spawn(move || {
        other.wait();
        stopping.stop(PATIENCE)
    });
    assert!(server.is_running());
    barrier.wait();
    server.join().unwrap();
    assert!(!server.is_running());
    assert!(thread.join().unwrap().is_clean());
    let error = TcpStream::connect_deadline(server.local_addr(), PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
}

/// One that listens no longer cannot be used by anybody.
#[cfg(target_os = "linux")]
#[test]
fn a_fatal_error_ends_the_server_and_join_gives_it() {
    let listener = usocket::TcpListener::bind("127.0.0.1:0").unwrap();
    let clone = socket2::Socket::from(listener.try_clone().unwrap().into_std());
    let (callback, events) = events();
    let server = Server::on(listener)
        .on_event(callback)
        .spawn(Server::echo)
        .unwrap();
    let client = connect(server.local_addr());
    echoes(&client, "x");
    clone.shutdown(std::net::Shutdown::Both).unwrap();
    let told = events.wait_for(|event| match event {
        ServerEvent::AcceptFailed { error, retry } => Some((error.condition(), *retry)),
        _ => None,
    });
    assert_eq!(told, (Condition::InvalidArgument, None));
    wait_until("it has ended", || !server.is_running());
    // Those who are in can stay.
    echoes(&client, "y");
    drop(client);
    let error = server.join().unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
    let left = server.stop(PATIENCE);
    assert!(!left.is_clean());
    assert_eq!(left.error.unwrap().condition(), Condition::InvalidArgument);
}

#[test]
fn an_address_that_cannot_be_had_has_a_condition() {
    let server = Server::bind("127.0.0.1:0").unwrap().spawn(Server::echo);
    let taken: SocketAddr = server.as_ref().unwrap().local_addr();
    let error = Server::bind(taken).map(drop).unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);
}
