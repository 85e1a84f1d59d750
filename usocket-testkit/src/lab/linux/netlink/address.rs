//! Addresses of interfaces.

use std::net::IpAddr;

use super::{Message, family};

/// An address and how many of its bits the network's other addresses share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab::system) struct Prefix {
    pub(in crate::lab::system) ip: IpAddr,
    pub(in crate::lab::system) bits: u8,
}

impl Prefix {
    pub(in crate::lab::system) const fn new(ip: IpAddr, bits: u8) -> Self {
        Self { ip, bits }
    }

    /// One address alone.
    pub(in crate::lab::system) fn host(ip: IpAddr) -> Self {
        Self::new(ip, family(ip).2)
    }

    pub(in crate::lab::system) fn contains(self, ip: IpAddr) -> bool {
        let bits = usize::from(self.bits);
        let (one, own, _) = family(self.ip);
        let (other, octets, _) = family(ip);
        let whole = bits / 8;
        let rest = |octets: &[u8]| {
            octets
                .get(whole)
                .map_or(0, |octet| u16::from(*octet) << (bits % 8) >> 8)
        };
        one == other && own[..whole] == octets[..whole] && rest(&own) == rest(&octets)
    }
}

/// Without the check for duplicates, during which an IPv6 address cannot be used (RFC 4862 5.4).
pub(in crate::lab::system) fn add_address(link: u32, address: Prefix) -> Message {
    let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
    message(libc::RTM_NEWADDR, flags, link, address)
}

/// With that check, which begins when the interface can send.
pub(in crate::lab::system) fn add_address_to_be_checked(link: u32, address: Prefix) -> Message {
    let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
    let mut message = message(libc::RTM_NEWADDR, flags, link, address);
    message.0[super::HEADER + 2] = 0;
    message
}

pub(in crate::lab::system) fn remove_address(link: u32, address: Prefix) -> Message {
    message(libc::RTM_DELADDR, 0, link, address)
}

/// `struct ifaddrmsg` and its attributes.
fn message(kind: u16, flags: i32, link: u32, address: Prefix) -> Message {
    let (family, octets, _) = family(address.ip);
    #[allow(clippy::cast_possible_truncation)] // 2
    let no_check = libc::IFA_F_NODAD as u8;
    Message::new(
        kind,
        flags,
        &[&[family, address.bits, no_check, 0], &link.to_ne_bytes()],
    )
    .attribute(libc::IFA_LOCAL, &octets)
    .attribute(libc::IFA_ADDRESS, &octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_contains_what_shares_its_bits() {
        for (ip, bits, other, expected) in [
            ("10.77.0.1", 16, "10.77.255.255", true),
            ("10.77.0.1", 16, "10.78.0.1", false),
            ("10.77.0.1", 12, "10.79.0.1", true),
            ("10.77.0.1", 12, "10.80.0.1", false),
            ("10.77.0.1", 32, "10.77.0.1", true),
            ("10.77.0.1", 32, "10.77.0.2", false),
            ("0.0.0.0", 0, "255.0.0.1", true),
            ("0.0.0.0", 0, "::1", false),
            ("fd77::1", 64, "fd77::9", true),
            ("fd77::1", 64, "fd77:0:0:1::9", false),
            ("fd77::1", 128, "fd77::1", true),
        ] {
            let prefix = Prefix::new(ip.parse().unwrap(), bits);
            assert_eq!(
                prefix.contains(other.parse().unwrap()),
                expected,
                "{ip}/{bits} {other}"
            );
        }
    }
}
