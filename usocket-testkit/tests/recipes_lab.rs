//! Every recipe that needs a lab, over every protocol it names, really gives its error.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

mod check;
mod driver;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use check::check;
use rstest::rstest;
use usocket::resolve;
use usocket_testkit::provoke::{Recipe, Tier, UnavailableKind, catalogue};
use usocket_testkit::{Condition, Errno, Lab, Operation, Protocol, provoke};

const WATCHDOG: Duration = Duration::from_secs(30);

const IDS: &[&str] = &[
    "A3", "A5", "B3", "B4", "B5", "D5", "D6", "E4", "E5", "E6", "F2", "F3", "G4", "H1", "H4", "H6",
    "I3", "J4", "J5", "J6", "J7", "J11", "K4", "M1", "M3", "M4", "M5", "N1", "N2", "P1", "P2",
    "P3", "P4", "Q0", "Q2", "Q3", "Q4", "S4", "S5", "S6", "S7", "T1", "U1", "U2", "U4", "V1", "W2",
    "W3", "Y2",
];

/// Where the system makes no labs, that is said, or skipped where one asked for it.
fn with_labs() -> impl Iterator<Item = &'static Recipe> {
    if Lab::available().is_err() {
        drop(Lab::new().unwrap());
    }
    let recipes = catalogue().iter();
    recipes.filter(|recipe| recipe.tier() == Tier::Lab)
}

#[rstest]
#[case::a3("A3")]
#[case::a5("A5")]
#[case::b3("B3")]
#[case::b4("B4")]
#[case::b5("B5")]
#[case::d5("D5")]
#[case::d6("D6")]
#[case::e4("E4")]
#[case::e5("E5")]
#[case::e6("E6")]
#[case::f2("F2")]
#[case::f3("F3")]
#[case::g4("G4")]
#[case::h1("H1")]
#[case::h4("H4")]
#[case::h6("H6")]
#[case::i3("I3")]
#[case::j4("J4")]
#[case::j5("J5")]
#[case::j6("J6")]
#[case::j7("J7")]
#[case::j11("J11")]
#[case::k4("K4")]
#[case::m1("M1")]
#[case::m3("M3")]
#[case::m4("M4")]
#[case::m5("M5")]
#[case::n1("N1")]
#[case::p1("P1")]
#[case::p2("P2")]
#[case::p3("P3")]
#[case::p4("P4")]
#[case::q0("Q0")]
#[case::q2("Q2")]
#[case::q3("Q3")]
#[case::q4("Q4")]
#[case::s4("S4")]
#[case::s5("S5")]
#[case::s6("S6")]
#[case::s7("S7")]
#[case::t1("T1")]
#[case::u1("U1")]
#[case::u2("U2")]
#[case::u4("U4")]
#[case::v1("V1")]
#[case::w2("W2")]
#[case::w3("W3")]
#[case::y2("Y2")]
fn gives_its_error(#[case] id: &str) {
    for recipe in with_labs().filter(|recipe| recipe.id() == id) {
        for protocol in recipe.protocols() {
            check(recipe, *protocol);
        }
    }
}

#[test]
fn every_id_has_a_test() {
    let ids: BTreeSet<_> = with_labs().map(Recipe::id).collect();
    assert_eq!(ids, IDS.iter().copied().collect());
}

/// The codes of the resolver are none of the system's error numbers, so its conditions are asked of a library that names
/// them.
#[test]
fn look_ups_meet_the_condition_itself() {
    for recipe in with_labs().filter(|recipe| recipe.operation() == Operation::Lookup) {
        let scene = recipe.ready(recipe.protocols()[0]).unwrap();
        let limit = scene.limit().unwrap_or(WATCHDOG);
        let error = resolve::lookup(scene.name().unwrap(), limit).unwrap_err();
        assert_eq!(error.condition(), recipe.condition(), "{scene:?}: {error}");
    }
}

/// Only where somebody asks for it: it fills a kernel's stack that does not count how often a packet comes round. The
/// recipe asks the kernel for its version; this asks whoever runs it.
#[test]
#[ignore = "may harm an old kernel"]
fn a_route_to_itself_by_its_name() {
    let _ = with_labs();
    for operation in [Operation::SendTo, Operation::Send] {
        for protocol in [Protocol::Udp4, Protocol::Udp6] {
            let request = provoke(Condition::NetworkDown).on(operation);
            let scene = match request.over(protocol).named("N2").ready() {
                Ok(scene) => scene,
                Err(why) => {
                    assert_eq!(why.kind(), UnavailableKind::Host, "{why:?}");
                    return println!("{why}");
                }
            };
            let error = driver::drive(&scene).unwrap_err();
            assert_eq!(Errno::of(&error), Some(Errno::ENETDOWN), "{scene:?}");
        }
    }
}

