//! Rules leave nothing behind but a filter: no descriptor, no thread, and no socket of a call that they answered.
//! Counting is for the whole process: this file has one test only.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod counts;
mod faults_support;

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::thread;

use usocket_testkit::faults::Rule;
use usocket_testkit::{Errno, Operation};

use counts::counts;
use faults_support::{faults, listener, udp};

fn everything() {
    let faults = faults();
    let recording = faults.record();
    let (server, addr) = listener();
    let aborted = Errno::ECONNABORTED;
    let rules = [
        faults
            .on(Operation::Accept)
            .times(1)
            .consume()
            .errno(aborted),
        faults
            .on(Operation::Socket)
            .skip(3)
            .times(2)
            .errno_after(Errno::EMFILE),
        faults
            .on(Operation::Duplicate)
            .times(1)
            .errno_after(Errno::EMFILE),
        faults
            .on(Operation::Close)
            .times(1)
            .errno_after(Errno::EINTR),
    ];
    let (_other, meant) = udp();
    let _redirect = faults.on(Operation::Connect).to(meant).redirect(addr);
    let client = TcpStream::connect(meant).unwrap();
    assert!(server.accept().is_err());
    drop(client.try_clone().unwrap_err());
    let mut failed = 0;
    for _ in 0..4 {
        failed += u32::from(UnixStream::pair().is_err());
        failed += u32::from(UdpSocket::bind("127.0.0.1:0").is_err());
        failed += u32::from(TcpListener::bind("127.0.0.1:0").is_err());
    }
    drop(client);
    assert_eq!(failed, 2);
    assert_eq!(rules.each_ref().map(Rule::hits), [1, 2, 1, 1]);
    assert!(!recording.records().is_empty());
}

#[test]
fn rules_leave_nothing_behind() {
    // Whatever a library opens once and keeps.
    thread::spawn(everything).join().unwrap();
    let before = counts();
    for _ in 0..20 {
        thread::spawn(everything).join().unwrap();
        everything();
    }
    assert_eq!(counts(), before);
}
