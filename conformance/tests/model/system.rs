//! The calls, on real sockets, with what they answered.
//!
//! Everything that usocket has a call for goes through its layer below the owners. A call that would wait waits no
//! longer than [`PATIENCE`], and then says EAGAIN, which no rule expects there.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::SockRef;
use usocket::raw::Socket;
use usocket::{Deadline, Operation};
use usocket_testkit::{PortLease, Protocol};

use super::answer::{self, Answer, OK};

/// Only ever reached if a call hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Waiting for what comes, as long as a test may.
const NEVER: Deadline = Deadline::Never;

/// A socket.
#[derive(Debug)]
pub(crate) struct Sock(Socket);

impl Sock {
    /// A fresh one that blocks.
    #[track_caller]
    pub(crate) fn new(over: Protocol) -> Self {
        Self::adopt(made(over).unwrap())
    }

    /// A fresh one that does not block.
    #[track_caller]
    pub(crate) fn nonblocking(over: Protocol) -> Self {
        let socket = Self::new(over);
        socket.set_nonblocking();
        socket
    }

    #[track_caller]
    pub(crate) fn adopt(socket: impl Into<std::os::fd::OwnedFd>) -> Self {
        let socket = socket.into();
        let options = SockRef::from(&socket);
        options.set_read_timeout(Some(PATIENCE)).unwrap();
        options.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(Socket::from(socket))
    }

    /// As it is: what turns out to be no socket takes no timeouts.
    pub(crate) fn unchecked(socket: Socket) -> Self {
        Self(socket)
    }

    /// Bound to a port of the loopback address that the system chose.
    #[track_caller]
    pub(crate) fn bound(over: Protocol) -> Self {
        let socket = Self::new(over);
        assert_eq!(socket.bind(loopback(over, 0)), OK);
        socket
    }

    #[track_caller]
    pub(crate) fn listener(over: Protocol, backlog: i32) -> Self {
        let socket = Self::bound(over);
        assert_eq!(socket.listen(backlog), OK);
        socket
    }

    /// Listener, client, and the accepted end.
    #[track_caller]
    pub(crate) fn pair(over: Protocol) -> (Self, Self, Self) {
        let listener = Self::listener(over, 8);
        let client = Self::new(over);
        assert_eq!(client.connect(listener.addr()), OK);
        let server = listener.accepted();
        (listener, client, server)
    }

    pub(crate) fn raw(&self) -> &Socket {
        &self.0
    }

