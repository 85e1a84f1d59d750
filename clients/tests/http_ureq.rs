//! ureq, an HTTP client that blocks. What is said of it holds for ureq 3.5.2.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!(); // once per test file

mod http;
mod server;

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use http::{HALF, UNTIL_CLOSED, WHOLE, server};
use rstest::rstest;
use server::Then;
use usocket_testkit::lab::Fate;
use usocket_testkit::{Errno, Lab, fixtures::lab};

/// For what ends by itself.
const WATCHDOG: Duration = Duration::from_secs(30);
/// For what does not.
const PATIENCE: Duration = Duration::from_millis(100);
/// Linux counts a socket's time limit in ticks, the one that has begun included: it may end a tick early. None is longer.
const TICK: Duration = Duration::from_millis(10);

/// The client under test: a page, within that time.
fn get(url: &str, patience: Duration) -> Result<String, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .proxy(None) // none that the environment names
        .timeout_global(Some(patience))
        .build();
    let mut response = config.new_agent().get(url).call()?;
    response.body_mut().read_to_string()
}

/// What the system said.
fn errno(error: &ureq::Error) -> Option<Errno> {
    match error {
        ureq::Error::Io(error) => Errno::of(error),
        _ => None,
    }
}

#[rstest]
fn says_that_the_host_refuses(lab: Lab) {
    let host = lab.host("10.77.1.5").refuse();
    let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::ECONNREFUSED));
}

/// A fact, not a wish: code that walks the sources, as loggers do, finds nothing there.
#[rstest]
fn has_no_sources(lab: Lab) {
    let host = lab.host("10.77.1.5").refuse();
    let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
    assert!(error.source().is_none());
}

#[rstest]
fn says_that_the_host_is_down(lab: Lab) {
    let host = lab.host("10.77.1.5").icmp(3, 7);
    let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EHOSTDOWN));
}

#[rstest]
fn says_that_the_host_is_unreachable(lab: Lab) {
    let host = lab.host("10.77.1.5").icmp(3, 1);
    let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EHOSTUNREACH));
}

#[rstest]
fn gives_up_on_a_silent_host(lab: Lab) {
    let host = lab.host("10.77.1.5").silent();
    let error = gives_up(&format!("http://{}/", host.addr(80)));
    assert!(matches!(error, ureq::Error::Timeout(_)), "{error:?}");
}

#[rstest]
fn says_what_the_last_address_said(lab: Lab) {
    let refuses = lab.host("10.77.1.5").refuse();
    let is_down = lab.host("10.77.1.6").icmp(3, 7);
    lab.names().add("two.test", [refuses.ip(), is_down.ip()]);
    let error = get("http://two.test/", WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EHOSTDOWN));
}

#[rstest]
#[case::no_such_name(Fate::NxDomain, "Name or service not known")]
#[case::the_server_failed(Fate::ServFail, "Temporary failure in name resolution")]
fn cannot_look_the_name_up(lab: Lab, #[case] fate: Fate, #[case] text: &str) {
    lab.names().set("web.test", fate);
    let error = get("http://web.test/", WATCHDOG).unwrap_err();
    // Not `Error::HostNotFound`: std's error, and of that the text is all there is.
    assert!(matches!(error, ureq::Error::Io(_)), "{error:?}");
    assert_eq!(errno(&error), None);
    if cfg!(target_env = "gnu") {
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[rstest]
fn gives_up_on_a_silent_name_server(lab: Lab) {
    lab.names().set("web.test", Fate::Silent);
    let error = gives_up("http://web.test/");
    assert!(matches!(error, ureq::Error::Timeout(_)), "{error:?}");
}

#[rstest]
fn reads_a_whole_page(lab: Lab) {
    let (_server, url) = server(&lab, WHOLE, Then::Close);
    assert_eq!(get(&url, WATCHDOG).unwrap(), "hello");
}

#[rstest]
fn says_that_it_was_reset_before_the_answer(lab: Lab) {
    let (_server, url) = server(&lab, "", Then::Reset);
    let error = get(&url, WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::ECONNRESET));
}

/// A fact, not a wish: the reset is lost on the way. Its caller cannot tell a server that crashed from one that a
/// firewall cut off.
#[rstest]
#[case::the_server_died(Then::Close)]
#[case::the_connection_was_reset(Then::Reset)]
fn says_that_the_body_ended_early_but_not_why(lab: Lab, #[case] then: Then) {
    let (_server, url) = server(&lab, HALF, then);
    let error = get(&url, WATCHDOG).unwrap_err();
    let ureq::Error::Io(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(error.to_string(), "Peer disconnected");
}

/// A fact, not a wish: of a body without a length, what came before a reset is taken for the whole.
#[rstest]
fn takes_a_reset_for_the_end_of_the_page(lab: Lab) {
    let (_server, url) = server(&lab, UNTIL_CLOSED, Then::Reset);
    assert_eq!(get(&url, WATCHDOG).unwrap(), "hello");
}

#[rstest]
#[case::stalls(Then::Stall)]
#[case::drips(Then::Drip)]
fn gives_up_on_a_slow_body(lab: Lab, #[case] then: Then) {
    const LONG: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    let (_server, url) = server(&lab, LONG, then);
    let error = gives_up(&url);
    assert!(matches!(error, ureq::Error::Timeout(_)), "{error:?}");
}

/// What the client says where its patience ends: not before it has, but for the ticks in which the kernel counts it.
#[track_caller]
fn gives_up(url: &str) -> ureq::Error {
    let began = Instant::now();
    let error = get(url, PATIENCE).unwrap_err();
    assert!(
        began.elapsed() + TICK >= PATIENCE,
        "{:?}: {error}",
        began.elapsed()
    );
    error
}
