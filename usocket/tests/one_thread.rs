//! What one thread can do alone, with both ends of every connection: the one test of sockets that WASI can run, and every
//! other system runs too.

use std::io::{IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use usocket::resolve::{self, Lookup, Query, Resolver};
use usocket::{
    Condition, ConnectOptions, Deadline, Error, Interest, Ipv6Mode, ListenOptions, TcpListener,
    TcpStream, UdpSocket, WaitSet, wait_for, wait_for_each,
};

const SOON: Duration = Duration::from_millis(50);

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(30);

const LOOPBACK: [&str; 2] = ["127.0.0.1:0", "[::1]:0"];

/// A connected pair.
fn pair() -> (TcpStream, TcpStream) {
    pair_over(LOOPBACK[0])
}

fn pair_over(address: &str) -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(address).unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let (server, peer) = listener.accept_deadline(PATIENCE).unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
    (client, server)
}

fn two_sockets() -> (UdpSocket, UdpSocket) {
    let socket = || UdpSocket::bind(LOOPBACK[0]).unwrap();
    (socket(), socket())
}

/// An address on which nobody listens, nor can, for as long as this socket has it.
fn deserted() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = LOOPBACK[0].parse().unwrap();
    socket.bind(&any.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// What a call says that has to fail, but not before this time is over.
fn fails_after<T: std::fmt::Debug>(
    time: Duration,
    call: impl FnOnce() -> Result<T, Error>,
) -> Condition {
    let begin = Instant::now();
    let condition = call().unwrap_err().condition();
    assert!(begin.elapsed() >= time, "after {:?}", begin.elapsed());
    condition
}

/// Sends until the system takes no more; how much it took.
fn filled(stream: &TcpStream) -> usize {
    let mut sent = 0;
    loop {
        match stream.send_deadline(&vec![7; 1 << 16], SOON) {
            Ok(length) => sent += length,
            Err(error) => {
                assert_eq!(error.condition(), Condition::Timeout);
                return sent;
            }
        }
    }
}

#[test]
fn a_stream_carries_bytes_both_ways_and_knows_its_names() {
    for address in LOOPBACK {
        let (client, server) = pair_over(address);
        assert_eq!(client.peer_addr().unwrap(), server.local_addr().unwrap());
        assert_eq!(server.peer_addr().unwrap(), client.local_addr().unwrap());
        for (one, other) in [(&client, &server), (&server, &client)] {
            one.write_all_deadline(b"hello", PATIENCE).unwrap();
            let mut buffer = [0; 5];
            other.read_exact_deadline(&mut buffer, PATIENCE).unwrap();
            assert_eq!(&buffer, b"hello");
        }
    }
}

#[test]
fn a_stream_reads_and_writes_as_std_does() {
    let (client, server) = pair();
    (&client).write_all(b"one").unwrap();
    let mut buffer = [0; 3];
    (&server).read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"one");

    let slices = [IoSlice::new(b"tw"), IoSlice::new(b"o")];
    let written = (&client).write_vectored(&slices).unwrap();
    let (mut head, mut tail) = ([0; 1], [0; 9]);
    let mut slices = [IoSliceMut::new(&mut head), IoSliceMut::new(&mut tail)];
    let read = (&server).read_vectored(&mut slices).unwrap();
    assert!(0 < read && read <= written && written <= 3);
    assert_eq!(head, *b"t");
}

#[test]
fn a_receive_ends_at_its_deadline_and_one_that_tries_ends_at_once() {
    let (client, server) = pair();
    let buffer = &mut [0; 9];
    let late = fails_after(SOON, || server.recv_deadline(buffer, SOON));
    assert_eq!(late, Condition::Timeout);
    let late = fails_after(Duration::ZERO, || {
        server.recv_deadline(buffer, Duration::ZERO)
    });
    assert_eq!(late, Condition::Timeout);
    assert_eq!(server.try_recv(buffer).unwrap(), None);

    client.send_deadline(b"hello", PATIENCE).unwrap();
    wait_for(&[&server], PATIENCE).unwrap();
    assert_eq!(server.try_recv(&mut buffer[..2]).unwrap(), Some(2));
    assert_eq!(server.recv_deadline(buffer, Duration::ZERO).unwrap(), 3);
}

