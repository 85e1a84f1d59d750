//! What the original library was measured to get wrong, each as a test that passes here.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use usocket::{Condition, ConnectOptions, TcpListener, TcpStream, UdpSocket};
use usocket_testkit::discover::unused_port;

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    (client, server)
}

/// There: with any timeout, a refused connect is reported as a timeout, after the whole timeout.
#[test]
fn a_refused_connect_with_a_timeout_is_refused_at_once() {
    let lease = unused_port().unwrap();
    let begin = Instant::now();
    let error = TcpStream::connect_deadline(lease.addr(), PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert!(begin.elapsed() < PATIENCE / 2);
}

/// There: a local host makes the socket connect to the local host instead of the remote one.
#[test]
fn a_local_host_does_not_change_where_it_connects_to() {
    let listener = TcpListener::bind("127.0.0.3:0").unwrap();
    let remote = listener.local_addr().unwrap();
    // Were it to connect to the local host, it would find this one.
    let decoy = TcpListener::bind(SocketAddr::from(([127, 0, 0, 2], remote.port())));
    let local = ConnectOptions::new().local(([127, 0, 0, 2], 0));
    let stream = local.connect(remote, PATIENCE).unwrap();
    assert_eq!(stream.peer_addr().unwrap(), remote);
    assert_eq!(stream.local_addr().unwrap().ip().to_string(), "127.0.0.2");
    listener.accept_deadline(PATIENCE).unwrap();
    drop(decoy);
}

/// There: bind failures of the local address come out unmapped.
#[test]
fn a_local_address_that_cannot_be_had_has_a_condition() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().into_std();
    let local = ConnectOptions::new().local(taken.local_addr().unwrap());
    let error = local
        .connect(listener.local_addr().unwrap(), PATIENCE)
        .unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);
}

/// There: a byte that was written and not flushed is lost by closing, and by shutting down.
#[test]
fn what_was_written_arrives_however_the_stream_ends() {
    let ends: [fn(TcpStream); 3] = [
        drop,
        |stream| stream.shutdown(Shutdown::Write).unwrap(),
        |stream| drop(stream.close(Duration::ZERO)),
    ];
    for end in ends {
        let (mut client, mut server) = pair();
        client.write_all(b"x").unwrap();
        end(client);
        let mut all = Vec::new();
        server.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"x");
    }
}

/// There: a size larger than the buffer sends the memory behind it.
#[test]
fn what_is_sent_is_what_was_given_and_not_a_byte_more() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let own = socket.local_addr().unwrap();
    let memory = *b"public secret";
    socket.send_to(&memory[..6], own).unwrap();
    let mut buffer = [0; 64];
    let datagram = socket.recv_from_deadline(&mut buffer, PATIENCE).unwrap();
    assert_eq!(&buffer[..datagram.len], b"public");
    assert_eq!(datagram.full_len, Some(6));
}

/// There: a blocked write ignores the timeout and hangs.
#[test]
fn writes_time_out_too() {
    let (mut client, _server) = pair();
    client
        .set_write_timeout(Some(Duration::from_millis(30)))
        .unwrap();
    let block = vec![0; 1 << 20];
    let error = loop {
        if let Err(error) = client.write(&block) {
            break error;
        }
    };
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    let error = loop {
        if let Err(error) = client.send(&block) {
            break error;
        }
    };
    assert_eq!(error.condition(), Condition::Timeout);
}

/// There: reads and writes on the stream itself are not mapped.
#[test]
fn errors_of_streams_are_those_of_sockets() {
    let (client, server) = pair();
    server.abort().unwrap();
    assert_eq!(
        client.recv(&mut [0; 1]).unwrap_err().condition(),
        Condition::ConnectionReset
    );
    assert_eq!(
        client.send(b"x").unwrap_err().condition(),
        Condition::Shutdown
    );
}

/// There: shutting down after the peer's reset is an error, another one on every system.
#[test]
fn shutting_down_after_a_reset_is_no_error() {
    let (client, server) = pair();
    server.abort().unwrap();
    client.recv(&mut [0; 1]).unwrap_err();
    client.shutdown(Shutdown::Both).unwrap();
}

/// There: a second close can close a descriptor that is somebody else's by then.
#[test]
fn closing_never_touches_a_descriptor_that_was_given_out_again() {
    let (client, server) = pair();
    let clone = client.try_clone().unwrap();
    let number = client.as_raw_fd();
    client.shutdown(Shutdown::Both).unwrap();
    drop(client);
    // The lowest free number is given out again.
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    assert_eq!(other.as_raw_fd(), number);
    // Nothing that is done to what is left of the stream reaches it.
    clone.shutdown(Shutdown::Both).unwrap();
    drop(clone.close(Duration::ZERO));
    drop(server);
    let own = other.local_addr().unwrap();
    other.send_to(b"still mine", own).unwrap();
    let mut buffer = [0; 16];
    assert_eq!(
        other.recv_from_deadline(&mut buffer, PATIENCE).unwrap().len,
        10
    );
}

/// There: port 70000 is silently cut to 16 bits.
#[test]
fn a_port_above_65535_is_an_error() {
    let error = TcpListener::bind("127.0.0.1:70000").unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
    assert!(error.to_string().contains("127.0.0.1:70000"));
}

/// There: no address of IPv6 can be connected to on half of the systems.
#[test]
fn ipv6_literals_connect() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let text = listener.local_addr().unwrap().to_string();
    TcpStream::connect_deadline(text.as_str(), PATIENCE).unwrap();
}
