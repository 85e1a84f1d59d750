//! Imaginary hosts, asked through the kernel's own sockets.
#![cfg(all(target_os = "linux", feature = "lab"))]

usocket_testkit::lab_main!();

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use usocket_testkit::lab::{After, Ending, Host};
use usocket_testkit::{Errno, Lab};

/// A lost packet costs a second: what takes so long hangs for good.
const WATCHDOG: Duration = Duration::from_secs(20);

/// Long enough for an answer that comes at once, and waited for where none may come.
const MOMENT: Duration = Duration::from_millis(60);

const HOSTS: [&str; 2] = ["10.77.1.5", "fd77::5"];

fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&addr, WATCHDOG)?;
    stream.set_read_timeout(Some(WATCHDOG))?;
    stream.set_write_timeout(Some(WATCHDOG))?;
    Ok(stream)
}

fn datagram_socket(peer: SocketAddr) -> UdpSocket {
    let any = if peer.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(any).unwrap();
    socket.set_read_timeout(Some(WATCHDOG)).unwrap();
    socket.connect(peer).unwrap();
    socket
}

#[track_caller]
fn assert_errno<T: std::fmt::Debug>(result: io::Result<T>, expected: Errno) {
    let error = result.unwrap_err();
    assert_eq!(Errno::of(&error), Some(expected), "{error}");
}

fn for_both(check: impl Fn(&Lab, Host<'_>)) {
    let lab = Lab::new().unwrap();
    for ip in HOSTS {
        check(&lab, lab.host(ip));
    }
}

#[test]
fn a_host_of_which_nothing_was_said_refuses() {
    for_both(|_, host| {
        assert_errno(connect(host.addr(80)), Errno::ECONNREFUSED);
        let socket = datagram_socket(host.addr(9));
        socket.send(b"x").unwrap();
        assert_errno(socket.recv(&mut [0; 8]), Errno::ECONNREFUSED);
    });
}

#[test]
fn an_absent_host_is_unreachable_soon() {
    for_both(|_, host| assert_errno(connect(host.absent().addr(80)), Errno::EHOSTUNREACH));
}

#[test]
fn an_address_that_was_never_asked_for_is_absent() {
    let _lab = Lab::new().unwrap();
    for addr in ["10.77.66.66:80", "[fd77::66]:80"] {
        assert_errno(connect(addr.parse().unwrap()), Errno::EHOSTUNREACH);
    }
    for addr in ["192.0.2.1:80", "[2001:db8::1]:80"] {
        assert_errno(connect(addr.parse().unwrap()), Errno::ENETUNREACH);
    }
}

#[test]
fn a_host_can_have_any_address() {
    let lab = Lab::new().unwrap();
    for ip in ["192.0.2.1", "8.8.8.8", "2001:db8::1"] {
        assert_errno(connect(lab.host(ip).addr(80)), Errno::ECONNREFUSED);
    }
}

#[test]
fn a_silent_host_says_nothing() {
    for_both(|_, host| {
        let host = host.silent();
        let error = TcpStream::connect_timeout(&host.addr(80), MOMENT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let socket = datagram_socket(host.addr(9));
        socket.send(b"x").unwrap();
        socket.set_read_timeout(Some(MOMENT)).unwrap();
        assert_errno(socket.recv(&mut [0; 8]), Errno::EAGAIN);
    });
}

#[test]
fn an_echo_sends_back_what_it_gets() {
    for_both(|_, host| {
        let host = host.echo();
        let mut stream = connect(host.addr(7)).unwrap();
        stream.write_all(b"hello").unwrap();
        let mut got = [0; 5];
        stream.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"hello");
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(stream.read(&mut got).unwrap(), 0);

        let socket = datagram_socket(host.addr(7));
        socket.send(b"hello").unwrap();
        assert_eq!(socket.recv(&mut got).unwrap(), 5);
        assert_eq!(&got, b"hello");
    });
}

#[test]
fn an_echo_of_much_is_whole() {
    for_both(|_, host| {
        let sent: Vec<u8> = (0..300_000_u32)
            .map(|at| u8::try_from(at % 251).unwrap())
            .collect();
        let mut stream = connect(host.echo().addr(7)).unwrap();
        let mut writer = stream.try_clone().unwrap();
        let got = std::thread::scope(|scope| {
            scope.spawn(|| {
                writer.write_all(&sent).unwrap();
                writer.shutdown(std::net::Shutdown::Write).unwrap();
            });
            let mut got = Vec::new();
            stream.read_to_end(&mut got).unwrap();
            got
        });
        assert!(got == sent, "{} of {} bytes", got.len(), sent.len());
    });
}

/// Source: `icmp_err_convert` in Linux; RFC 792, RFC 1812.
#[test]
fn every_icmp_error_has_its_errno() {
    let lab = Lab::new().unwrap();
    let host = lab.host("10.77.1.5");
    for (kind, code, errno) in [
        (3, 0, Errno::ENETUNREACH),
        (3, 1, Errno::EHOSTUNREACH),
        (3, 2, Errno::ENOPROTOOPT),
        (3, 3, Errno::ECONNREFUSED),
        (3, 5, Errno::EOPNOTSUPP),
        (3, 6, Errno::ENETUNREACH),
        (3, 7, Errno::EHOSTDOWN),
        (3, 9, Errno::ENETUNREACH),
        (3, 10, Errno::EHOSTUNREACH),
        (3, 11, Errno::ENETUNREACH),
        (3, 12, Errno::EHOSTUNREACH),
        (3, 13, Errno::EHOSTUNREACH),
        (3, 14, Errno::EHOSTUNREACH),
        (3, 15, Errno::EHOSTUNREACH),
        (11, 0, Errno::EHOSTUNREACH),
        (12, 0, Errno::EPROTO),
    ] {
        let error = connect(host.icmp(kind, code).addr(80)).unwrap_err();
        assert_eq!(Errno::of(&error), Some(errno), "{kind}/{code}: {error}");
    }
    // The name of this one is not the same on every system; the number is Linux's.
    let error = connect(host.icmp(3, 8).addr(80)).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENONET));
}