    pub(crate) fn options(&self) -> SockRef<'_> {
        SockRef::from(&self.0)
    }

    pub(crate) fn set_nonblocking(&self) {
        self.options().set_nonblocking(true).unwrap();
    }

    pub(crate) fn reuse_address(&self) {
        self.0.set_reuse_address(true).unwrap();
    }

    /// The local address, which it has.
    #[track_caller]
    pub(crate) fn addr(&self) -> SocketAddr {
        self.0.local_name().unwrap().unwrap()
    }

    #[track_caller]
    pub(crate) fn peer(&self) -> SocketAddr {
        self.0.peer_name().unwrap().unwrap()
    }

    #[track_caller]
    pub(crate) fn bind(&self, local: SocketAddr) -> Answer {
        answer::of(self.0.bind(local), |()| 0)
    }

    #[track_caller]
    pub(crate) fn listen(&self, backlog: i32) -> Answer {
        answer::of(self.0.listen(backlog), |()| 0)
    }

    #[track_caller]
    pub(crate) fn connect(&self, peer: SocketAddr) -> Answer {
        answer::of(self.0.connect(peer, NEVER), |()| 0)
    }

    /// `connect` to no address: ends a connection, or the choice of a peer.
    #[track_caller]
    pub(crate) fn disconnect(&self) -> Answer {
        let done = rustix::net::connect_unspec(&self.0);
        answer::of_io(Operation::Connect, done.map_err(io::Error::from), |()| 0)
    }

    #[track_caller]
    pub(crate) fn accept(&self) -> Answer {
        answer::of(self.0.accept(NEVER), |_| 0)
    }

    /// The next connection of the queue.
    #[track_caller]
    pub(crate) fn accepted(&self) -> Self {
        self.try_accept()
            .unwrap_or_else(|answer| panic!("{answer:?}"))
    }

    #[track_caller]
    pub(crate) fn try_accept(&self) -> Result<Self, Answer> {
        match self.0.accept(NEVER) {
            Ok((socket, _)) => {
                let options = SockRef::from(&socket);
                options.set_read_timeout(Some(PATIENCE)).unwrap();
                options.set_write_timeout(Some(PATIENCE)).unwrap();
                Ok(Self(socket))
            }
            Err(error) => Err(answer::of(Err::<(), _>(error), |()| 0)),
        }
    }

    #[track_caller]
    pub(crate) fn send(&self, bytes: &[u8]) -> Answer {
        answer::of(self.0.send(bytes, NEVER), |sent| sent)
    }

    #[track_caller]
    pub(crate) fn send_to(&self, bytes: &[u8], peer: SocketAddr) -> Answer {
        answer::of(self.0.send_to(bytes, peer, NEVER), |sent| sent)
    }

    /// Receives at most so many bytes.
    #[track_caller]
    pub(crate) fn receive(&self, most: usize) -> Answer {
        answer::of(self.0.receive(&mut vec![0; most], NEVER), |got| got)
    }

    /// The same without waiting, whatever the socket's mode.
    #[track_caller]
    pub(crate) fn try_receive(&self, most: usize) -> Answer {
        self.receive_with(most, rustix::net::RecvFlags::DONTWAIT)
    }

    #[track_caller]
    pub(crate) fn receive_with(&self, most: usize, flags: rustix::net::RecvFlags) -> Answer {
        let mut buffer = vec![0; most];
        let got = rustix::net::recv(&self.0, buffer.as_mut_slice(), flags);
        let got = got.map_err(io::Error::from);
        answer::of_io(Operation::Receive, got, |(_, length)| length)
    }

    #[track_caller]
    pub(crate) fn send_with(&self, bytes: &[u8], flags: rustix::net::SendFlags) -> Answer {
        let sent = rustix::net::send(&self.0, bytes, flags).map_err(io::Error::from);
        answer::of_io(Operation::Send, sent, |sent| sent)
    }

    /// The plain call: usocket's has nothing to say where there is no connection.
    #[track_caller]
    pub(crate) fn shutdown(&self, how: i32) -> Answer {
        let done = uapi::shutdown(self.0.as_fd().as_raw_fd(), how).map_err(io::Error::from);
        answer::of_io(Operation::Shutdown, done, |()| 0)
    }

    /// `SO_ERROR`, which is then none.
    #[track_caller]
    pub(crate) fn take_error(&self) -> Answer {
        answer::pending(self.options().take_error().unwrap())
    }

    #[track_caller]
    pub(crate) fn local_name(&self) -> Answer {
        answer::of(self.0.local_name(), |_| 0)
    }

    #[track_caller]
    pub(crate) fn peer_name(&self) -> Answer {
        answer::of(self.0.peer_name(), |_| 0)
    }

    /// An option that is a number.
    #[track_caller]
    pub(crate) fn option(&self, level: i32, option: i32) -> i32 {
        let mut value = 0_i32;
        uapi::getsockopt(self.0.as_fd().as_raw_fd(), level, option, &mut value).unwrap();
        value
    }

    #[track_caller]
    pub(crate) fn set_option<T>(&self, level: i32, option: i32, value: &T) -> Answer {
        let set = uapi::setsockopt(self.0.as_fd().as_raw_fd(), level, option, value);
        answer::of_io(Operation::SetOption, set.map_err(io::Error::from), |()| 0)
    }

    /// What `poll` tells now.
    #[track_caller]
    pub(crate) fn polled(&self) -> PollFlags {
        self.poll(Duration::ZERO)
    }

    /// What `poll` tells as soon as there is something.
    #[track_caller]
    pub(crate) fn ready(&self) -> PollFlags {
        let ready = self.poll(PATIENCE);
        assert_ne!(ready, PollFlags::empty(), "nothing came");
        ready
    }

    #[track_caller]
    fn poll(&self, timeout: Duration) -> PollFlags {
        let wanted = PollFlags::IN | PollFlags::OUT | PollFlags::RDHUP;
        self.poll_for(wanted, timeout)
    }

    #[track_caller]
    pub(crate) fn poll_for(&self, wanted: PollFlags, timeout: Duration) -> PollFlags {
        let mut polled = [PollFd::new(&self.0, wanted)];
        let timeout = Timespec::try_from(timeout).unwrap();
        poll(&mut polled, Some(&timeout)).unwrap();
        polled[0].revents()
    }

    /// Waits until there is something to receive, or the end, or an error.
    #[track_caller]
    pub(crate) fn until_readable(&self) {
        let ready = self.poll_for(PollFlags::IN, PATIENCE);
        assert_ne!(ready, PollFlags::empty(), "nothing came");
    }

    pub(crate) fn close(self) {
        drop(self);
    }

    /// Closes with a reset.
    pub(crate) fn abort(self) {
        self.options().set_linger(Some(Duration::ZERO)).unwrap();
    }
}

