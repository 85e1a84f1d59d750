//! The address helpers: what is read and what is refused, octets in buffers, and that nothing of it
//! ever panics.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use rstest::rstest;
use usocket::address::{
    AUTO_PORT, AddressError, AddressErrorKind, ToIpAddr, WILDCARD_V4, WILDCARD_V6, get_integer,
    get_ipv4, get_ipv6, get_port, octets, put_integer, put_ip, put_port, same_ip,
};

fn refused(text: &str) -> AddressError {
    text.to_ip_addr().unwrap_err()
}

// What the original was measured to answer, by accident, and what is right.

/// There: 300,1,2,3; 1,2,3,NIL; 1,2,3,4; -1,2,3,4; and three failures of the parser beneath.
#[rstest]
#[case("300.1.2.3", 0, AddressErrorKind::BadIpv4)]
#[case("1.2.3", 5, AddressErrorKind::BadIpv4)]
#[case("1.2.3.4.5", 8, AddressErrorKind::BadIpv4)]
#[case("-1.2.3.4", 0, AddressErrorKind::BadIpv4)]
#[case("", 0, AddressErrorKind::NotAnAddress)]
#[case("a.b.c.d", 0, AddressErrorKind::NotAnAddress)]
#[case("1..2.3", 2, AddressErrorKind::BadIpv4)]
fn a_dotted_quad_is_four_numbers_from_0_to_255(
    #[case] text: &str,
    #[case] offset: usize,
    #[case] kind: AddressErrorKind,
) {
    let error = refused(text);
    assert_eq!(
        (error.offset(), error.kind()),
        (Some(offset), &kind),
        "{error}"
    );
    assert_eq!(error.input(), text);
}

/// There: an error, although the library itself writes `::`.
#[test]
fn two_colons_are_an_address() {
    assert_eq!("::".to_ip_addr(), Ok(IpAddr::V6(WILDCARD_V6)));
}

/// There: an error.
#[test]
fn an_ipv4_address_can_stand_in_an_ipv6_address() {
    let mapped = "::ffff:1.2.3.4".to_ip_addr().unwrap();
    assert_eq!(mapped.to_string(), "::ffff:1.2.3.4");
    assert_eq!(mapped.to_canonical(), IpAddr::from([1, 2, 3, 4]));
}

/// There: an error too, which does not say why.
#[test]
fn a_zone_is_refused_and_the_error_says_where_it_can_stand() {
    let error = refused("fe80::1%lo");
    assert_eq!(
        error.to_string(),
        "\"fe80::1%lo\", character 8: expected no zone, which only an endpoint has, as in [fe80::1%eth0]:80"
    );
    assert!("[fe80::1%lo]:80".parse::<usocket::Endpoint>().is_ok());
}

/// There: accepted, and cut to 2345.
#[test]
fn a_group_of_five_digits_is_refused() {
    let error = refused("12345::");
    assert_eq!(error.kind(), &AddressErrorKind::BadIpv6);
}

/// There: upper case, and the first zero taken for the run that `::` stands for: RFC 5952.
#[rstest]
#[case("0:0:1::", "0:0:1::")]
#[case("1:0:0:2:0:0:0:3", "1:0:0:2::3")]
#[case("1:0:0:2:3:0:0:4", "1::2:3:0:0:4")]
#[case("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7")]
#[case("2001:0DB8::00AB", "2001:db8::ab")]
#[case("0:0:0:0:0:0:0:1", "::1")]
#[case("0:0:0:0:0:ffff:c000:0201", "::ffff:192.0.2.1")]
fn text_is_as_rfc_5952_wants_it(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(text.to_ip_addr().unwrap().to_string(), canonical);
}

/// There: 2^33 wraps to 0.0.0.0. Here it is no `u32`, and a number of its length is checked.
#[test]
fn a_number_of_more_than_32_bits_is_no_ipv4_address() {
    let mut buffer = [9; 4];
    let error = put_integer(&mut buffer, 0, 4, 1 << 33).unwrap_err();
    assert_eq!(
        error.to_string(),
        "8589934592: expected at most 4294967295, which 4 octets hold"
    );
    assert_eq!(buffer, [9; 4]);
    assert_eq!(
        0x7f00_0001.to_ip_addr(),
        Ok(IpAddr::V4(Ipv4Addr::LOCALHOST))
    );
}

