//! What options cost: how often the system is asked. The seam counts the calls of this thread.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use usocket::{Condition, Error, Operation, TcpListener, TcpStream, UdpSocket, seam};

const PATIENCE: Duration = Duration::from_secs(20);
const SOON: Option<Duration> = Some(Duration::from_millis(20));
const LATER: Option<Duration> = Some(Duration::from_secs(5));

fn streams() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect_deadline(listener.local_addr().unwrap(), PATIENCE).unwrap();
    (client, listener.accept_deadline(PATIENCE).unwrap().0)
}

/// The operations of the system calls that `calls` makes.
fn counted<T>(calls: impl FnOnce() -> T) -> (Vec<Operation>, T) {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&seen);
    let guard = seam::install(move |call| {
        log.borrow_mut().push(call.operation());
        None
    });
    let result = calls();
    drop(guard);
    (seen.take(), result)
}

/// Makes every set of an option fail on this thread as long as it lives.
fn broken() -> seam::Guard {
    seam::install(|call| {
        (call.operation() == Operation::SetOption).then(|| io::ErrorKind::PermissionDenied.into())
    })
}

type Set<S> = fn(&S, Option<Duration>) -> Result<(), Error>;

fn costs_one_call<S>(socket: &S, clone: &S, set: Set<S>) {
    let (calls, ()) = counted(|| set(socket, LATER).unwrap());
    assert_eq!(calls, [Operation::SetOption]);
    let (calls, ()) = counted(|| {
        set(socket, LATER).unwrap();
        set(clone, LATER).unwrap();
    });
    assert_eq!(calls, [], "it is so already");
    let (calls, ()) = counted(|| set(clone, SOON).unwrap());
    assert_eq!(calls, [Operation::SetOption]);
    let (calls, ()) = counted(|| {
        set(socket, None).unwrap();
        set(clone, None).unwrap();
    });
    assert_eq!(calls, [Operation::SetOption]);
}

#[test]
fn a_timeout_that_is_set_already_costs_nothing() {
    let (stream, _peer) = streams();
    let clone = stream.try_clone().unwrap();
    costs_one_call(&stream, &clone, TcpStream::set_read_timeout);
    costs_one_call(&stream, &clone, TcpStream::set_write_timeout);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let clone = socket.try_clone().unwrap();
    costs_one_call(&socket, &clone, UdpSocket::set_read_timeout);
    costs_one_call(&socket, &clone, UdpSocket::set_write_timeout);
}

#[test]
fn a_new_socket_is_known_to_have_no_timeout() {
    let (stream, _peer) = streams();
    let (calls, ()) = counted(|| stream.set_read_timeout(None).unwrap());
    assert_eq!(calls, []);
}

#[test]
fn of_a_socket_of_somebody_else_nothing_is_known() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(LATER).unwrap();
    let socket = UdpSocket::from(socket);
    let (calls, ()) = counted(|| {
        socket.set_read_timeout(None).unwrap();
        socket.set_read_timeout(None).unwrap();
    });
    assert_eq!(calls, [Operation::SetOption]);
    assert_eq!(socket.read_timeout().unwrap(), None);
}

#[test]
fn a_timeout_that_could_not_be_set_is_tried_again() {
    let (stream, _peer) = streams();
    stream.set_read_timeout(LATER).unwrap();
    let guard = broken();
    let error = stream.set_read_timeout(SOON).unwrap_err();
    assert_eq!(error.condition(), Condition::OperationNotPermitted);
    drop(guard);
    let (calls, ()) = counted(|| stream.set_read_timeout(LATER).unwrap());
    assert_eq!(calls, [Operation::SetOption], "who knows what it is now?");
    assert_eq!(stream.read_timeout().unwrap(), LATER);
}

#[test]
fn what_cannot_be_set_is_not_asked_for() {
    let (stream, _peer) = streams();
    let (calls, ()) = counted(|| {
        stream.set_ttl(256).unwrap_err();
        stream.set_linger(Some(Duration::MAX)).unwrap_err();
        stream.set_read_timeout(Some(Duration::ZERO)).unwrap_err();
        stream.set_read_timeout(Some(Duration::MAX)).unwrap_err();
        stream.set_send_buffer_size(usize::MAX).unwrap_err();
        stream.set_traffic_class(1).unwrap_err();
    });
    assert_eq!(calls, []);
}

#[test]
fn a_mode_that_could_not_be_set_is_not_remembered() {
    let (stream, _peer) = streams();
    stream.set_read_timeout(SOON).unwrap();
    let guard = broken();
    let error = stream.set_nonblocking(true).unwrap_err();
    assert_eq!(error.operation(), Operation::SetOption);
    drop(guard);
    assert!(!stream.nonblocking().unwrap());
    let error = stream.recv(&mut [0; 1]).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout, "it still waits");
}

#[test]
fn each_option_passes_the_seam_and_keeps_its_operation() {
    let (stream, _peer) = streams();
    let _guard = seam::install(|_| Some(io::ErrorKind::NetworkDown.into()));
    for (operation, result) in [
        (Operation::GetOption, stream.nodelay().map(drop)),
        (Operation::SetOption, stream.set_nodelay(true)),
        (Operation::GetOption, stream.ttl().map(drop)),
        (Operation::SetOption, stream.set_ttl(9)),
        (Operation::GetOption, stream.recv_buffer_size().map(drop)),
        (Operation::SetOption, stream.set_recv_buffer_size(9_999)),
        (Operation::GetOption, stream.read_timeout().map(drop)),
        (Operation::SetOption, stream.set_read_timeout(LATER)),
        (Operation::GetOption, stream.linger().map(drop)),
        (Operation::SetOption, stream.set_linger(LATER)),
        (Operation::GetOption, stream.take_error().map(drop)),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.condition(), Condition::NetworkDown);
        assert_eq!(error.operation(), operation);
    }
}
