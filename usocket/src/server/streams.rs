//! A server of connections that is to be started.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::accept;
use super::connections::Slot;
use super::event::ServerEvent;
use super::handle::{Running, ServerHandle};
use super::observer::Observer;
use super::pool::{Next, Pool};
use crate::endpoint::ToEndpoint;
use crate::error::Error;
use crate::listen::TcpListener;
use crate::stream::TcpStream;

/// A server of TCP connections, bound and not yet running.
///
/// It accepts, serves each connection by a handler of yours, and keeps what goes wrong with one of
/// them from all others.
///
/// | what happens | what it does |
/// | --- | --- |
/// | a handler gives an error or panics | closes this connection, tells |
/// | a connection dies before it is accepted | accepts the next |
/// | no descriptor, memory or thread is left | tells, pauses from 5 ms to a second, tries again |
/// | harmless failures, more than 64 in a row | the same |
/// | the listener is of no use any more | tells, ends; [`ServerHandle::join`] gives the error |
/// | [`max_connections`](Self::max_connections) are open | leaves the others to the backlog |
///
/// What to do after a failed accept is decided by [`Error::disposition`]. Nothing is printed: to
/// learn of it all, see [`on_event`](Self::on_event), or the feature `tracing`.
///
/// Isolation of panics needs unwinding: with `panic = "abort"` a panic ends the program.
///
/// ```
/// use std::time::Duration;
/// use usocket::Server;
///
/// let server = Server::bind("127.0.0.1:0")?.max_connections(512).spawn(|mut stream, _peer| {
///     std::io::copy(&mut stream.try_clone()?, &mut stream).map(drop)
/// })?;
/// println!("{}", server.local_addr());
/// let left = server.stop(Duration::from_secs(5));
/// assert!(left.is_clean());
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Debug)]
#[doc(alias = "socket-server")]
#[must_use = "it serves nobody until `spawn`"]
pub struct Server {
    listener: TcpListener,
    limit: usize,
    observer: Observer,
}

