//! Whatever comes: noise, segments in no order, and loss.

use proptest::prelude::*;

use super::*;

fn any_behaviour() -> impl Strategy<Value = Behaviour> {
    let ending = proptest::sample::select(vec![Ending::Reset, Ending::Silence, Ending::Close]);
    let after = (any::<bool>(), 0_u64..20).prop_map(|(sent, bytes)| {
        if sent {
            After::Sent(bytes)
        } else {
            After::Received(bytes)
        }
    });
    prop_oneof![
        Just(Behaviour::Absent),
        Just(Behaviour::Silent),
        Just(Behaviour::Refuse),
        Just(error(false, 3, 1)),
        Just(Behaviour::Echo),
        (ending, after).prop_map(|(ending, after)| accept_then(ending, after)),
    ]
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 1..8)) {
        let mut peer = Peer::new(false, Behaviour::Echo);
        for mut frame in frames {
            peer.network.answer(peer.now, &frame);
            // The same noise behind headers that lead to the host.
            for start in [ping(peer.addresses), wire::ip_frame(TEST_MAC, Mac(HOST_MAC), &[])] {
                let mut longer = start;
                longer.append(&mut frame.clone());
                peer.network.answer(peer.now, &longer);
            }
            if frame.len() > 33 {
                frame[12..16].copy_from_slice(&[8, 0, 0x45, 0]);
                let len = u16::try_from(frame.len() - 14).unwrap();
                frame[16..18].copy_from_slice(&len.to_be_bytes());
                frame[20..22].fill(0);
                frame[30..34].copy_from_slice(&[10, 77, 1, 5]);
                for protocol in [1, 6, 17] {
                    frame[23] = protocol;
                    for outgoing in peer.network.answer(peer.now, &frame) {
                        opinion::on(&outgoing.frame);
                    }
                }
            }
        }
    }

    /// Segments with numbers near the right ones, under behaviours that change: every answer is
    /// sound.
    #[test]
    fn any_segments_get_sound_answers(steps in proptest::collection::vec(
        (any_behaviour(), 0_u8..32, -3_i32..4, -3_i32..4, 0_usize..30, any::<u16>()),
        0..60,
    )) {
        let mut peer = Peer::new(false, Behaviour::Echo);
        peer.connected();
        for (behaviour, bits, sequence, acknowledgment, len, window) in steps {
            if bits % 4 == 0 {
                peer.set(behaviour);
            }
            let names = [Flags::FIN, SYN, Flags::RST, Flags::PSH, ACK];
            let chosen = (0..5).filter(|bit| bits >> bit & 1 == 1).map(|bit| names[bit]);
            let flags = chosen.reduce(|a, b| a | b).unwrap_or(ACK);
            let segment = Segment {
                source: peer.port,
                destination: 7,
                sequence: peer.next.wrapping_add_signed(sequence),
                acknowledgment: peer.expected.wrapping_add_signed(acknowledgment),
                flags,
                window,
                maximum_segment_size: None,
                payload: &[7; 30][..len],
            };
            for outgoing in peer.packet(&segment.to_packet(peer.addresses)) {
                if let Said::Tcp { header, .. } = opinion::on(&outgoing.frame).said {
                    if header.ack && !header.rst {
                        peer.next = header.acknowledgment_number;
                    }
                    peer.expected = header.sequence_number;
                }
            }
        }
    }

    /// Segments of any size, both ways lossy for a while: what comes back is what went out.
    #[test]
    fn a_stream_survives_loss(
        data in proptest::collection::vec(any::<u8>(), 1..4000),
        sizes in proptest::collection::vec(1_usize..900, 1..8),
        windows in proptest::collection::vec(0_u16..1500, 1..8),
        losses in proptest::collection::vec(any::<bool>(), 0..60),
        is_ipv6 in any::<bool>(),
    ) {
        let mut peer = Peer::new(is_ipv6, Behaviour::Echo);
        peer.largest = Some(200);
        peer.connected();
        let first = peer.next;
        let mut losses = losses.into_iter();
        let mut is_lost = || losses.next().unwrap_or(false);
        let (mut acknowledged, mut echo, mut end) = (0, Vec::new(), false);
        // Enough for one byte a turn.
        for turn in 0..20_000 {
            if end && acknowledged > data.len() {
                break;
            }
            // Never zero for long.
            peer.window = windows[turn % windows.len()] + u16::from(turn % 3 == 0);
            let rest = &data[acknowledged.min(data.len())..];
            let part = &rest[..rest.len().min(sizes[turn % sizes.len()])];
            let is_last = part.len() == rest.len() && acknowledged <= data.len();
            let flags = if is_last { Flags::FIN | ACK } else { ACK };
            let sequence = first.wrapping_add(u32::try_from(acknowledged).unwrap());
            if is_lost() {
                continue;
            }
            for got in peer.send_at(flags, sequence, part) {
                if is_lost() {
                    continue;
                }
                acknowledged = acknowledged.max(usize::try_from(got.acknowledgment.wrapping_sub(first)).unwrap());
                if got.sequence == peer.expected && !got.flags.contains('S') {
                    echo.extend(peer.take(std::slice::from_ref(&got)));
                    end |= got.flags.contains('F');
                }
            }
            for got in peer.send_at(ACK, first.wrapping_add(u32::try_from(acknowledged).unwrap()), b"") {
                if !is_lost() && got.sequence == peer.expected {
                    echo.extend(peer.take(std::slice::from_ref(&got)));
                    end |= got.flags.contains('F');
                }
            }
        }
        prop_assert!(end && acknowledged == data.len() + 1, "{end} {acknowledged}");
        prop_assert_eq!(echo, data);
    }
}
