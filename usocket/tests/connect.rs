//! Connecting: literals, names, the race, deadlines, cancels, and what each failure says.

mod connect_support;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use connect_support::{Answer, PATIENCE, SOON, listener, refusing, silent, silent_v6};
use proptest::prelude::*;
use rstest::rstest;
use usocket::resolve::Lookup;
use usocket::{
    Cancel, Condition, ConnectOptions, Deadline, Error, Operation, TcpListener, TcpStream,
};
use usocket_testkit::PortLease;

#[test]
fn a_refusal_is_a_refusal_at_once_with_or_without_a_deadline() {
    let lease = refusing();
    let address = lease.addr();
    let deadlines = [
        Deadline::NEVER,
        Deadline::from(PATIENCE),
        Deadline::from(Duration::ZERO),
    ];
    for deadline in deadlines {
        let error = TcpStream::connect_deadline(address, deadline).unwrap_err();
        assert_eq!(
            error.condition(),
            Condition::ConnectionRefused,
            "{deadline:?}"
        );
        assert!(!error.is_timeout());
        assert_eq!(error.peer(), Some(address));
        assert_eq!(error.host(), None);
        assert!(error.raw_os_error().is_some());
        assert_eq!(
            error.to_string(),
            format!("connect to {address}: connection refused")
        );
        assert_eq!(error.attempts().len(), 1);
        assert_eq!(error.attempts()[0].peer(), address);
    }
}

#[test]
#[cfg_attr(
    windows,
    ignore = "no address of loopback is silent: a listener whose queue is full refuses"
)]
fn silence_ends_at_the_deadline_and_not_before() {
    let scene = silent();
    for until in [SOON, Duration::ZERO] {
        let begin = Instant::now();
        let error = TcpStream::connect_deadline(scene.addr(), until).unwrap_err();
        assert!(begin.elapsed() >= until);
        assert_eq!(error.condition(), Condition::Timeout);
        assert!(error.is_timeout());
        assert_eq!(error.peer(), Some(scene.addr()));
    }
}

#[test]
fn a_connection_that_needs_no_time_is_made_even_after_the_deadline() {
    let (_listener, address) = listener();
    TcpStream::connect_deadline(address, Instant::now()).unwrap();
}

#[rstest]
#[case::alone(false)]
#[case::with_a_deadline(true)]
#[cfg_attr(
    windows,
    ignore = "no address of loopback is silent: a listener whose queue is full refuses"
)]
fn a_cancel_ends_a_blocked_connect(#[case] with_deadline: bool) {
    let scene = silent();
    let cancel = Cancel::new().unwrap();
    let error = thread::scope(|scope| {
        let connecting = scope.spawn(|| {
            if with_deadline {
                TcpStream::connect_deadline(scene.addr(), cancel.or(PATIENCE))
            } else {
                TcpStream::connect_deadline(scene.addr(), &cancel)
            }
        });
        cancel.cancel();
        connecting.join().unwrap().unwrap_err()
    });
    assert_eq!(error.condition(), Condition::Cancelled);
    assert_eq!(error.peer(), Some(scene.addr()));
}

#[test]
fn a_cancel_ends_a_look_up_that_hangs() {
    let (release, hang) = std::sync::mpsc::channel::<()>();
    let hang = std::sync::Mutex::new(hang);
    let stalled = Answer(Arc::new(move || {
        let _ = hang.lock().unwrap().recv();
        Ok(Lookup::new([]))
    }));
    let cancel = Cancel::new().unwrap();
    let error = thread::scope(|scope| {
        let connecting = scope.spawn(|| {
            ConnectOptions::new().connect_by(&stalled, "stalled.test:80", cancel.or(PATIENCE))
        });
        cancel.cancel();
        connecting.join().unwrap().unwrap_err()
    });
    assert_eq!(error.condition(), Condition::Cancelled);
    assert_eq!(error.host(), Some("stalled.test:80"));
    drop(release);
}

#[test]
fn one_deadline_covers_the_look_up_too() {
    let (release, hang) = std::sync::mpsc::channel::<()>();
    let hang = std::sync::Mutex::new(hang);
    let stalled = Answer(Arc::new(move || {
        let _ = hang.lock().unwrap().recv();
        Ok(Lookup::new([]))
    }));
    let begin = Instant::now();
    let error = ConnectOptions::new()
        .connect_by(&stalled, "stalled.test:80", SOON)
        .unwrap_err();
    assert!(begin.elapsed() >= SOON);
    assert_eq!(error.condition(), Condition::Timeout);
    assert!(error.is_timeout());
    assert_eq!(error.operation(), Operation::Lookup);
    drop(release);
}

