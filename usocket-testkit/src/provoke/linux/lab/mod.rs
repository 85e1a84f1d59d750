//! The recipes that need a private network: each makes a lab of its own, which its scene owns.

mod changes;
pub(super) mod connections;
pub(super) mod hosts;
pub(super) mod interfaces;
pub(super) mod limits;
pub(super) mod look_ups;
pub(super) mod loops;
pub(super) mod obstacles;
pub(super) mod overflows;
pub(super) mod routes;

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::Lab;
use crate::lab::{Host, Refusal, RefusalKind};
use crate::protocol::Protocol;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// A port of hosts that have all of them, or that nobody reaches.
const PORT: u16 = 4077;

/// A network for the calling thread; never the one that the process came from.
fn lab(protocol: Protocol) -> Result<Arc<Lab>, Hindrance> {
    // Not `Lab::new`, which may end the process: whoever asks for a scene hears the reason instead.
    let lab = Lab::make()
        .map_err(|refusal| Hindrance::new(UnavailableKind::NoLab, refusal.to_string()))?;
    if protocol.is_ipv6() && lab.ipv6().is_none() {
        let text = "it needs IPv6, and the kernel gives the lab none";
        return Err(Hindrance::new(UnavailableKind::NoIpv6, text));
    }
    Ok(Arc::new(lab))
}

/// The imaginary host that scenes are about; it refuses everything until something else is said.
fn host(lab: &Lab, protocol: Protocol) -> Host<'_> {
    lab.host(if protocol.is_ipv6() {
        "fd77::5"
    } else {
        "10.77.1.5"
    })
}

/// A kernel that was built without what an obstacle needs.
#[allow(clippy::needless_pass_by_value)] // what `map_err` gives
fn no_obstacle(refusal: Refusal) -> Hindrance {
    let kind = match refusal.kind() {
        RefusalKind::NotOffered => UnavailableKind::Host,
        _ => UnavailableKind::SetUpFailed,
    };
    Hindrance::new(kind, refusal.to_string())
}

/// A kernel that was built without what the recipe needs.
fn not_in_this_kernel(what: &str, error: &io::Error) -> Hindrance {
    Hindrance::new(UnavailableKind::Host, format!("{what}: {error}"))
}

/// Waits for something that the kernel does in a moment, and of which it sends no word.
fn until(mut is_so: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so()? {
        if Instant::now() > deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(Duration::from_micros(100));
    }
    Ok(())
}
