//! Queues of the kernel's that have no room left: of a listener, and of a socket that is told of changes.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use socket2::Socket;

use super::changes::Change;
use super::lab;
use crate::Lab;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::portable::sockets::{Event, addr_of, bound, fresh, wait_for, wait_for_trouble};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;
use crate::sys::options;

/// How many connections wait before the listener's queue is full; Linux takes one more.
const BACKLOG: i32 = 4;

/// A connection that is refused when its first byte comes: it was not a connection for the listener until then
/// (`TCP_DEFER_ACCEPT`, tcp(7)), and now there is no room for it.
pub(in crate::provoke::system) fn aborts_on_overflow(
    protocol: Protocol,
) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let aborts = Change::setting(&lab, "net.ipv4.tcp_abort_on_overflow", "1")?;
    let listener = bound(protocol)?;
    options::set(&listener, libc::IPPROTO_TCP, libc::TCP_DEFER_ACCEPT, 30)?;
    listener.listen(BACKLOG)?;
    let addr = addr_of(&listener)?;
    let mut clients = Vec::new();
    for waiting in 1..=BACKLOG {
        let client = fresh(protocol)?;
        client.connect(&addr.into())?;
        client.send(b"?")?;
        wait_until_queue_is(&lab, addr, waiting)?;
        clients.push(client);
    }
    // One is missing yet, and comes with the strike: until then everybody can connect.
    let last = fresh(protocol)?;
    last.connect(&addr.into())?;
    let last = Mutex::new(last);
    let strike = move |socket: &socket2::SockRef<'_>| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        last.send(b"?")?;
        wait_until_queue_is(&lab, addr, BACKLOG + 1)?;
        socket.send(b"?")?;
        wait_for_trouble(&**socket)?;
        // Room for the next.
        wait_for(&listener, Event::Readable)?;
        drop(listener.accept()?);
        *last = fresh(protocol)?;
        last.connect(&addr.into())
    };
    Ok(Stage::at(addr)
        .striking(strike)
        .holding(clients)
        .holding(aborts))
}

/// How many connections the listener has, which the kernel counts as what is to be received.
fn wait_until_queue_is(lab: &Arc<Lab>, addr: SocketAddr, length: i32) -> io::Result<()> {
    const LISTENS: &str = "0A";
    let file = if addr.is_ipv6() { "tcp6" } else { "tcp" };
    let port = format!(":{:04X}", addr.port());
    super::until(|| {
        let text = lab.run(|| fs::read_to_string(format!("/proc/thread-self/net/{file}")))??;
        let queue = text.lines().find_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let ours = words.get(1)?.ends_with(&port) && *words.get(3)? == LISTENS;
            let (_, received) = words.get(4)?.split_once(':')?;
            ours.then(|| i32::from_str_radix(received, 16).ok())?
        });
        Ok(queue == Some(length))
    })
}

/// A netlink socket that was told more than it has room for (netlink(7)).
pub(in crate::provoke::system) fn told_too_much(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let socket = Socket::from(lab.socket_for_changes()?);
    socket.set_recv_buffer_size(1)?;
    socket.set_nonblocking(true)?;
    // Each is a message of more than a kilobyte; the least buffer has room for two or three.
    for _ in 0..32 {
        lab.set_mtu(1400)?;
        lab.set_mtu(1500)?;
    }
    socket.set_nonblocking(false)?;
    Ok(Stage::giving(&socket)?.holding(lab))
}

/// A connection under repair that is ended leaves its error in the socket (`TCP_REPAIR`, `tcp_disconnect` in Linux).
pub(in crate::provoke::system) fn repaired_away(protocol: Protocol) -> Result<Stage, Hindrance> {
    let lab = lab(protocol)?;
    let (near, far) = crate::provoke::portable::sockets::connected(protocol)?;
    let repair = |on| options::set(&near, libc::IPPROTO_TCP, libc::TCP_REPAIR, on);
    repair(1).map_err(|error| match Errno::of(&error) {
        Some(Errno::ENOPROTOOPT) => super::not_in_this_kernel("no repair of connections", &error),
        _ => error.into(),
    })?;
    options::disconnect(&near)?;
    // In repair the socket says EPERM to everything.
    repair(0)?;
    Ok(Stage::giving(&near)?.holding(far).holding(lab))
}
