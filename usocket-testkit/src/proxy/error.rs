//! What a proxy cannot do, and why.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use crate::protocol::Protocol;

/// Why a proxy could not be made, or not do what it was told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// A number in a plan makes no sense.
    #[error("proxy: the plan's `{method}` was given {given}, and takes {expected}")]
    BadPlan {
        /// The method of [`Plan`](super::Plan).
        method: &'static str,
        /// What it was given.
        given: String,
        /// What it takes.
        expected: &'static str,
    },
    /// The protocol has nothing of the kind.
    #[error("proxy: the plan's `{method}` means nothing over {protocol}")]
    OtherProtocol {
        /// The method of [`Plan`](super::Plan).
        method: &'static str,
        /// The proxy's protocol.
        protocol: Protocol,
    },
    /// One connection was to be refused: the system accepts it before the proxy sees it.
    #[error(
        "proxy: one connection alone cannot be refused, as the system accepts it before the proxy sees it; \
         `now(Plan::refuse())` refuses all that come"
    )]
    RefusesOne,
    /// It cannot listen at this address.
    #[error("proxy: cannot listen at {ip}")]
    Listen {
        /// The address.
        ip: IpAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system has no thread or no descriptor left.
    #[error("proxy: the system lacks what it takes")]
    Resources {
        /// What the system said.
        source: io::Error,
    },
    /// Fewer connections have ended than were waited for.
    #[error("proxy: {ended} connections have ended within {within:?}, and {expected} were to")]
    NotEnded {
        /// How many were waited for.
        expected: usize,
        /// How many have.
        ended: usize,
        /// How long was waited.
        within: Duration,
    },
}

impl ProxyError {
    pub(super) fn resources(source: impl Into<io::Error>) -> Self {
        Self::Resources {
            source: source.into(),
        }
    }
}

impl From<ProxyError> for io::Error {
    /// With the kind of the system's error, where there is one.
    fn from(error: ProxyError) -> Self {
        let kind = match &error {
            ProxyError::Listen { source, .. } | ProxyError::Resources { source } => source.kind(),
            ProxyError::NotEnded { .. } => io::ErrorKind::TimedOut,
            _ => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}
