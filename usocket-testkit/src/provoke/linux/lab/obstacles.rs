//! Firewalls, queues and policies in the way.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::changes::Change;
use super::{PORT, host, lab, no_obstacle};
use crate::Lab;
use crate::lab::{Obstacle, Packets, Queue, Refusal, Verdict};
use crate::protocol::Protocol;
use crate::provoke::portable::sockets::{fresh, wait_for_trouble};
use crate::provoke::stage::Stage;
use crate::provoke::system::aftermath::hear_of_errors;
use crate::provoke::system::queues::CEILING;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

pub(in crate::provoke::system) fn connect_reset(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    let firewall = lab
        .firewall(Packets::tcp_to(addr), Verdict::Reset)
        .map_err(no_obstacle)?;
    Ok(Stage::at(addr).holding(firewall).holding(lab))
}

/// The firewall is there for the one byte only, so that others can connect.
pub(in crate::provoke::system) fn connection_reset(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    possible(&lab, addr, Verdict::Reset)?;
    Ok(Stage::at(addr).striking(move |socket| {
        let _firewall = lab
            .firewall(Packets::tcp_to(addr), Verdict::Reset)
            .map_err(io::Error::other)?;
        socket.send(b"?")?;
        wait_for_trouble(&**socket)
    }))
}

pub(in crate::provoke::system) fn segments_dropped(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    possible(&lab, addr, Verdict::Drop)?;
    Ok(Stage::at(addr).limit(CEILING).striking(move |socket| {
        let _firewall = lab
            .firewall(Packets::tcp_to(addr), Verdict::Drop)
            .map_err(io::Error::other)?;
        socket.set_tcp_user_timeout(Some(Duration::from_millis(5)))?;
        socket.send(b"?")?;
        wait_for_trouble(&**socket)
    }))
}

pub(in crate::provoke::system) fn datagrams_dropped(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    let firewall = lab
        .firewall(Packets::udp_to(addr), Verdict::Drop)
        .map_err(no_obstacle)?;
    Ok(Stage::at(addr).holding(firewall).holding(lab))
}

/// A connected socket, for a kernel that says so to nobody who has not asked.
pub(in crate::provoke::system) fn queue_drops(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    let socket = fresh(protocol)?;
    hear_of_errors(&socket, protocol)?;
    socket.connect(&addr.into())?;
    let queue = lab.queue(Queue::Drops).map_err(no_obstacle)?;
    Ok(Stage::giving(&socket)?.to(addr).holding(queue).holding(lab))
}

pub(in crate::provoke::system) fn queue_holds(protocol: Protocol) -> Result<Stage, Hindrance> {
    /// More datagrams than any send buffer takes; Linux's own is full after about a hundred.
    const MANY: usize = 100_000;

    let (lab, addr) = echo(protocol)?;
    let queue = lab.queue(Queue::Holds).map_err(no_obstacle)?;
    let socket = fresh(protocol)?;
    socket.connect(&addr.into())?;
    socket.set_nonblocking(true)?;
    let full = (0..MANY).find_map(|_| socket.send(&[b'?'; 1000]).err());
    match full {
        Some(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        Some(error) => return Err(error.into()),
        None => {
            let text = "the send buffer of a datagram socket has no end here";
            return Err(Hindrance::new(UnavailableKind::Host, text));
        }
    }
    Ok(Stage::giving(&socket)?.to(addr).holding(queue).holding(lab))
}

pub(in crate::provoke::system) fn policy(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    let policy = forbid(&lab, addr).map_err(no_obstacle)?;
    Ok(Stage::at(addr).holding(policy).holding(lab))
}

/// The same for a socket that was connected before.
pub(in crate::provoke::system) fn policy_since(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    let socket = fresh(protocol)?;
    socket.connect(&addr.into())?;
    let policy = forbid(&lab, addr).map_err(no_obstacle)?;
    Ok(Stage::giving(&socket)?.holding(policy).holding(lab))
}

/// IPv6 keeps what finding the way says, and says it in the end.
pub(in crate::provoke::system) fn policy_on_strike(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (lab, addr) = echo(protocol)?;
    drop(forbid(&lab, addr).map_err(no_obstacle)?);
    let early = Change::setting_if_known(&lab, "net.ipv4.tcp_rto_min_us", "1000")?;
    let stage = Stage::at(addr).striking(move |socket| {
        socket.set_tcp_user_timeout(Some(Duration::from_millis(20)))?;
        let _policy = forbid(&lab, addr).map_err(io::Error::other)?;
        socket.send(b"?")?;
        wait_for_trouble(&**socket)
    });
    Ok(stage.holding(early))
}

fn echo(protocol: Protocol) -> Result<(Arc<Lab>, SocketAddr), Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).echo().addr(PORT);
    Ok((lab, addr))
}

/// Whether the kernel can do it is to be known now, not at the strike.
fn possible(lab: &Lab, addr: SocketAddr, verdict: Verdict) -> Result<(), Hindrance> {
    lab.firewall(Packets::tcp_to(addr), verdict)
        .map(drop)
        .map_err(no_obstacle)
}

fn forbid(lab: &Lab, addr: SocketAddr) -> Result<Obstacle, Refusal> {
    lab.policy(&addr.ip().to_string())
}
