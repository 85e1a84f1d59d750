//! Connections that are ended from outside, or whose far end ends them or falls silent.

use std::io;
use std::time::Duration;

use nix::poll::PollFlags;

use super::changes::Change;
use super::{PORT, host, lab, not_in_this_kernel};
use crate::errno::Errno;
use crate::lab::{After, Ending};
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::system::silence::CEILING;
use crate::provoke::system::sockets::{fresh, wait_for, wait_for_trouble};
use crate::provoke::unavailable::Hindrance;

const DESTROYS: &str = "the kernel ends no sockets from outside (CONFIG_INET_DIAG_DESTROY)";

pub(in crate::provoke::system) fn destroyed_on_strike(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).echo().addr(PORT);
    // Whether the kernel can do it is to be known now, not at the strike.
    let trial = fresh(protocol)?;
    trial.connect(&addr.into())?;
    lab.destroy(&trial)
        .map_err(|error| not_in_this_kernel(DESTROYS, &error))?;
    Ok(Stage::at(addr).striking(move |socket| {
        lab.destroy(&**socket)?;
        wait_for_trouble(&**socket)
    }))
}

pub(in crate::provoke::system) fn destroyed_while_connecting(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).silent().addr(PORT);
    let socket = fresh(protocol)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&addr.into()) {
        Err(error) if Errno::of(&error) == Some(Errno::EINPROGRESS) => {}
        Err(error) => return Err(error.into()),
        Ok(()) => return Err(io::Error::other("a silent host let a connection in").into()),
    }
    lab.destroy_towards(&socket, addr)
        .map_err(|error| not_in_this_kernel(DESTROYS, &error))?;
    wait_for_trouble(&socket)?;
    socket.set_nonblocking(false)?;
    Ok(Stage::giving(&socket)?.to(addr).holding(lab))
}

pub(in crate::provoke::system) fn reset_by_the_host(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let ends = host(&lab, protocol).accept_then(Ending::Reset, After::Received(1));
    let stage = Stage::at(ends.addr(PORT)).striking(|socket| {
        socket.send(b"?")?;
        wait_for_trouble(&**socket)
    });
    Ok(stage.holding(lab))
}

pub(in crate::provoke::system) fn closed_by_the_host(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let ends = host(&lab, protocol).accept_then(Ending::Close, After::Received(1));
    let stage = Stage::at(ends.addr(PORT)).striking(|socket| {
        socket.send(b"?")?;
        wait_for(&**socket, PollFlags::POLLIN)
    });
    Ok(stage.holding(lab))
}

/// The kernel gives up what is not acknowledged, after 20 ms where it may resend that early, else after 200.
pub(in crate::provoke::system) fn falls_silent(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).echo().addr(PORT);
    let early = Change::setting_if_known(&lab, "net.ipv4.tcp_rto_min_us", "1000")?;
    let stage = Stage::at(addr).limit(CEILING).striking(move |socket| {
        socket.set_tcp_user_timeout(Some(Duration::from_millis(20)))?;
        host(&lab, protocol).silent();
        let said = socket.send(b"?").map(drop);
        let ended = said.and_then(|()| wait_for_trouble(&**socket));
        // For the next connection.
        host(&lab, protocol).echo();
        ended
    });
    Ok(stage.holding(early))
}

/// As soon as the kernel lets it: one resend, and where it can be said, a second at most before it is given up.
pub(in crate::provoke::system) fn never_answers(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).silent().addr(PORT);
    let once = Change::setting(&lab, "net.ipv4.tcp_syn_retries", "1")?;
    let soon = Change::setting_if_known(&lab, "net.ipv4.tcp_rto_max_ms", "1000")?;
    Ok(Stage::at(addr).limit(CEILING).holding(once).holding(soon))
}
