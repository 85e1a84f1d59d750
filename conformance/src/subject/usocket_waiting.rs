//! usocket once more: non-blocking calls behind [`wait_for`](usocket::wait_for) and [`WaitSet`], where
//! the [first face](super::Usocket) makes calls that have a deadline.
//!
//! Both must call a failure the same. What does not wait is the same call in both, and is made by the same code. To
//! connect is one call that waits: here it has no deadline.

use std::net::SocketAddr;

use usocket::{
    Condition, Datagram, Deadline, Error, Interest, Operation, TcpListener, TcpStream, UdpSocket,
    WaitSet, wait_for, wait_for_each,
};
use usocket_testkit::provoke::{Recipe, Shape};
use usocket_testkit::{Protocol, Scene};

#[cfg(not(unix))]
use super::no_unix as unix;
use super::usocket::{connected_datagram, datagram, given, stream};
use super::{
    Answer, Count, Inability, NEVER_WAITS_IN_THE_CALL, Subject, Usocket, happens_in_the_call,
    nothing, sends_plain_bytes,
};

/// usocket, where the program waits by itself.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UsocketWaiting;

impl Subject for UsocketWaiting {
    fn name(&self) -> &'static str {
        "usocket-waiting"
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        if happens_in_the_call(recipe) {
            return Err(NEVER_WAITS_IN_THE_CALL);
        }
        match (recipe.operation(), recipe.condition()) {
            (Operation::Connect | Operation::Close, Condition::Timeout) => {
                Err("usocket has no such call that leaves the waiting to the program")
            }
            (Operation::Lookup, Condition::Timeout) => {
                Err("a look-up has no socket to wait for: its limit is a deadline")
            }
            _ => Usocket.can(recipe, protocol),
        }
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        if scene.operation() == Operation::Connect && is_tcp_target(scene) {
            let connected = TcpStream::connect(scene.addr());
            return Ok(Answer::of_usocket(nothing(connected)));
        }
        let waits = matches!(
            scene.operation(),
            Operation::Accept
                | Operation::Send
                | Operation::SendTo
                | Operation::Receive
                | Operation::ReceiveFrom
        );
        if !waits {
            return Usocket.perform(scene);
        }
        if scene.protocol() == Protocol::UnixStream {
            return unix::perform(scene);
        }
        match scene.operation() {
            Operation::Accept => accept(scene),
            Operation::Send if scene.protocol().is_stream() => send_bytes(scene),
            Operation::Receive if scene.protocol().is_stream() => receive_bytes(scene),
            Operation::Send => send_datagram(scene),
            Operation::Receive => receive_datagram(scene),
            Operation::SendTo => send_to(scene),
            _ => receive_from(scene),
        }
    }
}

/// For what is given, there is one call only.
fn is_tcp_target(scene: &Scene) -> bool {
    matches!(scene.protocol(), Protocol::Tcp4 | Protocol::Tcp6) && !scene.given().has_descriptor()
}

const NO_FLAGS: &str = "usocket sends without flags and control messages";

fn send_datagram(scene: &Scene) -> Result<Answer, Inability> {
    sends_plain_bytes(scene, NO_FLAGS)?;
    let socket = connected_datagram(scene)?;
    let send = |socket: &UdpSocket| socket.send(scene.payload());
    Ok(with_datagrams(scene, &socket, Interest::WRITABLE, send))
}

fn receive_datagram(scene: &Scene) -> Result<Answer, Inability> {
    let socket = connected_datagram(scene)?;
    let receive = |socket: &UdpSocket| socket.recv(&mut [0; 16]).map(length);
    Ok(with_datagrams(scene, &socket, Interest::READABLE, receive))
}

fn send_to(scene: &Scene) -> Result<Answer, Inability> {
    let socket = datagram(scene)?;
    let send = |socket: &UdpSocket| socket.send_to(scene.payload(), scene.addr());
    Ok(with_datagrams(scene, &socket, Interest::WRITABLE, send))
}

fn receive_from(scene: &Scene) -> Result<Answer, Inability> {
    let socket = datagram(scene)?;
    let receive = |socket: &UdpSocket| socket.recv_from(&mut [0; 16]).map(length);
    Ok(with_datagrams(scene, &socket, Interest::READABLE, receive))
}

fn length(datagram: Datagram<SocketAddr>) -> usize {
    datagram.len
}

