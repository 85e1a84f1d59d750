//! Linux: a filter stops the calls (seccomp(2)), and a signal handler answers them.

#[allow(unsafe_code)] // closing what a call gave, and the clock
mod act;
#[allow(unsafe_code)] // the real call
mod answer;
#[allow(unsafe_code)] // the exempt instruction
mod call;
mod children;
#[allow(unsafe_code)] // the exempt instruction
#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
mod cpu;
#[allow(unsafe_code)] // questions about the thread
mod describe;
#[allow(unsafe_code)] // what the loader has loaded
mod image;
#[allow(unsafe_code)] // the program's memory, through the kernel
mod memory;
mod program;
#[allow(unsafe_code)] // the real call
mod real;
#[allow(unsafe_code)] // epoll_ctl
mod rearm;
mod short;
mod site;
#[allow(unsafe_code)] // questions about a descriptor
mod socket;
mod table;
#[allow(unsafe_code)] // the signal handler
mod trap;
mod tree;
#[allow(unsafe_code)] // poll
mod wait;

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::process::Command;

use super::backend::Backend;
use super::matching::Identity;
use super::refusal::{Refusal, RefusalKind};
use super::scope::Scope;
pub(super) use children::Children;

/// The calling thread's own scope, which it has from now on.
pub(super) fn enter() -> Result<(&'static Scope, Backend), Refusal> {
    or_skip(make())
}

/// A scope for what the command starts.
pub(super) fn for_command(command: &mut Command) -> Result<(&'static Scope, Children), Refusal> {
    or_skip(children::for_command(command))
}

fn or_skip<T>(made: Result<T, Refusal>) -> Result<T, Refusal> {
    if let Err(refusal) = &made {
        if refusal.may_be_skipped() {
            crate::skip::skip_if_allowed("faults", refusal);
        }
    }
    made
}

/// Whether a thread can have one, as far as it can be known without a filter.
pub(super) fn available() -> Result<(), Refusal> {
    addresses_are_random()?;
    signal_is_free()
}

/// The socket, whatever its descriptors' numbers.
pub(super) fn identity(socket: &impl AsFd) -> io::Result<Identity> {
    socket::identity(socket.as_fd().as_raw_fd())
        .ok_or_else(|| io::Error::from_raw_os_error(libc::ENOTSOCK))
}

fn make() -> Result<(&'static Scope, Backend), Refusal> {
    available()?;
    let text = image::text();
    trap::install(&text)?;
    let around = trap::probe();
    if around.is_some_and(|number| number == tree::own()) {
        // A filter stays for as long as its thread does: once is enough.
        if let Some(scope) = tree::scope(tree::own()) {
            return Ok((scope, Backend::TRAP));
        }
    }
    let Some((number, scope)) = tree::add(around.and_then(tree::scope)) else {
        return Err(Refusal::new(
            RefusalKind::TooMany,
            "65535 threads of this process have had rules; use `cargo nextest run`, or fewer threads",
        ));
    };
    let program = program::program(cpu::AUDIT_ARCH, number, cpu::exempt_address(), &text);
    let Some(program) = program else {
        return Err(Refusal::new(
            RefusalKind::NotOffered,
            "the program's own text is in too many pieces for a filter",
        ));
    };
    install(&program)?;
    if trap::probe() != Some(number) {
        return Err(Refusal::new(
            RefusalKind::NotEffective,
            "the system accepts system-call filters and does not obey them (an emulator?); run these tests on Linux \
             itself, or use Faults::seam; or let them be skipped: USOCKET_TESTKIT_SKIP=faults",
        ));
    }
    tree::set_own(number);
    Ok((scope, Backend::TRAP))
}

/// Puts the filter on the calling thread, for good.
#[allow(unsafe_code)]
fn install(program: &[libc::sock_filter]) -> Result<(), Refusal> {
    let refused = |step: &str| {
        let error = io::Error::last_os_error();
        let (kind, words) = match error.raw_os_error() {
            Some(libc::ENOMEM) => (
                RefusalKind::TooMany,
                "there are too many filters on this thread: threads that start each other and each make rules are \
                 nested too deep",
            ),
            Some(libc::EPERM | libc::EACCES) => (
                RefusalKind::Forbidden,
                "a system-call filter of the container or of this program forbids further filters; unlock with: \
                 docker run --security-opt seccomp=unconfined …",
            ),
            _ => (
                RefusalKind::NotOffered,
                "the kernel has no system-call filters (CONFIG_SECCOMP_FILTER), or a filter or an emulator hides them",
            ),
        };
        let reason = format!(
            "{words} ({step}: {error}); or let these tests be skipped: USOCKET_TESTKIT_SKIP=faults"
        );
        Refusal::new(kind, reason).caused_by(error)
    };
    // SAFETY: the call has numbers only. It means that no program that this thread starts gains privileges; without
    // it, only root may have filters.
    let unprivileged = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    if unprivileged != 0 {
        return Err(refused("no_new_privs"));
    }
    let Ok(len) = u16::try_from(program.len()) else {
        return Err(refused("filter"));
    };
    let program = libc::sock_fprog {
        len,
        filter: program.as_ptr().cast_mut(),
    };
    // SAFETY: the kernel reads the filter, which lives until it returns.
    let installed = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            0,
            &raw const program,
        )
    };
    if installed == 0 {
        Ok(())
    } else {
        Err(refused("seccomp"))
    }
}

/// Children inherit the filter, and are told from this process by where their instructions are.
#[allow(unsafe_code)]
fn addresses_are_random() -> Result<(), Refusal> {
    const ASK: libc::c_ulong = 0xffff_ffff;
    // SAFETY: the call has a number only, and with this one changes nothing.
    let personality = unsafe { libc::personality(ASK) };
    let reason = if personality & libc::ADDR_NO_RANDOMIZE != 0 {
        "address randomization is off for this process, so that children could not be told from it; unlock with: \
         in gdb, set disable-randomization off; elsewhere, start it without setarch -R"
    } else if fs::read_to_string("/proc/sys/kernel/randomize_va_space")
        .is_ok_and(|value| value.trim() == "0")
    {
        "address randomization is off on this system, so that children could not be told from this process; unlock \
         with: sudo sysctl kernel.randomize_va_space=2"
    } else if is_at_fixed_address() {
        "this program is not position-independent, so that children could not be told from it; build it with \
         -C relocation-model=pie"
    } else {
        return Ok(());
    };
    Err(Refusal::new(
        RefusalKind::NoRandomization,
        format!("{reason}; or let these tests be skipped: USOCKET_TESTKIT_SKIP=faults"),
    ))
}

/// Whether the executable's header says `ET_EXEC` (elf(5)).
fn is_at_fixed_address() -> bool {
    use std::io::Read;

    const ET_EXEC: u16 = 2;
    let mut header = [0; 18];
    let read = fs::File::open("/proc/self/exe").and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header.ends_with(&ET_EXEC.to_ne_bytes())
}

/// A call that stops while its signal is blocked ends the process.
#[allow(unsafe_code)]
fn signal_is_free() -> Result<(), Refusal> {
    // SAFETY: a zeroed set is a value.
    let mut blocked: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: the set lives through both calls, the first of which only asks.
    let is_blocked = unsafe {
        libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut blocked);
        libc::sigismember(&raw const blocked, libc::SIGSYS) == 1
    };
    if is_blocked {
        return Err(Refusal::new(
            RefusalKind::SignalTaken,
            "this thread blocks the signal SIGSYS, and the first call that a rule is about would end the process; \
             make the Faults first, or leave SIGSYS out of what the thread blocks",
        ));
    }
    Ok(())
}
