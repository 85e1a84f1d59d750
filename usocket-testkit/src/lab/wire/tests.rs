//! Vectors that were worked out elsewhere, a second opinion on what is built, and bytes that mean
//! nothing.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::arp::Arp;
use super::checksum::Sum;
use super::icmp::Message;
use super::opinion::{self, Said};
use super::*;

const TEST_MAC: Mac = Mac([2, 0, 0, 0, 0, 0x0a]);
const HOST: Mac = Mac([2, 0, 0, 0, 0, 0x77]);

fn v4() -> Addresses {
    Addresses::V4(Ipv4Addr::new(10, 77, 1, 5), Ipv4Addr::new(10, 77, 0, 1))
}

fn v6() -> Addresses {
    Addresses::V6(ip6(9), ip6(1))
}

fn ip6(last: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, last)
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |n: usize| u8::from_str_radix(&hex[n..n + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn segment(flags: Flags, payload: &[u8]) -> Segment<'_> {
    Segment {
        source: 80,
        destination: 40123,
        sequence: 1000,
        acknowledgment: 2,
        flags,
        window: 65535,
        maximum_segment_size: None,
        payload,
    }
}

/// The example of RFC 1071 3: the sum is ddf2.
#[test]
fn the_checksum_is_that_of_rfc_1071() {
    let words = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
    assert_eq!(Sum::of(&words).finish(), !0xddf2);
    // An odd byte at the end counts as the upper half of a word, and parts add up.
    assert_eq!(Sum::of(&[0x12]).finish(), !0x1200);
    assert_eq!(Sum::of(&words[..4]).and(&words[4..]).finish(), !0xddf2);
    assert_eq!(Sum::of(&[0xff; 4]).finish(), 0);
}

/// Each was worked out by another program, from the RFCs.
#[test]
fn packets_are_those_worked_out_elsewhere() {
    let syn_ack = Segment {
        maximum_segment_size: Some(1460),
        ..segment(Flags::SYN | Flags::ACK, &[])
    };
    assert_eq!(
        syn_ack.to_packet(v4()),
        bytes(
            "4500002c000040004006252d0a4d01050a4d000100509cbb000003e8000000026012ffffe1810000020405b4"
        )
    );
    let data = Segment {
        source: 7,
        sequence: 1001,
        acknowledgment: 7,
        window: 65530,
        ..segment(Flags::PSH | Flags::ACK, b"hello")
    };
    assert_eq!(
        data.to_packet(v6()),
        bytes(
            "6000000000190640fd770000000000000000000000000009fd770000000000000000000000000001\
             00079cbb000003e9000000075018fffad04e000068656c6c6f"
        )
    );
    let query = Datagram {
        source: 5000,
        destination: 53,
        payload: b"x",
    };
    let query = query.to_packet(v4().reversed());
    assert_eq!(
        query,
        bytes("4500001d00004000401125310a4d00010a4d01051388003500095e7f78")
    );
    let error = error(3, 7, 0, &Packet::parse(&query).unwrap());
    assert_eq!(
        error,
        bytes(
            "4500003900004000400125250a4d01050a4d0001030712b300000000\
             4500001d00004000401125310a4d00010a4d01051388003500095e7f78"
        )
    );
    let advertisement = neighbour_advertisement(ip6(9), HOST, ip6(1), TEST_MAC);
    assert_eq!(advertisement[..14], bytes("02000000000a02000000007786dd"));
    assert_eq!(
        advertisement[14..],
        bytes(
            "6000000000203afffd770000000000000000000000000009fd770000000000000000000000000001\
             88001ab260000000fd7700000000000000000000000000090201020000000077"
        )
    );
}

#[test]
fn a_udp_checksum_of_zero_is_sent_as_ones() {
    let datagram = Datagram {
        source: 7,
        destination: 5000,
        payload: &[0xd6, 0xab],
    };
    let packet = datagram.to_packet(v4());
    assert_eq!(packet[26..28], [0xff, 0xff]);
}

/// RFC 826: the question with the sender's and the target's parts swapped, and the answer filled
/// in.
#[test]
fn arp_is_answered() {
    let question = Arp {
        is_request: true,
        sender: (TEST_MAC, Ipv4Addr::new(10, 77, 0, 1)),
        target: (Mac([0; 6]), Ipv4Addr::new(10, 77, 1, 5)),
    };
    let in_bytes = bytes("000108000604000102000000000a0a4d00010000000000000a4d0105");
    assert_eq!(question.to_bytes(), in_bytes);
    assert_eq!(Arp::parse(&in_bytes), Some(question));
    assert_eq!(
        question.reply(HOST),
        bytes(
            "02000000000a020000000077080600010800060400020200000000770a4d010502000000000a0a4d0001"
        )
    );
    // Other links and other protocols are not ours.
    assert_eq!(
        Arp::parse(&bytes(
            "000608000604000102000000000a0a4d00010000000000000a4d0105"
        )),
        None
    );
}

#[test]
fn another_crate_reads_what_is_built() {
    for addresses in [v4(), v6()] {
        for payload in [&b""[..], b"x", b"odd", &[0xff; 1400]] {
            let frame = ip_frame(
                HOST,
                TEST_MAC,
                &segment(Flags::ACK, payload).to_packet(addresses),
            );
            let seen = opinion::on(&frame);
            assert_eq!(
                (seen.source, seen.destination),
                (addresses.source(), addresses.destination())
            );
            let Said::Tcp {
                header,
                payload: read,
            } = seen.said
            else {
                panic!("{seen:?}");
            };
            assert_eq!(
                (header.sequence_number, header.acknowledgment_number),
                (1000, 2)
            );
            assert!(header.ack && !header.syn && !header.fin && !header.rst);
            assert_eq!(read, payload);

            let datagram = Datagram {
                source: 7,
                destination: 9,
                payload,
            };
            let packet = datagram.to_packet(addresses);
            let frame = ip_frame(HOST, TEST_MAC, &packet);
            let Said::Udp {
                source,
                destination,
                payload: read,
            } = opinion::on(&frame).said
            else {
                panic!("no datagram");
            };
            assert_eq!((source, destination, &read[..]), (7, 9, payload));

            let frame = ip_frame(
                HOST,
                TEST_MAC,
                &error(3, 1, 0, &Packet::parse(&packet).unwrap()),
            );
            let Said::Icmp {
                kind, code, body, ..
            } = opinion::on(&frame).said
            else {
                panic!("no ICMP");
            };
            assert_eq!((kind, code), (3, 1));
            assert_eq!(body, packet[..body.len()]);
        }
    }
}

/// RFC 1812 4.3.2.3 and RFC 4443 2.4 c: all of it where it fits, and never more than every host
/// takes.
#[test]
fn an_error_quotes_as_much_as_it_may() {
    for (addresses, header, longest) in [(v4(), 20, 576), (v6(), 40, 1280)] {
        for len in [0, 1, 8, 500, 1232, 1400] {
            let payload = vec![7; len];
            let datagram = Datagram {
                source: 7,
                destination: 9,
                payload: &payload,
            };
            let about = datagram.to_packet(addresses);
            let error = error(3, 0, 0, &Packet::parse(&about).unwrap());
            let quote = &error[header + 8..];
            assert_eq!(quote.len(), about.len().min(longest - header - 8), "{len}");
            assert_eq!(quote, &about[..quote.len()]);
            assert!(quote.len() >= header + 8);
        }
    }
}

#[test]
fn an_answer_to_ping_is_the_question_turned_round() {
    for (addresses, kind, reply) in [(v4(), 8, 0), (v6(), 128, 129)] {
        let request = Message {
            kind,
            code: 0,
            rest: 0x0001_0002,
            body: b"abc",
        };
        let packet = request.echo_reply(addresses).unwrap();
        let seen = opinion::on(&ip_frame(HOST, TEST_MAC, &packet));
        let Said::Icmp {
            kind,
            code,
            rest,
            body,
        } = seen.said
        else {
            panic!("{seen:?}");
        };
        assert_eq!(
            (kind, code, rest, &body[..]),
            (reply, 0, 0x0001_0002, &b"abc"[..])
        );
        let answer = Message {
            kind: reply,
            ..request
        };
        assert_eq!(answer.echo_reply(addresses), None);
    }
    // The other family's request means nothing.
    let request = Message {
        kind: 8,
        code: 0,
        rest: 0,
        body: b"",
    };
    assert_eq!(request.echo_reply(v6()), None);
}

#[test]
fn what_the_link_adds_behind_a_packet_is_left_out() {
    let mut packet = segment(Flags::ACK, b"x").to_packet(v4());
    packet.extend([0; 5]);
    let read = Packet::parse(&packet).unwrap();
    assert_eq!(read.bytes.len(), 41);
    assert!(matches!(Transport::of(&read), Transport::Tcp(segment) if segment.payload == b"x"));
    // And one that is too short is none.
    assert!(Packet::parse(&packet[..40]).is_none());
}

#[test]
fn extension_headers_are_stepped_over() {
    let datagram = Datagram {
        source: 7,
        destination: 9,
        payload: b"x",
    };
    let plain = datagram.to_packet(v6());
    let with = |header: u8, extension: &[u8]| {
        let mut packet = plain[..40].to_vec();
        packet[6] = header;
        packet[5] += u8::try_from(extension.len()).unwrap();
        packet.extend(extension);
        packet.extend(&plain[40..]);
        packet
    };
    let options = with(0, &[17, 0, 1, 4, 0, 0, 0, 0]);
    let read = Packet::parse(&options).unwrap();
    assert_eq!((read.protocol, read.part), (17, Part::Whole));
    assert_eq!(Transport::of(&read), Transport::Udp(datagram));

    for (offset, part) in [
        ([0, 1], Part::First),
        ([0, 9], Part::Later),
        ([0, 0], Part::Whole),
    ] {
        let fragment = with(44, &[17, 0, offset[0], offset[1], 0, 0, 0, 1]);
        let read = Packet::parse(&fragment).unwrap();
        assert_eq!((read.protocol, read.part), (17, part));
        assert_eq!(
            Transport::of(&read) == Transport::Other,
            part != Part::Whole
        );
    }
    // One that is longer than the packet.
    assert!(Packet::parse(&with(0, &[17, 9, 0, 0, 0, 0, 0, 0])).is_none());
}

#[test]
fn fragments_of_ipv4_are_known() {
    let mut packet = segment(Flags::ACK, b"x").to_packet(v4());
    assert!(Packet::parse(&packet).unwrap().dont_fragment);
    for (field, part) in [
        ([0x20, 0], Part::First),
        ([0x20, 1], Part::Later),
        ([0, 1], Part::Later),
    ] {
        packet[6..8].copy_from_slice(&field);
        let read = Packet::parse(&packet).unwrap();
        assert_eq!((read.part, read.dont_fragment), (part, false));
    }
}

/// RFC 9293 3.1: padding and options of any kind may stand before the one that is looked for.
#[test]
fn the_segment_size_is_found_among_other_options() {
    let with = |options: &[u8]| {
        let mut bytes = segment(Flags::SYN, &[]).to_packet(v4())[20..].to_vec();
        bytes[12] = u8::try_from((20 + options.len()) * 4).unwrap();
        bytes.extend(options);
        Segment::parse(&bytes).map(|segment| segment.maximum_segment_size)
    };
    assert_eq!(with(&[2, 4, 5, 0xb4]), Some(Some(1460)));
    assert_eq!(with(&[1, 1, 4, 2, 2, 4, 5, 0xb4]), Some(Some(1460)));
    assert_eq!(with(&[0, 4, 2, 4]), Some(None));
    // Lengths that lead nowhere, or beyond the end.
    assert_eq!(with(&[8, 0, 8, 0]), Some(None));
    assert_eq!(with(&[8, 99, 2, 4]), Some(None));
    assert_eq!(with(&[1, 1, 1, 2]), Some(None));
}

#[test]
fn a_segment_counts_its_bytes_and_flags() {
    assert_eq!(segment(Flags::ACK, b"abc").len(), 3);
    assert_eq!(segment(Flags::SYN, b"").len(), 1);
    assert_eq!(segment(Flags::FIN | Flags::ACK, b"abc").len(), 4);
}

#[test]
fn a_solicitation_must_come_from_the_link() {
    let message = Message {
        kind: 135,
        code: 0,
        rest: 0,
        body: &ip6(9).octets(),
    };
    let packet = segment(Flags::ACK, b"").to_packet(v6());
    let packet = Packet {
        protocol: 58,
        hop_limit: 255,
        ..Packet::parse(&packet).unwrap()
    };
    assert_eq!(message.solicited(&packet), Some(ip6(9)));
    assert_eq!(
        message.solicited(&Packet {
            hop_limit: 254,
            ..packet
        }),
        None
    );
    assert_eq!(
        Message {
            body: &[],
            ..message
        }
        .solicited(&packet),
        None
    );
    assert_eq!(
        Message {
            kind: 136,
            ..message
        }
        .solicited(&packet),
        None
    );
}

/// RFC 4861 7.2.4: who has no address yet is told through all nodes, and the answer is to nobody's
/// question.
#[test]
fn who_has_no_address_is_told_through_all_nodes() {
    let frame = neighbour_advertisement(ip6(9), HOST, Ipv6Addr::UNSPECIFIED, TEST_MAC);
    assert_eq!(frame[..6], [0x33, 0x33, 0, 0, 0, 1]);
    let seen = opinion::on(&frame);
    assert_eq!(seen.destination.to_string(), "ff02::1");
    assert!(matches!(
        seen.said,
        Said::Icmp {
            kind: 136,
            code: 0,
            rest: 0x2000_0000,
            ..
        }
    ));
}

#[test]
fn a_frame_is_one_line() {
    let line = |packet: &[u8]| describe(&ip_frame(HOST, TEST_MAC, packet));
    let syn = Segment {
        sequence: 1,
        maximum_segment_size: Some(1460),
        ..segment(Flags::SYN, b"")
    };
    assert_eq!(
        line(&syn.to_packet(v4())),
        "10.77.1.5:80 > 10.77.0.1:40123 tcp SYN seq 1 win 65535 mss 1460"
    );
    let data = segment(Flags::PSH | Flags::ACK, b"hello").to_packet(v6());
    assert_eq!(
        line(&data),
        "[fd77::9]:80 > [fd77::1]:40123 tcp PSH+ACK seq 1000 ack 2 win 65535 len 5"
    );
    let query = Datagram {
        source: 5000,
        destination: 53,
        payload: b"x",
    };
    let query = query.to_packet(v4().reversed());
    assert_eq!(line(&query), "10.77.0.1:5000 > 10.77.1.5:53 udp len 1");
    assert_eq!(
        line(&error(3, 7, 0, &Packet::parse(&query).unwrap())),
        "10.77.1.5 > 10.77.0.1 icmp 3/7 host unknown, about 10.77.0.1:5000 > 10.77.1.5:53 udp"
    );
    assert_eq!(
        line(&error(2, 0, 1280, &Packet::parse(&data).unwrap())),
        "fd77::1 > fd77::9 icmpv6 2/0 packet too big, mtu 1280, about [fd77::9]:80 > [fd77::1]:40123 tcp seq 1000"
    );
    assert_eq!(
        describe(&neighbour_advertisement(ip6(9), HOST, ip6(1), TEST_MAC)),
        "fd77::9 > fd77::1 icmpv6 136/0 neighbour advertisement: fd77::9 is at 02:00:00:00:00:77"
    );
    let question = Arp {
        is_request: true,
        sender: (TEST_MAC, Ipv4Addr::new(10, 77, 0, 1)),
        target: (Mac([0; 6]), Ipv4Addr::new(10, 77, 1, 6)),
    };
    assert_eq!(
        describe(&question.reply(HOST)),
        "arp: 10.77.1.6 is at 02:00:00:00:00:77"
    );
    let mut frame = vec![0xff; 12];
    frame.extend([8, 6]);
    frame.extend(question.to_bytes());
    assert_eq!(describe(&frame), "arp: who has 10.77.1.6? tell 10.77.0.1");
    assert_eq!(describe(&[0; 13]), "frame without a header, len 13");
    assert_eq!(describe(&[0x12; 20]), "frame of type 0x1212, len 6");
}

/// An error that quotes the header and eight bytes, the least that RFC 792 wants, still says what
/// it is about.
#[test]
fn the_shortest_quote_is_read() {
    let packet = segment(Flags::ACK, b"hello").to_packet(v4());
    let about = Packet::parse(&packet).unwrap();
    let cut = Packet {
        bytes: &about.bytes[..28],
        ..about
    };
    let line = describe(&ip_frame(HOST, TEST_MAC, &error(3, 1, 0, &cut)));
    assert_eq!(
        line,
        "10.77.0.1 > 10.77.1.5 icmp 3/1 host unreachable, about 10.77.1.5:80 > 10.77.0.1:40123 tcp seq 1000"
    );
}

/// Frames of every kind, to be bent.
fn samples() -> Vec<Vec<u8>> {
    let mut samples = Vec::new();
    for addresses in [v4(), v6()] {
        let syn = Segment {
            maximum_segment_size: Some(1460),
            ..segment(Flags::SYN, b"")
        };
        let datagram = Datagram {
            source: 7,
            destination: 9,
            payload: b"abc",
        };
        let datagram = datagram.to_packet(addresses);
        let error = error(3, 1, 0, &Packet::parse(&datagram).unwrap());
        for packet in [
            syn.to_packet(addresses),
            segment(Flags::ACK, b"abc").to_packet(addresses),
            datagram,
            error,
        ] {
            samples.push(ip_frame(HOST, TEST_MAC, &packet));
        }
    }
    samples.push(neighbour_advertisement(ip6(9), HOST, ip6(1), TEST_MAC));
    samples
}

proptest! {
    #[test]
    fn any_bytes_are_one_line(frame in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!describe(&frame).contains('\n'));
    }

    /// Real frames with some bytes changed, and cut anywhere, get deeper than noise.
    #[test]
    fn bent_frames_are_one_line(
        sample in proptest::sample::select(samples()),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut frame = sample;
        for (at, byte) in changes {
            let at = at.index(frame.len());
            frame[at] = byte;
        }
        frame.truncate(cut.index(frame.len() + 1));
        prop_assert!(!describe(&frame).contains('\n'));
    }

    #[test]
    fn segments_survive_the_way(
        (source, destination, window) in any::<(u16, u16, u16)>(),
        (sequence, acknowledgment) in any::<(u32, u32)>(),
        flag in proptest::sample::select(vec![Flags::SYN, Flags::FIN, Flags::RST, Flags::PSH, Flags::ACK]),
        maximum_segment_size in any::<Option<u16>>(),
        payload in proptest::collection::vec(any::<u8>(), 0..50),
        is_ipv6 in any::<bool>(),
    ) {
        let segment = Segment {
            source, destination, sequence, acknowledgment, flags: flag | Flags::ACK, window, maximum_segment_size,
            payload: &payload,
        };
        let addresses = if is_ipv6 { v6() } else { v4() };
        let packet = segment.to_packet(addresses);
        opinion::on(&ip_frame(HOST, TEST_MAC, &packet));
        let read = Packet::parse(&packet).unwrap();
        prop_assert_eq!(read.addresses, addresses);
        prop_assert_eq!(Transport::of(&read), Transport::Tcp(segment));
    }

    #[test]
    fn datagrams_survive_the_way(
        (source, destination) in any::<(u16, u16)>(),
        payload in proptest::collection::vec(any::<u8>(), 0..50),
        is_ipv6 in any::<bool>(),
    ) {
        let datagram = Datagram { source, destination, payload: &payload };
        let packet = datagram.to_packet(if is_ipv6 { v6() } else { v4() });
        opinion::on(&ip_frame(HOST, TEST_MAC, &packet));
        prop_assert_eq!(Transport::of(&Packet::parse(&packet).unwrap()), Transport::Udp(datagram));
    }
}
