//! The smallest program under test: it makes the one call that a scene is about.

#[cfg_attr(windows, path = "resolver_windows.rs")]
mod resolver;

use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
#[cfg(target_os = "linux")]
use std::net::IpAddr;
use std::net::{Shutdown, ToSocketAddrs};
use std::time::Duration;

#[cfg(target_os = "linux")]
use socket2::InterfaceIndexOrAddress;
use socket2::{Domain, MsgHdr, SockAddr, Socket, Type};
use usocket_testkit::provoke::{OptionCall, Shape};
use usocket_testkit::{Operation, Protocol, Scene};

/// No call of a test may wait for longer, whatever goes wrong.
const WATCHDOG: Duration = Duration::from_secs(30);

/// Makes the call; the number is that of the bytes, where the call has one.
pub(crate) fn drive(scene: &Scene) -> io::Result<usize> {
    match scene.operation() {
        Operation::Socket => return socket(scene),
        Operation::Lookup => return look_up(scene),
        Operation::ReverseLookup => return reverse_look_up(scene),
        _ => {}
    }
    let socket = if scene.given().has_descriptor() {
        Socket::from(scene.given().descriptor()?)
    } else {
        fresh(scene.protocol())?
    };
    // Refused on a descriptor that is no socket; the calls that follow do not wait on one either.
    let limit = Some(scene.limit().unwrap_or(WATCHDOG));
    let _ = socket.set_read_timeout(limit);
    let _ = socket.set_write_timeout(limit);
    if scene.shape() == Shape::Peer {
        socket
            .connect(&address(scene))
            .expect("a peer can be connected to");
    }
    if scene.shape() != Shape::Target {
        scene.strike(&socket).expect("the scene strikes");
    }
    call(scene, &socket)
}

fn call(scene: &Scene, socket: &Socket) -> io::Result<usize> {
    match scene.operation() {
        Operation::Bind => socket.bind(&address(scene)).map(|()| 0),
        Operation::Listen => socket.listen(1).map(|()| 0),
        Operation::Connect => socket.connect(&address(scene)).map(|()| 0),
        Operation::Accept => socket.accept().map(|_| 0),
        Operation::Send => send(scene, socket),
        Operation::SendTo => socket.send_to(scene.payload(), &address(scene)),
        Operation::Receive => (&*socket).read(&mut [0; 16]),
        Operation::ReceiveFrom => {
            let mut buffer = [MaybeUninit::uninit(); 16];
            socket.recv_from(&mut buffer).map(|(length, _)| length)
        }
        Operation::Shutdown => socket.shutdown(Shutdown::Both).map(|()| 0),
        Operation::Close => close(socket),
        Operation::LocalName => socket.local_addr().map(|_| 0),
        Operation::PeerName => socket.peer_addr().map(|_| 0),
        Operation::GetOption => get_option(scene, socket).map(|()| 0),
        Operation::SetOption => set_option(scene, socket).map(|()| 0),
        other => panic!("the driver does not know how to {other}"),
    }
}

/// Closes in order: says that nothing more comes, and waits until the far end says so too.
fn close(socket: &Socket) -> io::Result<usize> {
    match socket.shutdown(Shutdown::Write) {
        // A connection that was reset has no direction left to end; the reset is still to be read.
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {}
        other => other?,
    }
    io::copy(&mut &*socket, &mut io::sink()).map(|_| 0)
}

/// With the flags and the control message that the scene gives, if it does.
fn send(scene: &Scene, socket: &Socket) -> io::Result<usize> {
    let Some(arguments) = scene.given().send() else {
        return (&*socket).write(scene.payload());
    };
    let Some(control) = &arguments.control else {
        return socket.send_with_flags(scene.payload(), arguments.flags);
    };
    let control = control.to_bytes();
    let bytes = [io::IoSlice::new(scene.payload())];
    let message = MsgHdr::new().with_buffers(&bytes).with_control(&control);
    socket.sendmsg(&message, arguments.flags)
}

fn socket(scene: &Scene) -> io::Result<usize> {
    #[cfg(unix)]
    if let Some(given) = scene.given().pair() {
        let (domain, kind) = (Domain::from(given.domain), Type::from(given.kind));
        let protocol = socket2::Protocol::from(given.protocol);
        return Socket::pair(domain, kind, Some(protocol)).map(|_| 0);
    }
    let given = scene.given().socket().expect("arguments for socket");
    let (domain, kind) = (Domain::from(given.domain), Type::from(given.kind));
    let protocol = socket2::Protocol::from(given.protocol);
    Socket::new(domain, kind, Some(protocol)).map(|_| 0)
}

fn look_up(scene: &Scene) -> io::Result<usize> {
    let name = scene.name().expect("a name to look up");
    if let Some(arguments) = scene.given().look_up() {
        return resolver::look_up(name, arguments).map(|()| 0);
    }
    (name, 0).to_socket_addrs().map(Iterator::count)
}

fn reverse_look_up(scene: &Scene) -> io::Result<usize> {
    let arguments = scene.given().reverse_look_up().expect("arguments");
    resolver::reverse(scene.addr(), arguments).map(|()| 0)
}

fn fresh(protocol: Protocol) -> io::Result<Socket> {
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

fn address(scene: &Scene) -> SockAddr {
    match scene.path() {
        Some(path) => SockAddr::unix(path).expect("the path fits into an address"),
        None => scene.addr().into(),
    }
}

fn get_option(scene: &Scene, socket: &Socket) -> io::Result<()> {
    match scene.given().option().expect("an option to get") {
        OptionCall::ReuseAddress => socket.reuse_address().map(drop),
        OptionCall::NoDelay => socket.tcp_nodelay().map(drop),
        other => panic!("the driver does not know how to get {other:?}"),
    }
}

fn set_option(scene: &Scene, socket: &Socket) -> io::Result<()> {
    match scene.given().option().expect("an option to set") {
        OptionCall::ReuseAddress => socket.set_reuse_address(true),
        OptionCall::NoDelay => socket.set_tcp_nodelay(true),
        OptionCall::HopLimit(hops) if scene.protocol().is_ipv6() => {
            socket.set_unicast_hops_v6(hops)
        }
        OptionCall::HopLimit(hops) => socket.set_ttl_v4(hops),
        #[cfg(target_os = "linux")]
        OptionCall::Mark(mark) => socket.set_mark(mark),
        // The recipes with groups are Linux's.
        #[cfg(target_os = "linux")]
        OptionCall::JoinGroup { group, interface } => match group {
            IpAddr::V4(group) => {
                socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface))
            }
            IpAddr::V6(group) => socket.join_multicast_v6(&group, interface),
        },
        #[cfg(target_os = "linux")]
        OptionCall::LeaveGroup { group, interface } => match group {
            IpAddr::V4(group) => {
                socket.leave_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface))
            }
            IpAddr::V6(group) => socket.leave_multicast_v6(&group, interface),
        },
        other => panic!("the driver does not know how to set {other:?}"),
    }
}
