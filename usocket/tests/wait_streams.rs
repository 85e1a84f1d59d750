//! What every wait says of a stream, on every system: of what has come, of room, and of a peer that sends no more.

mod wait_support;

use std::net::Shutdown;
use std::thread;
use std::time::Instant;

use rstest::rstest;
use usocket::{Cancel, Condition, Interest, Readiness, TcpStream, wait_for, wait_for_each};
use wait_support::{Kind, NOW, PATIENCE, SOON, tcp};

/// What the wait for a list says, and sets of both kinds say.
fn told(stream: &TcpStream, interest: Interest, until: std::time::Duration) -> Vec<Readiness> {
    let listed = wait_for_each(&[(stream, interest)], until).unwrap();
    let listed = listed.into_iter().map(|(_, readiness)| readiness);
    let sets = [Kind::Native, Kind::Poll].into_iter().flat_map(|kind| {
        let set = kind.set();
        set.add(stream, (), interest).unwrap();
        let ready = set.wait(until).unwrap();
        ready.into_iter().map(|((), readiness)| readiness)
    });
    listed.chain(sets).collect()
}

/// Two connected streams, and nothing more can be sent to the second.
fn full() -> (TcpStream, TcpStream) {
    let (one, two) = tcp();
    let block = vec![0; 1 << 16];
    let begin = Instant::now();
    // What has been taken may still make room on its way.
    while !told(&one, Interest::WRITABLE, SOON).is_empty() {
        while one.try_send(&block).unwrap().is_some() {}
        assert!(begin.elapsed() < PATIENCE, "it is never full");
    }
    (one, two)
}

#[test]
fn what_has_come_is_readable_and_room_is_writable() {
    let (one, two) = tcp();
    assert_eq!(told(&one, Interest::READABLE, NOW), []);
    let room = told(&one, Interest::WRITABLE, PATIENCE);
    assert_eq!(room.len(), 3);
    assert!(room.iter().all(|ready| ready.is_writable()), "{room:?}");
    two.send(b"x").unwrap();
    let input = told(&one, Interest::READABLE, PATIENCE);
    assert_eq!(input.len(), 3);
    assert!(input.iter().all(|ready| ready.is_readable()), "{input:?}");
    assert_eq!(one.recv(&mut [0; 2]).unwrap(), 1);
    assert_eq!(told(&one, Interest::READABLE, NOW), []);
}

#[test]
fn a_peer_that_sends_no_more_is_readable_and_has_not_ended_both_directions() {
    let (one, two) = tcp();
    two.shutdown(Shutdown::Write).unwrap();
    assert_eq!(wait_for(&[&one], PATIENCE).unwrap(), [0]);
    for interest in [Interest::READABLE, Interest::READABLE | Interest::WRITABLE] {
        let half = told(&one, interest, PATIENCE);
        assert_eq!(half.len(), 3);
        for half in half {
            assert!(half.is_readable() && !half.is_hung_up() && !half.is_error());
        }
    }
}

#[test]
fn a_peer_that_sends_no_more_makes_no_room() {
    let (one, two) = full();
    two.shutdown(Shutdown::Write).unwrap();
    assert_eq!(one.recv_deadline(&mut [0; 1], PATIENCE).unwrap(), 0);
    let begin = Instant::now();
    assert_eq!(told(&one, Interest::WRITABLE, SOON), []);
    assert!(begin.elapsed() >= 3 * SOON);
    // What has been taken may make a little room on its way, but not for so much.
    let much = vec![0; 1 << 26];
    let error = one.write_all_deadline(&much, SOON).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    let cancel = Cancel::new().unwrap();
    let error = thread::scope(|scope| {
        let sending = scope.spawn(|| one.write_all_deadline(&much, &cancel).unwrap_err());
        cancel.cancel();
        sending.join().unwrap()
    });
    assert_eq!(error.condition(), Condition::Cancelled);

    // Until it takes what there is.
    thread::scope(|scope| {
        let sending = scope.spawn(|| one.send_deadline(b"x", PATIENCE));
        let mut block = vec![0; 1 << 16];
        while !sending.is_finished() {
            // There may be nothing left by now.
            let _ = two.recv_deadline(&mut block, SOON);
        }
        assert_eq!(sending.join().unwrap().unwrap(), 1);
    });
}

/// Whoever waits for either learns of it.
#[rstest]
fn a_reset_is_told_to_all(#[values(Interest::READABLE, Interest::WRITABLE)] interest: Interest) {
    let (one, two) = full();
    two.abort().unwrap();
    let reset = told(&one, interest, PATIENCE);
    assert_eq!(reset.len(), 3);
    for reset in reset {
        assert!(reset.is_error(), "{reset:?}");
        assert_eq!(reset.is_readable(), interest == Interest::READABLE);
        assert_eq!(reset.is_writable(), interest == Interest::WRITABLE);
    }
}
