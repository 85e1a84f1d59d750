//! Control messages that a send cannot have.

use std::fs;

use socket2::MsgHdr;

use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::given::{ControlMessage, SendArguments};
use crate::provoke::portable::sockets::connected;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// The process that has always been there, and is not this one.
const ANOTHER: i32 = 1;

pub(super) fn too_much_control(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    // 6.7 has raised it to 128 kB; what cannot be read is no higher than that.
    let limit: usize = fs::read_to_string("/proc/sys/net/core/optmem_max")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(128 << 10);
    let message = ControlMessage {
        // The size is looked at first: what it says is nothing to anybody.
        level: libc::SOL_SOCKET,
        kind: 0,
        data: vec![0; limit.max(300_000) + 1],
    };
    Ok(Stage::giving(&near)?.sending(control(message)).holding(far))
}

pub(super) fn credentials_of_another(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    // `struct ucred`; user and group are root's, which only a process with rights may say either.
    let message = ControlMessage {
        level: libc::SOL_SOCKET,
        kind: libc::SCM_CREDENTIALS,
        data: [ANOTHER, 0, 0].map(i32::to_ne_bytes).concat(),
    };
    let bytes = message.to_bytes();
    let trial = MsgHdr::new().with_control(&bytes);
    match near.sendmsg(&trial, 0) {
        Err(error) if Errno::of(&error) == Some(Errno::EPERM) => {}
        Err(error) => return Err(error.into()),
        Ok(_) => {
            let text =
                "this process may name others as senders: run it as a user without CAP_SYS_ADMIN";
            return Err(Hindrance::new(UnavailableKind::Privileged, text));
        }
    }
    Ok(Stage::giving(&near)?.sending(control(message)).holding(far))
}

fn control(message: ControlMessage) -> SendArguments {
    SendArguments {
        flags: 0,
        control: Some(message),
    }
}
