//! Systems on which nothing stands between a program and its system calls.

use std::io;

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

/// Sockets are not told apart here.
pub(super) fn identity(_: &impl AsDescriptor) -> io::Result<Identity> {
    Err(io::ErrorKind::Unsupported.into())
}
