//! The resolver as far as std gives it: hosts, without canonical names and without codes.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};

use socket2::Type;

use super::{Failure, Found, Hints};

pub(super) fn addresses(host: &str, _hints: Hints) -> Result<Found, Failure> {
    Ok(Found {
        addresses: (host, 0).to_socket_addrs()?.collect(),
        canonical_name: None,
    })
}

pub(super) fn port(_service: &str, _kind: Type) -> Result<u16, Failure> {
    Err(unsupported().into())
}

pub(super) fn interface(_name: &str) -> Result<u32, Failure> {
    Err(unsupported().into())
}

pub(super) fn name(_address: IpAddr) -> Result<String, Failure> {
    Err(unsupported().into())
}

pub(super) fn host_name() -> io::Result<String> {
    Err(unsupported())
}

pub(super) fn describe(code: i32) -> Failure {
    Failure::Resolver {
        code,
        text: "name resolution failed".into(),
    }
}

fn unsupported() -> io::Error {
    io::ErrorKind::Unsupported.into()
}
