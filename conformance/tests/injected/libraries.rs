//! The one call of a scene by each library, on a socket that is kept, so that it can be made again.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Builder;
use usocket_testkit::{Errno, Operation, Scene};

/// What a library says: a number of bytes, or its word for the condition and the system's number.
pub(crate) type Said = String;

/// Makes the call once more each time it is called, for so long at most.
pub(crate) type Call<'a> = Box<dyn FnMut(Duration) -> Said + 'a>;

/// A library: from a socket to its call.
pub(crate) type Library = fn(OwnedFd, &Scene) -> Call<'_>;

pub(crate) fn by_std(socket: OwnedFd, scene: &Scene) -> Call<'_> {
    let mut buffer = [0; 16];
    match (scene.operation(), scene.protocol().is_stream()) {
        (Operation::Accept, _) => {
            let listener = TcpListener::from(socket);
            // Its only limit is the socket's.
            Box::new(move |_| of_io(listener.accept().map(|_| 0)))
        }
        (operation, true) => {
            let mut stream = TcpStream::from(socket);
            Box::new(move |limit| {
                stream.set_read_timeout(Some(limit)).unwrap();
                of_io(match operation {
                    Operation::Send => stream.write(scene.payload()),
                    Operation::Receive => stream.read(&mut buffer),
                    Operation::Shutdown => stream.shutdown(Shutdown::Both).map(|()| 0),
                    other => panic!("{other} on a stream"),
                })
            })
        }
        (operation, false) => {
            let socket = UdpSocket::from(socket);
            Box::new(move |limit| {
                socket.set_read_timeout(Some(limit)).unwrap();
                of_io(match operation {
                    Operation::Connect => socket.connect(scene.addr()).map(|()| 0),
                    Operation::Send => socket.send(scene.payload()),
                    Operation::SendTo => socket.send_to(scene.payload(), scene.addr()),
                    Operation::Receive => socket.recv(&mut buffer),
                    Operation::ReceiveFrom => socket.recv_from(&mut buffer).map(|(n, _)| n),
                    other => panic!("{other} on a datagram socket"),
                })
            })
        }
    }
}

pub(crate) fn by_usocket(socket: OwnedFd, scene: &Scene) -> Call<'_> {
    let mut buffer = [0; 16];
    match (scene.operation(), scene.protocol().is_stream()) {
        (Operation::Accept, _) => {
            let listener = usocket::TcpListener::from(socket);
            Box::new(move |limit| of_usocket(listener.accept_deadline(limit).map(|_| 0)))
        }
        (operation, true) => {
            let stream = usocket::TcpStream::from(socket);
            Box::new(move |limit| {
                of_usocket(match operation {
                    Operation::Send => stream.send_deadline(scene.payload(), limit),
                    Operation::Receive => stream.recv_deadline(&mut buffer, limit),
                    Operation::Shutdown => stream.shutdown(Shutdown::Both).map(|()| 0),
                    other => panic!("{other} on a stream"),
                })
            })
        }
        (operation, false) => {
            let socket = usocket::UdpSocket::from(socket);
            Box::new(move |limit| {
                of_usocket(match operation {
                    Operation::Connect => socket.connect(scene.addr()).map(|()| 0),
                    Operation::Send => socket.send_deadline(scene.payload(), limit),
                    Operation::SendTo => {
                        socket.send_to_deadline(scene.payload(), scene.addr(), limit)
                    }
                    Operation::Receive => socket.recv_deadline(&mut buffer, limit).map(|d| d.len),
                    Operation::ReceiveFrom => {
                        socket.recv_from_deadline(&mut buffer, limit).map(|d| d.len)
                    }
                    other => panic!("{other} on a datagram socket"),
                })
            })
        }
    }
}

pub(crate) fn by_tokio(socket: OwnedFd, scene: &Scene) -> Call<'_> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    let entered = handle.enter();
    let mut buffer = [0; 16];
    // It takes sockets that do not block only.
    socket2::SockRef::from(&socket)
        .set_nonblocking(true)
        .unwrap();
    let call: Call<'_> = match (scene.operation(), scene.protocol().is_stream()) {
        (Operation::Accept, _) => {
            let listener = tokio::net::TcpListener::from_std(socket.into()).unwrap();
            Box::new(move |limit| {
                within(&runtime, limit, async {
                    listener.accept().await.map(|_| 0)
                })
            })
        }
        (operation, true) => {
            let mut stream = tokio::net::TcpStream::from_std(socket.into()).unwrap();
            Box::new(move |limit| {
                within(&runtime, limit, async {
                    match operation {
                        Operation::Send => stream.write(scene.payload()).await,
                        Operation::Receive => stream.read(&mut buffer).await,
                        Operation::Shutdown => stream.shutdown().await.map(|()| 0),
                        other => panic!("{other} on a stream"),
                    }
                })
            })
        }
        (operation, false) => {
            let socket = tokio::net::UdpSocket::from_std(socket.into()).unwrap();
            Box::new(move |limit| {
                within(&runtime, limit, async {
                    match operation {
                        Operation::Connect => socket.connect(scene.addr()).await.map(|()| 0),
                        Operation::Send => socket.send(scene.payload()).await,
                        Operation::SendTo => socket.send_to(scene.payload(), scene.addr()).await,
                        Operation::Receive => socket.recv(&mut buffer).await,
                        Operation::ReceiveFrom => {
                            socket.recv_from(&mut buffer).await.map(|(n, _)| n)
                        }
                        other => panic!("{other} on a datagram socket"),
                    }
                })
            })
        }
    };
    drop(entered);
    call
}

fn within(
    runtime: &tokio::runtime::Runtime,
    limit: Duration,
    call: impl Future<Output = io::Result<usize>>,
) -> Said {
    runtime.block_on(async {
        match tokio::time::timeout(limit, call).await {
            Ok(result) => of_io(result),
            Err(_) => "time is up".to_owned(),
        }
    })
}

fn of_io(result: io::Result<usize>) -> Said {
    match result {
        Ok(bytes) => format!("{bytes} bytes"),
        Err(error) => failed(error.kind(), Errno::of(&error)),
    }
}

fn of_usocket(result: Result<usize, usocket::Error>) -> Said {
    match result {
        Ok(bytes) => format!("{bytes} bytes"),
        Err(error) => failed(error.condition(), error.raw_os_error().map(Errno::from_raw)),
    }
}

fn failed(named: impl std::fmt::Debug, errno: Option<Errno>) -> Said {
    match errno {
        Some(errno) => format!("{named:?} {errno}"),
        None => format!("{named:?}"),
    }
}
