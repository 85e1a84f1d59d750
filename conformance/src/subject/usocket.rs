//! usocket itself: its owners' calls, and for what no owner has a call, the layer below them.
//!
//! It names a failure by [`Condition`](usocket::Condition).

use std::net::{IpAddr, Ipv4Addr, Shutdown};
use std::time::Duration;

use usocket::raw::Socket;
use usocket::resolve::{self, Transport};
use usocket::{Deadline, Operation, TcpListener, TcpStream, UdpSocket};
use usocket_testkit::provoke::{OptionCall, Recipe, Shape};
use usocket_testkit::{AsDescriptor, OwnedDescriptor, Protocol, Scene};

#[cfg(not(unix))]
use super::no_unix as unix;
use super::{Answer, Inability, Subject, local, nothing, sends_plain_bytes, struck};

/// usocket.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Usocket;

impl Subject for Usocket {
    fn name(&self) -> &'static str {
        "usocket"
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        match recipe.operation() {
            Operation::Connect
                if protocol == Protocol::UnixStream && recipe.shape() == Shape::Given =>
            {
                Err(MAKES_AND_CONNECTS)
            }
            _ => Ok(()),
        }
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        if scene.protocol() == Protocol::UnixStream {
            return unix::perform(scene);
        }
        match scene.operation() {
            Operation::Socket => make(scene),
            Operation::Bind => bind(scene),
            Operation::Listen => Ok(Answer::of_usocket(nothing(any(scene)?.listen(1)))),
            Operation::Connect => connect(scene),
            Operation::Accept => accept(scene),
            Operation::Send => send(scene),
            Operation::SendTo => send_to(scene),
            Operation::Receive => receive(scene),
            Operation::ReceiveFrom => receive_from(scene),
            Operation::Shutdown => shutdown(scene),
            Operation::GetOption => get_option(scene),
            Operation::SetOption => set_option(scene),
            Operation::LocalName => local_name(scene),
            Operation::PeerName => peer_name(scene),
            Operation::Lookup => look_up(scene),
            Operation::ReverseLookup => Err(Inability::Inexpressible(
                "usocket gives the name whatever its length",
            )),
            Operation::Close => close(scene),
            _ => Err(Inability::Inexpressible("usocket has no such call")),
        }
    }
}

const MAKES_AND_CONNECTS: &str =
    "usocket makes and connects a stream of the Unix domain in one call";

/// The descriptor of the scene, as one of the owners.
pub(super) fn given<T: AsDescriptor + From<OwnedDescriptor>>(
    scene: &Scene,
) -> Result<T, Inability> {
    struck(scene, |descriptor| Ok(T::from(descriptor)))
}

/// The same under the owners, where a call can be made that no owner has: in a wrong state, or with
/// arguments that an owner would not take.
fn any(scene: &Scene) -> Result<Socket, Inability> {
    given(scene)
}

fn make(scene: &Scene) -> Result<Answer, Inability> {
    if scene.given().pair().is_some() {
        return Err(Inability::Inexpressible(
            "usocket makes pairs of the Unix domain only",
        ));
    }
    let arguments = scene
        .given()
        .socket()
        .ok_or(Inability::Inexpressible("the scene gives no arguments"))?;
    let made = Socket::new(arguments.domain, arguments.kind, arguments.protocol);
    Ok(Answer::of_usocket(nothing(made)))
}

fn bind(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_usocket(if scene.given().has_descriptor() {
        nothing(any(scene)?.bind(scene.addr()))
    } else if scene.protocol().is_stream() {
        nothing(TcpListener::bind(scene.addr()))
    } else {
        nothing(UdpSocket::bind(scene.addr()))
    }))
}

/// Longer than any cell may take.
const AMPLE: Duration = Duration::from_secs(600);

fn connect(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_usocket(if scene.given().has_descriptor() {
        let deadline = Deadline::from(scene.limit());
        nothing(any(scene)?.connect(scene.addr(), deadline))
    } else if scene.protocol().is_stream() {
        // With a deadline in any case, which is the way of most programs: the other face connects without.
        let limit = scene.limit().unwrap_or(AMPLE);
        nothing(TcpStream::connect_deadline(scene.addr(), limit))
    } else {
        nothing(UdpSocket::bind(local(scene)?)?.connect(scene.addr()))
    }))
}

