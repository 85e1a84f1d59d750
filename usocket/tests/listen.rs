//! TCP listeners: their options, deadlines, stopping, and what accepted streams get.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use rstest::rstest;
use usocket::{
    Cancel, Condition, Disposition, Endpoint, Ipv6Mode, ListenOptions, Operation, TcpListener,
    TcpStream, ToEndpoint,
};
use usocket_testkit::PortLease;
use usocket_testkit::discover::unused_port;

const SOON: Duration = Duration::from_millis(30);

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().unwrap().port()
}

fn connects(address: impl ToEndpoint) -> bool {
    TcpStream::connect_deadline(address, PATIENCE).is_ok()
}

#[test]
fn whatever_is_an_endpoint_can_be_listened_on() {
    let socket_address = SocketAddr::from(([127, 0, 0, 1], 0));
    let listeners = [
        TcpListener::bind("127.0.0.1:0"),
        TcpListener::bind("localhost:0"),
        TcpListener::bind(("127.0.0.1", 0)),
        TcpListener::bind(([127, 0, 0, 1], 0)),
        TcpListener::bind((0x7f00_0001, 0)),
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)),
        TcpListener::bind(socket_address),
        TcpListener::bind(socket_address.to_string().parse::<Endpoint>().unwrap()),
        TcpListener::bind("[::1]:0"),
        TcpListener::bind(("::1", 0)),
    ];
    for listener in listeners {
        let address = listener.unwrap().local_addr().unwrap();
        assert!(address.ip().is_loopback());
        assert_ne!(address.port(), 0);
    }
}

#[rstest]
#[case::dual_stack(Ipv6Mode::DualStack, true)]
#[case::ipv6_only(Ipv6Mode::Ipv6Only, false)]
fn the_ipv6_mode_decides_about_ipv4(#[case] mode: Ipv6Mode, #[case] hears_ipv4: bool) {
    let listener = ListenOptions::new().ipv6(mode).bind("[::]:0").unwrap();
    let port = port(&listener);
    assert!(connects((Ipv6Addr::LOCALHOST, port)));
    let (_, peer) = listener.accept_deadline(PATIENCE).unwrap();
    assert!(peer.is_ipv6());
    if hears_ipv4 {
        assert!(connects((Ipv4Addr::LOCALHOST, port)));
        let (_, peer) = listener.accept_deadline(PATIENCE).unwrap();
        assert_eq!(peer.ip().to_canonical(), Ipv4Addr::LOCALHOST);
        let error = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap_err();
        assert_eq!(error.condition(), Condition::AddressInUse);
    }
}

#[test]
fn with_ipv6_only_both_families_can_have_the_port() {
    // A port that is free for one family may be another program's for the other.
    let both = (0..20).any(|_| {
        let lease = PortLease::tcp(Ipv4Addr::UNSPECIFIED).unwrap();
        let six = ListenOptions::new().ipv6(Ipv6Mode::Ipv6Only);
        let Ok(_six) = six.bind((Ipv6Addr::UNSPECIFIED, lease.port())) else {
            return false;
        };
        TcpListener::bind(lease.addr()).is_ok()
    });
    assert!(both);
}

#[test]
fn a_taken_address_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let error = TcpListener::bind(address).unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);
    assert_eq!(error.operation(), Operation::Bind);
    assert_eq!(
        error.to_string(),
        format!("bind to {address}: address in use")
    );
}

#[rstest]
#[case::not_ours("0.0.0.1:0", Condition::AddressNotAvailable)]
#[case::not_ours_v6("[::2]:0", Condition::AddressNotAvailable)]
#[case::port_too_large("127.0.0.1:70000", Condition::InvalidArgument)]
#[case::no_port("127.0.0.1", Condition::InvalidArgument)]
#[case::no_host(":80", Condition::InvalidArgument)]
#[case::no_brackets("::1", Condition::InvalidArgument)]
#[case::nul("a\0b:80", Condition::InvalidArgument)]
fn bad_addresses_are_named(#[case] address: &str, #[case] condition: Condition) {
    let error = TcpListener::bind(address).unwrap_err();
    assert_eq!(error.condition(), condition);
    let named = address.escape_debug().to_string();
    assert!(
        error.to_string().contains(&named),
        "{error} must name {named}"
    );
}

