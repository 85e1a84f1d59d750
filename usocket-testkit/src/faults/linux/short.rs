//! Calls that move fewer bytes than they were asked to.

use std::mem::offset_of;

use super::call::{Call, failed, outcome};
use super::real::real;
use super::site::Site;
use super::table::{Form, Way};
use super::{memory, rearm};
use crate::errno::Errno;

/// The kernel takes no more buffers than this in a call (`UIO_MAXIOV`).
const BUFFERS: usize = 1024;

/// Makes the call with room for so many bytes.
pub(super) fn short(site: &Site, bytes: usize) -> isize {
    let call = site.call;
    let (answer, shortened) = match site.row.form {
        Form::Buffer(..) => one(site, call, 2, bytes),
        Form::Copy => one(site, call, 3, bytes),
        Form::Vector(_) => {
            let Some(mut buffers) = read_buffers(call.argument(1), call.argument(2)) else {
                return real(site, call);
            };
            let shortened = cut(&mut buffers, bytes);
            let call = call
                .with(1, buffers.as_ptr() as usize)
                .with(2, buffers.len());
            (real(site, call), shortened)
        }
        Form::Message(way) => {
            let address = call.argument(1);
            let Ok(original) = memory::read::<libc::msghdr>(address) else {
                return failed(Errno::EFAULT);
            };
            message(&original, bytes, |message| {
                let answer = real(site, call.with(1, &raw mut *message as usize));
                if way == Way::Receive && outcome(answer).is_ok() {
                    write_results(address, message);
                }
                answer
            })
        }
        // The first of them; the kernel, too, may take fewer than it is given.
        Form::Messages(way) => {
            let address = call.argument(1);
            let Ok(original) = memory::read::<libc::mmsghdr>(address) else {
                return failed(Errno::EFAULT);
            };
            let (answer, shortened) = message(&original.msg_hdr, bytes, |message| {
                let mut first = original;
                first.msg_hdr = *message;
                let answer = real(site, call.with(1, &raw mut first as usize).with(2, 1));
                if answer == 1 {
                    if way == Way::Receive {
                        write_results(address, &first.msg_hdr);
                    }
                    write_sent(address, first.msg_len);
                }
                answer
            });
            (answer, shortened || call.argument(2) > 1)
        }
        _ => return real(site, call),
    };
    if shortened && answer > 0 {
        if let Some(identity) = site.identity() {
            rearm::again(identity);
        }
    }
    answer
}

/// A call whose length is one of its arguments.
fn one(site: &Site, call: Call, index: usize, bytes: usize) -> (isize, bool) {
    let length = call.argument(index);
    (
        real(site, call.with(index, length.min(bytes))),
        length > bytes,
    )
}

/// The message with room for so many bytes, and whether that is less than it had.
fn message(
    original: &libc::msghdr,
    bytes: usize,
    make: impl FnOnce(&mut libc::msghdr) -> isize,
) -> (isize, bool) {
    let mut message = *original;
    // The type differs between C libraries.
    #[allow(clippy::unnecessary_cast)]
    let count = message.msg_iovlen as usize;
    let Some(mut buffers) = read_buffers(message.msg_iov as usize, count) else {
        return (make(&mut message), false);
    };
    let shortened = cut(&mut buffers, bytes);
    message.msg_iov = buffers.as_mut_ptr();
    message.msg_iovlen = buffers.len() as _;
    (make(&mut message), shortened)
}

fn read_buffers(address: usize, count: usize) -> Option<Vec<libc::iovec>> {
    (count <= BUFFERS)
        .then(|| memory::read_all(address, count).ok())
        .flatten()
}

/// Leaves room for so many bytes, in as many buffers as that takes.
fn cut(buffers: &mut [libc::iovec], bytes: usize) -> bool {
    let mut left = bytes;
    let mut shortened = false;
    for buffer in buffers.iter_mut() {
        shortened |= buffer.iov_len > left;
        buffer.iov_len = buffer.iov_len.min(left);
        left -= buffer.iov_len;
    }
    shortened
}

/// What the kernel writes into a header that was received into: lengths of name and control data, and flags.
fn write_results(address: usize, message: &libc::msghdr) {
    // The kernel has just written to the memory around; if the program took it away since, it finds out itself.
    let _ = memory::write(
        address + offset_of!(libc::msghdr, msg_namelen),
        message.msg_namelen,
    );
    #[allow(clippy::unnecessary_cast)] // narrower in some C libraries
    let control = message.msg_controllen as usize;
    let _ = memory::write_all(
        address + offset_of!(libc::msghdr, msg_controllen),
        control
            .to_ne_bytes()
            .get(..size_of_val(&message.msg_controllen))
            .unwrap_or_default(),
    );
    let _ = memory::write(
        address + offset_of!(libc::msghdr, msg_flags),
        message.msg_flags,
    );
}

/// A header into which nothing was received.
pub(super) fn write_nothing(address: usize) {
    if let Ok(mut message) = memory::read::<libc::msghdr>(address) {
        message.msg_namelen = 0;
        message.msg_controllen = 0;
        message.msg_flags = 0;
        write_results(address, &message);
    }
}

/// The number of bytes of one of many messages.
pub(super) fn write_sent(address: usize, bytes: u32) {
    let _ = memory::write(address + offset_of!(libc::mmsghdr, msg_len), bytes);
}
