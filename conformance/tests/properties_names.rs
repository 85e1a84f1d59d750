//! Look-ups whose answers have every shape: there are addresses, or there is a name for what is wrong, in time.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod properties_support;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use properties_support::{PATIENCE, config};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use usocket::{Class, Condition, Operation, resolve};
use usocket_testkit::Lab;
use usocket_testkit::lab::{Fate, Malformed, QueryType, Record, Response};

/// So long may a look-up take. Silent servers take longer.
const DEADLINE: Duration = Duration::from_millis(150);

/// The names of a case, of which each has a number of its own: an answer that comes late is no answer for the next.
const ALIAS: &str = "alias";
const NAME: &str = "name";

fn addresses(family: QueryType) -> impl Strategy<Value = Vec<Record>> {
    vec(any::<u8>(), 0..4).prop_map(move |last| {
        let records = last.into_iter().map(|last| match family {
            QueryType::A => IpAddr::from([10, 77, 1, last]),
            _ => IpAddr::from([0xfd77, 0, 0, 0, 0, 0, 1, u16::from(last)]),
        });
        records.map(Record::from).collect()
    })
}

/// What a query meets, and the rarer the longer it keeps the C library busy.
fn fate(family: QueryType) -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => addresses(family).prop_map(Fate::Records),
        2 => addresses(family).prop_map(Fate::Truncated),
        2 => Just(Fate::NoData),
        2 => Just(Fate::NxDomain),
        1 => Just(Fate::ServFail),
        1 => Just(Fate::Refused),
        1 => Just(Fate::FormErr),
        1 => Just(Fate::NotImp),
        1 => Just(Fate::Silent),
        1 => addresses(family).prop_map(Fate::WrongId),
        4 => prop::sample::select(Malformed::ALL).prop_map(Fate::Malformed),
    ]
}

#[derive(Clone, Debug)]
struct Shape {
    v4: Fate,
    v6: Fate,
    delay: Duration,
    /// So many queries of each type meet another fate first.
    first: Option<(u32, Fate)>,
    by_alias: bool,
}

fn shape() -> impl Strategy<Value = Shape> {
    let first = prop_oneof![
        6 => Just(None),
        1 => (1..3_u32, fate(QueryType::A)).prop_map(Some),
    ];
    (
        fate(QueryType::A),
        fate(QueryType::Aaaa),
        (0..20_u64).prop_map(Duration::from_millis),
        first,
        any::<bool>(),
    )
        .prop_map(|(v4, v6, delay, first, by_alias)| Shape {
            v4,
            v6,
            delay,
            first,
            by_alias,
        })
}

impl Shape {
    fn fates(&self) -> impl Iterator<Item = &Fate> {
        [&self.v4, &self.v6]
            .into_iter()
            .chain(self.first.iter().map(|(_, fate)| fate))
    }

    /// Whether each query has one answer, and one that says what is so.
    fn is_clear(&self) -> bool {
        self.first.is_none()
            && self.fates().all(|fate| {
                matches!(
                    fate,
                    Fate::Records(_) | Fate::Truncated(_) | Fate::NoData | Fate::NxDomain
                )
            })
    }

    /// Every address that is in some answer.
    fn said(&self) -> BTreeSet<IpAddr> {
        let mut said = BTreeSet::new();
        for fate in self.fates() {
            match fate {
                Fate::Records(records) | Fate::Truncated(records) | Fate::WrongId(records) => {
                    said.extend(records.iter().filter_map(|record| match record {
                        Record::A(addr) => Some(IpAddr::from(*addr)),
                        Record::Aaaa(addr) => Some(IpAddr::from(*addr)),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        said
    }
}

/// What is in an answer that is malformed may be taken for an address, if the C library does.
fn is_malformed(fate: &Fate) -> bool {
    matches!(fate, Fate::Malformed(_))
}

fn look_up(lab: &Lab, number: u32, shape: &Shape) -> Result<(), TestCaseError> {
    let (name, alias) = (
        format!("{NAME}{number}.test"),
        format!("{ALIAS}{number}.test"),
    );
    for (family, fate) in [(QueryType::A, &shape.v4), (QueryType::Aaaa, &shape.v6)] {
        let mut response = Response::from(fate.clone()).delayed(shape.delay);
        if let Some((queries, fate)) = &shape.first {
            response = response.first(*queries, fate.clone());
        }
        lab.names().set_for(&name, family, response);
    }
    let to_name = vec![Record::Cname(name.parse().unwrap())];
    lab.names().set(&alias, to_name);

    let asked = if shape.by_alias { &alias } else { &name };
    let begin = Instant::now();
    let found = resolve::lookup(
        asked.as_str(),
        if shape.is_clear() { PATIENCE } else { DEADLINE },
    );
    prop_assert!(
        begin.elapsed() < PATIENCE,
        "it came late: {:?}",
        begin.elapsed()
    );
    let said = shape.said();
    match found {
        Ok(found) => {
            let found: BTreeSet<_> = found.iter().map(|addr| addr.ip()).collect();
            prop_assert!(!found.is_empty());
            if shape.is_clear() {
                prop_assert_eq!(found, said);
            } else if !shape.fates().any(is_malformed) {
                prop_assert!(found.is_subset(&said), "{:?} of {:?}", found, said);
            }
        }
        Err(error) => {
            prop_assert_eq!(error.operation(), Operation::Lookup);
            prop_assert_eq!(error.host(), Some(asked.as_str()));
            let condition = error.condition();
            if shape.is_clear() {
                prop_assert!(said.is_empty(), "{}", error);
                let named = [Condition::HostNotFound, Condition::NoData];
                prop_assert!(named.contains(&condition), "{}", error);
            } else {
                let named =
                    condition.class() == Class::NameError || condition == Condition::Timeout;
                prop_assert!(named, "{}", error);
                prop_assert_ne!(condition, Condition::ResolverUnknown);
            }
        }
    }
    Ok(())
}

/// One test with one lab, and not a case for each: a name server costs more than a look-up.
#[test]
fn a_look_up_gives_addresses_or_the_name_of_what_is_wrong() {
    let lab = Lab::new().unwrap();
    let number = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(config(120));
    let done = runner.run(&shape(), |shape| {
        number.set(number.get() + 1);
        look_up(&lab, number.get(), &shape)
    });
    if let Err(error) = done {
        panic!("{error}");
    }
}
