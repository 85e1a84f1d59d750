//! Names that no host has, and questions that a resolver does not take.

use socket2::Type;

#[cfg(target_os = "linux")]
use super::numbers::{AF_INET6, AI_NUMERICHOST, NI_NUMERICHOST};
#[cfg(target_os = "linux")]
use super::sockets::loopback;
use crate::protocol::Protocol;
use crate::provoke::given::LookUpArguments;
#[cfg(target_os = "linux")]
use crate::provoke::given::ReverseLookUpArguments;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// The resolver knows this one by itself, so that nobody is asked.
const NUMERIC: &str = "127.0.0.1";

/// Beyond everything that has a number.
const NONE: i32 = 77;

pub(in crate::provoke) fn impossible_host(_: Protocol) -> Result<Stage, Hindrance> {
    // A label has at most 63 letters (RFC 1035 2.3.4): the resolver knows the answer by itself.
    Ok(Stage::name("a".repeat(64)))
}

#[cfg(not(windows))]
pub(in crate::provoke) fn bad_flags(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        flags: i32::MIN,
        ..LookUpArguments::default()
    })
}

pub(in crate::provoke) fn unknown_family(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        family: NONE,
        ..LookUpArguments::default()
    })
}

pub(in crate::provoke) fn unknown_type(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        kind: NONE,
        ..LookUpArguments::default()
    })
}

pub(in crate::provoke) fn unknown_service(protocol: Protocol) -> Result<Stage, Hindrance> {
    let kind = if protocol.is_stream() {
        Type::STREAM
    } else {
        Type::DGRAM
    };
    asking(LookUpArguments {
        kind: kind.into(),
        service: Some("no-such-service"),
        ..LookUpArguments::default()
    })
}

#[cfg(target_os = "linux")]
pub(in crate::provoke) fn number_of_other_family(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        flags: AI_NUMERICHOST,
        family: AF_INET6,
        ..LookUpArguments::default()
    })
}

fn asking(arguments: LookUpArguments) -> Result<Stage, Hindrance> {
    Ok(Stage::name(NUMERIC).asking(arguments))
}

#[cfg(target_os = "linux")]
pub(in crate::provoke) fn too_little_room(protocol: Protocol) -> Result<Stage, Hindrance> {
    let arguments = ReverseLookUpArguments {
        // The number will do, so that nobody is asked.
        flags: NI_NUMERICHOST,
        room: 2,
    };
    Ok(Stage::at(loopback(protocol, 0)?).asking_for_the_name(arguments))
}
