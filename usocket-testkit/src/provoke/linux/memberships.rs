//! Multicast groups that were never joined, and those that are too many.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::net::if_::if_nametoindex;
use socket2::{InterfaceIndexOrAddress, Socket};

use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::portable::sockets::fresh;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// More memberships than anybody configures; with a higher limit the recipe gives up.
const MOST_MEMBERSHIPS: u16 = 4096;

pub(super) fn never_joined(protocol: Protocol) -> Result<Stage, Hindrance> {
    let group: IpAddr = if protocol.is_ipv6() {
        // Interface-local: RFC 4291 2.7.
        Ipv6Addr::new(0xff01, 0, 0, 0, 0, 0, 0, 0x77).into()
    } else {
        Ipv4Addr::from(group_number(0)).into()
    };
    let option = OptionCall::LeaveGroup {
        group,
        interface: loopback_index()?,
    };
    Ok(Stage::giving(&fresh(protocol)?)?.option(option))
}

pub(super) fn too_many_groups(protocol: Protocol) -> Result<Stage, Hindrance> {
    let limit = fs::read_to_string("/proc/sys/net/ipv4/igmp_max_memberships")?;
    let limit: u16 = limit.trim().parse().unwrap_or(u16::MAX);
    if limit > MOST_MEMBERSHIPS {
        let text =
            "this host allows too many multicast memberships (net.ipv4.igmp_max_memberships)";
        return Err(Hindrance::new(UnavailableKind::Host, text));
    }
    let interface = loopback_index()?;
    let socket = fresh(protocol)?;
    for number in 0..limit {
        join(&socket, number, interface)?;
    }
    let option = OptionCall::JoinGroup {
        group: Ipv4Addr::from(group_number(limit)).into(),
        interface,
    };
    Ok(Stage::giving(&socket)?.option(option))
}

fn join(socket: &Socket, number: u16, interface: u32) -> io::Result<()> {
    let group = Ipv4Addr::from(group_number(number));
    socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface))
}

/// Groups of the organisation-local scope, which no router passes on (RFC 2365 6.2).
fn group_number(number: u16) -> u32 {
    u32::from(Ipv4Addr::new(239, 192, 0, 0)) + 1 + u32::from(number)
}

fn loopback_index() -> io::Result<u32> {
    Ok(if_nametoindex("lo")?)
}
