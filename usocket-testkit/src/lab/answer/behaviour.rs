//! What a host does with what it is sent, as data.

use std::net::IpAddr;
use std::time::Duration;

use super::icmp::{self, IcmpError, LEAST_MTU_V4, LEAST_MTU_V6, Unfit};

/// What comes back from one address: what the host there does, and what the way to it adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What the host does.
    pub(super) behaviour: Behaviour,
    /// So many packets after the answer was set meet another behaviour first.
    pub(super) first: (u32, Behaviour),
    /// How long every answer takes. The link itself answers at once.
    pub(super) delay: Duration,
    /// The largest packet that gets through, in bytes; a larger one gets the error that says so.
    pub(super) mtu: Option<u16>,
}

impl Answer {
    /// The same, so much later.
    #[must_use]
    pub(crate) fn delayed(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The same, after so many packets that get no answer.
    #[must_use]
    pub(crate) fn losing(self, packets: u32) -> Self {
        self.first(packets, Behaviour::Silent)
    }

    /// The same, after so many packets that meet another behaviour.
    #[must_use]
    pub(crate) fn first(self, packets: u32, behaviour: Behaviour) -> Self {
        let first = (packets, behaviour);
        Self { first, ..self }
    }

    /// The same, behind a link that carries packets of so many bytes at most: a larger one that may
    /// not be cut gets "fragmentation needed" or "packet too big" (RFC 1191, RFC 8201).
    #[must_use]
    pub(crate) fn with_mtu(self, mtu: u16) -> Self {
        let mtu = Some(mtu);
        Self { mtu, ..self }
    }

    /// What the host does when it has been sent `packets` packets since the answer was set.
    pub(super) fn behaviour_at(&self, packets: u32) -> Behaviour {
        let (packets_before, before) = self.first;
        if packets < packets_before {
            before
        } else {
            self.behaviour
        }
    }

    /// Whether the host at an address can answer so.
    pub(super) fn fits(&self, addr: IpAddr) -> Result<(), Unfit> {
        if addr.is_unspecified()
            || addr.is_multicast()
            || addr == IpAddr::V4(std::net::Ipv4Addr::BROADCAST)
        {
            return Err(Unfit::NoHost { addr });
        }
        for behaviour in [self.behaviour, self.first.1] {
            if let Behaviour::Icmp(error) = behaviour {
                icmp::fits(error, addr)?;
            }
        }
        let least = if addr.is_ipv6() {
            LEAST_MTU_V6
        } else {
            LEAST_MTU_V4
        };
        match self.mtu {
            Some(mtu) if mtu < least => Err(Unfit::MtuTooSmall { addr, mtu, least }),
            _ => Ok(()),
        }
    }
}

impl From<Behaviour> for Answer {
    fn from(behaviour: Behaviour) -> Self {
        Self {
            behaviour,
            first: (0, Behaviour::Silent),
            delay: Duration::ZERO,
            mtu: None,
        }
    }
}

/// What a host does with what it is sent.
///
/// It holds for connections that stand already too: their next segment meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Behaviour {
    /// Nobody is there: not even the question where on the link the address is gets an answer.
    Absent,
    /// The address is on the link, and nothing comes back.
    Silent,
    /// A host where nothing listens: TCP gets a reset, UDP "port unreachable", a ping its echo.
    Refuse,
    /// An ICMP error about every packet.
    Icmp(IcmpError),
    /// Every port accepts TCP and sends back what it receives, until the other end closes; UDP and
    /// ping get their echo.
    Echo,
    /// As [`Echo`](Self::Echo), but that TCP connections end on their own.
    AcceptThen {
        /// How they end.
        ending: Ending,
        /// When.
        after: After,
    },
}

/// How a host ends a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// By a reset.
    Reset,
    /// Nothing comes back any more, not even an acknowledgment.
    Silence,
    /// As `shutdown` for writing does: the other end reads the end of the stream. What it sends is
    /// taken and dropped.
    Close,
}

/// When a host ends a TCP connection. Zero bytes: as soon as the connection stands.
///
/// After [`Received(u64::MAX)`](Self::Received), a host takes everything and sends nothing back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum After {
    /// When it has received so many bytes. It sends nothing back; before it falls silent it
    /// acknowledges exactly these.
    Received(u64),
    /// When it has sent so many bytes of echo, and not one more.
    Sent(u64),
}
