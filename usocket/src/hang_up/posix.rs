//! POSIX: who shuts a direction down wakes who waits there, and nobody else needs to know.
#![allow(clippy::unnecessary_wraps, clippy::unused_self)] // what other systems need
#![cfg_attr(target_os = "wasi", allow(dead_code))] // which has no servers

use std::io;
use std::net::Shutdown;

use super::Patience;
use crate::sys::{AsHandle, socket};

#[derive(Debug)]
pub(crate) struct HangUp;

impl HangUp {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn all<'a, S: AsHandle + 'a>(&self, sockets: impl Iterator<Item = &'a S>) {
        for socket in sockets {
            // One that the peer has left already has nothing to be ended.
            let _ = socket::shutdown(socket, Shutdown::Read);
        }
    }

    pub(crate) fn cut(&self) {}
}

#[derive(Debug, Default)]
pub(crate) struct Tied(());

impl Tied {
    pub(crate) fn to(&self, _: &HangUp) {}

    pub(crate) fn is_over(&self) -> bool {
        false
    }

    #[inline]
    pub(crate) fn ended(
        &self,
        _socket: &impl AsHandle,
        _patience: impl FnOnce() -> Patience,
    ) -> io::Result<bool> {
        Ok(false)
    }

    #[inline]
    pub(crate) fn room(
        &self,
        _socket: &impl AsHandle,
        _patience: impl FnOnce() -> Patience,
    ) -> io::Result<usize> {
        Ok(usize::MAX)
    }
}
