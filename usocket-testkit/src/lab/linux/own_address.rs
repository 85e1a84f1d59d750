//! Addresses of the lab's own interfaces, of use at once.

use std::io;

use super::netlink::{self, Netlink, Prefix, Route, RouteKind};

/// Gives an address to an interface; if that is up, what is sent to the address comes in from now on.
///
/// To an address of IPv6 the kernel makes the route in a work queue, also where there is no check for duplicates. The
/// whole machine has one such queue, which does one thing at a time and waits for `rtnl_lock` at each
/// (`addrconf_dad_work` in net/ipv6/addrconf.c): beside 200 labs it has been seen to take five seconds for one address,
/// and until then packets to it are dropped. So the route is made here. It stands behind the kernel's, and goes with the
/// address or the interface.
pub(super) fn give(netlink: &mut Netlink, link: u32, address: Prefix) -> io::Result<()> {
    netlink.change([netlink::add_address(link, address)])?;
    make_reachable(netlink, link, address)
}

/// The second half, for an address that is there already.
pub(super) fn make_reachable(netlink: &mut Netlink, link: u32, address: Prefix) -> io::Result<()> {
    if address.ip.is_ipv4() {
        return Ok(());
    }
    match netlink.change([netlink::add_route(route(link, address))]) {
        // There are no routes through an interface that is down.
        Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => Ok(()),
        result => result,
    }
}

/// Takes it away again.
pub(super) fn take(netlink: &mut Netlink, link: u32, address: Prefix) -> io::Result<()> {
    if address.ip.is_ipv6() {
        // It fails if the route went with the interface.
        let _ = netlink.change([netlink::remove_route(route(link, address))]);
    }
    netlink.change([netlink::remove_address(link, address)])
}

fn route(link: u32, address: Prefix) -> Route {
    Route {
        to: Prefix::host(address.ip),
        kind: RouteKind::Local(link),
    }
}
