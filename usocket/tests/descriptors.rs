//! Many descriptors and none left: in a process of its own, whose limit it changes.
#![cfg(target_os = "linux")]

use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use usocket::{Condition, Disposition, TcpListener, TcpStream, UdpSocket};

/// Only ever reached if the call under test hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Above what `select(2)` can count.
const MANY: rlim_t = 1100;

#[test]
fn descriptors_above_1023_wait_and_none_left_is_a_condition() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    assert!(
        hard >= 2 * MANY,
        "this test needs `ulimit -Hn` of {} at least",
        2 * MANY
    );
    setrlimit(Resource::RLIMIT_NOFILE, 2 * MANY, hard).unwrap();

    let low: Vec<_> = (0..MANY)
        .map(|_| std::fs::File::open("/dev/null").unwrap())
        .collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    let (server, _) = listener.accept_deadline(PATIENCE).unwrap();
    assert!(
        [listener.as_raw_fd(), client.as_raw_fd(), server.as_raw_fd()]
            .iter()
            .all(|fd| *fd > 1023)
    );
    let soon = Duration::from_millis(10);
    let error = server.recv_deadline(&mut [0; 1], soon).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    client.send(b"x").unwrap();
    assert_eq!(server.recv_deadline(&mut [0; 1], PATIENCE).unwrap(), 1);
    drop(low);

    // A connection that cannot be accepted for want of a descriptor waits until there is one.
    let waiting = TcpStream::connect_deadline(address, PATIENCE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 64, hard).unwrap();
    let mut rest = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        rest.push(file);
    }
    let errors = [
        TcpStream::connect_deadline(address, PATIENCE)
            .map(drop)
            .unwrap_err(),
        TcpListener::bind("127.0.0.1:0").map(drop).unwrap_err(),
        UdpSocket::bind("127.0.0.1:0").map(drop).unwrap_err(),
        client.try_clone().map(drop).unwrap_err(),
        listener.try_accept().map(drop).unwrap_err(),
    ];
    drop(rest);
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    for error in &errors {
        assert_eq!(error.condition(), Condition::TooManyOpenFiles, "{error:?}");
    }
    assert_eq!(errors[4].disposition(), Disposition::BackOff);
    let (_, peer) = listener.accept_deadline(PATIENCE).unwrap();
    assert_eq!(peer, waiting.local_addr().unwrap());
}
