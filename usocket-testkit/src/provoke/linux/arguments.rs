//! Arguments for `socket` that fit nothing.

use socket2::{Domain, Protocol as Number, Socket, Type};

use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// Beyond every address family that Linux has (`AF_MAX` is 46).
const NO_FAMILY: i32 = 200;

fn domain(protocol: Protocol) -> i32 {
    if protocol.is_ipv6() {
        libc::AF_INET6
    } else {
        libc::AF_INET
    }
}

/// What the protocol's own socket is made with.
pub(super) fn any_socket(protocol: Protocol) -> Stage {
    let kind = if protocol.is_stream() {
        libc::SOCK_STREAM
    } else {
        libc::SOCK_DGRAM
    };
    Stage::arguments(domain(protocol), kind, 0)
}

pub(super) fn pair_of_the_internet(protocol: Protocol) -> Result<Stage, Hindrance> {
    let kind = if protocol.is_stream() {
        libc::SOCK_STREAM
    } else {
        libc::SOCK_DGRAM
    };
    Ok(Stage::pair(domain(protocol), kind, 0))
}

pub(super) fn protocol_of_other_type(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (kind, number) = if protocol.is_stream() {
        (libc::SOCK_STREAM, libc::IPPROTO_UDP)
    } else {
        (libc::SOCK_DGRAM, libc::IPPROTO_TCP)
    };
    Ok(Stage::arguments(domain(protocol), kind, number))
}

pub(super) fn unknown_family(protocol: Protocol) -> Result<Stage, Hindrance> {
    let kind = if protocol.is_stream() {
        libc::SOCK_STREAM
    } else {
        libc::SOCK_DGRAM
    };
    Ok(Stage::arguments(NO_FAMILY, kind, 0))
}

pub(super) fn type_not_in_family(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::arguments(domain(protocol), libc::SOCK_RDM, 0))
}

pub(super) fn raw(protocol: Protocol) -> Result<Stage, Hindrance> {
    let number = if protocol.is_ipv6() {
        libc::IPPROTO_ICMPV6
    } else {
        libc::IPPROTO_ICMP
    };
    let tried = Socket::new(
        Domain::from(domain(protocol)),
        Type::RAW,
        Some(Number::from(number)),
    );
    match tried {
        Err(error) if Errno::of(&error) == Some(Errno::EPERM) => {
            Ok(Stage::arguments(domain(protocol), libc::SOCK_RAW, number))
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err(Hindrance::new(
            UnavailableKind::Privileged,
            "this process may make raw sockets: run it as a user without CAP_NET_RAW",
        )),
    }
}
