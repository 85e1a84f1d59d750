//! ureq under system-call rules. What is said of it holds for ureq 3.5.2.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod far;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use far::WATCHDOG;
use far::http::{HALF, UNTIL_CLOSED, WHOLE, server, url};
use rstest::rstest;
use usocket_testkit::faults::Action;
use usocket_testkit::fixtures::{faults, lab};
use usocket_testkit::{Errno, Faults, Lab, Operation};

/// Enough for a connection and a request on any machine.
const ONE_SECOND: Duration = Duration::from_secs(1);
/// Hosts that a lab knows nothing of.
const TWO: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 8)),
];

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
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::unreachable(Errno::ENETUNREACH)]
#[case::network_reset(Errno::ENETRESET)]
#[case::no_port_left(Errno::EADDRNOTAVAIL)]
#[case::no_room(Errno::ENOBUFS)]
#[case::forbidden(Errno::EPERM)]
#[case::interrupted(Errno::EINTR)]
fn says_what_connect_said(faults: Faults, #[case] errno: Errno) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Connect).to(far.addr()).errno(errno);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(self::errno(&error), Some(errno));
    assert_eq!((rule.hits(), far.requests()), (1, 0));
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
fn says_what_came_of_a_connect_in_progress(faults: Faults, #[case] errno: Errno) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Connect).to(far.addr()).so_error(errno);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(self::errno(&error), Some(errno));
    assert_eq!(rule.hits(), 1);
}

/// A fact, not a wish: the system's own timeout is reported as if the client's patience had ended, at once, with
/// thirty seconds left.
#[rstest]
#[case::connect(Operation::Connect)]
#[case::receive(Operation::Receive)]
fn takes_the_systems_timeout_for_its_own(faults: Faults, #[case] operation: Operation) {
    let far = server(WHOLE);
    let rule = faults.on(operation).to(far.addr()).errno(Errno::ETIMEDOUT);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert!(matches!(error, ureq::Error::Timeout(_)), "{error:?}");
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn tells_that_there_are_no_descriptors_left(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Socket).errno(Errno::EMFILE);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EMFILE));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
#[case::sending(Operation::Send)]
#[case::receiving(Operation::Receive)]
fn goes_on_when_interrupted(faults: Faults, #[case] operation: Operation) {
    let far = server(WHOLE);
    let rule = faults
        .on(operation)
        .to(far.addr())
        .times(3)
        .errno(Errno::EINTR);
    assert_eq!(get(&url(&far), WATCHDOG).unwrap(), "hello");
    assert_eq!((rule.hits(), far.requests()), (3, 1));
}

