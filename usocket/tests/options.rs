//! Socket options: what is set is what is got, by every owner and over both families, and what
//! cannot be set says so.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rstest::rstest;
use socket2::SockRef;
use usocket::{
    Condition, Error, Ipv6Mode, Keepalive, ListenOptions, Operation, TcpListener, TcpStream,
    UdpOptions, UdpSocket,
};

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);
/// No clock of a system ticks more slowly.
const TICK: Duration = Duration::from_millis(10);
/// In seconds, as long as the crate has Linux count it.
#[cfg(target_os = "linux")]
const LONGEST_LINGER: u64 = i32::MAX as u64 / 1000 - 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    V4,
    V6,
}

impl Family {
    /// A port of the loopback interface that the system chooses.
    fn loopback(self) -> SocketAddr {
        match self {
            Self::V4 => "127.0.0.1:0".parse().unwrap(),
            Self::V6 => "[::1]:0".parse().unwrap(),
        }
    }

    fn listener(self) -> TcpListener {
        TcpListener::bind(self.loopback()).unwrap_or_else(|error| {
            panic!("this host has no loopback of {self:?}, which this test needs: {error}")
        })
    }

    fn datagrams(self) -> UdpSocket {
        UdpSocket::bind(self.loopback()).unwrap_or_else(|error| {
            panic!("this host has no loopback of {self:?}, which this test needs: {error}")
        })
    }

    fn streams(self) -> (TcpStream, TcpStream) {
        let listener = self.listener();
        let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
        (client, listener.accept_deadline(PATIENCE).unwrap().0)
    }
}

fn seconds(range: impl Strategy<Value = u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_secs)
}

fn maybe<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(strategy)
}

/// Sets values, and gets each of them back from this socket and from a clone of it.
macro_rules! keeps {
    ($socket:expr; $($get:ident, $set:ident: $values:expr;)*) => {{
        let socket = &$socket;
        let clone = socket.try_clone().unwrap();
        $(proptest!(|(value in $values)| {
            socket.$set(value).unwrap();
            prop_assert_eq!(socket.$get().unwrap(), value);
            prop_assert_eq!(clone.$get().unwrap(), value);
        });)*
    }};
}

/// The same for times, which the system counts in its own ticks.
macro_rules! keeps_by_the_tick {
    ($socket:expr; $($get:ident, $set:ident;)*) => {{
        let socket = &$socket;
        let clone = socket.try_clone().unwrap();
        $(proptest!(|(micros in 1_u64..100_000_000)| {
            let set = Duration::from_micros(micros);
            socket.$set(Some(set)).unwrap();
            let got = socket.$get().unwrap().unwrap();
            prop_assert!(got >= set && got < set + TICK, "{:?} for {:?}", got, set);
            prop_assert_eq!(clone.$get().unwrap(), Some(got));
            // What the system rounded it to, it keeps.
            clone.$set(Some(got)).unwrap();
            prop_assert_eq!(socket.$get().unwrap(), Some(got));
        });
        socket.$set(None).unwrap();
        assert_eq!(clone.$get().unwrap(), None);)*
    }};
}

#[rstest]
fn a_stream_keeps_what_is_set(#[values(Family::V4, Family::V6)] family: Family) {
    let (stream, _peer) = family.streams();
    keeps! {
        stream;
        ttl, set_ttl: 1_u32..=255;
        nodelay, set_nodelay: any::<bool>();
        keepalive, set_keepalive: any::<bool>();
        reuse_address, set_reuse_address: any::<bool>();
        nonblocking, set_nonblocking: any::<bool>();
        linger, set_linger: maybe(seconds(0..=300_u64));
        recv_buffer_size, set_recv_buffer_size: 2_400_usize..100_000;
        send_buffer_size, set_send_buffer_size: 2_400_usize..100_000;
    }
    keeps_by_the_tick! {
        stream;
        read_timeout, set_read_timeout;
        write_timeout, set_write_timeout;
    }
    #[cfg(unix)]
    keeps! {
        stream;
        traffic_class, set_traffic_class: (0_u8..64).prop_map(|class| class << 2);
        out_of_band_inline, set_out_of_band_inline: any::<bool>();
    }
    #[cfg(target_os = "linux")]
    keeps! {
        stream;
        user_timeout, set_user_timeout:
            maybe((1..=i32::MAX as u64).prop_map(Duration::from_millis));
        keepalive_times, set_keepalive_times: keepalive_times();
        linger, set_linger: maybe(seconds(0..=LONGEST_LINGER));
    }
}

/// All that Linux takes.
#[cfg(target_os = "linux")]
fn keepalive_times() -> impl Strategy<Value = Keepalive> {
    let times = (
        seconds(1..=32_767_u64),
        seconds(1..=32_767_u64),
        1_u32..=127,
    );
    times.prop_map(|(time, interval, retries)| {
        Keepalive::new()
            .time(time)
            .interval(interval)
            .retries(retries)
    })
}

#[rstest]
fn a_listener_keeps_what_is_set(#[values(Family::V4, Family::V6)] family: Family) {
    let listener = family.listener();
    keeps! {
        listener;
        ttl, set_ttl: 1_u32..=255;
        reuse_address, set_reuse_address: any::<bool>();
        nonblocking, set_nonblocking: any::<bool>();
        recv_buffer_size, set_recv_buffer_size: 2_400_usize..100_000;
        send_buffer_size, set_send_buffer_size: 2_400_usize..100_000;
    }
    #[cfg(unix)]
    keeps! {
        listener;
        traffic_class, set_traffic_class: (0_u8..64).prop_map(|class| class << 2);
    }
}

