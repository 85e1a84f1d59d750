//! Datagrams of every size: what arrives is whole, or said to be cut; what is too long is named.
#![cfg(target_os = "linux")]

mod properties_support;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use properties_support::{PATIENCE, config};
use proptest::prelude::*;
use rstest::rstest;
use usocket::{Condition, Datagram, Error, Operation, UdpSocket};

const V4: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const V6: SocketAddr = SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::LOCALHOST), 0);

/// The longest: 65535 bytes less the headers, of which IPv6 does not count its own (RFC 768, RFC 8200 3).
fn longest(any: SocketAddr) -> usize {
    if any.is_ipv4() { 65_507 } else { 65_527 }
}

/// Two sockets, each connected to the other.
fn pair(any: SocketAddr) -> (UdpSocket, UdpSocket) {
    let (one, two) = (UdpSocket::bind(any).unwrap(), UdpSocket::bind(any).unwrap());
    one.connect(two.local_addr().unwrap()).unwrap();
    two.connect(one.local_addr().unwrap()).unwrap();
    (one, two)
}

/// The ways to send, and to receive.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    Deadline,
    Try,
    Addressed,
}

const FORMS: [Form; 4] = [Form::Plain, Form::Deadline, Form::Try, Form::Addressed];

fn send(form: Form, from: &UdpSocket, to: &UdpSocket, bytes: &[u8]) -> Result<usize, Error> {
    match form {
        Form::Plain => from.send(bytes),
        Form::Deadline => from.send_deadline(bytes, PATIENCE),
        Form::Try => from.try_send(bytes).map(|sent| sent.expect("it has room")),
        Form::Addressed => from.send_to_deadline(bytes, to.local_addr()?, PATIENCE),
    }
}

/// On loopback what was sent is there, or is on its way: the first look waits.
fn receive(form: Form, at: &UdpSocket, buffer: &mut [u8]) -> Result<Datagram, Error> {
    match form {
        Form::Plain => {
            at.set_read_timeout(Some(PATIENCE))?;
            at.recv(buffer)
        }
        Form::Deadline => at.recv_deadline(buffer, PATIENCE),
        Form::Try => {
            at.peek_deadline(&mut [0], PATIENCE)?;
            Ok(at.try_recv(buffer)?.expect("it was there"))
        }
        Form::Addressed => at.recv_from_deadline(buffer, PATIENCE),
    }
}

/// Sends it, and holds what arrives in so much room against it.
fn passes(any: SocketAddr, form: Form, bytes: &[u8], room: usize) {
    let (one, two) = pair(any);
    let sent = send(form, &one, &two, bytes);
    if bytes.len() > longest(any) {
        let error = sent.unwrap_err();
        assert_eq!(error.condition(), Condition::MessageTooLong);
        assert_eq!(error.peer(), Some(two.local_addr().unwrap()));
        assert!(matches!(
            error.operation(),
            Operation::Send | Operation::SendTo
        ));
        let nothing = two.try_recv(&mut [0]).unwrap();
        assert_eq!(nothing, None, "no part of it was sent");
        return;
    }
    assert_eq!(sent.unwrap(), bytes.len());
    let mut peeked = vec![0; room];
    let peek = two.peek_deadline(&mut peeked, PATIENCE).unwrap();
    let mut buffer = vec![0; room];
    let got = receive(form, &two, &mut buffer).unwrap();
    assert_eq!(got, peek, "a peek says what the receive will say");
    assert_eq!(peeked, buffer);
    let fits = room.min(bytes.len());
    assert_eq!(got.len, fits);
    assert_eq!(buffer[..fits], bytes[..fits]);
    assert!(buffer[fits..].iter().all(|byte| *byte == 0));
    assert_eq!(got.truncated, bytes.len() > room);
    assert_eq!(got.full_len, Some(bytes.len()));
    assert_eq!(got.peer, one.local_addr().unwrap());
    // The rest of it is gone.
    let error = two.recv_deadline(&mut [0], Duration::ZERO).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
}

fn content(length: usize) -> Vec<u8> {
    (1..=251).cycle().take(length).collect()
}

#[rstest]
#[case::udp4(V4)]
#[case::udp6(V6)]
fn every_length_around_a_limit_and_every_room_around_a_length(#[case] any: SocketAddr) {
    let longest = longest(any);
    let lengths = (0..=2).chain(1471..=1473).chain(longest - 2..=longest + 2);
    for (length, form) in lengths.zip(FORMS.into_iter().cycle()) {
        let bytes = content(length);
        for room in [0, 1, length.saturating_sub(1), length, length + 1, 70_000] {
            passes(any, form, &bytes, room);
        }
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn what_arrives_is_whole_or_said_to_be_cut(
        v6: bool,
        form in prop::sample::select(&FORMS[..]),
        length in prop_oneof![0..3000_usize, 60_000..70_000_usize],
        room in prop_oneof![0..3000_usize, 60_000..70_000_usize],
    ) {
        passes(if v6 { V6 } else { V4 }, form, &content(length), room);
    }
}
