//! What the strategies say of names, a lab's names can be told, and look-ups end as they say.
#![cfg(all(target_os = "linux", feature = "lab", feature = "proptest"))]

usocket_testkit::lab_main!();

mod sampling;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use proptest::prelude::*;
use sampling::{covers, sample, shrinks_to, simplest};
use usocket::{Condition, Deadline, Error};
use usocket_testkit::Lab;
use usocket_testkit::lab::{Fate, Malformed, Record, Response};
use usocket_testkit::strategies::*;

const WATCHDOG: Duration = Duration::from_secs(30);

fn look_up(name: &str) -> Result<BTreeSet<IpAddr>, Error> {
    let found = usocket::resolve::lookup(name, Deadline::from(WATCHDOG))?;
    Ok(found.iter().map(|addr| addr.ip()).collect())
}

fn addresses(records: &[Record]) -> BTreeSet<IpAddr> {
    let address = |record: &Record| match record {
        Record::A(addr) => IpAddr::from(*addr),
        Record::Aaaa(addr) => IpAddr::from(*addr),
        other => panic!("{other:?} is no address"),
    };
    records.iter().map(address).collect()
}

fn kind(fate: &Fate) -> &'static str {
    match fate {
        Fate::Records(_) => "records",
        Fate::NxDomain => "no such name",
        Fate::NoData => "no data",
        Fate::ServFail => "failure",
        Fate::Refused => "refused",
        Fate::FormErr => "format",
        Fate::NotImp => "not implemented",
        Fate::Truncated(_) => "cut",
        Fate::Silent => "silent",
        Fate::WrongId(_) => "wrong id",
        Fate::Malformed(_) => "malformed",
        other => panic!("{other:?} is new, and no strategy gives it"),
    }
}

const AT_ONCE: [&str; 8] = [
    "records",
    "no such name",
    "no data",
    "failure",
    "refused",
    "format",
    "not implemented",
    "cut",
];

#[test]
fn every_fate_comes() {
    covers(sample(dns_fate_at_once()).map(|fate| kind(&fate)), AT_ONCE);
    let late = ["silent", "wrong id", "malformed"];
    covers(
        sample(dns_fate()).map(|fate| kind(&fate)),
        AT_ONCE.into_iter().chain(late),
    );
    let flaws: Vec<_> = sample(dns_malformed()).collect();
    assert!(Malformed::ALL.iter().all(|flaw| flaws.contains(flaw)));
}

#[test]
fn records_are_of_every_kind() {
    let kind = |record| match record {
        Record::A(_) => "A",
        Record::Aaaa(_) => "AAAA",
        Record::Cname(_) => "CNAME",
        Record::Ptr(_) => "PTR",
        other => panic!("{other:?} is new, and no strategy gives it"),
    };
    covers(
        sample(dns_record()).map(kind),
        ["A", "AAAA", "CNAME", "PTR"],
    );
}

#[test]
fn chains_end_in_every_way_after_every_number_of_aliases() {
    let chains: Vec<_> = sample(dns_chain()).collect();
    covers(chains.iter().map(DnsChain::aliases), 0..=5);
    let end = |chain: &DnsChain| match chain.end() {
        DnsChainEnd::Addresses(_) => "addresses",
        DnsChainEnd::Nothing => "nothing",
        DnsChainEnd::Circle => "circle",
        other => panic!("{other:?} is new"),
    };
    covers(chains.iter().map(end), ["addresses", "nothing", "circle"]);
    for chain in &chains {
        assert_eq!(chain.responses().len(), chain.aliases() + 1);
        assert_eq!(chain.responses()[0].0, chain.name());
    }
}

#[test]
fn the_simplest_is_one_address() {
    let addr = IpAddr::from([10, 77, 1, 1]);
    shrinks_to(dns_address(), &addr);
    shrinks_to(dns_record(), &Record::from(addr));
    shrinks_to(dns_fate(), &Fate::Records(vec![addr.into()]));
    shrinks_to(dns_response(), &Response::addresses([addr]));
    assert_eq!(simplest(dns_chain()).responses().len(), 1);
    assert_eq!(simplest(dns_chain()).addresses(), [addr]);
}

#[test]
fn a_look_up_ends_as_the_fate_says() {
    let lab = Lab::new().unwrap();
    proptest!(ProptestConfig::with_cases(ProptestConfig::default().cases.min(64)), |(fate in dns_fate_at_once())| {
        lab.names().set("web.test", fate.clone());
        match (look_up("web.test"), &fate) {
            (Ok(found), Fate::Records(records) | Fate::Truncated(records)) => {
                prop_assert_eq!(found, addresses(records));
            }
            (Err(error), Fate::NxDomain) => {
                prop_assert_eq!(error.condition(), Condition::HostNotFound);
            }
            (Err(error), Fate::NoData) => prop_assert_eq!(error.condition(), Condition::NoData),
            (Err(_), Fate::ServFail | Fate::Refused | Fate::FormErr | Fate::NotImp) => {}
            (found, _) => prop_assert!(false, "{found:?}"),
        }
    });
}

#[test]
fn a_look_up_follows_the_chain_to_its_end() {
    let lab = Lab::new().unwrap();
    proptest!(ProptestConfig::with_cases(ProptestConfig::default().cases.min(64)), |(chain in dns_chain())| {
        chain.tell(lab.names());
        let expected: BTreeSet<_> = chain.addresses().iter().copied().collect();
        match look_up(&chain.name().to_string()) {
            Ok(found) => prop_assert_eq!(found, expected),
            Err(error) => prop_assert!(expected.is_empty(), "{error}"),
        }
    });
}

/// One that waits until the resolver gives up is enough to see that it comes to an end.
#[test]
fn a_lab_takes_every_response() {
    let lab = Lab::new().unwrap();
    for response in sample(dns_response()).take(500) {
        lab.names().set("web.test", response);
    }
    lab.names().set("web.test", Fate::Silent);
    assert_eq!(
        look_up("web.test").unwrap_err().condition(),
        Condition::TryAgain
    );
}

/// Hosts can be told every answer, and each is where it was said to be.
#[test]
fn a_lab_takes_every_icmp_answer_at_every_address() {
    let lab = Lab::new().unwrap();
    proptest!(|((addr, answer) in dns_address().prop_flat_map(|addr| (Just(addr), icmp_for(addr))))| {
        if addr.is_ipv4() || lab.ipv6().is_some() {
            lab.host(addr).icmp(answer.kind(), answer.code());
        }
    });
}
