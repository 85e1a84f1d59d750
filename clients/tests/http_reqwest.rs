//! reqwest, an asynchronous HTTP client, in a runtime of several threads. What is said of it holds for reqwest 0.13.5.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!(); // once per test file

mod http;
mod server;

use std::error::Error;
use std::io;
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

/// The client under test: a page, within that time.
async fn page(url: String, patience: Duration) -> Result<String, reqwest::Error> {
    let client = reqwest::Client::builder()
        .no_proxy() // none that the environment names
        .timeout(patience)
        .build()?;
    client.get(url).send().await?.text().await
}

/// The same in a runtime. It is built after the lab, so that its threads are in the lab.
fn get(url: &str, patience: Duration) -> Result<String, reqwest::Error> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    let page = runtime.spawn(page(url.to_string(), patience));
    runtime.block_on(page).unwrap()
}

/// The error, and those under it.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |&error| {
        error.source()
    })
}

/// What the system said.
fn errno(error: &reqwest::Error) -> Option<Errno> {
    chain(error).find_map(|error| Errno::of(error.downcast_ref()?))
}

#[rstest]
fn says_that_the_host_refuses(lab: Lab) {
    let host = lab.host("10.77.1.5").refuse();
    let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
    assert!(error.is_connect());
    assert_eq!(errno(&error), Some(Errno::ECONNREFUSED));
}

#[rstest]
fn says_that_the_host_is_down(lab: Lab) {
    let host = lab.host("10.77.1.5").icmp(3, 7);
    let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
    assert!(error.is_connect());
    assert_eq!(errno(&error), Some(Errno::EHOSTDOWN));
}

#[rstest]
fn says_that_the_host_is_unreachable(lab: Lab) {
    let host = lab.host("10.77.1.5").icmp(3, 1);
    let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
    assert!(error.is_connect());
    assert_eq!(errno(&error), Some(Errno::EHOSTUNREACH));
}

/// A fact, not a wish: the text names the page, and nothing of what happened. Who prints it without its sources prints
/// the same line for a refusal, a host that is down, and one that says nothing.
#[rstest]
fn prints_one_text_for_every_reason(lab: Lab) {
    let host = lab.host("10.77.1.5").refuse();
    let url = format!("http://{}/", host.ip());
    let text = format!("error sending request for url ({url})");
    assert_eq!(get(&url, WATCHDOG).unwrap_err().to_string(), text);
    host.icmp(3, 7);
    assert_eq!(get(&url, WATCHDOG).unwrap_err().to_string(), text);
    host.silent();
    assert_eq!(get(&url, PATIENCE).unwrap_err().to_string(), text);
}

#[rstest]
fn gives_up_on_a_silent_host(lab: Lab) {
    let host = lab.host("10.77.1.5").silent();
    let error = gives_up(&format!("http://{}/", host.addr(80)));
    // Where it was by then, it does not say.
    assert!(!error.is_connect());
}

#[rstest]
fn says_what_the_first_address_said(lab: Lab) {
    let refuses = lab.host("10.77.1.5").refuse();
    let is_down = lab.host("10.77.1.6").icmp(3, 7);
    lab.names().add("two.test", [refuses.ip(), is_down.ip()]);
    let error = get("http://two.test/", WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::ECONNREFUSED));
}

#[rstest]
#[case::no_such_name(Fate::NxDomain, "Name or service not known")]
#[case::the_server_failed(Fate::ServFail, "Temporary failure in name resolution")]
fn cannot_look_the_name_up(lab: Lab, #[case] fate: Fate, #[case] text: &str) {
    lab.names().set("web.test", fate);
    let error = get("http://web.test/", WATCHDOG).unwrap_err();
    assert!(error.is_connect());
    assert_eq!(errno(&error), None);
    let said = format!("{error:?}");
    assert!(said.contains("dns error"), "{said}");
    if cfg!(target_env = "gnu") {
        assert!(said.contains(text), "{said}");
    }
}

#[rstest]
fn reads_a_whole_page(lab: Lab) {
    let (_server, url) = server(&lab, WHOLE, Then::Close);
    assert_eq!(get(&url, WATCHDOG).unwrap(), "hello");
}

#[rstest]
#[case::before_the_answer("")]
#[case::in_the_middle(HALF)]
#[case::in_the_middle_of_a_page_without_a_length(UNTIL_CLOSED)]
fn says_that_it_was_reset(lab: Lab, #[case] says: &'static str) {
    let (_server, url) = server(&lab, says, Then::Reset);
    let error = get(&url, WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::ECONNRESET));
}

#[rstest]
fn says_that_the_server_died_in_the_middle(lab: Lab) {
    let (_server, url) = server(&lab, HALF, Then::Close);
    let error = get(&url, WATCHDOG).unwrap_err();
    // Under the name of a failure to decode.
    assert!(error.is_decode() && !error.is_body(), "{error:?}");
    assert_eq!(errno(&error), None);
    let mut kinds = chain(&error).filter_map(|source| source.downcast_ref::<io::Error>());
    assert!(
        kinds.any(|error| error.kind() == io::ErrorKind::UnexpectedEof),
        "{error:?}"
    );
}

#[rstest]
#[case::stalls(Then::Stall)]
#[case::drips(Then::Drip)]
fn gives_up_on_a_slow_body(lab: Lab, #[case] then: Then) {
    const LONG: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    let (_server, url) = server(&lab, LONG, then);
    gives_up(&url);
}

/// What the client says where its patience ends, which is not before it has ended.
#[track_caller]
fn gives_up(url: &str) -> reqwest::Error {
    let began = Instant::now();
    let error = get(url, PATIENCE).unwrap_err();
    assert!(
        began.elapsed() >= PATIENCE,
        "{:?}: {error}",
        began.elapsed()
    );
    assert!(error.is_timeout(), "{error:?}");
    error
}
