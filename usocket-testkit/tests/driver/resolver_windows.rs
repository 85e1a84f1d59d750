//! The resolver's call, with arguments that no library would pass on.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;
use std::mem::zeroed;
use std::net::SocketAddr;
use std::ptr::{null, null_mut};

use usocket_testkit::Operation;
use usocket_testkit::provoke::{LookUpArguments, ReverseLookUpArguments};
use windows_sys::Win32::Networking::WinSock::{ADDRINFOA, freeaddrinfo, getaddrinfo};

/// `getaddrinfo`; nobody needs the answers.
pub(super) fn look_up(name: &str, arguments: LookUpArguments) -> io::Result<()> {
    // std starts Winsock with the first socket that it makes.
    drop(std::net::UdpSocket::bind("127.0.0.1:0")?);
    let name = CString::new(name)?;
    let service = arguments.service.map(CString::new).transpose()?;
    let service = service.as_ref().map_or(null(), |text| text.as_ptr());
    // SAFETY: the struct consists of numbers and pointers, for all of which zero means "not said".
    let mut hints: ADDRINFOA = unsafe { zeroed() };
    hints.ai_flags = arguments.flags;
    hints.ai_family = arguments.family;
    hints.ai_socktype = arguments.kind;
    let mut found = null_mut();
    // SAFETY: the texts end with a zero byte, and they and the hints outlive the call; the list is freed once, and
    // only if there is one.
    let code = unsafe {
        let code = getaddrinfo(
            name.as_ptr().cast(),
            service.cast(),
            &raw const hints,
            &raw mut found,
        );
        if code == 0 {
            freeaddrinfo(found);
        }
        code
    };
    match code {
        0 => Ok(()),
        code => Err(io::Error::other(usocket::Error::from_resolver_code(
            Operation::Lookup,
            code,
        ))),
    }
}

/// No recipe of Windows asks for it.
pub(super) fn reverse(_: SocketAddr, _: ReverseLookUpArguments) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
