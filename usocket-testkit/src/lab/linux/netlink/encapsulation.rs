//! Routes that put packets into others (`ip-route(8)`, `encap seg6`), so that they come round to themselves.

use std::net::Ipv6Addr;

use super::route::message;
use super::{Message, Prefix, Route, RouteKind};

// <linux/lwtunnel.h>, <linux/seg6_iptunnel.h>, <linux/seg6.h>: libc does not have these.
const RTA_ENCAP_TYPE: u16 = 21;
const RTA_ENCAP: u16 = 22;
const SEG6: u16 = 5;
const SEG6_IPTUNNEL_SRH: u16 = 1;
const MODE_ENCAP: u32 = 1;
const SRV6_TYPE: u8 = 4;

/// A packet to there is put into one of IPv6 whose only segment is this address; if that is in the same range, the packet
/// takes the same route again.
pub(in crate::lab::system) fn add_route_into(link: u32, to: Prefix, segment: Ipv6Addr) -> Message {
    let flags = libc::NLM_F_CREATE | libc::NLM_F_REPLACE;
    // `struct ipv6_sr_hdr` with one segment, 16 of its 8 + 16 bytes counted in eights.
    let header = [0, 2, SRV6_TYPE, 0, 0, 0, 0, 0];
    let encapsulation = [&MODE_ENCAP.to_ne_bytes()[..], &header, &segment.octets()].concat();
    message(libc::RTM_NEWROUTE, flags, route(link, to))
        .attribute(RTA_ENCAP_TYPE, &SEG6.to_ne_bytes())
        .nested(RTA_ENCAP, |message| {
            message.attribute(SEG6_IPTUNNEL_SRH, &encapsulation)
        })
}

pub(in crate::lab::system) fn remove_route_into(link: u32, to: Prefix) -> Message {
    message(libc::RTM_DELROUTE, 0, route(link, to))
}

fn route(link: u32, to: Prefix) -> Route {
    Route {
        to,
        kind: RouteKind::Link(link),
    }
}
