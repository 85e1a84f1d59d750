//! Serving: what an accept loop has to do, done once.
//!
//! Each file uses those above it only.
//!
//! * `sync`, `halt`, `retry`, `crew`, `isolate`: waiting, ending waits, what to do after a failure,
//!   threads, and code that may panic
//! * `event`, `trace`, `observer`: what is told, and to whom
//! * `connections`: who is being served, and how many may be
//! * `accept`: the loop that accepts
//! * `pool`: a fixed number of threads for any number of connections
//! * `report`, `handle`: stopping
//! * `streams`, `datagrams`: the servers

mod accept;
mod connections;
mod crew;
mod datagrams;
mod event;
mod halt;
mod handle;
mod isolate;
mod observer;
mod pool;
mod report;
mod retry;
mod streams;
mod sync;

#[cfg(feature = "tracing")]
mod trace;
/// Nobody traces.
#[cfg(not(feature = "tracing"))]
mod trace {
    pub(super) fn event(_event: &super::ServerEvent) {}
}

pub use datagrams::{DatagramServer, DatagramServerHandle};
pub use event::ServerEvent;
pub use handle::ServerHandle;
pub use pool::Next;
pub use report::StopReport;
pub use streams::Server;
