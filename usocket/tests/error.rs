//! The error: one word, nothing lost on the way through `io::Error`, and what speaks for many.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;
use usocket::{Attempt, Condition, Deadline, Disposition, Endpoint, Error, Operation};

fn attempt(port: u16, condition: Condition) -> Attempt {
    let peer = SocketAddr::from(([127, 0, 0, 1], port));
    Attempt::new(
        peer,
        condition,
        Duration::ZERO,
        io::Error::from(condition.kind()),
    )
}

#[test]
fn one_word() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Error>>(), size_of::<usize>());
    assert_eq!(
        size_of::<Result<usize, Error>>(),
        size_of::<io::Result<usize>>()
    );
    assert_eq!(size_of::<Condition>(), 1);
    assert_eq!(size_of::<Operation>(), 1);
}

#[test]
fn crosses_threads_and_lives_as_long_as_it_likes() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Error>();
    check::<Attempt>();
    check::<Condition>();
    check::<Deadline>();
    check::<Endpoint>();
}

#[test]
fn the_cause_is_the_source() {
    let cause = io::Error::from_raw_os_error(2);
    let text = cause.to_string();
    let error = Error::from_io(Operation::Connect, cause);
    assert_eq!(
        error.source().expect("the system's error").to_string(),
        text
    );
    assert_eq!(error.raw_os_error(), Some(2));
    assert!(
        !error.to_string().contains(&text),
        "the cause stands in the source only: {error}"
    );
}

#[test]
fn the_source_of_many_is_that_of_the_headline() {
    let refused = Attempt::new(
        ([127, 0, 0, 1], 2).into(),
        Condition::ConnectionRefused,
        Duration::from_millis(5),
        io::Error::from_raw_os_error(7),
    );
    let attempts = vec![attempt(1, Condition::NetworkUnreachable), refused];
    let error = Error::from_attempts(Operation::Connect, "localhost:80", attempts);
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert_eq!(error.peer(), Some(([127, 0, 0, 1], 2).into()));
    assert_eq!(error.raw_os_error(), Some(7));
    assert!(error.source().is_some());
    let ports: Vec<_> = error
        .attempts()
        .iter()
        .map(|attempt| attempt.peer().port())
        .collect();
    assert_eq!(ports, [1, 2], "the order of trying");
    assert_eq!(error.attempts()[1].elapsed(), Duration::from_millis(5));
    assert!(error.attempts()[1].source().is_some());
}

#[test]
fn no_address_at_all_is_no_data() {
    let error = Error::from_attempts(Operation::Connect, "localhost:80", Vec::new());
    assert_eq!(error.condition(), Condition::NoData);
    assert_eq!(
        error.to_string(),
        "connect to localhost:80: name has no address"
    );
}

#[test]
fn a_passed_deadline_is_a_timeout_whatever_the_headline() {
    let attempts = vec![
        attempt(1, Condition::ConnectionRefused),
        attempt(2, Condition::Timeout),
    ];
    let error = Error::from_attempts(Operation::Connect, "localhost:80", attempts);
    assert!(!error.is_timeout());
    let error = error.with_deadline_passed();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert!(error.is_timeout());
}

#[test]
fn every_condition_survives_the_way_through_io_error() {
    for condition in Condition::ALL {
        let error = Error::new(Operation::Send, *condition).with_peer(([127, 0, 0, 1], 9));
        let text = error.to_string();
        let error = io::Error::from(error);
        assert_eq!(error.kind(), condition.kind());
        assert_eq!(error.to_string(), text);
        assert_eq!(error.raw_os_error(), None);
        assert_eq!(
            Condition::of(&error, Operation::Connect),
            *condition,
            "ours is kept"
        );

        let again = Error::from_io(Operation::Connect, error);
        assert_eq!(
            again.operation(),
            Operation::Send,
            "the innermost context is kept"
        );
        let back = io::Error::from(again).downcast::<Error>().expect("ours");
        assert_eq!(back.condition(), *condition);
        assert_eq!(back.peer(), Some(([127, 0, 0, 1], 9).into()));
    }
}

