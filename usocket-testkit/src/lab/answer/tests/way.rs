//! What the way to a host adds, and where on the link it is.

use super::*;

#[test]
fn the_first_packets_are_lost() {
    for mut peer in Peer::both(Answer::from(Behaviour::Echo).losing(2)) {
        assert_eq!(peer.udp(b"1"), []);
        assert_eq!(peer.udp(b"2"), []);
        assert_eq!(peer.udp(b"3").len(), 1);
        // Each answer counts anew.
        peer.set(Answer::from(Behaviour::Echo).losing(1));
        assert_eq!(peer.udp(b"1"), []);
        assert_eq!(peer.udp(b"2").len(), 1);
    }
}

#[test]
fn the_first_connection_is_refused() {
    for mut peer in Peer::both(Answer::from(Behaviour::Echo).first(1, Behaviour::Refuse)) {
        assert_eq!(flags(&peer.send(SYN, b"")), ["RA"]);
        peer.connected();
    }
}

#[test]
fn an_answer_comes_later() {
    let delay = Duration::from_millis(30);
    for mut peer in Peer::both(Answer::from(Behaviour::Echo).delayed(delay)) {
        let at = peer.now + delay;
        assert_eq!(peer.udp(b"x")[0].at, at);
        peer.connected();
        assert!(
            peer.raw(ACK, peer.next, b"x")
                .iter()
                .all(|outgoing| outgoing.at == at)
        );
        assert_eq!(peer.network.reset(peer.now, peer.host())[0].at, at);
        // Where the host is on the link is known at once.
        let asked = ask(&mut peer);
        assert_eq!(asked[0].at, peer.now);
        // An answer that comes after all time never comes.
        peer.set(Answer::from(Behaviour::Echo).delayed(Duration::MAX));
        assert_eq!(peer.udp(b"x"), []);
        assert_eq!(peer.network.close(peer.now, peer.host()), []);
    }
}

/// Asks where on the link the host is, in frames that the other crate or the RFC's figure gives.
fn ask(peer: &mut Peer) -> Vec<Outgoing> {
    let mut frame = vec![0xff; 6];
    frame.extend(TEST_MAC.octets());
    match peer.addresses {
        Addresses::V4(test, host) => {
            frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
            frame.extend(TEST_MAC.octets());
            frame.extend(test.octets());
            frame.extend([0; 6]);
            frame.extend(host.octets());
        }
        Addresses::V6(test, host) => {
            let [.., a, b, c] = host.octets();
            frame[..6].copy_from_slice(&[0x33, 0x33, 0xff, a, b, c]);
            let group = Ipv6Addr::new(
                0xff02,
                0,
                0,
                0,
                0,
                1,
                0xff00 | u16::from(a),
                u16::from_be_bytes([b, c]),
            );
            frame.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, 255]);
            frame.extend(test.octets());
            frame.extend(group.octets());
            frame.extend([135, 0, 0, 0, 0, 0, 0, 0]);
            frame.extend(host.octets());
            frame.extend([1, 1]);
            frame.extend(TEST_MAC.octets());
        }
    }
    peer.network.answer(peer.now, &frame)
}

#[test]
fn every_host_but_the_absent_is_on_the_link() {
    for behaviour in [
        Behaviour::Silent,
        Behaviour::Refuse,
        Behaviour::Echo,
        accept_then(Ending::Reset, After::Sent(1)),
    ] {
        for mut peer in Peer::both(behaviour) {
            let out = ask(&mut peer);
            assert_eq!(out.len(), 1);
            let frame = &out[0].frame;
            assert_eq!(frame[..6], TEST_MAC.octets());
            if peer.host().is_ipv6() {
                let seen = opinion::on(frame);
                assert_eq!(
                    (seen.source, seen.destination),
                    (peer.host(), peer.addresses.source())
                );
                let Said::Icmp {
                    kind,
                    code,
                    rest,
                    body,
                } = seen.said
                else {
                    panic!("{seen:?}");
                };
                // Solicited and override; the address, and the option with the address on the link.
                assert_eq!((kind, code, rest), (136, 0, 0x6000_0000));
                assert_eq!(body[..16], ip6(5).octets());
                assert_eq!(body[16..], [&[2, 1], &HOST_MAC[..]].concat());
            } else {
                let sliced = etherparse::SlicedPacket::from_ethernet(frame).unwrap();
                let Some(etherparse::NetSlice::Arp(arp)) = sliced.net else {
                    panic!("{sliced:?}");
                };
                assert_eq!(arp.operation(), etherparse::ArpOperation::REPLY);
                assert_eq!(
                    (arp.sender_hw_addr(), arp.sender_protocol_addr()),
                    (&HOST_MAC[..], &[10, 77, 1, 5][..])
                );
                assert_eq!(arp.target_hw_addr(), TEST_MAC.octets());
                assert_eq!(arp.target_protocol_addr(), [10, 77, 0, 1]);
            }
        }
    }
    for mut peer in Peer::both(Behaviour::Absent) {
        assert_eq!(ask(&mut peer), []);
    }
    // Nobody ever said anything about this one.
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.network = Network::new();
        assert_eq!(ask(&mut peer), []);
        assert_eq!(peer.udp(b"x"), []);
    }
}

/// RFC 5227 3: an announcement asks nobody.
#[test]
fn an_announcement_is_no_question() {
    let mut peer = Peer::new(false, Behaviour::Echo);
    let host = Ipv4Addr::new(10, 77, 1, 5);
    peer.addresses = Addresses::V4(host, host);
    assert_eq!(ask(&mut peer), []);
}

#[test]
fn nothing_goes_to_a_group_or_to_nobody() {
    let mut peer = Peer::new(false, Behaviour::Echo);
    let host = Ipv4Addr::new(10, 77, 1, 5);
    for source in [Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(224, 0, 0, 1)] {
        peer.addresses = Addresses::V4(source, host);
        assert_eq!(peer.udp(b"x"), []);
    }
}