#[test]
fn a_send_that_nobody_reads_ends_at_its_deadline_and_loses_nothing() {
    let (client, server) = pair();
    let mut sent = filled(&client);
    // What is on its way makes room for a little more when it arrives.
    while let Some(more) = client.try_send(b"more").unwrap() {
        sent += more;
    }
    let error = client
        .write_all_deadline(&vec![7; 32 << 20], SOON)
        .expect_err("nobody reads");
    assert_eq!(error.condition(), Condition::Timeout);
    sent += error.bytes_done().unwrap();

    let mut buffer = vec![0; 1 << 16];
    let mut received = 0;
    while received < sent {
        received += server.recv_deadline(&mut buffer, PATIENCE).unwrap();
    }
    assert_eq!(received, sent);
    assert_eq!(server.try_recv(&mut buffer).unwrap(), None);
    assert!(client.send_deadline(b"again", PATIENCE).unwrap() > 0);
}

#[test]
fn a_call_that_tries_leaves_the_mode_as_it_was() {
    let (client, server) = pair();
    let buffer = &mut [0; 9];
    server.set_read_timeout(Some(SOON)).unwrap();
    for _ in 0..2 {
        assert_eq!(server.try_recv(buffer).unwrap(), None);
        let late = fails_after(SOON / 2, || server.recv(buffer));
        assert_eq!(late, Condition::Timeout);
    }
    server.set_nonblocking(true).unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let begin = Instant::now();
    for _ in 0..2 {
        assert_eq!(server.try_recv(buffer).unwrap(), None);
        assert!(server.recv_deadline(buffer, Duration::ZERO).is_err());
        assert!(server.nonblocking().unwrap());
        let nothing = server.recv(buffer).unwrap_err();
        assert_eq!(nothing.condition(), Condition::WouldBlock);
    }
    assert!(begin.elapsed() < PATIENCE / 2, "it has waited");
    server.set_nonblocking(false).unwrap();
    server.set_read_timeout(Some(SOON)).unwrap();
    let late = fails_after(SOON / 2, || server.recv(buffer));
    assert_eq!(late, Condition::Timeout);
    client.send(b"hello").unwrap();
    assert_eq!(server.recv(buffer).unwrap(), 5);
}

#[test]
fn the_end_of_a_stream_is_told_to_both() {
    let (client, server) = pair();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.recv_deadline(&mut [0; 9], PATIENCE).unwrap(), 0);
    let error = client.send_deadline(b"more", PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::Shutdown);

    server.send_deadline(b"rest", PATIENCE).unwrap();
    drop(server);
    client.close(PATIENCE).unwrap();
}

#[test]
fn a_connection_that_the_peer_has_reset_fails_and_has_ended() {
    let (client, server) = pair();
    client.send_deadline(b"never read", PATIENCE).unwrap();
    wait_for(&[&server], PATIENCE).unwrap();
    drop(server);
    let error = client.recv_deadline(&mut [0; 9], PATIENCE).unwrap_err();
    // The code for whatever fails in a stream: its stream of bytes has a text for the reason, and no code.
    let said = if cfg!(target_os = "wasi") {
        Condition::Unknown
    } else {
        Condition::ConnectionReset
    };
    assert_eq!(error.condition(), said, "{error:?}");
    let again = client.recv_deadline(&mut [0; 9], PATIENCE);
    if cfg!(windows) {
        assert_eq!(again.unwrap_err().condition(), said);
    } else {
        assert_eq!(again.unwrap(), 0);
    }
}

