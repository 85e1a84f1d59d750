//! UDP, ping, and the errors about all of them.

use super::*;

#[test]
fn a_host_where_nothing_listens() {
    for (mut peer, unreachable) in Peer::both(Behaviour::Refuse)
        .into_iter()
        .zip([(3, 3), (1, 4)])
    {
        let got = peer.send(SYN, b"");
        assert_eq!(
            (flags(&got), got[0].sequence, got[0].acknowledgment),
            (vec!["RA"], 0, peer.next)
        );
        peer.expected = 4242;
        let got = peer.send(ACK, b"x");
        assert_eq!((flags(&got), got[0].sequence), (vec!["R"], 4242));
        assert_eq!(peer.send(Flags::RST, b""), []);
        let out = peer.udp(b"x");
        let (kind, code, _, _) = icmp(&out[0]);
        assert_eq!((kind, code), unreachable);
        assert_eq!(peer.ping().len(), 1);
    }
}

#[test]
fn a_host_that_echoes() {
    for behaviour in [
        Behaviour::Echo,
        accept_then(Ending::Silence, After::Sent(0)),
    ] {
        for mut peer in Peer::both(behaviour) {
            for payload in [&b""[..], b"x", &[7; 1400]] {
                let out = peer.udp(payload);
                let seen = opinion::on(&out[0].frame);
                assert_eq!(
                    (seen.source, seen.destination),
                    (peer.host(), peer.addresses.source())
                );
                let Said::Udp {
                    source,
                    destination,
                    payload: echo,
                } = seen.said
                else {
                    panic!("{seen:?}");
                };
                assert_eq!((source, destination, &echo[..]), (9, peer.port, payload));
            }
            let out = peer.ping();
            let (kind, _, rest, body) = icmp(&out[0]);
            assert!(kind == if peer.host().is_ipv6() { 129 } else { 0 });
            assert_eq!((rest, &body[..]), (0x0001_0002, &b"ping"[..]));
        }
    }
}

#[test]
fn nobody_and_silence_say_nothing() {
    for behaviour in [Behaviour::Silent, Behaviour::Absent] {
        for mut peer in Peer::both(behaviour) {
            assert_eq!(peer.send(SYN, b""), []);
            assert_eq!(peer.udp(b"x"), []);
            assert_eq!(peer.ping(), []);
        }
    }
}

/// RFC 792 and RFC 4443: any packet but an error may be the cause of an error.
#[test]
fn every_error_about_every_packet() {
    for is_ipv6 in [false, true] {
        let kinds: &[u8] = if is_ipv6 {
            &[1, 2, 3, 4, 100, 127]
        } else {
            &[3, 4, 5, 11, 12]
        };
        for kind in kinds {
            for code in 0..=15 {
                let mut peer = Peer::new(is_ipv6, error(is_ipv6, *kind, code));
                let out = [peer.raw(SYN, 1, b""), peer.udp(b"x"), peer.ping()].concat();
                assert_eq!(out.len(), 3);
                for outgoing in &out {
                    let seen = opinion::on(&outgoing.frame);
                    assert_eq!(
                        (seen.source, seen.destination),
                        (peer.host(), peer.addresses.source())
                    );
                    assert_eq!((icmp(outgoing).0, icmp(outgoing).1), (*kind, code));
                    // An error that complains about an error would go on for ever.
                    let back = peer.addresses.reversed();
                    assert_eq!(opinion_of_error(&mut peer, back, outgoing), []);
                }
            }
        }
    }
}

/// Sends the error back to the host that it came from.
fn opinion_of_error(peer: &mut Peer, from: Addresses, outgoing: &Outgoing) -> Vec<Outgoing> {
    let mut packet = outgoing.frame[14..].to_vec();
    match from {
        Addresses::V4(host, test) => {
            packet[12..16].copy_from_slice(&test.octets());
            packet[16..20].copy_from_slice(&host.octets());
        }
        Addresses::V6(host, test) => {
            packet[8..24].copy_from_slice(&test.octets());
            packet[24..40].copy_from_slice(&host.octets());
        }
    }
    peer.packet(&packet)
}

/// An error that says how large a packet may be says something that a system believes.
#[test]
fn an_error_about_size_names_a_size() {
    for (is_ipv6, (kind, code), mtu) in [(false, (3, 4), 576), (true, (2, 0), 1280)] {
        let mut peer = Peer::new(is_ipv6, error(is_ipv6, kind, code));
        let out = peer.udp(b"x");
        assert_eq!(icmp(&out[0]).2, mtu);
    }
}

#[test]
fn a_narrow_way_says_how_narrow() {
    for (is_ipv6, (kind, code), header) in [(false, (3, 4), 28), (true, (2, 0), 48)] {
        let mut peer = Peer::new(is_ipv6, Answer::from(Behaviour::Echo).with_mtu(1300));
        let out = peer.udp(&vec![7; 1300 - header]);
        assert!(matches!(opinion::on(&out[0].frame).said, Said::Udp { .. }));
        let out = peer.udp(&vec![7; 1300 - header + 1]);
        let (seen_kind, seen_code, mtu, body) = icmp(&out[0]);
        assert_eq!((seen_kind, seen_code, mtu), (kind, code, 1300));
        assert!(body.len() >= header);
        // TCP meets it too, and goes on with less.
        peer.connected();
        let out = peer.raw(ACK, peer.next, &[7; 1400]);
        assert_eq!(icmp(&out[0]).0, kind);
        let got = peer.send(ACK, &[7; 1200]);
        assert_eq!(peer.take(&got), [7; 1200]);
    }
    // What may be cut gets through.
    let mut peer = Peer::new(false, Answer::from(Behaviour::Echo).with_mtu(100));
    let datagram = Datagram {
        source: 1,
        destination: 9,
        payload: &[7; 200],
    };
    let mut packet = datagram.to_packet(peer.addresses);
    packet[6] = 0;
    assert!(matches!(
        opinion::on(&peer.packet(&packet)[0].frame).said,
        Said::Udp { .. }
    ));
    // And a dead host's way says nothing.
    peer.set(Answer::from(Behaviour::Silent).with_mtu(100));
    assert_eq!(peer.udp(&[7; 200]), []);
}

#[test]
fn fragments_get_no_answer_but_an_error_about_the_first() {
    let mut peer = Peer::new(false, Behaviour::Echo);
    let datagram = Datagram {
        source: 1,
        destination: 9,
        payload: &[7; 200],
    };
    let mut packet = datagram.to_packet(peer.addresses);
    for (field, errors) in [([0x20, 0], 1), ([0x00, 25], 0)] {
        packet[6..8].copy_from_slice(&field);
        peer.set(Behaviour::Echo);
        assert_eq!(peer.packet(&packet), []);
        peer.set(error(false, 3, 1));
        assert_eq!(peer.packet(&packet).len(), errors);
    }
}
