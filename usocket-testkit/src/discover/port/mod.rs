//! Ports that are nobody else's.

mod other_network;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod system;

// What other systems do can be done here too, so it is tested here too.
#[cfg(all(test, target_os = "linux"))]
mod elsewhere;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use socket2::{Domain, Socket, Type};

use crate::certainty::Certainty;
use crate::network::NetworkId;

pub use other_network::OtherNetwork;

/// A TCP port of 127.0.0.1 that nobody uses and nobody gets, for as long as the lease lives.
///
/// Short for [`PortLease::tcp`] with the IPv4 loopback address.
///
/// ```
/// use std::net::{TcpListener, TcpStream};
///
/// let lease = usocket_testkit::discover::unused_port()?;
/// assert!(TcpStream::connect(lease.addr()).is_err()); // refused: nobody listens
/// # #[cfg(target_os = "linux")]
/// # {
/// let server = TcpListener::bind(lease.addr())?; // and yet a server can have it
/// assert!(TcpStream::connect(lease.addr()).is_ok());
/// # drop(server);
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn unused_port() -> io::Result<PortLease> {
    PortLease::tcp(Ipv4Addr::LOCALHOST)
}

/// A port that is ours until the lease is dropped.
///
/// Finding a free port and closing it again is a race: another process may take it before the
/// server under test does. A lease keeps the port instead, of an IPv4 or an IPv6 address of this
/// machine.
///
/// | lease | a client that comes | a server under test |
/// | --- | --- | --- |
/// | [`tcp`](Self::tcp) | is refused | can bind it and listen, in this process or another, if it sets `SO_REUSEADDR`, as std's and tokio's listeners do |
/// | [`udp`](Self::udp) | sends into silence | gets the socket itself by [`take`](Self::take) |
/// | [`udp_refusing`](Self::udp_refusing) | is refused: "port unreachable" | cannot have it |
///
/// On Linux each is [`Certainty::Held`]: the system gives a bound port to nobody who does not name
/// it, neither for `bind` to port 0 nor for the automatic bind of `connect`. On other systems a
/// bound port cannot be shared with a server in this way; there a TCP lease is a port that was free
/// when it was looked for and that no other lease of this process has, [`Certainty::Likely`].
///
/// A port means nothing outside its network. A lease remembers the network namespace of the thread
/// that made it, and on a thread that is in another one it gives no address: see
/// [`addr`](Self::addr). It can be sent to other threads and shared by them.
///
/// Source: socket(7) `SO_REUSEADDR`; ip(7) `ip_local_port_range`; namespaces(7).
#[derive(Debug)]
pub struct PortLease {
    addr: SocketAddr,
    certainty: Certainty,
    evidence: &'static str,
    network: Option<NetworkId>,
    hold: Hold,
}