#[rstest]
#[case::none(0)]
#[case::one(1)]
#[case::a_million(1_000_000)]
#[case::more_than_the_system_counts(u32::MAX)]
fn every_backlog_is_legal(#[case] backlog: u32) {
    let listener = ListenOptions::new()
        .backlog(backlog)
        .bind("127.0.0.1:0")
        .unwrap();
    assert!(connects(listener.local_addr().unwrap()));
    listener.accept_deadline(PATIENCE).unwrap();
}

#[test]
fn the_backlog_counts() {
    let listener = ListenOptions::new().backlog(0).bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let first = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    let mut waiting = Vec::new();
    let refused = loop {
        match TcpStream::connect_deadline(address, SOON) {
            Ok(stream) => waiting.push(stream),
            Err(error) => break error,
        }
        assert!(
            waiting.len() < 10,
            "a queue of 0 took {} connections",
            waiting.len()
        );
    };
    assert_eq!(refused.condition(), Condition::Timeout);
    drop(first);
}

#[test]
fn an_address_can_be_listened_on_again_at_once() {
    // Nobody else can take it in between.
    let lease = unused_port().unwrap();
    let address = lease.addr();
    let listener = TcpListener::bind(address).unwrap();
    let client = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    // The side that closes first lingers in TIME-WAIT.
    drop(server);
    assert_eq!(client.recv_deadline(&mut [0; 1], PATIENCE).unwrap(), 0);
    drop((client, listener));
    TcpListener::bind(address).unwrap();
}

#[test]
#[cfg_attr(windows, ignore = "SO_EXCLUSIVEADDRUSE cannot be set")]
fn an_exclusive_listener_shares_with_nobody_not_even_the_past() {
    let exclusive = ListenOptions::new().exclusive(true).reuse_port(true);
    let listener = exclusive.bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let sharing = ListenOptions::new().reuse_port(true);
    assert_eq!(
        sharing.bind(address).unwrap_err().condition(),
        Condition::AddressInUse
    );

    // The side that closes first lingers in TIME-WAIT, and with it the address.
    let client = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    drop(server);
    assert_eq!(client.recv_deadline(&mut [0; 1], PATIENCE).unwrap(), 0);
    drop((client, listener));
    assert_eq!(
        exclusive.bind(address).unwrap_err().condition(),
        Condition::AddressInUse
    );
}

#[test]
#[cfg_attr(windows, ignore = "there is no SO_REUSEPORT")]
fn reuse_port_lets_several_listen_and_only_if_all_want_it() {
    let options = ListenOptions::new().reuse_port(true);
    let one = options.bind("127.0.0.1:0").unwrap();
    let address = one.local_addr().unwrap();
    let two = options.bind(address).unwrap();
    assert_eq!(two.local_addr().unwrap(), address);
    let error = TcpListener::bind(address).unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);
}

#[test]
fn options_are_data() {
    let options = ListenOptions::new()
        .backlog(7)
        .ipv6(Ipv6Mode::Ipv6Only)
        .nodelay(true);
    assert_eq!(options, options.clone());
    assert_ne!(options, ListenOptions::default());
    assert_eq!(ListenOptions::new(), ListenOptions::default());
    assert!(format!("{options:?}").contains("backlog: 7"));
}

#[test]
fn accepted_streams_get_what_was_asked_for_and_block() {
    for wanted in [false, true] {
        let options = ListenOptions::new().nodelay(wanted).keepalive(wanted);
        let listener = options.bind("127.0.0.1:0").unwrap();
        let _client =
            TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
        let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
        let server = socket2::Socket::from(std::net::TcpStream::from(server));
        assert_eq!(server.tcp_nodelay().unwrap(), wanted);
        assert_eq!(server.keepalive().unwrap(), wanted);
        #[cfg(unix)] // Winsock does not tell.
        assert!(!server.nonblocking().unwrap());
    }
}

#[test]
fn accepting_ends_by_its_deadline_and_takes_what_waits_even_after_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let begin = Instant::now();
    let error = listener.accept_deadline(SOON).unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
    assert!(error.is_timeout());
    let address = listener.local_addr().unwrap();
    assert_eq!(error.to_string(), format!("accept on {address}: timed out"));

    assert!(listener.try_accept().unwrap().is_none());
    assert!(connects(address) && connects(address));
    assert!(listener.accept_deadline(Duration::ZERO).is_ok());
    assert!(listener.try_accept().unwrap().is_some());
    assert!(listener.try_accept().unwrap().is_none());
}

