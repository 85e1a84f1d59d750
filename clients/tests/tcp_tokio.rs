//! A client on tokio's sockets, in a runtime of several threads.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod server;

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use rstest::rstest;
use server::{Server, Then};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use usocket_testkit::lab::Fate;
use usocket_testkit::{Errno, Lab, fixtures::lab};

/// For what ends by itself.
const WATCHDOG: Duration = Duration::from_secs(30);
/// For what does not.
const PATIENCE: Duration = Duration::from_millis(100);

/// Asks for an answer of 1000 bytes, and waits no longer than that.
async fn ask(server: String, patience: Duration) -> io::Result<Vec<u8>> {
    let answer = tokio::time::timeout(patience, async {
        let mut stream = TcpStream::connect(server).await?;
        stream.write_all(b"?").await?;
        let mut answer = vec![0; 1000];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    });
    answer.await?
}

/// The same on a thread of a runtime. It is built after the lab, so that its threads are in the lab under plain
/// `cargo test` too.
fn asked(server: &dyn ToString, patience: Duration) -> io::Result<Vec<u8>> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.spawn(ask(server.to_string(), patience));
    runtime.block_on(answer).unwrap()
}

/// What the client says where its patience ends, which is not before it has ended.
#[track_caller]
fn gives_up(server: &dyn ToString) -> io::Error {
    let began = Instant::now();
    let error = asked(server, PATIENCE).unwrap_err();
    assert!(
        began.elapsed() >= PATIENCE,
        "{:?}: {error}",
        began.elapsed()
    );
    error
}

#[rstest]
fn is_refused(lab: Lab) {
    let host = lab.host("10.77.1.5").refuse();
    let error = asked(&host.addr(80), WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::ECONNREFUSED));
}

#[rstest]
#[case::unreachable(1, Errno::EHOSTUNREACH)]
#[case::down(7, Errno::EHOSTDOWN)]
fn is_told_by_icmp(lab: Lab, #[case] code: u8, #[case] expected: Errno) {
    let host = lab.host("10.77.1.5").icmp(3, code);
    let error = asked(&host.addr(80), WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(expected));
}

#[rstest]
fn goes_on_to_the_next_address(lab: Lab) {
    let refuses = lab.host("10.77.1.5").refuse();
    let is_down = lab.host("10.77.1.6").icmp(3, 7);
    lab.names().add("two.test", [refuses.ip(), is_down.ip()]);
    let error = asked(&"two.test:80", WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
}

#[rstest]
#[case::no_such_name(Fate::NxDomain, "Name or service not known")]
#[case::the_server_failed(Fate::ServFail, "Temporary failure in name resolution")]
fn cannot_look_the_name_up(lab: Lab, #[case] fate: Fate, #[case] text: &str) {
    lab.names().set("web.test", fate);
    let error = asked(&"web.test:80", WATCHDOG).unwrap_err();
    // As std, which it asks: the text is all there is, and the C library's own.
    assert_eq!(Errno::of(&error), None);
    if cfg!(target_env = "gnu") {
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[rstest]
fn is_reset_in_the_middle(lab: Lab) {
    let server = Server::start(&lab, "?", "hello", Then::Reset);
    let error = asked(&server.addr(), WATCHDOG).unwrap_err();
    assert_eq!(Errno::of(&error), Some(Errno::ECONNRESET));
}

#[rstest]
fn notices_that_the_server_died_in_the_middle(lab: Lab) {
    let server = Server::start(&lab, "?", "hello", Then::Close);
    let error = asked(&server.addr(), WATCHDOG).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[rstest]
fn gives_up_on_a_silent_host(lab: Lab) {
    let host = lab.host("10.77.1.5").silent();
    assert_eq!(gives_up(&host.addr(80)).kind(), ErrorKind::TimedOut);
}

#[rstest]
#[case::stalls(Then::Stall)]
#[case::drips(Then::Drip)]
fn gives_up_on_a_slow_server(lab: Lab, #[case] then: Then) {
    let server = Server::start(&lab, "?", "hello", then);
    assert_eq!(gives_up(&server.addr()).kind(), ErrorKind::TimedOut);
}
