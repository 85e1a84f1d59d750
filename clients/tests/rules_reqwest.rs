//! reqwest under system-call rules. What is said of it holds for reqwest 0.13.5.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod far;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use far::http::{HALF, UNTIL_CLOSED, WHOLE, server, server_that_waits, url};
use far::{PATIENCE, WATCHDOG, errno, kind, run};
use rstest::rstest;
use usocket_testkit::fixtures::{faults, lab};
use usocket_testkit::{Errno, Faults, Lab, Operation};

/// Hosts that a lab knows nothing of.
const TWO: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 8)),
];

/// The client under test: a page, within that time.
fn get(url: &str, patience: Duration) -> Result<String, reqwest::Error> {
    let url = url.to_string();
    run(async move {
        let client = reqwest::Client::builder()
            .no_proxy() // none that the environment names
            .timeout(patience)
            .build()?;
        client.get(url).send().await?.text().await
    })
}

/// The same, with something between the head of the answer and its body.
fn get_half<T: Send + 'static>(
    url: &str,
    between: impl FnOnce() -> T + Send + 'static,
) -> (Result<String, reqwest::Error>, T) {
    let url = url.to_string();
    run(async move {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let response = client.get(url).send().await.unwrap();
        let between = between();
        (response.text().await, between)
    })
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::unreachable(Errno::ENETUNREACH)]
#[case::network_reset(Errno::ENETRESET)]
#[case::no_port_left(Errno::EADDRNOTAVAIL)]
#[case::timed_out(Errno::ETIMEDOUT)]
#[case::no_room(Errno::ENOBUFS)]
#[case::forbidden(Errno::EPERM)]
#[case::interrupted(Errno::EINTR)]
fn says_what_connect_said(faults: Faults, #[case] errno: Errno) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Connect).to(far.addr()).errno(errno);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(far::errno(&error), Some(errno));
    assert_eq!((rule.hits(), far.requests()), (1, 0));
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::timed_out(Errno::ETIMEDOUT)]
fn says_what_came_of_a_connect_in_progress(faults: Faults, #[case] errno: Errno) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Connect).to(far.addr()).so_error(errno);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(far::errno(&error), Some(errno));
    assert_eq!(rule.hits(), 1);
}

/// It has no timer of its own in this: the system said so, at once.
#[rstest]
fn calls_the_systems_timeout_a_timeout(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults
        .on(Operation::Connect)
        .to(far.addr())
        .errno(Errno::ETIMEDOUT);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert!(error.is_timeout() && error.is_connect(), "{error:?}");
    assert_eq!(rule.hits(), 1);
}

/// A socket that says it is ready and never is.
#[rstest]
fn gives_up_where_nothing_can_be_read(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .errno(Errno::EAGAIN);
    let began = Instant::now();
    let error = get(&url(&far), PATIENCE).unwrap_err();
    assert!(began.elapsed() >= PATIENCE);
    assert!(error.is_timeout(), "{error:?}");
    rule.assert_hit();
}

#[rstest]
fn tells_that_there_are_no_descriptors_left(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Socket).streams().errno(Errno::EMFILE);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(errno(&error), Some(Errno::EMFILE));
    assert_eq!(rule.hits(), 1);
}

/// A fact, not a wish. A call that does not wait is hardly ever interrupted, but who tries again is safe.
#[rstest]
#[case::sending(Operation::Send)]
#[case::receiving(Operation::Receive)]
fn gives_up_when_interrupted(faults: Faults, #[case] operation: Operation) {
    let far = server(WHOLE);
    let rule = faults
        .on(operation)
        .to(far.addr())
        .times(1)
        .errno(Errno::EINTR);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EINTR));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn works_byte_by_byte(faults: Faults) {
    let far = server(WHOLE);
    let sends = faults.on(Operation::Send).to(far.addr()).short(1);
    let receives = faults.on(Operation::Receive).to(far.addr()).short(1);
    assert_eq!(get(&url(&far), WATCHDOG).unwrap(), "hello");
    // What it calls to see the end, or that there is nothing, counts too.
    assert!(receives.hits() >= WHOLE.len() as u64);
    assert!(sends.hits() > 16, "{}", sends.hits());
    assert_eq!(far.requests(), 1);
}

