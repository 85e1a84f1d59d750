//! The names of a lab, as a test says them.

use std::fmt;
use std::net::IpAddr;

use super::Lab;
use crate::lab::names::{Name, QueryType, Response};

/// The names that there are in a lab: see [`Lab::names`].
#[derive(Clone, Copy)]
pub struct Names<'lab> {
    lab: &'lab Lab,
}

// What is said of a name holds, whether or not the handle is kept.
#[allow(clippy::return_self_not_must_use)]
impl<'lab> Names<'lab> {
    pub(super) fn new(lab: &'lab Lab) -> Self {
        Self { lab }
    }

    /// There is a host of that name; it has these addresses, in place of what was said of it before.
    ///
    /// # Panics
    ///
    /// If the text cannot be the name of a host.
    #[track_caller]
    pub fn add(self, name: &str, addrs: impl IntoIterator<Item = IpAddr>) -> Self {
        let name = parsed(name);
        self.lab.resolver.zone().add(name, addrs);
        self
    }

    /// Whatever is asked about the name, this comes back.
    ///
    /// # Panics
    ///
    /// As [`add`](Self::add).
    #[track_caller]
    pub fn set(self, name: &str, response: impl Into<Response>) -> Self {
        let name = parsed(name);
        self.lab.resolver.zone().set(name, response);
        self
    }

    /// Whoever asks for records of one type gets this. A name that had no response yet has no other records.
    ///
    /// # Panics
    ///
    /// As [`add`](Self::add).
    #[track_caller]
    pub fn set_for(self, name: &str, kind: QueryType, response: impl Into<Response>) -> Self {
        let name = parsed(name);
        self.lab.resolver.zone().set_for(name, kind, response);
        self
    }

    /// The name that a look-up of the address in reverse finds.
    ///
    /// # Panics
    ///
    /// As [`add`](Self::add).
    #[track_caller]
    pub fn add_reverse(self, addr: IpAddr, name: &str) -> Self {
        let name = parsed(name);
        self.lab.resolver.zone().add_pointer(addr, name);
        self
    }
}

#[track_caller]
fn parsed(name: &str) -> Name {
    match name.parse() {
        Ok(name) => name,
        Err(error) => panic!("lab: {error}"),
    }
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}
