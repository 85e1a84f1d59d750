//! What to do after a failure: go on at once, wait, or give up.

use crate::condition::Condition;
use crate::operation::Operation;

/// What the caller of a failed operation can do next.
///
/// An accept loop must know it: most errors of `accept(2)` concern one connection that is already
/// gone, some say that a resource is short for the moment, and only a few mean that the listener
/// will never accept again.
///
/// | operation | retry now | back off | fatal |
/// | --- | --- | --- | --- |
/// | any | interrupted | would-block, in-progress, no-buffers, out-of-memory, too-many-open-files, try-again | everything that is not named here |
/// | accept | connection-aborted, connection-reset, network-reset, network-down, network-unreachable, host-down, host-unreachable, operation-not-permitted, option-not-supported, timeout | unknown | |
/// | receive-from | connection-refused, connection-reset, network-reset, network-unreachable, host-down, host-unreachable, message-too-long | timeout, network-down | |
/// | connect, send-to | | connection-refused, connection-aborted, connection-reset, network-reset, network-down, network-unreachable, host-down, host-unreachable, address-not-available, timeout | |
/// | bind, listen | | address-in-use | |
/// | receive, send, wait, look-up, reverse-look-up | | timeout | |
///
/// The accept row follows the *Error handling* section of [accept(2)] and the errors that servers
/// were seen to die of; an unknown error backs off there, so that it neither ends the server nor
/// makes it spin. Backing off is a pause of milliseconds before the same call is made again; for
/// would-block it is waiting for readiness.
///
/// [accept(2)]: https://man7.org/linux/man-pages/man2/accept.2.html
///
/// ```
/// use usocket::{Condition, Disposition, Operation};
///
/// let of = |condition| Disposition::of(condition, Operation::Accept);
/// assert_eq!(of(Condition::ConnectionAborted), Disposition::RetryNow);
/// assert_eq!(of(Condition::TooManyOpenFiles), Disposition::BackOff);
/// assert_eq!(of(Condition::InvalidArgument), Disposition::Fatal);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth thing to do")]
#[doc(alias = "retry")]
pub enum Disposition {
    /// Make the same call again at once.
    RetryNow,
    /// Make the same call again after a while.
    BackOff,
    /// The same call will fail again.
    Fatal,
}

impl Disposition {
    /// What to do after `operation` failed with `condition`.
    #[expect(clippy::match_same_arms, reason = "row by row, as in the table above")]
    pub const fn of(condition: Condition, operation: Operation) -> Self {
        use Condition as C;
        use Operation as O;

        match (operation, condition) {
            (_, C::Interrupted) => Self::RetryNow,
            (
                _,
                C::WouldBlock
                | C::InProgress
                | C::NoBuffers
                | C::OutOfMemory
                | C::TooManyOpenFiles
                | C::TryAgain,
            ) => Self::BackOff,
            (
                O::Accept,
                C::ConnectionAborted
                | C::ConnectionReset
                | C::NetworkReset
                | C::NetworkDown
                | C::NetworkUnreachable
                | C::HostDown
                | C::HostUnreachable
                | C::OperationNotPermitted
                | C::OptionNotSupported
                | C::Timeout,
            ) => Self::RetryNow,
            (O::Accept, C::Unknown) => Self::BackOff,
            (
                O::ReceiveFrom,
                C::ConnectionRefused
                | C::ConnectionReset
                | C::NetworkReset
                | C::NetworkUnreachable
                | C::HostDown
                | C::HostUnreachable
                | C::MessageTooLong,
            ) => Self::RetryNow,
            (O::ReceiveFrom, C::NetworkDown) => Self::BackOff,
            (
                O::Connect | O::SendTo,
                C::ConnectionRefused
                | C::ConnectionAborted
                | C::ConnectionReset
                | C::NetworkReset
                | C::NetworkDown
                | C::NetworkUnreachable
                | C::HostDown
                | C::HostUnreachable
                | C::AddressNotAvailable,
            ) => Self::BackOff,
            (O::Bind | O::Listen, C::AddressInUse) => Self::BackOff,
            (
                O::Connect
                | O::SendTo
                | O::ReceiveFrom
                | O::Receive
                | O::Send
                | O::Wait
                | O::Lookup
                | O::ReverseLookup,
                C::Timeout,
            ) => Self::BackOff,
            _ => Self::Fatal,
        }
    }
}
