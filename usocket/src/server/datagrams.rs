//! A server of datagrams.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::crew::Crew;
use super::event::ServerEvent;
use super::halt::Halt;
use super::observer::Observer;
use super::report::{Plan, StopReport};
use super::retry::Retry;
use super::sync::lock;
use crate::cancel::Cancel;
use crate::datagram::UdpSocket;
use crate::deadline::Deadline;
use crate::endpoint::ToEndpoint;
use crate::error::Error;

/// No datagram is longer: see [`MAX_DATAGRAM`](crate::MAX_DATAGRAM).
const LONGEST: usize = 65_535;

/// A server of UDP datagrams, bound and not yet running.
///
/// It receives, has each datagram answered by a handler of yours, and keeps what goes wrong with one
/// from all others: an error or a panic of the handler, an answer that cannot be sent, a datagram
/// that is too long, what the network says of an earlier answer. Nothing is printed: to learn of it
/// all, see [`on_event`](Self::on_event), or the feature `tracing`. When nothing can be received, it
/// does as [`Server`](crate::Server) does when nothing can be accepted.
///
/// ```
/// use std::time::Duration;
/// use usocket::{DatagramServer, UdpSocket};
///
/// let server = DatagramServer::bind("127.0.0.1:0")?
///     .max_datagram(1500)
///     .spawn(|bytes, _peer| {
///         let text = std::str::from_utf8(bytes)?;
///         Ok::<_, std::str::Utf8Error>(Some(text.to_uppercase().into_bytes()))
///     })?;
///
/// let client = UdpSocket::bind("127.0.0.1:0")?;
/// client.send_to(b"ping", server.local_addr())?;
/// let mut answer = [0; 16];
/// let got = client.recv_from_deadline(&mut answer, Duration::from_secs(9))?;
/// assert_eq!(&answer[..got.len], b"PING");
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Debug)]
#[doc(alias = "socket-server")]
#[must_use = "it serves nobody until `spawn`"]
pub struct DatagramServer {
    socket: UdpSocket,
    limit: usize,
    threads: usize,
    observer: Observer,
}

