//! Waiting once, for a list of sockets.
#![cfg(unix)]

mod wait_support;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use rstest::rstest;
use usocket::{
    Cancel, Condition, Deadline, Interest, Operation, Readiness, Source, TcpListener, TcpStream,
    UdpSocket, UnixDatagram, UnixListener, UnixStream, wait_for, wait_for_each,
};
use wait_support::{NOW, PATIENCE, SOON, tcp};

const BOTH: fn() -> Interest = || Interest::READABLE | Interest::WRITABLE;

/// What one source is ready for, if for anything.
fn readiness(source: &dyn Source, interest: Interest, until: Duration) -> Option<Readiness> {
    let ready = wait_for_each(&[(source, interest)], until).unwrap();
    assert!(ready.len() <= 1);
    ready.first().map(|(place, readiness)| {
        assert_eq!(*place, 0);
        *readiness
    })
}

#[test]
fn the_ready_ones_are_given_by_their_places_and_all_of_them() {
    let sockets: Vec<_> = (0..5)
        .map(|_| UdpSocket::bind("127.0.0.1:0").unwrap())
        .collect();
    let sources: Vec<&dyn Source> = sockets.iter().map(|socket| socket as _).collect();
    assert_eq!(wait_for(&sources, NOW).unwrap(), []);
    for ready in [vec![3], vec![0, 3], vec![0, 3, 4]] {
        let newest = if ready.len() == 2 {
            0
        } else {
            ready[ready.len() - 1]
        };
        sockets[1]
            .send_to(b"x", sockets[newest].local_addr().unwrap())
            .unwrap();
        assert_eq!(wait_for(&sources, PATIENCE).unwrap(), ready);
    }
    sockets[3].recv(&mut [0; 1]).unwrap();
    assert_eq!(wait_for(&sources, PATIENCE).unwrap(), [0, 4]);
}

#[test]
fn every_kind_of_source_can_be_waited_for() {
    let (stream, other) = tcp();
    let (unix, unix_other) = UnixStream::pair().unwrap();
    let (datagram, datagram_other) = UnixDatagram::pair().unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("listener");
    let unix_listener = UnixListener::bind(&path).unwrap();

    let std_listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let std_udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (std_unix, std_unix_other) = std::os::unix::net::UnixStream::pair().unwrap();
    let (std_datagram, std_datagram_other) = std::os::unix::net::UnixDatagram::pair().unwrap();
    let std_path = directory.path().join("std");
    let std_unix_listener = std::os::unix::net::UnixListener::bind(&std_path).unwrap();
    let (std_stream, std_other) = tcp();
    let std_stream = std_stream.into_std();
    let (pipe, pipe_end) = nix::unistd::pipe().unwrap();
    let (owned, owned_other) = tcp();
    let owned = OwnedFd::from(owned);
    let (boxed, boxed_other) = tcp();
    let boxed: Box<dyn Source> = Box::new(boxed);
    let (shared, shared_other) = tcp();
    let shared = Arc::new(shared);
    let reader = BufReader::new(&stream);

    let sources: [&dyn Source; 17] = [
        &stream,
        &unix,
        &datagram,
        &udp,
        &listener,
        &unix_listener,
        &std_stream,
        &std_unix,
        &std_datagram,
        &std_udp,
        &std_listener,
        &std_unix_listener,
        &pipe.as_fd(),
        &owned,
        &boxed,
        &shared,
        &reader,
    ];
    assert_eq!(wait_for(&sources, NOW).unwrap(), []);

    File::from(pipe_end).write_all(b"x").unwrap();
    std_unix_other.shutdown(Shutdown::Write).unwrap();
    std_datagram_other.send(b"x").unwrap();
    unix_other.send(b"x").unwrap();
    datagram_other.send(b"x").unwrap();
    for stream in [
        &other,
        &std_other,
        &owned_other,
        &boxed_other,
        &shared_other,
    ] {
        stream.send(b"x").unwrap();
    }
    udp.send_to(b"x", udp.local_addr().unwrap()).unwrap();
    std_udp
        .send_to(b"x", std_udp.local_addr().unwrap())
        .unwrap();
    let _connections = (
        TcpStream::connect(listener.local_addr().unwrap()).unwrap(),
        TcpStream::connect(std_listener.local_addr().unwrap()).unwrap(),
        UnixStream::connect(&path).unwrap(),
        UnixStream::connect(&std_path).unwrap(),
    );
    let all: Vec<_> = (0..sources.len()).collect();
    assert_eq!(wait_for(&sources, PATIENCE).unwrap(), all);
}

