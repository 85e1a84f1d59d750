//! Arguments for `socket` that fit nothing.

use socket2::{Domain, Protocol as Number, Type};

#[cfg(any(target_os = "linux", windows))]
use super::numbers::TYPE_OF_NO_FAMILY;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// Beyond every address family that a system has (`AF_MAX` of Linux is 46).
const NO_FAMILY: i32 = 200;

pub(in crate::provoke) fn domain(protocol: Protocol) -> i32 {
    if protocol.is_ipv6() {
        Domain::IPV6.into()
    } else {
        Domain::IPV4.into()
    }
}

fn kind(protocol: Protocol) -> i32 {
    if protocol.is_stream() {
        Type::STREAM.into()
    } else {
        Type::DGRAM.into()
    }
}

/// What the protocol's own socket is made with.
#[cfg(target_os = "linux")]
pub(in crate::provoke) fn any_socket(protocol: Protocol) -> Stage {
    Stage::arguments(domain(protocol), kind(protocol), 0)
}

/// The same in a pair.
#[cfg(target_os = "linux")]
pub(in crate::provoke) fn any_pair(protocol: Protocol) -> Stage {
    Stage::pair(domain(protocol), kind(protocol), 0)
}

#[cfg(target_os = "linux")]
pub(in crate::provoke) fn pair_of_the_internet(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(any_pair(protocol))
}

pub(in crate::provoke) fn protocol_of_other_type(protocol: Protocol) -> Result<Stage, Hindrance> {
    let number = if protocol.is_stream() {
        Number::UDP
    } else {
        Number::TCP
    };
    Ok(Stage::arguments(
        domain(protocol),
        kind(protocol),
        number.into(),
    ))
}

pub(in crate::provoke) fn unknown_family(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::arguments(NO_FAMILY, kind(protocol), 0))
}

#[cfg(any(target_os = "linux", windows))]
pub(in crate::provoke) fn type_not_in_family(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::arguments(domain(protocol), TYPE_OF_NO_FAMILY, 0))
}
