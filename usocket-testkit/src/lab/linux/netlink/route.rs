//! Routes.

use super::{Message, Prefix, family};

/// A row of the routing table.
#[derive(Clone, Copy, Debug)]
pub(in crate::lab::system) struct Route {
    pub(in crate::lab::system) to: Prefix,
    pub(in crate::lab::system) kind: RouteKind,
}

/// What happens to a packet that takes it (ip-route(8)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab::system) enum RouteKind {
    /// To a neighbour on that interface.
    Link(u32),
    /// To this network's own sockets, through that interface, whose address it is.
    Local(u32),
    Blackhole,
    Unreachable,
    Prohibit,
    Throw,
}

impl RouteKind {
    fn number(self) -> u8 {
        match self {
            Self::Link(_) => libc::RTN_UNICAST,
            Self::Local(_) => libc::RTN_LOCAL,
            Self::Blackhole => libc::RTN_BLACKHOLE,
            Self::Unreachable => libc::RTN_UNREACHABLE,
            Self::Prohibit => libc::RTN_PROHIBIT,
            Self::Throw => libc::RTN_THROW,
        }
    }
}

/// In place of one to the same addresses.
pub(in crate::lab::system) fn add_route(route: Route) -> Message {
    message(
        libc::RTM_NEWROUTE,
        libc::NLM_F_CREATE | libc::NLM_F_REPLACE,
        route,
    )
}

pub(in crate::lab::system) fn remove_route(route: Route) -> Message {
    message(libc::RTM_DELROUTE, 0, route)
}

/// `struct rtmsg` and its attributes.
pub(super) fn message(kind: u16, flags: i32, route: Route) -> Message {
    let (family, octets, _) = family(route.to.ip);
    let scope = match route.kind {
        RouteKind::Link(_) => libc::RT_SCOPE_LINK,
        RouteKind::Local(_) => libc::RT_SCOPE_HOST,
        _ => libc::RT_SCOPE_UNIVERSE,
    };
    // The kernel looks into its own addresses' first.
    let table = match route.kind {
        RouteKind::Local(_) => libc::RT_TABLE_LOCAL,
        _ => libc::RT_TABLE_MAIN,
    };
    let body = [
        family,
        route.to.bits,
        0,
        0,
        table,
        libc::RTPROT_STATIC,
        scope,
        route.kind.number(),
        0,
        0,
        0,
        0,
    ];
    let message = Message::new(kind, flags, &[&body]).attribute(libc::RTA_DST, &octets);
    match route.kind {
        RouteKind::Link(link) | RouteKind::Local(link) => message.number(libc::RTA_OIF, link),
        _ => message,
    }
}
