//! Calls that are met while they wait.

use std::io;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::sync::{Arc, Mutex, PoisonError};

use nix::sys::signal::SigSet;
use socket2::{SockRef, Socket};

use super::ambush::{Ambush, Target};
use super::queues::{CEILING, FullQueue};
use crate::protocol::Protocol;
use crate::provoke::portable::listeners::listener;
use crate::provoke::portable::sockets::{FarEnd, addr_of, bound, connected, fresh};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};
use crate::sys::interruption::Interruption;

pub(super) fn connect_shut_down(protocol: Protocol) -> Result<Stage, Hindrance> {
    let queue = FullQueue::new(protocol)?;
    let stage = Stage::giving(&fresh(protocol)?)?.to(queue.addr()?);
    Ok(shut_down_while_waiting(stage)?.holding(queue))
}

pub(super) fn accept_shut_down(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener(protocol)?;
    let stage = Stage::giving(&listener)?.holding(directory);
    shut_down_while_waiting(stage)
}

fn shut_down_while_waiting(stage: Stage) -> Result<Stage, Hindrance> {
    threads_can_be_seen()?;
    let ambush = Mutex::new(None);
    Ok(stage.striking_the_next_call(move |socket| {
        let handle = socket.try_clone()?;
        let target = Target::calling_thread(&handle)?;
        lay(&ambush, target, move |target| {
            target.wait_until_it_waits()?;
            handle.shutdown(Shutdown::Both)
        })
    }))
}

pub(super) fn receive_interrupted(protocol: Protocol) -> Result<Stage, Hindrance> {
    if protocol == Protocol::UnixStream {
        let (near, far) = connected(protocol)?;
        return interrupted(Stage::giving(&near)?, move |_| {
            let far = far.try_clone()?;
            Ok(Box::new(move || far.send(b"!").map(drop)))
        });
    }
    if protocol.is_stream() {
        let far = FarEnd::listening(protocol)?;
        return interrupted(Stage::at(far.addr()?), move |socket| {
            let connection = far.connection_of(socket)?;
            // Once for each connection: it lives as long as what has been laid for it.
            Ok(Box::new(move || connection.send(b"!").map(drop)))
        });
    }
    let far = bound(protocol)?;
    interrupted(Stage::at(addr_of(&far)?), move |socket| {
        let (far, near) = (far.try_clone()?, socket.local_addr()?);
        Ok(Box::new(move || far.send_to(b"!", &near).map(drop)))
    })
}

pub(super) fn accept_interrupted(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (listener, directory) = listener(protocol)?;
    let stage = Stage::giving(&listener)?.holding(directory);
    interrupted(stage, move |socket| {
        let (client, addr) = (fresh(protocol)?, socket.local_addr()?);
        Ok(Box::new(move || client.connect(&addr)))
    })
}

/// The far end's buffer is full, and it reads what is in it when the call has begun again.
pub(super) fn send_interrupted(protocol: Protocol) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    let stage = Stage::giving(&near)?;
    // The answer is not for the scene's thread to wait for.
    far.set_read_timeout(Some(CEILING))?;
    interrupted(stage, move |socket| {
        let (far, mut full) = (far.try_clone()?, fill(socket)?);
        Ok(Box::new(move || {
            let mut buffer = [MaybeUninit::uninit(); 1 << 12];
            while full > 0 {
                full = match far.recv(&mut buffer)? {
                    0 => return Ok(()),
                    read => full.saturating_sub(read),
                };
            }
            Ok(())
        }))
    })
}

/// How many bytes the socket took until it would have waited.
pub(super) fn fill(socket: &Socket) -> io::Result<usize> {
    let mut taken = 0;
    loop {
        match socket.send_with_flags(&[b'?'; 1 << 12], libc::MSG_DONTWAIT) {
            Ok(more) => taken += more,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(taken),
            Err(error) => return Err(error),
        }
    }
}

/// The queue has room again when the call has begun again: the next request is answered, about a second after the first
/// (RFC 6298 2.1).
pub(super) fn connect_interrupted(protocol: Protocol) -> Result<Stage, Hindrance> {
    let queue = Arc::new(FullQueue::new(protocol)?);
    let stage = Stage::giving(&fresh(protocol)?)?.to(queue.addr()?);
    interrupted(stage, move |_| {
        let queue = Arc::clone(&queue);
        Ok(Box::new(move || queue.make_room()))
    })
}

/// Ends the wait of one that has begun again. What it owns is given back with the scene, or at the next strike.
pub(super) type Rescue = Box<dyn FnMut() -> io::Result<()> + Send>;

pub(super) fn interrupted(
    stage: Stage,
    rescue: impl Fn(&Socket) -> io::Result<Rescue> + Send + Sync + 'static,
) -> Result<Stage, Hindrance> {
    threads_can_be_seen()?;
    let interruption = Interruption::prepare().map_err(|error| {
        Hindrance::new(UnavailableKind::Host, format!("no signal is free: {error}"))
    })?;
    let interruption = Arc::new(interruption);
    let ambush = Mutex::new(None);
    Ok(stage.striking_the_next_call(move |socket: &SockRef<'_>| {
        let signal = interruption.signal();
        if SigSet::thread_get_mask()?.contains(signal) {
            let text = format!("the calling thread blocks {signal}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let (mut rescue, interruption) = (rescue(socket)?, interruption.clone());
        let target = Target::calling_thread(&**socket)?;
        lay(&ambush, target, move |target| {
            target.wait_until_it_waits()?;
            interruption.send(target.thread())?;
            target.wait_until_taken(signal)?;
            target.wait_until_it_waits()?;
            rescue()?;
            // The far end stays until the scene does.
            target.wait_until_stopped();
            Ok(())
        })
    }))
}

/// What was laid before is taken up first.
fn lay(
    ambush: &Mutex<Option<Ambush>>,
    target: Target,
    act: impl FnOnce(&Target) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let mut ambush = ambush.lock().unwrap_or_else(PoisonError::into_inner);
    *ambush = None;
    *ambush = Some(Ambush::lay(target, act)?);
    Ok(())
}

/// Whether the kernel says in which call a thread sleeps.
fn threads_can_be_seen() -> Result<(), Hindrance> {
    let socket = fresh(Protocol::UnixStream)?;
    Target::calling_thread(&socket)
        .and_then(|target| target.call().map(drop))
        .map_err(|error| {
            let text = format!(
                "the system does not say in which call a thread sleeps (/proc/self/task/…/syscall): {error}"
            );
            Hindrance::new(UnavailableKind::Host, text)
        })
}