/// The call, behind waits as long as it would block. Where the far end has struck, the first wait must end.
fn when_ready<T: Count>(
    scene: &Scene,
    wait: impl Fn(Deadline) -> Result<bool, Error>,
    call: impl Fn() -> Result<T, Error>,
) -> Answer {
    if scene.limit().is_none() && scene.shape() != Shape::Peer {
        return Answer::of_usocket(call());
    }
    let deadline = Deadline::from(scene.limit());
    loop {
        match wait(deadline) {
            Ok(true) => {}
            Ok(false) => return Answer::timed_out("nothing was ready by the deadline"),
            Err(error) => return Answer::of_usocket::<()>(Err(error)),
        }
        match call() {
            Err(error) if error.condition() == Condition::WouldBlock => {}
            result => return Answer::of_usocket(result),
        }
    }
}

fn accept(scene: &Scene) -> Result<Answer, Inability> {
    let listener: TcpListener = given(scene)?;
    // Where no call is possible, this one is not either, and the next one says so.
    let _ = listener.set_nonblocking(true);
    let wait = |deadline| wait_for(&[&listener], deadline).map(|ready| ready == [0]);
    Ok(when_ready(scene, wait, || nothing(listener.accept())))
}

fn receive_bytes(scene: &Scene) -> Result<Answer, Inability> {
    let stream = stream(scene)?;
    let _ = stream.set_nonblocking(true);
    let wait = |deadline| wait_for(&[&stream], deadline).map(|ready| ready == [0]);
    Ok(when_ready(scene, wait, || stream.recv(&mut [0; 16])))
}

fn send_bytes(scene: &Scene) -> Result<Answer, Inability> {
    sends_plain_bytes(scene, NO_FLAGS)?;
    let stream = stream(scene)?;
    let _ = stream.set_nonblocking(true);
    let wait = |deadline| {
        let ready = wait_for_each(&[(&stream, Interest::WRITABLE)], deadline)?;
        Ok(!ready.is_empty())
    };
    Ok(when_ready(scene, wait, || stream.send(scene.payload())))
}

/// Datagrams wait in a set, so that both ways to wait are under test.
fn with_datagrams<T: Count>(
    scene: &Scene,
    socket: &UdpSocket,
    interest: Interest,
    call: impl Fn(&UdpSocket) -> Result<T, Error>,
) -> Answer {
    let _ = socket.set_nonblocking(true);
    let wait = |deadline| {
        let set = WaitSet::new()?;
        set.add(socket, (), interest)?;
        Ok(!set.wait(deadline)?.is_empty())
    };
    when_ready(scene, wait, || call(socket))
}

/// The same calls on the owners of the Unix domain.
#[cfg(unix)]
mod unix {
    use usocket::{Interest, Operation, UnixListener, UnixStream, WaitSet, wait_for};
    use usocket_testkit::Scene;

    use super::super::usocket::given;
    use super::super::{Answer, Inability, NO_CALL, nothing, sends_plain_bytes};
    use super::{NO_FLAGS, when_ready};

    pub(super) fn perform(scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Accept => accept(scene),
            Operation::Send => {
                sends_plain_bytes(scene, NO_FLAGS)?;
                let stream = stream(scene)?;
                Ok(Answer::of_usocket(stream.send(scene.payload())))
            }
            Operation::Receive => receive(scene),
            _ => Err(Inability::Inexpressible(NO_CALL)),
        }
    }

    fn accept(scene: &Scene) -> Result<Answer, Inability> {
        let listener: UnixListener = given(scene)?;
        listener.set_nonblocking(true)?;
        let wait = |deadline| wait_for(&[&listener], deadline).map(|ready| ready == [0]);
        Ok(when_ready(scene, wait, || nothing(listener.accept())))
    }

    fn stream(scene: &Scene) -> Result<UnixStream, Inability> {
        let stream: UnixStream = given(scene)?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    }

    fn receive(scene: &Scene) -> Result<Answer, Inability> {
        let stream = stream(scene)?;
        let wait = |deadline| {
            let set = WaitSet::new()?;
            set.add(&stream, (), Interest::READABLE)?;
            Ok(!set.wait(deadline)?.is_empty())
        };
        Ok(when_ready(scene, wait, || stream.recv(&mut [0; 16])))
    }
}
