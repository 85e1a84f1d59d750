//! POSIX: who shuts the receiving side down wakes who waits there, and nobody else needs to know.
#![allow(clippy::unnecessary_wraps, clippy::unused_self)] // what other systems need

use std::io;
use std::net::Shutdown;
use std::time::Duration;

use crate::error::Error;
use crate::link::Link;
use crate::stream::TcpStream;
use crate::sys::AsHandle;
use crate::wait::Waker;

#[derive(Debug)]
pub(crate) struct Leash;

impl Leash {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self)
    }

    pub(crate) fn tie(&self, _link: &Link) {}

    pub(crate) fn wakes(&self, _waker: Waker) {}

    pub(crate) fn end<'a>(&self, streams: impl Iterator<Item = &'a TcpStream>) {
        for stream in streams {
            // One that the peer has left already has nothing to be ended.
            let _ = stream.shutdown(Shutdown::Read);
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tied;

impl Tied {
    pub(crate) fn is_over(&self) -> bool {
        false
    }

    #[inline]
    pub(crate) fn ended(
        &self,
        _socket: &impl AsHandle,
        _timeout: impl FnOnce() -> Option<Duration>,
    ) -> io::Result<bool> {
        Ok(false)
    }
}