/// The promise is for a program that limits nothing: the kernel gives up within three seconds.
///
/// Linux 6.5 and later can be told to wait evenly (`tcp_syn_linear_timeouts`), which makes it two; earlier ones wait for
/// one second and then for two, and a little for their timers.
#[test]
fn connect_without_any_limit_ends_within_three_seconds() {
    let _ = with_labs();
    let request = provoke(Condition::Timeout).on(Operation::Connect);
    for protocol in [Protocol::Tcp4, Protocol::Tcp6] {
        let scene = request.over(protocol).named("S7").ready().unwrap();
        let addr = scene.addr();
        let (sender, receiver) = mpsc::channel();
        // Started since, so that it is in the same network.
        let client = thread::spawn(move || {
            let begin = Instant::now();
            let answer = TcpStream::connect(addr).map(drop);
            sender.send((answer, begin.elapsed())).unwrap();
        });
        let (answer, took) = receiver.recv_timeout(WATCHDOG).expect("it ends by itself");
        client.join().unwrap();
        let error = answer.unwrap_err();
        assert_eq!(
            Errno::of(&error),
            Some(Errno::ETIMEDOUT),
            "{protocol}: {error}"
        );
        println!("{protocol}: {took:?}");
        let evenly = Path::new("/proc/sys/net/ipv4/tcp_syn_linear_timeouts").exists();
        let promised = if evenly {
            Duration::from_secs(3)
        } else {
            // Two timers of the kernel's, each late by a tick or a few on a busy machine.
            Duration::from_secs(4)
        };
        assert!(took < promised, "{protocol}: {took:?}");
    }
}

/// Where there are labs at all, no recipe of theirs is unavailable, as root and as anybody.
#[test]
fn every_scene_can_be_had() {
    for recipe in with_labs().filter(|recipe| !recipe.is_by_name_only()) {
        for protocol in recipe.protocols() {
            let scene = match recipe.ready(*protocol) {
                // Other tests run in this process.
                Err(why) if why.kind() == UnavailableKind::ProcessWide => continue,
                scene => scene,
            };
            assert!(scene.is_ok(), "{recipe:?}: {scene:?}");
        }
    }
}

#[test]
fn a_lab_is_made_only_where_nothing_less_will_do() {
    let _ = with_labs();
    for (condition, tier) in [
        (Condition::ConnectionRefused, Tier::Plain),
        (Condition::NetworkUnreachable, Tier::Plain),
        (Condition::HostDown, Tier::Lab),
        (Condition::OperationNotPermitted, Tier::Lab),
    ] {
        let scene = provoke(condition).on(Operation::Connect).ready().unwrap();
        assert_eq!(scene.recipe().tier(), tier, "{scene:?}");
    }
}

/// Whichever thread the scene goes to: what its peer does to a connection is done in its own network.
#[test]
fn strikes_from_another_thread() {
    let _ = with_labs();
    for id in ["E4", "E5", "E6", "F2", "M5", "P3", "S4", "S6"] {
        let recipe = with_labs().find(|recipe| recipe.id() == id).unwrap();
        let scene = recipe.ready(Protocol::Tcp4).unwrap();
        let mut stream = TcpStream::connect(scene.addr()).unwrap();
        stream.set_read_timeout(Some(WATCHDOG)).unwrap();
        // The scene comes back, so that the lab ends where it began.
        let scene = thread::spawn(move || {
            scene.strike(&stream).unwrap();
            let error = stream.read(&mut [0; 8]).unwrap_err();
            let errno = Errno::of(&error).unwrap();
            assert!(scene.recipe().errnos().contains(&errno), "{error}");
            scene
        })
        .join()
        .unwrap();
        drop(scene);
    }
}

/// A scene's changes to the network are gone with it, also where the network stays: under nextest, that of the first
/// scene does.
#[rstest]
#[case::a3("A3")]
#[case::b3("B3")]
#[case::b4("B4")]
#[case::g4("G4")]
#[case::b5("B5")]
#[case::d5("D5")]
#[case::e4("E4")]
#[case::h4("H4")]
#[case::j5("J5")]
#[case::m5("M5")]
#[case::n1("N1")]
#[case::q4("Q4")]
#[case::s6("S6")]
#[case::s7("S7")]
fn settings_and_routes_are_put_back(#[case] id: &str) {
    let recipe = with_labs().find(|recipe| recipe.id() == id).unwrap();
    let protocols = recipe.protocols();
    let before = network();
    drop(recipe.ready(protocols[protocols.len() - 1]).unwrap());
    // The kernel puts routes of IPv6 in and takes them out from a work queue.
    let deadline = Instant::now() + WATCHDOG;
    while network() != before && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(network(), before);
}

/// The calling thread's network: routes, without the counters of their use, and settings.
fn network() -> Vec<String> {
    let table = |name: &str, columns: &[usize]| -> Vec<String> {
        let text = fs::read_to_string(format!("/proc/thread-self/net/{name}")).unwrap();
        let line = |line: &str| {
            let words: Vec<_> = line.split_whitespace().collect();
            columns
                .iter()
                .map(|column| words[*column].to_owned() + " ")
                .collect()
        };
        let mut lines: Vec<String> = text.lines().map(line).collect();
        lines.sort();
        lines
    };
    let settings = [
        "ip_local_port_range",
        "tcp_syn_retries",
        "tcp_rto_min_us",
        "tcp_rto_max_ms",
        "tcp_syn_linear_timeouts",
        "tcp_abort_on_overflow",
    ]
    .map(|name| fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).unwrap_or_default());
    let mut all = table("route", &[0, 1, 7]);
    all.extend(table("ipv6_route", &[0, 1, 9]));
    all.extend(table("if_inet6", &[0, 5]));
    all.extend(table("dev", &[0]));
    all.extend(settings);
    all
}