/// There: by text, so that case and zeros count; a name is just another text.
#[test]
fn addresses_are_compared_by_value() {
    assert_eq!(same_ip("fe80::AB", "fe80::ab"), Ok(true));
    let mut one = [0; 16];
    one[15] = 1;
    assert_eq!(same_ip("0:0:0:0:0:0:0:1", one), Ok(true));
    assert_eq!(same_ip("127.0.0.1", 0x7f00_0001), Ok(true));
    assert_eq!(same_ip("127.0.0.1", "127.0.0.2"), Ok(false));
    assert_eq!(same_ip(WILDCARD_V4, WILDCARD_V6), Ok(false));
    assert_eq!(
        same_ip("localhost", "127.0.0.1").unwrap_err().kind(),
        &AddressErrorKind::NotAnAddress
    );
}

/// An address of IPv4 in the clothes of IPv6 is the same; one that only looks like it is not.
#[test]
fn a_mapped_address_is_the_same_as_what_it_maps() {
    assert_eq!(same_ip("::ffff:192.0.2.1", "192.0.2.1"), Ok(true));
    assert_eq!(same_ip("::192.0.2.1", "192.0.2.1"), Ok(false));
    assert_ne!(
        "::ffff:192.0.2.1".to_ip_addr().unwrap(),
        "192.0.2.1".to_ip_addr().unwrap()
    );
}

/// There: the wildcard is told from an equal vector by identity.
#[test]
fn the_wildcard_is_a_value_like_any_other() {
    assert_eq!([0, 0, 0, 0].to_ip_addr(), Ok(IpAddr::V4(WILDCARD_V4)));
    assert_eq!("0.0.0.0".to_ip_addr(), Ok(IpAddr::V4(WILDCARD_V4)));
    assert_eq!((WILDCARD_V4.to_bits(), AUTO_PORT), (0, 0));
}

// The rest of what is read and refused.

#[rstest]
#[case("010.0.0.1", 0, AddressErrorKind::BadIpv4)] // octal in C
#[case("1.2.3.04", 6, AddressErrorKind::BadIpv4)]
#[case("127.1", 5, AddressErrorKind::BadIpv4)]
#[case("2130706433", 0, AddressErrorKind::BadIpv4)]
#[case("1.2.3.", 6, AddressErrorKind::BadIpv4)]
#[case(".", 0, AddressErrorKind::BadIpv4)]
#[case("1.2.3.4x", 0, AddressErrorKind::NotAnAddress)]
#[case("host.1", 0, AddressErrorKind::BadIpv4)]
#[case("localhost", 0, AddressErrorKind::NotAnAddress)]
#[case(" 127.0.0.1", 0, AddressErrorKind::BadIpv4)]
#[case("0x7f.0.0.1", 0, AddressErrorKind::BadIpv4)]
#[case("[::1]", 0, AddressErrorKind::BadIpv6)]
#[case("1:2:3", 0, AddressErrorKind::BadIpv6)]
#[case("1::2::3", 0, AddressErrorKind::BadIpv6)]
#[case("1:2:3:4:5:6:7:8:9", 0, AddressErrorKind::BadIpv6)]
#[case("fe80::x", 6, AddressErrorKind::BadIpv6)]
#[case("1:12345::", 2, AddressErrorKind::BadIpv6)]
#[case("::ffff:1.2.3.400", 7, AddressErrorKind::BadIpv6)]
#[case("127.0.0.1:80", 0, AddressErrorKind::BadIpv6)]
#[case("127.0.0.1%lo", 0, AddressErrorKind::NotAnAddress)]
#[case("ü.1.2.3", 0, AddressErrorKind::BadIpv4)]
#[case("1.ü.2.3", 2, AddressErrorKind::BadIpv4)]
fn what_is_no_address_is_refused_at_its_place(
    #[case] text: &str,
    #[case] offset: usize,
    #[case] kind: AddressErrorKind,
) {
    let error = refused(text);
    assert_eq!(
        (error.offset(), error.kind()),
        (Some(offset), &kind),
        "{error}"
    );
}

