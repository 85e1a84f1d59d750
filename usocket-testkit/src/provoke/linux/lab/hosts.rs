//! Hosts that are not there, that refuse, or about which the network sends word.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::{PORT, host, lab};
use crate::Lab;
use crate::protocol::Protocol;
use crate::provoke::portable::sockets::{fresh, wait_for_trouble};
use crate::provoke::stage::Stage;
use crate::provoke::system::aftermath::hear_of_errors;
use crate::provoke::unavailable::Hindrance;

/// Type and code of an ICMP error (RFC 792), or of one of `ICMPv6` (RFC 4443).
type Icmp = (u8, u8);

/// Longer than the narrow link carries, shorter than the lab's own.
static LONG: [u8; 1400] = [b'?'; 1400];

/// The least that every link of IPv6 carries (RFC 8200 5).
const NARROW: u16 = 1280;

/// An error for both families; a recipe for one of them names it twice.
pub(in crate::provoke::system) fn icmp(
    protocol: Protocol,
    v4: Icmp,
    v6: Icmp,
) -> Result<Stage, Hindrance> {
    Ok(target(lab_with_icmp(protocol, v4, v6)?, protocol))
}

/// An error of ICMP for sockets of IPv6: they know the host by an IPv4-mapped address (RFC 4291 2.5.5.2).
pub(in crate::provoke::system) fn icmp_mapped(
    protocol: Protocol,
    v4: Icmp,
) -> Result<Stage, Hindrance> {
    let (lab, mapped) = mapped(protocol, v4)?;
    Ok(Stage::at(mapped).holding(lab))
}

pub(in crate::provoke::system) fn icmp_mapped_to_datagram(
    protocol: Protocol,
    v4: Icmp,
) -> Result<Stage, Hindrance> {
    let (lab, mapped) = mapped(protocol, v4)?;
    let stage = Stage::at(mapped).striking(|socket| {
        socket.send(b"?")?;
        wait_for_trouble(&**socket)
    });
    Ok(stage.holding(lab))
}

fn mapped(protocol: Protocol, (kind, code): Icmp) -> Result<(Arc<Lab>, SocketAddr), Hindrance> {
    let lab = lab(protocol)?;
    let host = host(&lab, Protocol::Tcp4).icmp(kind, code);
    let mapped = match host.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    Ok((lab, (mapped, PORT).into()))
}

pub(in crate::provoke::system) fn icmp_to_datagram(
    protocol: Protocol,
    v4: Icmp,
    v6: Icmp,
) -> Result<Stage, Hindrance> {
    Ok(peer(lab_with_icmp(protocol, v4, v6)?, protocol, b"?"))
}

pub(in crate::provoke::system) fn icmp_listened_to(
    protocol: Protocol,
    v4: Icmp,
    v6: Icmp,
) -> Result<Stage, Hindrance> {
    listening(lab_with_icmp(protocol, v4, v6)?, protocol)
}

fn lab_with_icmp(protocol: Protocol, v4: Icmp, v6: Icmp) -> Result<Arc<Lab>, Hindrance> {
    let lab = lab(protocol)?;
    let (kind, code) = if protocol.is_ipv6() { v6 } else { v4 };
    host(&lab, protocol).icmp(kind, code);
    Ok(lab)
}

pub(in crate::provoke::system) fn absent(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    host(&lab, protocol).absent();
    Ok(target(lab, protocol))
}

pub(in crate::provoke::system) fn absent_listened_to(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    host(&lab, protocol).absent();
    listening(lab, protocol)
}

pub(in crate::provoke::system) fn refusing(protocol: Protocol) -> Result<Stage, Hindrance> {
    Ok(target(lab(protocol)?, protocol))
}

pub(in crate::provoke::system) fn refusing_datagrams(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    Ok(peer(lab(protocol)?, protocol, b"?"))
}

pub(in crate::provoke::system) fn behind_a_narrow_link(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    host(&lab, protocol).echo().mtu(NARROW);
    Ok(peer(lab, protocol, &LONG))
}

fn target(lab: Arc<Lab>, protocol: Protocol) -> Stage {
    Stage::at(host(&lab, protocol).addr(PORT)).holding(lab)
}

/// A connected datagram socket of the subject's hears of it, once it has sent this.
fn peer(lab: Arc<Lab>, protocol: Protocol, datagram: &'static [u8]) -> Stage {
    target(lab, protocol).striking(move |socket| {
        socket.send(datagram)?;
        wait_for_trouble(&**socket)
    })
}

/// A connected datagram socket has heard of it: only one that asks for such errors does.
fn listening(lab: Arc<Lab>, protocol: Protocol) -> Result<Stage, Hindrance> {
    let addr = host(&lab, protocol).addr(PORT);
    let socket = fresh(protocol)?;
    hear_of_errors(&socket, protocol)?;
    socket.connect(&addr.into())?;
    socket.send(b"?")?;
    wait_for_trouble(&socket)?;
    Ok(Stage::giving(&socket)?.to(addr).holding(lab))
}
