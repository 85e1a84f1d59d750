//! An address of the network at hand that no host has.

#[cfg(any(target_os = "linux", test))]
mod subnet;
#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod system;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::certainty::Certainty;
#[cfg(feature = "lab")]
use crate::lab;

/// An address of the lab that this thread is in, where no host is and none will be.
///
/// It is [`Certainty::Guaranteed`] while the lab lives, which keeps one address back for this. A
/// call that connects there says `EHOSTUNREACH` after about 20 ms, in place of three seconds.
///
/// ```
/// # usocket_testkit::lab_main!();
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::net::TcpStream;
/// use usocket_testkit::{Errno, Lab, discover};
///
/// let lab = Lab::new()?;
/// let host = discover::absent_host()?;
/// let error = TcpStream::connect(host.addr(80)).unwrap_err();
/// assert_eq!(Errno::of(&error), Some(Errno::EHOSTUNREACH));
/// # drop(lab);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`NotInALab`](NoAbsentHostKind::NotInALab): outside a lab an absent host could only be looked
/// for, and the network would notice. [`absent_host_nearby`] does that, for those who ask for it.
pub fn absent_host() -> Result<AbsentHost, NoAbsentHost> {
    in_the_lab().ok_or_else(|| {
        NoAbsentHost::new(
            NoAbsentHostKind::NotInALab,
            "this thread is in no lab, and nowhere else is a host sure to be absent; \
             absent_host_nearby() looks for one, by asking the network",
        )
    })
}

#[cfg(feature = "lab")]
fn in_the_lab() -> Option<AbsentHost> {
    let here = lab::here()?;
    Some(AbsentHost {
        ip: here.absent.into(),
        certainty: Certainty::Guaranteed,
        evidence: format!("the lab gives {} to no host", here.absent),
    })
}

#[cfg(not(feature = "lab"))]
fn in_the_lab() -> Option<AbsentHost> {
    None
}

/// Looks for an address of this machine's own subnet that nobody answers for.
///
/// **This asks the network.** It is for tests that cannot run in a lab, where an absent host is
/// guaranteed ([`absent_host`]); nothing in this crate calls it. It takes the first interface with an IPv4 subnet and
/// one address there that is not known to be anybody's, and sends *one empty datagram* to its port
/// 9, discard, with a time to live of one and never by way of a router. The system itself then asks
/// the subnet for the host, by ARP, once a second and three times at most. If nobody has answered
/// in this time, the host is absent as far as can be told.
///
/// That is never more than [`Certainty::Likely`]: a host that sleeps does not answer either, and
/// one that comes may be given the address at any time. A host that is there answers within
/// milliseconds on most networks, so a second is a good patience; after three, the system itself
/// gives up, and the answer comes then; ten are the most that this call takes. A call that connects
/// there fails after the system's time too.
///
/// ```no_run
/// use std::time::Duration;
/// use usocket_testkit::discover;
///
/// let host = discover::absent_host_nearby(Duration::from_secs(1))?;
/// println!("{}: {} ({})", host.ip(), host.evidence(), host.certainty());
/// # Ok::<(), usocket_testkit::discover::NoAbsentHost>(())
/// ```
///
/// # Errors
///
/// [`NoAbsentHost`], with its [`kind`](NoAbsentHost::kind): there is no subnet to ask, or somebody
/// answered, as some routers and most clouds do for every address.
///
/// Source: RFC 826 (ARP), RFC 863 (discard), arp(7).
pub fn absent_host_nearby(patience: Duration) -> Result<AbsentHost, NoAbsentHost> {
    system::probe(patience)
}

/// An address that no host has, and how sure that is.
#[derive(Clone, Debug)]
pub struct AbsentHost {
    ip: IpAddr,
    certainty: Certainty,
    evidence: String,
}

impl AbsentHost {
    /// The address.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// The address with a port, any of which is as absent as the host.
    pub fn addr(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.ip, port)
    }

    /// How sure it is that the host is absent.
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// What that rests on, in one sentence.
    pub fn evidence(&self) -> &str {
        &self.evidence
    }
}

/// Why no host is known to be absent.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct NoAbsentHost {
    kind: NoAbsentHostKind,
    text: String,
    source: Option<io::Error>,
}

impl NoAbsentHost {
    /// What kind of reason it is, for programs.
    pub fn kind(&self) -> NoAbsentHostKind {
        self.kind
    }

    fn new(kind: NoAbsentHostKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            source: None,
        }
    }

    #[cfg(target_os = "linux")]
    fn failed(what: impl Into<String>, error: impl Into<io::Error>) -> Self {
        Self {
            source: Some(error.into()),
            ..Self::new(NoAbsentHostKind::Failed, what)
        }
    }
}

/// What kind of reason a [`NoAbsentHost`] has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoAbsentHostKind {
    /// The thread is in no lab, and only a lab can say for sure. Nothing was sent.
    NotInALab,
    /// No interface that is up has an IPv4 subnet with room for a neighbour. Nothing was sent.
    NoSubnet,
    /// Each address of the subnet is this machine's or a known neighbour's. Nothing was sent.
    NoCandidate,
    /// Somebody answers for the address.
    Answered,
    /// The datagram went without the system asking for the host, so nothing is known.
    NotAsked,
    /// A call failed, which is the error's source.
    Failed,
    /// The neighbours of this system cannot be read yet. Nothing was sent.
    OtherSystem,
}