#[test]
fn octets_are_four_or_sixteen() {
    assert_eq!([1, 2, 3, 4][..].to_ip_addr(), "1.2.3.4".to_ip_addr());
    assert_eq!([0; 16][..].to_ip_addr(), "::".to_ip_addr());
    for length in (0..20).filter(|length| ![4, 16].contains(length)) {
        let error = vec![0; length].as_slice().to_ip_addr().unwrap_err();
        assert_eq!(error.kind(), &AddressErrorKind::BadLength);
        assert_eq!(error.offset(), None);
    }
    let error = [1_u8][..].to_ip_addr().unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 octet: expected 4 for IPv4 or 16 for IPv6"
    );
}

#[test]
fn a_number_has_one_to_eight_octets() {
    for octets in [0, 9, usize::MAX] {
        for error in [
            put_integer(&mut [0; 16], 0, octets, 0).unwrap_err(),
            get_integer(&[0; 16], 0, octets).unwrap_err(),
        ] {
            assert_eq!(error.kind(), &AddressErrorKind::BadWidth);
            assert_eq!(
                error.to_string(),
                format!("{octets} octets: expected 1 to 8")
            );
        }
    }
}

#[test]
fn a_number_that_does_not_fit_says_what_would() {
    let text = |octets| {
        let error = put_integer(&mut [0; 8], 0, octets, u64::MAX).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        text(1),
        "18446744073709551615: expected at most 255, which 1 octet holds"
    );
    assert_eq!(
        text(7),
        "18446744073709551615: expected at most 72057594037927935, which 7 octets hold"
    );
    assert_eq!(put_integer(&mut [0; 8], 0, 8, u64::MAX), Ok(8));
}

/// Anybody can make them.
#[test]
fn every_kind_has_a_text_whatever_its_numbers() {
    for (octets, most) in [(0, 0), (2, 65_535), (8, u64::MAX), (usize::MAX, u64::MAX)] {
        let text = AddressErrorKind::TooLarge(octets).to_string();
        assert!(
            text.starts_with(&format!("expected at most {most}, ")),
            "{text}"
        );
    }
}

#[test]
fn errors_are_invalid_input_to_std() {
    let error = std::io::Error::from(refused("300.1.2.3"));
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert_eq!(
        error.to_string(),
        "\"300.1.2.3\", character 1: expected four numbers from 0 to 255"
    );
}

