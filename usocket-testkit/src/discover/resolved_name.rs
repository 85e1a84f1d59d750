//! A name that the system can look up.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

#[cfg(feature = "lab")]
use usocket::Deadline;
use usocket::resolve::{self, Lookup};

use crate::certainty::Certainty;
#[cfg(feature = "lab")]
use crate::lab;

/// A name that has an address, looked up by the system as a program would do it.
///
/// In a lab it is a name of the lab's own, `lab.test`, with the test's own addresses there: the
/// lab's name server answers the system's look-ups, and nobody else can, [`Certainty::Guaranteed`].
/// Anywhere else it is `localhost`, whose addresses are this machine's own, RFC 6761 6.3:
/// [`Certainty::Likely`], since whoever administers the machine could say otherwise. The system
/// asks nobody outside for it where a hosts file has it, as nearly all do.
///
/// ```
/// use usocket_testkit::discover;
///
/// let name = discover::resolved_name()?;
/// println!("{} is {:?}: {} ({})", name.name(), name.addresses(), name.evidence(), name.certainty());
/// assert!(name.addresses().iter().all(std::net::IpAddr::is_loopback)); // outside a lab
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// What the system says where it does not know the name, or not within ten seconds; and
/// [`InvalidData`](io::ErrorKind::InvalidData) where it has an address of another machine for
/// `localhost`, which no test should be sent to.
pub fn resolved_name() -> io::Result<ResolvedName> {
    in_the_lab().unwrap_or_else(localhost)
}

/// None if the thread is in no lab, or in one that look-ups do not reach.
#[cfg(feature = "lab")]
fn in_the_lab() -> Option<io::Result<ResolvedName>> {
    let name = lab::here()?.name?;
    // Without an end it runs on this thread, which is in this network for sure. The lab answers.
    let lookup = match resolve::lookup(name, Deadline::NEVER) {
        Ok(lookup) => lookup,
        Err(error) => return Some(Err(error.into())),
    };
    Some(Ok(ResolvedName {
        name: name.to_owned(),
        addresses: different(&lookup),
        certainty: Certainty::Guaranteed,
        evidence: "the lab's own name server says so, and look-ups of the system ask no other"
            .to_owned(),
    }))
}

#[cfg(not(feature = "lab"))]
fn in_the_lab() -> Option<io::Result<ResolvedName>> {
    None
}

/// A name with its addresses, and how sure they are.
#[derive(Clone, Debug)]
pub struct ResolvedName {
    name: String,
    addresses: Vec<IpAddr>,
    certainty: Certainty,
    evidence: String,
}

impl ResolvedName {
    /// The name, without a port.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its addresses, each once and at least one, in the order in which the system gave them.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// How sure it is that the name has these addresses.
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// What that rests on, in one sentence.
    pub fn evidence(&self) -> &str {
        &self.evidence
    }
}

const LOCALHOST: &str = "localhost";
const PATIENCE: Duration = Duration::from_secs(10);

fn localhost() -> io::Result<ResolvedName> {
    checked(different(&resolve::lookup(LOCALHOST, PATIENCE)?))
}

/// Each address once: a hosts file may name the same one twice.
fn different(lookup: &Lookup) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    for address in lookup {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    addresses
}

/// The value for these addresses of `localhost`, if they may be used.
fn checked(addresses: Vec<IpAddr>) -> io::Result<ResolvedName> {
    if let Some(stranger) = addresses.iter().find(|ip| !ip.to_canonical().is_loopback()) {
        let text = format!("{LOCALHOST} is {stranger} here, which is not this machine's own");
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    if addresses.is_empty() {
        let text = format!("{LOCALHOST} has no address here");
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    Ok(ResolvedName {
        name: LOCALHOST.to_owned(),
        addresses,
        certainty: Certainty::Likely,
        evidence: "the system had these addresses for it a moment ago, and the name is reserved \
                   for them"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> io::Result<ResolvedName> {
        checked(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn each_address_is_told_once() {
        let twice = ["[::1]:0", "127.0.0.1:0", "[::1]:0", "127.0.0.1:1"];
        let lookup = Lookup::new(twice.map(|text| text.parse().unwrap()));
        assert_eq!(
            different(&lookup),
            of(&["::1", "127.0.0.1"]).unwrap().addresses()
        );
    }

    #[test]
    fn a_localhost_elsewhere_is_refused() {
        let error = of(&["127.0.0.1", "192.0.2.1"]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains("192.0.2.1"), "{error}");
    }

    #[test]
    fn a_localhost_without_address_is_refused() {
        assert_eq!(of(&[]).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
