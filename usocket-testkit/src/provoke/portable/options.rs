//! Options that the socket does not have, or not with this value.

use super::sockets::fresh;
use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(in crate::provoke) fn not_of_datagrams(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&fresh(protocol)?)?.option(OptionCall::NoDelay))
}

pub(in crate::provoke) fn too_many_hops(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&fresh(protocol)?)?.option(OptionCall::HopLimit(256)))
}