#[rstest]
fn a_datagram_socket_keeps_what_is_set(#[values(Family::V4, Family::V6)] family: Family) {
    let socket = family.datagrams();
    keeps! {
        socket;
        ttl, set_ttl: 1_u32..=255;
        broadcast, set_broadcast: any::<bool>();
        reuse_address, set_reuse_address: any::<bool>();
        nonblocking, set_nonblocking: any::<bool>();
        recv_buffer_size, set_recv_buffer_size: 2_400_usize..100_000;
        send_buffer_size, set_send_buffer_size: 2_400_usize..100_000;
    }
    keeps_by_the_tick! {
        socket;
        read_timeout, set_read_timeout;
        write_timeout, set_write_timeout;
    }
    #[cfg(unix)]
    keeps! {
        socket;
        traffic_class, set_traffic_class: any::<u8>();
    }
}

#[test]
fn a_datagram_socket_keeps_what_is_set_for_groups() {
    keeps! {
        Family::V4.datagrams();
        multicast_loop_v4, set_multicast_loop_v4: any::<bool>();
        multicast_ttl_v4, set_multicast_ttl_v4: 0_u32..=255;
        multicast_interface_v4, set_multicast_interface_v4:
            proptest::sample::select(vec![Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED]);
    }
    keeps! {
        Family::V6.datagrams();
        multicast_loop_v6, set_multicast_loop_v6: any::<bool>();
        multicast_hops_v6, set_multicast_hops_v6: 0_u32..=255;
        multicast_interface_v6, set_multicast_interface_v6: 0..=LOOPBACK_INDEX;
    }
}

#[cfg(unix)]
#[test]
fn sockets_of_paths_keep_what_is_set() {
    let (stream, _other) = usocket::UnixStream::pair().unwrap();
    let (datagrams, _other) = usocket::UnixDatagram::pair().unwrap();
    macro_rules! both {
        ($($socket:ident),*) => {$(
            keeps! {
                $socket;
                nonblocking, set_nonblocking: any::<bool>();
                recv_buffer_size, set_recv_buffer_size: 2_400_usize..100_000;
                send_buffer_size, set_send_buffer_size: 2_400_usize..100_000;
            }
            keeps_by_the_tick! {
                $socket;
                read_timeout, set_read_timeout;
                write_timeout, set_write_timeout;
            }
            assert!($socket.take_error().unwrap().is_none());
            refused($socket.set_read_timeout(Some(Duration::ZERO)), "timeout of 0");
            refused($socket.set_write_timeout(Some(Duration::MAX)), "write timeout 1844");
            refused($socket.set_send_buffer_size(1 << 31), "send buffer size 2147483648");
        )*};
    }
    both!(stream, datagrams);
}

#[cfg(unix)]
#[test]
fn a_listener_at_a_path_is_in_the_mode_that_was_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let listener = usocket::UnixListener::bind(directory.path().join("socket")).unwrap();
    let clone = listener.try_clone().unwrap();
    assert!(!listener.nonblocking().unwrap());
    listener.set_nonblocking(true).unwrap();
    assert!(clone.nonblocking().unwrap());
    let error = clone.accept().unwrap_err();
    assert_eq!(error.condition(), Condition::WouldBlock);
    assert!(listener.take_error().unwrap().is_none());
}

/// The index of the loopback interface where it is sure; elsewhere, the system's own choice.
const LOOPBACK_INDEX: u32 = if cfg!(target_os = "linux") { 1 } else { 0 };

#[rstest]
fn a_new_stream_has_the_defaults(#[values(Family::V4, Family::V6)] family: Family) {
    let (client, server) = family.streams();
    for stream in [client, server] {
        assert!(!stream.nodelay().unwrap());
        assert!(!stream.keepalive().unwrap());
        assert!(!stream.nonblocking().unwrap());
        assert_eq!(stream.linger().unwrap(), None);
        assert_eq!(stream.read_timeout().unwrap(), None);
        assert_eq!(stream.write_timeout().unwrap(), None);
        assert!(stream.take_error().unwrap().is_none());
        assert!((1..=255).contains(&stream.ttl().unwrap()));
        #[cfg(unix)]
        {
            assert_eq!(stream.traffic_class().unwrap(), 0);
            assert!(!stream.out_of_band_inline().unwrap());
            assert!(stream.mss().unwrap() >= 536);
        }
        #[cfg(target_os = "linux")]
        {
            assert_eq!(stream.user_timeout().unwrap(), None);
            assert_eq!(stream.device().unwrap(), None);
            assert!(!stream.congestion_control().unwrap().is_empty());
            assert!(!stream.reuse_port().unwrap());
            let times = stream.keepalive_times().unwrap();
            assert!(times.time.is_some() && times.interval.is_some() && times.retries.is_some());
        }
    }
}

#[test]
fn a_listener_tells_how_it_was_made() {
    let only = |mode| {
        let listener = ListenOptions::new().ipv6(mode).bind("[::]:0").unwrap();
        listener.only_v6()
    };
    assert!(only(Ipv6Mode::Ipv6Only).unwrap());
    assert!(!only(Ipv6Mode::DualStack).unwrap());
    let error = Family::V4.listener().only_v6().unwrap_err();
    assert_eq!(error.operation(), Operation::GetOption);
    assert!(has_no_such_option(&error), "{error}");

    #[cfg(target_os = "linux")]
    {
        let listener = ListenOptions::new()
            .reuse_address(false)
            .reuse_port(true)
            .bind("127.0.0.1:0")
            .unwrap();
        assert!(listener.reuse_port().unwrap());
        assert!(!listener.reuse_address().unwrap());
        assert!(Family::V4.listener().reuse_address().unwrap());
    }
}