impl DatagramServer {
    /// Makes a socket and binds it, with the defaults of [`UdpOptions`](crate::UdpOptions).
    ///
    /// # Errors
    ///
    /// Those of [`UdpOptions::bind`](crate::UdpOptions::bind).
    ///
    /// ```
    /// let server = usocket::DatagramServer::bind("127.0.0.1:0")?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn bind(endpoint: impl ToEndpoint) -> Result<Self, Error> {
        UdpSocket::bind(endpoint).map(Self::on)
    }

    /// A server on a socket that was prepared before. If it is connected, its peer is the only
    /// client.
    ///
    /// ```
    /// use usocket::{DatagramServer, UdpOptions};
    ///
    /// let socket = UdpOptions::new().broadcast(true).bind("127.0.0.1:0")?;
    /// let server = DatagramServer::on(socket).spawn(DatagramServer::echo)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn on(socket: UdpSocket) -> Self {
        Self {
            socket,
            limit: LONGEST,
            threads: 1,
            observer: Observer::default(),
        }
    }

    /// How many bytes a datagram may have; 65 535 if nothing is said, which all have.
    ///
    /// Each thread has one buffer of that size. A longer datagram is dropped, never handed over cut
    /// off: see [`ServerEvent::DatagramTooLong`]. Answers are sent as the handler gives them,
    /// whatever this number is.
    ///
    /// ```
    /// use usocket::DatagramServer;
    ///
    /// let server = DatagramServer::bind("127.0.0.1:0")?.max_datagram(512);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = ":max-buffer-size")]
    pub fn max_datagram(mut self, bytes: usize) -> Self {
        self.limit = bytes.min(LONGEST);
        self
    }

    /// How many threads receive and answer; 1 if nothing is said, and at least 1.
    ///
    /// With more than one, datagrams of one peer can be answered in another order than they came.
    ///
    /// ```
    /// use usocket::DatagramServer;
    ///
    /// let server = DatagramServer::bind("127.0.0.1:0")?.threads(4).spawn(DatagramServer::echo)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Tells `callback` of everything that happens: see [`Server::on_event`](crate::Server::on_event).
    ///
    /// ```
    /// use usocket::DatagramServer;
    ///
    /// let server = DatagramServer::bind("127.0.0.1:0")?
    ///     .on_event(|event| eprintln!("{event}"))
    ///     .spawn(DatagramServer::echo)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn on_event(mut self, callback: impl Fn(ServerEvent) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(callback);
        self
    }

    /// Starts the server. `handler` gets each datagram and its sender, and gives what is to be sent
    /// back, if anything.
    ///
    /// The threads are named `usocket-udp`.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles), and
    /// [`OutOfMemory`](crate::Condition::OutOfMemory) if no thread can be started.
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    /// use std::time::Duration;
    /// use usocket::{DatagramServer, UdpSocket};
    ///
    /// let (sender, lines) = channel();
    /// let server = DatagramServer::bind("127.0.0.1:0")?.spawn(move |bytes, peer| {
    ///     sender.send(format!("{peer}: {} bytes", bytes.len()))?;
    ///     Ok::<_, Box<dyn std::error::Error + Send + Sync>>(None)
    /// })?;
    ///
    /// let client = UdpSocket::bind("127.0.0.1:0")?;
    /// client.send_to(b"ping", server.local_addr())?;
    /// let line = lines.recv_timeout(Duration::from_secs(9))?;
    /// assert_eq!(line, format!("{}: 4 bytes", client.local_addr()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = ":in-new-thread")]
    pub fn spawn<F, E>(self, handler: F) -> Result<DatagramServerHandle, Error>
    where
        F: Fn(&[u8], SocketAddr) -> Result<Option<Vec<u8>>, E> + Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let local = self.socket.local_addr()?;
        let handle = DatagramServerHandle {
            local,
            running: Arc::new(Running {
                halt: Halt::new()?,
                crew: Arc::default(),
                observer: self.observer,
                limit: self.limit,
                busy: Mutex::new(Busy {
                    peers: Vec::new(),
                    finished: 0,
                }),
                fatal: OnceLock::new(),
            }),
        };
        let shared = Arc::new((self.socket, handler));
        for thread in 0..self.threads {
            let (running, shared) = (Arc::clone(&handle.running), Arc::clone(&shared));
            lock(&handle.running.busy).peers.push(None);
            // If one cannot be started, dropping the handle ends those before it.
            handle.running.crew.start("usocket-udp", move || {
                let (socket, handler) = &*shared;
                running.serve(thread, socket, handler);
            })?;
        }
        Ok(handle)
    }

    /// A handler that sends back what it gets.
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// ```
    /// use usocket::DatagramServer;
    ///
    /// let server = DatagramServer::bind("127.0.0.1:0")?.spawn(DatagramServer::echo)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "default-udp-handler")]
    pub fn echo(bytes: &[u8], _peer: SocketAddr) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(Some(bytes.to_vec()))
    }
}

/// What the handle and the threads share.
#[derive(Debug)]
struct Running {
    halt: Halt,
    crew: Arc<Crew>,
    observer: Observer,
    limit: usize,
    busy: Mutex<Busy>,
    fatal: OnceLock<Arc<Error>>,
}

#[derive(Debug)]
struct Busy {
    /// For each thread, whose datagram it is answering.
    peers: Vec<Option<SocketAddr>>,
    /// How many were answered since somebody stops the server.
    finished: usize,
}

impl Running {
    /// What each thread does until the halt.
    fn serve<F, E>(&self, thread: usize, socket: &UdpSocket, handler: &F)
    where
        F: Fn(&[u8], SocketAddr) -> Result<Option<Vec<u8>>, E>,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let mut buffer = vec![0; self.limit];
        let mut retry = Retry::new();
        let Some(cancel) = self.halt.cancel() else {
            return;
        };
        // A receive that was called off takes what waits already; that could go on for ever.
        while !self.halt.is_thrown() {
            match socket.recv_from_deadline(&mut buffer, &cancel) {
                Ok(got) if got.truncated => self.observer.tell(ServerEvent::DatagramTooLong {
                    peer: got.peer,
                    length: got.full_len,
                    limit: self.limit,
                }),
                Ok(got) => {
                    let (bytes, peer) = (&buffer[..got.len], got.peer);
                    lock(&self.busy).peers[thread] = Some(peer);
                    if let Some(Some(reply)) = self.observer.watch(peer, || handler(bytes, peer)) {
                        self.reply(socket, &reply, peer, &cancel);
                    }
                    let mut busy = lock(&self.busy);
                    busy.peers[thread] = None;
                    busy.finished += usize::from(self.halt.is_thrown());
                }
                Err(_) if self.halt.is_thrown() => return,
                Err(error) => {
                    if self.pause(&mut retry, error) {
                        continue;
                    }
                    return;
                }
            }
            retry.succeeded();
        }
    }

    fn reply(&self, socket: &UdpSocket, reply: &[u8], peer: SocketAddr, cancel: &Cancel) {
        // While the server stops, it is sent if there is room for it.
        if let Err(error) = socket.send_to_deadline(reply, peer, cancel) {
            let error = Arc::new(error);
            self.observer.tell(ServerEvent::ReplyFailed { peer, error });
        }
    }

    /// What to do when nothing could be received; gives whether to go on.
    fn pause(&self, retry: &mut Retry, error: Error) -> bool {
        let pause = retry.after(error.disposition());
        let error = Arc::new(error);
        self.observer.tell(ServerEvent::ReceiveFailed {
            error: Arc::clone(&error),
            retry: pause,
        });
        if let Some(pause) = pause {
            return self.halt.pause(pause);
        }
        // The other threads would find the same.
        let _ = self.fatal.set(error);
        self.halt.throw();
        false
    }
}

