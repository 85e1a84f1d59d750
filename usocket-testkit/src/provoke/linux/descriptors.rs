//! Descriptors that are open and yet no use to a socket call.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;

use super::sockets::loopback;
use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(super) fn path_only(protocol: Protocol) -> Result<Stage, Hindrance> {
    // A closed number could be given out again at any moment, and closing twice ends a debug build;
    // a descriptor that only names a file is refused by every call that a socket knows.
    open(protocol, libc::O_PATH)
}

pub(super) fn not_a_socket(protocol: Protocol) -> Result<Stage, Hindrance> {
    open(protocol, 0)
}

fn open(protocol: Protocol, flags: i32) -> Result<Stage, Hindrance> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags)
        .open("/dev/null")?;
    Ok(Stage::giving(&file)?
        .to(loopback(protocol, 0)?)
        .option(OptionCall::ReuseAddress))
}
