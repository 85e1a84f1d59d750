//! What the tests of waiting have in common.
#![allow(dead_code, reason = "each test file needs a part of it")]

use std::time::{Duration, Instant};

use usocket::{Readiness, TcpListener, TcpStream, UdpSocket, WaitSet};

pub(crate) const NOW: Duration = Duration::ZERO;
pub(crate) const SOON: Duration = Duration::from_millis(30);

/// Only ever reached if the call under test hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What watches the members.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// The best that the system has.
    Native,
    /// What every system has.
    Poll,
}

impl Kind {
    pub(crate) fn set<'a, K>(self) -> WaitSet<'a, K> {
        match self {
            Self::Native => WaitSet::new(),
            Self::Poll => WaitSet::with_poll(),
        }
        .unwrap()
    }
}

pub(crate) fn tcp() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    (client, listener.accept_deadline(PATIENCE).unwrap().0)
}

/// Two that send to each other.
pub(crate) fn udp() -> (UdpSocket, UdpSocket) {
    let [one, two] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    one.connect(two.local_addr().unwrap()).unwrap();
    two.connect(one.local_addr().unwrap()).unwrap();
    (one, two)
}

/// What a wait gave that something else than its deadline ended.
pub(crate) fn in_time<K: Clone>(set: &WaitSet<'_, K>) -> Vec<(K, Readiness)> {
    let begin = Instant::now();
    let ready = set.wait(PATIENCE).unwrap();
    assert!(begin.elapsed() < PATIENCE, "nothing ended the wait");
    ready
}
