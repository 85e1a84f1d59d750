//! The proxy itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use usocket::UdpSocket;

use super::door::Door;
use super::error::ProxyError;
use super::plan::Plan;
use super::report::Connection;
use super::{datagrams, streams};
use crate::discover::PortLease;
use crate::protocol::Protocol;

/// A server's stand-in, which passes on what it is told to, how it is told to.
///
/// It listens on a port of its own and ends when it is dropped: its connections are closed, and its threads are gone,
/// whatever its peers do or leave undone. See [the module](super) for a guide.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::{TcpListener, TcpStream};
/// use usocket_testkit::proxy::Proxy;
///
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let proxy = Proxy::tcp(server.local_addr()?)?;
///
/// let mut client = TcpStream::connect(proxy.addr())?;
/// client.write_all(b"hello")?;
/// let (mut accepted, _) = server.accept()?;
/// let mut hello = [0; 5];
/// accepted.read_exact(&mut hello)?;
/// assert_eq!(&hello, b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It takes a thread, and for each TCP connection two more; for each client that sends datagrams one more.
#[derive(Debug)]
pub struct Proxy {
    door: Arc<Door>,
    protocol: Protocol,
    thread: Option<JoinHandle<()>>,
    /// Keeps the port while nobody listens there.
    _lease: Option<PortLease>,
}

impl Proxy {
    /// A proxy for TCP in front of this server, on an unused port of the loopback address of the same family.
    ///
    /// The server need not be there yet.
    ///
    /// # Errors
    ///
    /// [`ProxyError::Listen`], [`ProxyError::Resources`].
    pub fn tcp(server: impl Into<SocketAddr>) -> Result<Self, ProxyError> {
        let server = server.into();
        Self::tcp_at(loopback(server), server)
    }

