//! The signal handler in which watched calls stop.
//!
//! `SIGSYS` from a filter is synchronous: it comes at a system call instruction of the program's own text or the C
//! library's, and nowhere else. So the handler may do what the code around that instruction may do. It allocates and
//! locks, since no code that holds the allocator's lock, or one of ours, makes a call on a socket; for calls on other
//! files, which an allocator might make, it does neither. It has the thread's own stack, and the thread's signals stay
//! as they are.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::answer::answer;
use super::call::{Call, failed};
use super::program::Range;
use super::table::{Form, Row};
use super::{cpu, memory, tree};
use crate::errno::Errno;
use crate::exempt::is_exempt;
use crate::faults::refusal::{Refusal, RefusalKind};

/// What was there before.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

/// The process that installed it. In a child by fork, somebody may hold any lock for ever.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// The text in which calls stop.
static TEXT: OnceLock<Vec<Range>> = OnceLock::new();

/// Installs the handler, once for the process.
pub(super) fn install(text: &[Range]) -> Result<(), Refusal> {
    let process = std::process::id();
    let first = PROCESS.compare_exchange(0, process, Ordering::AcqRel, Ordering::Acquire);
    if first.is_err_and(|installed| installed != process) {
        return Err(Refusal::new(
            RefusalKind::ForkedChild,
            "this process is a fork of the one that made rules; start the program anew instead (exec)",
        ));
    }
    // The text first: the handler asks for it.
    TEXT.get_or_init(|| text.to_vec());
    BEFORE.get_or_init(|| {
        // SAFETY: a zeroed sigaction is a value; its mask is empty.
        let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
        new.sa_sigaction = on_signal as *const () as usize;
        // Not blocked while it runs, since signal handlers that run inside a call it makes may make calls too.
        new.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        // SAFETY: as above.
        let mut old: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: both structures live through the call, and the handler has the signature that SA_SIGINFO asks for.
        unsafe { libc::sigaction(libc::SIGSYS, &raw const new, &raw mut old) };
        old
    });
    if is_installed() {
        Ok(())
    } else {
        Err(Refusal::new(
            RefusalKind::SignalTaken,
            "another owner has replaced the handler of SIGSYS that rules need; make the first Faults after that",
        ))
    }
}

fn is_installed() -> bool {
    // SAFETY: a zeroed sigaction is a value.
    let mut now: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: the structure lives through the call, which only asks.
    unsafe { libc::sigaction(libc::SIGSYS, std::ptr::null(), &raw mut now) };
    now.sa_sigaction == on_signal as *const () as usize
}

/// What the kernel says about a stopped call: `siginfo_t` of sigaction(2), for `SYS_SECCOMP`.
#[repr(C)]
struct Stopped {
    signal: i32,
    /// `SECCOMP_RET_DATA`.
    data: i32,
    code: i32,
    #[cfg(target_pointer_width = "64")]
    _padding: i32,
    address: usize,
    number: i32,
    architecture: u32,
}

/// `SYS_SECCOMP` of `asm-generic/siginfo.h`.
const SYS_SECCOMP: i32 = 1;

/// The handler.
unsafe extern "C" fn on_signal(
    signal: libc::c_int,
    info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    // SAFETY: the C library gives the address of this thread's errno.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: it is this thread's, and lives as long as that.
    let saved = unsafe { *errno };
    // SAFETY: the kernel gives SA_SIGINFO handlers both, for as long as they run; the first has the layout of
    // `Stopped`, which is read only where the code says that it is one; nobody else looks at the second.
    let (stopped, context_now) = unsafe {
        (
            &*info.cast::<Stopped>(),
            &mut *context.cast::<libc::ucontext_t>(),
        )
    };
    match ours(stopped, context_now) {
        Some((scope, call, row)) => {
            let result = match row.form {
                Form::SignalMask => block_signals(call, context_now),
                _ => stop(scope, call, row),
            };
            cpu::set_result(context_now, result);
        }
        // SAFETY: these are what the kernel gave this handler.
        None => unsafe { pass_on(signal, info, context) },
    }
    // SAFETY: as above.
    unsafe { *errno = saved };
}

