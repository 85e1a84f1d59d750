//! Interfaces that are down or without addresses, and ports that are all taken.

use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;

use super::changes::Change;
use super::{PORT, host, lab};
use crate::Lab;
use crate::protocol::Protocol;
use crate::provoke::portable::sockets::{addr_of, bound, fresh, loopback};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

/// The ports that the kernel chooses from.
const PORTS: &str = "net.ipv4.ip_local_port_range";

pub(in crate::provoke::system) fn down(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let socket = lab.packet_socket()?;
    lab.link_down()?;
    Ok(Stage::giving(&socket)?.holding(lab))
}

pub(in crate::provoke::system) fn without_ipv6(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let disabled = Change::setting(&lab, "net.ipv6.conf.all.disable_ipv6", "1")?;
    Ok(Stage::at(loopback(protocol, PORT)?).holding(disabled))
}

pub(in crate::provoke::system) fn no_port_left(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let holder = bound(protocol)?;
    let one = only_port(&lab, addr_of(&holder)?.port())?;
    Ok(Stage::at(loopback(protocol, 0)?)
        .holding(holder)
        .holding(one))
}

pub(in crate::provoke::system) fn no_port_left_to_connect(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).echo().addr(PORT);
    let first = fresh(protocol)?;
    first.connect(&addr.into())?;
    let one = only_port(&lab, addr_of(&first)?.port())?;
    Ok(Stage::at(addr).holding(first).holding(one))
}

fn only_port(lab: &Arc<Lab>, port: u16) -> io::Result<Change> {
    Change::setting(lab, PORTS, &format!("{port} {port}"))
}

/// The other family's socket has every address of the port, this one's too.
pub(in crate::provoke::system) fn held_by_both_families(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let other = match protocol {
        Protocol::Tcp4 => Protocol::Tcp6,
        _ => Protocol::Udp6,
    };
    if lab.ipv6().is_none() {
        let text = "it needs IPv6, and the kernel gives the lab none";
        return Err(Hindrance::new(UnavailableKind::NoIpv6, text));
    }
    let holder = fresh(other)?;
    holder.set_only_v6(false)?;
    holder.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)).into())?;
    let addr = loopback(protocol, addr_of(&holder)?.port())?;
    Ok(Stage::at(addr).holding(holder).holding(lab))
}

pub(in crate::provoke::system) fn address_in_doubt(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let ip = Ipv6Addr::new(0xfd78, 0, 0, 0, 0, 0, 0, 1);
    let address = lab.address_in_doubt(ip)?;
    Ok(Stage::at((ip, 0).into()).holding(address).holding(lab))
}
