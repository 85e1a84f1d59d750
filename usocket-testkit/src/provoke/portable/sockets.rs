//! The sockets that scenes are built from, and the events that they wait for.

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

pub(in crate::provoke) use super::event::Event;
use super::event::poll;
use crate::descriptor::AsDescriptor;
use crate::protocol::Protocol;

/// How long anything here waits for an event of loopback. Events come within microseconds; the
/// limit is there so that a set-up on a stopped machine fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// A fresh blocking socket of the protocol.
pub(in crate::provoke) fn fresh(protocol: Protocol) -> io::Result<Socket> {
    let domain = match protocol {
        Protocol::UnixStream => Domain::UNIX,
        internet if internet.is_ipv6() => Domain::IPV6,
        _ => Domain::IPV4,
    };
    let kind = if protocol.is_stream() {
        Type::STREAM
    } else {
        Type::DGRAM
    };
    Socket::new(domain, kind, None)
}

/// The protocol's loopback address with a port.
pub(in crate::provoke) fn loopback(protocol: Protocol, port: u16) -> io::Result<SocketAddr> {
    let ip = protocol.loopback().ok_or_else(|| {
        let text = format!("{protocol} has no loopback address");
        io::Error::new(io::ErrorKind::InvalidInput, text)
    })?;
    Ok(SocketAddr::new(ip, port))
}

/// A socket of the protocol that has a loopback port of its own.
pub(in crate::provoke) fn bound(protocol: Protocol) -> io::Result<Socket> {
    let socket = fresh(protocol)?;
    socket.bind(&loopback(protocol, 0)?.into())?;
    Ok(socket)
}

/// Two TCP sockets on one address, which `SO_REUSEADDR` allows while neither listens.
pub(in crate::provoke) fn bound_twice(protocol: Protocol) -> io::Result<[Socket; 2]> {
    let [first, second] = [fresh(protocol)?, fresh(protocol)?];
    first.set_reuse_address(true)?;
    second.set_reuse_address(true)?;
    first.bind(&loopback(protocol, 0)?.into())?;
    second.bind(&first.local_addr()?)?;
    Ok([first, second])
}

/// The address that a socket has here.
pub(in crate::provoke) fn addr_of(socket: &Socket) -> io::Result<SocketAddr> {
    internet(&socket.local_addr()?)
}

fn internet(name: &socket2::SockAddr) -> io::Result<SocketAddr> {
    let addr = name
        .as_socket()
        .ok_or_else(|| io::Error::other("not an internet address"))?;
    // A client on an IPv6 socket may have come by IPv4: both ends then name it differently.
    Ok(SocketAddr::new(addr.ip().to_canonical(), addr.port()))
}

/// A connected pair: the near end, and what keeps it connected.
///
/// TCP sockets are connected through a listener, UDP sockets to each other; those of the Unix
/// domain are made as a pair.
pub(in crate::provoke) fn connected(protocol: Protocol) -> io::Result<(Socket, Socket)> {
    #[cfg(unix)]
    if protocol == Protocol::UnixStream {
        return Socket::pair(Domain::UNIX, Type::STREAM, None);
    }
    if protocol.is_stream() {
        let far = FarEnd::listening(protocol)?;
        let near = fresh(protocol)?;
        near.connect(&far.addr()?.into())?;
        let other = far.connection_of(&near)?;
        return Ok((near, other));
    }
    let (near, other) = (bound(protocol)?, bound(protocol)?);
    near.connect(&other.local_addr()?)?;
    other.connect(&near.local_addr()?)?;
    Ok((near, other))
}

/// A TCP listener that takes connections only when asked for a certain one.
pub(in crate::provoke) struct FarEnd {
    listener: Socket,
    /// Connections that were taken while another one was looked for.
    others: Mutex<Vec<(SocketAddr, Socket)>>,
}

impl FarEnd {
    pub(in crate::provoke) fn listening(protocol: Protocol) -> io::Result<Self> {
        let listener = bound(protocol)?;
        listener.listen(128)?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener,
            others: Mutex::new(Vec::new()),
        })
    }

    pub(in crate::provoke) fn addr(&self) -> io::Result<SocketAddr> {
        addr_of(&self.listener)
    }

    /// How much its connections take before anybody reads; the kernel has a least of its own.
    pub(in crate::provoke) fn receive_buffer(&self, bytes: usize) -> io::Result<()> {
        self.listener.set_recv_buffer_size(bytes)
    }

    /// The far end of this socket's connection, which the caller then owns.
    pub(in crate::provoke) fn connection_of(&self, near: &Socket) -> io::Result<Socket> {
        let wanted = addr_of(near)?;
        let mut others = self
            .others
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(index) = others.iter().position(|(addr, _)| *addr == wanted) {
            return Ok(others.swap_remove(index).1);
        }
        let until = Instant::now() + PATIENCE;
        loop {
            match self.listener.accept() {
                Ok((socket, name)) => {
                    let addr = internet(&name)?;
                    if addr == wanted {
                        return Ok(socket);
                    }
                    others.push((addr, socket));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait_until(&self.listener, Event::Readable, until)?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Waits until the event, or an error or a hang-up, is there to be seen. Takes nothing
/// away from the socket: a pending error stays pending.
pub(in crate::provoke) fn wait_for(socket: &impl AsDescriptor, event: Event) -> io::Result<()> {
    wait_until(socket, event, Instant::now() + PATIENCE)
}

/// Waits for an error or a hang-up.
pub(in crate::provoke) fn wait_for_trouble(socket: &impl AsDescriptor) -> io::Result<()> {
    wait_for(socket, Event::Trouble)
}

fn wait_until(socket: &impl AsDescriptor, event: Event, until: Instant) -> io::Result<()> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        // Rounded up: a rest of microseconds must not become a busy loop.
        if poll(socket, event, left + Duration::from_millis(1))? {
            return Ok(());
        }
        if Instant::now() >= until {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}
