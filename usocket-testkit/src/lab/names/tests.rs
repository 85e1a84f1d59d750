//! The examples of the RFCs, a second opinion on every answer, and queries that mean nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use proptest::prelude::*;
use simple_dns::rdata::RData;
use simple_dns::{Packet, PacketFlag, RCODE};

use super::name::read;
use super::*;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// A query for a name and a type, as a resolver sends it.
fn query(name: &str, kind: u16) -> Vec<u8> {
    let mut bytes = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend(label.as_bytes());
    }
    bytes.extend([0]);
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 1]);
    bytes
}

/// The same, with what a resolver says about itself.
fn query_with_edns(name: &str, kind: u16, largest: u16, version: u8) -> Vec<u8> {
    let mut bytes = query(name, kind);
    bytes[11] = 1;
    bytes.extend([0, 0, 41]);
    bytes.extend(largest.to_be_bytes());
    bytes.extend([0, version, 0, 0, 0, 0]);
    bytes
}

const A: u16 = 1;
const CNAME: u16 = 5;
const PTR: u16 = 12;
const MX: u16 = 15;
const AAAA: u16 = 28;
const ANY: u16 = 255;

/// What another crate reads in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    code: RCODE,
    is_cut: bool,
    /// Owner and data.
    records: Vec<(String, String)>,
    has_authority: bool,
}

/// Reads an answer to the query; all that every answer has in common is looked at here.
fn seen(query: &[u8], answer: &[u8]) -> Seen {
    let asked = Packet::parse(query).unwrap();
    let packet = Packet::parse(answer).unwrap();
    assert_eq!(packet.id(), asked.id());
    assert!(packet.has_flags(PacketFlag::RESPONSE | PacketFlag::RECURSION_AVAILABLE));
    assert!(packet.has_flags(PacketFlag::AUTHORITATIVE_ANSWER | PacketFlag::RECURSION_DESIRED));
    assert_eq!(questions(&packet), questions(&asked));
    assert_eq!(packet.opt().is_some(), asked.opt().is_some());
    for record in packet.answers.iter().chain(&packet.name_servers) {
        assert_eq!(record.ttl, 0);
    }
    let records = packet.answers.iter().map(|record| {
        let data = match &record.rdata {
            RData::A(a) => Ipv4Addr::from(a.address).to_string(),
            RData::AAAA(aaaa) => Ipv6Addr::from(aaaa.address).to_string(),
            RData::CNAME(cname) => cname.0.to_string(),
            RData::PTR(ptr) => ptr.0.to_string(),
            other => panic!("{other:?}"),
        };
        (record.name.to_string(), data)
    });
    let has_authority = match &packet.name_servers[..] {
        [] => false,
        [authority] => {
            let RData::SOA(soa) = &authority.rdata else {
                panic!("{authority:?}");
            };
            // How long a "no" holds is the lesser of the two (RFC 2308 5).
            assert_eq!((authority.ttl, soa.minimum), (0, 0));
            let asked = asked.questions[0].qname.to_string();
            assert!(asked.to_lowercase().ends_with(&authority.name.to_string()));
            true
        }
        more => panic!("{more:?}"),
    };
    Seen {
        code: packet.rcode(),
        is_cut: packet.has_flags(PacketFlag::TRUNCATION),
        records: records.collect(),
        has_authority,
    }
}

fn questions(packet: &Packet<'_>) -> Vec<String> {
    packet
        .questions
        .iter()
        .map(|question| format!("{question:?}"))
        .collect()
}

fn ask(zone: &mut Zone, name: &str, kind: u16) -> Seen {
    let query = query(name, kind);
    let reply = zone.respond(&query, Over::Udp).expect("an answer");
    assert_eq!(reply.after, Duration::ZERO);
    seen(&query, &reply.bytes)
}

fn found(records: &[(&str, &str)]) -> Seen {
    let records = records
        .iter()
        .map(|(owner, data)| ((*owner).into(), (*data).into()));
    Seen {
        code: RCODE::NoError,
        is_cut: false,
        records: records.collect(),
        has_authority: false,
    }
}

fn nothing(code: RCODE, has_authority: bool) -> Seen {
    Seen {
        code,
        has_authority,
        ..found(&[])
    }
}

fn four(last: u8) -> Record {
    Record::A(Ipv4Addr::new(10, 77, 1, last))
}

// Names.