fn accept(scene: &Scene) -> Result<Answer, Inability> {
    let listener = given::<TcpListener>(scene)?;
    Ok(Answer::of_usocket(nothing(match scene.limit() {
        Some(limit) => listener.accept_deadline(limit),
        None => listener.accept(),
    })))
}

/// A connected stream that the scene gave, or one connected to its peer, which then strikes.
pub(super) fn stream(scene: &Scene) -> Result<TcpStream, Inability> {
    if scene.shape() == Shape::Given {
        return given(scene);
    }
    let stream = TcpStream::connect(scene.addr())?;
    scene.strike(&stream)?;
    Ok(stream)
}

/// A datagram socket that the scene gave, or a new one.
pub(super) fn datagram(scene: &Scene) -> Result<UdpSocket, Inability> {
    match scene.shape() {
        Shape::Given => given(scene),
        _ => Ok(UdpSocket::bind(local(scene)?)?),
    }
}

/// The same, connected to the scene's peer, which then strikes.
pub(super) fn connected_datagram(scene: &Scene) -> Result<UdpSocket, Inability> {
    let socket = datagram(scene)?;
    if scene.shape() != Shape::Given {
        socket.connect(scene.addr())?;
        scene.strike(&socket)?;
    }
    Ok(socket)
}

const NO_FLAGS: &str = "usocket sends without flags and control messages";

fn send(scene: &Scene) -> Result<Answer, Inability> {
    sends_plain_bytes(scene, NO_FLAGS)?;
    Ok(Answer::of_usocket(if scene.protocol().is_stream() {
        stream(scene)?.send(scene.payload())
    } else {
        connected_datagram(scene)?.send(scene.payload())
    }))
}

fn send_to(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_usocket(
        datagram(scene)?.send_to(scene.payload(), scene.addr()),
    ))
}

fn receive(scene: &Scene) -> Result<Answer, Inability> {
    let buffer = &mut [0; 16];
    Ok(Answer::of_usocket(if scene.protocol().is_stream() {
        let stream = stream(scene)?;
        match scene.limit() {
            Some(limit) => stream.recv_deadline(buffer, limit),
            None => stream.recv(buffer),
        }
    } else {
        let socket = connected_datagram(scene)?;
        let received = match scene.limit() {
            Some(limit) => socket.recv_deadline(buffer, limit),
            None => socket.recv(buffer),
        };
        received.map(|datagram| datagram.len)
    }))
}

fn receive_from(scene: &Scene) -> Result<Answer, Inability> {
    let socket = datagram(scene)?;
    let buffer = &mut [0; 16];
    let received = match scene.limit() {
        Some(limit) => socket.recv_from_deadline(buffer, limit),
        None => socket.recv_from(buffer),
    };
    Ok(Answer::of_usocket(received.map(|datagram| datagram.len)))
}

fn shutdown(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_usocket(nothing(
        if scene.protocol().is_stream() {
            stream(scene)?.shutdown(Shutdown::Both)
        } else {
            any(scene)?.shutdown(Shutdown::Both)
        },
    )))
}

fn close(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_usocket(nothing(
        stream(scene)?.close(Deadline::from(scene.limit())),
    )))
}

fn local_name(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_usocket(nothing(
        if scene.protocol().is_stream() {
            stream(scene)?.local_addr()
        } else {
            datagram(scene)?.local_addr()
        },
    )))
}

fn peer_name(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_usocket(nothing(
        if scene.protocol().is_stream() {
            stream(scene)?.peer_addr()
        } else {
            datagram(scene)?.peer_addr()
        },
    )))
}

