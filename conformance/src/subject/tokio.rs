//! The crate tokio.
//!
//! Its errors are std's, so it too names a failure by [`io::ErrorKind`](std::io::ErrorKind). A time limit is
//! `tokio::time::timeout`, whose `Elapsed` is a name of its own.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket, lookup_host};
use tokio::runtime::Builder;
use usocket::{Condition, Operation};
use usocket_testkit::provoke::{OptionCall, Recipe, Shape};
use usocket_testkit::{Protocol, Scene};

#[cfg(not(unix))]
use super::no_unix::awaited as unix;
use super::{
    Answer, CLOSES_SILENTLY, Count, Inability, NEVER_WAITS_IN_THE_CALL, NO_CALL, NO_OPTION,
    Subject, gives_no_socket, happens_in_the_call, local, nothing, plain_arguments, struck,
};

/// `tokio::net` and `tokio::time`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Tokio;

impl Subject for Tokio {
    fn name(&self) -> &'static str {
        "tokio"
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        if happens_in_the_call(recipe) {
            return Err(NEVER_WAITS_IN_THE_CALL);
        }
        let (given, stream) = (recipe.shape() == Shape::Given, protocol.is_stream());
        let condition = recipe.condition();
        match recipe.operation() {
            Operation::Socket => Err("tokio's sockets take no arguments"),
            Operation::Bind if given && !stream => {
                Err("tokio makes and binds a datagram socket in one call")
            }
            Operation::Listen if !stream => Err("tokio listens with streams only"),
            Operation::Accept if !stream => {
                Err("tokio's accept waits for a connection, which a datagram socket never tells")
            }
            Operation::Connect if given && protocol == Protocol::UnixStream => {
                Err("tokio makes and connects a stream of the Unix domain in one call")
            }
            Operation::Connect if condition == Condition::InProgress => {
                Err("tokio's connect waits for the end")
            }
            Operation::Accept if condition == Condition::WouldBlock => {
                Err("tokio has no accept that does not wait")
            }
            Operation::Shutdown if !stream => Err("tokio shuts down streams only"),
            Operation::Close => Err(CLOSES_SILENTLY),
            Operation::Lookup if recipe.is_process_wide() => Err(
                "tokio's runtime has to be made first, and takes descriptors of the process too",
            ),
            // They are not registered before the call.
            Operation::Bind | Operation::Listen | Operation::Connect => Ok(()),
            _ if gives_no_socket(recipe) => {
                Err("tokio registers a descriptor before the call, and the system refuses this one")
            }
            _ => Ok(()),
        }
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        plain_arguments(scene)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let answer = runtime.block_on(perform(scene));
        // A look-up that goes on after its limit is not to be waited for.
        runtime.shutdown_background();
        answer
    }
}

async fn perform(scene: &Scene) -> Result<Answer, Inability> {
    if scene.protocol() == Protocol::UnixStream {
        return unix::perform(scene).await;
    }
    match scene.operation() {
        Operation::Bind => bind(scene).await,
        Operation::Listen => Ok(Answer::of_io(nothing(unconnected(scene)?.listen(1)))),
        Operation::Connect => connect(scene).await,
        Operation::Accept => accept(scene).await,
        Operation::Send => send(scene).await,
        Operation::SendTo => {
            let socket = datagram(scene).await?;
            if at_once(scene) {
                return Ok(Answer::of_io(
                    socket.try_send_to(scene.payload(), scene.addr()),
                ));
            }
            Ok(limited(scene, socket.send_to(scene.payload(), scene.addr())).await)
        }
        Operation::Receive => receive(scene).await,
        Operation::ReceiveFrom => receive_from(scene).await,
        Operation::Shutdown => Ok(limited(scene, stream(scene).await?.shutdown()).await),
        Operation::GetOption => get_option(scene).await,
        Operation::SetOption => set_option(scene).await,
        Operation::LocalName => Ok(Answer::of_io(nothing(datagram(scene).await?.local_addr()))),
        Operation::PeerName => Ok(Answer::of_io(nothing(datagram(scene).await?.peer_addr()))),
        Operation::Lookup => look_up(scene).await,
        _ => Err(Inability::Inexpressible(NO_CALL)),
    }
}