/// A server of datagrams that runs: what [`DatagramServer::spawn`] gives.
///
/// Dropping it stops the server as [`stop`](Self::stop) does with no time left.
///
/// ```
/// use std::time::Duration;
/// use usocket::DatagramServer;
///
/// let server = DatagramServer::bind("127.0.0.1:0")?.spawn(DatagramServer::echo)?;
/// println!("{}", server.local_addr());
/// assert!(server.stop(Duration::from_secs(5)).is_clean());
/// # Ok::<(), usocket::Error>(())
/// ```
#[must_use = "dropping it stops the server"]
pub struct DatagramServerHandle {
    local: SocketAddr,
    running: Arc<Running>,
}

impl DatagramServerHandle {
    /// The address that it receives at, or did.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Whether it receives: until somebody stops it, or receiving fails for good.
    ///
    /// ```
    /// # use usocket::DatagramServer;
    /// # let server = DatagramServer::bind("127.0.0.1:0")?.spawn(DatagramServer::echo)?;
    /// assert!(server.is_running());
    /// server.stop(std::time::Duration::from_secs(5));
    /// assert!(!server.is_running());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn is_running(&self) -> bool {
        !self.running.halt.is_thrown()
    }

    /// Waits until the server has ended, be it that another thread stops it or that it can receive no
    /// more.
    ///
    /// # Errors
    ///
    /// What it ended of, if nobody stopped it: an error of receiving whose
    /// [disposition](Error::disposition) is [`Fatal`](crate::Disposition::Fatal).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # use usocket::DatagramServer;
    /// # let server = DatagramServer::bind("127.0.0.1:0")?.spawn(DatagramServer::echo)?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| server.stop(Duration::from_secs(5)));
    ///     server.join()
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn join(&self) -> Result<(), Arc<Error>> {
        self.running.crew.wait(Deadline::NEVER);
        match self.running.fatal.get() {
            None => Ok(()),
            Some(error) => Err(Arc::clone(error)),
        }
    }

    /// Stops the server by the deadline: nothing more is received, handlers that are at work can
    /// finish, and their answers are sent.
    ///
    /// At the deadline it returns; one nearer than 100 ms counts as 100 ms. Nobody can end a handler
    /// that is busy: [`StopReport::unfinished`] says with whom they are, and they end on their own.
    /// When it returns before the deadline, every thread and descriptor of the server is gone.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # use usocket::DatagramServer;
    /// # let server = DatagramServer::bind("127.0.0.1:0")?.spawn(DatagramServer::echo)?;
    /// let left = server.stop(Duration::from_secs(5));
    /// assert!(left.unfinished.is_empty());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn stop(&self, deadline: impl Into<Deadline>) -> StopReport {
        let plan = Plan::new(deadline.into());
        let Running {
            halt,
            crew,
            observer,
            busy,
            fatal,
            ..
        } = &*self.running;
        let open = lock(busy).peers.iter().flatten().count();
        if halt.throw() {
            observer.tell(ServerEvent::Stopping { open });
        }
        crew.wait(plan.end);
        let busy = lock(busy);
        StopReport {
            finished: busy.finished,
            cut: Vec::new(),
            unfinished: busy.peers.iter().flatten().copied().collect(),
            error: fatal.get().cloned(),
        }
    }
}

impl Drop for DatagramServerHandle {
    fn drop(&mut self) {
        // Whoever stopped it has waited as long as he wanted to.
        if self.is_running() {
            let _ = self.stop(Duration::ZERO);
        }
    }
}

impl fmt::Debug for DatagramServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatagramServerHandle")
            .field("local", &self.local)
            .field("running", &self.is_running())
            .finish_non_exhaustive()
    }
}
