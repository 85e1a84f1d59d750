//! Descriptors that are open and yet no use to a socket call.

use std::io;

use nix::fcntl::OFlag;
use nix::sys::stat::Mode;

use super::sockets::loopback;
use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(super) fn path_only(protocol: Protocol) -> Result<Stage, Hindrance> {
    // A closed number could be given out again at any moment, and closing twice ends a debug build;
    // a descriptor that only names a file is refused by every call that a socket knows.
    open(protocol, OFlag::O_PATH)
}

pub(super) fn not_a_socket(protocol: Protocol) -> Result<Stage, Hindrance> {
    open(protocol, OFlag::empty())
}

fn open(protocol: Protocol, flags: OFlag) -> Result<Stage, Hindrance> {
    // Not by std, which counts O_PATH among the ways to read and write where the C library does (musl).
    let file = nix::fcntl::open("/dev/null", OFlag::O_RDWR | flags, Mode::empty())
        .map_err(io::Error::from)?;
    Ok(Stage::giving(&file)?
        .to(loopback(protocol, 0)?)
        .option(OptionCall::ReuseAddress))
}
