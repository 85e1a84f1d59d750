//! The crate socket2.
//!
//! Its errors are std's, so it too names a failure by [`io::ErrorKind`](std::io::ErrorKind).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Shutdown};

use socket2::{Domain, MsgHdr, Protocol, SockAddr, SockRef, Socket, Type};
use usocket::Operation;
use usocket_testkit::provoke::{ControlMessage, OptionCall, Recipe, SocketArguments};
use usocket_testkit::{Protocol as Transport, Scene};

use super::{Answer, CLOSES_SILENTLY, Inability, Subject, local, nothing, struck};

/// `socket2::Socket`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Socket2;

impl Subject for Socket2 {
    fn name(&self) -> &'static str {
        "socket2"
    }

    fn can(&self, recipe: &Recipe, _: Transport) -> Result<(), &'static str> {
        match recipe.operation() {
            Operation::Lookup | Operation::ReverseLookup => Err("socket2 looks nothing up"),
            Operation::Close => Err(CLOSES_SILENTLY),
            _ => Ok(()),
        }
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Socket => make(scene),
            Operation::Bind => Ok(Answer::of_io(nothing(fresh(scene)?.bind(&named(scene)?)))),
            Operation::Listen => Ok(Answer::of_io(nothing(given(scene)?.listen(1)))),
            Operation::Connect => connect(scene),
            Operation::Accept => Ok(Answer::of_io(nothing(given(scene)?.accept()))),
            Operation::Send => send(scene),
            Operation::SendTo => send_to(scene),
            Operation::Receive => {
                // The safe way to receive into plain bytes.
                Ok(Answer::of_io(io::Read::read(
                    &mut &connected(scene)?,
                    &mut [0; 16],
                )))
            }
            Operation::ReceiveFrom => receive_from(scene),
            Operation::Shutdown => Ok(Answer::of_io(nothing(
                given(scene)?.shutdown(Shutdown::Both),
            ))),
            Operation::GetOption => get_option(scene),
            Operation::SetOption => set_option(scene),
            Operation::LocalName => Ok(Answer::of_io(nothing(given(scene)?.local_addr()))),
            Operation::PeerName => Ok(Answer::of_io(nothing(given(scene)?.peer_addr()))),
            _ => Err(Inability::Inexpressible("socket2 has no such call")),
        }
    }
}

