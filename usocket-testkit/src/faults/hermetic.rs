//! A test that must not leave the machine.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use super::scope::Scope;
use super::watch::{Refused, Watch};

/// Keeps a test on this machine for as long as it lives: what [`Faults::hermetic`](super::Faults::hermetic) gives.
///
/// A `connect`, `sendto`, `sendmsg` or `sendmmsg` to an address that is neither loopback nor, in a lab, one of the lab's
/// gets `EPERM` and is not made. When this is dropped, it panics with every such call and its backtrace; if the
/// thread panics already, it prints them.
///
/// ```
/// use std::net::TcpListener;
/// use usocket_testkit::Faults;
///
/// # let Ok(faults) = Faults::here() else { return };
/// # if faults.backend().way() == usocket_testkit::Way::Seam { return }
/// let hermetic = faults.hermetic();
/// let server = TcpListener::bind("127.0.0.1:0").unwrap();
/// std::net::TcpStream::connect(server.local_addr().unwrap()).unwrap();
/// assert!(hermetic.refused().is_empty());
/// ```
#[derive(Debug)]
#[must_use = "it keeps watch for as long as it lives"]
pub struct Hermetic {
    watch: Arc<Watch>,
    scope: &'static Scope,
}

impl Hermetic {
    pub(super) fn start(scope: &'static Scope) -> Self {
        let watch = Arc::new(Watch::default());
        scope.start_watch(Arc::clone(&watch));
        Self { watch, scope }
    }

    /// Where the refused calls wanted to go, in their order.
    pub fn refused(&self) -> Vec<SocketAddr> {
        self.watch.refused()
    }
}

impl Drop for Hermetic {
    fn drop(&mut self) {
        self.scope.end_watch(&self.watch);
        let refused = self.watch.take();
        if refused.is_empty() {
            return;
        }
        let mut text = String::from("faults: the test tried to leave the machine:");
        for Refused {
            call,
            to,
            thread,
            trace,
        } in refused
        {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{call} to {to}, on thread {thread}:\n{trace}");
        }
        if thread::panicking() {
            eprintln!("{text}");
        } else {
            panic!("{text}");
        }
    }
}
