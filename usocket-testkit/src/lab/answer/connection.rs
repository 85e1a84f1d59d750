//! The host's end of one TCP connection.
//!
//! Enough of RFC 9293 for a peer that is a real system on a link that loses nothing: no timers, no
//! options but the segment size, no urgent data, no time-wait. What the peer sends again is
//! answered again; what it seems to have missed is sent again when it says so.

use std::collections::VecDeque;

use super::behaviour::{After, Ending};
use crate::lab::wire::{Addresses, Flags, Segment};

/// How many bytes wait to be sent back at most, and with them how many the peer may send: all that
/// fits the header.
const WINDOW: u16 = u16::MAX;

/// The largest segment on an Ethernet link, over IPv4 and over IPv6 (RFC 9293 3.7.1, RFC 8200 8.3).
const LARGEST_V4: u16 = 1460;
const LARGEST_V6: u16 = 1440;
/// The largest segment for a peer that does not say what it takes (RFC 9293 3.7.1).
const DEFAULT_V4: u16 = 536;
const DEFAULT_V6: u16 = 1220;

/// From which port of which address to which: what tells connections apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub(super) addresses: Addresses,
    source: u16,
    destination: u16,
}

impl Flow {
    /// The flow that a segment belongs to.
    pub(super) fn of(addresses: Addresses, segment: &Segment<'_>) -> Self {
        Self {
            addresses,
            source: segment.source,
            destination: segment.destination,
        }
    }

    fn reversed(self) -> Self {
        Self {
            addresses: self.addresses.reversed(),
            source: self.destination,
            destination: self.source,
        }
    }

    /// The packet with a segment that goes this way.
    fn packet(self, sequence: u32, acknowledgment: u32, flags: Flags, rest: Rest<'_>) -> Vec<u8> {
        let segment = Segment {
            source: self.source,
            destination: self.destination,
            sequence,
            acknowledgment,
            flags,
            window: rest.window,
            maximum_segment_size: rest.largest,
            payload: rest.payload,
        };
        segment.to_packet(self.addresses)
    }
}

/// The parts of a segment that a reset has not.
#[derive(Clone, Copy, Default)]
struct Rest<'a> {
    window: u16,
    largest: Option<u16>,
    payload: &'a [u8],
}

/// The reset for a segment that belongs to no connection; none for a reset.
///
/// Source: RFC 9293 3.10.7.1.
pub(super) fn refuse(flow: Flow, segment: &Segment<'_>) -> Option<Vec<u8>> {
    let back = flow.reversed();
    if segment.flags.contains(Flags::RST) {
        None
    } else if segment.flags.contains(Flags::ACK) {
        Some(back.packet(segment.acknowledgment, 0, Flags::RST, Rest::default()))
    } else {
        let end = segment.sequence.wrapping_add(segment.len());
        Some(back.packet(0, end, Flags::RST | Flags::ACK, Rest::default()))
    }
}

/// The host's end of one TCP connection. The names in capitals are RFC 9293's.
#[derive(Debug)]
pub(super) struct Connection {
    /// Towards the peer.
    flow: Flow,
    stage: Stage,
    /// The number of the peer's SYN (IRS), and the next one expected from it (RCV.NXT).
    peer_first: u32,
    expected: u32,
    /// The oldest number that the peer has not acknowledged (SND.UNA), and the next one to send
    /// (SND.NXT).
    unacknowledged: u32,
    next: u32,
    /// What the peer takes: at once (SND.WND), and in one segment.
    peer_window: u32,
    peer_largest: u16,
    /// The bytes to send back, from the oldest that the peer has not acknowledged.
    echo: VecDeque<u8>,
    /// How many bytes came in, and how many went out for the first time.
    received: u64,
    sent: u64,
    /// The window in the last segment that went out.
    offered: u16,
    peer_closed: bool,
    /// Nothing more will be sent back; the FIN follows what is left.
    closing: bool,
    fin_sent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The SYN came, and its answer went out.
    Opening,
    Open,
    /// Both ends have closed, or one has reset.
    Over,
}

