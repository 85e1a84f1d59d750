//! Connections that are ended from outside, or whose far end ends them or falls silent.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use socket2::TcpKeepalive;

use super::changes::Change;
use super::{PORT, host, lab, not_in_this_kernel, until};
use crate::errno::Errno;
use crate::lab::{After, Ending};
use crate::protocol::Protocol;
use crate::provoke::portable::sockets::{Event, fresh, wait_for, wait_for_trouble};
use crate::provoke::stage::Stage;
use crate::provoke::system::queues::CEILING;
use crate::provoke::system::waiting::{fill, interrupted};
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
        wait_for(&**socket, Event::Readable)
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

/// The host acknowledges nothing, so that the buffer, once it is full, stays so until it becomes a larger one: when the
/// call has begun again.
pub(in crate::provoke::system) fn send_interrupted(protocol: Protocol) -> Result<Stage, Hindrance> {
    /// The kernel has a least of its own.
    const SMALL: usize = 1;
    const LARGE: usize = 1 << 16;

    let lab = lab(protocol)?;
    let silent = host(&lab, protocol).accept_then(Ending::Silence, After::Received(0));
    let stage = Stage::at(silent.addr(PORT)).holding(Arc::clone(&lab));
    interrupted(stage, |socket| {
        socket.set_send_buffer_size(SMALL)?;
        fill(socket)?;
        let socket = socket.try_clone()?;
        Ok(Box::new(move || socket.set_send_buffer_size(LARGE)))
    })
}

/// A host falls silent, and the kernel asks three times in vain whether it is there (tcp(7), `TCP_KEEPIDLE` and others).
pub(in crate::provoke::system) fn not_kept_alive(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).echo().addr(PORT);
    let second = Duration::from_secs(1);
    let soon = TcpKeepalive::new()
        .with_time(second)
        .with_interval(second)
        .with_retries(1);
    Ok(Stage::at(addr).limit(CEILING).striking(move |socket| {
        host(&lab, protocol).silent();
        let asks = socket.set_tcp_keepalive(&soon);
        let ended = asks.and_then(|()| wait_for_trouble(&**socket));
        // For the next connection.
        host(&lab, protocol).echo();
        ended
    }))
}

/// The network says that the host is gone. An established connection keeps that for later (RFC 1122 4.2.3.9), and says
/// it when it gives up what is not acknowledged.
pub(in crate::provoke::system) fn given_up_for(
    protocol: Protocol,
    v4: (u8, u8),
    v6: (u8, u8),
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).echo().addr(PORT);
    let early = Change::setting_if_known(&lab, "net.ipv4.tcp_rto_min_us", "1000")?;
    let (kind, code) = if protocol.is_ipv6() { v6 } else { v4 };
    let stage = Stage::at(addr).limit(CEILING).striking(move |socket| {
        let heard = || lab.run(|| unreachables(protocol))?;
        let before = heard()?;
        host(&lab, protocol).icmp(kind, code);
        let ended = socket
            .send(b"?")
            // When the second has come, the first has reached the socket.
            .and_then(|_| until(|| Ok(heard()? >= before + 2)))
            .and_then(|()| socket.set_tcp_user_timeout(Some(Duration::from_millis(1))))
            .and_then(|()| wait_for_trouble(&**socket));
        // For the next connection.
        host(&lab, protocol).echo();
        ended
    });
    Ok(stage.holding(early))
}

/// How many times the calling thread's network was told that a destination is unreachable.
fn unreachables(protocol: Protocol) -> io::Result<u64> {
    let number = if protocol.is_ipv6() {
        let text = fs::read_to_string("/proc/thread-self/net/snmp6")?;
        text.lines()
            .find_map(|line| line.strip_prefix("Icmp6InDestUnreachs"))
            .and_then(|number| number.trim().parse().ok())
    } else {
        // A line of names, then a line of numbers.
        let text = fs::read_to_string("/proc/thread-self/net/snmp")?;
        let mut lines = text.lines().filter_map(|line| line.strip_prefix("Icmp:"));
        lines.next().zip(lines.next()).and_then(|(names, numbers)| {
            let mut columns = names.split_whitespace().zip(numbers.split_whitespace());
            let column = columns.find(|(name, _)| *name == "InDestUnreachs")?;
            column.1.parse().ok()
        })
    };
    number.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// As soon as the kernel lets it: one resend after a second, and where it can be said (Linux 6.5 and 6.15), another
/// second before it is given up; two seconds elsewhere, and then it is a little more than three in all.
pub(in crate::provoke::system) fn never_answers(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let addr = host(&lab, protocol).silent().addr(PORT);
    let once = Change::setting(&lab, "net.ipv4.tcp_syn_retries", "1")?;
    let evenly = Change::setting_if_known(&lab, "net.ipv4.tcp_syn_linear_timeouts", "2")?;
    let soon = Change::setting_if_known(&lab, "net.ipv4.tcp_rto_max_ms", "1000")?;
    Ok(Stage::at(addr)
        .limit(CEILING)
        .holding(once)
        .holding(evenly)
        .holding(soon))
}