#[test]
fn where_nobody_listens_it_is_refused_every_time() {
    let (_held, address) = deserted();
    for round in 0..100 {
        let refused = if round % 2 == 0 {
            TcpStream::connect_deadline(address, PATIENCE)
        } else {
            TcpStream::connect(address)
        };
        let error = refused.expect_err("nobody listens");
        assert_eq!(
            error.condition(),
            Condition::ConnectionRefused,
            "round {round}"
        );
        assert_eq!(error.peer(), Some(address));
    }
}

#[test]
fn a_listener_accepts_what_has_come_and_waits_no_longer_than_it_should() {
    let listener = TcpListener::bind(LOOPBACK[0]).unwrap();
    let late = fails_after(SOON, || listener.accept_deadline(SOON));
    assert_eq!(late, Condition::Timeout);
    assert!(listener.try_accept().unwrap().is_none());

    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    assert_eq!(wait_for(&[&listener], PATIENCE).unwrap(), [0]);
    let (server, peer) = listener.try_accept().unwrap().expect("somebody has come");
    assert_eq!(peer, client.local_addr().unwrap());
    // It blocks, as every stream that is accepted, though the listener does not underneath.
    server.set_read_timeout(Some(SOON)).unwrap();
    let late = fails_after(SOON / 2, || server.recv(&mut [0; 9]));
    assert_eq!(late, Condition::Timeout);

    listener.set_nonblocking(true).unwrap();
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.condition(), Condition::WouldBlock);

    let error = TcpListener::bind(address).unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);
}

#[test]
fn options_of_a_stream_are_what_they_were_set_to() {
    let (client, _server) = pair();
    client.set_nodelay(true).unwrap();
    assert!(client.nodelay().unwrap());
    client.set_keepalive(true).unwrap();
    assert!(client.keepalive().unwrap());
    client.set_ttl(9).unwrap();
    assert_eq!(client.ttl().unwrap(), 9);
    client.set_recv_buffer_size(16_384).unwrap();
    assert_eq!(client.recv_buffer_size().unwrap(), 16_384);
    let zero = client.set_read_timeout(Some(Duration::ZERO)).unwrap_err();
    assert_eq!(zero.condition(), Condition::InvalidArgument);

    let options = ConnectOptions::new()
        .nodelay(true)
        .local(([127, 0, 0, 1], 0));
    let listener = ListenOptions::new()
        .nodelay(true)
        .bind(LOOPBACK[0])
        .unwrap();
    let client = options.connect(listener.local_addr().unwrap(), PATIENCE);
    assert!(client.unwrap().nodelay().unwrap());
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    assert!(server.nodelay().unwrap());
}

#[test]
fn a_socket_goes_to_std_and_back() {
    let (client, server) = pair();
    let peer = client.peer_addr().unwrap();
    let mut std = client.into_std();
    std.write_all(b"hello").unwrap();
    assert_eq!(server.recv_deadline(&mut [0; 9], PATIENCE).unwrap(), 5);
    let client = TcpStream::from(std);
    assert_eq!(client.peer_addr().unwrap(), peer);
    let late = fails_after(SOON, || client.recv_deadline(&mut [0; 9], SOON));
    assert_eq!(late, Condition::Timeout);
}

/// Says what it was made to say.
#[derive(Clone)]
struct Here(Vec<SocketAddr>);

impl Resolver for Here {
    fn resolve(&self, _: &Query, _: Deadline) -> Result<Lookup, Error> {
        Ok(Lookup::new(self.0.clone()))
    }
}

