//! Systems on which nothing stands between a program and its system calls.

use std::io;
use std::process::Command;

use super::backend::Backend;
use super::matching::Identity;
use super::refusal::{Refusal, RefusalKind};
use super::scope::Scope;
use crate::descriptor::AsDescriptor;

/// The seam of usocket, where the feature is on; otherwise the refusal.
#[cfg(feature = "seam")]
#[allow(clippy::unnecessary_wraps)] // as on other systems
pub(super) fn enter() -> Result<(&'static Scope, Backend), Refusal> {
    Ok((super::seam::enter(), Backend::SEAM))
}

#[cfg(not(feature = "seam"))]
pub(super) fn enter() -> Result<(&'static Scope, Backend), Refusal> {
    Err(refusal())
}

#[cfg(feature = "seam")]
#[allow(clippy::unnecessary_wraps)] // as on other systems
pub(super) fn available() -> Result<(), Refusal> {
    Ok(())
}

#[cfg(not(feature = "seam"))]
pub(super) fn available() -> Result<(), Refusal> {
    Err(refusal())
}

#[cfg(not(feature = "seam"))]
fn refusal() -> Refusal {
    Refusal::new(
        RefusalKind::OtherSystem,
        "rules on system calls need Linux's filters (x86_64 or aarch64); with the feature `seam`, the same rules act \
         on usocket's own calls here",
    )
}

/// Nothing acts on other programs here.
#[derive(Debug)]
pub(super) enum Children {}

pub(super) fn for_command(_: &mut Command) -> Result<(&'static Scope, Children), Refusal> {
    Err(Refusal::new(
        RefusalKind::OtherSystem,
        "rules on the system calls of children need Linux's filters (x86_64 or aarch64)",
    ))
}

/// Sockets are not told apart here.
pub(super) fn identity(_: &impl AsDescriptor) -> io::Result<Identity> {
    Err(io::ErrorKind::Unsupported.into())
}
