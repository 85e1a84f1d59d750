//! Calls that would leave the machine.

use std::backtrace::Backtrace;
use std::net::SocketAddr;
use std::sync::Mutex;

use crate::exempt::lock;

/// Whether what goes there stays on this machine: loopback, which is also what the unspecified address means to
/// `connect`.
pub(super) fn is_local(addr: SocketAddr) -> bool {
    let ip = addr.ip().to_canonical();
    ip.is_loopback() || ip.is_unspecified()
}

/// What a guard has seen so far.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Vec<Refused>>);

/// A call that was refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) call: &'static str,
    pub(super) to: SocketAddr,
    pub(super) thread: String,
    pub(super) trace: Backtrace,
}

impl Watch {
    /// Keeps the call for the end of the guard, with where it was made.
    ///
    /// The backtrace is return addresses only; their names are looked up when it is printed. It is taken in the signal
    /// handler, and takes the locks of std's backtraces and of the loader: the signal is synchronous, and whoever makes
    /// a network call is in neither.
    pub(super) fn refuse(&self, call: &'static str, to: SocketAddr, thread: &str) {
        let refused = Refused {
            call,
            to,
            thread: thread.into(),
            trace: Backtrace::force_capture(),
        };
        lock(&self.0).push(refused);
    }

    pub(super) fn refused(&self) -> Vec<SocketAddr> {
        lock(&self.0).iter().map(|refused| refused.to).collect()
    }

    pub(super) fn take(&self) -> Vec<Refused> {
        std::mem::take(&mut *lock(&self.0))
    }
}
