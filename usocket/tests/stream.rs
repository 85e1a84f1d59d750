//! TCP streams: transfers, deadlines, ends of every kind, and what never happens.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
#[cfg(target_os = "linux")]
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use usocket::{Cancel, Condition, Deadline, Error, Operation, TcpListener, TcpStream};
#[cfg(target_os = "linux")]
use usocket::{UdpSocket, UnixListener, UnixStream};
use usocket_testkit::OwnedDescriptor;

const SOON: Duration = Duration::from_millis(30);

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connected pair over loopback.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    (client, server)
}

#[test]
fn half_close_leaves_the_other_direction_open() {
    let (client, server) = pair();
    client.send(b"question").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut question = String::new();
    (&server).read_to_string(&mut question).unwrap();
    assert_eq!(question, "question");
    server.write_all_deadline(b"answer", PATIENCE).unwrap();
    drop(server);
    let mut answer = String::new();
    (&client).read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "answer");
}

#[test]
fn sending_after_shutdown_is_shutdown_and_names_the_peer() {
    let (client, server) = pair();
    client.shutdown(Shutdown::Write).unwrap();
    let error = client.send(b"x").unwrap_err();
    assert_eq!(error.condition(), Condition::Shutdown);
    let peer = server.local_addr().unwrap();
    assert_eq!(
        error.to_string(),
        format!("send to {peer}: connection is shut down")
    );
    #[cfg(unix)] // std has no kind for what Winsock says.
    assert_eq!(
        (&client).write(b"x").unwrap_err().kind(),
        io::ErrorKind::BrokenPipe
    );
}

#[test]
fn shutting_down_after_the_peer_left_is_no_error() {
    let (client, server) = pair();
    server.abort().unwrap();
    assert_eq!(
        client.recv(&mut [0; 1]).unwrap_err().condition(),
        Condition::ConnectionReset
    );
    for how in [
        Shutdown::Write,
        Shutdown::Read,
        Shutdown::Both,
        Shutdown::Both,
    ] {
        client.shutdown(how).unwrap();
    }
}

#[test]
#[cfg_attr(windows, ignore = "Winsock tells it again and again")]
fn an_abort_is_a_reset_and_is_told_once() {
    let (client, server) = pair();
    server.abort().unwrap();
    let error = client.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionReset);
    assert!(error.peer().is_some());
    assert_eq!(client.recv(&mut [0; 1]).unwrap(), 0);
    assert_eq!(
        client.send(b"x").unwrap_err().condition(),
        Condition::Shutdown
    );
}

#[test]
fn dropping_a_stream_delivers_what_was_written() {
    for size in [1, 100_000, 5_000_000] {
        let (client, server) = pair();
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            (&server).read_to_end(&mut all).map(|_| all.len())
        });
        client.write_all_deadline(&vec![7; size], PATIENCE).unwrap();
        drop(client);
        assert_eq!(reader.join().unwrap().unwrap(), size);
    }
}

#[test]
fn close_waits_for_the_other_side_and_reads_what_would_reset_it() {
    let (client, server) = pair();
    // What stays unread in a socket that is just dropped resets the connection.
    server.send(b"unread").unwrap();
    client.send(b"last words").unwrap();
    let closing = thread::spawn(move || client.close(PATIENCE));
    let mut words = String::new();
    (&server).read_to_string(&mut words).unwrap();
    assert_eq!(words, "last words");
    drop(server);
    closing.join().unwrap().unwrap();
}

#[test]
fn close_says_so_when_the_other_side_does_not_close() {
    let (client, _server) = pair();
    let begin = Instant::now();
    let error = client.close(SOON).unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
}

#[test]
fn close_says_so_when_the_other_side_did_not_read_all() {
    let (client, server) = pair();
    client.send(b"never read").unwrap();
    server.peek_deadline(&mut [0; 1], PATIENCE).unwrap();
    drop(server);
    let error = client.close(PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionReset);
}

#[test]
fn deadlines_end_calls_but_never_too_early_and_the_first_try_is_free() {
    let (client, server) = pair();
    let buffer = &mut [0; 8];
    let begin = Instant::now();
    let error = client.recv_deadline(buffer, SOON).unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
    assert!(error.is_timeout());
    assert_eq!(error.operation(), Operation::Receive);

    server.send(b"here").unwrap();
    client.peek_deadline(buffer, PATIENCE).unwrap();
    for past in [Deadline::from(Duration::ZERO), Deadline::from(begin)] {
        assert_eq!(client.peek_deadline(buffer, past).unwrap(), 4);
        assert_eq!(client.send_deadline(b"x", past).unwrap(), 1);
    }
    assert_eq!(client.recv_deadline(buffer, Duration::ZERO).unwrap(), 4);
    let error = client.recv_deadline(buffer, Duration::ZERO).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
}