#[test]
fn names_are_read_from_text() {
    for (text, shown) in [
        ("a", "a"),
        ("Web.Test", "web.test"),
        ("x-1._tcp.test.", "x-1._tcp.test"),
        ("10.test", "10.test"),
    ] {
        assert_eq!(name(text).to_string(), shown);
    }
    assert_eq!(name("WEB.test"), name("web.TEST."));
    assert_ne!(name("web.test"), name("webtest"));
    assert_eq!(name("ab.c").wire(), b"\x02ab\x01c\x00");
}

#[test]
fn what_is_no_name_says_why() {
    let long = "a".repeat(64);
    let name_of = |len: usize| {
        let whole = ["a".repeat(63), "b".repeat(63), "c".repeat(63)].join(".");
        format!("{whole}.{}", "d".repeat(len - whole.len() - 1))
    };
    for (text, error) in [
        ("", NameError::Empty),
        (".", NameError::Empty),
        ("a..b", NameError::EmptyLabel),
        (".a", NameError::EmptyLabel),
        ("a..", NameError::EmptyLabel),
        (&long, NameError::LabelTooLong { len: 64 }),
        (&name_of(254), NameError::TooLong { len: 256 }),
        ("a b", NameError::Character { character: ' ' }),
        ("bücher.test", NameError::Character { character: 'ü' }),
        ("a\\.b", NameError::Character { character: '\\' }),
    ] {
        assert_eq!(text.parse::<Name>(), Err(error), "{text}");
    }
    // RFC 1035 2.3.4: 63 and 255 bytes are allowed.
    assert_eq!(name(&long[1..]).wire().len(), 65);
    assert_eq!(name(&name_of(253)).wire().len(), 255);
    assert_eq!(
        NameError::LabelTooLong { len: 64 }.to_string(),
        "a label of 64 characters: a label has 63 at most"
    );
}

/// The examples of RFC 1035 3.5 and RFC 3596 2.5.
#[test]
fn addresses_have_names() {
    let addr: IpAddr = [10, 2, 0, 52].into();
    assert_eq!(Name::reverse(addr).to_string(), "52.0.2.10.in-addr.arpa");
    let addr: IpAddr = "4321:0:1:2:3:4:567:89ab".parse().unwrap();
    assert_eq!(
        Name::reverse(addr).to_string(),
        "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa"
    );
}

/// The example of RFC 1035 4.1.4, byte for byte.
#[test]
fn compressed_names_are_read() {
    let mut message = vec![0; 93];
    message[20..32].copy_from_slice(b"\x01F\x03ISI\x04ARPA\x00");
    message[40..46].copy_from_slice(b"\x03FOO\xc0\x14");
    message[64..66].copy_from_slice(b"\xc0\x1a");
    let names = [
        (20, "f.isi.arpa", 32),
        (40, "foo.f.isi.arpa", 46),
        (64, "arpa", 66),
        (92, ".", 93),
    ];
    for (at, text, end) in names {
        let read = read(&message, at).unwrap();
        assert_eq!(
            (Name::from_wire(&read.wire).to_string(), read.end),
            (text.into(), end)
        );
    }
    // The case is kept as it was asked.
    assert_eq!(
        read(&message, 40).unwrap().wire,
        b"\x03FOO\x01F\x03ISI\x04ARPA\x00"
    );
}

#[test]
fn names_without_end_are_refused() {
    for (message, at) in [
        (&b"\xc0\x00"[..], 0),      // to itself
        (b"\x01a\xc0\x00", 0),      // to its own start
        (b"\xc0\x02\xc0\x00", 0),   // two to each other
        (b"\xc0\x02\xc0\x00", 2),   // and from the other side
        (b"\xc0\x02\x01a\x00", 0),  // forward
        (b"\x01a\x01b\xc0\x02", 4), // into the part before, which runs into the pointer again
        (b"\xc0", 0),               // half a pointer
        (b"\x05abc", 0),            // over the end
        (b"", 0),
        (b"\x00", 9),
        (b"\x41a\x00", 0), // labels of kinds that were given up
        (b"\x81a\x00", 0),
    ] {
        assert_eq!(read(message, at), None, "{message:?} {at}");
    }
    // 255 bytes are a name, one more is none.
    let mut long = [&[63][..], &[b'a'; 63]].concat().repeat(3);
    long.extend([&[61][..], &[b'a'; 61], &[0]].concat());
    assert_eq!(read(&long, 0).map(|read| read.wire.len()), Some(255));
    let mut longer = vec![1, b'a'];
    longer.extend(&long);
    assert_eq!(read(&longer, 0), None);
}

