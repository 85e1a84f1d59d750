//! What the tests of servers have in common.
#![allow(dead_code, reason = "each test file needs a part of it")]

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use usocket::{ServerEvent, TcpStream};

/// Only ever reached if the call under test hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a server told, in order.
pub(crate) struct Events(Receiver<ServerEvent>);

/// A callback, and what it was told.
pub(crate) fn events() -> (impl Fn(ServerEvent) + Send + Sync + 'static, Events) {
    let (sender, receiver) = channel();
    // A test that has seen enough has dropped its end.
    (move |event| drop(sender.send(event)), Events(receiver))
}

impl Events {
    /// The next event that is one of those.
    pub(crate) fn wait_for<T>(&self, wanted: impl Fn(&ServerEvent) -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(begin.elapsed());
            let event = self.0.recv_timeout(left).expect("the event has to come");
            if let Some(wanted) = wanted(&event) {
                return wanted;
            }
        }
    }

    /// What else there is by now.
    pub(crate) fn rest(&self) -> Vec<ServerEvent> {
        self.0.try_iter().collect()
    }
}

pub(crate) fn accepted(event: &ServerEvent) -> Option<SocketAddr> {
    match event {
        ServerEvent::Accepted { peer } => Some(*peer),
        _ => None,
    }
}

pub(crate) fn closed(event: &ServerEvent) -> Option<SocketAddr> {
    match event {
        ServerEvent::Closed { peer } => Some(*peer),
        _ => None,
    }
}

pub(crate) fn failed(event: &ServerEvent) -> Option<(SocketAddr, String)> {
    match event {
        ServerEvent::HandlerFailed { peer, error } => Some((*peer, error.to_string())),
        _ => None,
    }
}

pub(crate) fn panicked(event: &ServerEvent) -> Option<(SocketAddr, String)> {
    match event {
        ServerEvent::HandlerPanicked { peer, message } => Some((*peer, message.clone())),
        _ => None,
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect_deadline(address, PATIENCE).unwrap()
}

/// Sends a text to a server that echoes, and gets it back.
pub(crate) fn echoes(client: &TcpStream, text: &str) {
    client
        .write_all_deadline(text.as_bytes(), PATIENCE)
        .unwrap();
    let mut answer = vec![0; text.len()];
    client.read_exact_deadline(&mut answer, PATIENCE).unwrap();
    assert_eq!(answer, text.as_bytes());
}

/// Waits for the end of the stream, however it comes.
pub(crate) fn ends(client: &TcpStream) {
    let mut buffer = [0; 4096];
    loop {
        match client.recv_deadline(&mut buffer, PATIENCE) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                assert!(!error.is_timeout(), "{error}");
                return;
            }
        }
    }
}

/// For what is no event that anybody could wait for, such as the end of a thread.
pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}