impl AsFd for Sock {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The three ways to shut down, in the system's numbers.
pub(crate) const READ: i32 = uapi::c::SHUT_RD;
pub(crate) const WRITE: i32 = uapi::c::SHUT_WR;
pub(crate) const BOTH: i32 = uapi::c::SHUT_RDWR;

fn made(over: Protocol) -> io::Result<socket2::Socket> {
    use socket2::{Domain, Type};
    let domain = match over.loopback() {
        Some(IpAddr::V4(_)) => Domain::IPV4,
        Some(IpAddr::V6(_)) => Domain::IPV6,
        None => Domain::UNIX,
    };
    let kind = if over.is_stream() {
        Type::STREAM
    } else {
        Type::DGRAM
    };
    socket2::Socket::new(domain, kind, None)
}

/// An address of this machine, of the protocol's family.
#[track_caller]
pub(crate) fn loopback(over: Protocol, port: u16) -> SocketAddr {
    SocketAddr::new(over.loopback().unwrap(), port)
}

/// Where nobody listens, and nobody else can.
#[track_caller]
pub(crate) fn refusing(over: Protocol) -> PortLease {
    let ip = over.loopback().unwrap();
    if over.is_stream() {
        PortLease::tcp(ip).unwrap()
    } else {
        PortLease::udp_refusing(ip).unwrap()
    }
}

/// Knows when everything that was sent on loopback has arrived, and what it caused too.
///
/// The kernel puts what goes over loopback into a queue of the CPU and takes it out in order, so what was queued before
/// a datagram has arrived when the datagram has. The thread must stay on its CPU.
#[derive(Debug)]
pub(crate) struct Settled(UdpSocket);

impl Settled {
    /// A reset in answer to the last packet of a handshake is the third thing that is caused.
    const ROUNDS: usize = 4;

    /// From now on the calling thread stays where it is.
    pub(crate) fn new() -> Self {
        let mut here = rustix::thread::CpuSet::new();
        here.set(rustix::thread::sched_getcpu());
        rustix::thread::sched_setaffinity(None, &here).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(socket.local_addr().unwrap()).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(socket)
    }

    pub(crate) fn wait(&self) {
        for _ in 0..Self::ROUNDS {
            self.0.send(&[0]).unwrap();
            self.0.recv(&mut [0]).unwrap();
        }
    }
}