#[test]
fn bytes_that_are_no_text_are_shown() {
    let odd = Name::from_wire(b"\x04a.\\\x00\x00");
    assert_eq!(odd.to_string(), "a\\.\\\\\\000");
}

// Answers.

/// Worked out by hand, from RFC 1035 4.1.
#[test]
fn an_answer_byte_for_byte() {
    let mut zone = Zone::new();
    zone.add(name("web.test"), [IpAddr::from([10, 77, 0, 80])]);
    let answer = zone
        .respond(&query("Web.test", A), Over::Udp)
        .unwrap()
        .bytes;
    let expected = [
        &[0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0][..],
        b"\x03Web\x04test\x00\x00\x01\x00\x01",
        &[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 77, 0, 80],
    ];
    assert_eq!(answer, expected.concat());
}

#[test]
fn records_of_the_type_come_in_their_order() {
    let mut zone = Zone::new();
    let six: Ipv6Addr = "fd77::9".parse().unwrap();
    zone.add(
        name("both.test"),
        [
            IpAddr::from(six),
            [10, 77, 1, 9].into(),
            [10, 77, 1, 2].into(),
        ],
    );
    zone.add_pointer([10, 77, 1, 9].into(), name("both.test"));
    let four = [("both.test", "10.77.1.9"), ("both.test", "10.77.1.2")];
    assert_eq!(ask(&mut zone, "both.test", A), found(&four));
    assert_eq!(
        ask(&mut zone, "BOTH.test", AAAA),
        found(&[("BOTH.test", "fd77::9")])
    );
    // An answer repeats the name as it was asked.
    let all = [&[("both.test", "fd77::9")][..], &four].concat();
    assert_eq!(ask(&mut zone, "both.test", ANY), found(&all));
    let reverse = "9.1.77.10.in-addr.arpa";
    assert_eq!(
        ask(&mut zone, reverse, PTR),
        found(&[(reverse, "both.test")])
    );
}

/// RFC 2308 2: a name without records of a type is another "no" than no name.
#[test]
fn no_data_is_not_no_name() {
    let mut zone = Zone::new();
    zone.add(name("four.test"), [IpAddr::from([10, 77, 1, 4])]);
    zone.add(name("deep.below.test"), [IpAddr::from([10, 77, 1, 5])]);
    zone.set(name("empty.test"), Fate::NoData);
    zone.set(name("none.test"), Vec::new());
    zone.set(name("gone.test"), Fate::NxDomain);
    let no_data = nothing(RCODE::NoError, true);
    let no_name = nothing(RCODE::NameError, true);
    assert_eq!(ask(&mut zone, "four.test", AAAA), no_data);
    assert_eq!(ask(&mut zone, "four.test", MX), no_data);
    assert_eq!(ask(&mut zone, "empty.test", A), no_data);
    assert_eq!(ask(&mut zone, "none.test", A), no_data);
    // RFC 8020 2: what has names below it exists.
    assert_eq!(ask(&mut zone, "below.test", A), no_data);
    assert_eq!(ask(&mut zone, "test", A), no_data);
    assert_eq!(ask(&mut zone, "gone.test", A), no_name);
    assert_eq!(ask(&mut zone, "other.test", A), no_name);
    assert_eq!(ask(&mut zone, "elow.test", A), no_name);
    assert_eq!(ask(&mut zone, "a.four.test", A), no_name);
}

#[test]
fn servers_that_do_not_do_it() {
    for (fate, code) in [
        (Fate::ServFail, RCODE::ServerFailure),
        (Fate::Refused, RCODE::Refused),
        (Fate::FormErr, RCODE::FormatError),
        (Fate::NotImp, RCODE::NotImplemented),
    ] {
        let mut zone = Zone::new();
        zone.set(name("x.test"), fate);
        assert_eq!(ask(&mut zone, "x.test", A), nothing(code, false));
    }
}

