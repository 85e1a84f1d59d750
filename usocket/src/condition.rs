//! The conditions: what can be wrong, in the same words on every system.

use std::fmt;
use std::io::ErrorKind;

use crate::operation::UnknownName;

macro_rules! conditions {
    ($($(#[$doc:meta])* $condition:ident = $name:literal, $text:literal, $class:ident, $kind:ident, [$($lisp:literal),*];)*) => {
        /// What is wrong: one value for each failure that a program can tell apart and act upon.
        ///
        /// The first twenty, [`Condition::CLASSIC`], are those of Common Lisp's usocket; the rest
        /// is what it lacked or later versions added. A condition says the same on every system:
        /// which numbers of which system lead to it stands in each variant's text, and
        /// [`Condition::of`] and [`Condition::from_raw_os_error`] do the translation.
        ///
        /// ```
        /// use usocket::Condition;
        ///
        /// fn advice(condition: Condition) -> &'static str {
        ///     match condition {
        ///         Condition::ConnectionRefused => "start the server",
        ///         Condition::HostNotFound => "check the name",
        ///         Condition::Timeout | Condition::TryAgain => "try again later",
        ///         _ => "look at the error's source",
        ///     }
        /// }
        /// assert_eq!(advice(Condition::ConnectionRefused), "start the server");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Condition {
            $(
                $(#[$doc])*
                $(#[doc(alias = $lisp)])*
                $condition,
            )*
        }

        impl Condition {
            /// Every condition, the classic twenty first.
            pub const ALL: &'static [Self] = &[$(Self::$condition,)*];

            /// The name for reports and command lines: lower case, words joined by `-`.
            ///
            /// ```
            /// use usocket::Condition;
            ///
            /// assert_eq!(Condition::HostDown.name(), "host-down");
            /// assert_eq!("host-down".parse(), Ok(Condition::HostDown));
            /// ```
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$condition => $name,)*
                }
            }

            /// What kind of thing the condition is; the Lisp library's super-classes.
            pub const fn class(self) -> Class {
                match self {
                    $(Self::$condition => Class::$class,)*
                }
            }

            /// The nearest kind that std can name, for `From<Error> for io::Error`.
            ///
            /// std has no name for many conditions; these are [`ErrorKind::Other`].
            ///
            /// ```
            /// use std::io::ErrorKind;
            /// use usocket::Condition;
            ///
            /// assert_eq!(Condition::Shutdown.kind(), ErrorKind::BrokenPipe);
            /// assert_eq!(Condition::SocketTypeNotSupported.kind(), ErrorKind::Other);
            /// ```
            pub const fn kind(self) -> ErrorKind {
                match self {
                    $(Self::$condition => ErrorKind::$kind,)*
                }
            }

            /// The names of the condition in Common Lisp's usocket.
            ///
            /// Empty where that library has no name for it; several where it has several names for
            /// one thing.
            ///
            /// ```
            /// use usocket::Condition;
            ///
            /// let names = Condition::Shutdown.usocket_names();
            /// assert_eq!(names, ["shutdown-error", "already-shutdown-error"]);
            /// assert!(Condition::NotConnected.usocket_names().is_empty());
            /// ```
            pub const fn usocket_names(self) -> &'static [&'static str] {
                match self {
                    $(Self::$condition => &[$($lisp),*],)*
                }
            }

            /// The words with which a message names the condition.
            const fn text(self) -> &'static str {
                match self {
                    $(Self::$condition => $text,)*
                }
            }
        }
    };
}