fn look_up(scene: &Scene) -> Result<Answer, Inability> {
    let name = scene
        .name()
        .ok_or(Inability::Inexpressible("the scene gives no name"))?;
    if let Some(arguments) = scene.given().look_up() {
        let service = arguments
            .service
            .ok_or(Inability::Inexpressible("usocket gives the hints itself"))?;
        let transport = if scene.protocol().is_stream() {
            Transport::Tcp
        } else {
            Transport::Udp
        };
        let port = resolve::service(service, transport, scene.limit());
        return Ok(Answer::of_usocket(nothing(port)));
    }
    let found = resolve::lookup(name, scene.limit());
    Ok(Answer::of_usocket(nothing(found)))
}

const NO_SUCH_OPTION: Inability = Inability::Inexpressible("usocket has no such option");

fn get_option(scene: &Scene) -> Result<Answer, Inability> {
    let stream = || given::<TcpStream>(scene);
    Ok(Answer::of_usocket(match scene.given().option() {
        Some(OptionCall::ReuseAddress) => nothing(stream()?.reuse_address()),
        Some(OptionCall::NoDelay) => nothing(stream()?.nodelay()),
        _ => return Err(NO_SUCH_OPTION),
    }))
}

fn set_option(scene: &Scene) -> Result<Answer, Inability> {
    let stream = || given::<TcpStream>(scene);
    let datagram = || given::<UdpSocket>(scene);
    Ok(Answer::of_usocket(nothing(match scene.given().option() {
        // Where any option fails, any option will do.
        Some(OptionCall::ReuseAddress) => stream()?.set_keepalive(true),
        Some(OptionCall::NoDelay) => stream()?.set_nodelay(true),
        Some(OptionCall::HopLimit(hops)) if scene.protocol().is_stream() => stream()?.set_ttl(hops),
        Some(OptionCall::HopLimit(hops)) => datagram()?.set_ttl(hops),
        Some(OptionCall::JoinGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram()?.join_multicast_v4(group, Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram()?.leave_multicast_v4(group, Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V6(group),
            interface,
        }) => datagram()?.leave_multicast_v6(group, interface),
        _ => return Err(NO_SUCH_OPTION),
    })))
}

/// The same calls on the owners of the Unix domain.
#[cfg(unix)]
mod unix {
    use usocket::{Deadline, Operation, UnixListener, UnixStream};
    use usocket_testkit::Scene;

    use super::super::{Answer, Inability, nothing, path, sends_plain_bytes};
    use super::{NO_FLAGS, given};

    pub(super) fn perform(scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Bind => Ok(Answer::of_usocket(nothing(UnixListener::bind(path(
                scene,
            )?)))),
            Operation::Connect => connect(scene),
            Operation::Accept => accept(scene),
            Operation::Send => {
                sends_plain_bytes(scene, NO_FLAGS)?;
                Ok(Answer::of_usocket(stream(scene)?.send(scene.payload())))
            }
            Operation::Receive => receive(scene),
            Operation::SetOption | Operation::GetOption => Err(Inability::Inexpressible(
                "usocket's streams of the Unix domain have no options of TCP",
            )),
            _ => Err(Inability::Inexpressible(
                "no scene of the Unix domain has asked usocket for it yet",
            )),
        }
    }

    fn connect(scene: &Scene) -> Result<Answer, Inability> {
        let deadline = Deadline::from(scene.limit());
        let connected = UnixStream::connect_deadline(path(scene)?, deadline);
        Ok(Answer::of_usocket(nothing(connected)))
    }

    fn accept(scene: &Scene) -> Result<Answer, Inability> {
        let listener = given::<UnixListener>(scene)?;
        Ok(Answer::of_usocket(nothing(match scene.limit() {
            Some(limit) => listener.accept_deadline(limit),
            None => listener.accept(),
        })))
    }

    /// The connected stream that the scene gave.
    fn stream(scene: &Scene) -> Result<UnixStream, Inability> {
        given(scene)
    }

    fn receive(scene: &Scene) -> Result<Answer, Inability> {
        let stream = stream(scene)?;
        let buffer = &mut [0; 16];
        Ok(Answer::of_usocket(match scene.limit() {
            Some(limit) => stream.recv_deadline(buffer, limit),
            None => stream.recv(buffer),
        }))
    }
}
