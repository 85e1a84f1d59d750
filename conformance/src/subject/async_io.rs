//! The crate async-io, with the reading and writing of futures-lite.
//!
//! Its errors are std's, so it too names a failure by [`io::ErrorKind`](std::io::ErrorKind). A time limit is a race with its
//! `Timer`, as its documentation shows it: what the loser would have said is `TimedOut`.

use std::future::Future;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};

use async_io::{Async, Timer, block_on};
use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt};
use usocket::{Condition, Operation};
use usocket_testkit::provoke::{Recipe, Shape};
use usocket_testkit::{Protocol, Scene};

#[cfg(not(unix))]
use super::no_unix::awaited as unix;
use super::{
    Answer, CLOSES_SILENTLY, Count, Inability, NEVER_WAITS_IN_THE_CALL, NO_CALL, Subject,
    gives_no_socket, happens_in_the_call, local, nothing, plain_arguments, struck,
};

/// `async_io::Async` and `async_io::Timer`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AsyncIo;

impl Subject for AsyncIo {
    fn name(&self) -> &'static str {
        "async-io"
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        if happens_in_the_call(recipe) {
            return Err(NEVER_WAITS_IN_THE_CALL);
        }
        let given = recipe.shape() == Shape::Given;
        match recipe.operation() {
            Operation::Bind if given => Err("async-io makes and binds a socket in one call"),
            Operation::Connect if given && protocol.is_stream() => {
                Err("async-io makes and connects a stream in one call")
            }
            Operation::Connect if !protocol.is_stream() => {
                Err("async-io has no connect for datagrams: it is std's")
            }
            Operation::Accept if !protocol.is_stream() => {
                Err("async-io's accept waits for a connection, which a datagram socket never tells")
            }
            Operation::Bind
            | Operation::Connect
            | Operation::Accept
            | Operation::Send
            | Operation::SendTo
            | Operation::Receive
            | Operation::ReceiveFrom => {
                if gives_no_socket(recipe) {
                    return Err(
                        "async-io registers a descriptor before the call, and the system refuses this one",
                    );
                }
                if recipe.condition() == Condition::WouldBlock {
                    return Err("async-io's calls wait, and none says that it would");
                }
                Ok(())
            }
            Operation::Socket => {
                Err("async-io makes sockets and binds or connects them in one call")
            }
            Operation::Listen => Err("async-io makes a listener in one call"),
            Operation::Shutdown => Err("async-io shuts nothing down: it is std's"),
            Operation::GetOption | Operation::SetOption => Err("async-io has no options"),
            Operation::LocalName | Operation::PeerName => {
                Err("async-io has no names: they are std's")
            }
            Operation::Lookup | Operation::ReverseLookup => Err("async-io looks nothing up"),
            Operation::Close => Err(CLOSES_SILENTLY),
            _ => Err(NO_CALL),
        }
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        plain_arguments(scene)?;
        block_on(perform(scene))
    }
}

async fn perform(scene: &Scene) -> Result<Answer, Inability> {
    if scene.protocol() == Protocol::UnixStream {
        return unix::perform(scene).await;
    }
    match scene.operation() {
        Operation::Bind => Ok(bind(scene)),
        Operation::Connect => {
            let call = Async::<TcpStream>::connect(scene.addr());
            Ok(limited(scene, async { nothing(call.await) }).await)
        }
        Operation::Accept => {
            let listener = struck(scene, |descriptor| {
                Async::new(TcpListener::from(descriptor))
            })?;
            Ok(limited(scene, async { nothing(listener.accept().await) }).await)
        }
        Operation::Send => send(scene).await,
        Operation::SendTo => {
            let socket = datagram(scene)?;
            Ok(limited(scene, socket.send_to(scene.payload(), scene.addr())).await)
        }
        Operation::Receive => receive(scene).await,
        Operation::ReceiveFrom => {
            let (socket, buffer) = (datagram(scene)?, &mut [0; 16]);
            let call = async { socket.recv_from(buffer).await.map(|(length, _)| length) };
            Ok(limited(scene, call).await)
        }
        _ => Err(Inability::Inexpressible(NO_CALL)),
    }
}

