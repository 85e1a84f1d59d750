//! Rules for other programs: a filter sends their calls to a thread of this process (`seccomp_unotify(2)`).
//!
//! Everything is made ready here. Between fork and exec the child puts the filter on itself and hands its listener over
//! ([`start`]); the [`supervisor`] answers, with what it can learn about a call of another program ([`foreign`]).

#[allow(unsafe_code)] // the memory and the descriptors of another program
mod foreign;
#[allow(unsafe_code)] // the listener's ioctls
mod listener;
#[allow(unsafe_code)] // what runs between fork and exec
mod start;
#[allow(unsafe_code)] // a descriptor that comes in a message
mod supervisor;

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};

use nix::sys::socket::{AddressFamily, Shutdown, SockFlag, SockType, shutdown, socketpair};

use super::{cpu, program};
use crate::exempt::{exempt, lock};
use crate::faults::refusal::{Refusal, RefusalKind};
use crate::faults::scope::Scope;
use start::Start;

/// A scope for the programs that the command starts from now on.
pub(in crate::faults) fn for_command(
    command: &mut Command,
) -> Result<(&'static Scope, Children), Refusal> {
    let flags = probe()?;
    foreign::available()?;
    let no_room = |error: io::Error| {
        let reason = format!("no socket or thread for the one that answers children: {error}");
        Refusal::new(RefusalKind::TooMany, reason).caused_by(error)
    };
    let Some(filter) = program::for_children(cpu::AUDIT_ARCH, cpu::exempt_address()) else {
        return Err(Refusal::new(
            RefusalKind::NotOffered,
            "the filter for children is too long",
        ));
    };
    let (near, far) = {
        // Not a call of the test's.
        let _exempt = exempt();
        // Of this type, since rules leave such sockets alone, and since a message comes as a whole.
        socketpair(
            AddressFamily::Unix,
            SockType::SeqPacket,
            None,
            SockFlag::SOCK_CLOEXEC,
        )
        .map_err(|errno| no_room(errno.into()))?
    };
    let near = Arc::new(near);
    let lease = Arc::new(Lease::new());
    let scope = lease.0;
    let (alone, is_alone) = mpsc::channel();
    let thread = {
        let (near, lease) = (Arc::clone(&near), Arc::clone(&lease));
        thread::Builder::new()
            .name("faults-children".into())
            .spawn(move || supervisor::run(lease.0, near, &alone))
            .map_err(no_room)?
    };
    let far = Arc::new(far);
    let children = Children(Mutex::new(Kept {
        door: Arc::downgrade(&near),
        _far: Arc::clone(&far),
        is_alone,
        thread: Some(thread),
        _lease: lease,
    }));
    Start::new(filter, flags, far).before_exec_of(command);
    Ok((scope, children))
}

/// What a `Faults` for a command keeps. When it is dropped, no more programs come under it; the thread ends with the
/// last one that is.
#[derive(Debug)]
pub(in crate::faults) struct Children(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    /// The thread's end of the socket pair, which is closed when the thread ends: a child must not wait for it.
    door: Weak<OwnedFd>,
    /// The children's end, so that the thread is there for as long as this, whatever becomes of the command.
    _far: Arc<OwnedFd>,
    /// Says something when the thread outlives this, and nothing when it has ended.
    is_alone: Receiver<()>,
    thread: Option<JoinHandle<()>>,
    _lease: Arc<Lease>,
}

impl Drop for Children {
    fn drop(&mut self) {
        let kept = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(door) = kept.door.upgrade() {
            let _exempt = exempt();
            // It fails on no socket that is connected. What was sent before can still be received.
            let _ = shutdown(door.as_raw_fd(), Shutdown::Read);
        }
        // The thread waits for nothing but its next call to answer, so this takes no time. It has ended where no
        // program is left, so that nothing is left behind where tests count threads and descriptors.
        if kept.is_alone.recv().is_err() {
            if let Some(thread) = kept.thread.take() {
                // It does not panic; if it did, it said so.
                let _ = thread.join();
            }
        }
    }
}

/// A scope that goes to the next one when neither the test nor the thread needs it: scopes are never freed.
#[derive(Debug)]
struct Lease(&'static Scope);

static FREE: Mutex<Vec<&'static Scope>> = Mutex::new(Vec::new());

impl Lease {
    fn new() -> Self {
        let free = lock(&FREE).pop();
        Self(free.unwrap_or_else(|| Scope::new(None)))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&FREE).push(self.0);
    }
}

/// Whether a child of this thread could have a listener, and the filter's flags. Asked by a thread that ends at once,
/// and with it its filter.
fn probe() -> Result<libc::c_ulong, Refusal> {
    let probed = thread::Builder::new()
        .name("faults-probe".into())
        .spawn(start::probe)
        .map(JoinHandle::join);
    let error = match probed {
        Ok(Ok(Ok(flags))) => return Ok(flags),
        Ok(Ok(Err(error))) | Err(error) => error,
        Ok(Err(_)) => io::ErrorKind::Other.into(),
    };
    let (kind, words) = match error.raw_os_error() {
        Some(libc::EBUSY) => (
            RefusalKind::ListenerTaken,
            "a program above this one has the system calls of its children sent to it already (a container's agent, \
             or other rules for children), and there can be one such listener only",
        ),
        Some(libc::EPERM | libc::EACCES) => (
            RefusalKind::Forbidden,
            "a system-call filter of the container or of this program forbids further filters; unlock with: \
             docker run --security-opt seccomp=unconfined …",
        ),
        Some(libc::ENOMEM | libc::EAGAIN) => (
            RefusalKind::TooMany,
            "there are too many threads in this process, or filters on this one",
        ),
        _ => (
            RefusalKind::NotOffered,
            "the kernel has no user notification (Linux 5.9 with CONFIG_SECCOMP_FILTER), or a filter or an emulator \
             hides it",
        ),
    };
    let reason =
        format!("{words} ({error}); or let these tests be skipped: USOCKET_TESTKIT_SKIP=faults");
    Err(Refusal::new(kind, reason).caused_by(error))
}
