//! UDP sockets: datagrams of every size, deadlines, refusals on the right call, and who is named.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rstest::rstest;
use usocket::{
    Cancel, Condition, Datagram, Deadline, Error, Ipv6Mode, MAX_DATAGRAM, Operation, UdpOptions,
    UdpSocket,
};

const SOON: Duration = Duration::from_millis(30);

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether the system tells how long a truncated datagram was.
const TELLS_FULL_LENGTH: bool = cfg!(any(target_os = "linux", target_os = "android"));

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").unwrap()
}

/// Two sockets that are connected to each other.
fn pair() -> (UdpSocket, UdpSocket) {
    pair_over("127.0.0.1:0")
}

fn pair_over(address: &str) -> (UdpSocket, UdpSocket) {
    let (one, two) = (
        UdpSocket::bind(address).unwrap(),
        UdpSocket::bind(address).unwrap(),
    );
    one.connect(two.local_addr().unwrap()).unwrap();
    two.connect(one.local_addr().unwrap()).unwrap();
    (one, two)
}

/// A socket whose datagrams are refused, and what holds the port that refuses: it hears itself only.
fn refused() -> (UdpSocket, std::net::UdpSocket) {
    let held = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    held.connect(held.local_addr().unwrap()).unwrap();
    let socket = socket();
    socket.connect(held.local_addr().unwrap()).unwrap();
    (socket, held)
}

fn pattern(size: usize) -> Vec<u8> {
    let mut pattern: Vec<u8> = (0..=250).collect::<Vec<_>>().repeat(size.div_ceil(251));
    pattern.truncate(size);
    pattern
}

/// Whether `got` and `buffer` are what must come of `sent`.
fn check(got: Datagram, buffer: &[u8], sent: &[u8], from: SocketAddr) {
    let truncated = sent.len() > buffer.len();
    assert_eq!(got.len, sent.len().min(buffer.len()));
    assert_eq!(got.truncated, truncated);
    let full = (!truncated || TELLS_FULL_LENGTH).then_some(sent.len());
    assert_eq!(got.full_len, full);
    // Winsock does not say who sent what it cuts off.
    let unknown = truncated && cfg!(windows) && got.peer == SocketAddr::from(([0; 4], 0));
    assert!(got.peer == from || unknown, "{got:?}");
    assert!(buffer[..got.len] == sent[..got.len], "the bytes differ");
}

type Receive = fn(&UdpSocket, &mut [u8]) -> Result<Datagram, Error>;

#[rstest]
#[case::empty_into_empty(0, 0)]
#[case::empty(0, 1)]
#[case::into_empty(1, 0)]
#[case::fits(4, 4)]
#[case::one_too_long(5, 4)]
#[case::longest(MAX_DATAGRAM, 65_535)]
#[case::longest_fits(MAX_DATAGRAM, MAX_DATAGRAM)]
#[case::longest_less_one(MAX_DATAGRAM, MAX_DATAGRAM - 1)]
fn every_size_meets_every_buffer(
    #[case] size: usize,
    #[case] space: usize,
    #[values("127.0.0.1:0", "[::1]:0")] address: &str,
) {
    let (one, two) = pair_over(address);
    let from = one.local_addr().unwrap();
    let to = two.local_addr().unwrap();
    let (sent, mut buffer) = (pattern(size), vec![0; space]);
    let receive: [Receive; 6] = [
        UdpSocket::recv,
        UdpSocket::recv_from,
        |socket, buffer| socket.recv_deadline(buffer, PATIENCE),
        |socket, buffer| socket.recv_from_deadline(buffer, PATIENCE),
        |socket, buffer| {
            socket
                .peek(buffer)
                .and_then(|_| Ok(socket.try_recv(buffer)?.unwrap()))
        },
        |socket, buffer| {
            socket
                .peek_from(buffer)
                .and_then(|_| Ok(socket.try_recv_from(buffer)?.unwrap()))
        },
    ];
    for receive in receive {
        assert_eq!(one.send_deadline(&sent, PATIENCE).unwrap(), size);
        let got = receive(&two, &mut buffer).unwrap();
        check(got, &buffer, &sent, from);
        assert_eq!(one.try_send_to(&sent, to).unwrap_or(Some(size)), Some(size));
        // Whatever a system thinks of an address for a socket that has a peer.
        let _ = two.recv_deadline(&mut buffer, SOON);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.min(64)))]

    #[test]
    fn what_is_sent_is_what_comes(
        sent in proptest::collection::vec(any::<u8>(), 0..=MAX_DATAGRAM),
        space in 0_usize..=65_535,
        peek: bool,
    ) {
        let (one, two) = (socket(), socket());
        let (from, to) = (one.local_addr().unwrap(), two.local_addr().unwrap());
        prop_assert_eq!(one.send_to_deadline(&sent, to, PATIENCE).unwrap(), sent.len());
        let mut buffer = vec![0; space];
        if peek {
            let got = two.peek_from_deadline(&mut buffer, PATIENCE).unwrap();
            check(got, &buffer, &sent, from);
            buffer.fill(0);
        }
        let got = two.recv_from_deadline(&mut buffer, PATIENCE).unwrap();
        check(got, &buffer, &sent, from);
        prop_assert!(two.try_recv_from(&mut buffer).unwrap().is_none());
    }
}

