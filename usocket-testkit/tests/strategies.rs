//! The strategies give what they promise, all of it, and shrink to what they call the simplest.
#![cfg(feature = "proptest")]

mod sampling;

use std::collections::HashSet;
use std::io::{ErrorKind, Read};
use std::mem::discriminant;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use sampling::{covers, sample, shrinks_to, simplest};
use usocket::{Endpoint, EndpointErrorKind, Host, Port};
#[cfg(unix)]
use usocket_testkit::Errno;
use usocket_testkit::strategies::*;
use usocket_testkit::{Operation, Protocol};

#[test]
fn every_text_of_an_endpoint_is_one() {
    let texts: Vec<_> = sample(endpoint_text()).collect();
    let endpoints = texts.iter().map(|text| text.parse::<Endpoint>().unwrap());
    covers(
        endpoints.map(|endpoint| match (endpoint.host(), endpoint.port()) {
            (Host::Addr(IpAddr::V4(_)), Port::Number(_)) => "IPv4 and number",
            (Host::Addr(IpAddr::V4(_)), _) => "IPv4 and service",
            (Host::Addr(IpAddr::V6(_)), Port::Number(_)) => "IPv6 and number",
            (Host::Addr(IpAddr::V6(_)), _) => "IPv6 and service",
            (Host::Zoned { .. }, Port::Number(_)) => "zone and number",
            (Host::Zoned { .. }, _) => "zone and service",
            (_, Port::Number(_)) => "name and number",
            (_, _) => "name and service",
        }),
        [
            "IPv4 and number",
            "IPv4 and service",
            "IPv6 and number",
            "IPv6 and service",
            "zone and number",
            "zone and service",
            "name and number",
            "name and service",
        ],
    );
    // Not only in the form in which they are written out.
    covers(
        texts
            .iter()
            .map(|text| text.parse::<Endpoint>().unwrap().to_string() == **text),
        [false, true],
    );
    covers(texts.iter().map(|text| text.contains(".:")), [false, true]);
    covers(
        texts
            .iter()
            .map(|text| text.contains(['A', 'B', 'C', 'D', 'E', 'F'])),
        [false, true],
    );
    shrinks_to(endpoint_text(), &"a.test:1".to_owned());
    shrinks_to(endpoint(), &"a.test:1".parse().unwrap());
}

#[test]
fn no_broken_text_is_an_endpoint_and_every_reason_comes() {
    use EndpointErrorKind as K;
    let mut missing = vec![
        K::MissingPort,
        K::EmptyHost,
        K::EmptyPort,
        K::EmptyZone,
        K::PortTooLarge("".into()),
        K::MissingBrackets,
        K::UnclosedBracket,
        K::BadIpv6,
        K::BadIpv4,
        K::BadCharacter(' '),
        K::NameTooLong(0),
    ];
    for text in sample(broken_endpoint_text()) {
        let error = text.parse::<Endpoint>().expect_err(&text);
        missing.retain(|kind| discriminant(kind) != discriminant(error.kind()));
    }
    assert!(missing.is_empty(), "never came: {missing:?}");
}

#[test]
fn schedules_cut_everywhere_and_lose_nothing() {
    let body = b"0123456789";
    let schedules: Vec<_> = sample(byte_schedule(body)).collect();
    let mut ends = HashSet::new();
    for schedule in &schedules {
        assert_eq!(schedule.body(), body);
        assert!(schedule.chunks().iter().all(|chunk| !chunk.is_empty()));
        let lengths = schedule.chunks().iter().map(Vec::len);
        ends.extend(lengths.scan(0, |end, length| {
            *end += length;
            Some(*end)
        }));
    }
    assert_eq!(ends.len(), body.len(), "{ends:?}");
    let pieces = |schedule: &ByteSchedule| match schedule.chunks().len() {
        1 => "whole",
        10 => "byte by byte",
        _ => "in pieces",
    };
    covers(
        schedules.iter().map(pieces),
        ["whole", "in pieces", "byte by byte"],
    );
    covers(
        schedules.iter().map(ByteSchedule::half_closes),
        [false, true],
    );
    let simplest = simplest(byte_schedule(body));
    assert_eq!(simplest.chunks(), [body]);
    assert!(simplest.half_closes());
}