#[test]
fn the_local_address_is_where_it_comes_from_and_not_where_it_goes() {
    let (listener, address) = listener();
    let local = SocketAddr::from(([127, 0, 0, 2], 0));
    let stream = ConnectOptions::new()
        .local(local)
        .connect(address, PATIENCE)
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address);
    assert_eq!(stream.local_addr().unwrap().ip(), local.ip());
    let (_, peer) = listener.accept_deadline(PATIENCE).unwrap();
    assert_eq!(peer, stream.local_addr().unwrap());
}

#[test]
fn a_local_port_is_taken_as_it_was_asked_for() {
    let (listener, address) = listener();
    let lease = PortLease::tcp([127, 0, 0, 1]).unwrap();
    let options = ConnectOptions::new().local(lease.addr());
    let stream = options.connect(address, PATIENCE).unwrap();
    assert_eq!(stream.local_addr().unwrap(), lease.addr());
    drop((stream, listener));
}

#[test]
fn local_addresses_that_cannot_be_had_are_named() {
    let (_listener, address) = listener();
    let not_ours = SocketAddr::from(([0, 0, 0, 1], 0));
    let error = ConnectOptions::new()
        .local(not_ours)
        .connect(address, PATIENCE)
        .unwrap_err();
    assert_eq!(error.condition(), Condition::AddressNotAvailable);
    assert_eq!(error.local(), Some(not_ours));

    let (_taken, taken) = listener();
    let error = ConnectOptions::new()
        .local(taken)
        .connect(address, PATIENCE)
        .unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);

    let other_family: SocketAddr = "[::1]:0".parse().unwrap();
    let error = ConnectOptions::new()
        .local(other_family)
        .connect(address, PATIENCE)
        .unwrap_err();
    assert_eq!(error.condition(), Condition::AddressFamilyNotSupported);
}

#[test]
fn a_connection_to_itself_is_refused() {
    for until in [Deadline::NEVER, Deadline::from(PATIENCE)] {
        let lease = refusing();
        let options = ConnectOptions::new().local(lease.addr());
        let error = options.connect(lease.addr(), until).unwrap_err();
        assert_eq!(error.condition(), Condition::ConnectionRefused);
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("connected to itself"), "{source}");
    }
}

#[test]
fn options_are_set_on_the_stream() {
    let (_listener, address) = listener();
    for wanted in [false, true] {
        let options = ConnectOptions::new().nodelay(wanted).keepalive(wanted);
        for until in [Deadline::NEVER, Deadline::from(PATIENCE)] {
            let stream = options.connect(address, until).unwrap();
            let stream = socket2::Socket::from(stream.into_std());
            assert_eq!(stream.tcp_nodelay().unwrap(), wanted);
            assert_eq!(stream.keepalive().unwrap(), wanted);
            #[cfg(unix)] // Winsock does not tell.
            assert!(!stream.nonblocking().unwrap(), "it blocks, as std's does");
        }
    }
}

#[test]
fn a_name_gets_the_first_address_that_connects() {
    let refusing = refusing();
    let (_listener, address) = listener();
    let resolver = Answer::addresses(&[refusing.addr(), address]);
    let options = ConnectOptions::new();
    let begin = Instant::now();
    let stream = options
        .connect_by(&resolver, "host.test:80", PATIENCE)
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address);
    assert!(
        begin.elapsed() < PATIENCE / 2,
        "a refusal is not waited for"
    );
    // The stream's own errors say what the user asked for.
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let error = stream.send(b"x").unwrap_err();
    assert_eq!(error.host(), Some("host.test:80"));
}

#[test]
#[cfg_attr(
    windows,
    ignore = "no address of loopback is silent: a listener whose queue is full refuses"
)]
fn a_silent_address_is_raced_after_the_delay() {
    let silent = silent_v6();
    let (_listener, address) = listener();
    let resolver = Answer::addresses(&[silent.addr(), address]);
    let delay = Duration::from_millis(80);
    let begin = Instant::now();
    let stream = ConnectOptions::new()
        .attempt_delay(delay)
        .connect_by(&resolver, "host.test:80", PATIENCE)
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address);
    assert!(
        begin.elapsed() >= delay,
        "the first address has its time for itself"
    );
    assert!(begin.elapsed() < PATIENCE / 2);
}

