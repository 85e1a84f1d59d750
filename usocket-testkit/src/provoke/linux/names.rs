//! Names that no host has.

use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(super) fn impossible_host(_: Protocol) -> Result<Stage, Hindrance> {
    // A label has at most 63 letters (RFC 1035 2.3.4): the resolver knows the answer by itself.
    Ok(Stage::name("a".repeat(64)))
}
