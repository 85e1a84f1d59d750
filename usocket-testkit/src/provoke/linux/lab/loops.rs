//! Routes that lead to themselves.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{PORT, lab, not_in_this_kernel};
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// The first version whose own source counts how often a packet comes round (`lwtunnel_output`). Distributions have
/// taken that into older ones, which does not show.
const GUARDED: (u32, u32) = (6, 15);

/// Unique local addresses (RFC 4193), and their segment, which is one of them.
const RANGE: &str = "fd77:dead::/32";
const SEGMENT: Ipv6Addr = Ipv6Addr::new(0xfd77, 0xdead, 0, 0, 0, 0, 0, 1);
const ADDR: Ipv6Addr = Ipv6Addr::new(0xfd77, 0xdead, 0, 0, 0, 0, 0, 9);

/// For documentation (RFC 5737). A datagram of IPv4 is put into one of IPv6, which takes the route above.
const RANGE_V4: &str = "198.51.100.0/24";
const ADDR_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 9);

pub(in crate::provoke::system) fn to_itself(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let release = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    if version(&release).is_none_or(|version| version < GUARDED) {
        let (major, minor) = GUARDED;
        let text = format!(
            "the kernel {} may overflow its stack by it: needs {major}.{minor}",
            release.trim()
        );
        return Err(Hindrance::new(UnavailableKind::Host, text));
    }
    let (ip, ranges): (IpAddr, &[&str]) = if protocol.is_ipv6() {
        (ADDR.into(), &[RANGE])
    } else {
        (ADDR_V4.into(), &[RANGE, RANGE_V4])
    };
    let mut stage = Stage::at((ip, PORT).into());
    for range in ranges {
        let route = lab.route_into(range, SEGMENT).map_err(|error| {
            not_in_this_kernel("no such routes (CONFIG_IPV6_SEG6_LWTUNNEL)", &error)
        })?;
        stage = stage.holding(route);
    }
    Ok(stage.holding(lab))
}

/// `6.18.44-something`: the first two numbers.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|letter: char| !letter.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_begins_with_its_version() {
        for (release, expected) in [
            ("6.18.44-x\n", Some((6, 18))),
            ("6.15", Some((6, 15))),
            ("5.10.0-28-amd64", Some((5, 10))),
            ("6", None),
            ("", None),
            ("x.1", None),
        ] {
            assert_eq!(version(release), expected, "{release:?}");
        }
        assert!((6, 9) < GUARDED && (6, 18) >= GUARDED && (7, 0) >= GUARDED);
    }
}