/// The bits of a failed set: its condition and operation, and what was wrong with the value.
fn refused(result: Result<(), Error>, words: &str) {
    let error = result.expect_err(words);
    assert_eq!(error.condition(), Condition::InvalidArgument, "{words}");
    assert_eq!(error.operation(), Operation::SetOption, "{words}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains(words), "{source:?} does not say {words:?}");
}

#[rstest]
fn what_cannot_be_set_is_named_and_changes_nothing(
    #[values(Family::V4, Family::V6)] family: Family,
) {
    let (stream, _peer) = family.streams();
    let before = state(&stream);
    refused(stream.set_ttl(0), "time to live 0");
    refused(stream.set_ttl(256), "time to live 256");
    refused(stream.set_ttl(u32::MAX), "time to live 4294967295");
    refused(
        stream.set_linger(Some(Duration::MAX)),
        "linger time 184467440737095516",
    );
    refused(
        stream.set_read_timeout(Some(Duration::ZERO)),
        "timeout of 0",
    );
    refused(
        stream.set_write_timeout(Some(Duration::ZERO)),
        "timeout of 0",
    );
    refused(
        stream.set_read_timeout(Some(Duration::MAX)),
        "read timeout 18446744073709551",
    );
    refused(
        stream.set_write_timeout(Some(Duration::MAX)),
        "write timeout 18446744073709551",
    );
    refused(
        stream.set_recv_buffer_size(usize::MAX),
        &format!("receive buffer size {}", usize::MAX),
    );
    refused(
        stream.set_send_buffer_size(1 << 31),
        "send buffer size 2147483648",
    );
    refused(stream.set_traffic_class(0xb9), "traffic class 0xb9");
    #[cfg(target_os = "linux")]
    {
        let second = Duration::from_secs(1);
        let long = Duration::from_secs(32_768);
        for (keepalive, words) in [
            (Keepalive::new().time(Duration::ZERO), "keep-alive time 0ns"),
            (Keepalive::new().time(long), "keep-alive time 32768s"),
            (
                Keepalive::new().time(Duration::new(32_767, 1)),
                "keep-alive time",
            ),
            (
                Keepalive::new().time(second).interval(Duration::ZERO),
                "keep-alive interval 0ns",
            ),
            (
                Keepalive::new().time(second).interval(Duration::MAX),
                "keep-alive interval 1844",
            ),
            (
                Keepalive::new().time(second).retries(0),
                "keep-alive retries 0",
            ),
            (
                Keepalive::new().time(second).retries(128),
                "keep-alive retries 128",
            ),
            (
                Keepalive::new().time(second).retries(u32::MAX),
                "keep-alive retries 4294967295",
            ),
        ] {
            refused(stream.set_keepalive_times(keepalive), words);
        }
        refused(
            stream.set_user_timeout(Some(Duration::ZERO)),
            "user timeout 0ns",
        );
        let long = Duration::from_millis(1 << 31);
        refused(
            stream.set_user_timeout(Some(long)),
            "user timeout 2147483.648s",
        );
        refused(stream.set_congestion_control(""), "no letters");
        refused(stream.set_congestion_control("re\0no"), r#""re\0no""#);
        refused(
            stream.set_congestion_control("sixteen-letters!"),
            "sixteen-letters!",
        );
        refused(stream.bind_device(Some("")), "no letters");
        refused(stream.bind_device(Some("l\0o")), r#""l\0o""#);
        refused(
            stream.bind_device(Some("sixteen-letters!")),
            "sixteen-letters!",
        );
    }
    assert_eq!(state(&stream), before);
}

/// All that can be seen of a stream's options.
fn state(stream: &TcpStream) -> String {
    format!(
        "{:?}",
        (
            stream.ttl().unwrap(),
            stream.linger().unwrap(),
            stream.read_timeout().unwrap(),
            stream.write_timeout().unwrap(),
            stream.recv_buffer_size().unwrap(),
            stream.send_buffer_size().unwrap(),
            stream.traffic_class().map_err(|error| error.condition()),
            stream.keepalive_times().map_err(|error| error.condition()),
            stream.user_timeout().map_err(|error| error.condition()),
            stream
                .congestion_control()
                .map_err(|error| error.condition()),
            stream.device().map_err(|error| error.condition()),
        )
    )
}

#[test]
fn the_least_time_is_not_rounded_to_never() {
    let (stream, _peer) = Family::V4.streams();
    let least = Some(Duration::from_nanos(1));
    stream.set_read_timeout(least).unwrap();
    assert!(
        stream
            .read_timeout()
            .unwrap()
            .is_some_and(|time| time <= TICK)
    );
    stream.set_write_timeout(least).unwrap();
    assert!(
        stream
            .write_timeout()
            .unwrap()
            .is_some_and(|time| time <= TICK)
    );
    stream.set_linger(least).unwrap();
    assert_eq!(stream.linger().unwrap(), Some(Duration::from_secs(1)));
    stream.set_linger(Some(Duration::ZERO)).unwrap();
    assert_eq!(stream.linger().unwrap(), Some(Duration::ZERO));
    #[cfg(target_os = "linux")]
    {
        stream.set_user_timeout(least).unwrap();
        assert_eq!(
            stream.user_timeout().unwrap(),
            Some(Duration::from_millis(1))
        );
        let times = Keepalive::new()
            .time(Duration::from_millis(1))
            .interval(Duration::from_millis(1_001));
        stream.set_keepalive_times(times).unwrap();
        let times = stream.keepalive_times().unwrap();
        assert_eq!(times.time, Some(Duration::from_secs(1)));
        assert_eq!(times.interval, Some(Duration::from_secs(2)));
    }
}

/// Linux takes what is longer for "for ever", without a word.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn the_longest_timeout_is_still_one() {
    let (stream, _peer) = Family::V4.streams();
    let longest = Duration::from_secs(i64::MAX as u64 / 1000 - 2);
    stream.set_read_timeout(Some(longest)).unwrap();
    assert_eq!(stream.read_timeout().unwrap(), Some(longest));
    refused(
        stream.set_read_timeout(Some(longest + Duration::from_nanos(1))),
        "read timeout 9223372036854773.000000001s",
    );
    assert_eq!(stream.read_timeout().unwrap(), Some(longest));
}

#[test]
fn keepalive_times_that_are_not_given_stay() {
    let (stream, _peer) = Family::V4.streams();
    let Ok(before) = stream.keepalive_times() else {
        return; // This system has one setting for all.
    };
    let retries = before.retries.map_or(3, |retries| retries + 1);
    stream
        .set_keepalive_times(Keepalive::new().retries(retries))
        .unwrap();
    let after = stream.keepalive_times().unwrap();
    assert_eq!((after.time, after.interval), (before.time, before.interval));
    assert_eq!(after.retries, Some(retries));
    stream.set_keepalive_times(Keepalive::new()).unwrap();
    assert_eq!(stream.keepalive_times().unwrap(), after);
    assert!(!stream.keepalive().unwrap(), "nobody switched it on");
}

#[cfg(target_os = "linux")]
#[test]
fn a_buffer_size_out_of_the_systems_range_reads_back_as_the_end_of_it() {
    let (stream, _peer) = Family::V4.streams();
    let most = |which| -> usize {
        let text = std::fs::read_to_string(format!("/proc/sys/net/core/{which}mem_max")).unwrap();
        text.trim().parse().unwrap()
    };
    stream.set_recv_buffer_size(i32::MAX as usize).unwrap();
    assert_eq!(stream.recv_buffer_size().unwrap(), most("r"));
    stream.set_send_buffer_size(i32::MAX as usize).unwrap();
    assert_eq!(stream.send_buffer_size().unwrap(), most("w"));
    for small in [0, 1] {
        stream.set_recv_buffer_size(small).unwrap();
        let least = stream.recv_buffer_size().unwrap();
        assert!((1_024..2_400).contains(&least), "{least}");
        stream.set_recv_buffer_size(least).unwrap();
        assert_eq!(stream.recv_buffer_size().unwrap(), least);
        stream.set_send_buffer_size(small).unwrap();
        let least = stream.send_buffer_size().unwrap();
        assert!((1_024..2_400).contains(&least), "{least}");
    }
}

#[test]
fn the_time_to_live_is_that_of_the_sockets_family() {
    let (stream, _peer) = Family::V6.streams();
    stream.set_ttl(7).unwrap();
    assert_eq!(SockRef::from(&stream).unicast_hops_v6().unwrap(), 7);
    let (stream, _peer) = Family::V4.streams();
    stream.set_ttl(8).unwrap();
    assert_eq!(SockRef::from(&stream).ttl_v4().unwrap(), 8);
}

/// On other systems, those of IPv6 are for both.
#[cfg(target_os = "linux")]
#[test]
fn a_socket_that_speaks_both_families_has_one_time_to_live_and_one_traffic_class() {
    let listener = ListenOptions::new()
        .ipv6(Ipv6Mode::DualStack)
        .bind("[::]:0")
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = TcpStream::connect_deadline(("127.0.0.1", port), PATIENCE).unwrap();
    let (server, peer) = listener.accept_deadline(PATIENCE).unwrap();
    assert!(peer.is_ipv6() && client.local_addr().unwrap().is_ipv4());
    server.set_ttl(9).unwrap();
    server.set_traffic_class(0x20).unwrap();
    let system = SockRef::from(&server);
    assert_eq!(system.ttl_v4().unwrap(), 9);
    assert_eq!(system.unicast_hops_v6().unwrap(), 9);
    assert_eq!(system.tos_v4().unwrap(), 0x20);
    assert_eq!(system.tclass_v6().unwrap(), 0x20);

    let only = ListenOptions::new()
        .ipv6(Ipv6Mode::Ipv6Only)
        .bind("[::1]:0")
        .unwrap();
    let before = SockRef::from(&only).ttl_v4().unwrap();
    only.set_ttl(9).unwrap();
    assert_eq!(SockRef::from(&only).ttl_v4().unwrap(), before);
}

#[test]
fn options_that_std_has_set_are_seen_and_the_other_way_round() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    theirs.set_nodelay(true).unwrap();
    theirs.set_ttl(11).unwrap();
    theirs
        .set_read_timeout(Some(Duration::from_secs(3)))
        .unwrap();
    let clone = theirs.try_clone().unwrap();

    let ours = TcpStream::from(theirs);
    assert!(ours.nodelay().unwrap());
    assert_eq!(ours.ttl().unwrap(), 11);
    assert_eq!(ours.read_timeout().unwrap(), Some(Duration::from_secs(3)));
    ours.set_read_timeout(None).unwrap();
    assert_eq!(clone.read_timeout().unwrap(), None);
    clone.set_nonblocking(true).unwrap();
    #[cfg(unix)]
    assert!(ours.nonblocking().unwrap());

    ours.set_write_timeout(Some(Duration::from_secs(4)))
        .unwrap();
    ours.set_ttl(12).unwrap();
    let theirs = std::net::TcpStream::from(ours);
    assert_eq!(
        theirs.write_timeout().unwrap(),
        Some(Duration::from_secs(4))
    );
    assert_eq!(theirs.ttl().unwrap(), 12);

    let ours = TcpListener::from(listener);
    ours.set_ttl(13).unwrap();
    assert_eq!(std::net::TcpListener::from(ours).ttl().unwrap(), 13);

    let theirs = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    theirs.set_multicast_ttl_v4(14).unwrap();
    let ours = UdpSocket::from(theirs);
    assert_eq!(ours.multicast_ttl_v4().unwrap(), 14);
    ours.set_broadcast(true).unwrap();
    ours.set_multicast_loop_v4(false).unwrap();
    let theirs = std::net::UdpSocket::from(ours);
    assert!(theirs.broadcast().unwrap());
    assert!(!theirs.multicast_loop_v4().unwrap());
}

#[test]
fn a_timeout_that_one_clone_sets_ends_a_receive_of_the_other() {
    let (stream, _peer) = Family::V4.streams();
    let clone = stream.try_clone().unwrap();
    let timeout = Duration::from_millis(30);
    clone.set_read_timeout(Some(timeout)).unwrap();
    let begin = Instant::now();
    let error = stream.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    // Linux counts in ticks, the one that has begun included.
    assert!(begin.elapsed() + TICK >= timeout);

    clone.set_nonblocking(true).unwrap();
    let error = stream.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::WouldBlock);
    clone.set_nonblocking(false).unwrap();
    let error = stream.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
}

