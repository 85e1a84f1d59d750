//! A host that is not there. A lab plays the subnet: nothing of this ever asks a real one.
#![cfg(all(target_os = "linux", feature = "lab"))]

use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::Duration;

use nix::sched::{CloneFlags, unshare};
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket,
};
use usocket_testkit::discover::{NoAbsentHost, NoAbsentHostKind, absent_host, absent_host_nearby};
use usocket_testkit::{Certainty, Errno, Lab};

usocket_testkit::lab_main!();

/// Whoever is in a lab answers at once; this is how long a busy machine may take for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The address of the lab's subnet that is asked for first, and the next.
const FIRST: Ipv4Addr = Ipv4Addr::new(10, 77, 255, 253);
const SECOND: Ipv4Addr = Ipv4Addr::new(10, 77, 255, 252);

fn lab() -> Lab {
    Lab::new().unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn refused(kind: NoAbsentHostKind) -> NoAbsentHost {
    let error = absent_host_nearby(PATIENCE).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    error
}

/// What the lab has seen of the test, up to and with the first line that says this.
fn sent(lab: &Lab, last: &str) -> Vec<String> {
    for _ in 0..3000 {
        let log = lab.log();
        let sent = log.lines().filter(|line| line.contains("test: "));
        let sent: Vec<_> = sent.map(str::to_owned).collect();
        if let Some(at) = sent.iter().position(|line| line.contains(last)) {
            return sent[..=at].to_vec();
        }
        // The lab may be a moment behind.
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{last} was not seen: {}", lab.log());
}

/// Those of the lines that say this.
fn count(lines: &[String], what: &str) -> usize {
    lines.iter().filter(|line| line.contains(what)).count()
}

/// All that the lab has seen of the test until now: a datagram to a host of its own comes last.
fn sent_until_now(lab: &Lab, from: Ipv4Addr) -> Vec<String> {
    let last = lab.host("198.51.100.9").silent();
    let socket = UdpSocket::bind((from, 0)).unwrap();
    socket.send_to(b"last", last.addr(1)).unwrap();
    let mut sent = sent(lab, "198.51.100.9:1 udp");
    sent.pop();
    sent
}

/// Makes the system forget a neighbour whom it was told of, so that it has to ask: `RTM_DELNEIGH` of rtnetlink(7).
fn forget(ip: Ipv4Addr) {
    const INDEX_OF_LAB0: u32 = 77;
    let mut message = Vec::new();
    for word in [36, u32::from(libc::RTM_DELNEIGH) | 0x5_0000, 1, 0] {
        message.extend(u32::to_ne_bytes(word)); // length, type with request and acknowledge, number, sender
    }
    message.extend([u8::try_from(libc::AF_INET).unwrap(), 0, 0, 0]);
    message.extend(INDEX_OF_LAB0.to_ne_bytes());
    message.extend([0; 4]); // state, flags, type
    message.extend([8_u16, 1].map(u16::to_ne_bytes).concat()); // length and type of the address
    message.extend(ip.octets());

    let route = SockProtocol::NetlinkRoute;
    let netlink = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::empty(),
        route,
    )
    .unwrap();
    let kernel = NetlinkAddr::new(0, 0);
    sendto(netlink.as_raw_fd(), &message, &kernel, MsgFlags::empty()).unwrap();
    let mut answer = [0; 64];
    recv(netlink.as_raw_fd(), &mut answer, MsgFlags::MSG_DONTWAIT).unwrap();
    let errno = i32::from_ne_bytes(answer[16..20].try_into().unwrap());
    assert_eq!(errno, 0, "{}", io::Error::from_raw_os_error(-errno));
}

#[test]
fn in_a_lab_it_is_guaranteed() {
    let lab = lab();
    let host = absent_host().unwrap();
    assert_eq!(host.certainty(), Certainty::Guaranteed);
    let evidence = host.evidence();
    assert!(evidence.contains(&host.ip().to_string()), "{evidence}");
    for attempt in 0..3 {
        let error = TcpStream::connect(host.addr(80)).unwrap_err();
        assert_eq!(Errno::of(&error), Some(Errno::EHOSTUNREACH), "{attempt}");
    }
    // Another thread of the lab knows it too, and the lab gives the address to nobody.
    let there = thread::scope(|scope| scope.spawn(absent_host).join().unwrap());
    assert_eq!(there.unwrap().ip(), host.ip());
    let taken = panic::catch_unwind(AssertUnwindSafe(|| _ = lab.host(host.ip())));
    assert!(taken.is_err());
}

#[test]
fn outside_a_lab_there_is_none_and_the_error_says_what_to_do() {
    let refused = || {
        let error = absent_host().unwrap_err();
        assert_eq!(error.kind(), NoAbsentHostKind::NotInALab);
        assert!(
            error.to_string().contains("absent_host_nearby()"),
            "{error}"
        );
    };
    let lab = lab();
    thread::scope(|scope| {
        let elsewhere = || {
            unshare(CloneFlags::CLONE_NEWNET).unwrap();
            refused();
        };
        scope.spawn(elsewhere).join().unwrap();
    });
    absent_host().unwrap();
    drop(lab);
    refused();
}

#[test]
fn a_lab_inside_a_lab_has_its_own() {
    let _outer = lab();
    let inner = lab();
    absent_host().unwrap();
    drop(inner);
    absent_host().unwrap();
}

#[test]
fn nobody_answers_so_it_is_likely() {
    let lab = lab();
    let host = absent_host_nearby(PATIENCE).unwrap();
    assert_eq!(host.ip(), IpAddr::V4(FIRST));
    assert_eq!(host.addr(80), (FIRST, 80).into());
    assert_eq!(host.certainty(), Certainty::Likely);
    assert!(
        host.evidence().contains("none of the ARP requests"),
        "{}",
        host.evidence()
    );

    let error = TcpStream::connect(host.addr(80)).unwrap_err();
    assert_eq!(
        Errno::of(&error),
        Some(Errno::EHOSTUNREACH),
        "{error}\n{}",
        lab.log()
    );
}

#[test]
fn only_the_subnet_is_asked_and_for_that_address() {
    let lab = lab();
    absent_host_nearby(PATIENCE).unwrap();
    let sent = sent_until_now(&lab, lab.ipv4());
    let asked = count(&sent, &format!("who has {FIRST}?"));
    assert!(asked > 0, "{sent:?}");
    assert_eq!(asked, count(&sent, "arp"), "{sent:?}");
    // The datagram has nowhere to go.
    assert_eq!(count(&sent, "udp"), 0, "{sent:?}");
}

#[test]
fn patience_may_end_before_the_system_gives_up() {
    let _lab = lab();
    let host = absent_host_nearby(Duration::ZERO).unwrap();
    assert_eq!(host.certainty(), Certainty::Likely);
    assert!(
        host.evidence().contains("within 0ns"),
        "{}",
        host.evidence()
    );
    // Longer than any machine runs: the system gives up first.
    let host = absent_host_nearby(Duration::MAX).unwrap();
    assert!(host.evidence().contains("none of"), "{}", host.evidence());
}

#[test]
fn somebody_who_answers_is_not_absent_and_got_one_datagram() {
    let lab = lab();
    lab.host(FIRST).silent();
    // The lab has the system ask once, for 20 ms; a busy machine may be later than that.
    if let Err(error) = lab.set_sysctl("net.ipv4.neigh.lab0.retrans_time_ms", "60000") {
        println!("this test may fail on a busy machine: {error}");
    }
    forget(FIRST);
    let error = refused(NoAbsentHostKind::Answered);
    assert!(error.to_string().contains(&FIRST.to_string()), "{error}");
    let sent = sent_until_now(&lab, lab.ipv4());
    assert_eq!(count(&sent, "udp"), 1, "{sent:?}");
    assert_eq!(count(&sent, &format!("{FIRST}:9 udp len 0")), 1, "{sent:?}");
}

#[test]
fn who_is_known_to_be_there_is_not_asked() {
    let lab = lab();
    lab.host(FIRST).silent();
    let host = absent_host_nearby(PATIENCE).unwrap();
    assert_eq!(host.ip(), IpAddr::V4(SECOND));
    let sent = sent_until_now(&lab, lab.ipv4());
    assert!(count(&sent, &SECOND.to_string()) > 0, "{sent:?}");
    assert_eq!(count(&sent, &FIRST.to_string()), 0, "{sent:?}");
}

#[test]
fn an_address_of_this_machine_is_not_asked_for() {
    let lab = lab();
    lab.add_address(FIRST, 32).unwrap();
    assert_eq!(
        absent_host_nearby(PATIENCE).unwrap().ip(),
        IpAddr::V4(SECOND)
    );
}

#[test]
fn where_nobody_can_be_absent_nobody_is_asked() {
    let lab = lab();
    lab.remove_address(lab.ipv4()).unwrap();
    lab.add_address("10.78.0.1", 30).unwrap();
    lab.host("10.78.0.2").silent();
    refused(NoAbsentHostKind::NoCandidate);
    let sent = sent_until_now(&lab, "10.78.0.1".parse().unwrap());
    assert_eq!(count(&sent, "10.78.0"), 0, "{sent:?}");
}

#[test]
fn without_a_subnet_nobody_is_asked() {
    let lab = lab();
    lab.link_down().unwrap();
    let error = refused(NoAbsentHostKind::NoSubnet);
    assert!(error.source().is_none());
    // A network that has only its loopback interface.
    let alone = || {
        unshare(CloneFlags::CLONE_NEWNET).unwrap();
        absent_host_nearby(PATIENCE).unwrap_err().kind()
    };
    let kind = thread::scope(|scope| scope.spawn(alone).join().unwrap());
    assert_eq!(kind, NoAbsentHostKind::NoSubnet);
}

#[test]
fn what_the_system_refuses_is_said() {
    let lab = lab();
    lab.set_port_range(5000..=5000).unwrap();
    let _last = UdpSocket::bind((lab.ipv4(), 5000)).unwrap();
    let error = refused(NoAbsentHostKind::Failed);
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::AddrInUse);
    lab.set_port_range(5000..=6000).unwrap();
    let sent = sent_until_now(&lab, lab.ipv4());
    assert_eq!(count(&sent, "10.77."), 0, "{sent:?}");
}