proptest! {
    #[test]
    fn every_address_reads_back_from_text_octets_and_buffer(address: IpAddr, start in 0_usize..4) {
        prop_assert_eq!(address.to_string().to_ip_addr(), Ok(address));
        let bytes = octets(address);
        prop_assert_eq!(bytes.to_ip_addr(), Ok(address));
        prop_assert_eq!(bytes[..].to_ip_addr(), Ok(address));
        prop_assert_eq!(bytes.as_ref().to_ip_addr(), Ok(address));
        prop_assert_eq!(same_ip(address, address.to_string()), Ok(true));

        let mut buffer = [0xee; 20];
        let next = put_ip(&mut buffer, start, address).unwrap();
        prop_assert_eq!(next, start + octets(address).len());
        let back = match address {
            IpAddr::V4(_) => get_ipv4(&buffer, start).map(IpAddr::V4),
            IpAddr::V6(_) => get_ipv6(&buffer, start).map(IpAddr::V6),
        };
        prop_assert_eq!(back, Ok(address));
        // Nothing beside it was touched.
        prop_assert!(buffer[..start].iter().chain(&buffer[next..]).all(|octet| *octet == 0xee));
    }

    #[test]
    fn addresses_are_the_same_if_and_only_if_their_values_are(one: IpAddr, other: IpAddr) {
        let same = one.to_canonical() == other.to_canonical();
        prop_assert_eq!(same_ip(one, other), Ok(same));
        prop_assert_eq!(same_ip(one, other), same_ip(other, one));
    }

    #[test]
    fn ipv4_is_what_its_number_is(number: u32) {
        prop_assert_eq!(number.to_ip_addr(), Ok(IpAddr::V4(number.into())));
        let mut buffer = [0; 4];
        put_integer(&mut buffer, 0, 4, number.into()).unwrap();
        prop_assert_eq!(get_ipv4(&buffer, 0).unwrap().to_bits(), number);
    }

    #[test]
    fn numbers_read_back(value: u64, octets in 1_usize..=8, start in 0_usize..8) {
        let most = u64::MAX >> (64 - 8 * octets);
        let mut buffer = [0xee; 16];
        let put = put_integer(&mut buffer, start, octets, value);
        if value <= most {
            prop_assert_eq!(put, Ok(start + octets));
            prop_assert_eq!(get_integer(&buffer, start, octets), Ok(value));
        } else {
            prop_assert_eq!(put.unwrap_err().kind().clone(), AddressErrorKind::TooLarge(octets));
            prop_assert_eq!(buffer, [0xee; 16]);
        }
        let fitting = value & most;
        prop_assert_eq!(put_integer(&mut buffer, start, octets, fitting), Ok(start + octets));
        prop_assert_eq!(get_integer(&buffer, start, octets), Ok(fitting));
        let end = start + octets;
        prop_assert!(buffer[..start].iter().chain(&buffer[end..]).all(|octet| *octet == 0xee));
    }

    #[test]
    fn ports_read_back(port: u16, start in 0_usize..3) {
        let mut buffer = [0; 4];
        prop_assert_eq!(put_port(&mut buffer, start, port), Ok(start + 2));
        prop_assert_eq!(get_port(&buffer, start), Ok(port));
        prop_assert_eq!(get_integer(&buffer, start, 2), Ok(port.into()));
    }

    #[test]
    fn what_reaches_beyond_the_buffer_is_refused_and_writes_nothing(
        length in 0_usize..24,
        start in prop_oneof![0_usize..32, Just(usize::MAX), Just(usize::MAX - 3)],
        octets in 1_usize..=8,
    ) {
        let fits = |octets: usize| start.checked_add(octets).is_some_and(|end| end <= length);
        let mut buffer = vec![0xee; length];
        let results = [
            (octets, get_integer(&buffer, start, octets).map(drop)),
            (2, get_port(&buffer, start).map(drop)),
            (4, get_ipv4(&buffer, start).map(drop)),
            (16, get_ipv6(&buffer, start).map(drop)),
            (octets, put_integer(&mut buffer, start, octets, 0xee).map(drop)),
            (2, put_port(&mut buffer, start, 0xeeee).map(drop)),
            (4, put_ip(&mut buffer, start, [0xee; 4]).map(drop)),
            (16, put_ip(&mut buffer, start, [0xee; 16]).map(drop)),
        ];
        for (octets, result) in results {
            prop_assert_eq!(result.is_ok(), fits(octets));
            if let Err(error) = result {
                prop_assert_eq!(error.kind(), &AddressErrorKind::OutOfBounds(length));
                prop_assert_eq!(error.offset(), Some(start));
                prop_assert_eq!(error.input(), format!("{octets} octet{} at {start}", if octets == 1 { "" } else { "s" }));
            }
        }
        if !fits(1) {
            prop_assert_eq!(buffer, vec![0xee; length]);
        }
    }

    #[test]
    fn any_text_is_read_as_std_reads_it_or_points_into_itself(
        text in "\\PC*|[0-9a-f:.%]{0,40}|([0-9]{1,3}\\.){3}[0-9]{1,3}|([0-9a-f]{0,5}:){2,8}[0-9a-f]{0,5}",
    ) {
        match (text.to_ip_addr(), text.parse::<IpAddr>()) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(error), Err(_)) => {
                // The message counts bytes as characters.
                prop_assert!(text[..error.offset().unwrap()].is_ascii());
                prop_assert_eq!(error.input(), text);
                prop_assert!(error.to_string().contains("expected"));
            }
            (ours, theirs) => prop_assert!(false, "{ours:?}, {theirs:?}"),
        }
    }

    #[test]
    fn ipv6_text_is_shortest_and_lower_case(address: Ipv6Addr) {
        let text = IpAddr::from(address).to_string();
        prop_assert!(!text.bytes().any(|byte| byte.is_ascii_uppercase()));
        prop_assert!(text.len() <= 39);
    }
}
