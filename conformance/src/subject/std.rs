//! Rust's standard library.
//!
//! It names a failure by [`io::ErrorKind`](std::io::ErrorKind).

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

use usocket::Operation;
use usocket_testkit::provoke::{OptionCall, Recipe, Shape};
use usocket_testkit::{OwnedDescriptor, Protocol, Scene};

#[cfg(not(unix))]
use super::no_unix as unix;
use super::{
    Answer, CLOSES_SILENTLY, Inability, Subject, local, nothing, sends_plain_bytes, struck,
};

/// `std::net` and `std::os::unix::net`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Std;

impl Subject for Std {
    fn name(&self) -> &'static str {
        "std"
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        let given = recipe.shape() == Shape::Given;
        match recipe.operation() {
            Operation::Socket | Operation::Bind if given => Err(MAKES_AND_BINDS),
            Operation::Listen => Err("std makes a listener in one call"),
            Operation::Connect if given && protocol.is_stream() => Err(MAKES_AND_CONNECTS),
            Operation::Shutdown if !protocol.is_stream() => Err("std shuts down streams only"),
            Operation::Close => Err(CLOSES_SILENTLY),
            _ => Ok(()),
        }
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        if scene.protocol() == Protocol::UnixStream {
            return unix::perform(scene);
        }
        match scene.operation() {
            Operation::Bind => Ok(bind(scene)),
            Operation::Connect => connect(scene),
            Operation::Accept => accept(scene),
            Operation::Send => send(scene),
            Operation::SendTo => send_to(scene),
            Operation::Receive => receive(scene),
            Operation::ReceiveFrom => receive_from(scene),
            Operation::Shutdown => shutdown(scene),
            Operation::GetOption => get_option(scene),
            Operation::SetOption => set_option(scene),
            Operation::LocalName => names(scene, UdpSocket::local_addr),
            Operation::PeerName => names(scene, UdpSocket::peer_addr),
            Operation::Lookup => look_up(scene),
            _ => Err(Inability::Inexpressible("std has no such call")),
        }
    }
}

const MAKES_AND_BINDS: &str = "std makes and binds a socket in one call";

const MAKES_AND_CONNECTS: &str = "std makes and connects a stream in one call";

const WAITS_FOREVER: Inability = Inability::Inexpressible("std's accept has no timeout");

fn given(scene: &Scene) -> Result<OwnedDescriptor, Inability> {
    struck(scene, Ok)
}

fn bind(scene: &Scene) -> Answer {
    Answer::of_io(if scene.protocol().is_stream() {
        nothing(TcpListener::bind(scene.addr()))
    } else {
        nothing(UdpSocket::bind(scene.addr()))
    })
}

fn connect(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(if scene.protocol().is_stream() {
        match scene.limit() {
            Some(limit) => nothing(TcpStream::connect_timeout(&scene.addr(), limit)),
            None => nothing(TcpStream::connect(scene.addr())),
        }
    } else {
        datagram(scene)?.connect(scene.addr())
    }))
}

fn accept(scene: &Scene) -> Result<Answer, Inability> {
    if scene.limit().is_some() {
        return Err(WAITS_FOREVER);
    }
    Ok(Answer::of_io(nothing(
        TcpListener::from(given(scene)?).accept(),
    )))
}

/// A connected stream that the scene gave or that is connected to its peer, which then strikes.
fn stream(scene: &Scene) -> Result<TcpStream, Inability> {
    let stream = if scene.given().has_descriptor() {
        TcpStream::from(given(scene)?)
    } else {
        let stream = TcpStream::connect(scene.addr())?;
        scene.strike(&stream)?;
        stream
    };
    if let Some(limit) = scene.limit() {
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
    }
    Ok(stream)
}

/// A datagram socket that the scene gave, or a new one.
fn datagram(scene: &Scene) -> Result<UdpSocket, Inability> {
    let socket = if scene.given().has_descriptor() {
        UdpSocket::from(given(scene)?)
    } else {
        UdpSocket::bind(local(scene)?)?
    };
    if let Some(limit) = scene.limit() {
        socket.set_read_timeout(Some(limit))?;
        socket.set_write_timeout(Some(limit))?;
    }
    Ok(socket)
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

const NO_FLAGS: &str = "std sends without flags and control messages";

fn send(scene: &Scene) -> Result<Answer, Inability> {
    sends_plain_bytes(scene, NO_FLAGS)?;
    Ok(Answer::of_io(if scene.protocol().is_stream() {
        stream(scene)?.write(scene.payload())
    } else {
        connected_datagram(scene)?.send(scene.payload())
    }))
}

fn send_to(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(
        datagram(scene)?.send_to(scene.payload(), scene.addr()),
    ))
}

