//! A fixed number of threads for any number of connections.
//!
//! A connection is in one of three places: **idle** in the set that one thread waits for, **ready**
//! in a queue, or with the thread that took it from there. It is moved from place to place, so that
//! never two threads have it, and who is served goes to the end of the queue.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::error::Error as StdError;
use std::sync::{Arc, Condvar, Mutex};

use super::connections::Slot;
use super::crew::Crew;
use super::event::ServerEvent;
use super::observer::Observer;
use super::retry::Retry;
use super::sync::{lock, wait_while};
use crate::deadline::Deadline;
use crate::disposition::Disposition;
use crate::error::Error;
use crate::interest::Interest;
use crate::operation::Operation;
use crate::stream::TcpStream;
use crate::sys::transfer::{self, Take};
use crate::wait::{WaitSet, Waker};

/// What to do with a connection next: what a handler of
/// [`Server::spawn_pool`](crate::Server::spawn_pool) says.
///
/// ```
/// use usocket::{Next, Server, TcpStream};
///
/// let server = Server::bind("127.0.0.1:0")?.spawn_pool(2, |_peer| {
///     |stream: &TcpStream| match stream.recv(&mut [0; 512])? {
///         0 => Ok::<_, usocket::Error>(Next::Close),
///         _ => Ok(Next::Wait),
///     }
/// })?;
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "it goes on or it ends")]
pub enum Next {
    /// Call the handler again when there is something to receive.
    Wait,
    /// Close it.
    Close,
}

/// The connections that are not being served just now.
pub(super) struct Pool<C> {
    set: WaitSet<'static, u64>,
    waker: Waker,
    state: Mutex<State<C>>,
    /// There is something in the queue, or it is closed.
    work: Condvar,
    closed: Condvar,
    observer: Observer,
}

struct State<C> {
    idle: HashMap<u64, Client<C>>,
    ready: VecDeque<Client<C>>,
    closed: bool,
}

/// A connection with what serves it.
struct Client<C> {
    slot: Slot,
    handler: C,
    /// The handler was called although nothing but the end of the stream was left to receive.
    at_end: bool,
}

impl<C> Client<C> {
    /// How many bytes there are, but no more than one; `None` if there is nothing, not even the end
    /// of the stream.
    fn peek(&self) -> Result<Option<usize>, Error> {
        let stream = &**self.slot.stream();
        let there = stream.link.at_once(stream, Operation::Receive, |mode| {
            transfer::receive(stream, &mut [0], Take::Peek, mode)
        })?;
        Ok(there.or_else(|| self.is_over().then_some(0)))
    }

    /// Whether its receives have been ended in a way that a wait for it does not see.
    fn is_over(&self) -> bool {
        self.slot.stream().link.tied().is_over()
    }
}

