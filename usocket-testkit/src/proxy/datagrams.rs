//! The door of UDP: one socket that all clients send to, and one towards the server for each of them.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use usocket::{MAX_DATAGRAM, UdpSocket};

use super::control::{Control, earlier};
use super::door::{Door, Order};
use super::line::Line;
use super::report::Direction;

/// After a receive that failed, so that one that fails for good is not repeated without a break.
const BREATH: Duration = Duration::from_millis(1);

/// One client: its way to the server and back.
struct Flow {
    control: Arc<Control>,
    socket: Arc<UdpSocket>,
    line: Line,
    back: Option<JoinHandle<()>>,
}

/// Carries datagrams until the proxy ends.
pub(super) fn serve(socket: UdpSocket, door: &Arc<Door>) {
    let socket = Arc::new(socket);
    let mut flows = HashMap::new();
    let mut buffer = vec![0; MAX_DATAGRAM];
    let mut closed = None;
    while !door.stop.is_cancelled() {
        let order = door.order();
        let failure = turn(&socket, &mut closed, &order).err();
        door.obey(&order, failure);
        while !order.cancel.is_cancelled() {
            receive(&socket, &order, door, &mut flows, &mut buffer);
        }
    }
    for flow in flows.into_values() {
        if let Some(thread) = flow.back {
            let _ = thread.join();
        }
    }
}

/// Lets everybody in, or nobody: the system answers "port unreachable" for a socket that is connected to one who never
/// speaks.
fn turn(socket: &UdpSocket, closed: &mut Option<UdpSocket>, order: &Order) -> io::Result<()> {
    if order.refuse && closed.is_none() {
        let only_peer = UdpSocket::bind(SocketAddr::new(socket.local_addr()?.ip(), 0))?;
        socket.connect(only_peer.local_addr()?)?;
        *closed = Some(only_peer);
    } else if !order.refuse && closed.is_some() {
        socket.disconnect()?;
        *closed = None;
    }
    Ok(())
}

/// Sends what is due, and takes one datagram from a client, if one comes before something else is due.
fn receive(
    socket: &Arc<UdpSocket>,
    order: &Order,
    door: &Arc<Door>,
    flows: &mut HashMap<SocketAddr, Flow>,
    buffer: &mut [u8],
) {
    for flow in flows.values_mut() {
        flow.line
            .send(&flow.control, |datagram| send(&flow.socket, datagram));
    }
    let due = flows.values().filter_map(|flow| flow.line.due());
    let due = due.min();
    if flows.values().any(|flow| flow.line.is_full()) {
        let left = due.map(|due| due.saturating_duration_since(Instant::now()));
        door.wait(order, left.unwrap_or(BREATH));
        return;
    }
    let until = order
        .cancel
        .or(due.map_or(usocket::Deadline::NEVER, Into::into));
    match socket.recv_from_deadline(buffer, until) {
        Ok(datagram) => {
            let flow = match flows.entry(datagram.peer) {
                std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::hash_map::Entry::Vacant(entry) => {
                    // Without a socket or a thread it is as if the network had lost it.
                    let Ok(flow) = open(socket, datagram.peer, door) else {
                        return;
                    };
                    entry.insert(flow)
                }
            };
            let bytes = &buffer[..datagram.len.min(buffer.len())];
            flow.line.take(&flow.control, bytes);
        }
        Err(error) if super::pump::is_interruption(&error) => {}
        Err(_) => door.wait(order, BREATH),
    }
}

fn open(socket: &Arc<UdpSocket>, client: SocketAddr, door: &Arc<Door>) -> io::Result<Flow> {
    let any = match door.server {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let upstream = UdpSocket::bind(any)?;
    upstream.connect(door.server)?;
    let upstream = Arc::new(upstream);
    let control = door.admit(client)?;
    if door.stop.is_cancelled() {
        control.stop();
    }
    let thread = {
        let (control, from, to) = (
            Arc::clone(&control),
            Arc::clone(&upstream),
            Arc::clone(socket),
        );
        move || bring_back(&control, &from, &to, client)
    };
    Ok(Flow {
        line: Line::new(Direction::ToServer),
        control,
        socket: upstream,
        back: Some(Builder::new().spawn(thread)?),
    })
}

/// Carries what the server says to one client.
fn bring_back(control: &Control, from: &UdpSocket, to: &UdpSocket, client: SocketAddr) {
    let mut line = Line::new(Direction::ToClient);
    let mut buffer = vec![0; MAX_DATAGRAM];
    while let Some(look) = control.look() {
        line.send(control, |datagram| to.send_to(datagram, client).is_ok());
        let due = line.due();
        if line.is_full() {
            control.wait(&look, due);
            continue;
        }
        match from.recv_deadline(&mut buffer, look.until_at(due)) {
            Ok(datagram) => line.take(control, &buffer[..datagram.len.min(MAX_DATAGRAM)]),
            Err(error) if super::pump::is_interruption(&error) => {}
            // That the server refuses, among others: it may be there later.
            Err(_) => control.wait(&look, earlier(due, Instant::now().checked_add(BREATH))),
        }
    }
}

/// Sends to the server. What a call says first may be about a datagram before: the server was not there.
fn send(socket: &UdpSocket, datagram: &[u8]) -> bool {
    (0..2).any(|_| socket.send(datagram).is_ok())
}
