//! The same events for `tracing`, with the target `usocket::server`.

use tracing::{debug, error, info, warn};

use super::event::ServerEvent;

const TARGET: &str = "usocket::server";

/// What is ordinary is `DEBUG`, what an operator may want to know `INFO`, what failed and is taken
/// care of `WARN`, and a bug or the end of the server `ERROR`.
pub(super) fn event(event: &ServerEvent) {
    use ServerEvent as E;

    match event {
        E::Accepted { peer } => debug!(target: TARGET, %peer, "accepted"),
        E::Closed { peer } => debug!(target: TARGET, %peer, "closed"),
        E::HandlerFailed { peer, error } => {
            warn!(target: TARGET, %peer, %error, "handler failed");
        }
        E::HandlerPanicked { peer, message } => {
            error!(target: TARGET, %peer, panic = %message, "handler panicked");
        }
        E::AcceptFailed { error, retry: None } | E::ReceiveFailed { error, retry: None } => {
            error!(target: TARGET, %error, "ended");
        }
        E::AcceptFailed { error, retry }
        | E::ReceiveFailed { error, retry }
        | E::WaitFailed { error, retry } => {
            warn!(target: TARGET, %error, ?retry, "trying again");
        }
        E::LimitReached { limit } => info!(target: TARGET, limit, "limit reached"),
        E::DatagramTooLong {
            peer,
            length,
            limit,
        } => warn!(target: TARGET, %peer, length, limit, "datagram too long"),
        E::ReplyFailed { peer, error } => warn!(target: TARGET, %peer, %error, "no reply"),
        E::Stopping { open } => info!(target: TARGET, open, "stopping"),
    }
}