/// The answer of the call, or of the timer if that fires before.
async fn limited<T: Count>(scene: &Scene, call: impl Future<Output = io::Result<T>>) -> Answer {
    let Some(limit) = scene.limit() else {
        return Answer::of_io(call.await);
    };
    let too_late = async {
        Timer::after(limit).await;
        Err(io::ErrorKind::TimedOut.into())
    };
    Answer::of_io(call.or(too_late).await)
}

fn bind(scene: &Scene) -> Answer {
    Answer::of_io(if scene.protocol().is_stream() {
        nothing(Async::<TcpListener>::bind(scene.addr()))
    } else {
        nothing(Async::<UdpSocket>::bind(scene.addr()))
    })
}

/// A connected stream that the scene gave or that is connected to its peer, which then strikes.
async fn stream(scene: &Scene) -> Result<Async<TcpStream>, Inability> {
    if scene.given().has_descriptor() {
        return struck(scene, |descriptor| Async::new(TcpStream::from(descriptor)));
    }
    let stream = Async::<TcpStream>::connect(scene.addr()).await?;
    scene.strike(&stream)?;
    Ok(stream)
}

/// A datagram socket that the scene gave, or a new one.
fn datagram(scene: &Scene) -> Result<Async<UdpSocket>, Inability> {
    if scene.given().has_descriptor() {
        return struck(scene, |descriptor| Async::new(UdpSocket::from(descriptor)));
    }
    Ok(Async::<UdpSocket>::bind(local(scene)?)?)
}

/// The same, connected to the scene's peer, as the documentation shows it; the peer then strikes.
fn connected_datagram(scene: &Scene) -> Result<Async<UdpSocket>, Inability> {
    let socket = datagram(scene)?;
    if !scene.given().has_descriptor() {
        socket.get_ref().connect(scene.addr())?;
        scene.strike(&socket)?;
    }
    Ok(socket)
}

async fn send(scene: &Scene) -> Result<Answer, Inability> {
    Ok(if scene.protocol().is_stream() {
        let mut stream = stream(scene).await?;
        limited(scene, stream.write(scene.payload())).await
    } else {
        let socket = connected_datagram(scene)?;
        limited(scene, socket.send(scene.payload())).await
    })
}

async fn receive(scene: &Scene) -> Result<Answer, Inability> {
    let buffer = &mut [0; 16];
    Ok(if scene.protocol().is_stream() {
        let mut stream = stream(scene).await?;
        limited(scene, stream.read(buffer)).await
    } else {
        let socket = connected_datagram(scene)?;
        limited(scene, socket.recv(buffer)).await
    })
}

/// The same calls on the types of the Unix domain.
#[cfg(unix)]
mod unix {
    use std::os::unix::net::{UnixListener, UnixStream};

    use async_io::Async;
    use futures_lite::{AsyncReadExt, AsyncWriteExt};
    use usocket::Operation;
    use usocket_testkit::Scene;

    use super::super::{Answer, Inability, NO_CALL, nothing, path, struck};
    use super::limited;

    pub(super) async fn perform(scene: &Scene) -> Result<Answer, Inability> {
        match scene.operation() {
            Operation::Bind => {
                let bound = Async::<UnixListener>::bind(path(scene)?);
                Ok(Answer::of_io(nothing(bound)))
            }
            Operation::Connect => {
                let call = Async::<UnixStream>::connect(path(scene)?);
                Ok(limited(scene, async { nothing(call.await) }).await)
            }
            Operation::Accept => {
                let listener = struck(scene, |descriptor| {
                    Async::new(UnixListener::from(descriptor))
                })?;
                Ok(limited(scene, async { nothing(listener.accept().await) }).await)
            }
            Operation::Send => Ok(limited(scene, stream(scene)?.write(scene.payload())).await),
            Operation::Receive => Ok(limited(scene, stream(scene)?.read(&mut [0; 16])).await),
            _ => Err(Inability::Inexpressible(NO_CALL)),
        }
    }

    fn stream(scene: &Scene) -> Result<Async<UnixStream>, Inability> {
        struck(scene, |descriptor| Async::new(UnixStream::from(descriptor)))
    }
}
