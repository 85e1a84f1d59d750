//! Limits of the process, lowered for the time of a scene (getrlimit(2)).

use std::io;
use std::net::ToSocketAddrs;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

use crate::protocol::Protocol;
use crate::provoke::portable::arguments::{any_pair, any_socket};
use crate::provoke::portable::listeners::listener;
use crate::provoke::portable::sockets::{Event, fresh, wait_for};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// One limit at a time: two scenes that end in another order than they began would leave it low.
static LOWERED: AtomicBool = AtomicBool::new(false);

/// A limit is lower than it was, until this is dropped.
pub(super) struct Lowered {
    resource: Resource,
    before: (rlim_t, rlim_t),
}

impl Lowered {
    pub(super) fn to(resource: Resource, limit: rlim_t) -> io::Result<Self> {
        if LOWERED.swap(true, Ordering::SeqCst) {
            return Err(io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another scene of this process has lowered a limit",
            ));
        }
        let lowered = getrlimit(resource).and_then(|before| {
            // Only the soft limit, which everybody may raise again.
            setrlimit(resource, limit.min(before.1), before.1)?;
            Ok(Self { resource, before })
        });
        if lowered.is_err() {
            LOWERED.store(false, Ordering::SeqCst);
        }
        Ok(lowered?)
    }
}

impl Drop for Lowered {
    fn drop(&mut self) {
        // It was allowed before, so that it is now.
        let _ = setrlimit(self.resource, self.before.0, self.before.1);
        LOWERED.store(false, Ordering::SeqCst);
    }
}

/// The process gets no further descriptor. The limit is the lowest number that is free: those above stay open, and
/// `poll` goes on, which does not take more descriptors than the limit.
fn no_more_descriptors() -> io::Result<Lowered> {
    let next = fresh(Protocol::UnixStream)?;
    let free = next.as_raw_fd();
    drop(next);
    Lowered::to(Resource::RLIMIT_NOFILE, free.try_into().unwrap_or(0))
}

pub(super) fn no_descriptor_for_a_socket(protocol: Protocol) -> Result<Stage, Hindrance> {
    let stage = match protocol {
        Protocol::UnixStream => any_pair(protocol),
        internet => any_socket(internet),
    };
    Ok(stage.holding(no_more_descriptors()?))
}

/// A name that no machine asks another one for, but for which the resolver reads a file. It has looked it up before: one
/// that could not even read its settings says that there is no such name.
pub(super) fn no_descriptor_for_the_resolver(_: Protocol) -> Result<Stage, Hindrance> {
    const NAME: &str = "localhost";

    (NAME, 0).to_socket_addrs()?;
    Ok(Stage::name(NAME).holding(no_more_descriptors()?))
}

pub(super) fn no_descriptor_for_a_connection(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener(protocol)?;
    let client = fresh(protocol)?;
    client.connect(&listener.local_addr()?)?;
    wait_for(&listener, Event::Readable)?;
    let lowered = Mutex::new(None);
    let stage = Stage::giving(&listener)?.striking_the_next_call(move |_| {
        let mut lowered = lowered.lock().unwrap_or_else(PoisonError::into_inner);
        if lowered.is_none() {
            *lowered = Some(no_more_descriptors()?);
        }
        Ok(())
    });
    Ok(stage.holding(client).holding(directory))
}