/// How a connection ends by the host's own will, where it does.
pub(super) type Limit = Option<(Ending, After)>;

impl Connection {
    /// The connection that a SYN asks for, and the packet that answers it. `first` is the host's
    /// first number (ISS).
    pub(super) fn open(flow: Flow, syn: &Segment<'_>, first: u32) -> (Self, Vec<u8>) {
        let (ours, default) = match flow.addresses {
            Addresses::V4(..) => (LARGEST_V4, DEFAULT_V4),
            Addresses::V6(..) => (LARGEST_V6, DEFAULT_V6),
        };
        let connection = Self {
            flow: flow.reversed(),
            stage: Stage::Opening,
            peer_first: syn.sequence,
            expected: syn.sequence.wrapping_add(1),
            unacknowledged: first,
            next: first.wrapping_add(1),
            peer_window: syn.window.into(),
            // At least one byte: with none, nothing would ever be sent.
            peer_largest: syn.maximum_segment_size.unwrap_or(default).clamp(1, ours),
            echo: VecDeque::new(),
            received: 0,
            sent: 0,
            offered: WINDOW,
            peer_closed: false,
            closing: false,
            fin_sent: false,
        };
        let answer = connection.syn_ack();
        (connection, answer)
    }

    /// Whether it was opened by a SYN with this number.
    pub(super) fn began_with(&self, sequence: u32) -> bool {
        self.peer_first == sequence
    }

    /// Whether nothing more can come of it.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// The packets that answer one segment of the peer.
    ///
    /// Source: RFC 9293 3.10.7.4, in its order.
    pub(super) fn take(&mut self, segment: &Segment<'_>, limit: Limit) -> Vec<Vec<u8>> {
        if self.has_fallen_silent(limit) {
            return Vec::new();
        }
        if segment.flags.contains(Flags::RST) {
            if self.is_in_window(segment.sequence) {
                self.stage = Stage::Over;
            }
            return Vec::new();
        }
        if segment.flags.contains(Flags::SYN) {
            return match self.stage {
                Stage::Opening => vec![self.syn_ack()],
                _ => vec![self.acknowledgment()],
            };
        }
        if !segment.flags.contains(Flags::ACK) {
            return Vec::new();
        }
        if self.stage == Stage::Opening {
            if segment.acknowledgment != self.next {
                return refuse(self.flow.reversed(), segment).into_iter().collect();
            }
            self.stage = Stage::Open;
            self.unacknowledged = self.next;
        }
        let Some(acknowledged) = self.acknowledge(segment) else {
            return vec![self.acknowledgment()];
        };

        let mut out = Vec::new();
        if acknowledged == 0 && segment.len() == 0 && segment.sequence == self.expected {
            out.extend(self.send_again());
        }
        self.receive(segment, limit);
        self.send(limit, &mut out);
        self.end_at(limit, &mut out);
        // What is new, what comes twice and what asks whether anybody is there: each wants to be
        // acknowledged.
        let wants_acknowledgment = segment.len() > 0 || segment.sequence != self.expected;
        if out.is_empty() && (wants_acknowledgment || self.has_more_room()) {
            out.push(self.acknowledgment());
        }
        if self.fin_sent && self.unacknowledged == self.next && self.peer_closed {
            self.stage = Stage::Over;
        }
        out
    }

    /// Resets it, and gives the packet that tells the peer.
    pub(super) fn reset(&mut self) -> Vec<u8> {
        self.stage = Stage::Over;
        let flags = Flags::RST | Flags::ACK;
        self.flow
            .packet(self.next, self.expected, flags, Rest::default())
    }

