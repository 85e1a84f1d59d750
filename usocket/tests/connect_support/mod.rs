//! What the tests of connecting have in common.
#![allow(dead_code, reason = "each test file needs a part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use usocket::resolve::{Lookup, Query, Resolver};
use usocket::{Condition, Deadline, Error, Operation, TcpListener};
use usocket_testkit::discover::unused_port;
use usocket_testkit::{PortLease, Protocol, Scene, provoke};

pub(crate) const SOON: Duration = Duration::from_millis(60);

/// Only ever reached if the call under test hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A resolver that knows one answer to everything.
#[derive(Clone)]
pub(crate) struct Answer(pub(crate) Arc<dyn Fn() -> Result<Lookup, Error> + Send + Sync>);

impl Answer {
    pub(crate) fn addresses(addresses: &[SocketAddr]) -> Self {
        let lookup = Lookup::new(addresses.iter().copied());
        Self(Arc::new(move || Ok(lookup.clone())))
    }
}

impl Resolver for Answer {
    fn resolve(&self, _: &Query, _: Deadline) -> Result<Lookup, Error> {
        (self.0)()
    }
}

/// An address that refuses for as long as the lease lives.
pub(crate) fn refusing() -> PortLease {
    unused_port().unwrap()
}

/// An address that never answers.
pub(crate) fn silent() -> Scene {
    provoke(Condition::Timeout)
        .on(Operation::Connect)
        .over(Protocol::Tcp4)
        .ready()
        .unwrap()
}

pub(crate) fn silent_v6() -> Scene {
    provoke(Condition::Timeout)
        .on(Operation::Connect)
        .over(Protocol::Tcp6)
        .ready()
        .unwrap()
}

pub(crate) fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}