#[test]
fn of_several_addresses_the_first_that_answers_wins() {
    let listener = TcpListener::bind(LOOPBACK[0]).unwrap();
    let there = listener.local_addr().unwrap();
    let (_held, nobody) = deserted();
    let (_held_too, nobody_either) = deserted();
    let here = Here(vec![nobody, there]);
    for delay in [Some(Duration::from_millis(10)), None] {
        let options = ConnectOptions::new().attempt_delay(delay);
        let stream = options.connect_by(&here, "db.internal:1", PATIENCE);
        assert_eq!(stream.unwrap().peer_addr().unwrap(), there);
    }
    let nobody = Here(vec![nobody, nobody_either]);
    let error = ConnectOptions::new()
        .connect_by(&nobody, "db.internal:1", PATIENCE)
        .unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert_eq!(error.attempts().len(), 2);
}

#[test]
fn this_machine_has_the_name_localhost() {
    let found = resolve::lookup("localhost:80", PATIENCE).unwrap();
    assert!(found.iter().all(|address| address.ip().is_loopback()));
    assert!(found.iter().all(|address| address.port() == 80));

    let listener = TcpListener::bind(LOOPBACK[0]).unwrap();
    let port = listener.local_addr().unwrap().port();
    let stream = TcpStream::connect_deadline(("localhost", port), PATIENCE).unwrap();
    assert_eq!(stream.peer_addr().unwrap().port(), port);
}

#[test]
fn a_datagram_comes_whole_with_its_sender() {
    for address in LOOPBACK {
        let socket = || UdpSocket::bind(address).unwrap();
        let (one, two) = (socket(), socket());
        for bytes in [&b"hello"[..], b"", &[7; 9000]] {
            let to = two.local_addr().unwrap();
            assert_eq!(one.send_to(bytes, to).unwrap(), bytes.len());
            let mut buffer = [0; 9001];
            let datagram = two.recv_from_deadline(&mut buffer, PATIENCE).unwrap();
            assert_eq!(&buffer[..datagram.len], bytes);
            assert_eq!(datagram.peer, one.local_addr().unwrap());
            assert_eq!(datagram.full_len, Some(bytes.len()));
        }
    }
}

#[test]
fn a_datagram_that_does_not_fit_is_cut_off() {
    let (one, two) = two_sockets();
    one.send_to(b"hello", two.local_addr().unwrap()).unwrap();
    one.send_to(b"next", two.local_addr().unwrap()).unwrap();
    let buffer = &mut [0; 3];
    let datagram = two.recv_from_deadline(buffer, PATIENCE).unwrap();
    assert_eq!(datagram.len, 3);
    // WASI does not tell.
    assert_eq!(datagram.truncated, !cfg!(target_os = "wasi"));
    assert_eq!(buffer, b"hel");
    two.recv_from_deadline(buffer, PATIENCE).unwrap();
    assert_eq!(buffer, b"nex");

    let error = one.send_to(&vec![0; 65_508], two.local_addr().unwrap());
    assert_eq!(error.unwrap_err().condition(), Condition::MessageTooLong);
}

#[test]
fn a_socket_waits_for_datagrams_no_longer_than_it_should() {
    let (one, two) = two_sockets();
    let buffer = &mut [0; 9];
    // Again after one that came: systems have been seen that go on calling such a socket readable.
    for _ in 0..3 {
        let late = fails_after(SOON, || two.recv_from_deadline(buffer, SOON));
        assert_eq!(late, Condition::Timeout);
        assert_eq!(two.try_recv_from(buffer).unwrap(), None);
        one.send_to(b"hello", two.local_addr().unwrap()).unwrap();
        wait_for(&[&two], PATIENCE).unwrap();
        let datagram = two.recv_from_deadline(buffer, PATIENCE).unwrap();
        assert_eq!(datagram.len, 5);
    }
    two.set_nonblocking(true).unwrap();
    let nothing = two.recv_from(buffer).unwrap_err();
    assert_eq!(nothing.condition(), Condition::WouldBlock);
}

