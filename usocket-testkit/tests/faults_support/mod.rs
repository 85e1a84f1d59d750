//! What the tests of rules share.
#![allow(dead_code)] // each of them uses a part

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use usocket_testkit::{Errno, Faults};

pub(crate) const WATCHDOG: Duration = Duration::from_secs(30);

pub(crate) fn faults() -> Faults {
    Faults::here().unwrap_or_else(|refusal| panic!("{refusal}"))
}

pub(crate) fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

/// Two ends of a TCP connection, neither of which waits for ever.
pub(crate) fn pair() -> (TcpStream, TcpStream) {
    let (listener, addr) = listener();
    let near = TcpStream::connect(addr).unwrap();
    let (far, _) = listener.accept().unwrap();
    for end in [&near, &far] {
        end.set_read_timeout(Some(WATCHDOG)).unwrap();
    }
    (near, far)
}

pub(crate) fn udp() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(WATCHDOG)).unwrap();
    let addr = socket.local_addr().unwrap();
    (socket, addr)
}

#[track_caller]
pub(crate) fn errno<T: std::fmt::Debug>(result: io::Result<T>) -> Errno {
    let error = result.unwrap_err();
    Errno::of(&error).unwrap_or_else(|| panic!("{error:?}"))
}