#[test]
fn exact_reads_and_full_writes_say_how_far_they_came() {
    let (client, server) = pair();
    server.send(b"abc").unwrap();
    let mut buffer = [0; 8];
    let error = client.read_exact_deadline(&mut buffer, SOON).unwrap_err();
    assert_eq!(
        (error.condition(), error.bytes_done()),
        (Condition::Timeout, Some(3))
    );
    assert_eq!(&buffer[..3], b"abc");
    assert!(
        error.to_string().ends_with("timed out after 3 bytes"),
        "{error}"
    );

    server.send(b"d").unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let error = client
        .read_exact_deadline(&mut buffer, PATIENCE)
        .unwrap_err();
    assert_eq!(
        (error.condition(), error.bytes_done()),
        (Condition::UnexpectedEof, Some(1))
    );
    assert!(
        error
            .to_string()
            .ends_with("unexpected end of stream after 1 byte"),
        "{error}"
    );

    let much = vec![0; 1 << 26];
    let error = client.write_all_deadline(&much, SOON).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    let done = error.bytes_done().unwrap();
    assert!(done > 0 && done < much.len());
    let counting = thread::spawn(move || {
        let mut all = Vec::new();
        (&server).read_to_end(&mut all).map(|_| all.len())
    });
    drop(client);
    assert_eq!(
        counting.join().unwrap().unwrap(),
        done,
        "the count is exact"
    );

    assert!(
        pair()
            .0
            .read_exact_deadline(&mut [], Duration::ZERO)
            .is_ok(),
        "nothing to wait for"
    );
}

#[test]
fn a_cancel_ends_a_blocked_receive_and_send() {
    let (client, _server) = pair();
    let cancel = Cancel::new().unwrap();
    let calls: [&(dyn Fn() -> Error + Sync); 3] = [
        &|| client.recv_deadline(&mut [0; 1], &cancel).unwrap_err(),
        &|| {
            client
                .recv_deadline(&mut [0; 1], cancel.or(PATIENCE))
                .unwrap_err()
        },
        &|| {
            client
                .write_all_deadline(&vec![0; 1 << 26], &cancel)
                .unwrap_err()
        },
    ];
    for call in calls {
        let error = thread::scope(|scope| {
            let blocked = scope.spawn(call);
            cancel.cancel();
            blocked.join().unwrap()
        });
        assert_eq!(error.condition(), Condition::Cancelled);
        assert!(error.peer().is_some());
    }
}

#[test]
#[cfg_attr(windows, ignore = "a shutdown wakes no call that is under way")]
fn shutting_down_a_clone_wakes_a_blocked_receive() {
    let (client, _server) = pair();
    let clone = client.try_clone().unwrap();
    let blocked = thread::spawn(move || client.recv(&mut [0; 1]));
    clone.shutdown(Shutdown::Both).unwrap();
    assert_eq!(blocked.join().unwrap().unwrap(), 0);
}

#[test]
fn clones_share_the_stream_and_outlive_each_other() {
    let (client, server) = pair();
    let clone = client.try_clone().unwrap();
    drop(client);
    clone.send(b"still here").unwrap();
    assert_eq!(server.recv(&mut [0; 16]).unwrap(), 10);
    clone.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.recv(&mut [0; 16]).unwrap(), 0);
}

#[test]
fn peeking_takes_nothing() {
    let (client, server) = pair();
    client.send(b"ping").unwrap();
    let mut buffer = [0; 8];
    for _ in 0..3 {
        assert_eq!(server.peek(&mut buffer).unwrap(), 4);
    }
    assert_eq!(server.recv(&mut buffer).unwrap(), 4);
    assert_eq!(server.try_recv(&mut buffer).unwrap(), None);
}

