//! Options that the socket does not have, or not with this value.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::net::if_::if_nametoindex;
use socket2::{InterfaceIndexOrAddress, Socket};

use super::sockets::fresh;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// More memberships than anybody configures; with a higher limit the recipe gives up.
const MOST_MEMBERSHIPS: u16 = 4096;

pub(super) fn not_of_datagrams(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&fresh(protocol)?)?.option(OptionCall::NoDelay))
}

pub(super) fn too_many_hops(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(Stage::giving(&fresh(protocol)?)?.option(OptionCall::HopLimit(256)))
}

pub(super) fn mark(protocol: Protocol) -> Result<Stage, Hindrance> {
    let socket = fresh(protocol)?;
    match socket.set_mark(1) {
        Err(error) if Errno::of(&error) == Some(Errno::EPERM) => {
            Ok(Stage::giving(&socket)?.option(OptionCall::Mark(1)))
        }
        Err(error) => Err(error.into()),
        Ok(()) => Err(Hindrance::new(
            UnavailableKind::Privileged,
            "this process may mark sockets: run it as a user without CAP_NET_ADMIN and CAP_NET_RAW",
        )),
    }
}

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