/// What keeps the port.
#[derive(Debug)]
enum Hold {
    Tcp(#[expect(dead_code, reason = "it only has to live")] system::HeldPort),
    Udp(Socket),
    Refusing(#[expect(dead_code, reason = "they only have to be open")] [Socket; 2]),
}

impl PortLease {
    /// Leases a TCP port of this address, which is one of this machine's own.
    ///
    /// # Errors
    ///
    /// What `bind` says: no such address here, or no port left.
    pub fn tcp(ip: impl Into<IpAddr>) -> io::Result<Self> {
        let (addr, port) = system::tcp(ip.into())?;
        Ok(Self {
            addr,
            certainty: system::CERTAINTY,
            evidence: system::EVIDENCE,
            network: NetworkId::of_thread(),
            hold: Hold::Tcp(port),
        })
    }

    /// Leases a UDP port of this address. What is sent there waits in the socket, unread.
    ///
    /// ```
    /// use usocket_testkit::PortLease;
    ///
    /// let lease = PortLease::udp([127, 0, 0, 1])?;
    /// let addr = lease.addr();
    /// let socket = lease.take().expect("a UDP lease has a socket");
    /// assert_eq!(socket.local_addr()?, addr);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What `bind` says: no such address here, or no port left.
    pub fn udp(ip: impl Into<IpAddr>) -> io::Result<Self> {
        let socket = bound_udp(ip.into())?;
        Ok(Self {
            addr: address_of(&socket)?,
            certainty: Certainty::Held,
            evidence: "a UDP socket of this process is bound to it and shares it with nobody",
            network: NetworkId::of_thread(),
            hold: Hold::Udp(socket),
        })
    }

    /// Leases a UDP port that refuses: whoever sends there is told that the port is unreachable.
    ///
    /// The port is bound, so nobody else gets it; and its socket is connected to another one of
    /// this lease, so that no datagram but that one's matches it, and the system answers all others
    /// as it does for a port that nobody has.
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use std::net::UdpSocket;
    /// use std::time::Duration;
    /// use usocket_testkit::PortLease;
    ///
    /// let lease = PortLease::udp_refusing([127, 0, 0, 1])?;
    /// let client = UdpSocket::bind("127.0.0.1:0")?;
    /// client.set_read_timeout(Some(Duration::from_secs(10)))?;
    /// client.connect(lease.addr())?;
    /// client.send(b"?")?;
    /// # #[cfg(target_os = "linux")]
    /// assert_eq!(client.recv(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What `bind` says: no such address here, or no port left.
    ///
    /// Source: RFC 1122 4.1.3.1 (port unreachable); udp(7) on connected sockets.
    pub fn udp_refusing(ip: impl Into<IpAddr>) -> io::Result<Self> {
        let ip = ip.into();
        let (socket, only_peer) = (bound_udp(ip)?, bound_udp(ip)?);
        socket.connect(&only_peer.local_addr()?)?;
        only_peer.connect(&socket.local_addr()?)?;
        Ok(Self {
            addr: address_of(&socket)?,
            certainty: Certainty::Held,
            evidence: "a UDP socket of this process is bound to it and hears one peer only, \
                       which never speaks",
            network: NetworkId::of_thread(),
            hold: Hold::Refusing([socket, only_peer]),
        })
    }

    /// The address, with the port.
    ///
    /// # Panics
    ///
    /// On a thread that is in another network namespace than the lease: a test that went on would
    /// talk to nobody, or to somebody else. [`try_addr`](Self::try_addr) does not panic.
    #[track_caller]
    pub fn addr(&self) -> SocketAddr {
        self.try_addr().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The address, with the port, or an error in the place of [`addr`](Self::addr)'s panic.
    ///
    /// For what hands addresses on, and for programs that change namespaces on purpose.
    ///
    /// # Errors
    ///
    /// [`OtherNetwork`]: this thread is in another network namespace than the lease.
    pub fn try_addr(&self) -> Result<SocketAddr, OtherNetwork> {
        match (self.network, NetworkId::of_thread()) {
            (Some(of_lease), Some(of_thread)) if of_lease != of_thread => {
                Err(OtherNetwork { addr: self.addr })
            }
            // Without /proc nothing is known of namespaces, and most likely there are none.
            _ => Ok(self.addr),
        }
    }

    /// The port alone.
    ///
    /// # Panics
    ///
    /// As [`addr`](Self::addr).
    #[track_caller]
    pub fn port(&self) -> u16 {
        self.addr().port()
    }

    /// How sure it is that the port is nobody else's.
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// What that rests on, in one sentence.
    pub fn evidence(&self) -> &str {
        self.evidence
    }

    /// The socket that has the port: bound, and connected to nobody. The lease is over, and the
    /// port is kept by the socket.
    ///
    /// `None` for a lease that must stay as it is: one of TCP, or of a refusing UDP port. A socket
    /// stays in the network where it was made, whichever thread uses it.
    pub fn take(self) -> Option<UdpSocket> {
        match self.hold {
            Hold::Udp(socket) => Some(socket.into()),
            Hold::Tcp(_) | Hold::Refusing(_) => None,
        }
    }
}

fn bound_udp(ip: IpAddr) -> io::Result<Socket> {
    let addr = SocketAddr::new(ip, 0);
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, None)?;
    socket.bind(&addr.into())?;
    Ok(socket)
}

fn address_of(socket: &Socket) -> io::Result<SocketAddr> {
    let name = socket.local_addr()?;
    name.as_socket()
        .ok_or_else(|| io::Error::other("the system gave an internet socket another kind of name"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn where_no_port_can_be_held_a_server_can_still_have_it() {
        let (addr, held) = elsewhere::tcp(Ipv4Addr::LOCALHOST.into()).unwrap();
        assert!(elsewhere::CERTAINTY < Certainty::Held);
        assert!(elsewhere::EVIDENCE.contains("a moment ago"));
        assert!(TcpListener::bind(addr).is_ok(), "{held:?}");
    }

    #[test]
    fn where_no_port_can_be_held_two_leases_of_a_process_still_differ() {
        let lease = || elsewhere::tcp(Ipv4Addr::LOCALHOST.into()).unwrap();
        // Many enough that the system would offer one of the ports again.
        let held: Vec<_> = (0..1000).map(|_| lease()).collect();
        let ports: std::collections::BTreeSet<_> = held.iter().map(|(addr, _)| addr).collect();
        assert_eq!(ports.len(), held.len());
    }
}
