//! What a socket is after a call has failed on it: asked through a second descriptor, then by the same call once more.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, SockRef, Socket, Type};
use usocket_testkit::provoke::{Recipe, Shape};
use usocket_testkit::{Errno, Operation, Protocol, Scene, Unavailable};

use super::libraries::{Call, Library, Said};

/// For a call that fails at once, or when its scene says.
const PATIENCE: Duration = Duration::from_secs(10);
/// For the same call once more, which may have nothing to wait for.
const AGAIN: Duration = Duration::from_millis(20);

/// The answer of the call, and the socket after it, by the name of each part.
pub(crate) type Seen = Vec<(&'static str, Said)>;

/// Operations that leave a socket: a stream that cannot be connected is gone with the error, in all three libraries.
pub(crate) fn leaves_a_socket(operation: Operation, protocol: Protocol) -> bool {
    match operation {
        Operation::Connect => !protocol.is_stream(),
        Operation::Accept
        | Operation::Send
        | Operation::SendTo
        | Operation::Receive
        | Operation::ReceiveFrom
        | Operation::Shutdown => true,
        _ => false,
    }
}

/// Sets the recipe up, has the library make the call, and looks; nothing where the call takes flags or control messages,
/// which no library passes here.
pub(crate) fn after(
    recipe: &'static Recipe,
    protocol: Protocol,
    library: Library,
) -> Result<Option<Seen>, Unavailable> {
    let scene = recipe.ready(protocol)?;
    if scene.given().send().is_some() {
        return Ok(None);
    }
    let socket = socket(&scene).unwrap();
    let other = socket.try_clone().unwrap();
    // What a listener without a limit of its own waits for.
    other
        .set_read_timeout(Some(scene.limit().unwrap_or(PATIENCE)))
        .unwrap();
    if scene.shape() != Shape::Target {
        scene.strike(&socket).unwrap();
    }
    let call = library(OwnedFd::from(socket), &scene);
    Ok(Some(look(&scene, &other, call)))
}

fn look(scene: &Scene, other: &Socket, mut call: Call<'_>) -> Seen {
    let answer = call(scene.limit().unwrap_or(PATIENCE));
    other.set_read_timeout(Some(AGAIN)).unwrap();
    vec![
        ("answer", answer),
        ("ready", ready(other)),
        ("peer", of(other.peer_addr().map(|_| "connected"))),
        ("local", of(other.local_addr().map(|_| "bound"))),
        ("pending", pending(&SockRef::from(other))),
        ("again", call(AGAIN)),
    ]
}

/// What the scene gives, or a fresh one that is connected to the far end.
fn socket(scene: &Scene) -> io::Result<Socket> {
    if scene.given().has_descriptor() {
        return Ok(scene.given().descriptor()?.into());
    }
    let protocol = scene.protocol();
    let domain = if protocol.is_ipv6() {
        Domain::IPV6
    } else {
        Domain::IPV4
    };
    let kind = if protocol.is_stream() {
        Type::STREAM
    } else {
        Type::DGRAM
    };
    let socket = Socket::new(domain, kind, None)?;
    if scene.shape() == Shape::Peer {
        socket.connect(&scene.addr().into())?;
    }
    Ok(socket)
}

/// `poll`, without waiting.
fn ready(socket: &Socket) -> Said {
    let every = PollFlags::IN | PollFlags::OUT | PollFlags::RDHUP | PollFlags::PRI;
    let mut sockets = [PollFd::from_borrowed_fd(socket.as_fd(), every)];
    poll(
        &mut sockets,
        Some(&Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )
    .unwrap();
    let words = sockets[0].revents().iter_names().map(|(name, _)| name);
    words.collect::<Vec<_>>().join(" ")
}

/// `SO_ERROR`.
fn pending(socket: &SockRef<'_>) -> Said {
    match socket.take_error() {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(error)) | Err(error) => of(Err(error)),
    }
}

fn of(result: io::Result<&str>) -> Said {
    match result {
        Ok(word) => word.to_owned(),
        Err(error) => Errno::of(&error).map_or_else(|| error.to_string(), |e| e.to_string()),
    }
}
