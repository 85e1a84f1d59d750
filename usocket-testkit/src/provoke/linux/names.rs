//! Names that no host has, and questions that a resolver does not take.

use super::sockets::loopback;
use crate::protocol::Protocol;
use crate::provoke::given::{LookUpArguments, ReverseLookUpArguments};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// The resolver knows this one by itself, so that nobody is asked.
const NUMERIC: &str = "127.0.0.1";

/// Beyond everything that has a number.
const NONE: i32 = 77;

pub(super) fn impossible_host(_: Protocol) -> Result<Stage, Hindrance> {
    // A label has at most 63 letters (RFC 1035 2.3.4): the resolver knows the answer by itself.
    Ok(Stage::name("a".repeat(64)))
}

pub(super) fn bad_flags(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        flags: i32::MIN,
        ..LookUpArguments::default()
    })
}

pub(super) fn unknown_family(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        family: NONE,
        ..LookUpArguments::default()
    })
}

pub(super) fn unknown_type(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        kind: NONE,
        ..LookUpArguments::default()
    })
}

pub(super) fn unknown_service(protocol: Protocol) -> Result<Stage, Hindrance> {
    let kind = if protocol.is_stream() {
        libc::SOCK_STREAM
    } else {
        libc::SOCK_DGRAM
    };
    asking(LookUpArguments {
        kind,
        service: Some("no-such-service"),
        ..LookUpArguments::default()
    })
}

pub(super) fn number_of_other_family(_: Protocol) -> Result<Stage, Hindrance> {
    asking(LookUpArguments {
        flags: libc::AI_NUMERICHOST,
        family: libc::AF_INET6,
        ..LookUpArguments::default()
    })
}

fn asking(arguments: LookUpArguments) -> Result<Stage, Hindrance> {
    Ok(Stage::name(NUMERIC).asking(arguments))
}

pub(super) fn too_little_room(protocol: Protocol) -> Result<Stage, Hindrance> {
    let arguments = ReverseLookUpArguments {
        // The number will do, so that nobody is asked.
        flags: libc::NI_NUMERICHOST,
        room: 2,
    };
    Ok(Stage::at(loopback(protocol, 0)?).asking_for_the_name(arguments))
}
