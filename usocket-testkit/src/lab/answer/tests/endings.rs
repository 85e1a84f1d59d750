//! Connections that a host ends, and hosts that change while one stands.

use super::*;

#[test]
fn accept_then_end_at_once() {
    for after in [After::Received(0), After::Sent(0)] {
        for mut peer in Peer::both(accept_then(Ending::Reset, after)) {
            peer.connect();
            let got = peer.send(ACK, b"");
            assert_eq!((flags(&got), got[0].sequence), (vec!["RA"], peer.expected));
        }
        for mut peer in Peer::both(accept_then(Ending::Close, after)) {
            peer.connect();
            let got = peer.send(ACK, b"");
            assert_eq!((flags(&got), got[0].sequence), (vec!["FA"], peer.expected));
            peer.take(&got);
            // What comes now is taken and dropped, and the other end's close ends it.
            let got = peer.send(ACK, b"more");
            assert_eq!((flags(&got), got[0].acknowledgment), (vec!["A"], peer.next));
            let got = peer.send(Flags::FIN | ACK, b"");
            assert_eq!((flags(&got), got[0].acknowledgment), (vec!["A"], peer.next));
            assert_eq!(flags(&peer.send(ACK, b"")), ["R"]);
        }
        for mut peer in Peer::both(accept_then(Ending::Silence, after)) {
            peer.connected();
            assert_eq!(peer.send(ACK, b"x"), []);
            assert_eq!(peer.send(Flags::FIN | ACK, b""), []);
        }
    }
}

#[test]
fn endings_after_received_bytes() {
    for mut peer in Peer::both(accept_then(Ending::Reset, After::Received(5))) {
        peer.connected();
        let got = peer.send(ACK, b"abcd");
        assert_eq!((flags(&got), got[0].acknowledgment), (vec!["A"], peer.next));
        let got = peer.send(ACK, b"ef");
        assert_eq!((flags(&got), got[0].sequence), (vec!["RA"], peer.expected));
        assert_eq!(flags(&peer.send(ACK, b"")), ["R"]);
    }
    for mut peer in Peer::both(accept_then(Ending::Close, After::Received(5))) {
        peer.connected();
        assert_eq!(flags(&peer.send(ACK, b"abcd")), ["A"]);
        let got = peer.send(ACK, b"ef");
        assert_eq!(
            (flags(&got), got[0].acknowledgment),
            (vec!["FA"], peer.next)
        );
    }
    // Exactly five are acknowledged, then nothing is.
    for mut peer in Peer::both(accept_then(Ending::Silence, After::Received(5))) {
        peer.connected();
        let start = peer.next;
        assert_eq!(flags(&peer.send(ACK, b"abcd")), ["A"]);
        let got = peer.send(ACK, b"ef");
        assert_eq!(
            (flags(&got), got[0].acknowledgment),
            (vec!["A"], start.wrapping_add(5))
        );
        assert_eq!(peer.send_at(ACK, start.wrapping_add(5), b"f"), []);
    }
    // A host that is never full takes everything and says nothing.
    for mut peer in Peer::both(accept_then(Ending::Reset, After::Received(u64::MAX))) {
        peer.connected();
        for _ in 0..100 {
            let got = peer.send(ACK, &[7; 1400]);
            assert_eq!((flags(&got), got[0].window), (vec!["A"], 65535));
        }
        assert_eq!(flags(&peer.send(Flags::FIN | ACK, b"")), ["FA"]);
    }
}

/// Not one byte more than that is ever sent.
#[test]
fn endings_after_sent_bytes() {
    for (ending, last) in [
        (Ending::Reset, Some("RA")),
        (Ending::Close, Some("FA")),
        (Ending::Silence, None),
    ] {
        for mut peer in Peer::both(accept_then(ending, After::Sent(5))) {
            peer.connected();
            let got = peer.send(ACK, b"abc");
            assert_eq!(peer.take(&got), b"abc");
            let mut got = peer.send(ACK, b"defgh");
            assert_eq!(
                flags(&got),
                ["PA"].into_iter().chain(last).collect::<Vec<_>>(),
                "{ending:?}"
            );
            let end = got.split_off(1);
            assert_eq!(peer.take(&got), b"de");
            assert!(
                end.iter()
                    .all(|segment| segment.sequence == peer.expected && segment.payload.is_empty())
            );
            if ending == Ending::Silence {
                assert_eq!(peer.send(ACK, b""), []);
            }
        }
    }
}

