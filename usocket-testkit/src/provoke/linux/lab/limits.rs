//! A limit on memory that counts in a user namespace of one's own only: outside, root has none.

use nix::sys::resource::Resource;

use super::lab;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::given::SendArguments;
use crate::provoke::portable::sockets::connected;
use crate::provoke::stage::Stage;
use crate::provoke::system::limits::Lowered;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};
use crate::sys::options;

pub(in crate::provoke::system) fn no_locked_memory(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let (near, far) = connected(protocol)?;
    options::set(&near, libc::SOL_SOCKET, libc::SO_ZEROCOPY, 1)?;
    let lowered = Lowered::to(Resource::RLIMIT_MEMLOCK, 0)?;
    let arguments = SendArguments {
        flags: libc::MSG_ZEROCOPY,
        control: None,
    };
    // Whether this process has a limit at all is for the kernel to say.
    match near.send_with_flags(b"?", arguments.flags) {
        Err(error) if Errno::of(&error) == Some(Errno::ENOBUFS) => {}
        Err(error) => return Err(error.into()),
        Ok(_) => {
            let text = "this process may lock memory without a limit: run it as a user without CAP_IPC_LOCK";
            return Err(Hindrance::new(UnavailableKind::Privileged, text));
        }
    }
    Ok(Stage::giving(&near)?
        .sending(arguments)
        .holding(far)
        .holding(lowered)
        .holding(lab))
}