fn make(scene: &Scene) -> Result<Answer, Inability> {
    if let Some(arguments) = scene.given().pair() {
        return pair(arguments);
    }
    let arguments = scene
        .given()
        .socket()
        .ok_or(Inability::Inexpressible("the scene gives no arguments"))?;
    let protocol = (arguments.protocol != 0).then(|| Protocol::from(arguments.protocol));
    let made = Socket::new(arguments.domain.into(), arguments.kind.into(), protocol);
    Ok(Answer::of_io(nothing(made)))
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // as elsewhere
fn pair(arguments: SocketArguments) -> Result<Answer, Inability> {
    let protocol = (arguments.protocol != 0).then(|| Protocol::from(arguments.protocol));
    let made = Socket::pair(arguments.domain.into(), arguments.kind.into(), protocol);
    Ok(Answer::of_io(nothing(made)))
}

#[cfg(not(unix))]
fn pair(_: SocketArguments) -> Result<Answer, Inability> {
    Err(Inability::Inexpressible("socket2 has no pairs here"))
}

/// The descriptor of the scene, with its limit.
fn given(scene: &Scene) -> Result<Socket, Inability> {
    limited(
        scene,
        struck(scene, |descriptor| Ok(Socket::from(descriptor)))?,
    )
}

/// The descriptor of the scene, or a new socket that is not bound.
fn fresh(scene: &Scene) -> Result<Socket, Inability> {
    if scene.given().has_descriptor() {
        return given(scene);
    }
    let domain = if scene.path().is_some() {
        Domain::UNIX
    } else {
        Domain::for_address(scene.get_addr().map_or_else(|| local(scene), Ok)?)
    };
    let kind = if scene.protocol().is_stream() {
        Type::STREAM
    } else {
        Type::DGRAM
    };
    limited(scene, Socket::new(domain, kind, None)?)
}

/// What the call is to name: an address or a path.
fn named(scene: &Scene) -> Result<SockAddr, Inability> {
    Ok(match scene.path() {
        Some(path) => SockAddr::unix(path)?,
        None => scene.addr().into(),
    })
}

fn limited(scene: &Scene, socket: Socket) -> Result<Socket, Inability> {
    if let Some(limit) = scene.limit() {
        let limits = SockRef::from(&socket);
        limits.set_read_timeout(Some(limit))?;
        limits.set_write_timeout(Some(limit))?;
    }
    Ok(socket)
}

fn connect(scene: &Scene) -> Result<Answer, Inability> {
    let peer = named(scene)?;
    let socket = fresh(scene)?;
    Ok(Answer::of_io(nothing(match scene.limit() {
        Some(limit) => socket.connect_timeout(&peer, limit),
        None => socket.connect(&peer),
    })))
}

/// The descriptor of the scene, or a socket connected to its peer, which then strikes.
fn connected(scene: &Scene) -> Result<Socket, Inability> {
    let socket = fresh(scene)?;
    if !scene.given().has_descriptor() {
        socket.connect(&scene.addr().into())?;
        scene.strike(&socket)?;
    }
    Ok(socket)
}

fn send(scene: &Scene) -> Result<Answer, Inability> {
    let socket = connected(scene)?;
    let Some(arguments) = scene.given().send() else {
        return Ok(Answer::of_io(socket.send(scene.payload())));
    };
    let bytes = [io::IoSlice::new(scene.payload())];
    let control = arguments.control.as_ref();
    let control = control.map(ControlMessage::to_bytes).unwrap_or_default();
    let mut message = MsgHdr::new().with_buffers(&bytes);
    if !control.is_empty() {
        message = message.with_control(&control);
    }
    Ok(Answer::of_io(socket.sendmsg(&message, arguments.flags)))
}

fn send_to(scene: &Scene) -> Result<Answer, Inability> {
    let peer = scene.addr().into();
    Ok(Answer::of_io(fresh(scene)?.send_to(scene.payload(), &peer)))
}

fn receive_from(scene: &Scene) -> Result<Answer, Inability> {
    let socket = fresh(scene)?;
    if !scene.given().has_descriptor() {
        socket.bind(&local(scene)?.into())?;
    }
    let received = socket.recv_from(&mut [std::mem::MaybeUninit::uninit(); 16]);
    Ok(Answer::of_io(received.map(|(length, _)| length)))
}

const NOT_HERE: Inability = Inability::Inexpressible("the scene gives no such option");

fn get_option(scene: &Scene) -> Result<Answer, Inability> {
    let socket = given(scene)?;
    Ok(Answer::of_io(match scene.given().option() {
        Some(OptionCall::ReuseAddress) => nothing(socket.reuse_address()),
        Some(OptionCall::NoDelay) => nothing(socket.tcp_nodelay()),
        _ => return Err(NOT_HERE),
    }))
}

fn set_option(scene: &Scene) -> Result<Answer, Inability> {
    let socket = given(scene)?;
    Ok(Answer::of_io(nothing(match scene.given().option() {
        Some(OptionCall::ReuseAddress) => socket.set_reuse_address(true),
        Some(OptionCall::NoDelay) => socket.set_tcp_nodelay(true),
        Some(OptionCall::HopLimit(hops)) if scene.protocol().is_ipv6() => {
            socket.set_unicast_hops_v6(hops)
        }
        Some(OptionCall::HopLimit(hops)) => socket.set_ttl_v4(hops),
        #[cfg(target_os = "linux")]
        Some(OptionCall::Mark(mark)) => socket.set_mark(mark),
        Some(OptionCall::JoinGroup {
            group: IpAddr::V4(group),
            ..
        }) => socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V4(group),
            ..
        }) => socket.leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V6(group),
            interface,
        }) => socket.leave_multicast_v6(&group, interface),
        _ => return Err(NOT_HERE),
    })))
}
