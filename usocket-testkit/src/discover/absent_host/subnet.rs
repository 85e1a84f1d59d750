//! The addresses of an IPv4 subnet, as plain arithmetic.

use std::net::Ipv4Addr;

/// The subnet of an interface, with the interface's own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subnet {
    own: Ipv4Addr,
    mask: Ipv4Addr,
}

impl Subnet {
    /// None if there is no room for a neighbour whose address can be told: `/31` (RFC 3021) and
    /// `/32` have none to spare, and a mask with holes is not one.
    pub(super) fn new(own: Ipv4Addr, mask: Ipv4Addr) -> Option<Self> {
        let bits = mask.to_bits();
        let prefix = bits.leading_ones();
        let whole = bits.leading_ones() + bits.trailing_zeros() == u32::BITS;
        (whole && (1..=30).contains(&prefix)).then_some(Self { own, mask })
    }

    #[cfg(target_os = "linux")] // who alone sends something from there
    pub(super) fn own(self) -> Ipv4Addr {
        self.own
    }

    /// Every host address but one's own, in the order in which they are likely to be nobody's.
    ///
    /// Addresses are given out from the bottom, and routers take one of the ends: hence from the
    /// top down, and both ends last.
    pub(super) fn candidates(self) -> impl Iterator<Item = Ipv4Addr> {
        let network = self.own.to_bits() & self.mask.to_bits();
        let broadcast = network | !self.mask.to_bits();
        let (first, last) = (network + 1, broadcast - 1);
        (first + 1..last)
            .rev()
            .chain([last, first])
            .map(Ipv4Addr::from_bits)
            .filter(move |ip| *ip != self.own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(own: [u8; 4], prefix: u32) -> Option<Subnet> {
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        Subnet::new(own.into(), Ipv4Addr::from_bits(mask))
    }

    #[test]
    fn candidates_are_the_hosts_of_the_subnet_but_for_oneself() {
        let hosts = |own, prefix| -> Vec<u8> {
            let candidates = subnet(own, prefix).unwrap().candidates();
            candidates.map(|ip| ip.octets()[3]).collect()
        };
        assert_eq!(hosts([192, 0, 2, 9], 29), [13, 12, 11, 10, 14]);
        assert_eq!(hosts([192, 0, 2, 14], 29), [13, 12, 11, 10, 9]);
        assert_eq!(hosts([192, 0, 2, 12], 29), [13, 11, 10, 14, 9]);
        assert_eq!(hosts([192, 0, 2, 1], 30), [2]);
        assert_eq!(hosts([192, 0, 2, 2], 30), [1]);
    }

    #[test]
    fn the_widest_subnet_has_candidates_too() {
        let mut candidates = subnet([127, 255, 255, 253], 1).unwrap().candidates();
        assert_eq!(candidates.next(), Some([127, 255, 255, 252].into()));
        let mut candidates = subnet([255, 255, 255, 252], 8).unwrap().candidates();
        assert_eq!(candidates.next(), Some([255, 255, 255, 253].into()));
        assert_eq!(candidates.next(), Some([255, 255, 255, 251].into()));
    }

    #[test]
    fn without_room_for_a_neighbour_there_is_no_subnet() {
        for prefix in [0, 31, 32] {
            assert_eq!(subnet([10, 0, 0, 1], prefix), None, "/{prefix}");
        }
        for mask in [[255, 0, 255, 0], [0, 255, 255, 0], [255, 255, 255, 1]] {
            assert_eq!(Subnet::new([10, 0, 0, 1].into(), mask.into()), None);
        }
    }
}
