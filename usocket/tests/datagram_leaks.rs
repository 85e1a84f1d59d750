//! No call leaves a descriptor behind, be it successful or not: in a process of its own, whose
//! descriptors it counts.
#![cfg(target_os = "linux")]

#[path = "../../usocket-testkit/tests/counts/mod.rs"]
mod counts;

use std::time::Duration;

use counts::counts;
use usocket::{Cancel, UdpSocket, UnixDatagram, UnixListenOptions, UnixListener, UnixStream};

#[test]
fn no_descriptor_is_left_behind() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let round = |number: usize| {
        let now = Duration::ZERO;
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let own = socket.local_addr().unwrap();
        UdpSocket::bind(own).unwrap_err();
        UdpSocket::bind("0.0.0.1:0").unwrap_err();
        socket.connect(own).unwrap();
        let clone = socket.try_clone().unwrap();
        clone.recv_deadline(&mut [], now).unwrap_err();
        clone.disconnect().unwrap();
        drop(UdpSocket::from(clone.into_std()));

        let stream = path(&format!("stream {number}"));
        let listener = UnixListenOptions::new().backlog(0).bind(&stream).unwrap();
        UnixListener::bind(&stream).unwrap_err();
        UnixStream::connect(path("missing")).unwrap_err();
        let _client = UnixStream::connect(&stream).unwrap();
        UnixStream::connect_deadline(&stream, now).unwrap_err();
        let cancel = Cancel::new().unwrap();
        cancel.cancel();
        UnixStream::connect_deadline(&stream, &cancel).unwrap_err();
        listener.accept_deadline(now).unwrap();
        listener.accept_deadline(now).unwrap_err();
        drop(UnixListener::from(listener.try_clone().unwrap().into_std()));

        let datagram = path(&format!("datagram {number}"));
        let bound = UnixDatagram::bind(&datagram).unwrap();
        UnixDatagram::bind(&datagram).unwrap_err();
        bound.connect(path("missing")).unwrap_err();
        drop((UnixDatagram::pair().unwrap(), UnixStream::pair().unwrap()));
    };
    // Whatever the first round makes for all.
    round(0);
    let before = counts().0;
    (1..10).for_each(round);
    assert_eq!(counts().0, before);
}
