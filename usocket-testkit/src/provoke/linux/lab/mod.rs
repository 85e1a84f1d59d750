//! The recipes that need a private network: each makes a lab of its own, which its scene owns.

mod changes;
pub(super) mod connections;
pub(super) mod hosts;
pub(super) mod interfaces;
pub(super) mod look_ups;
pub(super) mod routes;

use std::io;
use std::sync::Arc;

use crate::Lab;
use crate::lab::Host;
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

/// A kernel that was built without what the recipe needs.
fn not_in_this_kernel(what: &str, error: &io::Error) -> Hindrance {
    Hindrance::new(UnavailableKind::Host, format!("{what}: {error}"))
}
