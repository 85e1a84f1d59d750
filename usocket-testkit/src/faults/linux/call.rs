//! One system call: its number and its arguments.

use super::cpu;
use crate::errno::Errno;

/// A call as the program wants it made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) number: usize,
    pub(super) arguments: [usize; 6],
}

impl Call {
    /// Makes it, past every filter of ours. The answer is the kernel's: a negative error number, or the result.
    ///
    /// # Safety
    ///
    /// The caller answers for the call, as with `syscall`. For the call that a program has made, the program does.
    pub(super) unsafe fn make(&self) -> isize {
        // SAFETY: the function follows the C convention, reads six words through the reference, and changes what the
        // call changes, for which the caller answers.
        unsafe { cpu::make(self.number, &self.arguments) }
    }

    /// A descriptor among the arguments. The kernel looks at the lower half of the register.
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    pub(super) fn descriptor(&self, index: usize) -> i32 {
        self.argument(index) as i32
    }

    pub(super) fn argument(&self, index: usize) -> usize {
        self.arguments.get(index).copied().unwrap_or(0)
    }

    /// The same call with another argument.
    pub(super) fn with(mut self, index: usize, value: usize) -> Self {
        if let Some(argument) = self.arguments.get_mut(index) {
            *argument = value;
        }
        self
    }
}

/// Reads the kernel's answer.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // an error is at most 4095, a result at least 0
pub(super) fn outcome(answer: isize) -> Result<usize, Errno> {
    if (-4095..0).contains(&answer) {
        Err(Errno::from_raw(-answer as i32))
    } else {
        Ok(answer as usize)
    }
}

/// The kernel's way to say that a call failed.
pub(super) fn failed(errno: Errno) -> isize {
    -(errno.raw() as isize)
}
