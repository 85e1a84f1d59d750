//! Names that nobody has, of hosts and of sockets.

use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(super) fn impossible_host(_: Protocol) -> Result<Stage, Hindrance> {
    // A label has at most 63 letters (RFC 1035 2.3.4): the resolver knows the answer by itself.
    Ok(Stage::name("a".repeat(64)))
}

pub(super) fn through_a_device(_: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::path("/dev/null/socket"))
}

pub(super) fn no_such_path(_: Protocol) -> Result<Stage, Hindrance> {
    // Nobody can make files there, so that nobody can make this one.
    Ok(Stage::path("/proc/self/no-such-socket"))
}
