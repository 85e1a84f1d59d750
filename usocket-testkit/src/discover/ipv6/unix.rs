//! Unix lists the addresses of its interfaces: getifaddrs(3).

use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::net::if_::InterfaceFlags;

use super::{Ipv6, Ipv6Reach, reach_of};
use crate::certainty::Certainty;

pub(super) fn classify() -> Ipv6 {
    let list = match getifaddrs() {
        Ok(list) => list,
        Err(error) => {
            return Ipv6 {
                reach: Ipv6Reach::Disabled,
                certainty: Certainty::Likely,
                evidence: format!("the list of addresses cannot be read: {error}"),
            };
        }
    };
    let widest = list
        .filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP))
        .filter_map(|interface| found(&interface))
        .max_by_key(|(reach, _)| *reach);
    match widest {
        None => Ipv6 {
            reach: Ipv6Reach::Disabled,
            certainty: Certainty::Guaranteed,
            evidence: "no interface that is up has an IPv6 address".to_owned(),
        },
        Some((reach, evidence)) => Ipv6 {
            reach,
            certainty: if reach == Ipv6Reach::LoopbackOnly {
                Certainty::Guaranteed
            } else {
                Certainty::Likely
            },
            evidence,
        },
    }
}

fn found(interface: &InterfaceAddress) -> Option<(Ipv6Reach, String)> {
    let addr = interface.address.as_ref()?.as_sockaddr_in6()?.ip();
    let evidence = format!(
        "interface {} has the address {addr}",
        interface.interface_name
    );
    Some((reach_of(addr), evidence))
}