impl<C, E> Pool<C>
where
    C: FnMut(&TcpStream) -> Result<Next, E> + Send + 'static,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    pub(super) fn new(observer: Observer) -> Result<Arc<Self>, Error> {
        let set = WaitSet::new()?;
        Ok(Arc::new(Self {
            waker: set.waker(),
            set,
            state: Mutex::new(State {
                idle: HashMap::new(),
                ready: VecDeque::new(),
                closed: false,
            }),
            work: Condvar::new(),
            closed: Condvar::new(),
            observer,
        }))
    }

    /// What ends its wait from outside.
    pub(super) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Starts the thread that waits, and those that serve.
    pub(super) fn start(self: &Arc<Self>, crew: &Arc<Crew>, threads: usize) -> Result<(), Error> {
        let pool = Arc::clone(self);
        crew.start("usocket-wait", move || pool.wait_for_clients())?;
        for _ in 0..threads.max(1) {
            let pool = Arc::clone(self);
            crew.start("usocket-serve", move || pool.serve_clients())?;
        }
        Ok(())
    }

    /// Takes a connection in, with what serves it. It is closed if it cannot be waited for.
    pub(super) fn admit(&self, slot: Slot, handler: C) -> Result<(), Error> {
        let client = Client {
            slot,
            handler,
            at_end: false,
        };
        self.put(client).map_err(|(client, error)| {
            self.finish(client);
            error
        })
    }

    /// Puts a client where it belongs: into the queue if there is something to receive, else among
    /// those that wait. It is given back if it cannot be waited for.
    fn put(&self, mut client: Client<C>) -> Result<(), (Client<C>, Error)> {
        match client.peek() {
            Ok(Some(0)) if client.at_end => {
                // Whoever does not care for the end of the stream would be called for ever.
                self.finish(client);
            }
            Ok(Some(length)) => {
                client.at_end = length == 0;
                self.queue(client);
            }
            Ok(None) => return self.wait(client),
            Err(error) => self.die(client, error),
        }
        Ok(())
    }

    fn wait(&self, client: Client<C>) -> Result<(), (Client<C>, Error)> {
        let (number, stream) = (client.slot.number(), Arc::clone(client.slot.stream()));
        let mut state = lock(&self.state);
        if state.closed {
            drop(state);
            self.finish(client);
            return Ok(());
        }
        if client.is_over() {
            state.ready.push_back(client);
            drop(state);
            self.work.notify_one();
            return Ok(());
        }
        // First here, so that whoever sees it ready finds it; and under the lock, so that by then it
        // is a member of the set.
        state.idle.insert(number, client);
        match self.set.add(stream, number, Interest::READABLE) {
            Ok(()) => Ok(()),
            Err(error) => match state.idle.remove(&number) {
                Some(client) => Err((client, error)),
                None => Ok(()),
            },
        }
    }

    fn queue(&self, client: Client<C>) {
        let mut state = lock(&self.state);
        if state.closed {
            drop(state);
            self.finish(client);
            return;
        }
        state.ready.push_back(client);
        drop(state);
        self.work.notify_one();
    }

    /// What the thread does that waits for those that are idle.
    fn wait_for_clients(&self) {
        let mut retry = Retry::new();
        let mut ready = Vec::new();
        loop {
            let waited = self.set.wait_into(&mut ready, Deadline::NEVER);
            let mut state = lock(&self.state);
            if state.closed {
                return;
            }
            let Err(error) = waited else {
                retry.succeeded();
                for (number, _) in ready.drain(..) {
                    if let Some(client) = state.idle.remove(&number) {
                        // Nobody else could have removed it.
                        let _ = self.set.remove(&**client.slot.stream());
                        state.ready.push_back(client);
                        self.work.notify_one();
                    }
                }
                // Then all of them are: they have one server.
                if state.idle.values().next().is_some_and(Client::is_over) {
                    let State { idle, ready, .. } = &mut *state;
                    for (_, client) in idle.drain() {
                        let _ = self.set.remove(&**client.slot.stream());
                        ready.push_back(client);
                    }
                    self.work.notify_all();
                }
                continue;
            };
            drop(state);
            // Those that wait have nobody else, so this is never given up.
            let pause = retry.after(Disposition::BackOff);
            self.observer.tell(ServerEvent::WaitFailed {
                error: Arc::new(error),
                retry: pause,
            });
            let deadline = pause.unwrap_or_default().into();
            let state = lock(&self.state);
            drop(wait_while(&self.closed, state, deadline, |state| {
                !state.closed
            }));
        }
    }

    /// What each of the threads does that serve.
    fn serve_clients(&self) {
        loop {
            let state = lock(&self.state);
            let idle = |state: &mut State<C>| state.ready.is_empty() && !state.closed;
            let mut state = wait_while(&self.work, state, Deadline::NEVER, idle);
            let Some(client) = state.ready.pop_front() else {
                return;
            };
            drop(state);
            self.serve(client);
        }
    }

    fn serve(&self, mut client: Client<C>) {
        let peer = client.slot.peer();
        let Client { slot, handler, .. } = &mut client;
        let next = if slot.is_cut() {
            Some(Next::Close)
        } else {
            self.observer.watch(peer, || handler(slot.stream()))
        };
        if next != Some(Next::Wait) {
            self.finish(client);
        } else if let Err((client, error)) = self.put(client) {
            self.die(client, error);
        }
    }

    /// Closes a connection because of what happened while nobody served it.
    fn die(&self, client: Client<C>, error: Error) {
        self.observer.tell(ServerEvent::HandlerFailed {
            peer: client.slot.peer(),
            error: Arc::new(error),
        });
        self.finish(client);
    }

    /// Closes a connection. What its handler had kept is not ours, and may panic.
    fn finish(&self, client: Client<C>) {
        let Client { slot, handler, .. } = client;
        self.observer.watch(slot.peer(), || {
            drop(handler);
            Ok::<_, Infallible>(())
        });
    }

    /// Closes all that are not being served, and lets the threads end.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        let idle: Vec<_> = state.idle.drain().map(|(_, client)| client).collect();
        let ready: Vec<_> = state.ready.drain(..).collect();
        drop(state);
        self.waker.wake();
        self.work.notify_all();
        self.closed.notify_all();
        // It would keep them open.
        let _ = self.set.clear();
        for client in idle.into_iter().chain(ready) {
            self.finish(client);
        }
    }
}

#[cfg(all(test, feature = "seam"))]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;
    use crate::seam;

    type Handler = fn(&TcpStream) -> Result<Next, Error>;

    #[test]
    fn a_wait_that_fails_pauses_and_goes_on_until_it_is_closed() {
        let (sender, told) = std::sync::mpsc::channel();
        let observer = Observer::new(move |event| {
            if let ServerEvent::WaitFailed { retry, .. } = event {
                let _ = sender.send(retry);
            }
        });
        let pool = Pool::<Handler>::new(observer).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let _guard = seam::install(|call| {
                    (call.operation() == Operation::Wait)
                        .then(|| io::ErrorKind::InvalidInput.into())
                });
                pool.wait_for_clients();
            });
            for pause in [5, 10, 20, 40, 80] {
                let patience = Duration::from_secs(20);
                let expected = Some(Duration::from_millis(pause));
                assert_eq!(told.recv_timeout(patience), Ok(expected));
            }
            pool.close();
            waiting.join().unwrap();
        });
    }
}