    /// Closes the host's direction, and gives the packet that tells the peer, if it can be sent
    /// now.
    pub(super) fn close(&mut self) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        match self.stage {
            // The FIN follows as soon as the peer has acknowledged the SYN (RFC 9293 3.10.4): the peer may think that
            // the connection stands before its acknowledgment is here.
            Stage::Opening => self.stop_sending(),
            Stage::Open => {
                self.stop_sending();
                self.send(None, &mut out);
            }
            Stage::Over => {}
        }
        out
    }

    /// Takes note of what the peer acknowledges, and of its window. Gives how many numbers are new;
    /// none where the peer acknowledges what was never sent.
    fn acknowledge(&mut self, segment: &Segment<'_>) -> Option<u32> {
        let acknowledged = segment.acknowledgment.wrapping_sub(self.unacknowledged);
        if acknowledged > self.in_flight() {
            let is_old = acknowledged > u32::MAX / 2;
            return is_old.then_some(0);
        }
        // The FIN has a number too, and is no byte of the echo.
        let bytes =
            usize::try_from(acknowledged).map_or(usize::MAX, |bytes| bytes.min(self.echo.len()));
        self.echo.drain(..bytes);
        self.unacknowledged = segment.acknowledgment;
        self.peer_window = segment.window.into();
        Some(acknowledged)
    }

    /// Takes the bytes that are next in order and as many as fit, and the FIN behind them.
    fn receive(&mut self, segment: &Segment<'_>, limit: Limit) {
        // How much of the segment came before. What starts behind the expected number waits for the
        // gap to be filled: then this is far more than a segment can hold.
        let known =
            usize::try_from(self.expected.wrapping_sub(segment.sequence)).unwrap_or(usize::MAX);
        let Some(fresh) = segment.payload.get(known..) else {
            return;
        };
        if self.peer_closed {
            return;
        }
        let taken = &fresh[..fresh.len().min(self.room(limit))];
        if !self.closing && !matches!(limit, Some((_, After::Received(_)))) {
            self.echo.extend(taken);
        }
        self.received += taken.len() as u64;
        self.expected = self.expected.wrapping_add(number(taken.len()));
        if taken.len() == fresh.len() && segment.flags.contains(Flags::FIN) {
            self.expected = self.expected.wrapping_add(1);
            self.peer_closed = true;
            self.closing = true;
        }
    }

    /// How many bytes it takes now.
    fn room(&self, limit: Limit) -> usize {
        match limit {
            Some((Ending::Silence, After::Received(most))) => {
                let left =
                    usize::try_from(most.saturating_sub(self.received)).unwrap_or(usize::MAX);
                left.min(self.window().into())
            }
            _ => self.window().into(),
        }
    }

    /// Sends what the peer's window, the limit and the echo allow, and the FIN behind the last
    /// byte.
    fn send(&mut self, limit: Limit, out: &mut Vec<Vec<u8>>) {
        loop {
            let most = match limit {
                Some((_, After::Sent(most))) => {
                    usize::try_from(most.saturating_sub(self.sent)).unwrap_or(usize::MAX)
                }
                _ => usize::MAX,
            };
            let len = self
                .unsent()
                .min(self.sendable())
                .min(most)
                .min(self.peer_largest.into());
            if len == 0 {
                break;
            }
            let start = self.echo.len() - self.unsent();
            out.push(self.data(self.next, start, len));
            self.next = self.next.wrapping_add(number(len));
            self.sent += len as u64;
        }
        if self.closing && !self.fin_sent && self.unsent() == 0 && self.sendable() > 0 {
            out.push(self.fin(self.next));
            self.next = self.next.wrapping_add(1);
            self.fin_sent = true;
        }
    }

    /// Sends the oldest part again that the peer has not acknowledged, where there is one.
    fn send_again(&mut self) -> Option<Vec<u8>> {
        if self.in_flight() == 0 || self.peer_window == 0 {
            return None;
        }
        let sent = self.echo.len() - self.unsent();
        match sent.min(self.peer_largest.into()) {
            0 => Some(self.fin(self.unacknowledged)),
            len => Some(self.data(self.unacknowledged, 0, len)),
        }
    }

    /// Ends it where the limit is reached.
    fn end_at(&mut self, limit: Limit, out: &mut Vec<Vec<u8>>) {
        match limit {
            Some((Ending::Reset, after)) if self.has_reached(after) => out.push(self.reset()),
            Some((Ending::Close, after)) if self.has_reached(after) && !self.closing => {
                self.stop_sending();
                self.send(limit, out);
            }
            _ => {}
        }
    }

    /// What has not been sent yet never will be.
    fn stop_sending(&mut self) {
        let sent = self.echo.len() - self.unsent();
        self.echo.truncate(sent);
        self.closing = true;
    }

    fn has_reached(&self, after: After) -> bool {
        match after {
            After::Received(bytes) => self.received >= bytes,
            After::Sent(bytes) => self.sent >= bytes,
        }
    }

    fn has_fallen_silent(&self, limit: Limit) -> bool {
        self.stage == Stage::Open
            && matches!(limit, Some((Ending::Silence, after)) if self.has_reached(after))
    }

    /// RFC 9293 3.4: from the number expected to the end of the window that the peer knows.
    fn is_in_window(&self, sequence: u32) -> bool {
        sequence.wrapping_sub(self.expected) <= self.offered.into()
    }

    /// How many numbers are on the way to the peer.
    fn in_flight(&self) -> u32 {
        self.next.wrapping_sub(self.unacknowledged)
    }

    /// How many bytes of the echo have not been sent yet.
    fn unsent(&self) -> usize {
        let sent = usize::try_from(self.in_flight()).unwrap_or(usize::MAX);
        self.echo.len().saturating_sub(sent)
    }

    /// How many bytes the peer takes beyond those that are on the way.
    fn sendable(&self) -> usize {
        usize::try_from(self.peer_window.saturating_sub(self.in_flight())).unwrap_or(usize::MAX)
    }

    /// The window to offer. The echo holds no more than a window, since no more is taken.
    fn window(&self) -> u16 {
        WINDOW.saturating_sub(u16::try_from(self.echo.len()).unwrap_or(u16::MAX))
    }

    /// Whether the peer knows of no room for a segment, and there is one now (RFC 9293 3.8.6.2.2).
    fn has_more_room(&self) -> bool {
        self.offered < LARGEST_V4 && self.window() >= LARGEST_V4
    }

    fn syn_ack(&self) -> Vec<u8> {
        let largest = match self.flow.addresses {
            Addresses::V4(..) => LARGEST_V4,
            Addresses::V6(..) => LARGEST_V6,
        };
        let rest = Rest {
            window: WINDOW,
            largest: Some(largest),
            payload: &[],
        };
        let first = self.unacknowledged;
        self.flow
            .packet(first, self.expected, Flags::SYN | Flags::ACK, rest)
    }

    fn acknowledgment(&mut self) -> Vec<u8> {
        self.packet(self.next, Flags::ACK, &[])
    }

    fn fin(&mut self, sequence: u32) -> Vec<u8> {
        self.packet(sequence, Flags::FIN | Flags::ACK, &[])
    }

    fn data(&mut self, sequence: u32, start: usize, len: usize) -> Vec<u8> {
        let payload: Vec<u8> = self.echo.range(start..start + len).copied().collect();
        self.packet(sequence, Flags::PSH | Flags::ACK, &payload)
    }

    fn packet(&mut self, sequence: u32, flags: Flags, payload: &[u8]) -> Vec<u8> {
        self.offered = self.window();
        let rest = Rest {
            window: self.offered,
            largest: None,
            payload,
        };
        self.flow.packet(sequence, self.expected, flags, rest)
    }
}

/// A number of bytes as sequence numbers count; a segment has no more than 65,535.
fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