conditions! {
    /// The local address is taken: `EADDRINUSE`.
    #[doc(alias = "EADDRINUSE")]
    AddressInUse = "address-in-use", "address in use",
        SocketError, AddrInUse, ["address-in-use-error"];
    /// The local address is none of this machine's, or no local port is left: `EADDRNOTAVAIL`.
    #[doc(alias = "EADDRNOTAVAIL")]
    AddressNotAvailable = "address-not-available", "address not available",
        SocketError, AddrNotAvailable, ["address-not-available-error"];
    /// The descriptor is not open, or not open for this: `EBADF`, `WSAEBADF`.
    #[doc(alias = "EBADF")]
    #[doc(alias = "WSAEBADF")]
    BadFileDescriptor = "bad-file-descriptor", "bad file descriptor",
        SocketError, Other,
        ["bad-file-descriptor-error", "invalid-socket-error", "invalid-socket-stream-error"];
    /// The host answers that nobody listens there: `ECONNREFUSED`.
    #[doc(alias = "ECONNREFUSED")]
    ConnectionRefused = "connection-refused", "connection refused",
        SocketError, ConnectionRefused, ["connection-refused-error"];
    /// The connection was given up on this side: `ECONNABORTED`; on accept also `EPROTO`, which
    /// System V systems say for it.
    #[doc(alias = "ECONNABORTED")]
    #[doc(alias = "EPROTO")]
    ConnectionAborted = "connection-aborted", "connection aborted",
        SocketError, ConnectionAborted, ["connection-aborted-error"];
    /// The peer ended the connection without ceremony: `ECONNRESET`.
    #[doc(alias = "ECONNRESET")]
    ConnectionReset = "connection-reset", "connection reset",
        SocketError, ConnectionReset, ["connection-reset-error"];
    /// The call makes no sense with these arguments or in this state: `EINVAL`; a time that does not
    /// fit: `EDOM`.
    #[doc(alias = "EINVAL")]
    #[doc(alias = "EDOM")]
    InvalidArgument = "invalid-argument", "invalid argument",
        SocketError, InvalidInput, ["invalid-argument-error"];
    /// The system has no room for it now: `ENOBUFS`.
    #[doc(alias = "ENOBUFS")]
    NoBuffers = "no-buffers", "no buffer space",
        SocketError, Other, ["no-buffers-error"];
    /// This kind of socket cannot do this: `EOPNOTSUPP`, `ENOTSUP`.
    #[doc(alias = "EOPNOTSUPP")]
    #[doc(alias = "ENOTSUP")]
    OperationNotSupported = "operation-not-supported", "operation not supported",
        SocketError, Unsupported, ["operation-not-supported-error"];
    /// The system forbids it: `EPERM` and `EACCES`.
    #[doc(alias = "EPERM")]
    #[doc(alias = "EACCES")]
    OperationNotPermitted = "operation-not-permitted", "operation not permitted",
        SocketError, PermissionDenied, ["operation-not-permitted-error"];
    /// The protocol does not exist, or not for this type of socket: `EPROTONOSUPPORT`.
    #[doc(alias = "EPROTONOSUPPORT")]
    ProtocolNotSupported = "protocol-not-supported", "protocol not supported",
        SocketError, Other, ["protocol-not-supported-error"];
    /// The family has no such type of socket, or the peer's is of another type:
    /// `ESOCKTNOSUPPORT`, `EPROTOTYPE`.
    #[doc(alias = "ESOCKTNOSUPPORT")]
    #[doc(alias = "EPROTOTYPE")]
    SocketTypeNotSupported = "socket-type-not-supported", "socket type not supported",
        SocketError, Other, ["socket-type-not-supported-error"];
    /// No route leads there: `ENETUNREACH`.
    #[doc(alias = "ENETUNREACH")]
    NetworkUnreachable = "network-unreachable", "network unreachable",
        SocketError, NetworkUnreachable, ["network-unreachable-error"];
    /// The interface or the whole network is down: `ENETDOWN`.
    #[doc(alias = "ENETDOWN")]
    NetworkDown = "network-down", "network down",
        SocketError, NetworkDown, ["network-down-error"];
    /// The connection was lost because the network was reset: `ENETRESET`.
    #[doc(alias = "ENETRESET")]
    NetworkReset = "network-reset", "network reset",
        SocketError, ConnectionReset, ["network-reset-error"];
    /// The network says that the host is down: `EHOSTDOWN`.
    #[doc(alias = "EHOSTDOWN")]
    HostDown = "host-down", "host down",
        SocketError, HostUnreachable, ["host-down-error"];
    /// The network says that it cannot reach the host, or the host does not answer on its own
    /// link: `EHOSTUNREACH`.
    #[doc(alias = "EHOSTUNREACH")]
    HostUnreachable = "host-unreachable", "host unreachable",
        SocketError, HostUnreachable, ["host-unreachable-error"];
    /// This direction of the connection has ended: `EPIPE` and `ESHUTDOWN`.
    #[doc(alias = "EPIPE")]
    #[doc(alias = "ESHUTDOWN")]
    Shutdown = "shutdown", "connection is shut down",
        SocketError, BrokenPipe, ["shutdown-error", "already-shutdown-error"];
    /// The deadline passed, or the system's own time ran out: `ETIMEDOUT`, and `EAGAIN` or
    /// `EINPROGRESS` where the call ran under a timeout.
    #[doc(alias = "ETIMEDOUT")]
    #[doc(alias = "EAGAIN")]
    #[doc(alias = "EINPROGRESS")]
    Timeout = "timeout", "timed out",
        SocketError, TimedOut, ["timeout-error", "deadline-timeout-error"];
    /// A failure that has no other name here; its number is in the source.
    Unknown = "unknown", "unknown error",
        SocketError, Other, ["unknown-error", "unknown-condition"];

    /// The system has no memory for it: `ENOMEM`, `EAI_MEMORY`.
    #[doc(alias = "ENOMEM")]
    #[doc(alias = "EAI_MEMORY")]
    OutOfMemory = "out-of-memory", "out of memory",
        SocketError, OutOfMemory, ["out-of-memory-error"];
    /// A signal came first: `EINTR`. The library's own calls go on against the same deadline.
    #[doc(alias = "EINTR")]
    Interrupted = "interrupted", "interrupted",
        SocketCondition, Interrupted, ["interrupted-condition"];
    /// Nothing to do right now: `EAGAIN`, `EWOULDBLOCK`.
    #[doc(alias = "EAGAIN")]
    #[doc(alias = "EWOULDBLOCK")]
    WouldBlock = "would-block", "would block",
        SocketCondition, WouldBlock, [];
    /// It has begun and is not done: `EINPROGRESS`, `EALREADY`.
    #[doc(alias = "EINPROGRESS")]
    #[doc(alias = "EALREADY")]
    InProgress = "in-progress", "in progress",
        SocketCondition, WouldBlock, [];
    /// There is no connection (yet, or any more): `ENOTCONN`.
    #[doc(alias = "ENOTCONN")]
    NotConnected = "not-connected", "not connected",
        SocketError, NotConnected, [];
    /// There is a connection already: `EISCONN`.
    #[doc(alias = "EISCONN")]
    AlreadyConnected = "already-connected", "already connected",
        SocketError, Other, [];
    /// The datagram is longer than the protocol, the route or the buffer allows: `EMSGSIZE`.
    #[doc(alias = "EMSGSIZE")]
    MessageTooLong = "message-too-long", "message too long",
        SocketError, Other, [];
    /// No such address family here, or the address is not of the socket's: `EAFNOSUPPORT`,
    /// `EPFNOSUPPORT`.
    #[doc(alias = "EAFNOSUPPORT")]
    #[doc(alias = "EPFNOSUPPORT")]
    AddressFamilyNotSupported = "address-family-not-supported", "address family not supported",
        SocketError, Other, [];
    /// No such option at this level: `ENOPROTOOPT`.
    #[doc(alias = "ENOPROTOOPT")]
    OptionNotSupported = "option-not-supported", "option not supported",
        SocketError, Other, [];
    /// The process or the system has no descriptor left: `EMFILE`, `ENFILE`.
    #[doc(alias = "EMFILE")]
    #[doc(alias = "ENFILE")]
    TooManyOpenFiles = "too-many-open-files", "too many open files",
        SocketError, Other, [];
    /// The descriptor is open, but is not a socket: `ENOTSOCK`.
    #[doc(alias = "ENOTSOCK")]
    NotASocket = "not-a-socket", "not a socket",
        SocketError, Other, [];
    /// No peer was named, neither by the call nor by an earlier connect: `EDESTADDRREQ`.
    #[doc(alias = "EDESTADDRREQ")]
    DestinationRequired = "destination-required", "destination address required",
        SocketError, Other, [];
    /// No such file, device or name: `ENOENT`, `ENODEV`, `ENXIO`.
    #[doc(alias = "ENOENT")]
    #[doc(alias = "ENODEV")]
    #[doc(alias = "ENXIO")]
    NotFound = "not-found", "not found",
        SocketError, NotFound, [];
    /// A name is longer than the system takes: `ENAMETOOLONG`, `EAI_OVERFLOW`.
    #[doc(alias = "ENAMETOOLONG")]
    #[doc(alias = "EAI_OVERFLOW")]
    NameTooLong = "name-too-long", "name too long",
        SocketError, InvalidInput, [];
    /// Somebody called it off: `ECANCELED`, `WSA_E_CANCELLED`.
    #[doc(alias = "ECANCELED")]
    #[doc(alias = "WSA_E_CANCELLED")]
    Cancelled = "cancelled", "cancelled",
        SocketError, Other, [];
    /// The peer ended the stream before all that was asked for had come.
    UnexpectedEof = "unexpected-eof", "unexpected end of stream",
        SocketError, UnexpectedEof, [];
    /// This system has no such feature at all: `ENOSYS`.
    #[doc(alias = "ENOSYS")]
    Unsupported = "unsupported", "unsupported on this system",
        SocketError, Unsupported, ["unsupported", "unimplemented", "insufficient-implementation"];

    /// There is no such name: `EAI_NONAME`, `WSAHOST_NOT_FOUND`.
    #[doc(alias = "EAI_NONAME")]
    #[doc(alias = "WSAHOST_NOT_FOUND")]
    HostNotFound = "host-not-found", "host not found",
        NameError, NotFound, ["ns-host-not-found-error"];
    /// The name exists and has no address of the kind asked for: `EAI_NODATA`, `EAI_ADDRFAMILY`,
    /// `WSANO_DATA`.
    #[doc(alias = "EAI_NODATA")]
    #[doc(alias = "EAI_ADDRFAMILY")]
    #[doc(alias = "WSANO_DATA")]
    NoData = "no-data", "name has no address",
        NameError, NotFound, [];
    /// The name service cannot say now: `EAI_AGAIN`, `WSATRY_AGAIN`.
    #[doc(alias = "EAI_AGAIN")]
    #[doc(alias = "WSATRY_AGAIN")]
    TryAgain = "try-again", "name service failed for now",
        NameError, Other, ["ns-try-again-error", "ns-try-again-condition"];
    /// The name service failed for good: `EAI_FAIL`, `WSANO_RECOVERY`.
    #[doc(alias = "EAI_FAIL")]
    #[doc(alias = "WSANO_RECOVERY")]
    NoRecovery = "no-recovery", "name service failed",
        NameError, Other, ["ns-no-recovery-error"];
    /// There is no such service, or not for this type of socket: `EAI_SERVICE`,
    /// `WSATYPE_NOT_FOUND`.
    #[doc(alias = "EAI_SERVICE")]
    #[doc(alias = "WSATYPE_NOT_FOUND")]
    ServiceNotFound = "service-not-found", "service not found",
        NameError, NotFound, [];
    /// A failure of the resolver that has no other name here; its number is in the source.
    ResolverUnknown = "resolver-unknown", "unknown resolver error",
        NameError, Other, ["ns-unknown-error", "ns-unknown-condition"];
}

