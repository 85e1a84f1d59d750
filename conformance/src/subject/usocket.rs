//! usocket itself: the layer of one call and one error, on which its sockets will stand.
//!
//! It names a failure by [`Condition`](usocket::Condition).

use std::net::{IpAddr, Ipv4Addr, Shutdown};
use std::path::Path;

use socket2::{Domain, Type};
use usocket::raw::Socket;
use usocket::{Deadline, Operation};
use usocket_testkit::Scene;
use usocket_testkit::provoke::OptionCall;

use super::{Answer, Inability, Subject, loopback, nothing};

/// The raw layer of usocket.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Usocket;

impl Subject for Usocket {
    fn name(&self) -> &'static str {
        "usocket"
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Socket => make(scene),
            Operation::Bind => Ok(Answer::of_usocket(nothing(
                fresh(scene)?.bind(scene.addr()),
            ))),
            Operation::Listen => Ok(Answer::of_usocket(nothing(given(scene)?.listen(1)))),
            Operation::Connect => connect(scene),
            Operation::Accept => Ok(Answer::of_usocket(nothing(
                given(scene)?.accept(deadline(scene)),
            ))),
            Operation::Send => {
                let sent = connected(scene)?.send(scene.payload(), deadline(scene));
                Ok(Answer::of_usocket(sent))
            }
            Operation::SendTo => {
                let sent = fresh(scene)?.send_to(scene.payload(), scene.addr(), deadline(scene));
                Ok(Answer::of_usocket(sent))
            }
            Operation::Receive => {
                let received = connected(scene)?.receive(&mut [0; 16], deadline(scene));
                Ok(Answer::of_usocket(received))
            }
            Operation::ReceiveFrom => receive_from(scene),
            Operation::Shutdown => Ok(Answer::of_usocket(nothing(
                given(scene)?.shutdown(Shutdown::Both),
            ))),
            Operation::GetOption => get_option(scene),
            Operation::SetOption => set_option(scene),
            Operation::LocalName => Ok(Answer::of_usocket(nothing(given(scene)?.local_name()))),
            Operation::PeerName => Ok(Answer::of_usocket(nothing(given(scene)?.peer_name()))),
            _ => Err(Inability::Inexpressible("usocket has no such call yet")),
        }
    }
}

fn deadline(scene: &Scene) -> Deadline {
    scene.limit().into()
}

fn make(scene: &Scene) -> Result<Answer, Inability> {
    let arguments = scene
        .given()
        .socket()
        .ok_or(Inability::Inexpressible("the scene gives no arguments"))?;
    let made = Socket::new(arguments.domain, arguments.kind, arguments.protocol);
    Ok(Answer::of_usocket(nothing(made)))
}

fn given(scene: &Scene) -> Result<Socket, Inability> {
    Ok(Socket::from(scene.given().descriptor()?))
}

/// The descriptor of the scene, or a new socket that is not bound.
fn fresh(scene: &Scene) -> Result<Socket, Inability> {
    if scene.given().has_descriptor() {
        return given(scene);
    }
    let address = scene.get_addr().map_or_else(|| loopback(scene), Ok)?;
    let kind = if scene.protocol().is_stream() {
        Type::STREAM
    } else {
        Type::DGRAM
    };
    Ok(Socket::new(
        Domain::for_address(address).into(),
        kind.into(),
        0,
    )?)
}

fn connect(scene: &Scene) -> Result<Answer, Inability> {
    if let Some(path) = scene.path() {
        return connect_path(path);
    }
    Ok(Answer::of_usocket(nothing(
        fresh(scene)?.connect(scene.addr(), deadline(scene)),
    )))
}

#[cfg(unix)]
fn connect_path(path: &Path) -> Result<Answer, Inability> {
    let socket = Socket::new(Domain::UNIX.into(), Type::STREAM.into(), 0)?;
    Ok(Answer::of_usocket(nothing(socket.connect_path(path))))
}

#[cfg(not(unix))]
fn connect_path(_path: &Path) -> Result<Answer, Inability> {
    Err(Inability::Inexpressible(
        "usocket has no Unix domain sockets here",
    ))
}

/// The descriptor of the scene, or a socket connected to its peer, which then strikes.
fn connected(scene: &Scene) -> Result<Socket, Inability> {
    let socket = fresh(scene)?;
    if !scene.given().has_descriptor() {
        socket.connect(scene.addr(), Deadline::NEVER)?;
        scene.strike(&socket)?;
    }
    Ok(socket)
}

fn receive_from(scene: &Scene) -> Result<Answer, Inability> {
    let socket = fresh(scene)?;
    if !scene.given().has_descriptor() {
        socket.bind(loopback(scene)?)?;
    }
    let received = socket.receive_from(&mut [0; 16], deadline(scene));
    Ok(Answer::of_usocket(received.map(|(length, _)| length)))
}

const NOT_YET: Inability = Inability::Inexpressible("usocket has no such option yet");

fn get_option(scene: &Scene) -> Result<Answer, Inability> {
    let socket = given(scene)?;
    Ok(Answer::of_usocket(match scene.given().option() {
        Some(OptionCall::ReuseAddress) => nothing(socket.reuse_address()),
        Some(OptionCall::NoDelay) => nothing(socket.nodelay()),
        _ => return Err(NOT_YET),
    }))
}

fn set_option(scene: &Scene) -> Result<Answer, Inability> {
    let socket = given(scene)?;
    Ok(Answer::of_usocket(nothing(match scene.given().option() {
        Some(OptionCall::ReuseAddress) => socket.set_reuse_address(true),
        Some(OptionCall::NoDelay) => socket.set_nodelay(true),
        Some(OptionCall::HopLimit(hops)) if scene.protocol().is_ipv6() => {
            socket.set_unicast_hops(hops)
        }
        Some(OptionCall::HopLimit(hops)) => socket.set_ttl(hops),
        Some(OptionCall::JoinGroup {
            group: IpAddr::V4(group),
            ..
        }) => socket.join_group_v4(group, Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V4(group),
            ..
        }) => socket.leave_group_v4(group, Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V6(group),
            interface,
        }) => socket.leave_group_v6(group, interface),
        _ => return Err(NOT_YET),
    })))
}