#[test]
fn silence_and_the_wrong_number() {
    let mut zone = Zone::new();
    zone.set(name("silent.test"), Fate::Silent);
    assert_eq!(zone.respond(&query("silent.test", A), Over::Udp), None);
    zone.set(name("x.test"), Fate::WrongId(vec![four(1)]));
    let mut asked = query("x.test", A);
    let answer = zone.respond(&asked, Over::Udp).unwrap().bytes;
    assert_ne!(answer[..2], asked[..2]);
    asked[..2].copy_from_slice(&answer[..2]);
    assert_eq!(seen(&asked, &answer), found(&[("x.test", "10.77.1.1")]));
}

#[test]
fn aliases_are_followed() {
    let mut zone = Zone::new();
    zone.set(name("a.test"), vec![Record::Cname(name("b.test"))]);
    zone.set(name("b.test"), vec![Record::Cname(name("c.test"))]);
    zone.set(name("c.test"), vec![four(3)]);
    let chain = [("a.test", "b.test"), ("b.test", "c.test")];
    let all = [&chain[..], &[("c.test", "10.77.1.3")]].concat();
    assert_eq!(ask(&mut zone, "a.test", A), found(&all));
    assert_eq!(ask(&mut zone, "a.test", CNAME), found(&chain[..1]));
    let no_data = Seen {
        has_authority: true,
        ..found(&chain)
    };
    assert_eq!(ask(&mut zone, "a.test", AAAA), no_data);
    // RFC 6604 3: the code is that of the last name.
    zone.set(name("c.test"), Fate::NxDomain);
    let no_name = Seen {
        code: RCODE::NameError,
        ..no_data
    };
    assert_eq!(ask(&mut zone, "a.test", A), no_name);
    zone.set(name("c.test"), Fate::ServFail);
    assert_eq!(
        ask(&mut zone, "a.test", A),
        nothing(RCODE::ServerFailure, false)
    );
    zone.set(name("c.test"), Fate::Silent);
    assert_eq!(zone.respond(&query("a.test", A), Over::Udp), None);
    // A query counts for every name on its way.
    zone.set(name("c.test"), Response::from(vec![four(3)]).losing(1));
    assert_eq!(zone.respond(&query("a.test", A), Over::Udp), None);
    assert_eq!(ask(&mut zone, "a.test", A), found(&all));
}

#[test]
fn a_circle_of_aliases_ends() {
    let mut zone = Zone::new();
    zone.set(name("a.test"), vec![Record::Cname(name("b.test"))]);
    zone.set(name("b.test"), vec![Record::Cname(name("a.test"))]);
    zone.set(name("self.test"), vec![Record::Cname(name("self.test"))]);
    assert_eq!(
        ask(&mut zone, "a.test", A),
        found(&[("a.test", "b.test"), ("b.test", "a.test")])
    );
    assert_eq!(
        ask(&mut zone, "self.test", A),
        found(&[("self.test", "self.test")])
    );
    // A long chain is followed a while.
    for n in 0..100 {
        let next = name(&format!("n{}.test", n + 1));
        zone.set(name(&format!("n{n}.test")), vec![Record::Cname(next)]);
    }
    assert_eq!(ask(&mut zone, "n0.test", A).records.len(), 16);
}

#[test]
fn each_type_counts_for_itself() {
    let mut zone = Zone::new();
    let records = vec![four(1), Record::Aaaa(Ipv6Addr::LOCALHOST)];
    zone.set(name("x.test"), Response::from(records).losing(1));
    for kind in [A, AAAA] {
        assert_eq!(zone.respond(&query("x.test", kind), Over::Udp), None);
    }
    assert_eq!(ask(&mut zone, "x.test", A).records.len(), 1);
    assert_eq!(ask(&mut zone, "x.test", AAAA).records.len(), 1);
    // Set again, it counts anew.
    zone.set(
        name("x.test"),
        Response::addresses([Ipv4Addr::new(10, 77, 1, 1)]).first(2, Fate::ServFail),
    );
    let failure = nothing(RCODE::ServerFailure, false);
    for expected in [&failure, &failure, &found(&[("x.test", "10.77.1.1")])] {
        assert_eq!(ask(&mut zone, "x.test", A), *expected);
    }
}

