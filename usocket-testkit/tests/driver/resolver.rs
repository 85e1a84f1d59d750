//! The resolver's two calls, with arguments that no library would pass on.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;
use std::mem::zeroed;
use std::net::SocketAddr;
use std::ptr::null_mut;

use socket2::SockAddr;
use usocket_testkit::Operation;
use usocket_testkit::provoke::{LookUpArguments, ReverseLookUpArguments};

/// `getaddrinfo`; nobody needs the answers.
pub(super) fn look_up(name: &str, arguments: LookUpArguments) -> io::Result<()> {
    let name = CString::new(name)?;
    let service = arguments.service.map(CString::new).transpose()?;
    let service = service
        .as_ref()
        .map_or(std::ptr::null(), |text| text.as_ptr());
    // SAFETY: the struct consists of numbers and pointers, for all of which zero means "not said".
    let mut hints: libc::addrinfo = unsafe { zeroed() };
    hints.ai_flags = arguments.flags;
    hints.ai_family = arguments.family;
    hints.ai_socktype = arguments.kind;
    let mut found = null_mut();
    // SAFETY: the texts end with a zero byte, and they and the hints outlive the call; the list is freed once, and
    // only if there is one.
    let code = unsafe {
        let code = libc::getaddrinfo(name.as_ptr(), service, &raw const hints, &raw mut found);
        if code == 0 {
            libc::freeaddrinfo(found);
        }
        code
    };
    answer(Operation::Lookup, code)
}

/// `getnameinfo` without a service.
pub(super) fn reverse(addr: SocketAddr, arguments: ReverseLookUpArguments) -> io::Result<()> {
    let addr = SockAddr::from(addr);
    let mut room = vec![0_u8; arguments.room];
    // SAFETY: the address and the room are as long as is said, and both outlive the call.
    let code = unsafe {
        libc::getnameinfo(
            addr.as_ptr().cast(),
            addr.len(),
            room.as_mut_ptr().cast(),
            #[allow(clippy::useless_conversion)] // it has another type on other systems
            room.len().try_into().unwrap(),
            null_mut(),
            0,
            arguments.flags,
        )
    };
    answer(Operation::ReverseLookup, code)
}

/// The resolver's codes are no error numbers: the library's own error says what they mean.
fn answer(operation: Operation, code: i32) -> io::Result<()> {
    match code {
        0 => Ok(()),
        code => Err(io::Error::other(usocket::Error::from_resolver_code(
            operation, code,
        ))),
    }
}
