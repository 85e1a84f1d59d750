//! What a call answers, and the name that usocket must have for it.

use std::io;

use usocket::{Condition, Error, Operation};
use usocket_testkit::Errno;

/// What a call answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It has done what it is for; a transfer moved so many bytes.
    Done(usize),
    /// It fails with this number.
    Fails(Errno),
}

pub(crate) use Answer::Done;

/// Success of a call that moves no bytes.
pub(crate) const OK: Answer = Done(0);

/// Short for the rules: what the system says.
pub(crate) const fn fails(errno: Errno) -> Answer {
    Answer::Fails(errno)
}

/// The condition of each number, as the project's documentation has it. Written by hand, and not by the table under
/// test.
const NAMES: &[(Errno, &[Condition])] = &[
    (Errno::EACCES, &[Condition::OperationNotPermitted]),
    (Errno::EADDRINUSE, &[Condition::AddressInUse]),
    (Errno::EADDRNOTAVAIL, &[Condition::AddressNotAvailable]),
    (Errno::EAFNOSUPPORT, &[Condition::AddressFamilyNotSupported]),
    // Of a socket that does not block, and of one whose own timeout ran out.
    (Errno::EAGAIN, &[Condition::WouldBlock, Condition::Timeout]),
    (Errno::EALREADY, &[Condition::InProgress]),
    (Errno::EBADF, &[Condition::BadFileDescriptor]),
    (Errno::ECONNABORTED, &[Condition::ConnectionAborted]),
    (Errno::ECONNREFUSED, &[Condition::ConnectionRefused]),
    (Errno::ECONNRESET, &[Condition::ConnectionReset]),
    (Errno::EDESTADDRREQ, &[Condition::DestinationRequired]),
    (Errno::EHOSTDOWN, &[Condition::HostDown]),
    (Errno::EHOSTUNREACH, &[Condition::HostUnreachable]),
    (Errno::EINPROGRESS, &[Condition::InProgress]),
    (Errno::EINVAL, &[Condition::InvalidArgument]),
    (Errno::EISCONN, &[Condition::AlreadyConnected]),
    (Errno::EMFILE, &[Condition::TooManyOpenFiles]),
    (Errno::EMSGSIZE, &[Condition::MessageTooLong]),
    (Errno::ENETDOWN, &[Condition::NetworkDown]),
    (Errno::ENETRESET, &[Condition::NetworkReset]),
    (Errno::ENETUNREACH, &[Condition::NetworkUnreachable]),
    (Errno::ENOBUFS, &[Condition::NoBuffers]),
    (Errno::ENOENT, &[Condition::NotFound]),
    (Errno::ENOMEM, &[Condition::OutOfMemory]),
    (Errno::ENOPROTOOPT, &[Condition::OptionNotSupported]),
    (Errno::ENOTCONN, &[Condition::NotConnected]),
    (Errno::ENOTSOCK, &[Condition::NotASocket]),
    (Errno::EOPNOTSUPP, &[Condition::OperationNotSupported]),
    (Errno::EPIPE, &[Condition::Shutdown]),
    (Errno::EPROTONOSUPPORT, &[Condition::ProtocolNotSupported]),
    (Errno::EPROTOTYPE, &[Condition::SocketTypeNotSupported]),
    (Errno::ESOCKTNOSUPPORT, &[Condition::SocketTypeNotSupported]),
    (Errno::ETIMEDOUT, &[Condition::Timeout]),
];

/// The answer of a call that usocket makes, which must have named its failure rightly.
#[track_caller]
pub(crate) fn of<T>(result: Result<T, Error>, done: impl FnOnce(T) -> usize) -> Answer {
    let error = match result {
        Ok(value) => return Done(done(value)),
        Err(error) => error,
    };
    let Some(errno) = error.raw_os_error().map(Errno::from_raw) else {
        panic!("{error} has no number of the system's");
    };
    named(errno, error.condition());
    fails(errno)
}

/// The same of a call that usocket has not: only the name is usocket's.
#[track_caller]
pub(crate) fn of_io<T>(
    operation: Operation,
    result: io::Result<T>,
    done: impl FnOnce(T) -> usize,
) -> Answer {
    of(
        result.map_err(|source| Error::from_io(operation, source)),
        done,
    )
}

/// What a socket option or another value holds as an error: none is success.
#[track_caller]
pub(crate) fn pending(error: Option<io::Error>) -> Answer {
    of_io(Operation::GetOption, error.map_or(Ok(()), Err), |()| 0)
}

/// What usocket may call it.
#[track_caller]
pub(crate) fn names(errno: Errno) -> &'static [Condition] {
    match NAMES.iter().find(|(known, _)| *known == errno) {
        Some((_, names)) => names,
        None => panic!("{errno} is in no rule"),
    }
}

#[track_caller]
fn named(errno: Errno, condition: Condition) {
    let expected = names(errno);
    assert!(
        expected.contains(&condition),
        "usocket calls {errno} {condition}, and not one of {expected:?}"
    );
}