#[test]
fn one_type_may_have_a_fate_of_its_own() {
    let mut zone = Zone::new();
    zone.set(name("x.test"), vec![four(1)]);
    zone.set_for(name("x.test"), QueryType::Aaaa, Fate::Silent);
    assert_eq!(ask(&mut zone, "x.test", A).records.len(), 1);
    assert_eq!(zone.respond(&query("x.test", AAAA), Over::Udp), None);
    // Alone, it makes a name that has nothing else.
    zone.set_for(name("y.test"), QueryType::Aaaa, Fate::ServFail);
    assert_eq!(
        ask(&mut zone, "y.test", AAAA),
        nothing(RCODE::ServerFailure, false)
    );
    assert_eq!(ask(&mut zone, "y.test", A), nothing(RCODE::NoError, true));
    // It counts for itself too.
    zone.set_for(
        name("y.test"),
        QueryType::Aaaa,
        Response::from(Fate::NoData).losing(1),
    );
    assert_eq!(zone.respond(&query("y.test", AAAA), Over::Udp), None);
    assert_eq!(
        ask(&mut zone, "y.test", AAAA),
        nothing(RCODE::NoError, true)
    );
}

#[test]
fn an_answer_takes_its_time() {
    let mut zone = Zone::new();
    let ms = Duration::from_millis;
    zone.set(
        name("a.test"),
        Response::from(vec![Record::Cname(name("b.test"))]).delayed(ms(20)),
    );
    zone.set(
        name("b.test"),
        Response::from(vec![four(1)]).delayed(ms(30)),
    );
    zone.set(
        name("long.test"),
        Response::from(vec![Record::Cname(name("a.test"))]).delayed(Duration::MAX),
    );
    let mut after = |text| zone.respond(&query(text, A), Over::Udp).unwrap().after;
    assert_eq!((after("b.test"), after("a.test")), (ms(30), ms(50)));
    assert_eq!(after("long.test"), Duration::MAX);
}

#[test]
fn what_does_not_fit_is_cut() {
    let mut zone = Zone::new();
    let addrs = |count: u8| {
        (1..=count)
            .map(|last| IpAddr::from([10, 77, 1, last]))
            .collect::<Vec<_>>()
    };
    let asked = query("many.test", A);
    let mut cut = nothing(RCODE::NoError, false);
    cut.is_cut = true;
    // 12 + 15 bytes, and 16 for each record: 30 fit 512 bytes (RFC 1035 4.2.1).
    for (count, fits) in [(30, true), (31, false)] {
        zone.add(name("many.test"), addrs(count));
        let over_udp = zone.respond(&asked, Over::Udp).unwrap().bytes;
        assert!(over_udp.len() <= 512);
        let over_tcp = seen(&asked, &zone.respond(&asked, Over::Tcp).unwrap().bytes);
        assert_eq!(
            (over_tcp.records.len(), over_tcp.is_cut),
            (count.into(), false)
        );
        assert_eq!(
            seen(&asked, &over_udp),
            if fits { over_tcp } else { cut.clone() }
        );
    }
    // 12 + 20 bytes and 30 records are 512 exactly; a letter more is too long.
    for (text, fits) in [("ninechars.test", true), ("tenletters.test", false)] {
        zone.add(name(text), addrs(30));
        assert_eq!(ask(&mut zone, text, A).is_cut, !fits);
    }
    // With EDNS as many as the resolver takes, but no more than every link does; never less than
    // without.
    for (largest, count, fits) in [
        (1232, 74, true),
        (1232, 75, false),
        (4096, 75, false),
        (100, 29, true),
    ] {
        zone.add(name("many.test"), addrs(count));
        let asked = query_with_edns("many.test", A, largest, 0);
        let answer = seen(&asked, &zone.respond(&asked, Over::Udp).unwrap().bytes);
        assert_eq!(
            (answer.is_cut, answer.records.len()),
            (!fits, if fits { count.into() } else { 0 })
        );
    }
    zone.set(name("cut.test"), Fate::Truncated(vec![four(1)]));
    assert_eq!(ask(&mut zone, "cut.test", A), cut);
    let asked = query("cut.test", A);
    let over_tcp = zone.respond(&asked, Over::Tcp).unwrap().bytes;
    assert_eq!(seen(&asked, &over_tcp), found(&[("cut.test", "10.77.1.1")]));
}

// Queries.

