//! IPv6 addresses, class by class.

use std::fmt;
use std::net::Ipv6Addr;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// What an IPv6 address is for.
///
/// ```
/// use usocket_testkit::strategies::Ipv6Class;
///
/// assert_eq!(Ipv6Class::of("fd77::5".parse()?), Ipv6Class::UniqueLocal);
/// assert_eq!(Ipv6Class::of("::ffff:10.77.1.5".parse()?), Ipv6Class::Mapped);
/// assert_eq!(Ipv6Class::LinkLocal.to_string(), "link-local");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
///
/// Source: the IANA IPv6 Special-Purpose Address Registry (RFC 6890), RFC 4291.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ipv6Class {
    /// This machine: `::1` (RFC 4291 2.5.3).
    Loopback,
    /// `::`: any address of this machine, or none yet (RFC 4291 2.5.2).
    Unspecified,
    /// An IPv4 address in the clothes of IPv6: `::ffff:0:0/96` (RFC 4291 2.5.5.2).
    Mapped,
    /// The others of `::/96`, given up (RFC 4291 2.5.5.1).
    Compatible,
    /// Behind a translator to IPv4: `64:ff9b::/96` (RFC 6052).
    Translated,
    /// What routers drop: `100::/64` (RFC 6666).
    Discard,
    /// The private addresses: `fc00::/7` (RFC 4193).
    UniqueLocal,
    /// `fe80::/10` (RFC 4291 2.5.6).
    LinkLocal,
    /// `fec0::/10`, given up (RFC 3879).
    SiteLocal,
    /// `2001:db8::/32` (RFC 3849), `3fff::/20` (RFC 9637).
    Documentation,
    /// `2001::/32` (RFC 4380).
    Teredo,
    /// `2001:2::/48` (RFC 5180).
    Benchmarking,
    /// The others of `2001::/23` (RFC 2928).
    ProtocolAssignments,
    /// `2002::/16` (RFC 3056).
    SixToFour,
    /// Groups: `ff00::/8` (RFC 4291 2.7).
    Multicast,
    /// The others of `2000::/3`: hosts of the Internet (RFC 4291 2.4).
    Global,
    /// All others (RFC 4291 2.4).
    Unassigned,
}

impl Ipv6Class {
    /// Every class, the simplest first.
    pub const ALL: &'static [Self] = &[
        Self::Loopback,
        Self::Unspecified,
        Self::Mapped,
        Self::Compatible,
        Self::Translated,
        Self::Discard,
        Self::UniqueLocal,
        Self::LinkLocal,
        Self::SiteLocal,
        Self::Documentation,
        Self::Teredo,
        Self::Benchmarking,
        Self::ProtocolAssignments,
        Self::SixToFour,
        Self::Multicast,
        Self::Global,
        Self::Unassigned,
    ];

    /// The class of an address. Each has one.
    pub fn of(addr: Ipv6Addr) -> Self {
        let row = BLOCKS.iter().find(|block| block.contains(addr));
        row.map_or(Self::Unassigned, |block| block.class)
    }
}

impl fmt::Display for Ipv6Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Loopback => "loopback",
            Self::Unspecified => "unspecified",
            Self::Mapped => "IPv4-mapped",
            Self::Compatible => "IPv4-compatible",
            Self::Translated => "translated",
            Self::Discard => "discard",
            Self::UniqueLocal => "unique-local",
            Self::LinkLocal => "link-local",
            Self::SiteLocal => "site-local",
            Self::Documentation => "documentation",
            Self::Teredo => "Teredo",
            Self::Benchmarking => "benchmarking",
            Self::ProtocolAssignments => "protocol assignments",
            Self::SixToFour => "6to4",
            Self::Multicast => "multicast",
            Self::Global => "global",
            Self::Unassigned => "unassigned",
        })
    }
}

/// IPv6 addresses, as many of each class. The simplest is `::1`.
///
/// About every second has groups of zeros, which its text leaves out.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::ipv6;
///
/// proptest!(|(addr in ipv6())| {
///     prop_assert_eq!(addr.to_string().parse(), Ok(addr));
/// });
/// ```
pub fn ipv6() -> impl Strategy<Value = Ipv6Addr> {
    Union::new(Ipv6Class::ALL.iter().map(|class| ipv6_in(*class)))
}

