//! What a child does between fork and exec: it says that it is there, takes the filter, hands the listener over, and
//! waits until somebody has it.
//!
//! After a fork of a process with threads, nothing may be done that takes a lock or memory. Here are system calls only,
//! through the exempt instruction, which both filters let through: the parent's, which the child inherits, and its own,
//! which nobody answers yet.

use std::io;
use std::mem::{self, offset_of};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

use super::super::call::{Call, outcome};
use super::super::socket::{number_of, word};
use crate::errno::Errno;

/// All that a child needs.
#[derive(Debug)]
pub(super) struct Start {
    filter: Vec<libc::sock_filter>,
    flags: libc::c_ulong,
    /// The children's end of the socket pair. It closes itself when the child becomes another program.
    door: Arc<OwnedFd>,
}

impl Start {
    pub(super) fn new(
        filter: Vec<libc::sock_filter>,
        flags: libc::c_ulong,
        door: Arc<OwnedFd>,
    ) -> Self {
        Self {
            filter,
            flags,
            door,
        }
    }

    pub(super) fn before_exec_of(self, command: &mut Command) {
        // SAFETY: the closure makes system calls, and reads memory of its own that nobody changes.
        unsafe { command.pre_exec(move || self.run()) };
    }

    fn run(&self) -> io::Result<()> {
        let door = self.door.as_raw_fd();
        // Before there is a filter, so that an error comes back to whoever starts the program.
        match again(|| say(door, None)) {
            Err(error) if error.raw_os_error() == Some(libc::EPIPE) => return Ok(()), // the rules have ended
            said => said?,
        }
        wait_for_answer(door)?;
        let listener = listen(&self.filter, self.flags)?;
        let taken = again(|| say(door, Some(listener))).and_then(|()| wait_for_answer(door));
        // By hand: the C library's call would wait for the listener's answer. Where nobody has taken it, what the child
        // calls fails from here on, and the program is not started: it ends by a signal.
        let closed = close(listener);
        taken.and(closed)
    }
}

/// Tries whether there can be a listener, and with which flags, on the calling thread, which can have no other then.
pub(super) fn probe() -> io::Result<libc::c_ulong> {
    #[allow(clippy::cast_possible_truncation)] // a small number
    let allow = libc::sock_filter {
        code: (libc::BPF_RET | libc::BPF_K) as u16,
        jt: 0,
        jf: 0,
        k: libc::SECCOMP_RET_ALLOW,
    };
    // Once a call is being looked at, only the end of its program interrupts it (Linux 5.19).
    let best =
        libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    match listen(&[allow], best) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
            close(listen(&[allow], flags)?)?;
            Ok(flags)
        }
        listener => close(listener?).map(|()| best),
    }
}

/// Puts the filter on the calling thread, for good, and gives its listener, which closes itself at exec.
fn listen(filter: &[libc::sock_filter], flags: libc::c_ulong) -> io::Result<RawFd> {
    let unprivileged = [word(libc::PR_SET_NO_NEW_PRIVS), 1, 0, 0, 0, 0];
    make(libc::SYS_prctl, unprivileged)?;
    let program = libc::sock_fprog {
        len: u16::try_from(filter.len()).unwrap_or(u16::MAX),
        filter: filter.as_ptr().cast_mut(),
    };
    #[allow(clippy::cast_possible_truncation)] // a word is as wide as a pointer
    let arguments = [
        libc::SECCOMP_SET_MODE_FILTER as usize,
        flags as usize,
        &raw const program as usize,
        0,
        0,
        0,
    ];
    Ok(RawFd::try_from(make(libc::SYS_seccomp, arguments)?).unwrap_or(-1))
}

/// Says which process this is, and hands the listener over once there is one.
fn say(door: RawFd, listener: Option<RawFd>) -> io::Result<()> {
    /// A descriptor beside the bytes of a message (unix(7), cmsg(3)).
    #[repr(C)]
    struct Rights {
        header: libc::cmsghdr,
        descriptor: RawFd,
        padding: [u8; 4],
    }

    let process = make(libc::SYS_getpid, [0; 6])?.to_ne_bytes();
    let mut bytes = libc::iovec {
        iov_base: process.as_ptr().cast_mut().cast(),
        iov_len: process.len(),
    };
    // SAFETY: both structures are numbers and addresses; zero is a value of each.
    let (mut rights, mut message): (Rights, libc::msghdr) = unsafe { mem::zeroed() };
    rights.header.cmsg_len = (offset_of!(Rights, descriptor) + size_of::<RawFd>()) as _;
    rights.header.cmsg_level = libc::SOL_SOCKET;
    rights.header.cmsg_type = libc::SCM_RIGHTS;
    message.msg_iov = &raw mut bytes;
    message.msg_iovlen = 1;
    if let Some(listener) = listener {
        rights.descriptor = listener;
        message.msg_control = (&raw mut rights).cast();
        message.msg_controllen = size_of::<Rights>() as _;
    }
    let arguments = [
        word(door),
        &raw const message as usize,
        word(libc::MSG_NOSIGNAL),
        0,
        0,
        0,
    ];
    make(libc::SYS_sendmsg, arguments).map(drop)
}

/// Until the supervisor has heard: zero, or the error why it can do nothing for this child.
fn wait_for_answer(door: RawFd) -> io::Result<()> {
    let mut answer = [0_u8; size_of::<i32>()];
    let arguments = [
        word(door),
        answer.as_mut_ptr() as usize,
        answer.len(),
        0,
        0,
        0,
    ];
    let read = again(|| make(libc::SYS_read, arguments))?;
    match i32::from_ne_bytes(answer) {
        0 if read == answer.len() => Ok(()),
        0 => Err(io::Error::from_raw_os_error(libc::EPIPE)),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

fn close(descriptor: RawFd) -> io::Result<()> {
    make(libc::SYS_close, [word(descriptor), 0, 0, 0, 0, 0]).map(drop)
}

fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
            done => return done,
        }
    }
}

fn make(number: libc::c_long, arguments: [usize; 6]) -> io::Result<usize> {
    let call = Call {
        number: number_of(number),
        arguments,
    };
    // SAFETY: the calls of this file get numbers, and addresses of variables of their callers that are as long as the
    // kernel is told.
    outcome(unsafe { call.make() })
        .map_err(|errno: Errno| io::Error::from_raw_os_error(errno.raw()))
}
