//! A server of connections that runs.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::connections::Connections;
use super::crew::Crew;
use super::event::ServerEvent;
use super::halt::Halt;
use super::observer::Observer;
use super::report::{Plan, StopReport};
use super::sync::lock;
use crate::deadline::Deadline;
use crate::error::Error;

/// A server that runs: what [`Server::spawn`](crate::Server::spawn) and
/// [`Server::spawn_pool`](crate::Server::spawn_pool) give.
///
/// Dropping it stops the server as [`stop`](Self::stop) does with no time left. All of its calls can
/// be made from any thread, a handler's too.
///
/// ```
/// use std::time::Duration;
/// use usocket::{Condition, Server, TcpStream};
///
/// let server = Server::bind("127.0.0.1:0")?.spawn(Server::echo)?;
/// let address = server.local_addr();
/// let client = TcpStream::connect(address)?;
///
/// server.stop(Duration::from_secs(5));
/// let error = TcpStream::connect(address).unwrap_err();
/// assert_eq!(error.condition(), Condition::ConnectionRefused);
/// # Ok::<(), usocket::Error>(())
/// ```
#[must_use = "dropping it stops the server"]
pub struct ServerHandle {
    local: SocketAddr,
    running: Arc<Running>,
    release: Mutex<Option<Release>>,
}

/// Lets go of the connections that nobody serves, and of who waits for them.
pub(super) type Release = Box<dyn FnOnce() + Send>;

/// What the handle and the threads of a server share.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) halt: Halt,
    pub(super) connections: Arc<Connections>,
    pub(super) crew: Arc<Crew>,
    pub(super) observer: Observer,
    pub(super) fatal: OnceLock<Arc<Error>>,
}

impl Running {
    pub(super) fn new(limit: usize, observer: &Observer) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            halt: Halt::new()?,
            connections: Connections::new(limit, observer.clone())?,
            crew: Arc::default(),
            observer: observer.clone(),
            fatal: OnceLock::new(),
        }))
    }
}

impl ServerHandle {
    pub(super) fn new(local: SocketAddr, running: &Arc<Running>, release: Option<Release>) -> Self {
        Self {
            local,
            running: Arc::clone(running),
            release: Mutex::new(release),
        }
    }

    fn release(&self) {
        let release = lock(&self.release).take();
        if let Some(release) = release {
            release();
        }
    }

    /// The address that it listens on, or did.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// How many connections are open now.
    ///
    /// ```
    /// # let server = usocket::Server::bind("127.0.0.1:0")?.spawn(usocket::Server::echo)?;
    /// assert_eq!(server.connections(), 0);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn connections(&self) -> usize {
        self.running.connections.count()
    }

    /// The other ends of the connections that are open now, in the order in which they came.
    ///
    /// ```
    /// # let server = usocket::Server::bind("127.0.0.1:0")?.spawn(usocket::Server::echo)?;
    /// for peer in server.peers() {
    ///     println!("{peer}");
    /// }
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn peers(&self) -> Vec<SocketAddr> {
        self.running.connections.peers()
    }

    /// Whether it accepts connections: until somebody stops it, or accepting fails for good.
    ///
    /// ```
    /// # let server = usocket::Server::bind("127.0.0.1:0")?.spawn(usocket::Server::echo)?;
    /// assert!(server.is_running());
    /// server.stop(std::time::Duration::from_secs(5));
    /// assert!(!server.is_running());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn is_running(&self) -> bool {
        self.running.connections.is_accepting()
    }

    /// Waits until the server has ended, be it that another thread stops it or that it can accept no
    /// more, and until all of its connections have.
    ///
    /// # Errors
    ///
    /// What it ended of, if nobody stopped it: an error of accepting whose
    /// [disposition](Error::disposition) is [`Fatal`](crate::Disposition::Fatal).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let server = usocket::Server::bind("127.0.0.1:0")?.spawn(usocket::Server::echo)?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| server.stop(Duration::from_secs(5)));
    ///     server.join()
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn join(&self) -> Result<(), Arc<Error>> {
        self.running.connections.wait_over(Deadline::NEVER);
        self.release();
        self.running.crew.wait(Deadline::NEVER);
        match self.running.fatal.get() {
            None => Ok(()),
            Some(error) => Err(Arc::clone(error)),
        }
    }

    /// Stops the server by the deadline, as gently as that allows, and says what it came to.
    ///
    /// 1. The listener is closed: who connects now is refused, and so is who waited to be accepted.
    /// 2. The receiving side of every connection is ended. A handler that waits for its peer gets
    ///    the end of the stream and can leave; one that sends can go on. Linux lets it read what had
    ///    come by then, other systems need not.
    /// 3. What is left shortly before the deadline is cut: both directions are ended, so that a
    ///    handler which is stuck in sending gets an error. Shortly is a tenth of the time that there
    ///    was, at least 100 ms and at most a second; a deadline nearer than 100 ms counts as 100 ms.
    /// 4. At the deadline it returns. Nobody can end a handler that is busy with something else
    ///    than its connection; [`StopReport::unfinished`] names those, and they end on their own
    ///    when the handler returns.
    ///
    /// When it returns before the deadline, every thread and descriptor of the server is gone. With
    /// [`Deadline::NEVER`] nothing is cut. To stop again changes nothing but the deadline.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::TcpStream;
    ///
    /// # let server = usocket::Server::bind("127.0.0.1:0")?.spawn(usocket::Server::echo)?;
    /// let client = TcpStream::connect(server.local_addr())?;
    /// let left = server.stop(Duration::from_secs(5));
    /// for peer in &left.cut {
    ///     eprintln!("had to cut off {peer}");
    /// }
    /// # assert!(left.is_clean());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn stop(&self, deadline: impl Into<Deadline>) -> StopReport {
        let plan = Plan::new(deadline.into());
        let Running {
            halt,
            connections,
            crew,
            observer,
            fatal,
        } = &*self.running;
        let open = connections.count();
        connections.begin_stop();
        if halt.throw() {
            observer.tell(ServerEvent::Stopping { open });
        }
        if !connections.wait_over(plan.cut) {
            connections.cut();
        }
        self.release();
        crew.wait(plan.end);
        let ended = connections.ended();
        StopReport {
            finished: ended.finished,
            cut: ended.cut,
            unfinished: ended.unfinished,
            error: fatal.get().cloned(),
        }
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        // Whoever stopped it has waited as long as he wanted to.
        if !self.running.halt.is_thrown() {
            let _ = self.stop(Duration::ZERO);
        }
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle")
            .field("local", &self.local)
            .field("running", &self.is_running())
            .field("connections", &self.connections())
            .finish_non_exhaustive()
    }
}