/// IPv6 addresses of one class. The simplest is the first one of a host.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::{Ipv6Class, ipv6_in};
///
/// proptest!(|(addr in ipv6_in(Ipv6Class::Mapped))| {
///     prop_assert!(addr.to_ipv4_mapped().is_some());
/// });
/// ```
pub fn ipv6_in(class: Ipv6Class) -> impl Strategy<Value = Ipv6Addr> {
    let mut blocks: Vec<_> = BLOCKS.iter().filter(|block| block.class == class).collect();
    // What is left has no blocks of its own: the first of it, and all bits are free.
    blocks.extend((class == Ipv6Class::Unassigned).then_some(&REST));
    // Shrinking bit by bit ends where it meets another class, so the simplest is there by itself too.
    let simplest = blocks.first().map(|block| block.address(0));
    let any = (select(blocks), any::<u128>(), zeros())
        .prop_map(|(block, bits, zeros)| block.address(bits & !zeros));
    prop_oneof![1 => select(Vec::from_iter(simplest)), 19 => any]
        .prop_filter("an address of a smaller block", move |addr| {
            Ipv6Class::of(*addr) == class
        })
}

/// Which bits are to be zero: those of whole groups, or none.
fn zeros() -> impl Strategy<Value = u128> {
    let groups = |groups: [bool; 8]| {
        let zero = groups.map(|is_zero| if is_zero { u16::MAX } else { 0 });
        Ipv6Addr::from(zero).to_bits()
    };
    prop_oneof![Just(0), any::<[bool; 8]>().prop_map(groups)]
}

/// Addresses with the same first bits.
#[derive(Debug)]
struct Block {
    class: Ipv6Class,
    first: u128,
    /// How many bits are the same.
    len: u32,
}

impl Block {
    const fn new(class: Ipv6Class, first: u128, len: u32) -> Self {
        Self { class, first, len }
    }

    fn host_bits(&self) -> u128 {
        u128::MAX.checked_shr(self.len).unwrap_or(0)
    }

    fn contains(&self, addr: Ipv6Addr) -> bool {
        addr.to_bits() & !self.host_bits() == self.first
    }

    /// For no bits the address that ends in 1, if the block has one.
    fn address(&self, bits: u128) -> Ipv6Addr {
        Ipv6Addr::from_bits(self.first ^ ((bits ^ 1) & self.host_bits()))
    }
}

/// A block within another stands before it.
const BLOCKS: &[Block] = {
    use Ipv6Class as C;
    &[
        Block::new(C::Loopback, 1, 128),
        Block::new(C::Unspecified, 0, 128),
        Block::new(C::Mapped, 0xffff << 32, 96),
        Block::new(C::Compatible, 0, 96),
        Block::new(C::Translated, 0x64_ff9b << 96, 96),
        Block::new(C::Discard, 0x100 << 112, 64),
        Block::new(C::UniqueLocal, 0xfc00 << 112, 7),
        Block::new(C::LinkLocal, 0xfe80 << 112, 10),
        Block::new(C::SiteLocal, 0xfec0 << 112, 10),
        Block::new(C::Documentation, 0x2001_0db8 << 96, 32),
        Block::new(C::Documentation, 0x3fff << 112, 20),
        Block::new(C::Teredo, 0x2001 << 112, 32),
        Block::new(C::Benchmarking, 0x2001_0002 << 96, 48),
        Block::new(C::ProtocolAssignments, 0x2001 << 112, 23),
        Block::new(C::SixToFour, 0x2002 << 112, 16),
        Block::new(C::Multicast, 0xff00 << 112, 8),
        Block::new(C::Global, 0x2000 << 112, 3),
    ]
};

const REST: Block = Block {
    class: Ipv6Class::Unassigned,
    // Every bit is free; without any it is `4000::1`.
    first: 0x4000 << 112,
    len: 0,
};
