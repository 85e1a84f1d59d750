//! The program's memory, where its calls point: a bad address is an error here, as it is in the kernel.

use std::mem::MaybeUninit;

use super::call::{Call, outcome};
use crate::errno::Errno;

/// Plain data of the kernel's interface.
///
/// # Safety
///
/// Every pattern of bits is a value, and there is nothing to drop.
pub(super) unsafe trait Plain: Copy {}

// SAFETY: numbers, and structures of numbers and addresses, as the kernel's headers declare them.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: as above.
unsafe impl Plain for u64 {}
// SAFETY: as above.
unsafe impl Plain for libc::iovec {}
// SAFETY: as above.
unsafe impl Plain for libc::msghdr {}
// SAFETY: as above.
unsafe impl Plain for libc::mmsghdr {}
// SAFETY: as above.
unsafe impl Plain for libc::pollfd {}
// SAFETY: as above.
unsafe impl Plain for libc::epoll_event {}

/// Reads one value.
pub(super) fn read<T: Plain>(address: usize) -> Result<T, Errno> {
    let mut value = MaybeUninit::<T>::uninit();
    transfer(
        libc::SYS_process_vm_readv,
        value.as_mut_ptr() as usize,
        address,
        size_of::<T>(),
    )?;
    // SAFETY: the kernel has filled all of it, and every pattern of bits is a value.
    Ok(unsafe { value.assume_init() })
}

/// Reads as many bytes as there is room for.
pub(super) fn read_into(address: usize, bytes: &mut [u8]) -> Result<(), Errno> {
    transfer(
        libc::SYS_process_vm_readv,
        bytes.as_mut_ptr() as usize,
        address,
        bytes.len(),
    )
}

/// Reads so many values.
pub(super) fn read_all<T: Plain>(address: usize, count: usize) -> Result<Vec<T>, Errno> {
    let mut values = Vec::<T>::with_capacity(count);
    let bytes = count.checked_mul(size_of::<T>()).ok_or(Errno::EFAULT)?;
    if bytes > 0 {
        transfer(
            libc::SYS_process_vm_readv,
            values.as_mut_ptr() as usize,
            address,
            bytes,
        )?;
    }
    // SAFETY: there is room for so many, the kernel has filled all of it, and every pattern of bits is a value.
    unsafe { values.set_len(count) };
    Ok(values)
}

/// Writes so many values.
pub(super) fn write_all<T: Plain>(address: usize, values: &[T]) -> Result<(), Errno> {
    transfer(
        libc::SYS_process_vm_writev,
        values.as_ptr() as usize,
        address,
        size_of_val(values),
    )
}

pub(super) fn write<T: Plain>(address: usize, value: T) -> Result<(), Errno> {
    write_all(address, &[value])
}

/// Lets the kernel copy, which notices bad addresses (`process_vm_readv(2)`).
#[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)] // a small number
fn transfer(number: libc::c_long, here: usize, there: usize, bytes: usize) -> Result<(), Errno> {
    if bytes == 0 {
        return Ok(());
    }
    let part = |address: usize| libc::iovec {
        iov_base: address as *mut _,
        iov_len: bytes,
    };
    let (local, remote) = (part(here), part(there));
    let process = std::process::id() as usize;
    let copy = Call {
        number: number as usize,
        arguments: [
            process,
            &raw const local as usize,
            1,
            &raw const remote as usize,
            1,
            0,
        ],
    };
    // SAFETY: the side that is ours is `bytes` long, by the callers; the kernel checks the other, which the program
    // has named in a call of the same meaning.
    match outcome(unsafe { copy.make() }) {
        Ok(copied) if copied == bytes => Ok(()),
        Ok(_) => Err(Errno::EFAULT),
        // Some containers do not allow the call. Nearly all programs give good addresses.
        Err(Errno::EPERM | Errno::ENOSYS) => {
            let (from, to) = if number == libc::SYS_process_vm_readv {
                (there, here)
            } else {
                (here, there)
            };
            // SAFETY: as for the kernel's copy, but that the program must have named good addresses.
            unsafe { std::ptr::copy(from as *const u8, to as *mut u8, bytes) };
            Ok(())
        }
        Err(errno) => Err(errno),
    }
}
