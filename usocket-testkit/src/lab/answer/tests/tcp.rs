//! TCP, from the handshake to the end.

use super::*;

/// RFC 9293 figures 6 and 12, over the wrap of both ends' numbers.
#[test]
fn a_connection_from_handshake_to_end() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.network.sequence = u32::MAX - 1;
        peer.next = u32::MAX;
        let syn_ack = peer.send(SYN, b"");
        let [answer] = &syn_ack[..] else {
            panic!("{syn_ack:?}")
        };
        assert_eq!((&answer.flags[..], answer.sequence), ("SA", u32::MAX - 1));
        assert_eq!((answer.acknowledgment, answer.window), (0, 65535));
        peer.expected = u32::MAX;
        assert_eq!(peer.send(ACK, b""), []);

        let echo = peer.send(ACK, b"hello");
        let [answer] = &echo[..] else {
            panic!("{echo:?}")
        };
        assert_eq!(
            (&answer.flags[..], &answer.payload[..]),
            ("PA", &b"hello"[..])
        );
        assert_eq!((answer.sequence, answer.acknowledgment), (u32::MAX, 5));
        assert_eq!(answer.window, 65530);
        assert_eq!(peer.take(&echo), b"hello");
        assert_eq!(peer.expected, 4);
        assert_eq!(peer.send(ACK, b""), []);

        let fin = peer.send(Flags::FIN | ACK, b"");
        let [answer] = &fin[..] else {
            panic!("{fin:?}")
        };
        assert_eq!(
            (&answer.flags[..], answer.sequence, answer.acknowledgment),
            ("FA", 4, 6)
        );
        peer.take(&fin);
        assert_eq!(peer.send(ACK, b""), []);
        // It is gone: whatever comes now belongs to nothing.
        let after = peer.send(ACK, b"x");
        assert_eq!(
            (flags(&after), after[0].sequence),
            (vec!["R"], peer.expected)
        );
    }
}

#[test]
fn the_handshake_says_how_large_a_segment_may_be() {
    for (mut peer, size) in Peer::both(Behaviour::Echo)
        .into_iter()
        .zip([1460_u16, 1440])
    {
        let out = peer.raw(SYN, 1, b"");
        let Said::Tcp { header, .. } = opinion::on(&out[0].frame).said else {
            panic!("{out:?}");
        };
        let options: Vec<_> = header.options_iterator().map(Result::unwrap).collect();
        assert_eq!(
            options,
            [etherparse::TcpOptionElement::MaximumSegmentSize(size)]
        );
    }
}

#[test]
fn bytes_and_end_in_one_segment() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        let got = peer.send(Flags::FIN | ACK, b"bye");
        assert_eq!(flags(&got), ["PA", "FA"]);
        assert!(
            got.iter()
                .all(|segment| segment.acknowledgment == peer.next)
        );
        assert_eq!(peer.take(&got), b"bye");
    }
}

#[test]
fn what_comes_twice_counts_once() {
    for mut peer in Peer::both(Behaviour::Echo) {
        let first = peer.send(SYN, b"");
        assert_eq!(peer.send_at(SYN, peer.next.wrapping_sub(1), b""), first);
        peer.expected = first[0].sequence.wrapping_add(1);
        peer.send(ACK, b"");

        let start = peer.next;
        let echo = peer.send(ACK, b"abc");
        peer.take(&echo);
        // Again, and again with something new behind it.
        let again = peer.send_at(ACK, start, b"abc");
        assert_eq!(
            (flags(&again), again[0].acknowledgment),
            (vec!["A"], peer.next)
        );
        let more = peer.send_at(ACK, start, b"abcde");
        assert_eq!(
            (flags(&more), &more[0].payload[..]),
            (vec!["PA"], &b"de"[..])
        );
        assert_eq!(more[0].acknowledgment, start.wrapping_add(5));
    }
}

#[test]
fn a_gap_is_said_and_filled() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        let start = peer.next;
        let late = peer.send_at(ACK, start.wrapping_add(3), b"def");
        assert_eq!((flags(&late), late[0].acknowledgment), (vec!["A"], start));
        let late = peer.send_at(Flags::FIN | ACK, start.wrapping_add(6), b"");
        assert_eq!((flags(&late), late[0].acknowledgment), (vec!["A"], start));
        let filled = peer.send_at(ACK, start, b"abcdef");
        assert_eq!(
            (&filled[0].payload[..], filled[0].acknowledgment),
            (&b"abcdef"[..], start.wrapping_add(6))
        );
    }
}

/// RFC 9293 3.8.6.1: a byte or less before the expected number asks whether anybody is there.
#[test]
fn a_probe_is_answered() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        for payload in [&b""[..], b"x"] {
            let got = peer.send_at(ACK, peer.next.wrapping_sub(1), payload);
            assert_eq!((flags(&got), got[0].acknowledgment), (vec!["A"], peer.next));
        }
    }
}

#[test]
fn no_segment_is_larger_than_the_peer_takes() {
    for (largest, expected) in [(Some(3), 3), (Some(0), 1), (None, 536)] {
        let mut peer = Peer::new(false, Behaviour::Echo);
        peer.largest = largest;
        peer.connected();
        let got = peer.send(ACK, &[7; 1400]);
        assert!(
            got[..got.len() - 1]
                .iter()
                .all(|segment| segment.payload.len() == expected)
        );
        assert_eq!(peer.take(&got), [7; 1400]);
    }
    // And none is larger than a frame.
    for (mut peer, largest) in Peer::both(Behaviour::Echo).into_iter().zip([1460, 1440]) {
        peer.largest = Some(9000);
        peer.connected();
        let mut got = peer.send(ACK, &[7; 1400]);
        got.extend(peer.send(ACK, &[7; 1400]));
        assert!(got.iter().all(|segment| segment.payload.len() <= largest));
    }
}

