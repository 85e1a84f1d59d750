//! `aarch64`: the one instruction that no filter stops, and where a signal handler finds the registers (syscall(2)).

use std::arch::global_asm;

/// `AUDIT_ARCH_AARCH64` of `linux/audit.h`.
pub(super) const AUDIT_ARCH: u32 = 0xc000_00b7;

// A function of its own, so that there is exactly one such instruction: the compiler may copy what stands in another.
global_asm!(
    ".globl usocket_testkit_v0_1_call",
    ".hidden usocket_testkit_v0_1_call",
    ".type usocket_testkit_v0_1_call,@function",
    "usocket_testkit_v0_1_call:",
    ".cfi_startproc",
    "mov x8, x0",
    "mov x9, x1",
    "ldp x0, x1, [x9]",
    "ldp x2, x3, [x9, #16]",
    "ldp x4, x5, [x9, #32]",
    "svc #0",
    ".globl usocket_testkit_v0_1_call_returns",
    ".hidden usocket_testkit_v0_1_call_returns",
    "usocket_testkit_v0_1_call_returns:",
    "ret",
    ".cfi_endproc",
    ".size usocket_testkit_v0_1_call, . - usocket_testkit_v0_1_call",
);

/// What the interrupted call was.
pub(super) fn number(context: &libc::ucontext_t) -> usize {
    register(context, 8)
}

pub(super) fn arguments(context: &libc::ucontext_t) -> [usize; 6] {
    [0, 1, 2, 3, 4, 5].map(|index| register(context, index))
}

/// What the program finds as the call's answer.
#[allow(clippy::cast_sign_loss)] // a register's bits
pub(super) fn set_result(context: &mut libc::ucontext_t, result: isize) {
    if let Some(register) = context.uc_mcontext.regs.first_mut() {
        *register = result as u64;
    }
}

#[allow(clippy::cast_possible_truncation)] // a register is as wide as a pointer
fn register(context: &libc::ucontext_t, index: usize) -> usize {
    let register = context.uc_mcontext.regs.get(index);
    register.map_or(0, |value| *value as usize)
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
