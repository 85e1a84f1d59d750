//! What is written down, and what may not leave the machine.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod faults_support;

use std::io::{IoSlice, Read, Write};
use std::net::{TcpListener, TcpStream};

use usocket_testkit::{Errno, Operation};

use faults_support::{WATCHDOG, faults, udp};

#[test]
fn a_recording_reads_like_a_trace() {
    let faults = faults();
    let recording = faults.record();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    let mut near = TcpStream::connect_timeout(&addr, WATCHDOG).unwrap();
    let (mut far, client) = server.accept().unwrap();
    near.set_nodelay(true).unwrap();
    near.write_all(b"hello").unwrap();
    let parts = [IoSlice::new(b"a"), IoSlice::new(b"bc")];
    assert_eq!(near.write_vectored(&parts).unwrap(), 3);
    far.read_exact(&mut [0; 8]).unwrap();
    let rule = faults.on(Operation::Receive).errno(Errno::ECONNRESET);
    assert!(far.read(&mut [0; 8]).is_err());
    drop(rule);
    let (datagrams, _) = udp();
    datagrams.send_to(b"xyz", addr).unwrap();
    far.shutdown(std::net::Shutdown::Write).unwrap();
    drop(near);
    let text = recording.to_string();
    println!("{text}");
    let lines = [
        "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = ".to_owned(),
        ", SOL_SOCKET, SO_REUSEADDR, 1) = 0 <".into(),
        ", 127.0.0.1:0) = 0 <".into(),
        format!("[{addr}]"),
        format!(", {addr}) = EINPROGRESS (operation in progress) <"),
        ": POLLOUT) = 1 [".into(),
        format!(" [{client}] <"),
        ", IPPROTO_TCP, TCP_NODELAY, 1) = 0 <".into(),
        ", 5 bytes, MSG_NOSIGNAL) = 5 <".into(),
        ", 3 bytes in 2 buffers) = 3 <".into(),
        ", 8 bytes) = 8 <".into(),
        " µs> by a rule\n".into(),
        format!(", 3 bytes, MSG_NOSIGNAL, {addr}) = 3 <"),
        ", SHUT_WR) = 0 <".into(),
        "close(".into(),
    ];
    let mut rest = text.as_str();
    for line in lines {
        let Some((_, after)) = rest.split_once(&line) else {
            panic!("{line:?} is not in:\n{rest}");
        };
        rest = after;
    }
    let records = recording.records();
    let failed: Vec<_> = records.iter().filter(|record| record.by_rule()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].outcome(), Err(Errno::ECONNRESET));
    assert_eq!(failed[0].call(), "recvfrom");
    assert_eq!(failed[0].operation(), Operation::Receive);
    assert!(failed[0].duration() < WATCHDOG);
    assert!(failed[0].thread() > 0);
    let before = records.len();
    drop(recording);
    let second = faults.record();
    assert!(second.records().is_empty() && before > 15);
}

/// The guard must be told from the kernel: the destination is one that no machine has a way to from inside a lab, and
/// the kernel's own answer would be another.
#[cfg(feature = "lab")]
mod hermetic {
    use std::net::UdpSocket;
    use std::panic;
    use std::time::Duration;

    use super::*;
    use faults_support::{errno, listener};

    usocket_testkit::lab_main!();

    #[test]
    fn what_would_leave_the_machine_is_refused_and_told_with_its_trace() {
        let lab = usocket_testkit::Lab::new().unwrap();
        let host = lab.host("10.77.1.5").echo();
        let faults = faults();
        let hermetic = faults.hermetic();
        // These stay.
        let (_server, addr) = listener();
        TcpStream::connect(addr).unwrap();
        TcpStream::connect(host.addr(7)).unwrap();
        let (datagrams, datagram_addr) = udp();
        datagrams.send_to(b"x", datagram_addr).unwrap();
        assert!(hermetic.refused().is_empty());
        // These do not.
        let far = ([192, 0, 2, 1], 80).into();
        let outside = UdpSocket::bind("0.0.0.0:0").unwrap();
        assert_eq!(errno(TcpStream::connect(far)), Errno::EPERM);
        assert_eq!(errno(outside.send_to(b"x", far)), Errno::EPERM);
        let timeout = TcpStream::connect_timeout(&far, Duration::from_secs(1));
        assert_eq!(errno(timeout), Errno::EPERM);
        // One that a rule brings home stays, too.
        let _rule = faults.on(Operation::Connect).to(far).redirect(addr);
        TcpStream::connect(far).unwrap();
        assert_eq!(hermetic.refused(), [far; 3]);

        let said = panic::catch_unwind(panic::AssertUnwindSafe(|| drop(hermetic))).unwrap_err();
        let said = said.downcast_ref::<String>().unwrap();
        assert!(said.contains("connect to 192.0.2.1:80"), "{said}");
        assert!(said.contains("sendto to 192.0.2.1:80"), "{said}");
        assert!(
            said.contains("what_would_leave_the_machine_is_refused"),
            "the backtrace has the caller: {said}"
        );
        TcpStream::connect(host.addr(7)).unwrap();
    }

    /// A second panic would end the process: it prints instead.
    #[test]
    fn a_test_that_fails_already_is_left_to_it() {
        let _lab = usocket_testkit::Lab::new().unwrap();
        let faults = faults();
        let said = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            let _hermetic = faults.hermetic();
            let _ = TcpStream::connect(("192.0.2.1", 80));
            panic!("the test's own");
        }));
        assert_eq!(
            *said.unwrap_err().downcast_ref::<&str>().unwrap(),
            "the test's own"
        );
    }

    /// The lab's own threads answer although they were started under the rules. Without their exemption the first of
    /// these fails in the lab's responder, and the second in its resolver.
    #[test]
    fn the_testkits_own_threads_are_exempt() {
        let faults = faults();
        let rules = [Operation::SendTo, Operation::Wait]
            .map(|operation| faults.on(operation).errno(Errno::EIO));
        let lab = usocket_testkit::Lab::new().unwrap();
        let host = lab.host("10.77.1.5").echo();
        let mut stream = TcpStream::connect(host.addr(7)).unwrap();
        stream.set_read_timeout(Some(WATCHDOG)).unwrap();
        stream.write_all(b"hello").unwrap();
        stream.read_exact(&mut [0; 5]).unwrap();
        let [send_to, wait] = rules;
        drop(wait);
        // The resolver answers with sendto; the C library asks with send.
        lab.names().add("web.test", [host.ip()]);
        let found = std::net::ToSocketAddrs::to_socket_addrs("web.test:7").unwrap();
        assert_eq!(found.count(), 1);
        assert_eq!(send_to.hits(), 0);
    }

    /// No name server of ours is needed to see a look-up fail.
    #[test]
    fn a_look_up_fails_when_the_resolver_cannot_ask() {
        let _lab = usocket_testkit::Lab::new().unwrap();
        let faults = faults();
        let rule = faults
            .on(Operation::Connect)
            .to_port(53)
            .errno(Errno::ENETUNREACH);
        assert!(std::net::ToSocketAddrs::to_socket_addrs("web.test:7").is_err());
        rule.assert_hit();
    }
}
