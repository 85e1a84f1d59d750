//! How far IPv6 goes on this machine.

#[cfg(not(unix))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;

use std::fmt;
use std::net::Ipv6Addr;

use socket2::{Domain, Socket, Type};

use crate::certainty::Certainty;

/// How far IPv6 goes on this machine, found without sending anything.
///
/// The system's own list of addresses decides; a socket is made to see that it makes any.
///
/// ```
/// use usocket_testkit::discover;
///
/// let ipv6 = discover::ipv6();
/// println!("{}: {} ({})", ipv6.reach(), ipv6.evidence(), ipv6.certainty());
/// if ipv6.has_loopback() {
///     std::net::TcpListener::bind("[::1]:0")?;
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ipv6() -> Ipv6 {
    if let Err(error) = Socket::new(Domain::IPV6, Type::DGRAM, None) {
        return Ipv6 {
            reach: Ipv6Reach::Absent,
            certainty: Certainty::Guaranteed,
            evidence: format!("the system makes no IPv6 socket: {error}"),
        };
    }
    system::classify()
}

/// What [`ipv6()`] found: how far IPv6 goes, and how sure that is.
#[derive(Clone, Debug)]
pub struct Ipv6 {
    reach: Ipv6Reach,
    certainty: Certainty,
    evidence: String,
}

impl Ipv6 {
    /// How far IPv6 goes.
    pub fn reach(&self) -> Ipv6Reach {
        self.reach
    }

    /// Whether `::1` can be used.
    pub fn has_loopback(&self) -> bool {
        self.reach >= Ipv6Reach::LoopbackOnly
    }

    /// How sure it is.
    ///
    /// What the machine has not got is guaranteed; that an address of wider scope reaches anything
    /// is likely, since nothing was sent.
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// What that rests on, in one sentence.
    pub fn evidence(&self) -> &str {
        &self.evidence
    }
}

/// How far IPv6 goes, from nowhere to everywhere.
///
/// Source: RFC 4007 (scopes), RFC 4291 2.5, RFC 4193 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ipv6Reach {
    /// The system makes no IPv6 sockets.
    Absent,
    /// It makes them, and no interface that is up has an IPv6 address.
    Disabled,
    /// The loopback address only.
    LoopbackOnly,
    /// An address of link-local scope, and none of wider scope.
    LinkLocal,
    /// An address of global scope; unique local addresses (RFC 4193) are of global scope too.
    Global,
}

impl fmt::Display for Ipv6Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Absent => "absent",
            Self::Disabled => "disabled",
            Self::LoopbackOnly => "loopback only",
            Self::LinkLocal => "link-local",
            Self::Global => "global",
        })
    }
}

/// What one address of an interface says about the reach.
fn reach_of(addr: Ipv6Addr) -> Ipv6Reach {
    if addr.is_loopback() {
        Ipv6Reach::LoopbackOnly
    } else if addr.is_unicast_link_local() {
        Ipv6Reach::LinkLocal
    } else {
        Ipv6Reach::Global
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_scope() {
        let reach = |text: &str| reach_of(text.parse().unwrap());
        assert_eq!(reach("::1"), Ipv6Reach::LoopbackOnly);
        assert_eq!(reach("fe80::1"), Ipv6Reach::LinkLocal);
        assert_eq!(reach("fd00::2"), Ipv6Reach::Global);
        assert_eq!(reach("2001:db8::1"), Ipv6Reach::Global);
    }
}
