//! What a proxy does with datagrams.
#![cfg(all(feature = "proxy", not(target_os = "wasi")))]

#[cfg(target_os = "linux")]
use std::io::ErrorKind;
use std::net::{Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use usocket_testkit::discover;
use usocket_testkit::proxy::{Plan, Proxy, ProxyError};

/// Nothing takes so long unless it hangs.
const WATCHDOG: Duration = Duration::from_secs(60);

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(WATCHDOG)).unwrap();
    socket
}

/// A server, a proxy in front of it, and a client that is connected to the proxy.
fn scene(plan: Plan) -> (UdpSocket, Proxy, UdpSocket) {
    let server = socket();
    let proxy = Proxy::udp(server.local_addr().unwrap()).unwrap();
    let proxy = proxy.plan(plan).unwrap();
    let client = socket();
    client.connect(proxy.addr()).unwrap();
    (server, proxy, client)
}

fn next(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 1 << 16];
    let (length, peer) = socket.recv_from(&mut buffer).unwrap();
    buffer.truncate(length);
    (buffer, peer)
}

/// Sends so many, one byte each that counts them, and gives what arrives until the last one, which ends it.
fn seen(plan: Plan, count: u8) -> Vec<u8> {
    let (server, _proxy, client) = scene(plan);
    for number in 0..count {
        client.send(&[number]).unwrap();
    }
    let mut seen = Vec::new();
    while seen.last() != Some(&(count - 1)) {
        seen.push(next(&server).0[0]);
    }
    seen
}

#[test]
fn each_client_gets_its_own_answers() {
    let (server, proxy, client) = scene(Plan::new());
    let other = socket();
    client.send(b"from one").unwrap();
    let (question, one) = next(&server);
    assert_eq!(question, b"from one");
    other.send_to(b"from two", proxy.addr()).unwrap();
    let (question, two) = next(&server);
    assert_eq!(question, b"from two");
    assert_ne!(one, two);
    server.send_to(b"to two", two).unwrap();
    server.send_to(b"to one", one).unwrap();
    server.send_to(b"", one).unwrap();
    assert_eq!(next(&other), (b"to two".to_vec(), proxy.addr()));
    assert_eq!(next(&client).0, b"to one");
    assert_eq!(next(&client).0, b"");
    let connections = proxy.connections();
    assert_eq!(connections.len(), 2);
    assert_eq!(connections[0].client(), client.local_addr().unwrap());
    assert_eq!(
        (
            connections[0].to_server().sent,
            connections[0].to_client().received
        ),
        (1, 2)
    );
    assert_eq!(connections[1].ended(), None);
}

#[test]
fn losses_and_copies_are_counted_out() {
    assert_eq!(seen(Plan::new(), 5), [0, 1, 2, 3, 4]);
    assert_eq!(seen(Plan::new().lose(..2), 5), [2, 3, 4]);
    assert_eq!(seen(Plan::new().lose(1..=1).lose(3..4), 5), [0, 2, 4]);
    assert_eq!(seen(Plan::new().duplicate(1..3), 5), [0, 1, 1, 2, 2, 3, 4]);
    assert_eq!(seen(Plan::new().to_client().lose(..), 3), [0, 1, 2]);
    assert_eq!(seen(Plan::new().lose(..2).duplicate(2..3), 4), [2, 2, 3]);
}

#[test]
fn who_is_to_come_later_does() {
    assert_eq!(seen(Plan::new().reorder(1..2, WATCHDOG), 4), [0, 2, 1, 3]);
    assert_eq!(seen(Plan::new().reorder(0..2, WATCHDOG), 4), [2, 0, 1, 3]);
    // And when nobody follows, after its time.
    let (server, _proxy, client) = scene(Plan::new().reorder(.., ms(30)));
    let began = Instant::now();
    client.send(b"alone").unwrap();
    assert_eq!(next(&server).0, b"alone");
    assert!(began.elapsed() >= ms(30));
}

#[test]
fn what_arrives_is_late_short_or_wrong_as_planned() {
    let (server, _proxy, client) = scene(Plan::new().latency(ms(20)).truncate(3).corrupt(1, 0x20));
    let began = Instant::now();
    client.send(b"abcdef").unwrap();
    let (heard, peer) = next(&server);
    assert_eq!(heard, b"aBc");
    assert!(began.elapsed() >= ms(20));
    server.send_to(b"x", peer).unwrap();
    assert_eq!(next(&client).0, b"x");
    assert!(began.elapsed() >= ms(40));
    server.send_to(b"abc", peer).unwrap();
    assert_eq!(next(&client).0, b"aBc");
}

#[test]
fn bandwidth_is_of_bytes() {
    let (server, _proxy, client) = scene(Plan::new().bandwidth(10_000));
    let began = Instant::now();
    for _ in 0..5 {
        client.send(&[0; 100]).unwrap();
    }
    for _ in 0..5 {
        next(&server);
    }
    assert!(began.elapsed() >= ms(40));
}

#[test]
fn jitter_may_change_the_order_and_loses_nothing() {
    let order = |seed| seen_all(Plan::new().jitter(ms(80)).seed(seed));
    // Of six seeds one at least has another order than the first.
    let orders: Vec<_> = (0..6).map(order).collect();
    assert!(orders.iter().any(|order| *order != orders[0]), "{orders:?}");
    for order in orders {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4, 5]);
    }
}

/// As [`seen`], until all have come.
fn seen_all(plan: Plan) -> Vec<u8> {
    let (server, _proxy, client) = scene(plan);
    for number in 0..6 {
        client.send(&[number]).unwrap();
    }
    (0..6).map(|_| next(&server).0[0]).collect()
}