#[test]
fn empty_datagrams_end_nothing() {
    let (one, two) = pair();
    for bytes in [&b""[..], b"", b"x", b""] {
        one.send(bytes).unwrap();
    }
    let mut lengths = Vec::new();
    for _ in 0..4 {
        lengths.push(two.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len);
    }
    assert_eq!(lengths, [0, 0, 1, 0]);
    assert!(two.try_recv(&mut [0; 8]).unwrap().is_none());
}

/// All may have seen the same datagram, and one gets it.
#[test]
fn who_comes_second_does_not_wait() {
    const DATAGRAMS: usize = 100;
    let (one, two) = pair();
    let (begin, received) = (Instant::now(), AtomicUsize::new(0));
    let receive = || {
        while received.load(Ordering::SeqCst) < DATAGRAMS && begin.elapsed() < PATIENCE {
            if two.try_recv(&mut [0; 8]).unwrap().is_some() {
                received.fetch_add(1, Ordering::SeqCst);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(receive);
        }
        for _ in 0..DATAGRAMS {
            one.send(b"x").unwrap();
        }
    });
    assert_eq!(received.into_inner(), DATAGRAMS);
}

#[rstest]
#[case::ipv4("127.0.0.1:0", MAX_DATAGRAM + 1)]
#[case::ipv6("[::1]:0", MAX_DATAGRAM + 21)]
fn a_datagram_too_long_names_its_peer(#[case] address: &str, #[case] size: usize) {
    let (one, two) = pair_over(address);
    let loose = UdpSocket::bind(address).unwrap();
    let to = two.local_addr().unwrap();
    let bytes = vec![0; size];
    let errors = [
        (Operation::Send, &one, one.send(&bytes).unwrap_err()),
        (
            Operation::Send,
            &one,
            one.send_deadline(&bytes, PATIENCE).unwrap_err(),
        ),
        (Operation::Send, &one, one.try_send(&bytes).unwrap_err()),
        (
            Operation::SendTo,
            &loose,
            loose.send_to(&bytes, to).unwrap_err(),
        ),
        (
            Operation::SendTo,
            &loose,
            loose.send_to_deadline(&bytes, to, PATIENCE).unwrap_err(),
        ),
        (
            Operation::SendTo,
            &loose,
            loose.try_send_to(&bytes, to).unwrap_err(),
        ),
    ];
    for (operation, socket, error) in errors {
        assert_eq!(error.condition(), Condition::MessageTooLong, "{operation}");
        assert_eq!(error.operation(), operation);
        assert_eq!(error.peer(), Some(to));
        let own = socket.local_addr().unwrap();
        assert_eq!(
            error.to_string(),
            format!("send to {to} from {own}: message too long")
        );
    }
    assert!(two.try_recv(&mut [0; 1]).unwrap().is_none());
}

type Call = fn(&UdpSocket) -> Result<Datagram, Error>;

