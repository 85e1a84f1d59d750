//! Calls that come too early, too late, or to the wrong kind of socket.

use super::sockets::{FarEnd, bound, connected, fresh};
use crate::protocol::Protocol;
#[cfg(unix)]
use crate::provoke::posix::paths;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(in crate::provoke) fn untouched(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&fresh(protocol)?)?)
}

pub(in crate::provoke) fn bound_only(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&bound(protocol)?)?)
}

pub(in crate::provoke) fn connected_already(protocol: Protocol) -> Result<Stage, Hindrance> {
    #[cfg(unix)]
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
