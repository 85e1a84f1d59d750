//! What is done with a call.

use std::net::SocketAddr;
use std::time::Duration;

use usocket::Operation;

use crate::errno::Errno;

/// What a rule does with one call.
///
/// [`Calls`](super::Calls) has a method for each; the values are for [`arm`](super::Calls::arm), for
/// [`sequence`](super::Calls::sequence) and for a [`Schedule`](super::Schedule).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// The real call, and no older rule is asked. It is no hit.
    Pass,
    /// This error, and no call.
    Errno(Errno),
    /// The real call, and this error in place of its answer. A call that would block or is interrupted has not taken
    /// place: its answer stays, and it is no hit.
    ErrnoAfter(Errno),
    /// The real call, with room for this many bytes at most, at least one. A call that would block or is interrupted
    /// moved nothing, and is no hit.
    Short(usize),
    /// The real call, so much later. A descriptor that does not block is left alone, and it is no hit: the delay would
    /// stop all else that the thread does.
    Delay(Duration),
    /// The real call, to this address.
    Redirect(SocketAddr),
    /// The connection fails later than the call: see [`Calls::so_error`](super::Calls::so_error).
    SoError(Errno),
    /// The end of the stream, and no call.
    Eof,
    /// The real connection is taken and closed, then this error. A call that gets none is no hit.
    Consume(Errno),
}

impl Action {
    /// Whether it can be done with such a call; if not, the reason.
    pub(super) fn fits(&self, operation: Operation) -> Result<(), String> {
        let name = operation.name();
        if matches!(operation, Operation::Lookup | Operation::ReverseLookup) {
            return Err(format!(
                "{name} is no system call; the resolver's own sockets make them: \
                 send, receive and connect, each to the name server's port (53)"
            ));
        }
        let only = |wanted: &[Operation], why: &str| {
            if wanted.contains(&operation) {
                return Ok(());
            }
            let names: Vec<_> = wanted.iter().map(|one| one.name()).collect();
            Err(format!(
                "{why}, which {name} does not; it is for {}",
                names.join(", ")
            ))
        };
        let receive = [Operation::Receive, Operation::ReceiveFrom];
        let transfer = [
            Operation::Send,
            Operation::SendTo,
            Operation::Receive,
            Operation::ReceiveFrom,
        ];
        match self {
            Self::Pass | Self::Delay(_) => Ok(()),
            Self::Errno(_) if operation == Operation::Close => Err(
                "a close that is not made leaves the descriptor open for ever; use errno_after"
                    .into(),
            ),
            Self::Errno(errno) | Self::ErrnoAfter(errno) => is_error(*errno),
            Self::Short(0) => Err("no bytes at all is the end of the stream: use eof".into()),
            Self::Short(_) => only(&transfer, "short is about calls that move bytes"),
            Self::Redirect(_) => only(
                &[Operation::Connect, Operation::SendTo],
                "redirect is about calls that name a peer",
            ),
            Self::SoError(errno) => is_error(*errno).and_then(|()| {
                only(
                    &[Operation::Connect],
                    "so_error is about calls that go on after they have returned",
                )
            }),
            Self::Eof => only(&receive, "eof is about calls that receive"),
            Self::Consume(errno) => is_error(*errno).and_then(|()| {
                only(
                    &[Operation::Accept],
                    "consume is about calls that give a connection",
                )
            }),
        }
    }
}

/// The kernel answers with the negative of an error, which is at most this (`MAX_ERRNO` in `linux/err.h`); any other
/// number would be a result. Windows has 16 bits for its own (`winerror.h`).
const MOST: i32 = if cfg!(windows) { 0xffff } else { 4095 };

fn is_error(errno: Errno) -> Result<(), String> {
    if (1..=MOST).contains(&errno.raw()) {
        Ok(())
    } else {
        Err(format!("{} is not an error number", errno.raw()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_fits_where_it_means_something() {
        let to = SocketAddr::from(([127, 0, 0, 1], 1));
        let errno = Errno::ENOBUFS;
        let rows = [
            (Action::Errno(errno), 16),
            (Action::ErrnoAfter(errno), 17),
            (Action::Errno(Errno::from_raw(0)), 0),
            (Action::ErrnoAfter(Errno::from_raw(MOST + 1)), 0),
            (Action::SoError(Errno::from_raw(-1)), 0),
            (Action::Pass, 17),
            (Action::Delay(Duration::MAX), 17),
            (Action::Short(1), 4),
            (Action::Short(0), 0),
            (Action::Redirect(to), 2),
            (Action::SoError(errno), 1),
            (Action::Eof, 2),
            (Action::Consume(errno), 1),
        ];
        for (action, expected) in rows {
            let fit = Operation::ALL
                .iter()
                .filter(|operation| action.fits(**operation).is_ok());
            assert_eq!(fit.count(), expected, "{action:?}");
        }
    }
}