impl Condition {
    /// The twenty conditions that Common Lisp's usocket names in its README, in its order.
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// assert_eq!(Condition::CLASSIC.len(), 20);
    /// assert!(Condition::CLASSIC.iter().all(|condition| !condition.usocket_names().is_empty()));
    /// ```
    pub const CLASSIC: [Self; 20] = [
        Self::AddressInUse,
        Self::AddressNotAvailable,
        Self::BadFileDescriptor,
        Self::ConnectionRefused,
        Self::ConnectionAborted,
        Self::ConnectionReset,
        Self::InvalidArgument,
        Self::NoBuffers,
        Self::OperationNotSupported,
        Self::OperationNotPermitted,
        Self::ProtocolNotSupported,
        Self::SocketTypeNotSupported,
        Self::NetworkUnreachable,
        Self::NetworkDown,
        Self::NetworkReset,
        Self::HostDown,
        Self::HostUnreachable,
        Self::Shutdown,
        Self::Timeout,
        Self::Unknown,
    ];

    /// Whether this is an error at all: false for what a caller simply goes on from
    /// ([`Class::SocketCondition`]).
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// assert!(Condition::ConnectionReset.is_error());
    /// assert!(!Condition::WouldBlock.is_error());
    /// ```
    pub const fn is_error(self) -> bool {
        !matches!(self.class(), Class::SocketCondition)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

impl std::str::FromStr for Condition {
    type Err = UnknownName;

    /// Reads what [`Condition::name`] gives.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.iter().find(|condition| condition.name() == name);
        found
            .copied()
            .ok_or_else(|| UnknownName::new("condition", name))
    }
}

/// What kind of thing a [`Condition`] is.
///
/// ```
/// use usocket::{Class, Condition};
///
/// assert_eq!(Condition::ConnectionRefused.class(), Class::SocketError);
/// assert_eq!(Condition::Interrupted.class(), Class::SocketCondition);
/// assert_eq!(Condition::HostNotFound.class(), Class::NameError);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Class {
    /// A socket failed.
    #[doc(alias = "socket-error")]
    SocketError,
    /// Something to know and to go on from: no failure.
    #[doc(alias = "socket-condition")]
    SocketCondition,
    /// A look-up failed.
    #[doc(alias = "ns-error")]
    #[doc(alias = "ns-condition")]
    NameError,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for condition in Condition::ALL {
            assert_eq!(condition.name().parse(), Ok(*condition));
        }
        let mut names: Vec<_> = Condition::ALL
            .iter()
            .map(|condition| condition.name())
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Condition::ALL.len());
    }

    #[test]
    fn texts_are_lower_case_and_unique() {
        let mut texts: Vec<_> = Condition::ALL.iter().map(ToString::to_string).collect();
        for text in &texts {
            assert_eq!(*text, text.to_lowercase());
            assert!(!text.ends_with('.'), "{text:?}");
        }
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Condition::ALL.len());
    }

    #[test]
    fn classic_conditions_lead_the_list_in_their_order() {
        assert_eq!(Condition::ALL[..20], Condition::CLASSIC);
        let names = Condition::CLASSIC.map(Condition::name);
        assert_eq!(
            names,
            [
                "address-in-use",
                "address-not-available",
                "bad-file-descriptor",
                "connection-refused",
                "connection-aborted",
                "connection-reset",
                "invalid-argument",
                "no-buffers",
                "operation-not-supported",
                "operation-not-permitted",
                "protocol-not-supported",
                "socket-type-not-supported",
                "network-unreachable",
                "network-down",
                "network-reset",
                "host-down",
                "host-unreachable",
                "shutdown",
                "timeout",
                "unknown",
            ]
        );
    }

    #[test]
    fn every_lisp_error_class_belongs_to_one_condition() {
        // The leaves of the original's class tree; its abstract classes are `Class`.
        let leaves = [
            "address-in-use-error",
            "address-not-available-error",
            "already-shutdown-error",
            "bad-file-descriptor-error",
            "connection-aborted-error",
            "connection-refused-error",
            "connection-reset-error",
            "deadline-timeout-error",
            "host-down-error",
            "host-unreachable-error",
            "insufficient-implementation",
            "interrupted-condition",
            "invalid-argument-error",
            "invalid-socket-error",
            "invalid-socket-stream-error",
            "network-down-error",
            "network-reset-error",
            "network-unreachable-error",
            "no-buffers-error",
            "ns-host-not-found-error",
            "ns-no-recovery-error",
            "ns-try-again-condition",
            "ns-try-again-error",
            "ns-unknown-condition",
            "ns-unknown-error",
            "operation-not-permitted-error",
            "operation-not-supported-error",
            "out-of-memory-error",
            "protocol-not-supported-error",
            "shutdown-error",
            "socket-type-not-supported-error",
            "timeout-error",
            "unimplemented",
            "unknown-condition",
            "unknown-error",
            "unsupported",
        ];
        let mut ours: Vec<_> = Condition::ALL
            .iter()
            .flat_map(|condition| condition.usocket_names())
            .copied()
            .collect();
        ours.sort_unstable();
        assert_eq!(ours, leaves);
    }
}
