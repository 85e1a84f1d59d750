//! A network of one's own: the process's, or the calling thread's.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sched::{CloneFlags, setns, unshare};

use super::hook::{self, Failure, Found, NetworkId};
use super::netlink::{self, Netlink};
use super::reason;
use crate::lab::refusal::{Refusal, RefusalKind};
use crate::skip::one_test_per_process;

/// Lives as long as this, a thread or a process in it, or a socket of it.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    // A process that is started here needs it to the end.
    file: Arc<OwnedFd>,
    id: NetworkId,
}

/// What a lab has moved into.
#[derive(Debug)]
pub(super) struct Stay {
    namespace: Namespace,
    scope: Scope,
}

#[derive(Debug)]
enum Scope {
    /// The process's own network, made before `main`: every thread is in it.
    Process,
    /// One for the thread that asked, and for those that it starts from now on. The network where it was before.
    Thread { before: Namespace },
}

impl Namespace {
    /// That of the calling thread.
    pub(super) fn current() -> io::Result<Self> {
        let file = File::open("/proc/thread-self/ns/net")?;
        let id = NetworkId::of_thread()?;
        Ok(Self {
            file: Arc::new(file.into()),
            id,
        })
    }

    /// A new one, with its loopback interface up, that no thread is in.
    pub(super) fn new() -> io::Result<Self> {
        in_a_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET)?;
            loopback_up()?;
            Self::current()
        })
    }

    /// Moves the calling thread here.
    pub(super) fn enter(&self) -> io::Result<()> {
        Ok(setns(&self.file, CloneFlags::CLONE_NEWNET)?)
    }

    /// Runs `f` here, on the calling thread where that is here already.
    pub(super) fn run<T: Send>(&self, f: impl FnOnce() -> T + Send) -> io::Result<T> {
        if NetworkId::of_thread()? == self.id {
            return Ok(f());
        }
        in_a_thread(|| {
            self.enter()?;
            Ok(f())
        })
    }

    pub(super) fn file(&self) -> &Arc<OwnedFd> {
        &self.file
    }
}

impl AsFd for Namespace {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn loopback_up() -> io::Result<()> {
    const LOOPBACK: u32 = 1;
    Netlink::open()?.change([netlink::set_link(LOOPBACK, true)])
}

/// On a thread of its own, which ends with it; a panic goes on in the caller.
fn in_a_thread<T: Send>(f: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("lab-visit".into())
            .spawn_scoped(scope, f)?;
        thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

impl Stay {
    /// Moves into a network that nobody has used: the process's own, the first time under nextest, else one for this
    /// thread.
    pub(super) fn begin() -> Result<Self, Refusal> {
        static USED: AtomicBool = AtomicBool::new(false);

        let (network, outside) = entered()?;
        let failed = |what: &str, error: io::Error| {
            let refusal = Refusal::new(RefusalKind::SetUpFailed, format!("{what}: {error}"));
            refusal.caused_by(error)
        };
        let before =
            Namespace::current().map_err(|error| failed("find this thread's network", error))?;
        if before.id == outside {
            // Another library may have moved the thread; nothing may be sent there.
            return Err(Refusal::new(
                RefusalKind::SetUpFailed,
                "this thread is in the network that the process came from",
            ));
        }
        if one_test_per_process() && before.id == network && !USED.swap(true, Ordering::SeqCst) {
            return Ok(Self {
                namespace: before,
                scope: Scope::Process,
            });
        }
        unshare(CloneFlags::CLONE_NEWNET)
            .map_err(|errno| failed("unshare(CLONE_NEWNET)", errno.into()))?;
        let namespace =
            Namespace::current().map_err(|error| failed("find the new network", error))?;
        let stay = Self {
            namespace,
            scope: Scope::Thread { before },
        };
        loopback_up().map_err(|error| failed("bring the loopback interface up", error))?;
        Ok(stay)
    }

    pub(super) fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// Whether every thread of the process is in it.
    pub(super) fn is_whole_process(&self) -> bool {
        matches!(self.scope, Scope::Process)
    }
}

/// The process's network and the one that it came from, where the hook has made the first.
pub(super) fn entered() -> Result<(NetworkId, NetworkId), Refusal> {
    match hook::found() {
        Some(Found::Entered {
            network, outside, ..
        }) if network != outside => Ok((network, outside)),
        Some(Found::Entered { .. }) => Err(Refusal::new(
            RefusalKind::SetUpFailed,
            "the system gave the process the network that it had",
        )),
        Some(Found::Refused(failure)) => Err(reason::refusal(failure)),
        Some(Found::OptedOut) => Err(Refusal::new(
            RefusalKind::SwitchedOff,
            "switched off by USOCKET_TESTKIT_LAB in the environment, or the tests were only listed, \
             or the program was started without the argument that its lab_main! line names",
        )),
        None => Err(Refusal::new(
            RefusalKind::NoHook,
            "this program has no private network; add this line at the top level of the test file: \
             usocket_testkit::lab_main!();",
        )),
    }
}

/// Whether look-ups of names ask the lab.
pub(super) fn names() -> Result<(), Failure> {
    match hook::found() {
        Some(Found::Entered { names, .. }) => names,
        // There is no lab to ask then.
        _ => Ok(()),
    }
}

impl Drop for Stay {
    /// Back to where the thread was, so that the network can go; if this is the thread.
    fn drop(&mut self) {
        if let Scope::Thread { before } = &self.scope {
            if NetworkId::of_thread().is_ok_and(|current| current == self.namespace.id) {
                let _ = before.enter();
            }
        }
    }
}
