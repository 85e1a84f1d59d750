//! A client on std's own sockets, with one deadline for all it does.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod server;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use rstest::rstest;
use server::{Server, Then};
use usocket_testkit::lab::Fate;
use usocket_testkit::{Errno, Lab, fixtures::lab};

/// For what ends by itself.
const WATCHDOG: Duration = Duration::from_secs(30);
/// For what does not.
const PATIENCE: Duration = Duration::from_millis(100);
/// Linux counts a socket's time limit in ticks, the one that has begun included: it may end a tick early. None is longer.
const TICK: Duration = Duration::from_millis(10);

/// Asks for an answer of 1000 bytes, at one address after the other, and waits no longer than that.
fn ask(server: impl ToSocketAddrs, patience: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + patience;
    let left = || match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::Error::from(ErrorKind::TimedOut)),
        left => Ok(left),
    };
    let mut stream = Err(io::Error::from(ErrorKind::NotFound));
    for addr in server.to_socket_addrs()? {
        stream = TcpStream::connect_timeout(&addr, left()?);
        if stream.is_ok() {
            break;
        }
    }
    let mut stream = stream?;
    stream.set_write_timeout(Some(left()?))?;
    stream.write_all(b"?")?;
    let mut answer = Vec::new();
    while answer.len() < 1000 {
        stream.set_read_timeout(Some(left()?))?;
        let mut buffer = [0; 1000];
        match stream.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => answer.extend_from_slice(&buffer[..length]),
        }
    }
    Ok(answer)
}

/// What the client says where its patience ends, which is not before it has ended.
#[track_caller]
fn gives_up(server: impl ToSocketAddrs) -> io::Error {
    let began = Instant::now();
    let error = ask(server, PATIENCE).unwrap_err();
    assert!(
        began.elapsed() + TICK >= PATIENCE,
        "{:?}: {error}",
        began.elapsed()
    );
    error
}

#[rstest]
fn gets_the_answer_that_there_is(lab: Lab) {
    const ANSWER: &str = match std::str::from_utf8(&[b'a'; 1000]) {
        Ok(text) => text,
        Err(_) => unreachable!(),
    };
    let server = Server::start(&lab, "?", ANSWER, Then::Close);
    assert_eq!(ask(server.addr(), WATCHDOG).unwrap(), ANSWER.as_bytes());
}

#[rstest]
fn is_refused(lab: Lab) {
    let host = lab.host("10.77.1.5").refuse();
    let error = ask(host.addr(80), WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::ECONNREFUSED));
}

#[rstest]
#[case::unreachable(1, Errno::EHOSTUNREACH)]
#[case::down(7, Errno::EHOSTDOWN)]
#[case::forbidden(13, Errno::EHOSTUNREACH)]
fn is_told_by_icmp(lab: Lab, #[case] code: u8, #[case] expected: Errno) {
    let host = lab.host("10.77.1.5").icmp(3, code);
    let error = ask(host.addr(80), WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(expected));
}

#[rstest]
fn gives_up_on_a_silent_host(lab: Lab) {
    let host = lab.host("10.77.1.5").silent();
    let error = gives_up(host.addr(80));
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    // It is std that says so, not the system.
    assert_eq!(Errno::of(&error), None);
}

#[rstest]
fn goes_on_to_the_next_address(lab: Lab) {
    let refuses = lab.host("10.77.1.5").refuse();
    let is_down = lab.host("10.77.1.6").icmp(3, 7);
    lab.names().add("two.test", [refuses.ip(), is_down.ip()]);
    let error = ask("two.test:80", WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
}

#[rstest]
#[case::no_such_name(Fate::NxDomain, "Name or service not known")]
#[case::the_server_failed(Fate::ServFail, "Temporary failure in name resolution")]
fn cannot_look_the_name_up(lab: Lab, #[case] fate: Fate, #[case] text: &str) {
    lab.names().set("web.test", fate);
    let error = ask("web.test:80", WATCHDOG).unwrap_err();
    // std keeps neither the resolver's code nor a kind: the text is all there is, and the C library's own.
    assert_eq!(Errno::of(&error), None);
    if cfg!(target_env = "gnu") {
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[rstest]
fn is_reset_in_the_middle(lab: Lab) {
    let server = Server::start(&lab, "?", "hello", Then::Reset);
    let error = ask(server.addr(), WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::ECONNRESET));
}

#[rstest]
fn notices_that_the_server_died_in_the_middle(lab: Lab) {
    let server = Server::start(&lab, "?", "hello", Then::Close);
    let error = ask(server.addr(), WATCHDOG).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[rstest]
fn gives_up_on_a_server_that_stalls(lab: Lab) {
    let server = Server::start(&lab, "?", "hello", Then::Stall);
    let error = gives_up(server.addr());
    // `EAGAIN`, since that is how POSIX ends a receive with a timeout.
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

#[rstest]
fn gives_up_on_a_server_that_drips(lab: Lab) {
    let server = Server::start(&lab, "?", "hello", Then::Drip);
    let error = gives_up(server.addr());
    let kind = error.kind();
    assert!(
        matches!(kind, ErrorKind::TimedOut | ErrorKind::WouldBlock),
        "{error}"
    );
}