#[test]
fn a_listener_is_in_the_mode_that_was_asked_for() {
    let listener = Family::V4.listener();
    let clone = listener.try_clone().unwrap();
    assert!(!listener.nonblocking().unwrap());
    listener.set_nonblocking(true).unwrap();
    assert!(clone.nonblocking().unwrap());
}

#[test]
fn the_error_that_waits_is_taken_once() {
    let (stream, peer) = Family::V4.streams();
    let address = stream.peer_addr().unwrap();
    peer.abort().unwrap();
    let begin = Instant::now();
    let error = loop {
        if let Some(error) = stream.take_error().unwrap() {
            break error;
        }
        assert!(begin.elapsed() < PATIENCE, "the reset never came");
        std::thread::yield_now();
    };
    assert_eq!(error.condition(), Condition::ConnectionReset);
    assert_eq!(error.operation(), Operation::Receive);
    assert_eq!(error.peer(), Some(address));
    assert!(error.raw_os_error().is_some());
    assert!(stream.take_error().unwrap().is_none());
    assert!(Family::V4.listener().take_error().unwrap().is_none());
}

/// Systems say the one or the other, and Linux one when it gets and the other when it sets; Winsock may take the level of
/// the option for a wrong argument.
#[allow(clippy::match_like_matches_macro)] // not on all systems
fn has_no_such_option(error: &Error) -> bool {
    match error.condition() {
        Condition::OptionNotSupported | Condition::OperationNotSupported => true,
        Condition::InvalidArgument => cfg!(windows),
        _ => false,
    }
}