#[rstest]
#[case::recv(Operation::Receive, |socket: &UdpSocket| socket.recv_deadline(&mut [0; 8], PATIENCE))]
#[case::recv_never(Operation::Receive, |socket: &UdpSocket| socket.recv(&mut [0; 8]))]
#[case::peek(Operation::Receive, |socket: &UdpSocket| socket.peek_deadline(&mut [0; 8], PATIENCE))]
#[case::recv_from(Operation::ReceiveFrom, |socket: &UdpSocket| socket.recv_from_deadline(&mut [0; 8], PATIENCE))]
#[case::peek_from(Operation::ReceiveFrom, |socket: &UdpSocket| socket.peek_from_deadline(&mut [0; 8], PATIENCE))]
fn a_refusal_is_told_by_the_next_receive_and_once(
    #[case] operation: Operation,
    #[case] call: Call,
) {
    let (socket, held) = refused();
    let peer = held.local_addr().unwrap();
    socket.send(b"anybody?").unwrap();
    let error = call(&socket).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert_eq!(error.operation(), operation);
    assert_eq!(error.peer(), Some(peer));
    let own = socket.local_addr().unwrap();
    assert_eq!(
        error.to_string(),
        format!("receive from {peer} on {own}: connection refused")
    );
    assert!(
        socket.try_recv(&mut [0; 8]).unwrap().is_none(),
        "told twice"
    );

    // Now there is somebody.
    held.connect(own).unwrap();
    socket.send(b"again").unwrap();
    held.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(held.recv(&mut [0; 8]).unwrap(), 5);
    held.send(b"yes").unwrap();
    assert_eq!(socket.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len, 3);
}

#[test]
fn a_refusal_is_told_by_the_next_send_and_once() {
    let (socket, held) = refused();
    let end = Instant::now() + PATIENCE;
    // Each one that is sent may be refused before the next.
    let error = loop {
        assert!(Instant::now() < end, "nobody refuses");
        if let Err(error) = socket.send(b"anybody?") {
            break error;
        }
    };
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert_eq!(error.operation(), Operation::Send);
    assert_eq!(error.peer(), Some(held.local_addr().unwrap()));
    // The one that failed was not sent, so nothing more is refused.
    assert!(socket.try_recv(&mut [0; 8]).unwrap().is_none());
    assert_eq!(socket.try_send(b"again").unwrap(), Some(5));
}

/// What woke a receive may have been told to a send by then.
#[test]
fn a_refusal_that_a_send_was_told_keeps_no_receive() {
    let (socket, _held) = refused();
    let socket = Arc::new(socket);
    let (tell, told) = mpsc::channel();
    let receiver = Arc::clone(&socket);
    thread::spawn(move || {
        for _ in 0..200 {
            let _ = receiver.recv_deadline(&mut [0; 8], Duration::from_millis(5));
            let _ = tell.send(());
        }
    });
    for round in 0..200 {
        // Only so many, as one more would wake it.
        for _ in 0..3 {
            let _ = socket.send(b"anybody?");
        }
        assert!(told.recv_timeout(PATIENCE).is_ok(), "round {round}");
    }
}

#[test]
fn what_one_peer_refuses_is_no_error_of_a_socket_without_a_peer() {
    let (_, held) = refused();
    let (socket, friend) = (socket(), socket());
    socket
        .send_to(b"anybody?", held.local_addr().unwrap())
        .unwrap();
    let error = socket.recv_from_deadline(&mut [0; 8], SOON).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    friend
        .send_to(b"yes", socket.local_addr().unwrap())
        .unwrap();
    assert_eq!(
        socket
            .recv_from_deadline(&mut [0; 8], PATIENCE)
            .unwrap()
            .len,
        3
    );
}