#[test]
fn a_source_may_stand_there_twice() {
    let (one, two) = tcp();
    two.send(b"x").unwrap();
    assert_eq!(wait_for(&[&one, &two, &one], PATIENCE).unwrap(), [0, 2]);
}

#[test]
fn an_interest_is_told_from_the_other() {
    let (one, two) = tcp();
    assert_eq!(readiness(&one, Interest::READABLE, NOW), None);
    let writable = readiness(&one, Interest::WRITABLE, PATIENCE).unwrap();
    assert!(writable.is_writable() && !writable.is_readable());
    assert_eq!(readiness(&one, BOTH(), PATIENCE), Some(writable));
    two.send(b"x").unwrap();
    let readable = readiness(&one, Interest::READABLE, PATIENCE).unwrap();
    assert!(readable.is_readable() && !readable.is_writable());
    let both = readiness(&one, BOTH(), PATIENCE).unwrap();
    assert!(both.is_readable() && both.is_writable());
    assert!(!both.is_error() && !both.is_hung_up());
}

#[rstest]
#[case::in_its_buffer(b"one\ntwo\n", true)]
#[case::all_read(b"one\n", false)]
fn what_a_reader_has_in_its_buffer_makes_it_readable_at_once(
    #[case] sent: &[u8],
    #[case] ready: bool,
) {
    let (one, two) = tcp();
    two.send(sent).unwrap();
    // The system must have all of it, or the reader might not.
    let (mut all, begin) = ([0; 16], Instant::now());
    while one.peek(&mut all).unwrap() < sent.len() {
        assert!(begin.elapsed() < PATIENCE);
    }
    let mut reader = BufReader::new(&one);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "one\n");

    assert_eq!(wait_for(&[&one], NOW).unwrap(), []);
    let until = if ready { PATIENCE } else { NOW };
    let expected = if ready { vec![1] } else { vec![] };
    let begin = Instant::now();
    assert_eq!(wait_for(&[&one, &reader], until).unwrap(), expected);
    assert!(begin.elapsed() < PATIENCE / 2, "it is ready at once");
    // A buffer is no room to write to.
    let writable = readiness(&reader, Interest::WRITABLE, PATIENCE).unwrap();
    assert!(writable.is_writable() && !writable.is_readable());
    let both = readiness(&reader, BOTH(), PATIENCE).unwrap();
    assert_eq!((both.is_readable(), both.is_writable()), (ready, true));
    // Others are not forgotten over it.
    if ready {
        one.send(b"x").unwrap();
        wait_for(&[&two], PATIENCE).unwrap();
        assert_eq!(wait_for(&[&reader, &two], PATIENCE).unwrap(), [0, 1]);
    }
}

#[test]
fn the_peers_close_is_readable_and_a_reset_is_an_error() {
    let (one, two) = tcp();
    two.shutdown(Shutdown::Write).unwrap();
    assert_eq!(wait_for(&[&one], PATIENCE).unwrap(), [0]);
    assert_eq!(one.recv(&mut [0; 1]).unwrap(), 0);
    let half = readiness(&one, Interest::READABLE, PATIENCE).unwrap();
    assert!(half.is_readable() && !half.is_error() && !half.is_hung_up());
    one.shutdown(Shutdown::Write).unwrap();
    // Whoever waits for either learns of the end.
    for interest in [Interest::READABLE, Interest::WRITABLE] {
        let ended = readiness(&one, interest, PATIENCE).unwrap();
        assert_eq!(ended.is_readable(), interest == Interest::READABLE);
        assert_eq!(ended.is_writable(), interest == Interest::WRITABLE);
    }

    let (one, two) = tcp();
    two.abort().unwrap();
    assert_eq!(wait_for(&[&one], PATIENCE).unwrap(), [0]);
    for interest in [Interest::READABLE, Interest::WRITABLE] {
        let reset = readiness(&one, interest, PATIENCE).unwrap();
        assert!(reset.is_error());
        assert_eq!(reset.is_readable(), interest == Interest::READABLE);
        assert_eq!(reset.is_writable(), interest == Interest::WRITABLE);
    }
    let error = one.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionReset);
}

/// `POLLHUP` comes without `POLLIN` here.
#[test]
fn a_hang_up_alone_is_readable_and_writable() {
    let (pipe, other) = nix::unistd::pipe().unwrap();
    drop(other);
    let readable = readiness(&pipe, Interest::READABLE, PATIENCE).unwrap();
    assert!(readable.is_readable() && readable.is_hung_up() && !readable.is_writable());
    let writable = readiness(&pipe, Interest::WRITABLE, PATIENCE).unwrap();
    assert!(writable.is_writable() && writable.is_hung_up() && !writable.is_readable());
}