#[test]
fn edns_is_answered_with_edns() {
    let mut zone = Zone::new();
    zone.set(name("x.test"), vec![four(1)]);
    let asked = query_with_edns("x.test", A, 1400, 0);
    let answer = zone.respond(&asked, Over::Udp).unwrap().bytes;
    assert_eq!(seen(&asked, &answer), found(&[("x.test", "10.77.1.1")]));
    let packet = Packet::parse(&answer).unwrap();
    let opt = packet.opt().unwrap();
    assert_eq!((opt.udp_packet_size, opt.version), (1232, 0));
    // RFC 6891 6.1.3: a version that is not known gets BADVERS, which is 16: 0 in the header and 1
    // in the record.
    let asked = query_with_edns("x.test", A, 1400, 1);
    let answer = zone.respond(&asked, Over::Udp).unwrap().bytes;
    assert_eq!(answer[3] & 0xf, 0);
    assert_eq!(
        answer[answer.len() - 11..],
        [0, 0, 41, 4, 0xd0, 1, 0, 0, 0, 0, 0]
    );
    assert_eq!(answer[6..8], [0, 0]);
    // 6.1.1: one is the most, and its name is the root's.
    let mut twice = query_with_edns("x.test", A, 1400, 0);
    let record = twice[twice.len() - 11..].to_vec();
    twice.extend(record);
    twice[11] = 2;
    assert_eq!(zone.respond(&twice, Over::Udp).unwrap().bytes[3] & 0xf, 1);
}

#[test]
fn queries_that_cannot_be_answered() {
    let mut zone = Zone::new();
    zone.set(name("x.test"), vec![four(1)]);
    let asked = query("x.test", A);
    let mut code = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut query = asked.clone();
        change(&mut query);
        let answer = zone.respond(&query, Over::Udp)?.bytes;
        assert_eq!(answer[..2], query[..2]);
        assert!(answer[2] & 0x80 != 0);
        Some((answer[3] & 0xf, answer.len()))
    };
    assert_eq!(code(&|_| {}), Some((0, asked.len() + 16)));
    // Too short for a header, and an answer: nothing.
    assert_eq!(code(&|query| query.truncate(11)), None);
    assert_eq!(code(&|query| query[2] |= 0x80), None);
    // No question, two questions, half a question, a name without end: FORMERR.
    assert_eq!(code(&|query| query[5] = 0), Some((1, 12)));
    assert_eq!(code(&|query| query[5] = 2), Some((1, 12)));
    assert_eq!(code(&|query| query.truncate(20)), Some((1, 12)));
    assert_eq!(
        code(&|query| query.truncate(asked.len() - 1)),
        Some((1, 12))
    );
    assert_eq!(
        code(&|query| query[12..14].copy_from_slice(&[0xc0, 12])),
        Some((1, 12))
    );
    // Records that are promised and missing.
    assert_eq!(code(&|query| query[11] = 1), Some((1, 12)));
    // An operation that is no look-up, and a class that is not the Internet's.
    assert_eq!(code(&|query| query[2] |= 0x10), Some((4, 12)));
    assert_eq!(code(&|query| query[asked.len() - 1] = 3), Some((5, 12)));
}

// Answers that are no answers.

#[test]
fn every_flaw_is_the_one_it_says() {
    let asked = query("x.test", A);
    let start = asked.len();
    let mut zone = Zone::new();
    for flaw in Malformed::ALL {
        zone.set(name("x.test"), Fate::Malformed(*flaw));
        let bytes = zone.respond(&asked, Over::Udp).unwrap().bytes;
        let record = bytes.get(start..).unwrap_or_default();
        if !matches!(flaw, Malformed::Empty | Malformed::HalfHeader) {
            assert_eq!(bytes[..2], asked[..2]);
        }
        let whole = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 77, 0, 66];
        match flaw {
            Malformed::Empty => assert_eq!(bytes, []),
            Malformed::HalfHeader => assert_eq!(bytes.len(), 6),
            Malformed::CutRecord => assert_eq!(record, &whole[..13]),
            Malformed::CountTooHigh => {
                assert_eq!((&bytes[6..8], record), (&[0, 9][..], &whole[..]));
            }
            Malformed::LengthTooHigh => assert_eq!(record[10..12], [3, 232]),
            Malformed::ShortAddress => assert_eq!(record[10..], [0, 3, 77, 0, 66]),
            Malformed::PointerLoop => {
                assert_eq!((record[0], usize::from(record[1])), (0xc0, start));
            }
            Malformed::PointerBeyond => assert_eq!(record[..2], [0xff, 0xff]),
            Malformed::BadLabel => assert_eq!(record[0] & 0xc0, 0x40),
            Malformed::OtherQuestion => {
                assert_eq!((&bytes[12..15], record), (&b"\x01y\x04"[..], &whole[..]));
            }
            Malformed::NoAnswer => assert_eq!((bytes[2] & 0x80, record), (0, &whole[..])),
            Malformed::Garbage => assert!(bytes[12..].iter().all(|byte| *byte == 0xff)),
        }
        // Nobody who reads carefully takes it for the answer.
        let is_taken = Packet::parse(&bytes).is_ok_and(|packet| {
            packet.has_flags(PacketFlag::RESPONSE)
                && questions(&packet) == questions(&Packet::parse(&asked).unwrap())
                && !packet.answers.is_empty()
        });
        assert!(!is_taken, "{flaw:?}");
    }
}