#[test]
fn a_connected_socket_hears_its_peer_alone() {
    let (one, two) = two_sockets();
    let said = if cfg!(windows) {
        Condition::NotConnected
    } else {
        Condition::DestinationRequired
    };
    let error = one.send(b"to whom?").unwrap_err();
    assert_eq!(error.condition(), said, "{error:?}");
    one.connect(two.local_addr().unwrap()).unwrap();
    assert_eq!(one.peer_addr().unwrap(), two.local_addr().unwrap());
    let (stranger, _) = two_sockets();
    stranger
        .send_to(b"psst", one.local_addr().unwrap())
        .unwrap();
    assert_eq!(one.send_deadline(b"hello", PATIENCE).unwrap(), 5);
    let buffer = &mut [0; 9];
    let peer = two.recv_from_deadline(buffer, PATIENCE).unwrap().peer;
    two.send_to_deadline(b"hi", peer, PATIENCE).unwrap();
    let datagram = one.recv_deadline(buffer, PATIENCE).unwrap();
    assert_eq!(
        (datagram.len, datagram.peer),
        (2, two.local_addr().unwrap())
    );
    assert_eq!(one.try_recv(buffer).unwrap(), None);
}

#[test]
fn a_wait_tells_who_is_ready_and_ends_in_time() {
    let (client, server) = pair();
    let begin = Instant::now();
    assert!(wait_for(&[&client, &server], SOON).unwrap().is_empty());
    assert!(wait_for(&[], SOON).unwrap().is_empty());
    assert!(begin.elapsed() >= SOON * 2);

    let both = Interest::READABLE | Interest::WRITABLE;
    client.send_deadline(b"hello", PATIENCE).unwrap();
    // There is room at once, but what was sent may still be on its way.
    assert_eq!(wait_for(&[&client, &server], PATIENCE).unwrap(), [1]);
    let sources = [(&client as _, Interest::READABLE), (&server as _, both)];
    let ready = wait_for_each(&sources, PATIENCE).unwrap();
    assert_eq!(ready.len(), 1);
    let (place, readiness) = ready[0];
    assert_eq!(place, 1);
    assert!(readiness.is_readable() && readiness.is_writable());
}

#[test]
fn a_set_keeps_its_members_and_tells_them_by_their_keys() {
    let listener = TcpListener::bind(LOOPBACK[0]).unwrap();
    let (client, server) = pair();
    let (one, two) = two_sockets();
    let set = WaitSet::new().unwrap();
    set.add(&listener, "listener", Interest::READABLE).unwrap();
    set.add(&server, "server", Interest::READABLE).unwrap();
    let begin = Instant::now();
    assert!(set.wait(SOON).unwrap().is_empty());
    assert!(begin.elapsed() >= SOON);

    let keys = |set: &WaitSet<'_, &'static str>| -> Vec<_> {
        let ready = set.wait(PATIENCE).unwrap();
        ready.into_iter().map(|(key, _)| key).collect()
    };
    client.send_deadline(b"hello", PATIENCE).unwrap();
    assert_eq!(keys(&set), ["server"]);
    // As long as it is so.
    assert_eq!(keys(&set), ["server"]);
    assert_eq!(set.remove(&server).unwrap(), "server");
    let address = listener.local_addr().unwrap();
    let _another = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    assert_eq!(keys(&set), ["listener"]);
    set.clear().unwrap();

    one.send_to(b"hello", two.local_addr().unwrap()).unwrap();
    set.add(&two, "two", Interest::READABLE).unwrap();
    assert_eq!(keys(&set), ["two"]);
    set.modify(&two, Interest::WRITABLE).unwrap();
    let ready = set.wait(PATIENCE).unwrap();
    assert!(ready[0].1.is_writable() && !ready[0].1.is_readable());
    let error = set.add(&two, "two", Interest::READABLE).unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
}