#[test]
fn nothing_is_cut_into_nothing() {
    for schedule in sample(byte_schedule("")) {
        assert_eq!(schedule.chunks().len(), 0);
        let read = schedule.reader().read(&mut [0; 1]);
        match read {
            Ok(length) => assert!(schedule.half_closes() && length == 0),
            Err(error) => {
                assert!(!schedule.half_closes() && error.kind() == ErrorKind::WouldBlock);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_reader_gives_a_piece_at_a_time_or_what_fits(
        schedule in bytes(0..=40).prop_flat_map(byte_schedule),
        room in 1..=50_usize,
    ) {
        let mut reader = schedule.reader();
        let mut buffer = vec![0; room];
        for chunk in schedule.chunks() {
            for part in chunk.chunks(room) {
                prop_assert_eq!(reader.read(&mut []).unwrap(), 0);
                prop_assert_eq!(reader.read(&mut buffer).unwrap(), part.len());
                prop_assert_eq!(&buffer[..part.len()], part);
            }
        }
        prop_assert_eq!(reader.read(&mut buffer).is_ok(), schedule.half_closes());
    }
}

#[test]
fn icmp_answers_are_errors_with_and_without_meaning() {
    let answers: Vec<_> = sample(icmp_v4()).collect();
    covers(
        answers.iter().map(|answer| answer.kind()),
        [3, 4, 5, 11, 12],
    );
    covers(
        answers.iter().map(|answer| answer.meaning().is_some()),
        [false, true],
    );
    let known = answers.iter().filter(|answer| answer.meaning().is_some());
    // RFC 792, RFC 1122 and RFC 1812 have as many.
    assert_eq!(known.collect::<HashSet<_>>().len(), 26);
    assert!(answers.iter().all(|answer| !answer.is_ipv6()));

    let answers: Vec<_> = sample(icmp_v6()).collect();
    assert!(
        answers
            .iter()
            .all(|answer| answer.is_ipv6() && (1..128).contains(&answer.kind()))
    );
    let known = answers.iter().filter(|answer| answer.meaning().is_some());
    assert_eq!(known.collect::<HashSet<_>>().len(), 13);
    assert!(answers.iter().any(|answer| answer.kind() > 4));

    assert!(sample(icmp_for(Ipv6Addr::LOCALHOST.into())).all(IcmpAnswer::is_ipv6));
    let simplest = simplest(icmp_for(Ipv4Addr::LOCALHOST.into()));
    assert_eq!(format!("{simplest:?}"), "ICMP 3/0 (network unreachable)");
}

#[test]
fn fault_schedules_cover_every_call_and_every_number() {
    let rules: Vec<_> = sample(fault_schedule()).flatten().collect();
    for operation in Operation::ALL {
        let seen: HashSet<_> = rules
            .iter()
            .filter(|rule| rule.operation == *operation)
            .map(|rule| rule.errno)
            .collect();
        assert_eq!(
            seen,
            errnos_of(*operation).into_iter().collect(),
            "{operation:?}"
        );
    }
    covers(
        sample(fault_schedule()).map(|schedule| schedule.len()),
        0..=4,
    );
    covers(
        sample(fault_rule(Operation::Connect)).map(|rule| rule.skip),
        0..=5,
    );
    covers(
        sample(fault_rule(Operation::Connect)).map(|rule| rule.times),
        1..=3,
    );
    shrinks_to(fault_schedule(), &vec![]);
    let simplest = simplest(fault_rule(Operation::Accept));
    assert_eq!(
        format!("{simplest:?}"),
        "FaultRule { operation: Accept, skip: 0, times: 1, errno: ECONNABORTED }"
    );
}

#[test]
fn no_faults_of_calls_that_give_no_numbers() {
    let look_ups = [Operation::Lookup, Operation::ReverseLookup];
    assert!(sample(fault_schedule_on(&look_ups)).all(|schedule| schedule.is_empty()));
    assert!(std::panic::catch_unwind(|| fault_rule(Operation::Lookup)).is_err());
    for operation in Operation::ALL {
        assert_eq!(
            errnos_of(*operation).is_empty(),
            look_ups.contains(operation),
            "{operation:?}"
        );
    }
}

/// A name that no system knows would be left out without a word.
#[cfg(unix)]
#[test]
fn unix_has_a_number_for_every_name() {
    assert_eq!(errnos_of(Operation::Connect).len(), 14);
    assert_eq!(errnos_of(Operation::Accept).len(), 9);
    assert_eq!(errnos_of(Operation::Send).len(), 13);
    assert!(errnos_of(Operation::Close).contains(&Errno::EIO));
}

#[test]
fn options_come_once_each_and_not_where_they_mean_nothing() {
    let kind = |option: &SocketOption| discriminant(option);
    for protocol in Protocol::ALL {
        let sets: Vec<_> = sample(socket_options(*protocol)).collect();
        let mut kinds = HashSet::new();
        for set in &sets {
            let own: HashSet<_> = set.iter().map(kind).collect();
            assert_eq!(own.len(), set.len(), "{set:?}");
            kinds.extend(own);
        }
        let expected = match protocol {
            Protocol::UnixStream => 5,
            Protocol::Tcp6 => 11,
            Protocol::Udp4 | Protocol::Raw4 => 9,
            _ => 10,
        };
        assert_eq!(kinds.len(), expected, "{protocol}");
        let small = sets.iter().any(|set| set.len() <= 2);
        let large = sets.iter().any(|set| set.len() + 2 >= expected);
        assert!(small && large, "{protocol}");
        shrinks_to(socket_options(*protocol), &vec![]);
    }
}