fn receive(scene: &Scene) -> Result<Answer, Inability> {
    let buffer = &mut [0; 16];
    Ok(Answer::of_io(if scene.protocol().is_stream() {
        stream(scene)?.read(buffer)
    } else {
        connected_datagram(scene)?.recv(buffer)
    }))
}

fn receive_from(scene: &Scene) -> Result<Answer, Inability> {
    let received = datagram(scene)?.recv_from(&mut [0; 16]);
    Ok(Answer::of_io(received.map(|(length, _)| length)))
}

fn shutdown(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(nothing(
        stream(scene)?.shutdown(Shutdown::Both),
    )))
}

const NO_SUCH_OPTION: Inability = Inability::Inexpressible("std has no such option");

fn get_option(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(match scene.given().option() {
        // Where any option fails, any option will do.
        Some(OptionCall::NoDelay | OptionCall::ReuseAddress) => {
            nothing(TcpStream::from(given(scene)?).nodelay())
        }
        _ => return Err(NO_SUCH_OPTION),
    }))
}

fn set_option(scene: &Scene) -> Result<Answer, Inability> {
    let stream = || given(scene).map(TcpStream::from);
    let datagram = || given(scene).map(UdpSocket::from);
    Ok(Answer::of_io(nothing(match scene.given().option() {
        // Where any option fails, any option will do.
        Some(OptionCall::NoDelay | OptionCall::ReuseAddress) => stream()?.set_nodelay(true),
        Some(OptionCall::HopLimit(hops)) if !scene.protocol().is_ipv6() => {
            datagram()?.set_ttl(hops)
        }
        Some(OptionCall::JoinGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram()?.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram()?.leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V6(group),
            interface,
        }) => datagram()?.leave_multicast_v6(&group, interface),
        _ => return Err(NO_SUCH_OPTION),
    })))
}

/// Names are the same for streams and datagrams.
fn names<T>(
    scene: &Scene,
    name: impl Fn(&UdpSocket) -> io::Result<T>,
) -> Result<Answer, Inability> {
    Ok(Answer::of_io(nothing(name(&UdpSocket::from(given(
        scene,
    )?)))))
}

fn look_up(scene: &Scene) -> Result<Answer, Inability> {
    if scene.limit().is_some() {
        return Err(Inability::Inexpressible("std's look-up has no timeout"));
    }
    if scene.given().look_up().is_some() {
        return Err(Inability::Inexpressible(
            "std's look-up takes neither hints nor services",
        ));
    }
    let name = scene
        .name()
        .ok_or(Inability::Inexpressible("the scene gives no name"))?;
    Ok(Answer::of_io(nothing((name, 0).to_socket_addrs())))
}

/// The same calls on the types of the Unix domain.
#[cfg(unix)]
mod unix {
    use std::io::{Read, Write};
    use std::os::unix::net::{UnixListener, UnixStream};

    use usocket::Operation;
    use usocket_testkit::Scene;

    use super::super::{Answer, Inability, nothing, path, sends_plain_bytes};
    use super::{NO_FLAGS, WAITS_FOREVER, given};

    pub(super) fn perform(scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Bind => Ok(Answer::of_io(nothing(UnixListener::bind(path(scene)?)))),
            Operation::Connect => Ok(Answer::of_io(nothing(UnixStream::connect(path(scene)?)))),
            Operation::Accept => accept(scene),
            Operation::Send => {
                sends_plain_bytes(scene, NO_FLAGS)?;
                Ok(Answer::of_io(stream(scene)?.write(scene.payload())))
            }
            Operation::Receive => Ok(Answer::of_io(stream(scene)?.read(&mut [0; 16]))),
            _ => Err(Inability::Inexpressible(
                "no scene of the Unix domain has asked std for it yet",
            )),
        }
    }

    fn accept(scene: &Scene) -> Result<Answer, Inability> {
        if scene.limit().is_some() {
            return Err(WAITS_FOREVER);
        }
        let listener = UnixListener::from(given(scene)?);
        Ok(Answer::of_io(nothing(listener.accept())))
    }

    /// The connected stream that the scene gave, with its limit.
    fn stream(scene: &Scene) -> Result<UnixStream, Inability> {
        let stream = UnixStream::from(given(scene)?);
        stream.set_read_timeout(scene.limit())?;
        stream.set_write_timeout(scene.limit())?;
        Ok(stream)
    }
}
