//! Questions to the kernel about a descriptor, past every filter of ours, and addresses as the kernel writes them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::call::{Call, outcome};
use super::memory;
use crate::faults::matching::Identity;

/// Room for any address.
const ADDRESS_LENGTH: usize = size_of::<libc::sockaddr_storage>();

/// Family and type of the socket; none for what is no socket.
pub(super) fn kind(descriptor: i32) -> Option<(i32, i32)> {
    Some((
        option(descriptor, libc::SO_DOMAIN)?,
        option(descriptor, libc::SO_TYPE)?,
    ))
}

/// The number that the kernel gives each socket and never gives again (`SO_COOKIE`, socket(7)).
pub(super) fn identity(descriptor: i32) -> Option<Identity> {
    let mut cookie = 0_u64;
    ask_option(descriptor, libc::SO_COOKIE, (&raw mut cookie).cast(), 8)?;
    Some(Identity(cookie))
}

fn option(descriptor: i32, name: i32) -> Option<i32> {
    let mut value = 0_i32;
    ask_option(descriptor, name, (&raw mut value).cast(), 4)?;
    Some(value)
}

/// `value` has room for `length` bytes.
fn ask_option(descriptor: i32, name: i32, value: *mut u8, mut length: u32) -> Option<()> {
    let arguments = [
        word(descriptor),
        word(libc::SOL_SOCKET),
        word(name),
        value as usize,
        &raw mut length as usize,
        0,
    ];
    // SAFETY: the kernel writes a value that fits, by the callers, and its length.
    ask(libc::SYS_getsockopt, arguments).map(drop)
}

pub(super) fn local(descriptor: i32) -> Option<SocketAddr> {
    name(libc::SYS_getsockname, descriptor)
}

pub(super) fn peer(descriptor: i32) -> Option<SocketAddr> {
    name(libc::SYS_getpeername, descriptor)
}

fn name(number: libc::c_long, descriptor: i32) -> Option<SocketAddr> {
    let mut bytes = [0; ADDRESS_LENGTH];
    #[allow(clippy::cast_possible_truncation)] // 128
    let mut length = ADDRESS_LENGTH as u32;
    let arguments = [
        word(descriptor),
        bytes.as_mut_ptr() as usize,
        &raw mut length as usize,
        0,
        0,
        0,
    ];
    ask(number, arguments)?;
    parse(bytes.get(..length as usize)?)
}

/// Whether calls on it may wait.
pub(super) fn blocks(descriptor: i32) -> bool {
    let arguments = [word(descriptor), word(libc::F_GETFL), 0, 0, 0, 0];
    ask(libc::SYS_fcntl, arguments).is_none_or(|flags| flags & word(libc::O_NONBLOCK) == 0)
}

pub(super) fn close(descriptor: usize) {
    ask(libc::SYS_close, [descriptor, 0, 0, 0, 0, 0]);
}

/// Whether the network has any way there; sends nothing.
#[cfg(feature = "lab")]
pub(super) fn is_reachable(to: SocketAddr) -> bool {
    use crate::errno::Errno;

    let family = match to {
        SocketAddr::V4(_) => libc::AF_INET,
        SocketAddr::V6(_) => libc::AF_INET6,
    };
    let kind = word(libc::SOCK_DGRAM | libc::SOCK_CLOEXEC);
    let Some(socket) = ask(libc::SYS_socket, [word(family), kind, 0, 0, 0, 0]) else {
        return false;
    };
    let (bytes, length) = encode(to);
    let connect = Call {
        number: number_of(libc::SYS_connect),
        arguments: [socket, bytes.as_ptr() as usize, length, 0, 0, 0],
    };
    // SAFETY: the kernel reads the address, which lives until it returns.
    let connected = outcome(unsafe { connect.make() });
    close(socket);
    connected != Err(Errno::ENETUNREACH) && connected != Err(Errno::EADDRNOTAVAIL)
}