#[test]
fn vectored_transfers_keep_the_order() {
    let (mut client, mut server) = pair();
    let sent = client
        .write_vectored(&[IoSlice::new(b"ab"), IoSlice::new(b"cde")])
        .unwrap();
    assert_eq!(sent, 5);
    let (mut one, mut two) = ([0; 4], [0; 4]);
    let received = server
        .read_vectored(&mut [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)])
        .unwrap();
    assert_eq!(received, 5);
    assert_eq!((&one, two[0]), (b"abcd", b'e'));
}

#[test]
fn a_buffer_of_nothing_is_legal_and_waits_for_nothing() {
    let (client, server) = pair();
    server.send(b"x").unwrap();
    assert_eq!(client.recv_deadline(&mut [0; 0], PATIENCE).unwrap(), 0);
    assert_eq!(client.send(b"").unwrap(), 0);
    assert_eq!(
        client.recv_deadline(&mut [0; 2], PATIENCE).unwrap(),
        1,
        "nothing was lost"
    );
}

#[test]
fn adopted_streams_know_their_peer_and_go_back() {
    let (client, server) = pair();
    let client = std::net::TcpStream::from(client);
    let server: std::net::TcpStream = server.into();
    let peer = client.peer_addr().unwrap();
    let client = TcpStream::from(client);
    drop(server);
    client.shutdown(Shutdown::Write).unwrap();
    let error = client.send(b"x").unwrap_err();
    assert_eq!(error.peer(), Some(peer));
    let descriptor = OwnedDescriptor::from(client);
    assert!(TcpStream::from(descriptor).into_std().local_addr().is_ok());
}

#[test]
fn an_adopted_timeout_reads_as_a_timeout() {
    let (client, _server) = pair();
    let client = client.into_std();
    client.set_read_timeout(Some(SOON)).unwrap();
    let client = TcpStream::from(client);
    let error = client.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    assert_eq!(
        (&client).read(&mut [0; 1]).unwrap_err().kind(),
        io::ErrorKind::TimedOut
    );

    let client = client.into_std();
    client.set_nonblocking(true).unwrap();
    let client = TcpStream::from(client);
    let error = client.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::WouldBlock, "nobody waited");
    assert_eq!(
        (&client).read(&mut [0; 1]).unwrap_err().kind(),
        io::ErrorKind::WouldBlock
    );
}

