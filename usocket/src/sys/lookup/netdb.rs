//! The resolver of Unix and Windows: the calls of `netdb.h`.

use std::io;
use std::net::{IpAddr, SocketAddr};

use dns_lookup::{AddrInfo, AddrInfoHints, LookupError, getaddrinfo, getnameinfo};
use socket2::{Domain, Type};

use super::{Failure, Found, Hints};

pub(super) fn addresses(host: &str, hints: Hints) -> Result<Found, Failure> {
    let mut flags = 0;
    if hints.address_config {
        flags |= flag::ADDRESS_CONFIG;
    }
    if hints.canonical_name {
        flags |= flag::CANONICAL_NAME;
    }
    let hints = AddrInfoHints {
        flags,
        address: hints.domain.map_or(0, i32::from),
        socktype: hints.kind.into(),
        protocol: 0,
    };
    let mut found = Found {
        addresses: Vec::new(),
        canonical_name: None,
    };
    for info in ask(Some(host), None, hints)? {
        found.addresses.push(info.sockaddr);
        // Only the first of them has it.
        found.canonical_name = found.canonical_name.or(info.canonname);
    }
    Ok(found)
}

pub(super) fn port(service: &str, kind: Type) -> Result<u16, Failure> {
    // Without a host the addresses are those of loopback, and have the port. Of one family, since
    // glibc opens a socket to find out which of two addresses is better.
    let hints = AddrInfoHints {
        address: Domain::IPV4.into(),
        socktype: kind.into(),
        ..AddrInfoHints::default()
    };
    let port = ask(None, Some(service), hints)?
        .next()
        .map(|info| info.sockaddr.port());
    port.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())
}

pub(super) fn interface(name: &str) -> Result<u32, Failure> {
    let hints = AddrInfoHints {
        flags: flag::NUMERIC_HOST,
        ..AddrInfoHints::default()
    };
    // `if_nametoindex` by way of a literal, since calling it takes unsafe code. C libraries read
    // names of interfaces behind link-local addresses only, so it has to be one of those.
    let found =
        ask(Some(&format!("fe80::1%{name}")), None, hints)?.find_map(|info| match info.sockaddr {
            SocketAddr::V6(address) if address.scope_id() != 0 => Some(address.scope_id()),
            _ => None,
        });
    found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())
}

pub(super) fn name(address: IpAddr) -> Result<String, Failure> {
    let (name, _) = getnameinfo(&SocketAddr::new(address, 0), flag::NAME_REQUIRED)?;
    Ok(name)
}

pub(super) fn host_name() -> io::Result<String> {
    dns_lookup::get_hostname()
}

pub(super) fn describe(code: i32) -> Failure {
    if Some(code) == flag::SEE_ERRNO {
        // Its words are those of `errno`, and there is none to speak of.
        return Failure::Resolver {
            code,
            text: "the system's error number has the reason".into(),
        };
    }
    LookupError::new(code).into()
}

/// `getaddrinfo(3)`, without what is of neither IP family.
fn ask(
    host: Option<&str>,
    service: Option<&str>,
    hints: AddrInfoHints,
) -> Result<impl Iterator<Item = AddrInfo>, Failure> {
    Ok(getaddrinfo(host, service, Some(hints))?.filter_map(Result::ok))
}

impl From<LookupError> for Failure {
    fn from(error: LookupError) -> Self {
        match error.error_num() {
            // Nobody was asked: the arguments are at fault.
            0 => Self::System(error.into()),
            // The crate has kept what `errno` was at once.
            code if Some(code) == flag::SEE_ERRNO => Self::System(error.into()),
            // The code is one of Winsock, like any other.
            code if cfg!(windows) => Self::System(io::Error::from_raw_os_error(code)),
            code => {
                let text = error.to_string();
                // What the crate puts in front of every code.
                let words = text.strip_prefix("failed to lookup address information: ");
                Self::Resolver {
                    code,
                    text: words.map_or_else(|| text.clone(), str::to_owned),
                }
            }
        }
    }
}

/// The system's numbers.
#[cfg(windows)]
#[expect(clippy::cast_possible_wrap, reason = "all of them are small")]
mod flag {
    use windows_sys::Win32::Networking::WinSock;

    pub(super) const ADDRESS_CONFIG: i32 = WinSock::AI_ADDRCONFIG as i32;
    pub(super) const CANONICAL_NAME: i32 = WinSock::AI_CANONNAME as i32;
    pub(super) const NUMERIC_HOST: i32 = WinSock::AI_NUMERICHOST as i32;
    pub(super) const NAME_REQUIRED: i32 = WinSock::NI_NAMEREQD as i32;
    pub(super) const SEE_ERRNO: Option<i32> = None;
}

/// The system's numbers.
#[cfg(not(windows))]
mod flag {
    // The libc crate lacks two of them for illumos, whose `netdb.h` has them; QNX has no such flag.
    #[cfg(any(target_os = "illumos", target_os = "solaris"))]
    pub(super) const ADDRESS_CONFIG: i32 = 0x0004;
    #[cfg(target_os = "nto")]
    pub(super) const ADDRESS_CONFIG: i32 = 0;
    #[cfg(not(any(target_os = "illumos", target_os = "solaris", target_os = "nto")))]
    pub(super) const ADDRESS_CONFIG: i32 = libc::AI_ADDRCONFIG;
    #[cfg(any(target_os = "illumos", target_os = "solaris"))]
    pub(super) const NUMERIC_HOST: i32 = 0x0020;
    #[cfg(not(any(target_os = "illumos", target_os = "solaris")))]
    pub(super) const NUMERIC_HOST: i32 = libc::AI_NUMERICHOST;

    pub(super) const CANONICAL_NAME: i32 = libc::AI_CANONNAME;
    // Unsigned on some systems.
    #[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
    pub(super) const NAME_REQUIRED: i32 = libc::NI_NAMEREQD as i32;
    pub(super) const SEE_ERRNO: Option<i32> = Some(libc::EAI_SYSTEM);
}