#[test]
fn a_peer_that_closes_first_is_let_go() {
    for ending in [Ending::Reset, Ending::Close, Ending::Silence] {
        for after in [After::Received(5), After::Sent(5)] {
            let mut peer = Peer::new(false, accept_then(ending, after));
            peer.connected();
            let got = peer.send(Flags::FIN | ACK, b"");
            assert_eq!(flags(&got), ["FA"]);
            peer.take(&got);
            assert_eq!(peer.send(ACK, b""), []);
        }
    }
}

#[test]
fn a_host_dies_and_comes_back() {
    for dead in [
        Behaviour::Silent,
        Behaviour::Absent,
        accept_then(Ending::Silence, After::Sent(0)),
    ] {
        for mut peer in Peer::both(Behaviour::Echo) {
            peer.connected();
            let got = peer.send(ACK, b"one");
            peer.take(&got);
            peer.set(dead);
            let start = peer.next;
            assert_eq!(peer.send(ACK, b"two"), []);
            peer.set(Behaviour::Echo);
            let got = peer.send_at(ACK, start, b"two");
            assert_eq!(peer.take(&got), b"two");
        }
    }
}

#[test]
fn a_host_dies_with_an_icmp_error() {
    for (mut peer, (kind, code)) in Peer::both(Behaviour::Echo)
        .into_iter()
        .zip([(3, 7), (1, 3)])
    {
        peer.connected();
        peer.set(error(peer.host().is_ipv6(), kind, code));
        let out = peer.raw(ACK, peer.next, b"two");
        let [outgoing] = &out[..] else {
            panic!("{out:?}")
        };
        let (seen_kind, seen_code, rest, body) = icmp(outgoing);
        assert_eq!((seen_kind, seen_code, rest), (kind, code, 0));
        // It quotes the packet that it is about: a system looks up the connection by it, and its
        // number.
        let quoted = Packet::parse(&body).expect("all of it fits");
        assert_eq!(quoted.addresses, peer.addresses);
        let quoted = Segment::parse(quoted.payload).unwrap();
        assert_eq!(
            (quoted.source, quoted.destination, quoted.sequence),
            (peer.port, 7, peer.next)
        );
        assert_eq!(quoted.payload, b"two");
    }
}

#[test]
fn a_host_that_starts_again_resets_what_stood() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        peer.set(Behaviour::Refuse);
        let got = peer.send(ACK, b"x");
        assert_eq!((flags(&got), got[0].sequence), (vec!["RA"], peer.expected));
        peer.set(Behaviour::Echo);
        assert_eq!(flags(&peer.send(ACK, b"x")), ["R"]);
    }
}

#[test]
fn connections_end_unasked() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        let other: IpAddr = ip6(0x99).into();
        assert_eq!(peer.network.reset(peer.now, other), []);
        let out = peer.network.reset(peer.now, peer.host());
        let got: Vec<_> = out.iter().map(|outgoing| peer.got(outgoing)).collect();
        assert_eq!(
            (flags(&got), got[0].sequence, got[0].acknowledgment),
            (vec!["RA"], peer.expected, peer.next)
        );
        assert_eq!(flags(&peer.send(ACK, b"")), ["R"]);
        assert_eq!(peer.network.reset(peer.now, peer.host()), []);

        peer.next = 5000;
        peer.connected();
        let out = peer.network.close(peer.now, peer.host());
        let got: Vec<_> = out.iter().map(|outgoing| peer.got(outgoing)).collect();
        assert_eq!((flags(&got), got[0].sequence), (vec!["FA"], peer.expected));
        peer.take(&got);
        assert_eq!(peer.network.close(peer.now, peer.host()), []);
        assert_eq!(flags(&peer.send(Flags::FIN | ACK, b"")), ["A"]);
    }
}

/// A peer has its connection when the SYN+ACK is there; the host has it a moment later.
#[test]
fn connections_end_while_they_open() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connect();
        let out = peer.network.close(peer.now, peer.host());
        assert_eq!(out, []);
        // The end follows what completes the handshake, once.
        let got = peer.send(ACK, b"");
        assert_eq!((flags(&got), got[0].sequence), (vec!["FA"], peer.expected));
        peer.take(&got);
        assert_eq!(flags(&peer.send(Flags::FIN | ACK, b"x")), ["A"]);
        assert_eq!(flags(&peer.send(ACK, b"")), ["R"]);

        peer.next = 9000;
        peer.connect();
        let out = peer.network.reset(peer.now, peer.host());
        let got: Vec<_> = out.iter().map(|outgoing| peer.got(outgoing)).collect();
        assert_eq!(flags(&got), ["RA"]);
        assert_eq!(
            (got[0].sequence, got[0].acknowledgment),
            (peer.expected, peer.next)
        );
        assert_eq!(flags(&peer.send(ACK, b"")), ["R"]);
    }
}