/// A descriptor on which every socket call fails, without closing anything behind std's back.
#[cfg(target_os = "linux")]
fn path_descriptor() -> OwnedFd {
    use nix::fcntl::{OFlag, open};

    open("/", OFlag::O_PATH, nix::sys::stat::Mode::empty()).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_socket_says_so_in_every_call() {
    for (make, condition) in [
        (
            path_descriptor as fn() -> OwnedFd,
            Condition::BadFileDescriptor,
        ),
        (
            || std::fs::File::open("/dev/null").unwrap().into(),
            Condition::NotASocket,
        ),
    ] {
        let stream = TcpStream::from(make());
        let buffer = &mut [0; 1];
        let mut errors = vec![
            stream.recv(buffer).unwrap_err(),
            stream.recv_deadline(buffer, PATIENCE).unwrap_err(),
            stream.try_recv(buffer).unwrap_err(),
            stream.peek(buffer).unwrap_err(),
            stream.read_exact_deadline(buffer, PATIENCE).unwrap_err(),
            stream.send(b"x").unwrap_err(),
            stream.send_deadline(b"x", PATIENCE).unwrap_err(),
            stream.try_send(b"x").unwrap_err(),
            stream.write_all_deadline(b"x", PATIENCE).unwrap_err(),
            stream.shutdown(Shutdown::Both).unwrap_err(),
            stream.local_addr().unwrap_err(),
            stream.peer_addr().unwrap_err(),
        ];
        errors.push(stream.close(PATIENCE).unwrap_err());
        errors.push(TcpStream::from(make()).abort().unwrap_err());
        for error in errors {
            assert_eq!(error.condition(), condition, "{error:?}");
        }
    }
}

#[test]
fn success_and_would_block_allocate_nothing() {
    let (client, mut server) = pair();
    let mut buffer = [0; 16];
    let late = Deadline::from(PATIENCE);
    let counted = allocation_counter::measure(|| {
        for until in [Deadline::NEVER, late, Deadline::At(Instant::now())] {
            assert!(client.send_deadline(b"x", until).is_ok());
            assert!(server.recv_deadline(&mut buffer, until).is_ok());
        }
        assert!(client.send(b"x").is_ok());
        assert!(server.peek(&mut buffer).is_ok());
        assert!(server.recv(&mut buffer).is_ok());
        assert!((&client).write_all(b"x").is_ok());
        assert!(server.read(&mut buffer).is_ok());
        assert_eq!(server.try_recv(&mut buffer).unwrap(), None);
        assert!(client.local_addr().is_ok());
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");

    // And the system's error passes through `Read` as it is.
    let nonblocking = server.into_std();
    nonblocking.set_nonblocking(true).unwrap();
    let mut nonblocking = TcpStream::from(nonblocking);
    let counted = allocation_counter::measure(|| {
        let error = nonblocking.read(&mut buffer).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert!(error.raw_os_error().is_some());
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");

    while client.try_send(&[0; 4096]).unwrap().is_some() {}
    let counted = allocation_counter::measure(|| {
        assert_eq!(client.try_send(b"x").unwrap(), None);
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn every_socket_is_closed_on_exec() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    let clone = server.try_clone().unwrap();
    let datagram = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (one, two) = UnixStream::pair().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let unix = UnixListener::bind(&path).unwrap();
    let connected = UnixStream::connect_deadline(&path, PATIENCE).unwrap();
    let (accepted, _) = unix.accept_deadline(PATIENCE).unwrap();
    for socket in [
        listener.as_fd(),
        client.as_fd(),
        server.as_fd(),
        clone.as_fd(),
        datagram.as_fd(),
        one.as_fd(),
        two.as_fd(),
        unix.as_fd(),
        connected.as_fd(),
        accepted.as_fd(),
    ] {
        let path = format!("/proc/self/fdinfo/{}", socket.as_raw_fd());
        let info = std::fs::read_to_string(path).unwrap();
        let flags = info
            .lines()
            .find_map(|line| line.strip_prefix("flags:"))
            .unwrap();
        let flags = u32::from_str_radix(flags.trim(), 8).unwrap();
        assert_ne!(flags & 0o2_000_000, 0, "O_CLOEXEC: {info}");
    }
}

/// Whether SIGPIPE waits for this thread, which has blocked it. What is blocked is kept even where
/// it is ignored, as Rust's runtime has it.
#[cfg(target_os = "linux")]
fn sigpipe_is_pending() -> bool {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let pending = status
        .lines()
        .find_map(|line| line.strip_prefix("SigPnd:"))
        .unwrap();
    let pending = u64::from_str_radix(pending.trim(), 16).unwrap();
    pending & (1 << (nix::sys::signal::Signal::SIGPIPE as i32 - 1)) != 0
}

#[cfg(target_os = "linux")]
#[test]
fn no_call_raises_sigpipe() {
    use nix::sys::signal::{SigSet, Signal};

    let mut pipe = SigSet::empty();
    pipe.add(Signal::SIGPIPE);
    pipe.thread_block().unwrap();

    let (client, _server) = pair();
    client.shutdown(Shutdown::Write).unwrap();
    client.send(b"x").unwrap_err();
    client.send_deadline(b"x", PATIENCE).unwrap_err();
    client.try_send(b"x").unwrap_err();
    (&client).write(b"x").unwrap_err();
    assert!(!sigpipe_is_pending());

    // A plain write does raise it, so that the look above means something.
    rustix::io::write(&client, b"x").unwrap_err();
    assert!(sigpipe_is_pending());
}

/// As few of them are drawn as make a difference.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let some = proptest::collection::vec(any::<u8>(), 1..1000);
    (some, 0..200_000_usize).prop_map(|(some, length)| {
        let mut bytes = some.repeat(length.div_ceil(some.len()));
        bytes.truncate(length);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.min(48)))]

    #[test]
    fn any_bytes_in_any_pieces_arrive_as_they_were(
        bytes in bytes(),
        piece in 1_usize..70_000,
        room in 1_usize..70_000,
    ) {
        let (client, server) = pair();
        let expected = bytes.clone();
        let sender = thread::spawn(move || {
            for piece in bytes.chunks(piece) {
                client.write_all_deadline(piece, PATIENCE)?;
            }
            client.shutdown(Shutdown::Write)
        });
        let mut received = Vec::new();
        let mut buffer = vec![0; room];
        loop {
            match server.recv_deadline(&mut buffer, PATIENCE).unwrap() {
                0 => break,
                length => received.extend_from_slice(&buffer[..length]),
            }
        }
        sender.join().unwrap().unwrap();
        prop_assert_eq!(received, expected);
    }
}