#[cfg(target_os = "linux")]
mod descriptors_of_other_kinds {
    use std::fs::File;
    use std::os::fd::OwnedFd;

    use super::*;

    /// Every option of an owner, got and set with a value that is right.
    macro_rules! every {
    ($socket:expr; $($get:ident $(, $set:ident($value:expr))?;)*) => {{
        let socket = &$socket;
        vec![
            $(
                (stringify!($get), Operation::GetOption, socket.$get().map(drop)),
                $((stringify!($set), Operation::SetOption, socket.$set($value)),)?
            )*
        ]
    }};
}

    type Calls = Vec<(&'static str, Operation, Result<(), Error>)>;

    fn every_of_tcp(stream: &TcpStream) -> Calls {
        every! {
            *stream;
            nodelay, set_nodelay(true);
            keepalive_times, set_keepalive_times(Keepalive::new().retries(3));
            mss;
            user_timeout, set_user_timeout(Some(TICK));
            congestion_control, set_congestion_control("reno");
        }
    }

    fn every_of_the_internet(stream: &TcpStream) -> Calls {
        every! {
            *stream;
            ttl, set_ttl(9);
            traffic_class, set_traffic_class(0x20);
            only_v6;
        }
    }

    fn every_of_all(stream: &TcpStream) -> Calls {
        every! {
            *stream;
            keepalive, set_keepalive(true);
            linger, set_linger(Some(Duration::ZERO));
            reuse_address, set_reuse_address(true);
            reuse_port;
            device, bind_device(Some("lo"));
            out_of_band_inline, set_out_of_band_inline(true);
            recv_buffer_size, set_recv_buffer_size(4_096);
            send_buffer_size, set_send_buffer_size(4_096);
            read_timeout, set_read_timeout(Some(TICK));
            write_timeout, set_write_timeout(Some(TICK));
            take_error;
        }
    }

    fn every_of_a_listener(listener: &TcpListener) -> Calls {
        every! {
            *listener;
            ttl, set_ttl(9);
            traffic_class, set_traffic_class(0x20);
            only_v6;
            reuse_address, set_reuse_address(true);
            reuse_port;
            device, bind_device(Some("lo"));
            recv_buffer_size, set_recv_buffer_size(4_096);
            send_buffer_size, set_send_buffer_size(4_096);
            take_error;
        }
    }

    fn every_of_datagrams(socket: &UdpSocket) -> Calls {
        let mut calls = every! {
            *socket;
            ttl, set_ttl(9);
            traffic_class, set_traffic_class(0x20);
            only_v6;
            broadcast, set_broadcast(true);
            reuse_address, set_reuse_address(true);
            reuse_port;
            device, bind_device(Some("lo"));
            recv_buffer_size, set_recv_buffer_size(4_096);
            send_buffer_size, set_send_buffer_size(4_096);
            read_timeout, set_read_timeout(Some(TICK));
            write_timeout, set_write_timeout(Some(TICK));
            take_error;
            multicast_loop_v4, set_multicast_loop_v4(true);
            multicast_ttl_v4, set_multicast_ttl_v4(1);
            multicast_interface_v4, set_multicast_interface_v4(Ipv4Addr::LOCALHOST);
            multicast_loop_v6, set_multicast_loop_v6(true);
            multicast_hops_v6, set_multicast_hops_v6(1);
            multicast_interface_v6, set_multicast_interface_v6(1);
        };
        let (any, set) = (Ipv4Addr::LOCALHOST, Operation::SetOption);
        calls.extend([
            (
                "join_multicast_v4",
                set,
                socket.join_multicast_v4(GROUP_V4, any),
            ),
            (
                "leave_multicast_v4",
                set,
                socket.leave_multicast_v4(GROUP_V4, any),
            ),
            (
                "join_multicast_v4",
                set,
                socket.join_multicast_v4(GROUP_V4, 1),
            ),
            (
                "leave_multicast_v4",
                set,
                socket.leave_multicast_v4(GROUP_V4, 1),
            ),
            (
                "join_source",
                set,
                socket.join_multicast_source_v4(GROUP_V4, any, any),
            ),
            (
                "leave_source",
                set,
                socket.leave_multicast_source_v4(GROUP_V4, any, any),
            ),
            (
                "join_multicast_v6",
                set,
                socket.join_multicast_v6(GROUP_V6, 1),
            ),
            (
                "leave_multicast_v6",
                set,
                socket.leave_multicast_v6(GROUP_V6, 1),
            ),
        ]);
        calls
    }

    fn all_fail(calls: Calls, so: impl Fn(&Error) -> bool) {
        for (name, operation, result) in calls {
            let error = result.expect_err(name);
            assert!(so(&error), "{name}: {error:?}");
            assert_eq!(error.operation(), operation, "{name}");
        }
    }

    fn all_end_with(calls: Calls, condition: Condition) {
        all_fail(calls, |error| error.condition() == condition);
    }

    /// A number that is a descriptor and good for nothing: nobody else can be given it meanwhile, as
    /// with one that is closed.
    fn bad() -> OwnedFd {
        use nix::fcntl::{OFlag, open};

        open("/", OFlag::O_PATH, nix::sys::stat::Mode::empty()).unwrap()
    }

    fn null() -> OwnedFd {
        File::open("/dev/null").unwrap().into()
    }

    #[rstest]
    #[case::bad(bad, Condition::BadFileDescriptor)]
    #[case::null(null, Condition::NotASocket)]
    fn no_option_is_got_or_set_on_what_is_no_socket(
        #[case] make: fn() -> OwnedFd,
        #[case] condition: Condition,
    ) {
        let stream = TcpStream::from(make());
        for calls in [every_of_tcp, every_of_the_internet, every_of_all] {
            all_end_with(calls(&stream), condition);
        }
        all_end_with(every_of_a_listener(&TcpListener::from(make())), condition);
        all_end_with(every_of_datagrams(&UdpSocket::from(make())), condition);
        macro_rules! every_of_paths {
            ($($owner:ident),*) => {$(all_end_with(
                every! {
                    usocket::$owner::from(make());
                    recv_buffer_size, set_recv_buffer_size(4_096);
                    send_buffer_size, set_send_buffer_size(4_096);
                    read_timeout, set_read_timeout(Some(TICK));
                    write_timeout, set_write_timeout(Some(TICK));
                    take_error;
                },
                condition,
            );)*};
        }
        every_of_paths!(UnixStream, UnixDatagram);
        let listener = usocket::UnixListener::from(make());
        assert_eq!(listener.take_error().unwrap_err().condition(), condition);
    }

    #[test]
    fn the_mode_of_a_bad_descriptor_cannot_be_set() {
        let error = TcpStream::from(bad()).set_nonblocking(true).unwrap_err();
        assert_eq!(error.condition(), Condition::BadFileDescriptor);
        assert_eq!(error.operation(), Operation::SetOption);
    }

    #[test]
    fn options_of_tcp_are_not_those_of_datagrams() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::from(OwnedFd::from(socket));
        all_fail(every_of_tcp(&stream), has_no_such_option);
    }

