//! The crate mio.
//!
//! Its calls never wait: they are made again when a poll says that they can be. Its errors are std's, so it too names a
//! failure by [`io::ErrorKind`](std::io::ErrorKind).

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown};
use std::time::{Duration, Instant};

use mio::event::Source;
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Events, Interest, Poll, Token};
use usocket::Operation;
use usocket_testkit::provoke::{OptionCall, Recipe, Shape};
use usocket_testkit::{Protocol, Scene};

#[cfg(not(unix))]
use super::no_unix as unix;
use super::{
    Answer, CLOSES_SILENTLY, Count, Inability, NEVER_WAITS_IN_THE_CALL, NO_CALL, NO_OPTION,
    Subject, happens_in_the_call, local, nothing, plain_arguments, struck,
};

/// `mio::net` and `mio::Poll`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Mio;

impl Subject for Mio {
    fn name(&self) -> &'static str {
        "mio"
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        if happens_in_the_call(recipe) {
            return Err(NEVER_WAITS_IN_THE_CALL);
        }
        let given = recipe.shape() == Shape::Given;
        match recipe.operation() {
            Operation::Socket => Err("mio makes sockets and binds or connects them in one call"),
            Operation::Bind if given => Err("mio makes and binds a socket in one call"),
            Operation::Listen => Err("mio makes a listener in one call"),
            Operation::Connect if given && protocol.is_stream() => {
                Err("mio makes and connects a stream in one call")
            }
            Operation::Shutdown if !protocol.is_stream() => Err("mio shuts down streams only"),
            Operation::Lookup | Operation::ReverseLookup => Err("mio looks nothing up"),
            Operation::Close => Err(CLOSES_SILENTLY),
            _ => Ok(()),
        }
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        plain_arguments(scene)?;
        if scene.protocol() == Protocol::UnixStream {
            return unix::perform(scene);
        }
        match scene.operation() {
            Operation::Bind => Ok(bind(scene)),
            Operation::Connect => connect(scene),
            Operation::Accept => accept(scene),
            Operation::Send => send(scene),
            Operation::SendTo => {
                let sent = datagram(scene)?.send_to(scene.payload(), scene.addr());
                Ok(Answer::of_io(sent))
            }
            Operation::Receive => receive(scene),
            Operation::ReceiveFrom => when_ready(scene, READ, datagram(scene)?, |socket| {
                socket.recv_from(&mut [0; 16]).map(|(length, _)| length)
            }),
            Operation::Shutdown => Ok(Answer::of_io(stream(scene)?.shutdown(Shutdown::Both))),
            Operation::GetOption => get_option(scene),
            Operation::SetOption => set_option(scene),
            Operation::LocalName => Ok(Answer::of_io(nothing(datagram(scene)?.local_addr()))),
            Operation::PeerName => Ok(Answer::of_io(nothing(datagram(scene)?.peer_addr()))),
            _ => Err(Inability::Inexpressible(NO_CALL)),
        }
    }
}

const READ: Interest = Interest::READABLE;
const WRITE: Interest = Interest::WRITABLE;

/// A poll with one source.
struct Waiting {
    poll: Poll,
    events: Events,
    end: Option<Instant>,
}

impl Waiting {
    fn new(
        source: &mut impl Source,
        interest: Interest,
        limit: Option<Duration>,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.registry().register(source, Token(0), interest)?;
        Ok(Self {
            poll,
            events: Events::with_capacity(1),
            end: limit.map(|limit| Instant::now() + limit),
        })
    }

    /// Whether there was an event before the end.
    fn wait(&mut self) -> io::Result<bool> {
        let left = self
            .end
            .map(|end| end.saturating_duration_since(Instant::now()));
        loop {
            match self.poll.poll(&mut self.events, left) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other.map(|()| !self.events.is_empty()),
            }
        }
    }
}

fn timed_out() -> Answer {
    Answer::timed_out("poll: no event in time")
}

/// The call; under a limit, and where the far end has struck, behind the events that say that it can be made.
fn when_ready<S: Source, T: Count>(
    scene: &Scene,
    interest: Interest,
    mut source: S,
    call: impl Fn(&mut S) -> io::Result<T>,
) -> Result<Answer, Inability> {
    if scene.limit().is_none() && scene.shape() != Shape::Peer {
        return Ok(Answer::of_io(call(&mut source)));
    }
    let mut waiting = Waiting::new(&mut source, interest, scene.limit())?;
    while waiting.wait()? {
        match call(&mut source) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => return Ok(Answer::of_io(result)),
        }
    }
    Ok(timed_out())
}

fn bind(scene: &Scene) -> Answer {
    Answer::of_io(if scene.protocol().is_stream() {
        nothing(TcpListener::bind(scene.addr()))
    } else {
        nothing(UdpSocket::bind(scene.addr()))
    })
}

fn connect(scene: &Scene) -> Result<Answer, Inability> {
    if !scene.protocol().is_stream() {
        return Ok(Answer::of_io(datagram(scene)?.connect(scene.addr())));
    }
    match TcpStream::connect(scene.addr()) {
        Ok(stream) => completed(scene, stream).map(|(answer, _)| answer),
        Err(error) => Ok(Answer::of_io::<()>(Err(error))),
    }
}

