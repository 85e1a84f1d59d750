//! Routes, settings, addresses, the interface, other ends of sockets, real hosts and programs.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use usocket_testkit::lab::Route;
use usocket_testkit::{Errno, Lab};

const WATCHDOG: Duration = Duration::from_secs(20);

fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&addr, WATCHDOG)?;
    stream.set_read_timeout(Some(WATCHDOG))?;
    Ok(stream)
}

#[track_caller]
fn assert_errno<T: std::fmt::Debug>(result: io::Result<T>, expected: Errno) {
    let error = result.unwrap_err();
    assert_eq!(Errno::of(&error), Some(expected), "{error}");
}

#[test]
fn every_kind_of_route_has_its_error() {
    let lab = Lab::new().unwrap();
    for (to, addr) in [
        ("198.51.100.0/24", "198.51.100.7:80"),
        ("2001:db8:1::/48", "[2001:db8:1::7]:80"),
    ] {
        let addr: SocketAddr = addr.parse().unwrap();
        for (route, errno) in [
            (Route::Unreachable, Errno::EHOSTUNREACH),
            (Route::Prohibit, Errno::EACCES),
            (Route::Blackhole, Errno::EINVAL),
            (Route::Throw, Errno::ENETUNREACH),
            (Route::Link, Errno::ECONNREFUSED),
        ] {
            lab.add_route(to, route).unwrap();
            if route == Route::Link {
                lab.host(addr.ip());
            }
            let error = connect(addr).unwrap_err();
            assert_eq!(Errno::of(&error), Some(errno), "{route:?} {addr}: {error}");
            if route != Route::Link {
                lab.remove_route(to, route).unwrap();
                assert_errno(connect(addr), Errno::ENETUNREACH);
            }
        }
    }
    assert_eq!(
        lab.add_route("nowhere", Route::Throw).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    assert_errno(
        lab.remove_route("203.0.113.0/24", Route::Throw),
        Errno::from_raw(libc::ESRCH),
    );
}

#[test]
fn the_interface_goes_down_and_comes_up_with_everything() {
    let lab = Lab::new().unwrap();
    let hosts = [
        lab.host("10.77.1.5"),
        lab.host("fd77::5"),
        lab.host("192.0.2.1"),
        lab.host("2001:db8::1"),
    ];
    for _ in 0..2 {
        for host in hosts {
            assert_errno(connect(host.addr(80)), Errno::ECONNREFUSED);
        }
        lab.link_down().unwrap();
        for host in hosts {
            assert_errno(connect(host.addr(80)), Errno::ENETUNREACH);
        }
        lab.link_up().unwrap();
    }
    for host in hosts {
        assert_errno(connect(host.addr(80)), Errno::ECONNREFUSED);
    }
}

#[test]
fn addresses_come_and_go() {
    let lab = Lab::new().unwrap();
    for ip in ["10.77.0.2", "fd77::2"] {
        let addr = SocketAddr::new(ip.parse().unwrap(), 0);
        assert_errno(UdpSocket::bind(addr), Errno::EADDRNOTAVAIL);
        let bits = if addr.is_ipv4() { 16 } else { 64 };
        lab.add_address(ip, bits).unwrap();
        assert_errno(lab.add_address(ip, bits), Errno::from_raw(libc::EEXIST));
        let listener = TcpListener::bind(addr).unwrap();
        connect(listener.local_addr().unwrap()).unwrap();
        lab.remove_address(ip).unwrap();
        assert_errno(UdpSocket::bind(addr), Errno::EADDRNOTAVAIL);
        assert_eq!(
            lab.remove_address(ip).unwrap_err().kind(),
            ErrorKind::NotFound
        );
    }
    assert_eq!(
        UdpSocket::bind("10.77.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .ip(),
        lab.ipv4()
    );
    assert_eq!(
        UdpSocket::bind("[fd77::1]:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .ip(),
        lab.ipv6().unwrap()
    );
}

/// The kernel makes its own in a queue that the whole machine shares: nothing may wait for that.
#[test]
fn an_address_of_ipv6_has_a_route_that_no_queue_makes() {
    let lab = Lab::new().unwrap();
    // Whether, not how often: where something is added meanwhile, the kernel reads its table again and repeats rows.
    let has_route = |ip: Ipv6Addr| {
        let octets = format!("{:032x}", u128::from(ip));
        let table = std::fs::read_to_string("/proc/thread-self/net/ipv6_route").unwrap();
        let ours = |line: &&str| {
            let words: Vec<_> = line.split_whitespace().collect();
            // The kernel's own come first, with the metric 0.
            words[..2] == [&octets, "80"] && words[5] == "00000400" && words[9] == "lab0"
        };
        table.lines().any(|line| ours(&line))
    };
    let own = lab.ipv6().unwrap().to_string().parse().unwrap();
    let second = "fd77::2".parse().unwrap();
    assert_eq!([own, second].map(has_route), [true, false]);
    lab.add_address(second, 64).unwrap();
    assert_eq!([own, second].map(has_route), [true, true]);
    lab.link_down().unwrap();
    assert_eq!([own, second].map(has_route), [false, false]);
    let third = "fd77::3".parse().unwrap();
    lab.add_address(third, 64).unwrap();
    lab.link_up().unwrap();
    for ip in [own, second, third] {
        assert!(has_route(ip), "{ip}");
        let listener = TcpListener::bind((ip, 0)).unwrap();
        connect(listener.local_addr().unwrap()).unwrap();
    }
    for ip in [second, third] {
        lab.remove_address(ip).unwrap();
        assert!(!has_route(ip), "{ip}");
    }
}

#[test]
fn the_test_has_the_addresses_that_the_lab_says_and_no_others() {
    let lab = Lab::new().unwrap();
    let table = std::fs::read_to_string("/proc/thread-self/net/if_inet6").unwrap();
    let mut words: Vec<_> = table
        .lines()
        .map(|line| (&line[..32], line.split_whitespace().last().unwrap()))
        .collect();
    words.sort_unstable();
    let loopback = ("00000000000000000000000000000001", "lo");
    assert_eq!(
        words,
        [loopback, ("fd770000000000000000000000000001", "lab0")]
    );
    lab.link_down().unwrap();
    let table = std::fs::read_to_string("/proc/thread-self/net/if_inet6").unwrap();
    assert_eq!(table.lines().count(), 1, "{table}");
}

#[test]
fn a_range_of_one_port_is_soon_used_up() {
    let lab = Lab::new().unwrap();
    lab.set_port_range(40_000..=40_000).unwrap();
    let host = lab.host("10.77.1.5").echo();
    let one = connect(host.addr(7)).unwrap();
    assert_eq!(one.local_addr().unwrap().port(), 40_000);
    assert_errno(connect(host.addr(7)), Errno::EADDRNOTAVAIL);
    let one = UdpSocket::bind("127.0.0.1:0").unwrap();
    assert_eq!(one.local_addr().unwrap().port(), 40_000);
    assert_errno(UdpSocket::bind("127.0.0.1:0"), Errno::EADDRINUSE);
}

/// Those that research/fault-injection 3.2 found to be writable.
#[test]
fn settings_are_the_labs_own() {
    let lab = Lab::new().unwrap();
    for (name, value) in [
        ("net.ipv4.tcp_syn_retries", "1"),
        ("net.ipv4.tcp_retries2", "1"),
        ("net.ipv4.tcp_keepalive_time", "1"),
        ("net.ipv4.tcp_keepalive_intvl", "1"),
        ("net.ipv4.tcp_keepalive_probes", "1"),
        ("net.ipv4.tcp_rmem", "4096\t4096\t4096"),
        ("net.ipv4.tcp_abort_on_overflow", "1"),
        ("net.ipv4.ip_unprivileged_port_start", "1024"),
        ("net.ipv4.icmp_ratelimit", "0"),
        ("net.ipv4.igmp_max_memberships", "1"),
        ("net.core.somaxconn", "1"),
        ("net.ipv4.ip_forward", "0"),
        ("net.ipv6.conf.all.disable_ipv6", "0"),
        ("net.ipv4.neigh.lab0.mcast_solicit", "2"),
    ] {
        lab.set_sysctl(name, value).unwrap();
        assert_eq!(lab.sysctl(name).unwrap(), value, "{name}");
        // From a thread that is in no lab of its own, too.
        let seen = thread::scope(|scope| scope.spawn(|| lab.sysctl(name).unwrap()).join().unwrap());
        assert_eq!(seen, value, "{name}");
    }
    let other = Lab::new().unwrap();
    assert_ne!(other.sysctl("net.core.somaxconn").unwrap(), "1");
    assert_eq!(lab.sysctl("net.core.somaxconn").unwrap(), "1");
    let error = lab.set_sysctl("net.ipv4.no_such_setting", "1").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(
        error.to_string().contains("net.ipv4.no_such_setting"),
        "{error}"
    );
    assert_eq!(
        lab.sysctl("kernel.hostname").unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    assert_eq!(
        lab.set_sysctl("net.core.somaxconn", "many")
            .unwrap_err()
            .kind(),
        ErrorKind::InvalidInput
    );
}

#[test]
fn ipv6_can_be_switched_off() {
    let lab = Lab::new().unwrap();
    lab.set_sysctl("net.ipv6.conf.all.disable_ipv6", "1")
        .unwrap();
    assert_errno(UdpSocket::bind("[::1]:0"), Errno::EADDRNOTAVAIL);
}

#[test]
fn the_largest_packet_is_the_tests_to_say() {
    let lab = Lab::new().unwrap();
    let host = lab.host("10.77.1.5").echo();
    let socket = UdpSocket::bind("10.77.0.1:0").unwrap();
    socket.set_read_timeout(Some(WATCHDOG)).unwrap();
    socket.connect(host.addr(7)).unwrap();
    lab.set_mtu(9000).unwrap();
    socket.send(&[1; 8000]).unwrap();
    assert_eq!(socket.recv(&mut [0; 9000]).unwrap(), 8000);
    assert_errno(lab.set_mtu(1), Errno::EINVAL);
}

#[test]
fn a_socket_is_ended_from_outside() {
    let lab = Lab::new().unwrap();
    for ip in ["10.77.1.5", "fd77::5"] {
        let host = lab.host(ip).echo();
        let mut stream = connect(host.addr(7)).unwrap();
        lab.destroy(&stream).unwrap();
        assert_errno(stream.read(&mut [0; 1]), Errno::ECONNABORTED);
        assert_errno(lab.destroy(&stream), Errno::from_raw(libc::ENOENT));
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect("127.0.0.1:9").unwrap();
    lab.destroy(&socket).unwrap();
    assert_errno(socket.recv(&mut [0; 1]), Errno::ECONNABORTED);
}

#[test]
fn a_real_host_has_real_servers() {
    let lab = Lab::new().unwrap();
    for ip in ["10.77.2.1", "fd77::2:1", "192.0.2.80"] {
        let host = lab.real_host(ip).unwrap();
        // Nothing listens: its kernel refuses.
        assert_errno(connect(host.addr(80)), Errno::ECONNREFUSED);
        let listener = host
            .run(|| TcpListener::bind(host.addr(80)).unwrap())
            .unwrap();
        let server = thread::spawn(move || {
            let (mut stream, peer) = listener.accept().unwrap();
            stream.write_all(peer.ip().to_string().as_bytes()).unwrap();
        });
        let mut stream = connect(host.addr(80)).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let own = if host.ip().is_ipv4() {
            lab.ipv4().to_string()
        } else {
            lab.ipv6().unwrap().to_string()
        };
        assert_eq!(text, own);
        server.join().unwrap();
        // It is not this network: the port is free here.
        TcpListener::bind(("127.0.0.1", 80)).unwrap();
    }
}

#[test]
fn a_real_host_that_is_dropped_is_gone() {
    let lab = Lab::new().unwrap();
    let host = lab.real_host("10.77.2.1").unwrap();
    let addr = host.addr(80);
    assert_errno(connect(addr), Errno::ECONNREFUSED);
    drop(host);
    // The kernel clears the network away a little later.
    let deadline = std::time::Instant::now() + WATCHDOG;
    while Errno::of(&connect(addr).unwrap_err()) == Some(Errno::ECONNREFUSED) {
        assert!(std::time::Instant::now() < deadline);
    }
}

#[test]
fn programs_run_in_the_lab_and_on_real_hosts() {
    let lab = Lab::new().unwrap();
    let host = lab.real_host("10.77.2.1").unwrap();
    let table = |mut command: std::process::Command| {
        let output = command.arg("/proc/self/net/dev").output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    // From a thread that is in no lab, too.
    let (ours, theirs) = thread::scope(|scope| {
        let tables = || (table(lab.command("cat")), table(host.command("cat")));
        scope.spawn(tables).join().unwrap()
    });
    assert!(ours.contains("lab0:"), "{ours}");
    assert!(
        theirs.contains("eth0:") && !theirs.contains("lab0:"),
        "{theirs}"
    );
}

#[test]
fn a_program_ends_with_the_thread_that_started_it() {
    let lab = Lab::new().unwrap();
    let mut child = thread::scope(|scope| {
        scope
            .spawn(|| lab.command("sleep").arg("20").spawn().unwrap())
            .join()
            .unwrap()
    });
    let status = child.wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(libc::SIGKILL)
    );
}
