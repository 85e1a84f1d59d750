//! A peer strikes the connection it is told to, whatever else is connected to it.
#![cfg(target_os = "linux")]

use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use usocket_testkit::{Condition, Operation, provoke};

fn connected(scene: &usocket_testkit::Scene) -> TcpStream {
    let stream = TcpStream::connect(scene.addr()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    stream
}

#[test]
fn strikes_one_connection_of_several_in_any_order() {
    let scene = provoke(Condition::ConnectionReset)
        .on(Operation::Receive)
        .ready()
        .unwrap();
    let mut streams: Vec<_> = (0..4).map(|_| connected(&scene)).collect();
    for index in [2, 0, 3] {
        scene.strike(&streams[index]).unwrap();
        let error = streams[index].read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    let error = streams[1].read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock, "nobody struck it");
}

#[test]
fn strikes_from_another_thread() {
    let scene = provoke(Condition::ConnectionReset)
        .on(Operation::Receive)
        .ready()
        .unwrap();
    let mut stream = connected(&scene);
    let (scene, stream) = std::thread::spawn(move || {
        scene.strike(&stream).unwrap();
        let mut byte = [0];
        let error = stream.read(&mut byte).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        (scene, stream)
    })
    .join()
    .unwrap();
    drop((scene, stream));
}

#[test]
fn strikes_a_nonblocking_socket() {
    let scene = provoke(Condition::ConnectionReset)
        .on(Operation::Receive)
        .ready()
        .unwrap();
    let mut stream = connected(&scene);
    stream.set_nonblocking(true).unwrap();
    scene.strike(&stream).unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn strikes_no_socket_that_is_not_its_own() {
    let scene = provoke(Condition::ConnectionReset)
        .on(Operation::Receive)
        .ready()
        .unwrap();
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(elsewhere.local_addr().unwrap()).unwrap();
    let error = scene.strike(&stream).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let error = scene.strike(&elsewhere).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConnected);
}

#[test]
fn a_scene_without_an_address_says_so() {
    let scene = provoke(Condition::SocketTypeNotSupported)
        .any_shape()
        .ready()
        .unwrap();
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scene.addr()));
    let text = panic.unwrap_err().downcast::<String>().unwrap();
    assert!(text.contains("has no address"), "{text}");
}
