//! Another program's call, as if it were one of this: its socket under a descriptor of ours, and its address in our
//! memory. So rules need not know whose call it is.

use std::fs;
use std::mem;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use super::super::call::{Call, outcome};
use super::super::socket::{number_of, word};
use super::super::table::{Addressed, Form, Row};
use crate::errno::Errno;
use crate::faults::refusal::{Refusal, RefusalKind};

/// Whether this process may look into others at all. Which ones, shows when they start.
pub(super) fn available() -> Result<(), Refusal> {
    // This very process lets itself, so that what refuses is the kernel or a filter.
    let Err(errno) = may_look_into(std::process::id()) else {
        return Ok(());
    };
    let (kind, words) = match errno {
        Errno::EPERM | Errno::EACCES => (
            RefusalKind::Forbidden,
            "a system-call filter of the container forbids to look into the sockets of children; unlock with: \
             docker run --cap-add SYS_PTRACE …",
        ),
        Errno::EMFILE | Errno::ENFILE => (
            RefusalKind::TooMany,
            "this process has no descriptor left for the sockets of children",
        ),
        _ => (
            RefusalKind::NotOffered,
            "the kernel cannot show the sockets of children (pidfd_getfd(2), Linux 5.6), or a filter or an emulator \
             hides it",
        ),
    };
    let reason = format!(
        "{words} (pidfd_getfd: {errno}); or let these tests be skipped: USOCKET_TESTKIT_SKIP=faults"
    );
    Err(Refusal::new(kind, reason).caused_by(errno.into()))
}

/// Whether the sockets of that process can be had.
pub(super) fn may_look_into(process: u32) -> Result<(), Errno> {
    // A descriptor that no process has: the permission is asked first.
    match descriptor_of(process, -1) {
        Err(Errno::EBADF) => Ok(()),
        answer => answer.map(drop),
    }
}

/// Runs `f` with the call as one of this process; none where the thread cannot be looked into.
pub(super) fn as_ours<T>(
    thread: u32,
    row: &Row,
    call: Call,
    f: impl FnOnce(Call) -> T,
) -> Option<T> {
    if thread == 0 {
        return None;
    }
    let socket = match row.form {
        Form::NewSocket | Form::Poll | Form::Select | Form::Epoll => None,
        _ => Some(descriptor_of(thread, call.descriptor(0)).ok()?),
    };
    let ours = match &socket {
        Some(socket) => call.with(0, word(socket.as_raw_fd())),
        None => call,
    };
    // They live until `f` has returned.
    let mut address = [0_u8; size_of::<libc::sockaddr_storage>()];
    // SAFETY: a structure of numbers and addresses.
    let mut header: libc::msghdr = unsafe { mem::zeroed() };
    let ours = match row.form {
        Form::Address(_) => ours
            .with(
                1,
                copy(thread, call.argument(1), call.argument(2), &mut address),
            )
            .with(2, bounded(call.argument(2))),
        Form::Buffer(_, Addressed::Yes) => ours
            .with(
                4,
                copy(thread, call.argument(4), call.argument(5), &mut address),
            )
            .with(5, bounded(call.argument(5))),
        // The first of many messages, too, begins with its header.
        Form::Message(_) | Form::Messages(_) => {
            read_header(thread, call.argument(1), &mut header);
            let (name, length) = (header.msg_name as usize, header.msg_namelen as usize);
            header.msg_name = copy(thread, name, length, &mut address) as *mut _;
            #[allow(clippy::cast_possible_truncation)] // at most 128
            let length = bounded(length) as u32;
            header.msg_namelen = length;
            ours.with(1, &raw const header as usize)
        }
        _ => ours,
    };
    Some(f(ours))
}

/// No address is longer.
fn bounded(length: usize) -> usize {
    // An `int` or a `socklen_t`: the kernel looks at the lower half of the register.
    (length & 0xffff_ffff).min(size_of::<libc::sockaddr_storage>())
}

/// The address of `room`, with what is at `address` there; no address for none. What cannot be read stays zero, which
/// is no address either.
fn copy(thread: u32, address: usize, length: usize, room: &mut [u8]) -> usize {
    if address == 0 {
        return 0;
    }
    if let Some(bytes) = room.get_mut(..bounded(length)) {
        // SAFETY: every pattern of bits is a byte.
        unsafe { read(thread, address, bytes.as_mut_ptr(), bytes.len()) };
    }
    room.as_ptr() as usize
}

fn read_header(thread: u32, address: usize, header: &mut libc::msghdr) {
    // SAFETY: every pattern of bits is a value of the structure.
    unsafe {
        read(
            thread,
            address,
            std::ptr::from_mut(header).cast(),
            size_of::<libc::msghdr>(),
        );
    }
}

/// Reads the other program's memory (`process_vm_readv(2)`), as far as it goes.
///
/// # Safety
///
/// `to` has room for `length` bytes, and any bytes may be written there.
unsafe fn read(thread: u32, address: usize, to: *mut u8, length: usize) {
    let part = |address: usize| libc::iovec {
        iov_base: address as *mut _,
        iov_len: length,
    };
    let (local, remote) = (part(to as usize), part(address));
    let arguments = [
        thread as usize,
        &raw const local as usize,
        1,
        &raw const remote as usize,
        1,
        0,
    ];
    // Bad addresses are for the kernel to refuse, when the call goes on.
    let _ = make(libc::SYS_process_vm_readv, arguments);
}

/// Another descriptor of ours for what the thread has under this one (`pidfd_getfd(2)`).
fn descriptor_of(thread: u32, descriptor: RawFd) -> Result<OwnedFd, Errno> {
    let process = open(thread)?;
    let arguments = [word(process.as_raw_fd()), word(descriptor), 0, 0, 0, 0];
    make(libc::SYS_pidfd_getfd, arguments).map(owned)
}

/// The thread (Linux 6.9), or the process that it is of.
fn open(thread: u32) -> Result<OwnedFd, Errno> {
    /// `PIDFD_THREAD` of `linux/pidfd.h`.
    const THREAD: usize = libc::O_EXCL as usize;
    let open =
        |number: u32, flags| make(libc::SYS_pidfd_open, [number as usize, flags, 0, 0, 0, 0]);
    let opened = match open(thread, THREAD) {
        Err(Errno::EINVAL) => open(process_of(thread).ok_or(Errno::from_raw(libc::ESRCH))?, 0),
        opened => opened,
    };
    opened.map(owned)
}

/// What `/proc` says about it (`proc_pid_status(5)`).
fn process_of(thread: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Tgid:"))?;
    line.trim().parse().ok()
}

fn owned(descriptor: usize) -> OwnedFd {
    let descriptor = RawFd::try_from(descriptor).unwrap_or(-1);
    // SAFETY: the kernel has just made it, for the caller.
    unsafe { OwnedFd::from_raw_fd(descriptor) }
}

fn make(number: libc::c_long, arguments: [usize; 6]) -> Result<usize, Errno> {
    let call = Call {
        number: number_of(number),
        arguments,
    };
    // SAFETY: the calls of this file get numbers, and addresses of variables of their callers that are as long as the
    // kernel is told; addresses in other programs are the kernel's to check.
    outcome(unsafe { call.make() })
}
