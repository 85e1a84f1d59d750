//! Descriptors that are open and yet no use to a socket call.

use std::io;

use nix::fcntl::OFlag;
use nix::sys::stat::Mode;

use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::portable::sockets::loopback;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(in crate::provoke) fn not_a_socket(protocol: Protocol) -> Result<Stage, Hindrance> {
    null(protocol, OFlag::empty())
}

/// A descriptor of /dev/null, opened with these flags.
pub(in crate::provoke) fn null(protocol: Protocol, flags: OFlag) -> Result<Stage, Hindrance> {
    // Not by std, which counts O_PATH among the ways to read and write where the C library does (musl).
    let file = nix::fcntl::open("/dev/null", OFlag::O_RDWR | flags, Mode::empty())
        .map_err(io::Error::from)?;
    Ok(Stage::giving(&file)?
        .to(loopback(protocol, 0)?)
        .option(OptionCall::ReuseAddress))
}