/// The answer of the call, or of the time that is up before.
async fn limited<T: Count>(scene: &Scene, call: impl Future<Output = io::Result<T>>) -> Answer {
    match scene.limit() {
        None => Answer::of_io(call.await),
        Some(limit) => match tokio::time::timeout(limit, call).await {
            Ok(result) => Answer::of_io(result),
            Err(elapsed) => Answer::timed_out(elapsed),
        },
    }
}

/// The descriptor of the scene as a socket that is not connected yet.
fn unconnected(scene: &Scene) -> Result<TcpSocket, Inability> {
    struck(scene, |descriptor| {
        let socket = std::net::TcpStream::from(descriptor);
        // Where no call is possible, this one is not either, and the next one says so.
        let _ = socket.set_nonblocking(true);
        Ok(TcpSocket::from_std_stream(socket))
    })
}

async fn bind(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(if scene.given().has_descriptor() {
        unconnected(scene)?.bind(scene.addr())
    } else if scene.protocol().is_stream() {
        nothing(TcpListener::bind(scene.addr()).await)
    } else {
        nothing(UdpSocket::bind(scene.addr()).await)
    }))
}

async fn connect(scene: &Scene) -> Result<Answer, Inability> {
    let peer = scene.addr();
    Ok(if !scene.protocol().is_stream() {
        let socket = datagram(scene).await?;
        limited(scene, socket.connect(peer)).await
    } else if scene.given().has_descriptor() {
        let socket = unconnected(scene)?;
        limited(scene, async { nothing(socket.connect(peer).await) }).await
    } else {
        limited(scene, async { nothing(TcpStream::connect(peer).await) }).await
    })
}

async fn accept(scene: &Scene) -> Result<Answer, Inability> {
    let listener = struck(scene, |descriptor| {
        let listener = std::net::TcpListener::from(descriptor);
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    })?;
    Ok(limited(scene, async { nothing(listener.accept().await) }).await)
}

/// A connected stream that the scene gave or that is connected to its peer, which then strikes.
async fn stream(scene: &Scene) -> Result<TcpStream, Inability> {
    if scene.given().has_descriptor() {
        return struck(scene, |descriptor| {
            let stream = std::net::TcpStream::from(descriptor);
            stream.set_nonblocking(true)?;
            TcpStream::from_std(stream)
        });
    }
    let stream = TcpStream::connect(scene.addr()).await?;
    scene.strike(&stream)?;
    Ok(stream)
}

/// A datagram socket that the scene gave, or a new one.
async fn datagram(scene: &Scene) -> Result<UdpSocket, Inability> {
    if scene.given().has_descriptor() {
        return struck(scene, |descriptor| {
            let socket = std::net::UdpSocket::from(descriptor);
            socket.set_nonblocking(true)?;
            UdpSocket::from_std(socket)
        });
    }
    Ok(UdpSocket::bind(local(scene)?).await?)
}

/// The same, connected to the scene's peer, which then strikes.
async fn connected_datagram(scene: &Scene) -> Result<UdpSocket, Inability> {
    let socket = datagram(scene).await?;
    if !scene.given().has_descriptor() {
        socket.connect(scene.addr()).await?;
        scene.strike(&socket)?;
    }
    Ok(socket)
}

async fn send(scene: &Scene) -> Result<Answer, Inability> {
    Ok(if scene.protocol().is_stream() {
        let mut stream = stream(scene).await?;
        limited(scene, stream.write(scene.payload())).await
    } else {
        let socket = connected_datagram(scene).await?;
        if at_once(scene) {
            return Ok(Answer::of_io(socket.try_send(scene.payload())));
        }
        limited(scene, socket.send(scene.payload())).await
    })
}

/// Whether the call is the one that does not wait.
fn at_once(scene: &Scene) -> bool {
    scene.condition() == Condition::WouldBlock
}