#[test]
#[cfg_attr(
    windows,
    ignore = "no address of loopback is silent: a listener whose queue is full refuses"
)]
fn a_silent_address_does_not_hold_up_the_one_after_a_refusal() {
    let (silent, refusing) = (silent(), refusing());
    let (_listener, address) = listener();
    let resolver = Answer::addresses(&[silent.addr(), refusing.addr(), address]);
    let options = ConnectOptions::new().attempt_delay(Duration::from_millis(20));
    let stream = options
        .connect_by(&resolver, "host.test:80", PATIENCE)
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address);
}

#[test]
#[cfg_attr(
    windows,
    ignore = "no address of loopback is silent: a listener whose queue is full refuses"
)]
fn without_the_race_each_address_has_its_share_of_the_time() {
    let (one, two) = (silent(), silent());
    let (_listener, address) = listener();
    let resolver = Answer::addresses(&[one.addr(), two.addr(), address]);
    let begin = Instant::now();
    let stream = ConnectOptions::new()
        .attempt_delay(None)
        .connect_by(&resolver, "host.test:80", Duration::from_secs(2))
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address);
    // A third of the whole, then half of what is left.
    assert!(
        begin.elapsed() >= Duration::from_millis(1200),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
#[cfg_attr(
    windows,
    ignore = "no address of loopback is silent: a listener whose queue is full refuses"
)]
fn every_failure_is_kept_and_the_one_that_got_furthest_speaks() {
    let (silent, refusing) = (silent(), refusing());
    let broadcast: SocketAddr = "127.255.255.255:9".parse().unwrap();
    let resolver = Answer::addresses(&[silent.addr(), broadcast, refusing.addr()]);
    let error = ConnectOptions::new()
        .attempt_delay(Duration::from_millis(10))
        .connect_by(&resolver, "host.test:80", Duration::from_secs(1))
        .unwrap_err();
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert!(
        error.is_timeout(),
        "the deadline ended it, whatever the headline"
    );
    assert_eq!(error.host(), Some("host.test:80"));
    assert_eq!(error.peer(), Some(refusing.addr()));
    let mut attempts: Vec<_> = error
        .attempts()
        .iter()
        .map(|one| (one.peer(), one.condition()))
        .collect();
    attempts.sort_by_key(|(peer, _)| *peer);
    let mut expected = vec![
        (silent.addr(), Condition::Timeout),
        (broadcast, Condition::NetworkUnreachable),
        (refusing.addr(), Condition::ConnectionRefused),
    ];
    expected.sort_by_key(|(peer, _)| *peer);
    assert_eq!(attempts, expected);
    let address = refusing.addr();
    assert_eq!(
        error.to_string(),
        format!("connect to host.test:80 ({address}): connection refused")
    );
}

#[test]
fn a_host_without_addresses_says_so() {
    let resolver = Answer::addresses(&[]);
    let error = ConnectOptions::new()
        .connect_by(&resolver, "host.test:80", PATIENCE)
        .unwrap_err();
    assert_eq!(error.condition(), Condition::NoData);
    assert_eq!(error.host(), Some("host.test:80"));
}

#[test]
fn what_the_resolver_says_is_what_is_said() {
    for condition in [
        Condition::HostNotFound,
        Condition::TryAgain,
        Condition::NoRecovery,
    ] {
        let resolver = Answer(Arc::new(move || {
            Err(Error::new(Operation::Lookup, condition))
        }));
        let error = ConnectOptions::new()
            .connect_by(&resolver, "host.test:80", PATIENCE)
            .unwrap_err();
        assert_eq!(error.condition(), condition);
        assert_eq!(error.host(), Some("host.test:80"));
    }
}

/// A listener of one family, and a port of the same number that refuses in the other.
fn listening_and_refusing(here: IpAddr, there: IpAddr) -> (TcpListener, socket2::Socket) {
    for _ in 0..20 {
        let listener = TcpListener::bind((here, 0)).unwrap();
        let there = SocketAddr::new(there, listener.local_addr().unwrap().port());
        let other = socket2::Socket::new(
            socket2::Domain::for_address(there),
            socket2::Type::STREAM,
            None,
        )
        .unwrap();
        // It may be another program's in that family.
        if other.bind(&there.into()).is_ok() {
            return (listener, other);
        }
    }
    panic!("no port of 20 is free in both families");
}