impl Server {
    /// Binds and listens, with the defaults of [`ListenOptions`](crate::ListenOptions).
    ///
    /// From now on clients can connect; they are served once the server runs.
    ///
    /// # Errors
    ///
    /// Those of [`ListenOptions::bind`](crate::ListenOptions::bind).
    ///
    /// ```
    /// let server = usocket::Server::bind("127.0.0.1:0")?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn bind(endpoint: impl ToEndpoint) -> Result<Self, Error> {
        TcpListener::bind(endpoint).map(Self::on)
    }

    /// A server on a listener that was prepared before.
    ///
    /// ```
    /// use usocket::{ListenOptions, Server};
    ///
    /// let listener = ListenOptions::new().backlog(1024).nodelay(true).bind("[::1]:0")?;
    /// let server = Server::on(listener).spawn(Server::echo)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn on(listener: TcpListener) -> Self {
        Self {
            listener,
            limit: 512,
            observer: Observer::default(),
        }
    }

    /// How many connections may be open at a time; 512 if nothing is said, and at least 1.
    ///
    /// As long as so many are, none is accepted: the next ones wait in the listener's
    /// [backlog](crate::ListenOptions::backlog), and the first of them is accepted when a connection
    /// ends.
    ///
    /// ```
    /// use usocket::Server;
    ///
    /// let server = Server::bind("127.0.0.1:0")?.max_connections(10_000).spawn(Server::echo)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limit = connections;
        self
    }

    /// Tells `callback` of everything that happens; of several callbacks, the last one.
    ///
    /// It is called by the thread that it happened to, which waits for it: it should be quick. A
    /// panic in it is caught and changes nothing.
    ///
    /// ```
    /// use usocket::Server;
    ///
    /// let server = Server::bind("127.0.0.1:0")?
    ///     .on_event(|event| eprintln!("{event}"))
    ///     .spawn(Server::echo)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn on_event(mut self, callback: impl Fn(ServerEvent) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(callback);
        self
    }

    /// Starts the server, with a thread for each connection.
    ///
    /// `handler` gets the stream and the peer's address. When it returns, with whatever result, or
    /// panics, the connection is closed; a clone of the stream that it has left somewhere lives on.
    /// The stream blocks and has no timeouts; those are the handler's business, and so is a peer
    /// that sends nothing for ever.
    ///
    /// One thread accepts, named `usocket-accept`, and each connection gets one of its own, named
    /// `usocket-serve`, started when it is accepted. Idle, such a thread took 18 KB of memory
    /// on Linux (x86-64), beside the 2 MB of addresses that std sets aside for its stack. For
    /// thousands of connections that are mostly idle, see [`spawn_pool`](Self::spawn_pool).
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles), and
    /// [`OutOfMemory`](crate::Condition::OutOfMemory) if no thread can be started.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use std::time::Duration;
    /// use usocket::{Server, TcpStream};
    ///
    /// let server = Server::bind("127.0.0.1:0")?
    ///     .spawn(|mut stream, peer| writeln!(stream, "Hello, {}!", peer.ip()))?;
    ///
    /// let mut greeting = String::new();
    /// let mut client = TcpStream::connect(server.local_addr())?;
    /// client.set_read_timeout(Some(Duration::from_secs(9)))?;
    /// client.read_to_string(&mut greeting)?;
    /// assert_eq!(greeting, "Hello, 127.0.0.1!\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "default-tcp-handler")]
    #[doc(alias = ":in-new-thread")]
    #[doc(alias = ":multi-threading")]
    pub fn spawn<F, E>(self, handler: F) -> Result<ServerHandle, Error>
    where
        F: Fn(&TcpStream, SocketAddr) -> Result<(), E> + Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let running = Running::new(self.limit, &self.observer)?;
        let handle = ServerHandle::new(self.listener.local_addr()?, &running, None);
        let handler = Arc::new(handler);
        let (crew, observer) = (Arc::clone(&running.crew), self.observer.clone());
        let serve = move |slot: Slot| {
            let (handler, observer) = (Arc::clone(&handler), observer.clone());
            crew.start("usocket-serve", move || {
                let peer = slot.peer();
                observer.watch(peer, || handler(slot.stream(), peer));
            })
        };
        self.accept(running, serve)?;
        Ok(handle)
    }

    /// Starts the server, with a fixed number of threads for all connections.
    ///
    /// `factory` is called once for each connection, by the thread that accepts, so it should be
    /// quick; the handler that it gives has the connection's own state. The handler is called by one
    /// of the threads whenever there is something to receive, the end of the stream or an error too,
    /// and says whether to [wait](Next::Wait) for more or to [close](Next::Close). It should receive
    /// once and not wait for more itself, since it holds up a thread.
    ///
    /// Of one connection never two threads run the handler at a time. Who has something to receive
    /// is served in turn, however much he sends. A handler that has seen the end of the stream and
    /// still says [`Next::Wait`] is not called for ever: the connection is closed.
    ///
    /// One thread accepts, named `usocket-accept`, one waits for idle connections, named
    /// `usocket-wait`, and `threads` serve, at least one, named `usocket-serve`. An idle connection took a descriptor and half a KB of memory. All threads can be busy
    /// with clients that do not take what is sent to them; against those a write timeout helps.
    ///
    /// # Errors
    ///
    /// Those of [`spawn`](Self::spawn) and [`WaitSet::new`](crate::WaitSet::new).
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::{Error, Next, Server, TcpStream};
    ///
    /// // A counter for each connection.
    /// let server = Server::bind("127.0.0.1:0")?.spawn_pool(4, |_peer| {
    ///     let mut total = 0;
    ///     move |stream: &TcpStream| -> Result<Next, Error> {
    ///         match stream.recv(&mut [0; 512])? {
    ///             0 => Ok(Next::Close),
    ///             length => {
    ///                 total += length;
    ///                 let line = format!("{total}\n");
    ///                 stream.write_all_deadline(line.as_bytes(), Duration::from_secs(5))?;
    ///                 Ok(Next::Wait)
    ///             }
    ///         }
    ///     }
    /// })?;
    ///
    /// let client = TcpStream::connect(server.local_addr())?;
    /// let mut line = [0; 2];
    /// for expected in [b"4\n", b"8\n"] {
    ///     client.send(b"ping")?;
    ///     client.read_exact_deadline(&mut line, Duration::from_secs(9))?;
    ///     assert_eq!(&line, expected);
    /// }
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn spawn_pool<F, C, E>(self, threads: usize, mut factory: F) -> Result<ServerHandle, Error>
    where
        F: FnMut(SocketAddr) -> C + Send + 'static,
        C: FnMut(&TcpStream) -> Result<Next, E> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let running = Running::new(self.limit, &self.observer)?;
        let pool = Pool::new(self.observer.clone())?;
        running.connections.wakes(pool.waker());
        let (closing, observer) = (Arc::clone(&pool), self.observer.clone());
        let release = Box::new(move || closing.close());
        let handle = ServerHandle::new(self.listener.local_addr()?, &running, Some(release));
        // If one cannot be started, dropping the handle ends those before it.
        pool.start(&running.crew, threads)?;
        self.accept(running, move |slot| {
            let peer = slot.peer();
            let made = observer.watch(peer, || Ok::<_, Infallible>(factory(peer)));
            made.map_or(Ok(()), |handler| pool.admit(slot, handler))
        })?;
        Ok(handle)
    }

    /// Starts the thread that accepts.
    fn accept(
        self,
        running: Arc<Running>,
        serve: impl FnMut(Slot) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let listener = self.listener;
        let accepting = running.connections.accepting();
        let crew = Arc::clone(&running.crew);
        crew.start("usocket-accept", move || {
            let _accepting = accepting;
            let Running {
                halt,
                connections,
                observer,
                fatal,
                ..
            } = &*running;
            let Some(cancel) = halt.cancel() else {
                return;
            };
            // The listener is the loop's own, so that it is closed with it.
            let accept = move || listener.accept_deadline(&cancel);
            if let Some(error) = accept::run(accept, serve, halt, connections, observer) {
                let _ = fatal.set(error);
            }
        })
    }

    /// A handler that sends back what it gets, until the peer ends the stream.
    ///
    /// # Errors
    ///
    /// Those of `Read` and `Write`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::{Server, TcpStream};
    ///
    /// let server = Server::bind("127.0.0.1:0")?.spawn(Server::echo)?;
    /// let client = TcpStream::connect(server.local_addr())?;
    /// client.send(b"ping")?;
    /// let mut answer = [0; 4];
    /// client.read_exact_deadline(&mut answer, Duration::from_secs(9))?;
    /// assert_eq!(&answer, b"ping");
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "echo-tcp-handler")]
    pub fn echo(mut stream: &TcpStream, _peer: SocketAddr) -> io::Result<()> {
        let mut source = stream;
        io::copy(&mut source, &mut stream).map(drop)
    }
}