#[test]
fn one_family_is_asked_for_by_itself() {
    let only = ListenOptions::new().ipv6(Ipv6Mode::Ipv6Only);
    let listener = only.bind("[::]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    TcpStream::connect_deadline(("::1", port), PATIENCE).unwrap();
    let error = TcpStream::connect_deadline(([127, 0, 0, 1], port), PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
}

/// What WASI lacks says so, and does nothing.
#[cfg(target_os = "wasi")]
mod wasi {
    use super::*;

    fn condition<T: std::fmt::Debug>(result: Result<T, Error>) -> Condition {
        result.unwrap_err().condition()
    }

    #[test]
    fn the_system_refuses_to_peek_and_to_duplicate() {
        let (client, server) = pair();
        client.send_deadline(b"hello", PATIENCE).unwrap();
        let buffer = &mut [0; 9];
        let peeked = server.peek_deadline(buffer, PATIENCE);
        assert_eq!(condition(peeked), Condition::OperationNotSupported);
        assert_eq!(condition(server.try_clone()), Condition::Unsupported);
        assert_eq!(server.recv_deadline(buffer, PATIENCE).unwrap(), 5);

        let (one, two) = two_sockets();
        one.send_to(b"hello", two.local_addr().unwrap()).unwrap();
        let peeked = two.peek_from_deadline(buffer, PATIENCE);
        assert_eq!(condition(peeked), Condition::OperationNotSupported);
        let datagram = two.recv_from_deadline(buffer, PATIENCE).unwrap();
        assert_eq!(datagram.len, 5);
    }

    #[test]
    fn options_that_are_not_there_are_refused() {
        let (client, _server) = pair();
        let (one, _) = two_sockets();
        let lacks = Condition::OptionNotSupported;
        assert_eq!(condition(client.linger()), lacks);
        assert_eq!(condition(client.set_linger(None)), lacks);
        assert_eq!(condition(one.set_broadcast(true)), lacks);
        assert_eq!(condition(one.set_read_timeout(Some(SOON))), lacks);
        assert_eq!(
            condition(usocket::UdpOptions::new().broadcast(true).bind(LOOPBACK[0])),
            lacks
        );
        assert_eq!(condition(ListenOptions::new().bind("[::]:0")), lacks);
        assert_eq!(condition(client.abort()), lacks);

        let lacks = Condition::Unsupported;
        let (client, _server) = pair();
        assert_eq!(condition(client.set_write_timeout(Some(SOON))), lacks);
        assert_eq!(condition(one.set_write_timeout(Some(SOON))), lacks);
        assert_eq!(condition(client.traffic_class()), lacks);
        assert_eq!(condition(client.mss()), lacks);
        let reused = ListenOptions::new().reuse_port(true).bind(LOOPBACK[0]);
        assert_eq!(condition(reused), lacks);
        client.set_write_timeout(None).unwrap();
    }

    #[test]
    fn a_peer_is_changed_but_not_given_up() {
        let (one, two) = two_sockets();
        one.disconnect().unwrap();
        one.connect(two.local_addr().unwrap()).unwrap();
        assert_eq!(condition(one.disconnect()), Condition::Unsupported);
        assert_eq!(one.peer_addr().unwrap(), two.local_addr().unwrap());
        let (three, _) = two_sockets();
        one.connect(three.local_addr().unwrap()).unwrap();
        one.send(b"hello").unwrap();
        let datagram = three.recv_from_deadline(&mut [0; 9], PATIENCE).unwrap();
        assert_eq!(datagram.peer, one.local_addr().unwrap());
    }

    #[test]
    fn names_are_looked_up_one_way_only() {
        let lacks = Condition::Unsupported;
        let reverse = resolve::reverse([127, 0, 0, 1], PATIENCE);
        assert_eq!(condition(reverse), lacks);
        assert_eq!(condition(resolve::host_name()), lacks);
        let query = resolve::lookup("127.0.0.1:http", PATIENCE);
        assert_eq!(condition(query), lacks);
        let zone = resolve::lookup("[fe80::1%eth0]:80", PATIENCE);
        assert_eq!(condition(zone), lacks);
    }
}
