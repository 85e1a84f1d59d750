//! The lab's interface, and the wire that leads from it to the imaginary hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::netlink::{self, Link, Netlink, Prefix, Route, RouteKind};
use super::own_address;
use super::wait::wait_until_up;

/// The end that the test has. The numbers are chosen, so that nobody has to ask for them; some kernels put
/// interfaces of their own into every network, with low numbers.
pub(super) const NEAR: Link<'static> = Link {
    index: 77,
    name: "lab0",
    mac: [2, 0, 0, 0, 0, 0x0a],
};

/// The end that the hosts have.
pub(super) const FAR: Link<'static> = Link {
    index: 78,
    name: "wire0",
    mac: [2, 0, 0, 0, 0, 0x0b],
};

pub(super) const OWN_V4: Prefix = Prefix::new(IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1)), 16);
pub(super) const OWN_V6: Prefix =
    Prefix::new(IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 1)), 64);

/// The interface, and what is configured on it: the kernel forgets half of it when the interface goes down.
#[derive(Debug)]
pub(super) struct Cable {
    ipv6: bool,
    network_stays: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    netlink: Netlink,
    addresses: Vec<Prefix>,
    /// Hosts that are there, and their hardware addresses.
    neighbours: BTreeMap<IpAddr, [u8; 6]>,
    /// Hosts outside of our prefixes, which need a route each.
    outside: BTreeSet<IpAddr>,
}

impl Cable {
    /// In the calling thread's network, ready to carry packets.
    ///
    /// In a network that is there for longer than the lab, it goes with its owner.
    pub(super) fn lay(network_stays: bool) -> io::Result<Self> {
        let mut netlink = Netlink::open()?;
        // Where the kernel makes no IPv6 sockets, the lab does without.
        let ipv6 = socket2::Socket::new(socket2::Domain::IPV6, socket2::Type::DGRAM, None).is_ok();
        netlink.change([netlink::create_pair(NEAR, FAR, None)])?;
        if ipv6 {
            netlink.change([NEAR, FAR].map(|link| netlink::no_own_address(link.index)))?;
        }
        netlink.change([
            netlink::set_link(NEAR.index, true),
            netlink::set_link(FAR.index, true),
            netlink::shorten_resolution(NEAR.index, OWN_V4.ip),
        ])?;
        own_address::give(&mut netlink, NEAR.index, OWN_V4)?;
        let mut addresses = vec![OWN_V4];
        if ipv6 {
            netlink.change([netlink::shorten_resolution(NEAR.index, OWN_V6.ip)])?;
            own_address::give(&mut netlink, NEAR.index, OWN_V6)?;
            addresses.push(OWN_V6);
        }
        wait_until_up(&mut netlink, &[NEAR, FAR])?;
        Ok(Self {
            ipv6,
            network_stays,
            state: Mutex::new(State {
                netlink,
                addresses,
                neighbours: BTreeMap::new(),
                outside: BTreeSet::new(),
            }),
        })
    }

    pub(super) fn has_ipv6(&self) -> bool {
        self.ipv6
    }

    /// A host is there: it has that hardware address, and can be reached.
    pub(super) fn reach(&self, ip: IpAddr, mac: [u8; 6]) -> io::Result<()> {
        let mut state = self.state();
        let far = !state.addresses.iter().any(|prefix| prefix.contains(ip));
        if far && state.outside.insert(ip) {
            state.netlink.change([route_to(ip)])?;
        }
        if state.neighbours.insert(ip, mac) == Some(mac) {
            return Ok(());
        }
        state
            .netlink
            .change([netlink::add_neighbour(NEAR.index, ip, mac)])
    }

    /// A host is gone: nobody answers to its address.
    pub(super) fn forget(&self, ip: IpAddr) -> io::Result<()> {
        let mut state = self.state();
        let far = !state.addresses.iter().any(|prefix| prefix.contains(ip));
        if far && state.outside.insert(ip) {
            state.netlink.change([route_to(ip)])?;
        }
        if state.neighbours.remove(&ip).is_none() {
            return Ok(());
        }
        state
            .netlink
            .change([netlink::remove_neighbour(NEAR.index, ip)])
    }

    pub(super) fn add_address(&self, address: Prefix) -> io::Result<()> {
        let mut state = self.state();
        own_address::give(&mut state.netlink, NEAR.index, address)?;
        state.addresses.push(address);
        Ok(())
    }

    pub(super) fn remove_address(&self, ip: IpAddr) -> io::Result<()> {
        let mut state = self.state();
        let Some(at) = state.addresses.iter().position(|prefix| prefix.ip == ip) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let address = state.addresses.remove(at);
        own_address::take(&mut state.netlink, NEAR.index, address)
    }

    pub(super) fn add_route(&self, to: Prefix, kind: RouteKind) -> io::Result<()> {
        self.state()
            .netlink
            .change([netlink::add_route(Route { to, kind })])
    }

    pub(super) fn remove_route(&self, to: Prefix, kind: RouteKind) -> io::Result<()> {
        self.state()
            .netlink
            .change([netlink::remove_route(Route { to, kind })])
    }

    pub(super) fn set_mtu(&self, mtu: u32) -> io::Result<()> {
        self.state().netlink.change([
            netlink::set_mtu(NEAR.index, mtu),
            netlink::set_mtu(FAR.index, mtu),
        ])
    }

    pub(super) fn down(&self) -> io::Result<()> {
        self.state()
            .netlink
            .change([netlink::set_link(NEAR.index, false)])
    }

    /// Up again, with all that was there before.
    pub(super) fn up(&self) -> io::Result<()> {
        let state = &mut *self.state();
        state
            .netlink
            .change([netlink::set_link(NEAR.index, true)])?;
        for address in &state.addresses {
            match own_address::give(&mut state.netlink, NEAR.index, *address) {
                // Those stay that are of IPv4, or were given while the interface was down.
                Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {
                    own_address::make_reachable(&mut state.netlink, NEAR.index, *address)?;
                }
                result => result?,
            }
        }
        wait_until_up(&mut state.netlink, &[NEAR, FAR])?;
        for ip in &state.outside {
            state.netlink.change([route_to(*ip)])?;
        }
        for (ip, mac) in &state.neighbours {
            state
                .netlink
                .change([netlink::add_neighbour(NEAR.index, *ip, *mac)])?;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cable {
    /// Both ends, and all that is configured on them: nobody may go on with an interface that no thread answers at.
    fn drop(&mut self) {
        if self.network_stays {
            // What fails here was not there any more.
            let _ = self
                .state()
                .netlink
                .change([netlink::delete_link(NEAR.index)]);
        }
    }
}

fn route_to(ip: IpAddr) -> netlink::Message {
    netlink::add_route(Route {
        to: Prefix::host(ip),
        kind: RouteKind::Link(NEAR.index),
    })
}
