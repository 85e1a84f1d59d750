//! `x86_64`: the one instruction that no filter stops, and where a signal handler finds the registers (syscall(2)).

use std::arch::global_asm;

/// `AUDIT_ARCH_X86_64` of `linux/audit.h`.
pub(super) const AUDIT_ARCH: u32 = 0xc000_003e;

// A function of its own, so that there is exactly one such instruction: the compiler may copy what stands in another.
global_asm!(
    ".globl usocket_testkit_v0_1_call",
    ".hidden usocket_testkit_v0_1_call",
    ".type usocket_testkit_v0_1_call,@function",
    "usocket_testkit_v0_1_call:",
    ".cfi_startproc",
    "mov rax, rdi",
    "mov r8, [rsi + 32]",
    "mov r9, [rsi + 40]",
    "mov r10, [rsi + 24]",
    "mov rdx, [rsi + 16]",
    "mov rdi, [rsi]",
    "mov rsi, [rsi + 8]",
    "syscall",
    ".globl usocket_testkit_v0_1_call_returns",
    ".hidden usocket_testkit_v0_1_call_returns",
    "usocket_testkit_v0_1_call_returns:",
    "ret",
    ".cfi_endproc",
    ".size usocket_testkit_v0_1_call, . - usocket_testkit_v0_1_call",
);

/// What the interrupted call was.
pub(super) fn number(context: &libc::ucontext_t) -> usize {
    register(context, libc::REG_RAX)
}

pub(super) fn arguments(context: &libc::ucontext_t) -> [usize; 6] {
    [
        libc::REG_RDI,
        libc::REG_RSI,
        libc::REG_RDX,
        libc::REG_R10,
        libc::REG_R8,
        libc::REG_R9,
    ]
    .map(|name| register(context, name))
}

/// What the program finds as the call's answer.
pub(super) fn set_result(context: &mut libc::ucontext_t, result: isize) {
    if let Some(register) = context.uc_mcontext.gregs.get_mut(index(libc::REG_RAX)) {
        *register = result as i64;
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a register's bits
fn register(context: &libc::ucontext_t, name: libc::c_int) -> usize {
    let register = context.uc_mcontext.gregs.get(index(name));
    register.map_or(0, |value| *value as usize)
}

#[allow(clippy::cast_sign_loss)] // small positive numbers
const fn index(name: libc::c_int) -> usize {
    name as usize
}

unsafe extern "C" {
    /// Makes the call, and gives what the kernel answers: a negative error number, or the result.
    #[link_name = "usocket_testkit_v0_1_call"]
    pub(super) fn make(number: usize, arguments: &[usize; 6]) -> isize;
    /// The instruction after the exempt one, which is where the kernel says that the call is.
    #[link_name = "usocket_testkit_v0_1_call_returns"]
    fn call_returns();
}

/// Where the kernel says that the exempt instruction is.
pub(super) fn exempt_address() -> u64 {
    call_returns as *const () as u64
}