#[test]
fn a_cancel_stops_every_accept_of_every_clone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let cancel = Cancel::new().unwrap();
    thread::scope(|scope| {
        let accepting: Vec<_> = (0..4)
            .map(|_| {
                let listener = listener.try_clone().unwrap();
                let cancel = &cancel;
                scope.spawn(move || listener.accept_deadline(cancel).unwrap_err())
            })
            .collect();
        cancel.cancel();
        for one in accepting {
            assert_eq!(one.join().unwrap().condition(), Condition::Cancelled);
        }
    });
    assert!(
        connects(listener.local_addr().unwrap()),
        "the listener itself goes on"
    );
    assert!(listener.accept_deadline(PATIENCE).is_ok());
}

#[test]
fn what_can_be_done_at_once_is_done_although_it_was_called_off() {
    let cancel = Cancel::new().unwrap();
    cancel.cancel();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // On loopback a connection needs no time.
    let client = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(&cancel).unwrap();
    client.send(b"here").unwrap();
    server.peek_deadline(&mut [0; 8], PATIENCE).unwrap();
    assert_eq!(server.recv_deadline(&mut [0; 8], &cancel).unwrap(), 4);
    assert_eq!(server.send_deadline(b"x", &cancel).unwrap(), 1);
    let error = server.recv_deadline(&mut [0; 8], &cancel).unwrap_err();
    assert_eq!(error.condition(), Condition::Cancelled);
}

#[test]
fn several_threads_share_a_listener_and_none_outstays_its_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let threads = 8;
    let barrier = Barrier::new(threads + 1);
    let (accepted, timed_out) = thread::scope(|scope| {
        let accepting: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    listener
                        .accept_deadline(Duration::from_millis(300))
                        .map_err(|e| e.condition())
                })
            })
            .collect();
        barrier.wait();
        // Each connection wakes all of them, and one gets it.
        let clients: Vec<_> = (0..3)
            .map(|_| TcpStream::connect_deadline(address, PATIENCE).unwrap())
            .collect();
        let results: Vec<_> = accepting
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect();
        drop(clients);
        let accepted = results.iter().filter(|result| result.is_ok()).count();
        let timed_out = results
            .iter()
            .filter(|result| matches!(result, Err(Condition::Timeout)))
            .count();
        (accepted, timed_out)
    });
    assert_eq!((accepted, timed_out), (3, threads - 3));
}

#[test]
fn nonblocking_is_what_was_asked_for_here() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let error = listener.accept().unwrap_err();
    assert_eq!(error.condition(), Condition::WouldBlock);
    assert_eq!(error.disposition(), Disposition::BackOff);
}

/// Winsock does not tell.
#[cfg(unix)]
#[test]
fn nonblocking_is_what_was_asked_for_in_std_too() {
    for wanted in [true, false] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(wanted).unwrap();
        let std = socket2::Socket::from(listener.into_std());
        assert_eq!(std.nonblocking().unwrap(), wanted);
        // And back again.
        let listener = TcpListener::from(std::net::TcpListener::from(std));
        let again = socket2::Socket::from(listener.into_std());
        assert_eq!(again.nonblocking().unwrap(), wanted);
    }
}

#[test]
fn incoming_goes_on_after_each() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let clients: Vec<_> = (0..3)
        .map(|_| TcpStream::connect_deadline(address, PATIENCE).unwrap())
        .collect();
    let peers: Vec<_> = listener
        .incoming()
        .take(3)
        .map(|stream| stream.unwrap().peer_addr().unwrap())
        .collect();
    let names: Vec<_> = clients
        .iter()
        .map(|client| client.local_addr().unwrap())
        .collect();
    assert_eq!(peers, names, "in the order in which they came");
}

#[test]
fn a_client_that_left_before_it_was_accepted_harms_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    TcpStream::connect_deadline(address, PATIENCE)
        .unwrap()
        .abort()
        .unwrap();
    let next = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    // Some systems give the dead one, some skip it; no system may lose the next.
    loop {
        match listener.accept_deadline(PATIENCE) {
            Ok((stream, _)) if stream.peer_addr().ok() == next.local_addr().ok() => break,
            Ok(_) => {}
            Err(error) => assert_eq!(error.disposition(), Disposition::RetryNow, "{error}"),
        }
    }
}