#[rstest]
#[case(io::ErrorKind::AddrInUse, Condition::AddressInUse)]
#[case(io::ErrorKind::AddrNotAvailable, Condition::AddressNotAvailable)]
#[case(io::ErrorKind::BrokenPipe, Condition::Shutdown)]
#[case(io::ErrorKind::ConnectionAborted, Condition::ConnectionAborted)]
#[case(io::ErrorKind::ConnectionRefused, Condition::ConnectionRefused)]
#[case(io::ErrorKind::ConnectionReset, Condition::ConnectionReset)]
#[case(io::ErrorKind::HostUnreachable, Condition::HostUnreachable)]
#[case(io::ErrorKind::Interrupted, Condition::Interrupted)]
#[case(io::ErrorKind::InvalidData, Condition::InvalidArgument)]
#[case(io::ErrorKind::InvalidInput, Condition::InvalidArgument)]
#[case(io::ErrorKind::NetworkDown, Condition::NetworkDown)]
#[case(io::ErrorKind::NetworkUnreachable, Condition::NetworkUnreachable)]
#[case(io::ErrorKind::NotConnected, Condition::NotConnected)]
#[case(io::ErrorKind::NotFound, Condition::NotFound)]
#[case(io::ErrorKind::OutOfMemory, Condition::OutOfMemory)]
#[case(io::ErrorKind::PermissionDenied, Condition::OperationNotPermitted)]
#[case(io::ErrorKind::TimedOut, Condition::Timeout)]
#[case(io::ErrorKind::UnexpectedEof, Condition::UnexpectedEof)]
#[case(io::ErrorKind::Unsupported, Condition::Unsupported)]
#[case(io::ErrorKind::WouldBlock, Condition::WouldBlock)]
#[case(io::ErrorKind::WriteZero, Condition::Shutdown)]
#[case(io::ErrorKind::Other, Condition::Unknown)]
fn a_kind_counts_where_there_is_no_code(#[case] kind: io::ErrorKind, #[case] condition: Condition) {
    assert_eq!(Condition::of(&kind.into(), Operation::Receive), condition);
}

#[test]
fn a_look_up_fails_in_its_own_words() {
    let of = |kind: io::ErrorKind| Condition::of(&kind.into(), Operation::Lookup);
    assert_eq!(of(io::ErrorKind::NotFound), Condition::HostNotFound);
    assert_eq!(of(io::ErrorKind::Other), Condition::ResolverUnknown);
}

#[test]
fn the_disposition_is_that_of_condition_and_operation() {
    let error = Error::new(Operation::Accept, Condition::TooManyOpenFiles);
    assert_eq!(error.disposition(), Disposition::BackOff);
}

proptest! {
    #[test]
    fn no_code_is_too_strange(code: i32, operation in 0..Operation::ALL.len()) {
        let operation = Operation::ALL[operation];
        let error = io::Error::from_raw_os_error(code);
        let condition = Condition::of(&error, operation);
        let ours = Error::from_io(operation, error);
        prop_assert_eq!(ours.condition(), condition);
        prop_assert_eq!(ours.raw_os_error(), Some(code));
        prop_assert!(!ours.to_string().is_empty());
        let _ = Condition::from_resolver_code(code);
    }

    #[test]
    fn the_headline_is_one_of_the_attempts_and_never_this_machines_fault_if_another_is(
        conditions in proptest::collection::vec(0..Condition::ALL.len(), 1..8),
    ) {
        let conditions: Vec<_> = conditions.into_iter().map(|index| Condition::ALL[index]).collect();
        let attempts = conditions.iter().map(|condition| attempt(1, *condition)).collect();
        let headline = Error::from_attempts(Operation::Connect, "h:1", attempts).condition();
        prop_assert!(conditions.contains(&headline));
        let own = |c: &Condition| {
            matches!(c, Condition::AddressNotAvailable | Condition::AddressFamilyNotSupported)
        };
        prop_assert_eq!(own(&headline), conditions.iter().all(own));
    }
}
