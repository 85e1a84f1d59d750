//! Packets that a firewall stops (`nf_tables`; `include/uapi/linux/netfilter/nf_tables.h`).
//!
//! Each rule has a table of its own, so that it goes with it and no other is touched.

use std::io;
use std::net::{IpAddr, SocketAddr};

use nix::errno::Errno;

use super::{Message, Netlink, family};

/// Which packets, and what becomes of them.
#[derive(Clone, Copy, Debug)]
pub(in crate::lab::system) struct Filter {
    /// The number of the protocol in IP.
    pub(in crate::lab::system) protocol: u8,
    /// The other end.
    pub(in crate::lab::system) addr: SocketAddr,
    /// Packets from there; else those to there.
    pub(in crate::lab::system) incoming: bool,
    pub(in crate::lab::system) fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab::system) enum Fate {
    Drop,
    Reset,
    /// The code of a destination unreachable (`ICMP` 3, `ICMPv6` 1).
    Icmp(u8),
}

const CHAIN: &str = "chain";

// What libc does not have of <linux/netfilter/nf_tables.h>, by the words of that file.
const NESTED: u16 = 1 << 15;
const LIST_ELEM: u16 = 1;
const VALUE: u16 = 1;
const VERDICT: u16 = 2;
const REGISTER: u32 = 1;
const VERDICT_REGISTER: u32 = 0;
const NETWORK_HEADER: u32 = 1;
const TRANSPORT_HEADER: u32 = 2;
const META_L4PROTO: u32 = 16;
const REJECT_ICMP: u32 = 0;
const REJECT_RESET: u32 = 1;
const HOOK_IN: u32 = 1;
const HOOK_OUT: u32 = 3;

pub(in crate::lab::system) fn open_filter() -> io::Result<Netlink> {
    Netlink::with(libc::NETLINK_NETFILTER)
}

/// A table of that name with the one rule.
pub(in crate::lab::system) fn add_filter(
    netlink: &mut Netlink,
    table: &str,
    filter: Filter,
) -> io::Result<()> {
    let family = family(filter.addr.ip()).0;
    let hook = if filter.incoming { HOOK_IN } else { HOOK_OUT };
    let new_table = message(libc::NFT_MSG_NEWTABLE, family).text(1, table);
    let new_chain = message(libc::NFT_MSG_NEWCHAIN, family)
        .text(1, table)
        .text(3, CHAIN)
        .nested(NESTED | 4, |message| big(big(message, 1, hook), 2, 0))
        .text(7, "filter");
    let new_rule = message(libc::NFT_MSG_NEWRULE, family)
        .text(1, table)
        .text(2, CHAIN)
        .nested(NESTED | 4, |message| rule(message, filter));
    transaction(netlink, [new_table, new_chain, new_rule])
}

/// With all that is in it.
pub(in crate::lab::system) fn remove_filter(
    netlink: &mut Netlink,
    table: &str,
    ip: IpAddr,
) -> io::Result<()> {
    let message = message(libc::NFT_MSG_DELTABLE, family(ip).0).text(1, table);
    transaction(netlink, [message])
}

/// Compares the protocol, the address and the port, and says what becomes of the packet.
fn rule(message: Message, filter: Filter) -> Message {
    let (_, octets, _) = family(filter.addr.ip());
    let (source, destination) = match filter.addr {
        SocketAddr::V4(_) => (12, 16),
        SocketAddr::V6(_) => (8, 24),
    };
    let address_at = if filter.incoming { source } else { destination };
    let port_at = if filter.incoming { 0 } else { 2 };
    let message = expression(message, "meta", |data| {
        big(big(data, 1, REGISTER), 2, META_L4PROTO)
    });
    let message = equals(message, &[filter.protocol]);
    let message = load(message, NETWORK_HEADER, address_at, octets.len());
    let message = equals(message, &octets);
    let message = load(message, TRANSPORT_HEADER, port_at, 2);
    let message = equals(message, &filter.addr.port().to_be_bytes());
    match filter.fate {
        Fate::Drop => expression(message, "immediate", |data| {
            big(data, 1, VERDICT_REGISTER).nested(NESTED | 2, |data| {
                data.nested(NESTED | VERDICT, |code| big(code, 1, 0)) // NF_DROP
            })
        }),
        Fate::Reset => expression(message, "reject", |data| {
            big(data, 1, REJECT_RESET).attribute(2, &[0])
        }),
        Fate::Icmp(code) => expression(message, "reject", |data| {
            big(data, 1, REJECT_ICMP).attribute(2, &[code])
        }),
    }
}

fn expression(message: Message, name: &str, data: impl FnOnce(Message) -> Message) -> Message {
    message.nested(NESTED | LIST_ELEM, |message| {
        message.text(1, name).nested(NESTED | 2, data)
    })
}

fn load(message: Message, base: u32, offset: u32, length: usize) -> Message {
    let length = u32::try_from(length).unwrap_or(u32::MAX); // 16 at most
    expression(message, "payload", |data| {
        big(
            big(big(big(data, 1, REGISTER), 2, base), 3, offset),
            4,
            length,
        )
    })
}

fn equals(message: Message, value: &[u8]) -> Message {
    expression(message, "cmp", |data| {
        big(big(data, 1, REGISTER), 2, 0).nested(NESTED | 3, |data| data.attribute(VALUE, value))
    })
}

/// Numbers here are in network byte order.
fn big(message: Message, kind: u16, value: u32) -> Message {
    message.attribute(kind, &value.to_be_bytes())
}

/// `struct nfgenmsg`.
fn message(kind: i32, family: u8) -> Message {
    let kind = kind | libc::NFNL_SUBSYS_NFTABLES << 8;
    // NLM_F_CREATE has no meaning for the one that deletes.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0x0a06 at most
    Message::new(
        kind as u16,
        libc::NLM_F_CREATE,
        &[&[family, libc::NFNETLINK_V0 as u8, 0, 0]],
    )
}

/// All of them or none.
fn transaction<const N: usize>(netlink: &mut Netlink, messages: [Message; N]) -> io::Result<()> {
    let mut all = Vec::with_capacity(N + 2);
    all.push(border(libc::NFNL_MSG_BATCH_BEGIN));
    all.extend(messages);
    all.push(border(libc::NFNL_MSG_BATCH_END));
    for (place, message) in all.iter_mut().enumerate() {
        netlink.sequence += 1;
        let inner = (1..=N).contains(&place);
        message.seal(if inner { libc::NLM_F_ACK } else { 0 }, netlink.sequence);
    }
    netlink.send(&all)?;
    // Each inner message is acknowledged; a kernel that takes none of them says so to the first border.
    let mut acknowledged = 0;
    while acknowledged < N {
        match netlink.receive_any() {
            Ok(answer) => match answer.error() {
                Some(error) => {
                    while netlink.receive_any().is_ok() {}
                    return Err(error);
                }
                None => acknowledged += 1,
            },
            Err(error) if error.raw_os_error() == Some(Errno::EAGAIN as i32) => {
                return Err(io::ErrorKind::InvalidData.into());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn border(kind: i32) -> Message {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 16, 17, 10
    let (kind, part) = (kind as u16, libc::NFNL_SUBSYS_NFTABLES as u16);
    let [high, low] = part.to_be_bytes();
    Message::new(kind, 0, &[&[0, 0, high, low]])
}