/// The steps in the documentation of `TcpStream::connect`, from the second; the answer, and the stream.
fn completed(scene: &Scene, mut stream: TcpStream) -> Result<(Answer, TcpStream), Inability> {
    let mut waiting = Waiting::new(&mut stream, WRITE, scene.limit())?;
    let mut answer = timed_out();
    while waiting.wait()? {
        if let Some(error) = stream.take_error()? {
            answer = Answer::of_io::<()>(Err(error));
            break;
        }
        match stream.peer_addr() {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {}
            result => {
                answer = Answer::of_io(nothing(result));
                break;
            }
        }
    }
    // It is to wait in another poll.
    waiting.poll.registry().deregister(&mut stream)?;
    Ok((answer, stream))
}

fn accept(scene: &Scene) -> Result<Answer, Inability> {
    let listener = struck(scene, |descriptor| {
        let listener = std::net::TcpListener::from(descriptor);
        // Where no call is possible, this one is not either, and the next one says so.
        let _ = listener.set_nonblocking(true);
        Ok(TcpListener::from_std(listener))
    })?;
    when_ready(scene, READ, listener, |listener| nothing(listener.accept()))
}

/// A connected stream that the scene gave or that is connected to its peer, which then strikes.
fn stream(scene: &Scene) -> Result<TcpStream, Inability> {
    if scene.given().has_descriptor() {
        return struck(scene, |descriptor| {
            let stream = std::net::TcpStream::from(descriptor);
            let _ = stream.set_nonblocking(true);
            Ok(TcpStream::from_std(stream))
        });
    }
    let stream = match completed(scene, TcpStream::connect(scene.addr())?)? {
        (Answer::Done { .. }, stream) => stream,
        (Answer::Failed { text, .. }, _) => return Err(io::Error::other(text).into()),
    };
    scene.strike(&stream)?;
    Ok(stream)
}

/// A datagram socket that the scene gave, or a new one.
fn datagram(scene: &Scene) -> Result<UdpSocket, Inability> {
    if scene.given().has_descriptor() {
        return struck(scene, |descriptor| {
            let socket = std::net::UdpSocket::from(descriptor);
            let _ = socket.set_nonblocking(true);
            Ok(UdpSocket::from_std(socket))
        });
    }
    Ok(UdpSocket::bind(local(scene)?)?)
}

/// The same, connected to the scene's peer, which then strikes.
fn connected_datagram(scene: &Scene) -> Result<UdpSocket, Inability> {
    let socket = datagram(scene)?;
    if !scene.given().has_descriptor() {
        socket.connect(scene.addr())?;
        scene.strike(&socket)?;
    }
    Ok(socket)
}

fn send(scene: &Scene) -> Result<Answer, Inability> {
    if scene.protocol().is_stream() {
        when_ready(scene, WRITE, stream(scene)?, |stream| {
            stream.write(scene.payload())
        })
    } else {
        when_ready(scene, WRITE, connected_datagram(scene)?, |socket| {
            socket.send(scene.payload())
        })
    }
}

fn receive(scene: &Scene) -> Result<Answer, Inability> {
    if scene.protocol().is_stream() {
        when_ready(scene, READ, stream(scene)?, |stream| {
            stream.read(&mut [0; 16])
        })
    } else {
        when_ready(scene, READ, connected_datagram(scene)?, |socket| {
            socket.recv(&mut [0; 16])
        })
    }
}

fn get_option(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(match scene.given().option() {
        // Where any option fails, any option will do.
        Some(OptionCall::NoDelay | OptionCall::ReuseAddress) => nothing(stream(scene)?.nodelay()),
        _ => return Err(NO_OPTION),
    }))
}

fn set_option(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(match scene.given().option() {
        // Where any option fails, any option will do.
        Some(OptionCall::NoDelay | OptionCall::ReuseAddress) => stream(scene)?.set_nodelay(true),
        Some(OptionCall::HopLimit(hops)) if !scene.protocol().is_ipv6() => {
            datagram(scene)?.set_ttl(hops)
        }
        Some(OptionCall::JoinGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram(scene)?.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram(scene)?.leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V6(group),
            interface,
        }) => datagram(scene)?.leave_multicast_v6(&group, interface),
        _ => return Err(NO_OPTION),
    }))
}

/// The same calls on the types of the Unix domain.
#[cfg(unix)]
mod unix {
    use std::io::{Read, Write};

    use mio::net::{UnixListener, UnixStream};
    use usocket::Operation;
    use usocket_testkit::Scene;

    use super::super::{Answer, Inability, NO_CALL, nothing, path, struck};
    use super::{READ, when_ready};

    pub(super) fn perform(scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Bind => Ok(Answer::of_io(nothing(UnixListener::bind(path(scene)?)))),
            // In the Unix domain a connect does not end later than it began.
            Operation::Connect => Ok(Answer::of_io(nothing(UnixStream::connect(path(scene)?)))),
            Operation::Accept => accept(scene),
            Operation::Send => Ok(Answer::of_io(stream(scene)?.write(scene.payload()))),
            Operation::Receive => when_ready(scene, READ, stream(scene)?, |stream| {
                stream.read(&mut [0; 16])
            }),
            _ => Err(Inability::Inexpressible(NO_CALL)),
        }
    }

    fn accept(scene: &Scene) -> Result<Answer, Inability> {
        let listener = struck(scene, |descriptor| {
            let listener = std::os::unix::net::UnixListener::from(descriptor);
            listener.set_nonblocking(true)?;
            Ok(UnixListener::from_std(listener))
        })?;
        when_ready(scene, READ, listener, |listener| nothing(listener.accept()))
    }

    fn stream(scene: &Scene) -> Result<UnixStream, Inability> {
        struck(scene, |descriptor| {
            let stream = std::os::unix::net::UnixStream::from(descriptor);
            stream.set_nonblocking(true)?;
            Ok(UnixStream::from_std(stream))
        })
    }
}
