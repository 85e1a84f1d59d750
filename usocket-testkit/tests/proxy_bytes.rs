//! Whatever the plan, the bytes are the ones that it says.
#![cfg(all(feature = "proxy", not(target_os = "wasi")))]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use usocket_testkit::proxy::{Ended, Plan, Proxy};

/// Nothing takes so long unless it hangs.
const WATCHDOG: Duration = Duration::from_secs(60);

fn micros(most: u64) -> impl Strategy<Value = Duration> {
    (0..=most).prop_map(Duration::from_micros)
}

/// A plan that loses nothing.
fn whole() -> impl Strategy<Value = Plan> {
    let delays = (micros(3000), micros(3000), any::<u64>());
    let sizes = (
        prop::option::of(50..5000_usize),
        micros(100),
        prop::option::of(2_000_000_u64..),
    );
    let aim = 0..3;
    (delays, sizes, aim).prop_map(|((latency, jitter, seed), (slices, pause, rate), aim)| {
        let mut plan = match aim {
            0 => Plan::new(),
            1 => Plan::new().to_client(),
            _ => Plan::new().to_server(),
        };
        plan = plan.latency(latency).jitter(jitter).seed(seed);
        if let Some(slices) = slices {
            plan = plan.slices(slices).pause(pause);
        }
        if let Some(rate) = rate {
            plan = plan.bandwidth(rate);
        }
        plan
    })
}

fn chunks() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let few = vec(vec(any::<u8>(), 0..2000), 0..12);
    let large = (1..300_000_usize, any::<u8>()).prop_map(|(count, first)| {
        let some: Vec<u8> = (0..=252).map(|byte: u8| byte ^ first).collect();
        let mut bytes = some.repeat(count.div_ceil(some.len()));
        bytes.truncate(count);
        vec![bytes]
    });
    prop_oneof![3 => few, 1 => large]
}

/// Who closes its direction first.
#[derive(Clone, Copy, Debug)]
enum First {
    Client,
    Server,
    Both,
}

fn first() -> impl Strategy<Value = First> {
    prop_oneof![Just(First::Client), Just(First::Server), Just(First::Both)]
}

fn pair(proxy: &Proxy, server: &TcpListener) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect_timeout(&proxy.addr(), WATCHDOG).unwrap();
    let (accepted, _) = server.accept().unwrap();
    for stream in [&client, &accepted] {
        stream.set_read_timeout(Some(WATCHDOG)).unwrap();
        stream.set_write_timeout(Some(WATCHDOG)).unwrap();
    }
    (client, accepted)
}

fn server() -> (TcpListener, std::net::SocketAddr) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    (server, addr)
}

/// One end: says all it has to say, and hears all there is, at the same time. Who waits closes only after the other.
fn talk(stream: TcpStream, chunks: Vec<Vec<u8>>, waits: bool) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let writer = stream.try_clone().unwrap();
        let writing = thread::spawn(move || {
            for chunk in chunks {
                (&writer).write_all(&chunk).unwrap();
            }
            if !waits {
                writer.shutdown(Shutdown::Write).unwrap();
            }
        });
        let mut heard = Vec::new();
        (&stream).read_to_end(&mut heard).unwrap();
        writing.join().unwrap();
        heard
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.min(96), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_loss_all_arrives_in_order_and_then_the_end(
        plan in whole(),
        changes in vec(whole(), 0..3),
        later in prop::option::of((micros(3000), whole())),
        question in chunks(),
        answer in chunks(),
        first in first(),
    ) {
        let plan = match later {
            Some((after, later)) => plan.then(after, later),
            None => plan,
        };
        let (server, addr) = server();
        let proxy = Proxy::tcp(addr).unwrap().plan(plan).unwrap();
        let (client, accepted) = pair(&proxy, &server);
        let (asked, answered) = (question.concat(), answer.concat());
        let client = talk(client, question, matches!(first, First::Server));
        let accepted = talk(accepted, answer, matches!(first, First::Client));
        for change in changes {
            proxy.now(change).unwrap();
            thread::yield_now();
        }
        prop_assert!(accepted.join().unwrap() == asked);
        prop_assert!(client.join().unwrap() == answered);
        let connection = &proxy.ended(1, WATCHDOG).unwrap()[0];
        prop_assert_eq!(connection.ended(), Some(Ended::Closed));
        prop_assert_eq!(connection.to_server().sent, asked.len() as u64);
        prop_assert_eq!(connection.to_client().sent, answered.len() as u64);
    }

    #[test]
    fn a_limit_lets_exactly_so_many_bytes_through(
        plan in whole(),
        chunks in chunks(),
        limit in 0..400_000_u64,
        to_client: bool,
        reset: bool,
    ) {
        let all = chunks.concat();
        let plan = if to_client { plan.to_client() } else { plan.to_server() };
        let plan = if reset { plan.reset_after(limit) } else { plan.close_after(limit) };
        let (server, addr) = server();
        let proxy = Proxy::tcp(addr).unwrap();
        if limit > 0 {
            proxy.now(plan.clone()).unwrap();
        }
        let (client, accepted) = pair(&proxy, &server);
        if limit == 0 {
            // A reset after nothing might be told by the connect.
            proxy.now(plan).unwrap();
        }
        let (sender, mut receiver) = if to_client { (accepted, client) } else { (client, accepted) };
        let writing = thread::spawn(move || {
            for chunk in chunks {
                if (&sender).write_all(&chunk).is_err() {
                    break;
                }
            }
            // The connection may be gone.
            let _ = sender.shutdown(Shutdown::Write);
            sender
        });
        let mut heard = Vec::new();
        let error = receiver.read_to_end(&mut heard).err().map(|error| error.kind());
        let reached = limit <= all.len() as u64;
        let expected = &all[..usize::try_from(limit).unwrap().min(all.len())];
        prop_assert!(heard == expected, "{} bytes, {} expected", heard.len(), expected.len());
        prop_assert_eq!(error, (reset && reached).then_some(ErrorKind::ConnectionReset));
        drop(writing.join().unwrap());
    }

    #[test]
    fn corruption_changes_exactly_the_byte_at_its_place(
        plan in whole(),
        chunks in chunks(),
        place in 0..20_000_u64,
        mask in 1..=u8::MAX,
    ) {
        let mut expected = chunks.concat();
        if let Some(byte) = expected.get_mut(usize::try_from(place).unwrap()) {
            *byte ^= mask;
        }
        let (server, addr) = server();
        let plan = plan.to_server().corrupt(place, mask);
        let proxy = Proxy::tcp(addr).unwrap().plan(plan).unwrap();
        let (client, accepted) = pair(&proxy, &server);
        let client = talk(client, chunks.clone(), false);
        let accepted = talk(accepted, chunks.clone(), false);
        prop_assert!(accepted.join().unwrap() == expected);
        prop_assert!(client.join().unwrap() == chunks.concat());
    }
}