/// The request has gone out: asking again could do twice what is to be done once.
#[rstest]
fn does_not_ask_again_when_sending_failed_after_all(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults
        .on(Operation::Send)
        .to(far.addr())
        .times(1)
        .errno_after(Errno::ECONNRESET);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::ECONNRESET));
    assert_eq!(rule.hits(), 1);
}

/// An error of hyper's own, under which std has none.
#[rstest]
fn notices_the_end_before_the_answer(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Receive).to(far.addr()).times(1).eof();
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(kind(&error), None);
    let said = format!("{error:?}");
    assert!(said.contains("IncompleteMessage"), "{said}");
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn notices_the_end_in_the_body(faults: Faults) {
    let (far, gate) = server_that_waits(HALF);
    let addr = far.addr();
    let (error, rule) = get_half(&url(&far), move || {
        let rule = faults.on(Operation::Receive).to(addr).times(1).eof();
        drop(gate);
        (rule, faults)
    });
    assert_eq!(kind(&error.unwrap_err()), Some(ErrorKind::UnexpectedEof));
    assert_eq!(rule.0.hits(), 1);
}

#[rstest]
#[case::with_a_length(HALF)]
#[case::without(UNTIL_CLOSED)]
fn keeps_the_reason_in_the_body(
    faults: Faults,
    #[case] says: &'static str,
    #[values(
        Errno::ECONNRESET,
        Errno::EHOSTUNREACH,
        Errno::ENETRESET,
        Errno::ETIMEDOUT
    )]
    errno: Errno,
) {
    let (far, gate) = server_that_waits(says);
    let addr = far.addr();
    let (error, rule) = get_half(&url(&far), move || {
        let calls = faults.on(Operation::Receive).to(addr).times(1);
        let rule = calls.errno(errno);
        drop(gate);
        (rule, faults)
    });
    assert_eq!(far::errno(&error.unwrap_err()), Some(errno));
    assert_eq!(rule.0.hits(), 1);
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::reset(Errno::ECONNRESET)]
#[case::forbidden(Errno::EPERM)]
fn goes_on_to_the_next_address(lab: Lab, #[case] errno: Errno) {
    let (far, faults) = (server(WHOLE), faults());
    lab.names().add("web.test", TWO);
    let first = faults.on(Operation::Connect).to((TWO[0], 80)).errno(errno);
    let second = faults
        .on(Operation::Connect)
        .to((TWO[1], 80))
        .redirect(far.addr());
    assert_eq!(get("http://web.test/", WATCHDOG).unwrap(), "hello");
    assert_eq!((first.hits(), second.hits()), (1, 1));
}

#[rstest]
fn does_not_notice_a_redirection(lab: Lab) {
    let (far, faults) = (server(WHOLE), faults());
    let rule = faults
        .on(Operation::Connect)
        .to((TWO[0], 80))
        .redirect(far.addr());
    let url = format!("http://{}/", TWO[0]);
    assert_eq!(get(&url, WATCHDOG).unwrap(), "hello");
    assert_eq!((rule.hits(), far.requests()), (1, 1));
    drop(lab);
}

#[rstest]
fn cannot_ask_for_the_name(lab: Lab) {
    let faults = faults();
    lab.names().add("web.test", TWO);
    let rule = faults
        .on(Operation::Connect)
        .to_port(53)
        .errno(Errno::ENETUNREACH);
    let error = get("http://web.test/", WATCHDOG).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(errno(&error), None);
    let said = format!("{error:?}");
    assert!(said.contains("dns error"), "{said}");
    if cfg!(target_env = "gnu") {
        assert!(
            said.contains("Temporary failure in name resolution"),
            "{said}"
        );
    }
    rule.assert_hit();
}

/// The calls that move something, and what they moved. The rest is in the recording, which a failure shows.
#[test]
fn calls_this() {
    let far = server(WHOLE);
    let faults = faults();
    let recording = faults.record();
    get(&url(&far), WATCHDOG).unwrap();
    println!("{recording}");
    let of = |call: &str| {
        recording
            .records()
            .iter()
            .filter(|record| record.call() == call)
            .count()
    };
    assert_eq!((of("socket"), of("connect"), of("writev")), (1, 1, 1));
}
