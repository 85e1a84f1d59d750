//! What a container does to namespaces: a system-call filter that refuses them, for good and for all descendants
//! (seccomp(2)). Its answers are those of Docker's default profile.

use std::io;

/// `CLONE_NEWNS`, `…CGROUP`, `…UTS`, `…IPC`, `…USER`, `…PID` and `…NET`.
const NEW: u32 = 0x7e02_0000;
/// `CLONE_NEWTIME`, which `clone` has no room for.
const NEW_TIME: u32 = 0x80;

/// In `struct seccomp_data`; flags are the first argument of both.
const NUMBER: u32 = 0;
const FLAGS: u32 = if cfg!(target_endian = "big") { 20 } else { 16 };

const ALLOW: u32 = 0x7fff_0000;
const ERRNO: u32 = 0x0005_0000;

/// From now on the calling thread, and what it starts, makes no namespaces and enters none. It allocates nothing, as
/// between fork and exec nobody may.
pub(crate) fn forbid_namespaces() -> io::Result<()> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small numbers
    let (unshare, setns, clone, clone3, refused, unknown) = (
        libc::SYS_unshare as u32,
        libc::SYS_setns as u32,
        libc::SYS_clone as u32,
        libc::SYS_clone3 as u32,
        ERRNO | libc::EPERM as u32,
        ERRNO | libc::ENOSYS as u32,
    );
    let load = |at| step(0x20, 0, 0, at);
    let answer = |what| step(0x06, 0, 0, what);
    let if_equal = |number, skip, otherwise| step(0x15, skip, otherwise, number);
    let if_any_of = |bits, skip, otherwise| step(0x45, skip, otherwise, bits);
    let mut program = [
        load(NUMBER),
        if_equal(setns, 8, 0),
        // Its flags lie where a filter cannot look; without it, the C library takes the other one.
        if_equal(clone3, 8, 0),
        if_equal(unshare, 2, 0),
        if_equal(clone, 3, 0),
        answer(ALLOW),
        load(FLAGS),
        if_any_of(NEW | NEW_TIME, 2, 4),
        load(FLAGS),
        if_any_of(NEW, 0, 2),
        answer(refused),
        answer(unknown),
        answer(ALLOW),
    ];
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).unwrap_or(u16::MAX),
        filter: program.as_mut_ptr(),
    };
    // SAFETY: system calls only, with arguments that live until they return.
    let ok = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                0,
                &raw const filter,
            ) == 0
    };
    if ok {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// One step of the filter, in the terms of `<linux/bpf_common.h>`.
fn step(code: u16, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}