#[rstest]
fn works_byte_by_byte(faults: Faults) {
    let far = server(WHOLE);
    let sends = faults.on(Operation::Send).to(far.addr()).short(1);
    let receives = faults.on(Operation::Receive).to(far.addr()).short(1);
    assert_eq!(get(&url(&far), WATCHDOG).unwrap(), "hello");
    // One more where ureq still looks whether the connection can be kept.
    let bytes = WHOLE.len() as u64;
    assert!(
        (bytes..=bytes + 1).contains(&receives.hits()),
        "{}",
        receives.hits()
    );
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

#[rstest]
#[case::in_the_head(10)]
#[case::in_the_body(HALF.len() - 2)]
fn notices_the_end_in_the_middle(faults: Faults, #[case] bytes: usize) {
    let far = server(HALF);
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .sequence([Action::Short(bytes), Action::Eof]);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    let ureq::Error::Io(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(rule.hits(), 2);
}

/// A fact, not a wish: the reset is lost on the way, and it alone.
#[rstest]
#[case::reset(Errno::ECONNRESET, None)]
#[case::unreachable(Errno::EHOSTUNREACH, Some(Errno::EHOSTUNREACH))]
#[case::network_reset(Errno::ENETRESET, Some(Errno::ENETRESET))]
fn loses_a_reset_in_the_middle(faults: Faults, #[case] errno: Errno, #[case] said: Option<Errno>) {
    let far = server(HALF);
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .skip(1)
        .times(1)
        .errno(errno);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(self::errno(&error), said);
    if said.is_none() {
        assert_eq!(error.to_string(), "io: Peer disconnected");
    }
    assert_eq!(rule.hits(), 1);
}

/// A fact, not a wish: of a body without a length, what came before a reset is taken for the whole.
#[rstest]
fn takes_a_reset_for_the_end_of_the_page(faults: Faults) {
    let far = server(UNTIL_CLOSED);
    let reset = faults
        .on(Operation::Receive)
        .to(far.addr())
        .skip(1)
        .errno(Errno::ECONNRESET);
    assert_eq!(get(&url(&far), WATCHDOG).unwrap(), "hello");
    reset.assert_hit();
}

#[rstest]
#[case::unreachable(Errno::EHOSTUNREACH)]
#[case::network_reset(Errno::ENETRESET)]
fn takes_nothing_else_for_the_end_of_the_page(faults: Faults, #[case] errno: Errno) {
    let far = server(UNTIL_CLOSED);
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .skip(1)
        .times(1)
        .errno(errno);
    let error = get(&url(&far), WATCHDOG).unwrap_err();
    assert_eq!(self::errno(&error), Some(errno));
    assert_eq!(rule.hits(), 1);
}

/// The patience ends while the client waits; what has come by then is taken all the same.
#[rstest]
fn takes_an_answer_that_came_too_late(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .times(1)
        .delay(ONE_SECOND);
    let began = Instant::now();
    assert_eq!(get(&url(&far), ONE_SECOND).unwrap(), "hello");
    assert!(began.elapsed() >= ONE_SECOND);
    assert_eq!(rule.hits(), 1);
}

/// The body needs one more call, and that one is not made.
#[rstest]
fn gives_up_where_more_is_to_come(faults: Faults) {
    let far = server(HALF);
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .times(1)
        .delay(ONE_SECOND);
    let error = get(&url(&far), ONE_SECOND).unwrap_err();
    assert!(matches!(error, ureq::Error::Timeout(_)), "{error:?}");
    assert_eq!(rule.hits(), 1);
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::no_port_left(Errno::EADDRNOTAVAIL)]
#[case::unreachable(Errno::EHOSTUNREACH)]
#[case::network_unreachable(Errno::ENETUNREACH)]
#[case::network_down(Errno::ENETDOWN)]
#[case::timed_out(Errno::ETIMEDOUT)]
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

/// A fact, not a wish: where the first host is down, the second, which lives, is not asked.
#[rstest]
#[case::down(Errno::EHOSTDOWN)]
#[case::reset(Errno::ECONNRESET)]
#[case::forbidden(Errno::EPERM)]
fn does_not_go_on_to_the_next_address(lab: Lab, #[case] errno: Errno) {
    let (far, faults) = (server(WHOLE), faults());
    lab.names().add("web.test", TWO);
    let first = faults.on(Operation::Connect).to((TWO[0], 80)).errno(errno);
    let second = faults
        .on(Operation::Connect)
        .to((TWO[1], 80))
        .redirect(far.addr());
    let error = get("http://web.test/", WATCHDOG).unwrap_err();
    assert_eq!(self::errno(&error), Some(errno));
    assert_eq!((first.hits(), second.hits()), (1, 0));
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
    // std's error, without a number: of `EAI_AGAIN` there is the C library's text.
    assert_eq!(errno(&error), None);
    if cfg!(target_env = "gnu") {
        let text = error.to_string();
        assert!(
            text.contains("Temporary failure in name resolution"),
            "{text}"
        );
    }
    rule.assert_hit();
}

/// All that it does for a page. The last call on the connection looks whether it may be kept.
#[test]
fn calls_this() {
    let far = server(WHOLE);
    let faults = faults();
    let recording = faults.record();
    get(&url(&far), WATCHDOG).unwrap();
    println!("{recording}");
    let calls = recording.into_iter().map(|record| record.operation());
    let expected = [
        Operation::Socket,
        Operation::SetOption, // does not block
        Operation::Connect,
        Operation::SetOption,
        Operation::Wait,
        Operation::SetOption, // TCP_NODELAY
        Operation::SetOption, // SO_SNDTIMEO
        Operation::Send,
        Operation::SetOption, // SO_RCVTIMEO
        Operation::Receive,
        Operation::SetOption,
        Operation::Receive,
    ];
    assert_eq!(calls.take(12).collect::<Vec<_>>(), expected);
}