#[rstest]
#[case::recv(Operation::Receive, |socket: &UdpSocket, until| socket.recv_deadline(&mut [0; 8], until))]
#[case::peek(Operation::Receive, |socket: &UdpSocket, until| socket.peek_deadline(&mut [0; 8], until))]
#[case::recv_from(Operation::ReceiveFrom, |socket: &UdpSocket, until| socket.recv_from_deadline(&mut [0; 8], until))]
#[case::peek_from(Operation::ReceiveFrom, |socket: &UdpSocket, until| socket.peek_from_deadline(&mut [0; 8], until))]
fn every_receive_ends_by_its_deadline_and_takes_what_is_there(
    #[case] operation: Operation,
    #[case] call: fn(&UdpSocket, Deadline) -> Result<Datagram, Error>,
) {
    let socket = socket();
    let own = socket.local_addr().unwrap();
    let begin = Instant::now();
    let error = call(&socket, SOON.into()).unwrap_err();
    assert!(begin.elapsed() >= SOON, "gave up too early");
    assert_eq!(error.condition(), Condition::Timeout);
    assert_eq!(error.operation(), operation);
    assert!(error.is_timeout());
    assert_eq!(error.to_string(), format!("receive on {own}: timed out"));
    let error = call(&socket, Duration::ZERO.into()).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);

    socket.send_to(b"self", own).unwrap();
    // It is there once a peek says so; then a deadline that has passed is no hindrance.
    socket.peek_deadline(&mut [0; 8], PATIENCE).unwrap();
    assert_eq!(call(&socket, Instant::now().into()).unwrap().len, 4);
}

#[test]
fn a_send_takes_place_even_if_the_deadline_has_passed() {
    let (one, two) = pair();
    let passed = Deadline::from(Instant::now());
    assert_eq!(one.send_deadline(b"1", passed).unwrap(), 1);
    let three = socket();
    three.connect(one.local_addr().unwrap()).unwrap();
    three.disconnect().unwrap();
    assert_eq!(
        three
            .send_to_deadline(b"2", two.local_addr().unwrap(), passed)
            .unwrap(),
        1
    );
    assert_eq!(two.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len, 1);
}

#[test]
fn a_cancel_ends_a_receive_before_and_while_it_waits() {
    let socket = socket();
    let cancel = Cancel::new().unwrap();
    let switch = cancel.clone();
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            socket
                .recv_from_deadline(&mut [0; 8], cancel.or(PATIENCE))
                .unwrap_err()
        });
        switch.cancel();
        waiting.join().unwrap()
    });
    assert_eq!(error.condition(), Condition::Cancelled);
    assert_eq!(error.local(), socket.local_addr().ok());

    // What is there is still received.
    let own = socket.local_addr().unwrap();
    socket.send_to_deadline(b"self", own, &cancel).unwrap();
    socket.peek_deadline(&mut [0; 8], PATIENCE).unwrap();
    assert_eq!(socket.recv_deadline(&mut [0; 8], &cancel).unwrap().len, 4);
    let error = socket.recv_deadline(&mut [0; 8], &cancel).unwrap_err();
    assert_eq!(error.condition(), Condition::Cancelled);
}

#[test]
fn sending_without_a_peer_says_so() {
    let socket = socket();
    let errors = [
        socket.send(b"x").unwrap_err(),
        socket.send_deadline(b"x", PATIENCE).unwrap_err(),
        socket.try_send(b"x").unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(
                error.condition(),
                Condition::DestinationRequired | Condition::NotConnected
            ),
            "{error}"
        );
        assert_eq!(error.peer(), None);
    }
    assert_eq!(
        socket.peer_addr().unwrap_err().condition(),
        Condition::NotConnected
    );
}

#[test]
fn a_peer_can_be_changed_and_taken_away_and_the_port_stays() {
    let (one, two, three) = (socket(), socket(), socket());
    let own = one.local_addr().unwrap();
    for peer in [&two, &three] {
        one.connect(peer.local_addr().unwrap()).unwrap();
        assert_eq!(one.peer_addr().unwrap(), peer.local_addr().unwrap());
        one.send(b"ping").unwrap();
        assert_eq!(peer.recv_deadline(&mut [0; 8], PATIENCE).unwrap().peer, own);
    }
    // Not from the peer, so not received.
    two.send_to(b"late", own).unwrap();
    three.send_to(b"ping", own).unwrap();
    let peer = three.local_addr().unwrap();
    assert_eq!(one.recv_deadline(&mut [0; 8], PATIENCE).unwrap().peer, peer);

    one.disconnect().unwrap();
    one.disconnect().unwrap();
    assert_eq!(one.local_addr().unwrap(), own);
    assert_eq!(
        one.peer_addr().unwrap_err().condition(),
        Condition::NotConnected
    );
    two.send_to(b"heard", own).unwrap();
    let got = one.recv_deadline(&mut [0; 8], PATIENCE).unwrap();
    assert_eq!((got.len, got.peer), (5, two.local_addr().unwrap()));
    assert_eq!(
        one.recv_deadline(&mut [0; 8], Duration::ZERO)
            .unwrap_err()
            .peer(),
        None
    );
}

