//! Flags that a send cannot have.

use super::numbers::MSG_OOB;
use super::sockets::connected;
use crate::protocol::Protocol;
use crate::provoke::given::SendArguments;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(in crate::provoke) fn out_of_band(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    let arguments = SendArguments {
        flags: MSG_OOB,
        control: None,
    };
    Ok(Stage::giving(&near)?.sending(arguments).holding(far))
}