/// A descriptor for a path alone is closed as far as any call of a socket can tell.
#[cfg(target_os = "linux")]
#[test]
fn one_that_is_closed_is_ready_with_an_error_and_the_others_are_told_too() {
    use nix::fcntl::{OFlag, open};

    let closed: OwnedFd = open("/", OFlag::O_PATH, nix::sys::stat::Mode::empty()).unwrap();
    let (one, two) = tcp();
    let sources: [&dyn Source; 2] = [&one, &closed];
    assert_eq!(wait_for(&sources, PATIENCE).unwrap(), [1]);
    two.send(b"x").unwrap();
    wait_for(&[&one], PATIENCE).unwrap();
    assert_eq!(wait_for(&sources, PATIENCE).unwrap(), [0, 1]);
    for interest in [Interest::READABLE, Interest::WRITABLE] {
        assert!(readiness(&closed, interest, PATIENCE).unwrap().is_error());
    }
    // Who goes on with it learns what it is.
    let closed = TcpStream::from(closed);
    let error = closed.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::BadFileDescriptor);
}

#[test]
fn at_the_deadline_there_is_none_and_not_before() {
    let (one, two) = tcp();
    let begin = Instant::now();
    assert_eq!(wait_for(&[&one, &two], SOON).unwrap(), []);
    assert!(begin.elapsed() >= SOON);
    let begin = Instant::now();
    let deadline = Deadline::from(begin + SOON);
    assert_eq!(readiness_until(&one, deadline), []);
    assert!(begin.elapsed() >= SOON);
}

fn readiness_until(source: &dyn Source, deadline: Deadline) -> Vec<(usize, Readiness)> {
    wait_for_each(&[(source, Interest::READABLE)], deadline).unwrap()
}

#[test]
fn a_deadline_that_has_passed_means_to_look_once() {
    let (one, two) = tcp();
    let past = Instant::now();
    assert_eq!(wait_for(&[&one], past).unwrap(), []);
    two.send(b"x").unwrap();
    wait_for(&[&one], PATIENCE).unwrap();
    assert_eq!(wait_for(&[&one], past).unwrap(), [0]);
    assert_eq!(wait_for(&[&one], NOW).unwrap(), [0]);
}

#[test]
fn without_sources_it_waits_for_the_deadline() {
    let begin = Instant::now();
    assert_eq!(wait_for(&[], SOON).unwrap(), []);
    assert_eq!(wait_for_each(&[], SOON).unwrap(), []);
    assert!(begin.elapsed() >= 2 * SOON);
    assert_eq!(wait_for(&[], NOW).unwrap(), []);
}

#[test]
fn it_ends_as_soon_as_something_comes() {
    let (one, two) = tcp();
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            barrier.wait();
            two.send(b"x").unwrap();
        });
        barrier.wait();
        assert_eq!(wait_for(&[&one], PATIENCE).unwrap(), [0]);
    });
}

#[rstest]
#[case::with_sources(true)]
#[case::without(false)]
fn a_cancel_ends_it_but_not_before_what_is_ready(#[case] with_sources: bool) {
    let (one, two) = tcp();
    let sources: &[&dyn Source] = if with_sources { &[&one] } else { &[] };
    let cancel = Cancel::new().unwrap();
    assert_eq!(wait_for(sources, cancel.or(SOON)).unwrap(), []);
    thread::scope(|scope| {
        scope.spawn(|| cancel.cancel());
        let error = wait_for(sources, &cancel).unwrap_err();
        assert_eq!(error.condition(), Condition::Cancelled);
        assert_eq!(error.operation(), Operation::Wait);
    });
    let error = wait_for(sources, cancel.or(NOW)).unwrap_err();
    assert_eq!(error.condition(), Condition::Cancelled);
    two.send(b"x").unwrap();
    wait_for(&[&one], PATIENCE).unwrap();
    assert_eq!(wait_for(&[&one], &cancel).unwrap(), [0]);
}

#[test]
fn waiting_takes_nothing_away() {
    let (one, two) = tcp();
    two.send(b"x").unwrap();
    for _ in 0..3 {
        assert_eq!(wait_for(&[&one], PATIENCE).unwrap(), [0]);
    }
    (&one).read_exact(&mut [0]).unwrap();
    assert_eq!(wait_for(&[&one], NOW).unwrap(), []);
}
