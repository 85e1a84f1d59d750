//! Paths of the Unix domain: taken, abandoned, of another type, and impossible ones.

use std::env;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use socket2::{Domain, SockAddr, Socket, Type};

use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::portable::sockets::fresh;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// A directory that only this user can enter, and that goes with the scene.
pub(in crate::provoke) struct Directory(PathBuf);

impl Directory {
    fn new() -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("usocket-testkit-{}-{number}", process::id());
            let path = env::temp_dir().join(name);
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                // Left behind by a process of the same number that was ended by force.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sets what its owner may do in it.
    fn set_mode(&self, mode: u32) -> io::Result<()> {
        fs::set_permissions(&self.0, Permissions::from_mode(mode))
    }

    /// The path of the one socket in it.
    fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // It may be closed; and one that somebody has removed already is no worse than one that we remove.
        let _ = self.set_mode(0o700);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A socket that is bound to a path, and the directory that the path is in.
fn at_a_path(kind: Type) -> io::Result<(Socket, Directory)> {
    let directory = Directory::new()?;
    let socket = Socket::new(Domain::UNIX, kind, None)?;
    socket.bind(&SockAddr::unix(directory.socket())?)?;
    Ok((socket, directory))
}

/// A stage at the path of a socket that is bound and does nothing else.
fn bound(kind: Type) -> Result<Stage, Hindrance> {
    let (socket, directory) = at_a_path(kind)?;
    Ok(Stage::path(directory.socket())
        .holding(socket)
        .holding(directory))
}

/// A listener, and the directory that its path is in.
pub(in crate::provoke) fn listener() -> io::Result<(Socket, Directory)> {
    let (socket, directory) = at_a_path(Type::STREAM)?;
    socket.listen(1)?;
    Ok((socket, directory))
}

/// A connected stream, to be connected once more to where it is connected: Linux looks for a
/// listener at the path first, and only then at the stream.
pub(in crate::provoke) fn connected_already() -> Result<Stage, Hindrance> {
    let (listener, directory) = listener()?;
    let near = fresh(Protocol::UnixStream)?;
    near.connect(&listener.local_addr()?)?;
    Ok(Stage::giving(&near)?
        .at_path(directory.socket())
        .holding(listener)
        .holding(directory))
}

pub(in crate::provoke) fn bound_stream(_: Protocol) -> Result<Stage, Hindrance> {
    bound(Type::STREAM)
}

pub(in crate::provoke) fn bound_datagram(_: Protocol) -> Result<Stage, Hindrance> {
    bound(Type::DGRAM)
}

pub(in crate::provoke) fn closed_socket(_: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener()?;
    fs::set_permissions(directory.socket(), Permissions::from_mode(0o000))?;
    let trial = fresh(Protocol::UnixStream)?;
    forbidden(&trial.connect(&listener.local_addr()?))?;
    Ok(Stage::path(directory.socket())
        .holding(listener)
        .holding(directory))
}

pub(in crate::provoke) fn closed_directory(_: Protocol) -> Result<Stage, Hindrance> {
    let directory = Directory::new()?;
    directory.set_mode(0o000)?;
    let trial = fresh(Protocol::UnixStream)?;
    forbidden(&trial.bind(&SockAddr::unix(directory.socket())?))?;
    Ok(Stage::path(directory.socket()).holding(directory))
}

/// Whether the trial met what the subject is to meet.
fn forbidden(trial: &io::Result<()>) -> Result<(), Hindrance> {
    match trial {
        Err(error) if Errno::of(error) == Some(Errno::EACCES) => Ok(()),
        _ => Err(Hindrance::new(
            UnavailableKind::Privileged,
            "files are open to this process whatever their mode: run it as a user without CAP_DAC_OVERRIDE",
        )),
    }
}

pub(in crate::provoke) fn through_a_device(_: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::path("/dev/null/socket"))
}

pub(in crate::provoke) fn no_such_path(_: Protocol) -> Result<Stage, Hindrance> {
    // Nobody can make files there, so that nobody can make this one.
    Ok(Stage::path("/proc/self/no-such-socket"))
}