#[test]
fn a_socket_on_every_address_keeps_that_when_its_peer_is_taken_away() {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    let own = socket.local_addr().unwrap();
    socket.connect(([127, 0, 0, 1], 9)).unwrap();
    assert_eq!(socket.local_addr().unwrap().ip(), Ipv4Addr::LOCALHOST);
    socket.disconnect().unwrap();
    assert_eq!(socket.local_addr().unwrap(), own);
}

#[test]
fn an_address_of_another_family_is_an_error_that_names_it() {
    let socket = socket();
    let six: SocketAddr = "[::1]:9".parse().unwrap();
    let connect = socket.connect(six).unwrap_err();
    assert_eq!(connect.operation(), Operation::Connect);
    let send = socket.send_to(b"x", six).unwrap_err();
    assert_eq!(send.operation(), Operation::SendTo);
    for error in [connect, send] {
        assert_eq!(
            error.condition(),
            Condition::AddressFamilyNotSupported,
            "{error}"
        );
        assert_eq!(error.peer(), Some(six));
    }
}

#[rstest]
#[case("localhost")]
#[case("127.0.0.1:70000")]
#[case("")]
fn what_is_no_endpoint_is_an_argument_error_that_names_it(#[case] text: &str) {
    let socket = socket();
    let errors = [
        (Operation::Bind, UdpSocket::bind(text).unwrap_err()),
        (Operation::Connect, socket.connect(text).unwrap_err()),
        (Operation::SendTo, socket.send_to(b"x", text).unwrap_err()),
    ];
    for (operation, error) in errors {
        assert_eq!(error.condition(), Condition::InvalidArgument);
        assert_eq!(error.operation(), operation);
        assert_eq!(error.host(), Some(text));
    }
}