/// Source: `icmpv6_err_convert` in Linux; RFC 4443.
#[test]
fn every_icmpv6_error_has_its_errno() {
    let lab = Lab::new().unwrap();
    let host = lab.host("fd77::5");
    for (kind, code, errno) in [
        (1, 0, Errno::ENETUNREACH),
        (1, 1, Errno::EACCES),
        (1, 2, Errno::EHOSTUNREACH),
        (1, 3, Errno::EHOSTUNREACH),
        (1, 4, Errno::ECONNREFUSED),
        (1, 5, Errno::EACCES),
        (1, 6, Errno::EACCES),
        (3, 0, Errno::EHOSTUNREACH),
        (4, 0, Errno::EPROTO),
    ] {
        let error = connect(host.icmp(kind, code).addr(80)).unwrap_err();
        assert_eq!(Errno::of(&error), Some(errno), "{kind}/{code}: {error}");
    }
}

#[test]
fn a_connected_datagram_socket_gets_hard_errors() {
    let lab = Lab::new().unwrap();
    for (host, errno) in [
        (lab.host("10.77.1.5").icmp(3, 7), Errno::EHOSTDOWN),
        (lab.host("10.77.1.6").icmp(12, 0), Errno::EPROTO),
        (lab.host("fd77::5").icmp(1, 1), Errno::EACCES),
    ] {
        let socket = datagram_socket(host.addr(9));
        socket.send(b"x").unwrap();
        assert_errno(socket.recv(&mut [0; 8]), errno);
    }
}

#[test]
fn what_is_too_big_for_the_way_is_said_and_then_known() {
    let lab = Lab::new().unwrap();
    for (host, payload) in [
        (lab.host("10.77.1.5").echo().mtu(600), 800),
        (lab.host("fd77::5").echo().mtu(1300), 1400),
    ] {
        let socket = datagram_socket(host.addr(7));
        // The first packet may not be cut on its way; later ones the sender cuts itself.
        socket.send(&vec![1; payload]).unwrap();
        assert_errno(socket.recv(&mut [0; 2000]), Errno::EMSGSIZE);
        // TCP sends smaller segments, and loses nothing.
        let mut stream = connect(host.addr(7)).unwrap();
        stream.write_all(&[7; 3000]).unwrap();
        stream.read_exact(&mut [0; 3000]).unwrap();
    }
}

