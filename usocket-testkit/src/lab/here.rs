//! Which lab a thread is in, for what has no lab at hand.

use std::net::Ipv4Addr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::network::NetworkId;

/// What a lab keeps back for those who only know that they are in one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here {
    /// An address of the neighbourhood that no host gets.
    pub(crate) absent: Ipv4Addr,
    /// A name with the test's own addresses, if look-ups ask the lab.
    pub(crate) name: Option<&'static str>,
}

/// The lab in whose network the calling thread is.
pub(crate) fn here() -> Option<Here> {
    let network = NetworkId::of_thread()?;
    let labs = labs();
    labs.iter().find(|lab| lab.0 == network).map(|lab| lab.1)
}

/// A lab is known to be there for as long as this lives.
#[derive(Debug)]
pub(super) struct Known(Option<NetworkId>);

impl Known {
    /// The lab of the calling thread's network.
    pub(super) fn new(here: Here) -> Self {
        let network = NetworkId::of_thread();
        if let Some(network) = network {
            labs().push((network, here));
        }
        Self(network)
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        labs().retain(|lab| Some(lab.0) != self.0);
    }
}

type Labs = Vec<(NetworkId, Here)>;

fn labs() -> MutexGuard<'static, Labs> {
    static LABS: Mutex<Labs> = Mutex::new(Vec::new());
    // A list of plain values is whole after each call.
    LABS.lock().unwrap_or_else(PoisonError::into_inner)
}