#[test]
fn a_name_is_looked_up_and_an_error_has_it() {
    let too_long = vec![0; 70_000];
    let server = UdpSocket::bind("localhost:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let name = format!("localhost:{port}");
    let own = SocketAddr::new(server.local_addr().unwrap().ip(), 0);
    let client = UdpSocket::bind(own).unwrap();
    client
        .send_to_deadline(b"by name", &name, PATIENCE)
        .unwrap();
    assert_eq!(server.recv_deadline(&mut [0; 16], PATIENCE).unwrap().len, 7);

    client.connect(name.as_str()).unwrap();
    client.send(b"by name").unwrap();
    assert_eq!(server.recv_deadline(&mut [0; 16], PATIENCE).unwrap().len, 7);
    let error = client.recv_deadline(&mut [0; 16], SOON).unwrap_err();
    assert_eq!(error.host(), Some(&*name));
    assert_eq!(error.peer(), server.local_addr().ok());
    let error = client.try_clone().unwrap().send(&too_long).unwrap_err();
    assert_eq!(error.host(), Some(&*name));

    // A name that stood for a peer stands for no other one.
    let other = UdpSocket::bind(own).unwrap();
    let to = other.local_addr().unwrap();
    assert_eq!(client.send_to(&too_long, to).unwrap_err().host(), None);
    client.connect(to).unwrap();
    assert_eq!(client.send(&too_long).unwrap_err().host(), None);
    // And all its addresses are in the error where none will do.
    let error = client.send_to(&too_long, name.as_str()).unwrap_err();
    assert_eq!(error.condition(), Condition::MessageTooLong);
    assert_eq!(error.host(), Some(&*name));
    assert!(!error.attempts().is_empty());
}

#[test]
fn an_address_is_taken_once_unless_sharing_was_asked_for() {
    let plain = socket();
    let error = UdpSocket::bind(plain.local_addr().unwrap()).unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);
    assert_eq!(error.operation(), Operation::Bind);
    assert_eq!(error.local(), plain.local_addr().ok());

    let shared = UdpOptions::new().reuse_address(true);
    let one = shared.bind("127.0.0.1:0").unwrap();
    let two = shared.bind(one.local_addr().unwrap()).unwrap();
    assert_eq!(one.local_addr().unwrap(), two.local_addr().unwrap());
    #[cfg(target_os = "linux")]
    {
        let shared = UdpOptions::new().reuse_port(true);
        let one = shared.bind("127.0.0.1:0").unwrap();
        shared.bind(one.local_addr().unwrap()).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn broadcasts_are_sent_only_where_that_was_asked_for() {
    // The broadcast address of the loopback network.
    let to = ([127, 255, 255, 255], 9);
    let plain = UdpSocket::bind("127.0.0.1:0").unwrap();
    for error in [
        plain.send_to(b"x", to).unwrap_err(),
        plain.connect(to).unwrap_err(),
    ] {
        assert_eq!(error.condition(), Condition::OperationNotPermitted);
    }
    let allowed = UdpOptions::new()
        .broadcast(true)
        .bind("127.0.0.1:0")
        .unwrap();
    allowed.send_to(b"x", to).unwrap();
}

#[test]
fn the_ipv6_mode_is_what_was_asked_for() {
    let dual = UdpSocket::bind("[::]:0").unwrap();
    let port = dual.local_addr().unwrap().port();
    let four = socket();
    four.send_to(b"four", ([127, 0, 0, 1], port)).unwrap();
    let got = dual.recv_from_deadline(&mut [0; 8], PATIENCE).unwrap();
    assert_eq!(got.peer.ip().to_string(), "::ffff:127.0.0.1");
    dual.send_to(b"back", got.peer).unwrap();
    assert_eq!(four.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len, 4);

    let only = UdpOptions::new().ipv6(Ipv6Mode::Ipv6Only);
    let six = only.bind("[::1]:0").unwrap();
    let to = SocketAddr::from(([127, 0, 0, 1], 9));
    let mapped: SocketAddr = "[::ffff:127.0.0.1]:9".parse().unwrap();
    assert!(six.send_to(b"x", mapped).is_err());
    assert_ne!(six.local_addr().unwrap().ip(), to.ip());
    only.bind("127.0.0.1:0").unwrap();
}

#[test]
fn options_are_values() {
    fn shared<T: Send + Sync + 'static>() {}

    let options = UdpOptions::new()
        .reuse_address(true)
        .broadcast(true)
        .ipv6(Ipv6Mode::System);
    assert_eq!(options, options.clone());
    assert_ne!(options, UdpOptions::default());
    assert_eq!(UdpOptions::default(), UdpOptions::new());
    shared::<UdpSocket>();
    shared::<Datagram>();
}

#[test]
fn clones_are_one_socket() {
    let (one, two) = pair();
    let clone = two.try_clone().unwrap();
    one.send(b"1").unwrap();
    one.send(b"22").unwrap();
    assert_eq!(clone.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len, 1);
    assert_eq!(two.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len, 2);
    let other = socket();
    clone.connect(other.local_addr().unwrap()).unwrap();
    let error = two.recv_deadline(&mut [0; 8], Duration::ZERO).unwrap_err();
    assert_eq!(error.peer(), other.local_addr().ok());
    drop(clone);
    two.send(b"still").unwrap();
    assert_eq!(other.recv_deadline(&mut [0; 8], PATIENCE).unwrap().len, 5);
}

#[test]
fn a_socket_of_std_keeps_its_mode_its_timeout_and_its_peer() {
    let theirs = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let friend = socket();
    let to = theirs.local_addr().unwrap();
    theirs.connect(friend.local_addr().unwrap()).unwrap();
    theirs.set_nonblocking(true).unwrap();
    let ours = UdpSocket::from(theirs);
    assert_eq!(
        ours.recv(&mut [0; 8]).unwrap_err().condition(),
        Condition::WouldBlock
    );
    thread::scope(|scope| {
        let waiting = scope.spawn(|| ours.recv_deadline(&mut [0; 8], Deadline::NEVER));
        friend.send_to(b"ping", to).unwrap();
        assert_eq!(waiting.join().unwrap().unwrap().len, 4);
    });
    let error = ours.recv_deadline(&mut [0; 8], Duration::ZERO).unwrap_err();
    assert_eq!(error.peer(), friend.local_addr().ok());

    let theirs = std::net::UdpSocket::from(ours);
    theirs.set_nonblocking(false).unwrap();
    theirs.set_read_timeout(Some(SOON)).unwrap();
    let ours = UdpSocket::from(theirs);
    let begin = Instant::now();
    assert_eq!(
        ours.recv_from(&mut [0; 8]).unwrap_err().condition(),
        Condition::Timeout
    );
    // Linux counts in ticks, the one that has begun included, and none is longer than 10 ms.
    assert!(begin.elapsed() + Duration::from_millis(10) >= SOON);
    assert!(ours.into_std().read_timeout().unwrap() >= Some(SOON));
}

#[cfg(target_os = "linux")]
#[rstest]
#[case::names_a_file(true, Condition::BadFileDescriptor)]
#[case::no_socket(false, Condition::NotASocket)]
fn what_is_no_socket_is_found_out_by_every_call(
    #[case] path_only: bool,
    #[case] condition: Condition,
) {
    use nix::fcntl::{OFlag, open};
    use nix::sys::stat::Mode;

    let flags = if path_only {
        OFlag::O_PATH
    } else {
        OFlag::empty()
    };
    let socket = UdpSocket::from(open("/dev/null", flags, Mode::empty()).unwrap());
    let to = SocketAddr::from(([127, 0, 0, 1], 9));
    let buffer = &mut [0; 8];
    let errors = [
        socket.local_addr().unwrap_err(),
        socket.peer_addr().unwrap_err(),
        socket.connect(to).unwrap_err(),
        socket.send(b"x").unwrap_err(),
        socket.send_deadline(b"x", PATIENCE).unwrap_err(),
        socket.try_send(b"x").unwrap_err(),
        socket.send_to(b"x", to).unwrap_err(),
        socket.send_to_deadline(b"x", to, PATIENCE).unwrap_err(),
        socket.try_send_to(b"x", to).unwrap_err(),
        socket.recv(buffer).unwrap_err(),
        socket.recv_deadline(buffer, PATIENCE).unwrap_err(),
        socket.try_recv(buffer).unwrap_err(),
        socket.recv_from(buffer).unwrap_err(),
        socket.recv_from_deadline(buffer, PATIENCE).unwrap_err(),
        socket.try_recv_from(buffer).unwrap_err(),
        socket.peek(buffer).unwrap_err(),
        socket.peek_from(buffer).unwrap_err(),
        socket.disconnect().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.condition(), condition, "{error:?}");
    }
}

#[test]
fn success_and_nothing_to_do_allocate_nothing() {
    let (one, two) = pair();
    let (loose, other) = (socket(), socket());
    let to = other.local_addr().unwrap();
    let buffer = &mut [0; 16];
    let late = Deadline::from(PATIENCE);
    let counted = allocation_counter::measure(|| {
        for _ in 0..2 {
            assert!(two.try_recv(buffer).unwrap().is_none());
            assert!(other.try_recv_from(buffer).unwrap().is_none());
            one.send(b"x").unwrap();
            two.recv(buffer).unwrap();
            one.send_deadline(b"x", late).unwrap();
            two.peek_deadline(buffer, late).unwrap();
            two.recv_deadline(buffer, late).unwrap();
            assert!(one.try_send(b"too long for the buffer").unwrap().is_some());
            assert!(two.recv(buffer).unwrap().truncated);
            loose.send_to(b"x", to).unwrap();
            other.recv_from(buffer).unwrap();
            loose.send_to_deadline(b"x", to, late).unwrap();
            other.recv_from_deadline(buffer, late).unwrap();
            assert!(loose.try_send_to(b"x", to).unwrap().is_some());
            other.peek_from(buffer).unwrap();
            other.recv_from(buffer).unwrap();
            two.local_addr().unwrap();
            two.peer_addr().unwrap();
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}