#[test]
fn a_flaw_in_an_ipv6_address_is_one_too() {
    let mut zone = Zone::new();
    zone.set(name("x.test"), Fate::Malformed(Malformed::ShortAddress));
    let asked = query("x.test", AAAA);
    let bytes = zone.respond(&asked, Over::Udp).unwrap().bytes;
    assert_eq!(
        bytes[asked.len()..][..12],
        [0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 0, 0, 15]
    );
    assert_eq!(bytes.len(), asked.len() + 12 + 15);
}

// Whatever comes.

fn full_zone() -> Zone {
    let mut zone = Zone::new();
    zone.set(name("a.test"), vec![Record::Cname(name("b.test")), four(1)]);
    zone.set(name("b.test"), vec![Record::Cname(name("a.test"))]);
    zone.set(name("t.test"), Fate::Truncated(vec![four(1)]));
    for (n, flaw) in Malformed::ALL.iter().enumerate() {
        zone.set(name(&format!("m{n}.test")), Fate::Malformed(*flaw));
    }
    zone
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let mut zone = full_zone();
        zone.respond(&bytes, Over::Udp);
        // The same noise behind a header that promises a question and a record.
        let mut query = vec![0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        query.extend(&bytes);
        let answer = zone.respond(&query, Over::Tcp).expect("an answer or an error");
        prop_assert!(answer.bytes.len() >= 12);
    }

    #[test]
    fn bent_queries_do_no_harm(
        text in proptest::sample::select(vec!["a.test", "t.test", "m3.test", "m11.test", "none"]),
        kind in proptest::sample::select(vec![A, AAAA, CNAME, PTR, MX, ANY]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut query = query_with_edns(text, kind, 1400, 0);
        for (at, byte) in changes {
            let at = at.index(query.len());
            query[at] = byte;
        }
        query.truncate(cut.index(query.len() + 1));
        let mut zone = full_zone();
        zone.respond(&query, Over::Udp);
    }

    /// The other crate reads every answer that is not wrong on purpose.
    #[test]
    fn answers_are_sound(
        addrs in proptest::collection::vec(any::<IpAddr>(), 0..80),
        kind in proptest::sample::select(vec![A, AAAA, CNAME, PTR, MX, ANY]),
        label in "[a-zA-Z0-9_-]{1,63}",
    ) {
        let text = format!("{label}.test");
        let mut zone = Zone::new();
        zone.add(name(&text), addrs.clone());
        let asked = query(&text, kind);
        let wanted = addrs.iter().filter(|addr| match kind {
            A => addr.is_ipv4(),
            AAAA => addr.is_ipv6(),
            ANY => true,
            _ => false,
        });
        let wanted: Vec<String> = wanted.map(ToString::to_string).collect();
        let answer = seen(&asked, &zone.respond(&asked, Over::Tcp).unwrap().bytes);
        let data: Vec<String> = answer.records.into_iter().map(|(_, data)| data).collect();
        prop_assert_eq!(&data, &wanted);
        prop_assert_eq!(answer.has_authority, wanted.is_empty());
        let over_udp = zone.respond(&asked, Over::Udp).unwrap().bytes;
        prop_assert!(over_udp.len() <= 512);
        seen(&asked, &over_udp);
    }

    #[test]
    fn names_survive_the_way(labels in proptest::collection::vec("[a-z0-9_-]{1,20}", 1..8)) {
        let text = labels.join(".");
        let name = name(&text);
        prop_assert_eq!(name.to_string(), &text[..]);
        let read = read(name.wire(), 0).unwrap();
        prop_assert_eq!(Name::from_wire(&read.wire), name);
    }
}
