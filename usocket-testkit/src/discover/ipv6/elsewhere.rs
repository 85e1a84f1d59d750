//! Where the list of addresses is not read yet, binding to `::1` tells what there is to tell.

use std::net::{Ipv6Addr, UdpSocket};

use super::{Ipv6, Ipv6Reach, reach_of};
use crate::certainty::Certainty;

pub(super) fn classify() -> Ipv6 {
    let loopback = Ipv6Addr::LOCALHOST;
    match UdpSocket::bind((loopback, 0)) {
        Ok(_) => Ipv6 {
            reach: reach_of(loopback),
            certainty: Certainty::Likely,
            evidence: format!(
                "{loopback} can be bound; this system's list of addresses was not read"
            ),
        },
        Err(error) => Ipv6 {
            reach: Ipv6Reach::Disabled,
            certainty: Certainty::Likely,
            evidence: format!("{loopback} cannot be bound: {error}"),
        },
    }
}