    #[test]
    fn options_of_the_internet_are_not_those_of_paths() {
        let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let stream = TcpStream::from(OwnedFd::from(socket));
        all_fail(every_of_tcp(&stream), has_no_such_option);
        all_fail(every_of_the_internet(&stream), has_no_such_option);
    }

    #[test]
    fn options_of_every_socket_work_on_a_stream() {
        let (stream, _peer) = Family::V6.streams();
        for calls in [every_of_tcp, every_of_the_internet, every_of_all] {
            for (name, _, result) in calls(&stream) {
                assert!(result.is_ok(), "{name}: {result:?}");
            }
        }
        for (name, _, result) in every_of_a_listener(&Family::V6.listener()) {
            assert!(result.is_ok(), "{name}: {result:?}");
        }
        // One that speaks both families has the options of both.
        let socket = UdpSocket::bind("[::]:0").unwrap();
        for (name, _, result) in every_of_datagrams(&socket) {
            assert!(result.is_ok(), "{name}: {result:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[rstest]
fn the_interface_is_bound_by_everybody_and_released_by_the_privileged(
    #[values(Family::V4, Family::V6)] family: Family,
) {
    let (stream, peer) = family.streams();
    let error = stream.bind_device(Some("no-such-device")).unwrap_err();
    assert_eq!(error.condition(), Condition::NotFound);
    stream.bind_device(Some("lo")).unwrap();
    assert_eq!(stream.device().unwrap().as_deref(), Some("lo"));
    stream.send(b"x").unwrap();
    assert_eq!(peer.recv_deadline(&mut [0; 1], PATIENCE).unwrap(), 1);
    match stream.bind_device(None) {
        Ok(()) => assert_eq!(stream.device().unwrap(), None),
        Err(error) => {
            assert_eq!(error.condition(), Condition::OperationNotPermitted);
            assert_eq!(stream.device().unwrap().as_deref(), Some("lo"));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_algorithm_is_got_back_and_one_that_is_unknown_is_not_found() {
    let (stream, _peer) = Family::V4.streams();
    // The one that Linux always has, and lets everybody use.
    stream.set_congestion_control("reno").unwrap();
    assert_eq!(stream.congestion_control().unwrap(), "reno");
    // To load one that is not there yet takes privileges, and this one nobody has.
    let error = stream
        .set_congestion_control("fifteen-letters")
        .unwrap_err();
    assert_eq!(error.condition(), Condition::NotFound);
    assert_eq!(stream.congestion_control().unwrap(), "reno");
}

#[cfg(target_os = "linux")]
#[test]
fn an_accepted_stream_has_what_its_listener_has() {
    let listener = Family::V6.listener();
    listener.set_ttl(33).unwrap();
    listener.set_recv_buffer_size(20_000).unwrap();
    listener.set_send_buffer_size(30_000).unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    assert_eq!(server.ttl().unwrap(), 33);
    assert_eq!(server.recv_buffer_size().unwrap(), 20_000);
    assert_eq!(server.send_buffer_size().unwrap(), 30_000);
    drop(client);
}

#[test]
fn an_error_says_whose_option_it_was() {
    let (stream, _peer) = Family::V4.streams();
    let peer = stream.peer_addr().unwrap();
    let error = stream.set_ttl(256).unwrap_err();
    assert_eq!(error.peer(), Some(peer));
    assert!(error.to_string().starts_with("set option on "), "{error}");
    assert!(
        error
            .to_string()
            .ends_with(&format!("{peer}: invalid argument")),
        "{error}"
    );
    let listener = Family::V4.listener();
    let local = listener.local_addr().unwrap();
    let error = listener.set_ttl(0).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("set option on {local}: invalid argument")
    );
}

#[test]
fn interfaces_are_made_of_addresses_and_indices() {
    use usocket::Interface;

    assert_eq!(
        Interface::from(Ipv4Addr::LOCALHOST),
        Interface::Address(Ipv4Addr::LOCALHOST)
    );
    assert_eq!(Interface::from(1), Interface::Index(1));
}

#[rstest]
fn a_new_datagram_socket_has_the_defaults(#[values(Family::V4, Family::V6)] family: Family) {
    let socket = family.datagrams();
    assert!(!socket.broadcast().unwrap());
    assert!(!socket.reuse_address().unwrap());
    assert!(!socket.nonblocking().unwrap());
    assert_eq!(socket.read_timeout().unwrap(), None);
    assert_eq!(socket.write_timeout().unwrap(), None);
    assert!(socket.take_error().unwrap().is_none());
    match family {
        Family::V4 => {
            assert!(socket.multicast_loop_v4().unwrap());
            assert_eq!(socket.multicast_ttl_v4().unwrap(), 1);
            assert_eq!(
                socket.multicast_interface_v4().unwrap(),
                Ipv4Addr::UNSPECIFIED
            );
            assert!(has_no_such_option(&socket.only_v6().unwrap_err()));
            assert!(has_no_such_option(&socket.multicast_loop_v6().unwrap_err()));
            assert!(has_no_such_option(
                &socket.set_multicast_hops_v6(1).unwrap_err()
            ));
        }
        Family::V6 => {
            assert!(socket.multicast_loop_v6().unwrap());
            assert_eq!(socket.multicast_hops_v6().unwrap(), 1);
            assert_eq!(socket.multicast_interface_v6().unwrap(), 0);
        }
    }
}

#[test]
fn a_datagram_socket_tells_how_it_was_made() {
    let options = UdpOptions::new().reuse_address(true).broadcast(true);
    let socket = options
        .clone()
        .ipv6(Ipv6Mode::DualStack)
        .bind("[::]:0")
        .unwrap();
    assert!(socket.reuse_address().unwrap());
    assert!(socket.broadcast().unwrap());
    assert!(!socket.only_v6().unwrap());
    let socket = options.ipv6(Ipv6Mode::Ipv6Only).bind("[::]:0").unwrap();
    assert!(socket.only_v6().unwrap());
}

#[test]
fn what_a_datagram_socket_cannot_have_is_named() {
    let four = Family::V4.datagrams();
    let six = Family::V6.datagrams();
    for socket in [&four, &six] {
        refused(socket.set_ttl(0), "time to live 0");
        refused(socket.set_ttl(256), "time to live 256");
        refused(
            socket.set_read_timeout(Some(Duration::MAX)),
            "read timeout 1844",
        );
        refused(
            socket.set_recv_buffer_size(1 << 31),
            "receive buffer size 2147483648",
        );
    }
    refused(four.set_multicast_ttl_v4(256), "hops of multicast 256");
    refused(
        four.set_multicast_ttl_v4(u32::MAX),
        "hops of multicast 4294967295",
    );
    refused(six.set_multicast_hops_v6(256), "hops of multicast 256");
    refused(
        six.set_multicast_hops_v6(u32::MAX),
        "hops of multicast 4294967295",
    );
    refused(
        six.set_multicast_interface_v6(u32::MAX),
        "index of an interface 4294967295",
    );
    let localhost = Ipv4Addr::LOCALHOST;
    refused(
        four.join_multicast_v4(localhost, localhost),
        "127.0.0.1 is no multicast group",
    );
    refused(
        four.join_multicast_v4(localhost, 1),
        "127.0.0.1 is no multicast group",
    );
    refused(
        four.join_multicast_source_v4(localhost, localhost, localhost),
        "127.0.0.1 is no multicast group",
    );
    refused(
        six.join_multicast_v6(Ipv6Addr::LOCALHOST, 1),
        "::1 is no multicast group",
    );
    refused(
        six.join_multicast_v6(GROUP_V6, u32::MAX),
        "index of an interface 4294967295",
    );
    assert_eq!(four.multicast_ttl_v4().unwrap(), 1);
    assert_eq!(six.multicast_hops_v6().unwrap(), 1);
}

/// Of the organisation's own scope, which no router passes on (RFC 2365, section 6.2).
#[cfg(target_os = "linux")]
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(239, 192, 0, 78);
/// Of one interface (RFC 4291, section 2.7).
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff01, 0, 0, 0, 0, 0, 0, 0x78);

/// Linux joins groups on its loopback interface, by address, index, and sender.
#[cfg(target_os = "linux")]
mod groups {
    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum By {
        Address,
        Index,
        Source,
    }

    impl By {
        fn join(self, socket: &UdpSocket) -> Result<(), Error> {
            let localhost = Ipv4Addr::LOCALHOST;
            match self {
                Self::Address => socket.join_multicast_v4(GROUP_V4, localhost),
                Self::Index => socket.join_multicast_v4(GROUP_V4, LOOPBACK_INDEX),
                Self::Source => socket.join_multicast_source_v4(GROUP_V4, localhost, localhost),
            }
        }

        fn leave(self, socket: &UdpSocket) -> Result<(), Error> {
            let localhost = Ipv4Addr::LOCALHOST;
            match self {
                Self::Address => socket.leave_multicast_v4(GROUP_V4, localhost),
                Self::Index => socket.leave_multicast_v4(GROUP_V4, LOOPBACK_INDEX),
                Self::Source => socket.leave_multicast_source_v4(GROUP_V4, localhost, localhost),
            }
        }
    }

    #[rstest]
    fn a_member_has_what_is_sent_to_its_group(
        #[values(By::Address, By::Index, By::Source)] by: By,
    ) {
        // A port of our own; the address is the group's, so that nothing but its datagrams comes.
        let member = UdpSocket::bind((GROUP_V4, 0)).unwrap();
        let group = member.local_addr().unwrap();
        let sender = Family::V4.datagrams();
        sender
            .set_multicast_interface_v4(Ipv4Addr::LOCALHOST)
            .unwrap();

        by.join(&member).unwrap();
        let error = by.join(&member).unwrap_err();
        assert!(matches!(
            error.condition(),
            Condition::AddressInUse | Condition::AddressNotAvailable
        ));
        sender.send_to(b"one", group).unwrap();
        let buffer = &mut [0; 8];
        let got = member.recv_from_deadline(buffer, PATIENCE).unwrap();
        assert_eq!((got.len, got.peer), (3, sender.local_addr().unwrap()));

        by.leave(&member).unwrap();
        let error = by.leave(&member).unwrap_err();
        assert!(matches!(
            error.condition(),
            Condition::AddressNotAvailable | Condition::InvalidArgument
        ));
    }

    /// It has no route for groups of IPv6, so that nothing can be sent to them.
    #[test]
    fn a_group_of_ipv6_is_joined_once_and_left_once() {
        let member = UdpSocket::bind("[::]:0").unwrap();
        member.join_multicast_v6(GROUP_V6, LOOPBACK_INDEX).unwrap();
        let error = member
            .join_multicast_v6(GROUP_V6, LOOPBACK_INDEX)
            .unwrap_err();
        assert_eq!(error.condition(), Condition::AddressInUse);
        member.leave_multicast_v6(GROUP_V6, LOOPBACK_INDEX).unwrap();
        let error = member
            .leave_multicast_v6(GROUP_V6, LOOPBACK_INDEX)
            .unwrap_err();
        assert_eq!(error.condition(), Condition::AddressNotAvailable);
    }

    #[test]
    fn what_is_no_interface_says_so() {
        let (four, six) = (Family::V4.datagrams(), Family::V6.datagrams());
        // Nobody's address, and an index that no system gets to.
        let (address, index) = (Ipv4Addr::new(0, 0, 0, 1), i32::MAX as u32);
        for result in [
            four.join_multicast_v4(GROUP_V4, address),
            four.join_multicast_v4(GROUP_V4, index),
            six.join_multicast_v6(GROUP_V6, index),
            four.set_multicast_interface_v4(address),
            six.set_multicast_interface_v6(index),
        ] {
            let error = result.unwrap_err();
            assert!(
                matches!(
                    error.condition(),
                    Condition::NotFound | Condition::AddressNotAvailable
                ),
                "{error:?}"
            );
        }
    }
}

#[test]
fn the_error_of_a_refused_datagram_waits() {
    // Closed after the connect, its port refuses; whoever takes it meanwhile has another peer.
    let closed = Family::V4.datagrams();
    let address = closed.local_addr().unwrap();
    let socket = Family::V4.datagrams();
    socket.connect(address).unwrap();
    drop(closed);
    socket.send(b"x").unwrap();
    let begin = Instant::now();
    let error = loop {
        if let Some(error) = socket.take_error().unwrap() {
            break error;
        }
        assert!(begin.elapsed() < PATIENCE, "the refusal never came");
        std::thread::yield_now();
    };
    assert_eq!(error.condition(), Condition::ConnectionRefused);
    assert_eq!(error.peer(), Some(address));
    assert!(socket.take_error().unwrap().is_none());
}