fn ask(number: libc::c_long, arguments: [usize; 6]) -> Option<usize> {
    let call = Call {
        number: number_of(number),
        arguments,
    };
    // SAFETY: the calls of this file get numbers, and addresses of variables of their callers that are as long as the
    // kernel is told.
    outcome(unsafe { call.make() }).ok()
}

#[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)] // a small positive number
pub(super) const fn number_of(number: libc::c_long) -> usize {
    number as usize
}

/// A number of C's as an argument.
#[allow(clippy::cast_sign_loss)] // the kernel reads the lower half
pub(super) const fn word(number: i32) -> usize {
    number as usize
}

/// An address as the program has it in its memory.
pub(super) fn read_address(address: usize, length: usize) -> Option<SocketAddr> {
    if address == 0 {
        return None;
    }
    // Not into a vector: a signal handler that interrupts the allocator may send.
    let mut bytes = [0; ADDRESS_LENGTH];
    let bytes = bytes.get_mut(..length.min(ADDRESS_LENGTH))?;
    memory::read_into(address, bytes).ok()?;
    parse(bytes)
}

/// `struct sockaddr_in` and `struct sockaddr_in6` (ip(7), ipv6(7)).
pub(super) fn parse(bytes: &[u8]) -> Option<SocketAddr> {
    fn array<const N: usize>(bytes: &[u8], from: usize) -> Option<[u8; N]> {
        bytes.get(from..from + N)?.try_into().ok()
    }
    let family = i32::from(u16::from_ne_bytes(array(bytes, 0)?));
    let port = u16::from_be_bytes(array(bytes, 2)?);
    match family {
        libc::AF_INET => {
            let ip = array::<4>(bytes, 4)?;
            Some(SocketAddrV4::new(ip.into(), port).into())
        }
        libc::AF_INET6 => {
            let flow = u32::from_be_bytes(array(bytes, 4)?);
            let ip = Ipv6Addr::from(array::<16>(bytes, 8)?);
            // Old programs leave the scope out.
            let scope = array(bytes, 24).map_or(0, u32::from_ne_bytes);
            Some(SocketAddrV6::new(ip, port, flow, scope).into())
        }
        _ => None,
    }
}

/// The same the other way round, and how many bytes it has.
pub(super) fn encode(addr: SocketAddr) -> ([u8; 28], usize) {
    let mut bytes = [0; 28];
    let mut put = |from: usize, what: &[u8]| {
        for (to, byte) in bytes.iter_mut().skip(from).zip(what) {
            *to = *byte;
        }
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small positive numbers
    let family = |number: i32| (number as u16).to_ne_bytes();
    put(2, &addr.port().to_be_bytes());
    match addr {
        SocketAddr::V4(addr) => {
            put(0, &family(libc::AF_INET));
            put(4, &addr.ip().octets());
            (bytes, 16)
        }
        SocketAddr::V6(addr) => {
            put(0, &family(libc::AF_INET6));
            put(4, &addr.flowinfo().to_be_bytes());
            put(8, &addr.ip().octets());
            put(24, &addr.scope_id().to_ne_bytes());
            (bytes, 28)
        }
    }
}

/// The address as a socket of this family wants it; none where it cannot be said.
pub(super) fn in_family(addr: SocketAddr, family: i32) -> Option<SocketAddr> {
    match (addr.ip(), family) {
        (IpAddr::V4(_), libc::AF_INET) | (IpAddr::V6(_), libc::AF_INET6) => Some(addr),
        (IpAddr::V4(ip), libc::AF_INET6) => Some((ip.to_ipv6_mapped(), addr.port()).into()),
        (IpAddr::V6(ip), libc::AF_INET) => Some((ip.to_ipv4_mapped()?, addr.port()).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_way_through_bytes() {
        for addr in [
            "127.0.0.1:80".parse().unwrap(),
            SocketAddrV6::new("fd00::7".parse().unwrap(), 65_535, 0xabcde, 3).into(),
        ] {
            let (bytes, length) = encode(addr);
            assert_eq!(parse(&bytes[..length]), Some(addr));
        }
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&encode("[::1]:1".parse().unwrap()).0[..20]), None);
    }
}
