//! Addresses, ports and names: the strategies give every class that they promise, and shrink to what they call the simplest.
#![cfg(feature = "proptest")]

mod sampling;

use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use proptest::prelude::*;
use sampling::{covers, sample, shrinks_to};
use usocket_testkit::strategies::*;

/// A class, and what std asks about it.
type Known<C, A> = (C, fn(&A) -> bool);

#[test]
fn addresses_cover_their_classes() {
    covers(
        sample(ipv4()).map(Ipv4Class::of),
        Ipv4Class::ALL.iter().copied(),
    );
    covers(
        sample(ipv6()).map(Ipv6Class::of),
        Ipv6Class::ALL.iter().copied(),
    );
    covers(sample(ip()).map(|ip| ip.is_ipv4()), [false, true]);
}

#[test]
fn an_address_of_a_class_is_of_that_class() {
    for class in Ipv4Class::ALL {
        assert!(
            sample(ipv4_in(*class)).all(|ip| Ipv4Class::of(ip) == *class),
            "{class}"
        );
    }
    for class in Ipv6Class::ALL {
        assert!(
            sample(ipv6_in(*class)).all(|ip| Ipv6Class::of(ip) == *class),
            "{class}"
        );
    }
}

/// std knows some classes too.
#[test]
fn the_classes_of_ipv4_are_those_of_std() {
    use Ipv4Class as C;
    let known: [Known<C, Ipv4Addr>; 7] = [
        (C::Loopback, Ipv4Addr::is_loopback),
        (C::Unspecified, Ipv4Addr::is_unspecified),
        (C::Private, Ipv4Addr::is_private),
        (C::LinkLocal, Ipv4Addr::is_link_local),
        (C::Documentation, Ipv4Addr::is_documentation),
        (C::Multicast, Ipv4Addr::is_multicast),
        (C::Broadcast, Ipv4Addr::is_broadcast),
    ];
    let anywhere = any::<u32>().prop_map(Ipv4Addr::from_bits);
    for ip in sample(ipv4()).chain(sample(anywhere)) {
        for (class, is_one) in known {
            assert_eq!(Ipv4Class::of(ip) == class, is_one(&ip), "{ip}, {class}");
        }
    }
}

#[test]
fn the_classes_of_ipv6_are_those_of_std() {
    use Ipv6Class as C;
    let known: [Known<C, Ipv6Addr>; 6] = [
        (C::Loopback, Ipv6Addr::is_loopback),
        (C::Unspecified, Ipv6Addr::is_unspecified),
        (C::UniqueLocal, Ipv6Addr::is_unique_local),
        (C::LinkLocal, Ipv6Addr::is_unicast_link_local),
        (C::Multicast, Ipv6Addr::is_multicast),
        (C::Mapped, |ip| ip.to_ipv4_mapped().is_some()),
    ];
    let anywhere = any::<u128>().prop_map(Ipv6Addr::from_bits);
    for ip in sample(ipv6()).chain(sample(anywhere)) {
        for (class, is_one) in known {
            assert_eq!(Ipv6Class::of(ip) == class, is_one(&ip), "{ip}, {class}");
        }
    }
}

#[test]
fn the_first_and_the_last_address_of_a_block_are_in_it() {
    for (first, last, class) in [
        ("172.16.0.0", "172.31.255.255", Ipv4Class::Private),
        ("100.64.0.0", "100.127.255.255", Ipv4Class::Shared),
        ("198.18.0.0", "198.19.255.255", Ipv4Class::Benchmarking),
        ("192.0.0.0", "192.0.0.255", Ipv4Class::ProtocolAssignments),
        ("240.0.0.0", "255.255.255.254", Ipv4Class::Reserved),
        ("0.0.0.1", "0.255.255.255", Ipv4Class::ThisNetwork),
        ("128.0.0.0", "169.253.255.255", Ipv4Class::Global),
    ] {
        for end in [first, last] {
            assert_eq!(Ipv4Class::of(end.parse().unwrap()), class, "{end}");
        }
    }
    for (first, last, class) in [
        (
            "2001:db8::",
            "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::Documentation,
        ),
        (
            "3fff::",
            "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::Documentation,
        ),
        ("64:ff9b::", "64:ff9b::ffff:ffff", Ipv6Class::Translated),
        ("100::", "100::ffff:ffff:ffff:ffff", Ipv6Class::Discard),
        (
            "2001::",
            "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::Teredo,
        ),
        (
            "2001:2::",
            "2001:2:0:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::Benchmarking,
        ),
        (
            "2001:1::",
            "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::ProtocolAssignments,
        ),
        (
            "2002::",
            "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::SixToFour,
        ),
        (
            "fec0::",
            "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::SiteLocal,
        ),
        ("::2", "::ffff:ffff", Ipv6Class::Compatible),
        (
            "2003::",
            "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::Global,
        ),
        (
            "4000::",
            "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            Ipv6Class::Unassigned,
        ),
    ] {
        for end in [first, last] {
            assert_eq!(Ipv6Class::of(end.parse().unwrap()), class, "{end}");
        }
    }
}

#[test]
fn addresses_shrink_to_the_simplest_of_their_class() {
    shrinks_to(ip(), &Ipv4Addr::LOCALHOST.into());
    shrinks_to(ipv6(), &Ipv6Addr::LOCALHOST);
    for (class, expected) in [
        (Ipv4Class::Private, "10.0.0.1"),
        (Ipv4Class::Documentation, "192.0.2.1"),
        (Ipv4Class::Broadcast, "255.255.255.255"),
        (Ipv4Class::Global, "1.0.0.1"),
    ] {
        shrinks_to(ipv4_in(class), &expected.parse().unwrap());
    }
    for (class, expected) in [
        (Ipv6Class::LinkLocal, "fe80::1"),
        (Ipv6Class::Mapped, "::ffff:0.0.0.1"),
        (Ipv6Class::Unassigned, "4000::1"),
    ] {
        shrinks_to(ipv6_in(class), &expected.parse().unwrap());
    }
}

#[test]
fn socket_addresses_have_ports_at_the_edges_flows_and_zones() {
    let ports: HashSet<_> = sample(port()).collect();
    assert!(
        [0, 1, 1023, 1024, 65535]
            .iter()
            .all(|edge| ports.contains(edge))
    );
    covers(
        sample(socket_addr()).map(|addr| addr.is_ipv4()),
        [false, true],
    );
    let addrs: Vec<_> = sample(socket_addr_v6()).collect();
    covers(addrs.iter().map(|addr| addr.flowinfo() > 0), [false, true]);
    covers(addrs.iter().map(|addr| addr.scope_id() > 0), [false, true]);
    let is_zoned =
        |ip: &Ipv6Addr| ip.is_unicast_link_local() || (ip.segments()[0] & 0xff0f) == 0xff02;
    assert!(
        addrs
            .iter()
            .all(|addr| addr.scope_id() == 0 || is_zoned(addr.ip()))
    );
    shrinks_to(socket_addr(), &SocketAddr::from(([127, 0, 0, 1], 1)));
    shrinks_to(socket_addr_v6(), &"[::1]:1".parse().unwrap());
}

#[test]
fn names_are_short_or_as_long_as_can_be() {
    let kind = |name: String| match name.len() {
        253 => "longest",
        68 => "long label",
        _ => "short",
    };
    covers(
        sample(host_name()).map(kind),
        ["longest", "long label", "short"],
    );
    shrinks_to(host_name(), &"a.test".to_owned());
}
