//! What was being done when something failed.

use std::fmt;

macro_rules! operations {
    ($($(#[$doc:meta])* $operation:ident = $name:literal, $text:literal;)*) => {
        /// What was being done: one value for each kind of call that a socket knows.
        ///
        /// An operation is a verb of the sockets API, not the name of one system call: `recv`,
        /// `read` and `WSARecv` are all [`Operation::Receive`].
        ///
        /// ```
        /// use usocket::Operation;
        ///
        /// assert_eq!(Operation::Connect.to_string(), "connect");
        /// assert_eq!("receive-from".parse(), Ok(Operation::ReceiveFrom));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])* $operation,)*
        }

        impl Operation {
            /// Every operation, in the order in which a socket lives through them.
            pub const ALL: &'static [Self] = &[$(Self::$operation,)*];

            /// The name for reports and command lines: lower case, words joined by `-`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$operation => $name,)*
                }
            }

            /// The words with which a message names the operation.
            const fn text(self) -> &'static str {
                match self {
                    $(Self::$operation => $text,)*
                }
            }
        }
    };
}

operations! {
    /// Making a socket: `socket(2)`, `socketpair(2)`.
    Socket = "socket", "create socket";
    /// Giving a socket its local address: `bind(2)`.
    Bind = "bind", "bind";
    /// Becoming a listener: `listen(2)`.
    Listen = "listen", "listen";
    /// Connecting, and waiting for it to complete: `connect(2)`.
    Connect = "connect", "connect";
    /// Taking a connection from a listener: `accept(2)`.
    Accept = "accept", "accept";
    /// Sending on a connected socket: `send(2)`, `write(2)`.
    Send = "send", "send";
    /// Sending a datagram to an address: `sendto(2)`.
    SendTo = "send-to", "send";
    /// Receiving on a connected socket: `recv(2)`, `read(2)`.
    Receive = "receive", "receive";
    /// Receiving a datagram and the address it came from: `recvfrom(2)`.
    ReceiveFrom = "receive-from", "receive";
    /// Ending one or both directions of a connection: `shutdown(2)`.
    Shutdown = "shutdown", "shut down";
    /// Reading a socket option: `getsockopt(2)`.
    GetOption = "get-option", "get option";
    /// Setting a socket option: `setsockopt(2)`, and the modes that other calls set.
    SetOption = "set-option", "set option";
    /// Asking for the local address: `getsockname(2)`.
    LocalName = "local-name", "get local address";
    /// Asking for the peer's address: `getpeername(2)`.
    PeerName = "peer-name", "get peer address";
    /// Waiting for readiness: `poll(2)`, `epoll_wait(2)`.
    Wait = "wait", "wait";
    /// From a name to addresses: `getaddrinfo(3)`.
    Lookup = "look-up", "look up";
    /// From an address to a name: `getnameinfo(3)`.
    ReverseLookup = "reverse-look-up", "look up the name of";
    /// A second handle to the same socket: `dup(2)`.
    Duplicate = "duplicate", "duplicate";
    /// Giving the socket back: `close(2)`.
    Close = "close", "close";
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

impl std::str::FromStr for Operation {
    type Err = UnknownName;

    /// Reads what [`Operation::name`] gives.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.iter().find(|operation| operation.name() == name);
        found
            .copied()
            .ok_or_else(|| UnknownName::new("operation", name))
    }
}

/// The error of [`str::parse`] for an [`Operation`] or a [`Condition`](crate::Condition): there is
/// none of that name.
///
/// ```
/// let error = "conect".parse::<usocket::Operation>().unwrap_err();
/// assert_eq!(error.to_string(), "\"conect\" is not the name of an operation");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not the name of {} {kind}", if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })]
pub struct UnknownName {
    kind: &'static str,
    name: Box<str>,
}

impl UnknownName {
    pub(crate) fn new(kind: &'static str, name: &str) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}
