//! Firewalls, queues and policies: what they do to which packets, and that they are gone with their guard.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use rstest::rstest;
use usocket_testkit::lab::{Packets, Queue, RefusalKind, Verdict};
use usocket_testkit::{Errno, Lab};

const WATCHDOG: Duration = Duration::from_secs(30);

fn errno<T: std::fmt::Debug>(answer: std::io::Result<T>) -> Option<Errno> {
    Errno::of(&answer.unwrap_err())
}

fn connect(addr: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&addr, WATCHDOG)?;
    stream.set_read_timeout(Some(WATCHDOG))?;
    Ok(stream)
}

fn datagrams(ip: &str) -> UdpSocket {
    let any = if ip.contains(':') {
        "[::]:0"
    } else {
        "0.0.0.0:0"
    };
    let socket = UdpSocket::bind(any).unwrap();
    socket.set_read_timeout(Some(WATCHDOG)).unwrap();
    socket
}

#[rstest]
#[case::ipv4("10.77.1.5")]
#[case::ipv6("fd77::5")]
fn a_reset_is_for_that_port_only_and_ends_with_the_guard(#[case] ip: &str) {
    let lab = Lab::new().unwrap();
    let host = lab.host(ip).echo();
    let firewall = lab.firewall(Packets::tcp_to(host.addr(80)), Verdict::Reset);
    assert_eq!(errno(connect(host.addr(80))), Some(Errno::ECONNREFUSED));
    connect(host.addr(81)).unwrap();
    drop(firewall.unwrap());
    connect(host.addr(80)).unwrap();
}

#[rstest]
#[case::ipv4("10.77.1.5")]
#[case::ipv6("fd77::5")]
fn datagrams_are_dropped_on_the_way_out_and_on_the_way_in(#[case] ip: &str) {
    let lab = Lab::new().unwrap();
    let host = lab.host(ip).echo();
    let (shut, open) = (host.addr(80), host.addr(81));
    let socket = datagrams(ip);
    let out = lab.firewall(Packets::udp_to(shut), Verdict::Drop).unwrap();
    assert_eq!(errno(socket.send_to(b"out", shut)), Some(Errno::EPERM));
    drop(out);
    let input = lab
        .firewall(Packets::udp_from(shut), Verdict::Drop)
        .unwrap();
    socket.send_to(b"lost", shut).unwrap();
    socket.send_to(b"heard", open).unwrap();
    let mut buffer = [0; 16];
    // The host answers in order: the first answer would be here before the second.
    let (length, from) = socket.recv_from(&mut buffer).unwrap();
    assert_eq!((&buffer[..length], from), (&b"heard"[..], open));
    drop(input);
    socket.send_to(b"again", shut).unwrap();
    assert_eq!(socket.recv_from(&mut buffer).unwrap().1, shut);
}

#[rstest]
#[case::host_unreachable("10.77.1.5", 1, Errno::EHOSTUNREACH)]
#[case::host_unknown("10.77.1.5", 7, Errno::EHOSTDOWN)]
#[case::prohibited("fd77::5", 1, Errno::EACCES)]
fn what_the_firewall_says_a_connected_datagram_socket_hears(
    #[case] ip: &str,
    #[case] code: u8,
    #[case] expected: Errno,
) {
    let lab = Lab::new().unwrap();
    let addr = lab.host(ip).echo().addr(80);
    let verdict = Verdict::Unreachable(code);
    let input = lab.firewall(Packets::udp_to(addr), verdict).unwrap();
    let socket = datagrams(ip);
    socket.connect(addr).unwrap();
    if code == 1 && ip.contains('.') {
        // A soft error: only who asks for such hears of it, but the sender gets the firewall's own.
        assert_eq!(errno(socket.send(b"?")), Some(Errno::EPERM));
        return;
    }
    let heard = socket.send(b"?").and_then(|_| socket.recv(&mut [0; 8]));
    // The one or the other is first.
    let heard = errno(heard).unwrap();
    assert!([expected, Errno::EPERM].contains(&heard), "{heard}");
    drop(input);
}

#[test]
fn several_obstacles_end_in_any_order() {
    let lab = Lab::new().unwrap();
    let host = lab.host("10.77.1.5").echo();
    let [one, two] = [1, 2].map(|port| {
        let packets = Packets::tcp_to(host.addr(port));
        lab.firewall(packets, Verdict::Reset).unwrap()
    });
    drop(one);
    connect(host.addr(1)).unwrap();
    assert_eq!(errno(connect(host.addr(2))), Some(Errno::ECONNREFUSED));
    let policy = lab.policy("10.77.1.0/24").unwrap();
    drop(two);
    assert_eq!(errno(connect(host.addr(2))), Some(Errno::EPERM));
    drop(policy);
    connect(host.addr(2)).unwrap();
}

#[test]
fn a_policy_is_for_its_addresses_only() {
    let lab = Lab::new().unwrap();
    let (shut, open) = (lab.host("fd77::5").echo(), lab.host("fd77::6").echo());
    let policy = lab.policy("fd77::5").unwrap();
    assert_eq!(errno(connect(shut.addr(1))), Some(Errno::EPERM));
    connect(open.addr(1)).unwrap();
    drop(policy);
    connect(shut.addr(1)).unwrap();
    for text in ["", "host", "fd77::/129"] {
        let refusal = lab.policy(text).unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::SetUpFailed, "{refusal}");
    }
}

#[test]
fn a_queue_that_held_back_or_dropped_lets_everything_pass_when_it_is_gone() {
    let lab = Lab::new().unwrap();
    let addr = lab.host("10.77.1.5").echo().addr(80);
    for queue in [Queue::Drops, Queue::Holds] {
        let queue = lab.queue(queue).unwrap();
        let socket = datagrams("10.77.1.5");
        socket.connect(addr).unwrap();
        // More than the first few that a queue lets pass.
        for _ in 0..5 {
            socket.send(&[b'x'; 1000]).unwrap();
        }
        drop(queue);
        // Those that were held back were with the queue.
        socket.send(b"after").unwrap();
        let mut buffer = [0; 2000];
        loop {
            let length = socket.recv(&mut buffer).unwrap();
            if &buffer[..length] == b"after" {
                break;
            }
        }
        let mut stream = connect(addr).unwrap();
        stream.write_all(b"through").unwrap();
        stream.read_exact(&mut buffer[..7]).unwrap();
        assert_eq!(&buffer[..7], b"through");
    }
}

/// From a thread that is in another network: the obstacle is in the lab's.
#[test]
fn an_obstacle_is_in_the_labs_network_whoever_asks() {
    let first = Lab::new().unwrap();
    let second = Lab::new().unwrap();
    let [_here, there] = [&first, &second].map(|lab| lab.host("10.77.1.5").echo().addr(80));
    // This thread is in the second.
    let firewall = first
        .firewall(Packets::tcp_to(there), Verdict::Reset)
        .unwrap();
    connect(there).unwrap();
    let answer = first.run(|| connect(there).map(drop)).unwrap();
    assert_eq!(errno(answer), Some(Errno::ECONNREFUSED));
    thread::scope(|scope| scope.spawn(|| drop(firewall)).join().unwrap());
    first.run(|| connect(there).map(drop)).unwrap().unwrap();
    drop(second);
    drop(first);
}