#[test]
fn the_peers_window_is_kept() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        peer.window = 4;
        let got = peer.send(Flags::FIN | ACK, b"abcdefghij");
        assert_eq!(peer.take(&got), b"abcd");
        peer.window = 0;
        assert_eq!(peer.send(ACK, b""), []);
        peer.window = 5;
        let got = peer.send(ACK, b"");
        assert_eq!(peer.take(&got), b"efghi");
        // One byte is left, and room for it only: the end needs some too.
        peer.window = 1;
        let got = peer.send(ACK, b"");
        assert_eq!((peer.take(&got), flags(&got)), (b"j".to_vec(), vec!["PA"]));
        let got = peer.send(ACK, b"");
        assert_eq!(flags(&got), ["FA"]);
    }
}

/// A peer that sends and never reads: the host's window closes, and opens again when the peer takes
/// something.
#[test]
fn the_hosts_own_window_closes_and_opens() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        peer.window = 0;
        let mut last = Vec::new();
        for _ in 0..100 {
            last = peer.send(ACK, &[7; 1000]);
        }
        // 65,535 bytes fit; the rest was not taken.
        let taken = peer.next.wrapping_sub(100_000).wrapping_add(65535);
        assert_eq!((last[0].window, last[0].acknowledgment), (0, taken));
        peer.next = taken;
        peer.window = 2000;
        let got = peer.send(ACK, b"");
        assert_eq!(peer.take(&got), [7; 2000]);
        peer.window = 0;
        let update = peer.send(ACK, b"");
        assert_eq!((flags(&update), update[0].window), (vec!["A"], 2000));
    }
}

#[test]
fn what_the_peer_misses_is_sent_again() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        let lost = peer.send(ACK, b"abc");
        let again = peer.send(ACK, b"");
        assert_eq!(again, lost);
        peer.take(&again);
        assert_eq!(peer.send(ACK, b""), []);
        let lost = peer.send(Flags::FIN | ACK, b"");
        assert_eq!(flags(&lost), ["FA"]);
        assert_eq!(peer.send(ACK, b""), lost);
    }
}

#[test]
fn an_acknowledgment_of_what_was_never_sent_is_set_right() {
    let mut peer = Peer::new(false, Behaviour::Echo);
    peer.connect();
    peer.expected = peer.expected.wrapping_add(1);
    // Before the connection stands, that is a reset (RFC 9293 3.10.7.4).
    let got = peer.send(ACK, b"");
    assert_eq!((flags(&got), got[0].sequence), (vec!["R"], peer.expected));
    peer.expected = peer.expected.wrapping_sub(1);
    assert_eq!(peer.send(ACK, b""), []);
    peer.expected = peer.expected.wrapping_add(1);
    let got = peer.send(ACK, b"");
    assert_eq!(
        (flags(&got), got[0].sequence),
        (vec!["A"], peer.expected.wrapping_sub(1))
    );
}

#[test]
fn a_reset_ends_it_if_it_is_meant_for_it() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        assert_eq!(peer.send_at(Flags::RST, peer.next.wrapping_sub(1), b""), []);
        let echo = peer.send(ACK, b"x");
        assert_eq!(peer.take(&echo), b"x");
        assert_eq!(peer.send(Flags::RST, b""), []);
        assert_eq!(flags(&peer.send(ACK, b"x")), ["R"]);
    }
}

#[test]
fn a_port_that_is_used_again_is_a_new_connection() {
    for mut peer in Peer::both(Behaviour::Echo) {
        peer.connected();
        peer.send(ACK, b"unfinished");
        peer.next = 77_000;
        peer.expected = 0;
        peer.connected();
        let got = peer.send(ACK, b"new");
        assert_eq!(peer.take(&got), b"new");
    }
}

#[test]
fn odd_flags_get_the_answer_of_the_rfc() {
    let mut peer = Peer::new(false, Behaviour::Echo);
    assert_eq!(peer.send(Flags::RST, b""), []);
    assert_eq!(peer.send(SYN | Flags::RST, b""), []);
    // No connection: what carries an acknowledgment gets a reset with that number, all else one
    // with its own.
    peer.expected = 4242;
    let got = peer.send_at(SYN | ACK, 5, b"");
    assert_eq!((flags(&got), got[0].sequence), (vec!["R"], 4242));
    let got = peer.send_at(Flags::FIN, 5, b"ab");
    assert_eq!(
        (flags(&got), got[0].sequence, got[0].acknowledgment),
        (vec!["RA"], 0, 8)
    );
    peer.connected();
    assert_eq!(peer.send(Flags::PSH, b""), []);
    let challenge = peer.send_at(SYN | ACK, 5, b"");
    assert_eq!(
        (flags(&challenge), challenge[0].acknowledgment),
        (vec!["A"], peer.next)
    );
}

/// The memory is bounded: the connection that was silent longest makes room.
#[test]
fn the_oldest_connection_is_forgotten() {
    let mut peer = Peer::new(false, Behaviour::Echo);
    let mut expected = Vec::new();
    for port in 1..=1025 {
        peer.now += Duration::from_millis(1);
        peer.port = port;
        peer.next = 100;
        peer.connected();
        expected.push(peer.expected);
    }
    let mut speak = |port: u16| {
        peer.port = port;
        peer.expected = expected[usize::from(port) - 1];
        peer.send_at(ACK, 101, b"x")
    };
    assert_eq!(flags(&speak(1)), ["R"]);
    assert_eq!(flags(&speak(2)), ["PA"]);
    assert_eq!(flags(&speak(1025)), ["PA"]);
}
