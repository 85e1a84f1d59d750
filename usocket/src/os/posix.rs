//! Any other Unix: Haiku, Hurd, Fuchsia, Redox, Cygwin, AIX, QNX and their like.
//!
//! The numbers are those of the libc crate, taken by name when the crate is compiled, so this
//! table can be compared with nothing and differs from target to target. It is compiled on every
//! Unix, so that the tests of a system that has a table of its own hold the two against each other.
//! Two names of one number are two rows here: which do so is the system's affair. Names beyond
//! POSIX stand behind a condition where a target lacks them.
//!
//! Sources: POSIX.1-2024, `<errno.h>`, `<netdb.h>`; libc crate.

use super::{Row, Table};
use crate::condition::Condition;

macro_rules! rows {
    ($($(#[$has:meta])? $name:ident => $condition:ident,)*) => {
        &[$(
            $(#[$has])?
            Row {
                name: stringify!($name),
                aliases: &[],
                code: libc::$name,
                condition: Condition::$condition,
            },
        )*]
    };
}

/// The error numbers of a Unix without a table of its own.
pub(crate) static POSIX: Table = Table {
    #[cfg(test)]
    system: "posix",
    native: false,
    rows: rows! {
        EAGAIN => WouldBlock,
        EWOULDBLOCK => WouldBlock,
        EPERM => OperationNotPermitted,
        ENOENT => NotFound,
        EINTR => Interrupted,
        ENXIO => NotFound,
        EBADF => BadFileDescriptor,
        ENOMEM => OutOfMemory,
        EACCES => OperationNotPermitted,
        ENODEV => NotFound,
        EDOM => InvalidArgument,
        EINVAL => InvalidArgument,
        ENFILE => TooManyOpenFiles,
        EMFILE => TooManyOpenFiles,
        EPIPE => Shutdown,
        ENAMETOOLONG => NameTooLong,
        ENOSYS => Unsupported,
        EPROTO => Unknown,
        ENOTSOCK => NotASocket,
        EDESTADDRREQ => DestinationRequired,
        EMSGSIZE => MessageTooLong,
        EPROTOTYPE => SocketTypeNotSupported,
        ENOPROTOOPT => OptionNotSupported,
        EPROTONOSUPPORT => ProtocolNotSupported,
        #[cfg(not(any(target_os = "haiku", target_env = "newlib")))]
        ESOCKTNOSUPPORT => SocketTypeNotSupported,
        EOPNOTSUPP => OperationNotSupported,
        ENOTSUP => OperationNotSupported,
        EPFNOSUPPORT => AddressFamilyNotSupported,
        EAFNOSUPPORT => AddressFamilyNotSupported,
        EADDRINUSE => AddressInUse,
        EADDRNOTAVAIL => AddressNotAvailable,
        ENETDOWN => NetworkDown,
        ENETUNREACH => NetworkUnreachable,
        ENETRESET => NetworkReset,
        ECONNABORTED => ConnectionAborted,
        ECONNRESET => ConnectionReset,
        ENOBUFS => NoBuffers,
        EISCONN => AlreadyConnected,
        ENOTCONN => NotConnected,
        #[cfg(not(target_env = "newlib"))]
        ESHUTDOWN => Shutdown,
        ETIMEDOUT => Timeout,
        ECONNREFUSED => ConnectionRefused,
        EHOSTDOWN => HostDown,
        EHOSTUNREACH => HostUnreachable,
        EALREADY => InProgress,
        EINPROGRESS => InProgress,
        ECANCELED => Cancelled,
    },
};

/// The resolver's codes of a Unix without a table of its own.
pub(crate) static RESOLVER: Table = Table {
    #[cfg(test)]
    system: "posix",
    native: false,
    rows: rows! {
        EAI_NONAME => HostNotFound,
        #[cfg(not(target_env = "newlib"))]
        EAI_AGAIN => TryAgain,
        #[cfg(not(target_env = "newlib"))]
        EAI_FAIL => NoRecovery,
        #[cfg(not(target_env = "newlib"))]
        EAI_BADFLAGS => InvalidArgument,
        EAI_FAMILY => AddressFamilyNotSupported,
        EAI_SOCKTYPE => SocketTypeNotSupported,
        #[cfg(not(target_env = "newlib"))]
        EAI_SERVICE => ServiceNotFound,
        EAI_MEMORY => OutOfMemory,
        #[cfg(not(target_env = "newlib"))]
        EAI_OVERFLOW => NameTooLong,
    },
};

const _: () = assert!(
    conditions_agree(POSIX.rows) && conditions_agree(RESOLVER.rows),
    "two rows of one code and of two conditions"
);

/// Whether rows of one code are rows of one condition.
const fn conditions_agree(rows: &[Row]) -> bool {
    let mut i = 0;
    while i < rows.len() {
        let mut j = i + 1;
        while j < rows.len() {
            let (a, b) = (&rows[i], &rows[j]);
            if a.code == b.code && a.condition as u8 != b.condition as u8 {
                return false;
            }
            j += 1;
        }
        i += 1;
    }
    true
}
