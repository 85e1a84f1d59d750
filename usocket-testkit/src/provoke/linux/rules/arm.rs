//! The rules that one scene has.

use std::sync::{Mutex, PoisonError};

use usocket::Operation;

use crate::Faults;
use crate::descriptor::AsDescriptor;
use crate::errno::Errno;
use crate::faults::{Refusal, Rule};
use crate::provoke::unavailable::{Hindrance, UnavailableKind};
use crate::way::Way;

/// The rules of one scene. They end with it.
pub(super) struct Rules {
    // First, so that each rule ends before what it was made with.
    armed: Mutex<Vec<Rule>>,
    pub(super) faults: Faults,
}

impl Rules {
    pub(super) fn new() -> Result<Self, Hindrance> {
        // Asked first: where rules are forbidden, the scene is to say so, not to end a test that may be skipped.
        let refused =
            |refusal: Refusal| Hindrance::new(UnavailableKind::NoFaults, refusal.to_string());
        Faults::available().map_err(refused)?;
        let faults = met_by_all(Faults::here().map_err(refused)?)?;
        Ok(Self {
            armed: Mutex::new(Vec::new()),
            faults,
        })
    }

    /// The next call of the operation on that socket.
    pub(super) fn on_socket(&self, operation: Operation, socket: &impl AsDescriptor, errno: Errno) {
        for operation in alike(operation) {
            let calls = self.faults.on(*operation).descriptor(socket).times(1);
            self.hold(calls.errno(errno));
        }
    }

    pub(super) fn hold(&self, rule: Rule) {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        armed.push(rule);
    }
}

/// A scene is for every library: rules that act on usocket alone are none for it.
fn met_by_all(faults: Faults) -> Result<Faults, Hindrance> {
    if faults.backend().way() == Way::SystemCallRule {
        return Ok(faults);
    }
    Err(Hindrance::new(
        UnavailableKind::NoFaults,
        "rules on system calls need a processor that is x86_64 or aarch64; here they act on usocket alone",
    ))
}

/// Libraries that always want the sender's address receive a connected socket's datagrams as any other's.
fn alike(operation: Operation) -> &'static [Operation] {
    match operation {
        Operation::Receive | Operation::ReceiveFrom => {
            &[Operation::Receive, Operation::ReceiveFrom]
        }
        ref one => Operation::ALL
            .iter()
            .find(|operation| *operation == one)
            .map_or(&[], std::slice::from_ref),
    }
}

#[cfg(all(test, feature = "seam"))]
mod tests {
    use super::*;

    #[test]
    fn rules_on_usocket_alone_are_no_scene() {
        assert!(met_by_all(Faults::seam()).is_err());
    }
}