#[test]
fn silence_comes_and_goes() {
    let (server, proxy, client) = scene(Plan::new().silent());
    client.send(b"lost").unwrap();
    // When the next one is here, the first has been looked at.
    proxy_has_received(&proxy, 1);
    proxy.now(Plan::new()).unwrap();
    client.send(b"found").unwrap();
    assert_eq!(next(&server).0, b"found");
}

fn proxy_has_received(proxy: &Proxy, count: u64) {
    let began = Instant::now();
    let received = |proxy: &Proxy| {
        let connections = proxy.connections();
        connections
            .first()
            .is_some_and(|one| one.to_server().received >= count)
    };
    while !received(proxy) {
        assert!(began.elapsed() < WATCHDOG);
        std::thread::yield_now();
    }
}

#[cfg(target_os = "linux")] // elsewhere a client may be left without an answer
#[test]
fn a_door_is_shut_and_opened_again() {
    let (server, proxy, client) = scene(Plan::new());
    for _ in 0..20 {
        proxy.now(Plan::refuse()).unwrap();
        client.send(b"?").unwrap();
        let error = client.recv(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        proxy.now(Plan::new()).unwrap();
        client.send(b"!").unwrap();
        assert_eq!(next(&server).0, b"!");
    }
}

#[test]
fn a_server_may_come_late() {
    let lease = usocket_testkit::PortLease::udp_refusing([127, 0, 0, 1]).unwrap();
    let addr = lease.addr();
    let proxy = Proxy::udp(addr).unwrap();
    let client = socket();
    for _ in 0..3 {
        client.send_to(b"too early", proxy.addr()).unwrap();
    }
    drop(lease);
    let Ok(server) = UdpSocket::bind(addr) else {
        return; // somebody else was quicker
    };
    server.set_read_timeout(Some(ms(20))).unwrap();
    let began = Instant::now();
    let mut buffer = [0; 16];
    // The first ones are lost, as they would be without a proxy.
    while server.recv(&mut buffer).is_err() {
        assert!(began.elapsed() < WATCHDOG);
        client.send_to(b"again", proxy.addr()).unwrap();
    }
}

#[test]
fn plans_for_streams_are_refused_in_words() {
    let proxy = Proxy::udp(([127, 0, 0, 1], 9)).unwrap();
    for (plan, method) in [
        (Plan::new().slices(3), "slices"),
        (Plan::new().pause(ms(1)), "pause"),
        (Plan::new().reset_after(3), "reset_after"),
        (Plan::new().close_after(3), "close_after"),
        (
            Plan::new().then(ms(1), Plan::new().stall_after(3)),
            "stall_after",
        ),
    ] {
        let error = proxy.now(plan).unwrap_err();
        assert!(matches!(error, ProxyError::OtherProtocol { method: said, .. } if said == method));
        assert!(error.to_string().contains("udp4"), "{error}");
    }
    let error = proxy.now(Plan::new().lose(3..3)).unwrap_err().to_string();
    assert!(
        error.contains("`lose` was given the numbers from 3 to before 3"),
        "{error}"
    );
}

#[test]
fn the_end_does_not_wait_for_what_is_under_way() {
    let (_server, proxy, client) = scene(Plan::new().latency(Duration::MAX).jitter(Duration::MAX));
    for _ in 0..2000 {
        client.send(&[0; 100]).unwrap();
    }
    proxy_has_received(&proxy, 1);
    let began = Instant::now();
    drop(proxy);
    assert!(began.elapsed() < WATCHDOG / 2);
}

#[test]
fn ipv6_is_the_same() {
    if !discover::ipv6().has_loopback() {
        return;
    }
    let server = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    server.set_read_timeout(Some(WATCHDOG)).unwrap();
    let proxy = Proxy::udp(server.local_addr().unwrap()).unwrap();
    let client = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    client.set_read_timeout(Some(WATCHDOG)).unwrap();
    client.send_to(b"six", proxy.addr()).unwrap();
    let (heard, peer) = next(&server);
    assert_eq!(heard, b"six");
    server.send_to(b"yes", peer).unwrap();
    assert_eq!(next(&client).0, b"yes");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.min(96), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_loss_and_jitter_all_arrives_whole_and_in_order(
        datagrams in vec(vec(any::<u8>(), 0..1500), 1..40),
        latency in 0..3_u64,
        rate in prop::option::of(5_000_000..50_000_000_u64),
    ) {
        let plan = Plan::new().latency(ms(latency));
        let plan = match rate {
            Some(rate) => plan.bandwidth(rate),
            None => plan,
        };
        let (server, _proxy, client) = scene(plan);
        for datagram in &datagrams {
            client.send(datagram).unwrap();
        }
        for datagram in &datagrams {
            let (heard, peer) = next(&server);
            prop_assert_eq!(&heard, datagram);
            server.send_to(&heard, peer).unwrap();
        }
        for datagram in &datagrams {
            prop_assert_eq!(&next(&client).0, datagram);
        }
    }

    #[test]
    fn exactly_the_named_ones_are_lost(
        lost in vec(0..12_u64, 0..6),
        copied in vec(0..12_u64, 0..4),
    ) {
        let mut plan = Plan::new();
        for number in &lost {
            plan = plan.lose(*number..=*number);
        }
        for number in &copied {
            plan = plan.duplicate(*number..=*number);
        }
        let copies = |number: &u64| 1 + usize::from(copied.contains(number));
        let expected: Vec<_> = (0..12)
            .filter(|number| !lost.contains(number))
            .flat_map(|number| vec![u8::try_from(number).unwrap(); copies(&number)])
            .chain([12])
            .collect();
        prop_assert_eq!(seen(plan, 13), expected);
    }
}
