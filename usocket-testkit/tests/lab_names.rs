//! Names that the C library looks up, through std.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

use std::net::{IpAddr, ToSocketAddrs};
use std::time::Duration;

use usocket::{Condition, Deadline};
use usocket_testkit::Lab;
use usocket_testkit::lab::{Fate, Malformed, QueryType, Record, Response};

const WATCHDOG: Duration = Duration::from_secs(30);

fn addresses(name: &str) -> Vec<IpAddr> {
    let mut found: Vec<_> = (name, 80)
        .to_socket_addrs()
        .unwrap()
        .map(|addr| addr.ip())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[track_caller]
fn fails(name: &str) -> Condition {
    let error = usocket::resolve::lookup(name, Deadline::from(WATCHDOG)).unwrap_err();
    error.condition()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn names_have_the_addresses_that_were_said() {
    let lab = Lab::new().unwrap();
    lab.names().add("four.test", [ip("10.77.1.5")]);
    lab.names().add("six.test", [ip("fd77::5")]);
    lab.names()
        .add("both.test", [ip("10.77.1.5"), ip("fd77::5")]);
    assert_eq!(addresses("four.test"), [ip("10.77.1.5")]);
    assert_eq!(addresses("six.test"), [ip("fd77::5")]);
    assert_eq!(addresses("both.test"), [ip("10.77.1.5"), ip("fd77::5")]);
    assert_eq!(addresses("localhost").first(), Some(&ip("127.0.0.1")));
}

#[test]
fn more_addresses_than_a_datagram_holds_come_over_tcp() {
    let lab = Lab::new().unwrap();
    let many: Vec<_> = (0..200)
        .map(|last| IpAddr::from([10, 77, 3, last]))
        .collect();
    lab.names().add("many.test", many.clone());
    assert_eq!(addresses("many.test"), many);
}

#[test]
fn an_alias_leads_to_the_name() {
    let lab = Lab::new().unwrap();
    lab.names().add("real.test", [ip("10.77.1.5")]);
    lab.names().set(
        "alias.test",
        vec![Record::Cname("real.test".parse().unwrap())],
    );
    assert_eq!(addresses("alias.test"), [ip("10.77.1.5")]);
}

#[test]
fn each_failure_has_its_condition() {
    let lab = Lab::new().unwrap();
    assert_eq!(fails("never-heard-of.test"), Condition::HostNotFound);
    for (fate, condition) in [
        (Fate::NxDomain, Condition::HostNotFound),
        (Fate::NoData, Condition::NoData),
        (Fate::ServFail, Condition::TryAgain),
        (Fate::Refused, Condition::TryAgain),
    ] {
        lab.names().set("wrong.test", Response::from(fate.clone()));
        assert_eq!(fails("wrong.test"), condition, "{fate:?}");
    }
}

#[test]
fn silence_and_the_answers_of_others_end_in_try_again() {
    let lab = Lab::new().unwrap();
    lab.names().set("silent.test", Fate::Silent);
    assert_eq!(fails("silent.test"), Condition::TryAgain);
    lab.names().set(
        "other.test",
        Fate::WrongId(vec![Record::A([10, 77, 1, 5].into())]),
    );
    assert_eq!(fails("other.test"), Condition::TryAgain);
}

#[test]
fn one_family_can_fail_alone() {
    let lab = Lab::new().unwrap();
    lab.names().add("half.test", [ip("10.77.1.5")]).set_for(
        "half.test",
        QueryType::Aaaa,
        Fate::NoData,
    );
    assert_eq!(addresses("half.test"), [ip("10.77.1.5")]);
}

#[test]
fn nothing_malformed_hangs_or_breaks_the_look_up() {
    let lab = Lab::new().unwrap();
    for flaw in Malformed::ALL {
        lab.names().set("bad.test", Fate::Malformed(*flaw));
        // What comes of it is the C library's affair; that something does is ours.
        let _ = usocket::resolve::lookup("bad.test", Deadline::from(WATCHDOG));
    }
    lab.names().add("bad.test", [ip("10.77.1.5")]);
    assert_eq!(addresses("bad.test"), [ip("10.77.1.5")]);
}

#[test]
fn an_answer_takes_the_time_that_was_said() {
    const DELAY: Duration = Duration::from_millis(50);
    let lab = Lab::new().unwrap();
    lab.names().set(
        "slow.test",
        Response::addresses([ip("10.77.1.5")]).delayed(DELAY),
    );
    let began = std::time::Instant::now();
    assert_eq!(addresses("slow.test"), [ip("10.77.1.5")]);
    assert!(began.elapsed() >= DELAY, "{:?}", began.elapsed());
}

#[test]
fn what_is_no_name_is_said_at_once() {
    let lab = Lab::new().unwrap();
    let long = "a".repeat(64);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        _ = lab.names().add(&long, []);
    }));
    assert!(
        panic
            .unwrap_err()
            .downcast_ref::<String>()
            .unwrap()
            .starts_with("lab: ")
    );
    lab.names().add("fine.test", [ip("10.77.1.5")]);
    assert_eq!(addresses("fine.test"), [ip("10.77.1.5")]);
}
