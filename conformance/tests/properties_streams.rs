//! Streams through a proxy with any plan: without loss the same bytes arrive, with loss there is a name for it.
#![cfg(not(target_os = "wasi"))]

mod properties_support;

use std::thread;
use std::time::Duration;

use properties_support::{PATIENCE, config};
use proptest::collection::vec;
use proptest::prelude::*;
use usocket::{Condition, Error, TcpListener, TcpStream};
use usocket_testkit::Proxy;
use usocket_testkit::proxy::Plan;

fn micros(most: u64) -> impl Strategy<Value = Duration> {
    (0..=most).prop_map(Duration::from_micros)
}

/// A plan that loses nothing.
fn whole() -> impl Strategy<Value = Plan> {
    let slices = prop::option::of((200..5000_usize, micros(50)));
    (micros(2000), micros(2000), any::<u64>(), slices).prop_map(
        |(latency, jitter, seed, slices)| {
            let plan = Plan::new().latency(latency).jitter(jitter).seed(seed);
            match slices {
                Some((slices, pause)) => plan.slices(slices).pause(pause),
                None => plan,
            }
        },
    )
}

/// What goes wrong, after so many bytes.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Reset,
    Close,
    Stall,
}

fn loss() -> impl Strategy<Value = Loss> {
    prop_oneof![Just(Loss::Reset), Just(Loss::Close), Just(Loss::Stall)]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => vec(any::<u8>(), 0..3000),
        1 => (1..200_000_usize).prop_map(|length| (0..=250).cycle().take(length).collect()),
    ]
}

/// A way to move all of something.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// The call for all of it.
    All,
    /// Again and again, at most so many bytes at a time.
    Pieces(usize),
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![Just(Way::All), (1..5000_usize).prop_map(Way::Pieces)]
}

fn send(stream: &TcpStream, way: Way, mut bytes: &[u8]) -> Result<(), Error> {
    let most = match way {
        Way::All => return stream.write_all_deadline(bytes, PATIENCE),
        Way::Pieces(most) => most,
    };
    while !bytes.is_empty() {
        let piece = &bytes[..most.min(bytes.len())];
        let sent = stream.send_deadline(piece, PATIENCE)?;
        assert!((1..=piece.len()).contains(&sent));
        bytes = &bytes[sent..];
    }
    Ok(())
}

/// All until the end of the stream, of which so much is expected.
fn receive(stream: &TcpStream, way: Way, expected: usize) -> Result<Vec<u8>, Error> {
    let mut all = vec![0; expected];
    let most = match way {
        Way::All => {
            stream.read_exact_deadline(&mut all, PATIENCE)?;
            1
        }
        Way::Pieces(most) => {
            all.clear();
            most
        }
    };
    let mut buffer = vec![0; most];
    loop {
        match stream.recv_deadline(&mut buffer, PATIENCE)? {
            0 => return Ok(all),
            length => all.extend_from_slice(&buffer[..length]),
        }
    }
}

/// A client and the server's end of its connection, with a proxy between them.
fn through(proxy: &Proxy, listener: &TcpListener) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect_deadline(proxy.addr(), PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    (client, server)
}

fn ends(stream: &TcpStream) -> Result<(), Error> {
    stream.shutdown(std::net::Shutdown::Write)
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn without_loss_the_same_bytes_arrive(
        plan in whole(),
        question in bytes(),
        answer in bytes(),
        way in (way(), way()),
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy::tcp(listener.local_addr().unwrap()).unwrap().plan(plan).unwrap();
        let (client, server) = through(&proxy, &listener);
        let (asked, answered) = thread::scope(|scope| {
            for (stream, bytes) in [(&client, &question), (&server, &answer)] {
                scope.spawn(move || {
                    send(stream, way.0, bytes).unwrap();
                    ends(stream).unwrap();
                });
            }
            let asked = scope.spawn(|| receive(&server, way.1, question.len()));
            let answered = receive(&client, way.1, answer.len());
            (asked.join().unwrap(), answered)
        });
        prop_assert!(asked.unwrap() == question);
        prop_assert!(answered.unwrap() == answer);
    }

    #[test]
    fn with_loss_there_is_a_name_for_it(
        plan in whole(),
        loss in loss(),
        bytes in bytes(),
        share in 0..=100_usize,
        way in way(),
    ) {
        // Within what is sent, so that it always happens; some bytes must be left to be lost.
        let bytes = if bytes.is_empty() { vec![1] } else { bytes };
        let kept = (bytes.len() * share / 100).min(bytes.len() - 1);
        let limit = kept as u64;
        let plan = match loss {
            Loss::Reset => plan.to_server().reset_after(limit),
            Loss::Close => plan.to_server().close_after(limit),
            Loss::Stall => plan.to_server().stall_after(limit),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy::tcp(listener.local_addr().unwrap()).unwrap();
        let (client, server) = through(&proxy, &listener);
        // Once both are there: what cuts at once might be told by the connect.
        proxy.now(plan).unwrap();

        let mut buffer = vec![0; bytes.len()];
        let (sent, received) = thread::scope(|scope| {
            let sent = scope.spawn(|| send(&client, way, &bytes));
            let received = match loss {
                // Nothing tells that no more will come, so it is not asked for more before all has come that will.
                Loss::Stall => {
                    server.read_exact_deadline(&mut buffer[..kept], PATIENCE).unwrap();
                    let rest = server.recv_deadline(&mut buffer[kept..], Duration::from_millis(20));
                    rest.map(drop).map_err(|error| error.with_bytes_done(kept))
                }
                Loss::Reset | Loss::Close => server.read_exact_deadline(&mut buffer, PATIENCE),
            };
            (sent.join().unwrap(), received)
        });
        prop_assert!(buffer[..kept] == bytes[..kept]);
        let error = received.unwrap_err();
        prop_assert_eq!(error.bytes_done(), Some(kept));
        prop_assert_eq!(error.condition(), match loss {
            Loss::Reset => Condition::ConnectionReset,
            Loss::Close => Condition::UnexpectedEof,
            Loss::Stall => Condition::Timeout,
        });
        if let Err(error) = sent {
            let named = [Condition::ConnectionReset, Condition::Shutdown];
            prop_assert!(named.contains(&error.condition()), "{}", error);
        }
    }
}
