//! The connections that are open, and how many may be.

use std::collections::BTreeMap;
use std::net::{Shutdown, SocketAddr};
use std::sync::{Arc, Condvar, Mutex};

use super::event::ServerEvent;
use super::observer::Observer;
use super::sync::{lock, wait_while};
use crate::deadline::Deadline;
use crate::error::Error;
use crate::hang_up::HangUp;
use crate::operation::Operation;
use crate::stream::TcpStream;
use crate::wait::Waker;

/// Every connection from being accepted to being closed.
#[derive(Debug)]
pub(super) struct Connections {
    limit: usize,
    observer: Observer,
    state: Mutex<State>,
    changed: Condvar,
    hang_up: HangUp,
    wakers: Mutex<Vec<Waker>>,
}

#[derive(Debug)]
struct State {
    /// Until whoever accepts has ended, and with it the listener.
    accepting: bool,
    stopping: bool,
    next: u64,
    places: BTreeMap<u64, Place>,
    ended: Ended,
}

/// What became of the connections that were there when stopping began.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended {
    pub(super) finished: usize,
    pub(super) cut: Vec<SocketAddr>,
    pub(super) unfinished: Vec<SocketAddr>,
}

/// One of as many as there may be.
#[derive(Debug)]
struct Place {
    peer: SocketAddr,
    /// Gone once the connection is closed, so that nobody ends another one in its stead.
    stream: Option<Arc<TcpStream>>,
    cut: bool,
}

impl Connections {
    pub(super) fn new(limit: usize, observer: Observer) -> Result<Arc<Self>, Error> {
        let hang_up = HangUp::new().map_err(|source| Error::from_io(Operation::Socket, source))?;
        Ok(Arc::new(Self {
            // Whoever asks for none gets a server that can be told from one that hangs.
            limit: limit.max(1),
            observer,
            state: Mutex::new(State {
                accepting: false,
                stopping: false,
                next: 0,
                places: BTreeMap::new(),
                ended: Ended::default(),
            }),
            changed: Condvar::new(),
            hang_up,
            wakers: Mutex::default(),
        }))
    }

    /// Also wakes this when stopping begins, on systems where a wait for a connection does not see it.
    pub(super) fn wakes(&self, waker: Waker) {
        lock(&self.wakers).push(waker);
    }

    /// Waits until there is room for one more; gives whether to go on accepting.
    pub(super) fn room(&self) -> bool {
        let full = |state: &mut State| !state.stopping && state.places.len() >= self.limit;
        if full(&mut lock(&self.state)) {
            let limit = self.limit;
            self.observer.tell(ServerEvent::LimitReached { limit });
        }
        let state = lock(&self.state);
        !wait_while(&self.changed, state, Deadline::NEVER, full).stopping
    }

    /// Takes a connection in; `None`, which closes it, once stopping has begun.
    pub(super) fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) -> Option<Slot> {
        stream.link.tied().to(&self.hang_up);
        let stream = Arc::new(stream);
        let mut state = lock(&self.state);
        if state.stopping {
            return None;
        }
        let number = state.next;
        state.next += 1;
        state.places.insert(
            number,
            Place {
                peer,
                stream: Some(Arc::clone(&stream)),
                cut: false,
            },
        );
        drop(state);
        Some(Slot {
            stream,
            peer,
            number,
            back: GiveBack {
                connections: Arc::clone(self),
                number,
                peer,
            },
        })
    }

    /// Takes no more, and ends the receiving side of all, so that who waits for a peer sees the end
    /// of the stream.
    pub(super) fn begin_stop(&self) {
        let mut state = lock(&self.state);
        if state.stopping {
            return;
        }
        state.stopping = true;
        let places = state.places.values();
        self.hang_up
            .all(places.filter_map(|place| place.stream.as_deref()));
        // For good: each keeps a descriptor open.
        let wakers = std::mem::take(&mut *lock(&self.wakers));
        wakers.iter().for_each(Waker::wake);
        self.changed.notify_all();
    }

    /// Ends both directions of all that are left.
    pub(super) fn cut(&self) {
        let mut state = lock(&self.state);
        let State { places, ended, .. } = &mut *state;
        for place in places.values_mut().filter(|place| !place.cut) {
            if let Some(stream) = &place.stream {
                let _ = stream.shutdown(Shutdown::Both);
                place.cut = true;
                ended.cut.push(place.peer);
            }
        }
        self.hang_up.cut();
    }

    /// From now on connections come, until what this gives is dropped.
    pub(super) fn accepting(self: &Arc<Self>) -> Accepting {
        lock(&self.state).accepting = true;
        Accepting(Arc::clone(self))
    }

    pub(super) fn is_accepting(&self) -> bool {
        lock(&self.state).accepting
    }

    /// Waits until none is open and none can come; gives whether it is so.
    pub(super) fn wait_over(&self, deadline: Deadline) -> bool {
        let over = |state: &State| !state.accepting && state.places.is_empty();
        let state = lock(&self.state);
        over(&wait_while(&self.changed, state, deadline, |state| {
            !over(state)
        }))
    }

    /// The peers of those that are open, in the order in which they came.
    pub(super) fn peers(&self) -> Vec<SocketAddr> {
        open(&lock(&self.state)).collect()
    }

    pub(super) fn count(&self) -> usize {
        open(&lock(&self.state)).count()
    }

    /// What became of them, as it stands.
    pub(super) fn ended(&self) -> Ended {
        let state = lock(&self.state);
        Ended {
            unfinished: open(&state).collect(),
            ..state.ended.clone()
        }
    }
}

fn open(state: &State) -> impl Iterator<Item = SocketAddr> {
    let open = |place: &&Place| place.stream.is_some();
    state.places.values().filter(open).map(|place| place.peer)
}

/// Connections come.
#[derive(Debug)]
pub(super) struct Accepting(Arc<Connections>);

impl Drop for Accepting {
    fn drop(&mut self) {
        lock(&self.0.state).accepting = false;
        self.0.changed.notify_all();
    }
}

/// A connection that was taken in. However its owner ends, when it is dropped the connection is
/// closed, that is told, and its place is free again; in this order.
#[derive(Debug)]
pub(super) struct Slot {
    // Fields are dropped from first to last.
    stream: Arc<TcpStream>,
    back: GiveBack,
    peer: SocketAddr,
    number: u64,
}

impl Slot {
    pub(super) fn stream(&self) -> &Arc<TcpStream> {
        &self.stream
    }

    pub(super) fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Tells it from every other connection of this server.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether it was cut, so that it is no use to go on.
    pub(super) fn is_cut(&self) -> bool {
        let state = lock(&self.back.connections.state);
        state.places.get(&self.number).is_none_or(|place| place.cut)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = lock(&self.back.connections.state);
        let State {
            stopping,
            places,
            ended,
            ..
        } = &mut *state;
        if let Some(place) = places.get_mut(&self.number) {
            place.stream = None;
            if *stopping && !place.cut {
                ended.finished += 1;
            }
        }
    }
}

#[derive(Debug)]
struct GiveBack {
    connections: Arc<Connections>,
    number: u64,
    peer: SocketAddr,
}

impl Drop for GiveBack {
    fn drop(&mut self) {
        let Connections {
            observer,
            state,
            changed,
            ..
        } = &*self.connections;
        observer.tell(ServerEvent::Closed { peer: self.peer });
        lock(state).places.remove(&self.number);
        changed.notify_all();
    }
}
