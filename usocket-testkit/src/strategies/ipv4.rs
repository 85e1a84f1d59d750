//! IPv4 addresses, class by class.

use std::fmt;
use std::net::Ipv4Addr;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// What an IPv4 address is for.
///
/// ```
/// use usocket_testkit::strategies::Ipv4Class;
///
/// assert_eq!(Ipv4Class::of([10, 77, 1, 5].into()), Ipv4Class::Private);
/// assert_eq!(Ipv4Class::of([1, 0, 0, 1].into()), Ipv4Class::Global);
/// assert_eq!(Ipv4Class::LinkLocal.to_string(), "link-local");
/// ```
///
/// Source: the IANA IPv4 Special-Purpose Address Registry (RFC 6890), RFC 5771, RFC 1112 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ipv4Class {
    /// This machine: 127.0.0.0/8 (RFC 1122 3.2.1.3).
    Loopback,
    /// 0.0.0.0: any address of this machine, or none yet.
    Unspecified,
    /// The others of 0.0.0.0/8 (RFC 791 3.2).
    ThisNetwork,
    /// 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918).
    Private,
    /// Between a provider and its customers: 100.64.0.0/10 (RFC 6598).
    Shared,
    /// 169.254.0.0/16 (RFC 3927).
    LinkLocal,
    /// 192.0.0.0/24 (RFC 6890 2.1).
    ProtocolAssignments,
    /// 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737).
    Documentation,
    /// 198.18.0.0/15 (RFC 2544).
    Benchmarking,
    /// Groups: 224.0.0.0/4 (RFC 5771).
    Multicast,
    /// 255.255.255.255 (RFC 919).
    Broadcast,
    /// The others of 240.0.0.0/4 (RFC 1112 section 4).
    Reserved,
    /// All others: hosts of the Internet.
    Global,
}

impl Ipv4Class {
    /// Every class, the simplest first.
    pub const ALL: &'static [Self] = &[
        Self::Loopback,
        Self::Unspecified,
        Self::ThisNetwork,
        Self::Private,
        Self::Shared,
        Self::LinkLocal,
        Self::ProtocolAssignments,
        Self::Documentation,
        Self::Benchmarking,
        Self::Multicast,
        Self::Broadcast,
        Self::Reserved,
        Self::Global,
    ];

    /// The class of an address. Each has one.
    pub fn of(addr: Ipv4Addr) -> Self {
        let row = BLOCKS.iter().find(|block| block.contains(addr));
        row.map_or(Self::Global, |block| block.class)
    }
}

impl fmt::Display for Ipv4Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Loopback => "loopback",
            Self::Unspecified => "unspecified",
            Self::ThisNetwork => "this network",
            Self::Private => "private",
            Self::Shared => "shared",
            Self::LinkLocal => "link-local",
            Self::ProtocolAssignments => "protocol assignments",
            Self::Documentation => "documentation",
            Self::Benchmarking => "benchmarking",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Reserved => "reserved",
            Self::Global => "global",
        })
    }
}

/// IPv4 addresses, as many of each class. The simplest is 127.0.0.1.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::ipv4;
///
/// proptest!(|(addr in ipv4())| {
///     prop_assert_eq!(addr.to_string().parse(), Ok(addr));
/// });
/// ```
pub fn ipv4() -> impl Strategy<Value = Ipv4Addr> {
    Union::new(Ipv4Class::ALL.iter().map(|class| ipv4_in(*class)))
}

/// IPv4 addresses of one class. The simplest is the first one of a host.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::{Ipv4Class, ipv4_in};
///
/// proptest!(|(addr in ipv4_in(Ipv4Class::Private))| {
///     prop_assert!(addr.is_private());
/// });
/// ```
pub fn ipv4_in(class: Ipv4Class) -> impl Strategy<Value = Ipv4Addr> {
    let mut blocks: Vec<_> = BLOCKS.iter().filter(|block| block.class == class).collect();
    // What is left has no blocks of its own: the first of it, and all bits are free.
    blocks.extend((class == Ipv4Class::Global).then_some(&REST));
    // Shrinking bit by bit ends where it meets another class, so the simplest is there by itself too.
    let simplest = blocks.first().map(|block| block.address(0));
    let any = (select(blocks), any::<u32>()).prop_map(|(block, bits)| block.address(bits));
    prop_oneof![1 => select(Vec::from_iter(simplest)), 19 => any]
        .prop_filter("an address of a smaller block", move |addr| {
            Ipv4Class::of(*addr) == class
        })
}

/// Addresses with the same first bits.
#[derive(Debug)]
struct Block {
    class: Ipv4Class,
    first: u32,
    /// How many bits are the same.
    len: u32,
}

impl Block {
    const fn new(class: Ipv4Class, first: [u8; 4], len: u32) -> Self {
        let first = u32::from_be_bytes(first);
        Self { class, first, len }
    }

    fn host_bits(&self) -> u32 {
        u32::MAX.checked_shr(self.len).unwrap_or(0)
    }

    fn contains(&self, addr: Ipv4Addr) -> bool {
        addr.to_bits() & !self.host_bits() == self.first
    }

    /// For no bits the address that ends in 1, if the block has one.
    fn address(&self, bits: u32) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.first ^ ((bits ^ 1) & self.host_bits()))
    }
}

/// A block within another stands before it.
const BLOCKS: &[Block] = {
    use Ipv4Class as C;
    &[
        Block::new(C::Loopback, [127, 0, 0, 0], 8),
        Block::new(C::Unspecified, [0, 0, 0, 0], 32),
        Block::new(C::ThisNetwork, [0, 0, 0, 0], 8),
        Block::new(C::Private, [10, 0, 0, 0], 8),
        Block::new(C::Private, [172, 16, 0, 0], 12),
        Block::new(C::Private, [192, 168, 0, 0], 16),
        Block::new(C::Shared, [100, 64, 0, 0], 10),
        Block::new(C::LinkLocal, [169, 254, 0, 0], 16),
        Block::new(C::ProtocolAssignments, [192, 0, 0, 0], 24),
        Block::new(C::Documentation, [192, 0, 2, 0], 24),
        Block::new(C::Documentation, [198, 51, 100, 0], 24),
        Block::new(C::Documentation, [203, 0, 113, 0], 24),
        Block::new(C::Benchmarking, [198, 18, 0, 0], 15),
        Block::new(C::Multicast, [224, 0, 0, 0], 4),
        Block::new(C::Broadcast, [255, 255, 255, 255], 32),
        Block::new(C::Reserved, [240, 0, 0, 0], 4),
    ]
};

const REST: Block = Block {
    class: Ipv4Class::Global,
    // Every bit is free; without any it is 1.0.0.1.
    first: 0x0100_0000,
    len: 0,
};
