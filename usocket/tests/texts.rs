//! What users read: the text of every condition and operation.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use usocket::{Attempt, Condition, Disposition, Endpoint, Error, Operation};

fn local() -> SocketAddr {
    "127.0.0.1:4000".parse().unwrap()
}

fn peer() -> SocketAddr {
    "[2001:db8::1]:80".parse().unwrap()
}

#[test]
fn every_condition_of_every_operation() {
    let mut texts = String::new();
    for operation in Operation::ALL {
        for condition in Condition::ALL {
            let error = Error::new(*operation, *condition);
            writeln!(texts, "{error}").unwrap();
        }
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn every_operation_with_what_it_knows() {
    let mut texts = String::new();
    for operation in Operation::ALL {
        let error = || Error::new(*operation, Condition::Timeout);
        writeln!(texts, "{}", operation.name()).unwrap();
        for error in [
            error(),
            error().with_local(local()),
            error().with_peer(peer()),
            error().with_host("example.org:80"),
            error().with_local(local()).with_peer(peer()),
            error().with_host("example.org:80").with_peer(peer()),
            error()
                .with_host("example.org:80")
                .with_peer(peer())
                .with_local(local()),
        ] {
            writeln!(texts, "    {error}").unwrap();
        }
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn what_feel_promises() {
    let error = Error::new(Operation::Connect, Condition::ConnectionRefused)
        .with_host("example.org:80")
        .with_peer(peer());
    assert_eq!(
        error.to_string(),
        "connect to example.org:80 ([2001:db8::1]:80): connection refused"
    );
}

#[test]
fn a_host_that_is_no_text_for_people_is_escaped() {
    let error = Error::new(Operation::Lookup, Condition::InvalidArgument).with_host("a\0\nb");
    assert_eq!(error.to_string(), "look up a\\0\\nb: invalid argument");
}

#[test]
fn debug_shows_what_is_known_and_nothing_else() {
    insta::assert_snapshot!(
        format!("{:?}", Error::new(Operation::Listen, Condition::AddressInUse)),
        @"Error { operation: Listen, condition: AddressInUse }"
    );
    let source = io::Error::from(io::ErrorKind::ConnectionRefused);
    let attempt = Attempt::new(
        peer(),
        Condition::ConnectionRefused,
        Duration::from_millis(3),
        source,
    );
    let error = Error::from_attempts(Operation::Connect, "example.org:80", vec![attempt])
        .with_local(local())
        .with_deadline_passed();
    insta::assert_snapshot!(format!("{error:#?}"));
}

#[test]
fn bad_input_is_named_with_the_place_of_the_mistake() {
    let input = "localhost:70000".parse::<Endpoint>().unwrap_err();
    let error = Error::from_endpoint(Operation::Connect, input);
    assert_eq!(
        error.to_string(),
        "connect to localhost:70000: invalid argument"
    );
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(
        source.to_string(),
        "\"localhost:70000\", character 11: port 70000 is above 65535"
    );
}

#[test]
fn every_disposition() {
    let mut table = String::new();
    for operation in Operation::ALL {
        for disposition in [
            Disposition::RetryNow,
            Disposition::BackOff,
            Disposition::Fatal,
        ] {
            let names: Vec<_> = Condition::ALL
                .iter()
                .filter(|condition| Disposition::of(**condition, *operation) == disposition)
                .map(|condition| condition.name())
                .collect();
            writeln!(
                table,
                "{} {disposition:?}: {}",
                operation.name(),
                names.join(" ")
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
