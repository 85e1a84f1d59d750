//! Where the run took place, and what was discovered there.

use std::env::consts::{ARCH, OS};
use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use usocket_testkit::discover;

use crate::offer::Offer;

/// The host of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Host {
    /// The platform's short name, which every cell of it carries: `linux-x86_64`.
    pub id: String,
    /// The operating system and, where it tells, its release.
    pub system: String,
    /// The processor's architecture.
    pub architecture: String,
    /// The user that the run belongs to, where users have numbers.
    pub uid: Option<u32>,
    /// Whether cells can have a private network.
    pub lab: Offer,
    /// Whether cells can have rules on their own system calls.
    pub rules: Offer,
    /// A port that nobody uses.
    pub unused_port: Found,
    /// How far IPv6 goes.
    pub ipv6: Found,
}

/// A discovered value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Found {
    /// The value, as text.
    pub value: String,
    /// How sure it is.
    pub certainty: String,
    /// What that rests on.
    pub evidence: String,
}

impl Host {
    /// Looks around; `program` is started twice, to see whether it can have a private network, and rules.
    ///
    /// # Errors
    ///
    /// Not even a port on loopback can be had, or the program cannot be started.
    pub fn discover(program: &Path) -> io::Result<Self> {
        let port = discover::unused_port()?;
        let ipv6 = discover::ipv6();
        Ok(Self {
            id: format!("{OS}-{ARCH}"),
            system: system(),
            architecture: ARCH.to_owned(),
            uid: uid(),
            lab: Offer::labs(program)?,
            rules: Offer::rules(program)?,
            unused_port: Found {
                value: port.addr().to_string(),
                certainty: port.certainty().name().to_owned(),
                evidence: port.evidence().to_owned(),
            },
            ipv6: Found {
                value: ipv6.reach().to_string(),
                certainty: ipv6.certainty().name().to_owned(),
                evidence: ipv6.evidence().to_owned(),
            },
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "host        {} {}", self.system, self.architecture)?;
        if let Some(uid) = self.uid {
            write!(f, ", uid {uid}")?;
        }
        let Self {
            unused_port,
            ipv6,
            lab,
            rules,
            ..
        } = self;
        if lab.available {
            write!(f, " · lab: yes ({})", lab.evidence)?;
        } else {
            write!(f, " · lab: no")?;
        }
        let word = if rules.available { "yes" } else { "no" };
        write!(f, " · rules: {word}")?;
        for (head, offer) in [("no lab", lab), ("no rules", rules)] {
            if !offer.available {
                write!(f, "\n{head:<11} {}", offer.evidence)?;
            }
        }
        write!(
            f,
            "\ndiscovered  unused port {} ({}) · IPv6: {} ({})",
            unused_port.value, unused_port.certainty, ipv6.value, ipv6.certainty
        )
    }
}

/// The kernel's name and release; the name alone where nothing tells the release.
fn system() -> String {
    let name = match OS {
        "linux" => "Linux",
        other => other,
    };
    match std::fs::read_to_string("/proc/sys/kernel/osrelease") {
        Ok(release) => format!("{name} {}", release.trim()),
        Err(_) => name.to_owned(),
    }
}

#[cfg(unix)]
fn uid() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    // The kernel makes this process its owner.
    std::fs::metadata("/proc/self")
        .ok()
        .map(|metadata| metadata.uid())
}

#[cfg(not(unix))]
fn uid() -> Option<u32> {
    None
}
