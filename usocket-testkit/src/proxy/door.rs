//! Where clients come in: what the proxy has been told, and who has come.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use usocket::Cancel;

use super::control::{Control, Ends};
use super::error::ProxyError;
use super::plan::Plan;
use super::report::Connection;

/// What the proxy's owner and its threads share.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) addr: SocketAddr,
    pub(super) server: SocketAddr,
    /// Thrown when the proxy ends.
    pub(super) stop: Cancel,
    state: Mutex<State>,
    changed: Condvar,
    ends: Arc<Ends>,
}

#[derive(Debug)]
struct State {
    plan: Arc<Plan>,
    /// For the next ones that come, in order.
    next: VecDeque<Arc<Plan>>,
    connections: Vec<Arc<Control>>,
    /// Counts the orders to open or shut the door, and those that are carried out.
    ordered: u64,
    obeyed: u64,
    failure: Option<std::io::Error>,
    /// Thrown at the next order.
    cancel: Cancel,
}

/// What the door is to be.
#[derive(Debug)]
pub(super) struct Order {
    number: u64,
    pub(super) refuse: bool,
    /// Thrown when there is another order, and when the proxy ends.
    pub(super) cancel: Cancel,
}

/// How long a thread may take to open or shut a door. It has nothing else to wait for.
const WATCHDOG: Duration = Duration::from_secs(60);

impl Door {
    pub(super) fn new(addr: SocketAddr, server: SocketAddr) -> Result<Self, usocket::Error> {
        let state = State {
            plan: Arc::default(),
            next: VecDeque::new(),
            connections: Vec::new(),
            ordered: 1,
            obeyed: 0,
            failure: None,
            cancel: Cancel::new()?,
        };
        Ok(Self {
            addr,
            server,
            stop: Cancel::new()?,
            state: Mutex::new(state),
            changed: Condvar::new(),
            ends: Arc::default(),
        })
    }

    /// From now on, for those that come and for those that are here.
    pub(super) fn set(&self, plan: Plan) -> Result<(), ProxyError> {
        let plan = Arc::new(plan);
        let mut state = self.lock();
        let turned = state.plan.refuses() != plan.refuses();
        if turned {
            let fresh = Cancel::new().map_err(ProxyError::resources)?;
            std::mem::replace(&mut state.cancel, fresh).cancel();
            state.ordered += 1;
            self.changed.notify_all();
        }
        state.plan = Arc::clone(&plan);
        state.next.clear();
        if !plan.refuses() {
            for connection in &state.connections {
                let set = connection.set(Arc::clone(&plan));
                set.map_err(ProxyError::resources)?;
            }
        }
        if turned { self.obeyed(state) } else { Ok(()) }
    }

    /// Waits until the last order is carried out.
    fn obeyed(&self, state: MutexGuard<'_, State>) -> Result<(), ProxyError> {
        let ordered = state.ordered;
        let waited = self
            .changed
            .wait_timeout_while(state, WATCHDOG, |state| state.obeyed < ordered);
        let (mut state, late) = waited.unwrap_or_else(PoisonError::into_inner);
        let late = late
            .timed_out()
            .then(|| std::io::ErrorKind::TimedOut.into());
        state.failure.take().or(late).map_or(Ok(()), |source| {
            Err(ProxyError::Listen {
                ip: self.addr.ip(),
                source,
            })
        })
    }

    pub(super) fn set_next(&self, plan: Plan) {
        self.lock().next.push_back(Arc::new(plan));
    }

    /// What the door is to be now.
    pub(super) fn order(&self) -> Order {
        let state = self.lock();
        Order {
            number: state.ordered,
            refuse: state.plan.refuses(),
            cancel: state.cancel.clone(),
        }
    }

    /// Says that an order is carried out, or why it cannot be, and whether it is still the last one.
    pub(super) fn obey(&self, order: &Order, failure: Option<std::io::Error>) {
        let mut state = self.lock();
        state.obeyed = order.number;
        state.failure = failure;
        self.changed.notify_all();
    }

    /// Waits for another order, or for the end, at most so long.
    pub(super) fn wait(&self, order: &Order, at_most: Duration) {
        let same = |state: &mut State| state.ordered == order.number && !self.stop.is_cancelled();
        drop(self.changed.wait_timeout_while(self.lock(), at_most, same));
    }

    /// Gives one that comes its plan.
    pub(super) fn admit(&self, client: SocketAddr) -> Result<Arc<Control>, usocket::Error> {
        let mut state = self.lock();
        let number = state.connections.len() as u64;
        let plan = state.next.front().unwrap_or(&state.plan);
        let control = Control::new(client, number, Arc::clone(plan), Arc::clone(&self.ends))?;
        state.next.pop_front();
        let control = Arc::new(control);
        state.connections.push(Arc::clone(&control));
        Ok(control)
    }

    pub(super) fn report(&self) -> Vec<Connection> {
        let state = self.lock();
        state.connections.iter().map(|one| one.report()).collect()
    }

    /// Waits until so many connections have ended; gives how many have.
    pub(super) fn wait_ended(&self, count: usize, within: Duration) -> usize {
        self.ends.wait(within, count, || {
            let state = self.lock();
            let ended = state.connections.iter().filter(|one| one.is_ended());
            ended.count()
        })
    }

    /// Stops everything.
    pub(super) fn shut(&self) {
        self.stop.cancel();
        let state = self.lock();
        state.cancel.cancel();
        state.connections.iter().for_each(|one| one.stop());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
