//! Addresses to which there is no way, or a way that is closed.

use std::net::SocketAddr;

use super::changes::Change;
use super::{PORT, lab};
use crate::lab::Route;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

/// An address for documentation (RFC 5737, RFC 3849): in a lab nobody has it, and no packet leaves.
fn elsewhere(protocol: Protocol) -> (&'static str, SocketAddr) {
    if protocol.is_ipv6() {
        let ip = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 7];
        ("2001:db8::/32", (ip, PORT).into())
    } else {
        ("198.51.100.0/24", ([198, 51, 100, 7], PORT).into())
    }
}

pub(in crate::provoke::system) fn none(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (_, addr) = elsewhere(protocol);
    Ok(Stage::at(addr).holding(lab(protocol)?))
}

pub(in crate::provoke::system) fn unreachable(protocol: Protocol) -> Result<Stage, Hindrance> {
    closed(protocol, Route::Unreachable)
}

pub(in crate::provoke::system) fn prohibited(protocol: Protocol) -> Result<Stage, Hindrance> {
    closed(protocol, Route::Prohibit)
}

pub(in crate::provoke::system) fn blackhole(protocol: Protocol) -> Result<Stage, Hindrance> {
    closed(protocol, Route::Blackhole)
}

fn closed(protocol: Protocol, route: Route) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let (range, addr) = elsewhere(protocol);
    Ok(Stage::at(addr).holding(Change::route(&lab, range, route)?))
}
