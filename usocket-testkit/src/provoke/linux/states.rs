//! Calls that come too early, too late, or to the wrong kind of socket.

use super::paths;
use super::sockets::{FarEnd, bound, connected, fresh};
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(super) fn untouched(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&fresh(protocol)?)?)
}

pub(super) fn bound_only(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&bound(protocol)?)?)
}

pub(super) fn connected_already(protocol: Protocol) -> Result<Stage, Hindrance> {
    if protocol == Protocol::UnixStream {
        return paths::connected_already();
    }
    if !protocol.is_stream() {
        let (near, far) = connected(protocol)?;
        return Ok(Stage::giving(&near)?.holding(far));
    }
    let far = FarEnd::listening(protocol)?;
    let near = fresh(protocol)?;
    near.connect(&far.addr()?.into())?;
    Ok(Stage::giving(&near)?.to(far.addr()?).holding(far))
}