    /// The same at another address of this machine, such as one of a lab, or of the other family.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    ///
    /// ```
    /// use std::net::{TcpListener, TcpStream};
    /// use usocket_testkit::proxy::Proxy;
    ///
    /// // A client that speaks IPv4 reaches a server that speaks IPv6.
    /// # if !usocket_testkit::discover::ipv6().has_loopback() { return Ok(()) }
    /// let server = TcpListener::bind("[::1]:0")?;
    /// let proxy = Proxy::tcp_at([127, 0, 0, 1], server.local_addr()?)?;
    /// TcpStream::connect(proxy.addr())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tcp_at(
        ip: impl Into<IpAddr>,
        server: impl Into<SocketAddr>,
    ) -> Result<Self, ProxyError> {
        let (ip, server) = (ip.into(), server.into());
        let failed = |source| ProxyError::Listen { ip, source };
        let lease = PortLease::tcp(ip).map_err(failed)?;
        let listener = streams::listen(lease.addr()).map_err(failed)?;
        let protocol = if ip.is_ipv4() {
            Protocol::Tcp4
        } else {
            Protocol::Tcp6
        };
        Self::start(protocol, lease.addr(), server, Some(lease), |door| {
            streams::serve(listener, &door);
        })
    }

    /// A proxy for UDP in front of this server, on an unused port of the loopback address of the same family.
    ///
    /// Each client has a socket of its own towards the server, so that the server tells them apart and its answers find
    /// the way back. What the network says to the proxy about a server that is not there, it keeps for itself.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    ///
    /// ```
    /// use std::net::UdpSocket;
    /// use std::time::Duration;
    /// use usocket_testkit::proxy::{Plan, Proxy};
    ///
    /// let server = UdpSocket::bind("127.0.0.1:0")?;
    /// server.set_read_timeout(Some(Duration::from_secs(10)))?;
    /// let proxy = Proxy::udp(server.local_addr()?)?.plan(Plan::new().to_server().lose(0..1))?;
    ///
    /// let client = UdpSocket::bind("127.0.0.1:0")?;
    /// client.send_to(b"lost", proxy.addr())?;
    /// client.send_to(b"found", proxy.addr())?;
    /// let mut buffer = [0; 16];
    /// let length = server.recv(&mut buffer)?;
    /// assert_eq!(&buffer[..length], b"found");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn udp(server: impl Into<SocketAddr>) -> Result<Self, ProxyError> {
        let server = server.into();
        Self::udp_at(loopback(server), server)
    }

    /// The same at another address of this machine, such as one of a lab, or of the other family.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn udp_at(
        ip: impl Into<IpAddr>,
        server: impl Into<SocketAddr>,
    ) -> Result<Self, ProxyError> {
        let (ip, server) = (ip.into(), server.into());
        let listen = || {
            let socket = UdpSocket::bind(SocketAddr::new(ip, 0))?;
            let addr = socket.local_addr()?;
            Ok((socket, addr))
        };
        let (socket, addr) = listen().map_err(|error: usocket::Error| ProxyError::Listen {
            ip,
            source: error.into(),
        })?;
        let protocol = if ip.is_ipv4() {
            Protocol::Udp4
        } else {
            Protocol::Udp6
        };
        Self::start(protocol, addr, server, None, |door| {
            datagrams::serve(socket, &door);
        })
    }

    fn start(
        protocol: Protocol,
        addr: SocketAddr,
        server: SocketAddr,
        lease: Option<PortLease>,
        serve: impl FnOnce(Arc<Door>) + Send + 'static,
    ) -> Result<Self, ProxyError> {
        let door = Arc::new(Door::new(addr, server).map_err(ProxyError::resources)?);
        let thread = {
            let door = Arc::clone(&door);
            Builder::new().spawn(move || serve(door))
        };
        Ok(Self {
            door,
            protocol,
            thread: Some(thread.map_err(ProxyError::resources)?),
            _lease: lease,
        })
    }

    /// The same with a plan from the beginning: see [`now`](Self::now).
    ///
    /// # Errors
    ///
    /// As [`now`](Self::now).
    pub fn plan(self, plan: Plan) -> Result<Self, ProxyError> {
        self.now(plan)?;
        Ok(self)
    }

    /// From now on this plan holds, for all that come and for those that stand, and plans for the
    /// [`next`](Self::next) ones are forgotten.
    ///
    /// What is under way keeps its delay, and meets the new plan when it is due. What was stalled goes on, where the
    /// new plan says nothing else; what has been reset or closed stays so. When this returns, a connect that follows is
    /// refused if the plan is [`Plan::refuse`], and accepted otherwise.
    ///
    /// # Errors
    ///
    /// [`ProxyError::BadPlan`] and [`ProxyError::OtherProtocol`], and everything stays as it was;
    /// [`ProxyError::Listen`] where the port cannot be had again after clients were refused;
    /// [`ProxyError::Resources`].
    ///
    /// ```
    /// use std::io::{ErrorKind, Read};
    /// use std::net::{TcpListener, TcpStream};
    /// use usocket_testkit::proxy::{Plan, Proxy};
    ///
    /// let server = TcpListener::bind("127.0.0.1:0")?;
    /// let proxy = Proxy::tcp(server.local_addr()?)?;
    /// let mut client = TcpStream::connect(proxy.addr())?;
    /// let accepted = server.accept()?;
    ///
    /// proxy.now(Plan::new().reset_after(0))?;
    /// assert_eq!(client.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    ///
    /// proxy.now(Plan::refuse())?;
    /// let error = TcpStream::connect(proxy.addr()).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    /// # drop(accepted);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn now(&self, plan: Plan) -> Result<(), ProxyError> {
        plan.check(self.protocol)?;
        self.door.set(plan)
    }

    /// The next connection that nobody has claimed yet has this plan; called again, the one after it.
    ///
    /// Over UDP that is the next client. Connections are counted as the proxy accepts them: what is to hold for one is
    /// said before it is made.
    ///
    /// # Errors
    ///
    /// [`ProxyError::BadPlan`], [`ProxyError::OtherProtocol`], [`ProxyError::RefusesOne`].
    ///
    /// ```
    /// use std::net::{TcpListener, TcpStream};
    /// use std::time::Duration;
    /// use usocket_testkit::proxy::{Ended, Plan, Proxy};
    ///
    /// let server = TcpListener::bind("127.0.0.1:0")?;
    /// let proxy = Proxy::tcp(server.local_addr()?)?;
    /// proxy.next(Plan::new().close_after(0))?;
    ///
    /// let first = TcpStream::connect(proxy.addr())?;
    /// let ended = proxy.ended(1, Duration::from_secs(10))?;
    /// assert_eq!(ended[0].ended(), Some(Ended::ClosedByPlan));
    /// # drop(first);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next(&self, plan: Plan) -> Result<(), ProxyError> {
        plan.check(self.protocol)?;
        if plan.refuses() {
            return Err(ProxyError::RefusesOne);
        }
        self.door.set_next(plan);
        Ok(())
    }

    /// Where clients come in.
    pub fn addr(&self) -> SocketAddr {
        self.door.addr
    }

    /// Where they are brought.
    pub fn server(&self) -> SocketAddr {
        self.door.server
    }

    /// All connections so far, in the order in which they came; over UDP, all clients.
    pub fn connections(&self) -> Vec<Connection> {
        self.door.report()
    }

    /// The same, as soon as so many connections have ended.
    ///
    /// # Errors
    ///
    /// [`ProxyError::NotEnded`], when they have not within that time.
    pub fn ended(&self, count: usize, within: Duration) -> Result<Vec<Connection>, ProxyError> {
        let ended = self.door.wait_ended(count, within);
        if ended < count {
            return Err(ProxyError::NotEnded {
                expected: count,
                ended,
                within,
            });
        }
        Ok(self.connections())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.door.shut();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn loopback(server: SocketAddr) -> IpAddr {
    match server {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}
