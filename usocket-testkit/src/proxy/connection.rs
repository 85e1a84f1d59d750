//! One TCP connection: both directions, and how it ends.

use std::net::{Shutdown, SocketAddr};
use std::thread::{self, Builder};

use usocket::{Cancel, Source, TcpStream, wait_for};

use super::control::Control;
use super::pump::{Pump, is_interruption, settle};
use super::report::{Direction, Ended};

/// Carries a connection that was accepted until it is over, or until the proxy stops.
pub(super) fn carry(client: TcpStream, server: SocketAddr, control: &Control, stop: &Cancel) {
    match open(server, control) {
        Ok(Some(server)) => {
            // A refusal changes when something arrives, not whether.
            for end in [&client, &server] {
                let _ = end.set_nodelay(true);
            }
            let whole = both_ways(&client, &server, control);
            if !whole {
                // A reset takes with it what has not arrived.
                while let Some(look) = control.look() {
                    if settle(&client, control, &look) && settle(&server, control, &look) {
                        break;
                    }
                }
            }
            control.end(if whole { Ended::Closed } else { Ended::Reset });
            finish(client, server, control, stop);
        }
        // The proxy ends.
        Ok(None) => {}
        Err(_) => {
            control.end(Ended::NoServer);
            let _ = client.abort();
            control.has_ended();
        }
    }
}

/// Connects to the server, as soon as there is anything to say to it; not if the proxy ends before.
fn open(server: SocketAddr, control: &Control) -> Result<Option<TcpStream>, usocket::Error> {
    while let Some(look) = control.look() {
        if look.plan.is_silent() {
            control.wait(&look, None);
            continue;
        }
        match TcpStream::connect_deadline(server, look.until()) {
            Err(error) if is_interruption(&error) && look.is_old() => {}
            done => return done.map(Some),
        }
    }
    Ok(None)
}

/// Carries both directions until both have ended. Whether neither was broken.
fn both_ways(client: &TcpStream, server: &TcpStream, control: &Control) -> bool {
    let back = Pump::new(Direction::ToClient, server, client, control);
    let there = Pump::new(Direction::ToServer, client, server, control);
    thread::scope(|scope| {
        let Ok(back) = Builder::new().spawn_scoped(scope, || back.run()) else {
            return false;
        };
        let there = there.run();
        back.join().unwrap_or(false) && there
    })
}

/// Ends a connection as was decided.
fn finish(client: TcpStream, server: TcpStream, control: &Control, stop: &Cancel) {
    match control.ending() {
        Some(Ended::Reset | Ended::ResetByPlan) => {
            // What fails has no other end any more.
            for end in [client, server] {
                let _ = end.abort();
            }
            control.has_ended();
        }
        Some(Ended::ClosedByPlan) => {
            for end in [&client, &server] {
                let _ = end.shutdown(Shutdown::Write);
            }
            control.has_ended();
            drain(vec![client, server], stop);
        }
        _ => {
            drop((client, server));
            control.has_ended();
        }
    }
}

/// Takes and drops what still comes, until nothing more can.
///
/// A socket that is closed with something unread in it resets its connection, and the end of the stream that the peer
/// was to read is gone.
fn drain(mut ends: Vec<TcpStream>, stop: &Cancel) {
    // Enough for a system call to be worth it.
    let mut buffer = vec![0; 1 << 16];
    while !ends.is_empty() {
        let sources: Vec<&dyn Source> = ends.iter().map(|end| end as _).collect();
        let Ok(ready) = wait_for(&sources, stop) else {
            return;
        };
        for place in ready.into_iter().rev() {
            if matches!(ends[place].try_recv(&mut buffer), Ok(Some(0)) | Err(_)) {
                ends.remove(place);
            }
        }
    }
}
