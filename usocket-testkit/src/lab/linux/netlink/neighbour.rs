//! Which hardware address a neighbour has (arp(7), RFC 4861).

use std::net::IpAddr;

use super::{Message, family};

// <linux/neighbour.h>: libc does not have these.
const NDTA_NAME: u16 = 1;
const NDTA_PARMS: u16 = 6;
const NDTPA_IFINDEX: u16 = 1;
const NDTPA_RETRANS_TIME: u16 = 5;
const NDTPA_MCAST_PROBES: u16 = 11;

/// For good: the kernel does not ask, and does not forget.
pub(in crate::lab::system) fn add_neighbour(link: u32, ip: IpAddr, mac: [u8; 6]) -> Message {
    let flags = libc::NLM_F_CREATE | libc::NLM_F_REPLACE;
    message(libc::RTM_NEWNEIGH, flags, link, ip).attribute(libc::NDA_LLADDR, &mac)
}

pub(in crate::lab::system) fn remove_neighbour(link: u32, ip: IpAddr) -> Message {
    message(libc::RTM_DELNEIGH, 0, link, ip)
}

/// `struct ndmsg` and its attributes.
fn message(kind: u16, flags: i32, link: u32, ip: IpAddr) -> Message {
    let (family, octets, _) = family(ip);
    let state = libc::NUD_PERMANENT.to_ne_bytes();
    Message::new(
        kind,
        flags,
        &[&[family, 0, 0, 0], &link.to_ne_bytes(), &state, &[0, 0]],
    )
    .attribute(libc::NDA_DST, &octets)
}

/// One question that waits for 20 ms, in place of three that wait for a second each: a host that is absent is known to
/// be so at once.
///
/// Less than 20 ms, and a busy machine does not hear those that are there. The file in /proc could say the same, but
/// containers often have /proc/sys read-only.
pub(in crate::lab::system) fn shorten_resolution(link: u32, ip: IpAddr) -> Message {
    let (family, _, _) = family(ip);
    let table = if ip.is_ipv4() {
        "arp_cache"
    } else {
        "ndisc_cache"
    };
    Message::new(
        libc::RTM_SETNEIGHTBL,
        libc::NLM_F_REPLACE,
        &[&[family, 0, 0, 0]],
    )
    .text(NDTA_NAME, table)
    .nested(NDTA_PARMS, |message| {
        message
            .number(NDTPA_IFINDEX, link)
            .number(NDTPA_MCAST_PROBES, 1)
            .attribute(NDTPA_RETRANS_TIME, &20_u64.to_ne_bytes())
    })
}