#[test]
fn a_connection_ends_at_the_byte_that_was_said() {
    for_both(|_, host| {
        let mut got = [0; 16];
        for after in [0, 1, 5] {
            let host = host.accept_then(Ending::Reset, After::Sent(after));
            let mut stream = match connect(host.addr(80)) {
                Ok(stream) => stream,
                // It may be there before the caller has seen that the connection stood.
                Err(error) if after == 0 => {
                    assert_eq!(Errno::of(&error), Some(Errno::ECONNRESET), "{error}");
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            // And before the bytes are sent: then that call is told, and no other.
            if let Err(error) = stream.write_all(b"0123456789") {
                assert_errno(Err::<(), _>(error), Errno::ECONNRESET);
                continue;
            }
            let mut read = 0;
            let error = loop {
                match stream.read(&mut got) {
                    Ok(0) => panic!("the end of the stream, in place of a reset"),
                    Ok(length) => read += length,
                    Err(error) => break error,
                }
            };
            assert_eq!(Errno::of(&error), Some(Errno::ECONNRESET), "{error}");
            // A reset takes along what was not read yet.
            assert!(read as u64 <= after, "{read} of {after}");
        }
        for after in [0, 1, 5] {
            let host = host.accept_then(Ending::Close, After::Sent(after));
            let mut stream = connect(host.addr(80)).unwrap();
            let _ = stream.write_all(b"0123456789");
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            assert_eq!(all.len() as u64, after);
        }
    });
}

#[test]
fn a_connection_falls_silent_at_the_byte_that_was_said() {
    for_both(|_, host| {
        let host = host.accept_then(Ending::Silence, After::Sent(3));
        let mut stream = connect(host.addr(80)).unwrap();
        stream.write_all(b"0123456789").unwrap();
        let mut got = [0; 16];
        stream.read_exact(&mut got[..3]).unwrap();
        stream.set_read_timeout(Some(MOMENT)).unwrap();
        assert_errno(stream.read(&mut got), Errno::EAGAIN);
    });
}

#[test]
fn a_host_dies_while_somebody_is_connected() {
    for_both(|_, host| {
        let mut stream = connect(host.echo().addr(7)).unwrap();
        stream.write_all(b"x").unwrap();
        stream.read_exact(&mut [0; 1]).unwrap();
        host.silent();
        stream.write_all(b"x").unwrap();
        stream.set_read_timeout(Some(MOMENT)).unwrap();
        assert_errno(stream.read(&mut [0; 1]), Errno::EAGAIN);
        // It comes back, and knows of nothing.
        host.refuse();
        stream.set_read_timeout(Some(WATCHDOG)).unwrap();
        assert_errno(stream.read(&mut [0; 1]), Errno::ECONNRESET);
    });
}

#[test]
fn a_reset_can_come_unasked() {
    for_both(|_, host| {
        let mut stream = connect(host.echo().addr(7)).unwrap();
        host.reset_connections();
        assert_errno(stream.read(&mut [0; 1]), Errno::ECONNRESET);
    });
}

#[test]
fn the_end_can_come_unasked() {
    for_both(|_, host| {
        let mut stream = connect(host.echo().addr(7)).unwrap();
        host.close_connections();
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    });
}

#[test]
fn answers_take_the_time_that_was_said() {
    const DELAY: Duration = Duration::from_millis(30);
    for_both(|_, host| {
        let host = host.echo().delay(DELAY);
        let began = Instant::now();
        let mut stream = connect(host.addr(7)).unwrap();
        assert!(began.elapsed() >= DELAY, "{:?}", began.elapsed());
        stream.write_all(b"x").unwrap();
        stream.read_exact(&mut [0; 1]).unwrap();
        assert!(began.elapsed() >= 2 * DELAY, "{:?}", began.elapsed());
    });
}

#[test]
fn as_many_packets_are_lost_as_was_said() {
    for_both(|_, host| {
        let socket = datagram_socket(host.echo().lose(2).addr(7));
        for number in [b"1", b"2", b"3"] {
            socket.send(number).unwrap();
        }
        let mut got = [0; 8];
        assert_eq!(socket.recv(&mut got).unwrap(), 1);
        assert_eq!(got[0], b'3');
    });
}

#[test]
fn a_host_that_was_asked_for_before_is_as_it_was() {
    let lab = Lab::new().unwrap();
    lab.host("10.77.1.5").echo();
    let host = lab.host([10, 77, 1, 5]);
    connect(host.addr(7)).unwrap();
    assert_eq!(format!("{host:?}"), "Host(10.77.1.5)");
}

#[test]
fn what_cannot_be_a_host_is_said_at_once() {
    let lab = Lab::new().unwrap();
    let says = |words: &str, wrong: &dyn Fn()| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(wrong)).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.contains(words), "{text}");
    };
    says("is not an IP address", &|| _ = lab.host("not.an.address"));
    says("the test's own", &|| _ = lab.host("10.77.0.1"));
    says("loopback", &|| _ = lab.host("127.0.0.1"));
    says("", &|| _ = lab.host("224.0.0.1"));
    says("", &|| _ = lab.host("10.77.1.5").icmp(8, 0));
    says("", &|| _ = lab.host("fd77::5").mtu(1279));
    // None of that has broken the lab.
    assert_errno(connect(lab.host("10.77.1.6").addr(80)), Errno::ECONNREFUSED);
}
