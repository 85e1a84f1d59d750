//! A program that runs in a network of the lab's.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

use nix::errno::Errno;
use nix::sched::{CloneFlags, setns};

use super::namespace::Namespace;

/// A command whose program runs there, whichever thread starts it, and that ends with the thread that starts it.
pub(super) fn command(namespace: &Namespace, program: &OsStr) -> Command {
    let network = Arc::clone(namespace.file());
    let parent = std::process::id();
    let mut command = Command::new(program);
    // SAFETY: the closure runs in the new process before it becomes the program; it makes system calls only, and
    // neither allocates nor locks.
    unsafe {
        command.pre_exec(move || {
            setns(&network, CloneFlags::CLONE_NEWNET)?;
            // So that nothing outlives a test, however it ends.
            Errno::result(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
            // The test may have ended before that.
            if u32::try_from(libc::getppid()) != Ok(parent) {
                return Err(io::Error::from(Errno::ESRCH));
            }
            Ok(())
        });
    }
    command
}