async fn receive(scene: &Scene) -> Result<Answer, Inability> {
    let buffer = &mut [0; 16];
    Ok(if scene.protocol().is_stream() {
        let mut stream = stream(scene).await?;
        if at_once(scene) {
            Answer::of_io(stream.try_read(buffer))
        } else {
            limited(scene, stream.read(buffer)).await
        }
    } else {
        let socket = connected_datagram(scene).await?;
        if at_once(scene) {
            Answer::of_io(socket.try_recv(buffer))
        } else {
            limited(scene, socket.recv(buffer)).await
        }
    })
}

async fn receive_from(scene: &Scene) -> Result<Answer, Inability> {
    let buffer = &mut [0; 16];
    let socket = datagram(scene).await?;
    if scene.condition() == Condition::WouldBlock {
        let received = socket.try_recv_from(buffer);
        return Ok(Answer::of_io(received.map(|(length, _)| length)));
    }
    let call = async { socket.recv_from(buffer).await.map(|(length, _)| length) };
    Ok(limited(scene, call).await)
}

async fn look_up(scene: &Scene) -> Result<Answer, Inability> {
    let name = scene
        .name()
        .ok_or(Inability::Inexpressible("the scene gives no name"))?;
    Ok(limited(scene, async { nothing(lookup_host((name, 0)).await) }).await)
}

async fn get_option(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(match scene.given().option() {
        Some(OptionCall::NoDelay) => nothing(stream(scene).await?.nodelay()),
        _ => return Err(NO_OPTION),
    }))
}

async fn set_option(scene: &Scene) -> Result<Answer, Inability> {
    Ok(Answer::of_io(match scene.given().option() {
        Some(OptionCall::NoDelay) => stream(scene).await?.set_nodelay(true),
        Some(OptionCall::HopLimit(hops)) if !scene.protocol().is_ipv6() => {
            datagram(scene).await?.set_ttl(hops)
        }
        Some(OptionCall::JoinGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram(scene)
            .await?
            .join_multicast_v4(group, Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V4(group),
            ..
        }) => datagram(scene)
            .await?
            .leave_multicast_v4(group, Ipv4Addr::LOCALHOST),
        Some(OptionCall::LeaveGroup {
            group: IpAddr::V6(group),
            interface,
        }) => datagram(scene).await?.leave_multicast_v6(&group, interface),
        _ => return Err(NO_OPTION),
    }))
}

/// The same calls on the types of the Unix domain.
#[cfg(unix)]
mod unix {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{UnixListener, UnixStream};
    use usocket::{Condition, Operation};
    use usocket_testkit::Scene;

    use super::super::{Answer, Inability, NO_CALL, nothing, path, struck};
    use super::limited;

    pub(super) async fn perform(scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Bind => Ok(Answer::of_io(nothing(UnixListener::bind(path(scene)?)))),
            Operation::Connect => {
                let path = path(scene)?;
                Ok(limited(scene, async { nothing(UnixStream::connect(path).await) }).await)
            }
            Operation::Accept => accept(scene).await,
            Operation::Send => Ok(limited(scene, stream(scene)?.write(scene.payload())).await),
            Operation::Receive => receive(scene).await,
            _ => Err(Inability::Inexpressible(NO_CALL)),
        }
    }

    async fn accept(scene: &Scene) -> Result<Answer, Inability> {
        let listener = struck(scene, |descriptor| {
            let listener = std::os::unix::net::UnixListener::from(descriptor);
            listener.set_nonblocking(true)?;
            UnixListener::from_std(listener)
        })?;
        Ok(limited(scene, async { nothing(listener.accept().await) }).await)
    }

    fn stream(scene: &Scene) -> Result<UnixStream, Inability> {
        struck(scene, |descriptor| {
            let stream = std::os::unix::net::UnixStream::from(descriptor);
            stream.set_nonblocking(true)?;
            UnixStream::from_std(stream)
        })
    }

    async fn receive(scene: &Scene) -> Result<Answer, Inability> {
        let buffer = &mut [0; 16];
        let mut stream = stream(scene)?;
        if scene.condition() == Condition::WouldBlock {
            return Ok(Answer::of_io(stream.try_read(buffer)));
        }
        Ok(limited(scene, stream.read(buffer)).await)
    }
}