/// The scope and the call, if it is one that a filter of ours has stopped.
fn ours(stopped: &Stopped, context: &libc::ucontext_t) -> Option<(u16, Call, &'static Row)> {
    if stopped.code != SYS_SECCOMP || stopped.architecture != cpu::AUDIT_ARCH {
        return None;
    }
    let scope = u16::try_from(stopped.data).ok()?;
    tree::scope(scope)?;
    let address = stopped.address as u64;
    let call = Call {
        number: cpu::number(context),
        arguments: cpu::arguments(context),
    };
    let row = Row::of(&call)?;
    let text = TEXT.get()?;
    text.iter()
        .any(|range| (range.first..=range.last).contains(&address))
        .then_some((scope, call, row))
}

fn stop(number: u16, call: Call, row: &'static Row) -> isize {
    if let Some(probe) = answer_probe(number, &call) {
        return probe;
    }
    let same_process = std::process::id() == PROCESS.load(Ordering::Relaxed);
    match tree::scope(number) {
        Some(scope) if same_process && !is_exempt() => answer(scope, row, call),
        // SAFETY: it is the program's own call.
        _ => unsafe { call.make() },
    }
}

/// Arguments that nobody else uses, of a call that fails without a filter.
const PROBE: [usize; 3] = [usize::MAX, 0x7573_6f63, 0x6b65_7400];

/// The number of the scope whose filter is the calling thread's newest; none where it has no filter of ours.
pub(super) fn probe() -> Option<u16> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // chosen to fit
    let [socket, level, name] = PROBE.map(|word| word as i32);
    // By the C library's function, since the exempt instruction would not stop.
    // SAFETY: the descriptor is none, so that nothing is written through the null pointers.
    let answer = unsafe {
        libc::getsockopt(
            socket,
            level,
            name,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    };
    u16::try_from(answer).ok()
}

fn answer_probe(scope: u16, call: &Call) -> Option<isize> {
    #[allow(clippy::cast_possible_truncation)] // the lower half
    let low = |word: usize| word as u32;
    let is_probe = call.number == super::socket::number_of(libc::SYS_getsockopt)
        && (0..3)
            .all(|index| low(call.argument(index)) == PROBE.get(index).map_or(0, |one| low(*one)));
    // The C library gives back what fits an int.
    is_probe.then(|| isize::try_from(scope).unwrap_or_else(|_| failed(Errno::EBADF)))
}

/// Blocks the signals that the program names, but for `SIGSYS`: a call that stops while it is blocked would end the
/// process. Only `SIG_BLOCK` comes here; what sets a whole mask is what children do between fork and exec.
fn block_signals(call: Call, context: &mut libc::ucontext_t) -> isize {
    const WORD: usize = size_of::<u64>();
    const SIGSYS_BIT: u64 = 1 << (libc::SIGSYS - 1);
    let set = call.argument(1);
    let wanted = if set == 0 || call.argument(3) != WORD {
        None
    } else {
        memory::read::<u64>(set).ok()
    };
    let Some(wanted) = wanted else {
        // SAFETY: it is the program's own call.
        return unsafe { call.make() };
    };
    let allowed = wanted & !SIGSYS_BIT;
    // SAFETY: it is the program's own call, with a set that lives until it returns.
    let answer = unsafe { call.with(1, &raw const allowed as usize).make() };
    if answer == 0 {
        // The kernel restores the mask of before when the handler ends.
        // SAFETY: the kernel's set is the first word of the C library's.
        let mask = unsafe { &mut *(&raw mut context.uc_sigmask).cast::<u64>() };
        *mask |= allowed;
    }
    answer
}

/// A signal that is none of ours: whoever was there before gets it; nobody, and it does what it does without a
/// handler.
unsafe fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let before = BEFORE.get();
    let handler = before.map_or(libc::SIG_DFL, |before| before.sa_sigaction);
    let flags = before.map_or(0, |before| before.sa_flags);
    if handler == libc::SIG_DFL {
        // SAFETY: both calls only change what happens to the signal; it comes again at once, and ends the process.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    } else if handler == libc::SIG_IGN {
        // As the kernel would.
    } else if flags & libc::SA_SIGINFO != 0 {
        type Handler = unsafe extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
        // SAFETY: whoever installed it with this flag gave a function of this type; the arguments are the kernel's.
        unsafe {
            let handler = std::mem::transmute::<usize, Handler>(handler);
            handler(signal, info, context);
        }
    } else {
        type Handler = unsafe extern "C" fn(libc::c_int);
        // SAFETY: whoever installed it without the flag gave a function of this type.
        unsafe {
            let handler = std::mem::transmute::<usize, Handler>(handler);
            handler(signal);
        }
    }
}
