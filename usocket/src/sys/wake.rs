//! Waking a thread that waits: a descriptor that becomes readable and stays so.

use std::io;

use super::imp;

/// Not readable until it is set, readable for ever after.
#[derive(Debug)]
pub(crate) struct Wake(imp::Wake);

impl Wake {
    pub(crate) fn new() -> io::Result<Self> {
        imp::Wake::new().map(Self)
    }

    /// Makes it readable. Doing so again changes nothing.
    pub(crate) fn set(&self) -> io::Result<()> {
        self.0.set()
    }

    /// What to wait for.
    pub(super) fn handle(&self) -> &imp::WakeHandle {
        self.0.handle()
    }
}