#[rstest]
#[case::ipv4(Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into())]
#[case::ipv6(Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into())]
fn the_family_that_listens_is_found(#[case] here: IpAddr, #[case] there: IpAddr) {
    let (listener, _refusing) = listening_and_refusing(here, there);
    let address = listener.local_addr().unwrap();
    let resolver = Answer::addresses(&[SocketAddr::new(there, address.port()), address]);
    let stream = ConnectOptions::new()
        .connect_by(&resolver, "host.test:80", PATIENCE)
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), address);
}

#[test]
fn localhost_is_this_machine() {
    let (_listener, address) = listener();
    let stream = TcpStream::connect_deadline(("localhost", address.port()), PATIENCE).unwrap();
    assert!(stream.peer_addr().unwrap().ip().is_loopback());
}

#[rstest]
#[case::port_too_large("localhost:70000")]
#[case::no_brackets("::1")]
#[case::no_host(":80")]
#[case::nul("local\0host:80")]
#[case::a_url("http://localhost:80")]
#[case::nothing("")]
fn bad_endpoints_are_named(#[case] endpoint: &str) {
    let error = TcpStream::connect_deadline(endpoint, PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
    assert_eq!(error.operation(), Operation::Connect);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        source.starts_with(&format!("{endpoint:?}, character ")),
        "{source}"
    );
}

#[test]
fn a_name_of_254_bytes_is_named() {
    let name = vec!["a".repeat(63); 4].join(".");
    let error = TcpStream::connect_deadline((name.as_str(), 80), PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
    assert!(error.to_string().contains(&name));
}

#[test]
fn a_name_that_cannot_exist_is_not_found() {
    let name = "a".repeat(64);
    let error = TcpStream::connect_deadline((name.as_str(), 80), PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::HostNotFound);
    assert_eq!(
        error.to_string(),
        format!("look up {name}:80: host not found")
    );
}

#[test]
fn options_are_data() {
    let options = ConnectOptions::new()
        .nodelay(true)
        .local(([127, 0, 0, 1], 9));
    assert_eq!(options, options.clone());
    assert_ne!(options, ConnectOptions::default());
    assert_eq!(ConnectOptions::new(), ConnectOptions::default());
}

/// What an address does in the property test below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Listen,
    Refuse,
    StaySilent,
    NotExist,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.min(24)))]

    /// Whatever the addresses do: it ends in time, one that listens is found, a failure has one
    /// attempt for each address that was tried, and nothing is left open.
    #[test]
    #[cfg_attr(windows, ignore = "no address of loopback is silent: a listener whose queue is full refuses")]
    fn any_mixture_of_addresses_ends_in_time_and_finds_what_listens(
        does in proptest::collection::vec(
            prop_oneof![
                Just(Does::Listen),
                Just(Does::Refuse),
                Just(Does::StaySilent),
                Just(Does::NotExist),
            ],
            0..6,
        ),
        race: bool,
    ) {
        let (refusing, silent) = (refusing(), silent());
        let (_listener, listening) = listener();
        // One address each, told apart by nothing: the same one may stand there twice, and a
        // look-up gives it once.
        let addresses: Vec<_> = does
            .iter()
            .map(|does| match does {
                Does::Listen => listening,
                Does::Refuse => refusing.addr(),
                Does::StaySilent => silent.addr(),
                Does::NotExist => "127.255.255.255:9".parse().unwrap(),
            })
            .collect();
        let distinct = Lookup::new(addresses.iter().copied()).addresses().len();
        let resolver = Answer::addresses(&addresses);
        let delay = race.then_some(Duration::from_millis(10));
        let options = ConnectOptions::new().attempt_delay(delay);
        // A busy machine must not use it up before the address that listens has had its turn.
        let listens = does.contains(&Does::Listen);
        let limit = Duration::from_millis(if listens { 3000 } else { 300 });
        let begin = Instant::now();
        let result = options.connect_by(&resolver, "host.test:80", limit);
        prop_assert!(begin.elapsed() < PATIENCE);
        match result {
            Ok(stream) => {
                prop_assert!(listens);
                prop_assert_eq!(stream.peer_addr().unwrap(), listening);
            }
            Err(error) => {
                prop_assert!(!listens, "{error:?}");
                prop_assert!(error.attempts().len() <= distinct);
                prop_assert!(error.is_timeout() || error.attempts().len() == distinct);
                prop_assert_eq!(error.condition() == Condition::NoData, does.is_empty());
                // One by one, the last address can answer before all of the time is used up.
                let silence = does.contains(&Does::StaySilent);
                prop_assert!(silence || !error.is_timeout());
                prop_assert!(!silence || !race || error.is_timeout());
            }
        }
    }
}
