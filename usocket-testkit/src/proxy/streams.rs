//! The door of TCP: a listener, which is closed where clients are to be refused.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use usocket::{TcpListener, TcpStream};

use super::connection::carry;
use super::door::{Door, Order};

/// After an accept that failed, so that a lack of descriptors is not asked about without a break.
const BREATH: Duration = Duration::from_millis(5);

/// Listens at an address that may have been listened at before.
pub(super) fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    std::net::TcpListener::bind(addr).map(TcpListener::from)
}

/// Accepts until the proxy ends, and ends when all its connections have.
pub(super) fn serve(listener: TcpListener, door: &Arc<Door>) {
    let mut listener = Some(listener);
    let mut threads = Vec::new();
    while !door.stop.is_cancelled() {
        let order = door.order();
        let failure = turn(&mut listener, &order, door.addr).err();
        door.obey(&order, failure);
        match &listener {
            Some(open) => accept(open, &order, door, &mut threads),
            None => door.wait(&order, Duration::from_secs(3600)),
        }
    }
    drop(listener);
    for thread in threads {
        let _ = thread.join();
    }
}

/// Opens or closes the listener, as was ordered.
fn turn(listener: &mut Option<TcpListener>, order: &Order, addr: SocketAddr) -> io::Result<()> {
    if order.refuse {
        *listener = None;
    } else if listener.is_none() {
        *listener = Some(listen(addr)?);
    }
    Ok(())
}

/// Accepts until there is another order.
fn accept(
    listener: &TcpListener,
    order: &Order,
    door: &Arc<Door>,
    threads: &mut Vec<JoinHandle<()>>,
) {
    while !order.cancel.is_cancelled() {
        match listener.accept_deadline(&order.cancel) {
            Ok((client, peer)) => {
                threads.retain(|thread| !thread.is_finished());
                // Without a thread or a descriptor the client's connection is closed.
                threads.extend(start(client, peer, door));
            }
            Err(_) => door.wait(order, BREATH),
        }
    }
}

fn start(client: TcpStream, peer: SocketAddr, door: &Arc<Door>) -> Option<JoinHandle<()>> {
    let control = door.admit(peer).ok()?;
    let door = Arc::clone(door);
    let thread = move || {
        // The proxy may have ended in between, before it knew of this one.
        if door.stop.is_cancelled() {
            control.stop();
        }
        carry(client, door.server, &control, &door.stop);
    };
    Builder::new().spawn(thread).ok()
}
