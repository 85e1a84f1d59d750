//! The crate rustix: the system's calls as they are.
//!
//! It names a failure by a constant of [`Errno`](::rustix::io::Errno), which a program can match.

use usocket_testkit::provoke::Recipe;
use usocket_testkit::{Protocol, Scene};

use super::{Answer, Inability, Subject};

/// `rustix::net`, with `rustix::event::poll` for time limits.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rustix;

impl Subject for Rustix {
    fn name(&self) -> &'static str {
        "rustix"
    }

    fn can(&self, recipe: &Recipe, protocol: Protocol) -> Result<(), &'static str> {
        system::can(recipe, protocol)
    }

    fn perform(&self, scene: &Scene) -> Result<Answer, Inability> {
        system::perform(scene)
    }
}

#[cfg(unix)]
mod system {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use std::num::NonZero;
    use std::os::fd::{AsFd, OwnedFd};
    use std::path::Path;
    use std::time::{Duration, Instant};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, ioctl_fionbio};
    use rustix::net::{
        AddressFamily, RecvFlags, SendFlags, Shutdown, SocketAddrUnix, SocketType, sockopt,
    };
    use rustix::{io, net};
    use usocket::Operation;
    use usocket_testkit::provoke::{OptionCall, Recipe};
    use usocket_testkit::{Protocol, Scene};

    use super::super::{
        Answer, Count, Inability, NO_CALL, NO_OPTION, local, nothing, path, plain_arguments, struck,
    };

    /// What the constants are called by POSIX, in the words of this crate: data of its own, with no look at any table
    /// under test.
    const NAMES: &[(Errno, &str)] = &[
        (Errno::ACCESS, "operation-not-permitted"),
        (Errno::ADDRINUSE, "address-in-use"),
        (Errno::ADDRNOTAVAIL, "address-not-available"),
        (Errno::AFNOSUPPORT, "address-family-not-supported"),
        (Errno::AGAIN, "would-block"),
        (Errno::ALREADY, "in-progress"),
        (Errno::BADF, "bad-file-descriptor"),
        (Errno::CONNABORTED, "connection-aborted"),
        (Errno::CONNREFUSED, "connection-refused"),
        (Errno::CONNRESET, "connection-reset"),
        (Errno::DESTADDRREQ, "destination-required"),
        (Errno::HOSTDOWN, "host-down"),
        (Errno::HOSTUNREACH, "host-unreachable"),
        (Errno::INPROGRESS, "in-progress"),
        (Errno::INTR, "interrupted"),
        (Errno::INVAL, "invalid-argument"),
        (Errno::ISCONN, "already-connected"),
        (Errno::MFILE, "too-many-open-files"),
        (Errno::MSGSIZE, "message-too-long"),
        (Errno::NAMETOOLONG, "name-too-long"),
        (Errno::NETDOWN, "network-down"),
        (Errno::NETRESET, "network-reset"),
        (Errno::NETUNREACH, "network-unreachable"),
        (Errno::NFILE, "too-many-open-files"),
        (Errno::NOBUFS, "no-buffers"),
        (Errno::NOENT, "not-found"),
        (Errno::NOMEM, "out-of-memory"),
        (Errno::NOPROTOOPT, "option-not-supported"),
        (Errno::NOSYS, "unsupported"),
        (Errno::NOTCONN, "not-connected"),
        (Errno::NOTSOCK, "not-a-socket"),
        (Errno::OPNOTSUPP, "operation-not-supported"),
        (Errno::PERM, "operation-not-permitted"),
        (Errno::PIPE, "shutdown"),
        (Errno::PROTONOSUPPORT, "protocol-not-supported"),
        (Errno::PROTOTYPE, "socket-type-not-supported"),
        (Errno::SHUTDOWN, "shutdown"),
        (Errno::SOCKTNOSUPPORT, "socket-type-not-supported"),
        (Errno::TIMEDOUT, "timeout"),
    ];

    fn answer<T: Count>(result: io::Result<T>) -> Answer {
        match result {
            Ok(value) => Answer::Done {
                bytes: value.count(),
            },
            Err(errno) => Answer::Failed {
                named: NAMES
                    .iter()
                    .find(|(known, _)| *known == errno)
                    .map(|(_, name)| (*name).to_owned()),
                raw: Some(errno.raw_os_error()),
                text: errno.to_string(),
            },
        }
    }

    pub(super) fn can(recipe: &Recipe, _: Protocol) -> Result<(), &'static str> {
        match recipe.operation() {
            Operation::Lookup | Operation::ReverseLookup => Err("rustix looks nothing up"),
            Operation::Close => Err("rustix closes by dropping, which says nothing"),
            _ => Ok(()),
        }
    }

    pub(super) fn perform(scene: &Scene) -> Result<Answer, Inability> {
        plain_arguments(scene)?;
        match scene.operation() {
            Operation::Socket => make(scene),
            Operation::Bind => bind(scene),
            Operation::Listen => Ok(answer(net::listen(struck(scene, Ok)?, 1))),
            Operation::Connect => connect(scene),
            Operation::Accept => {
                let listener = struck(scene, Ok)?;
                Ok(until_ready(scene, &listener, || {
                    net::accept(&listener).map(drop)
                }))
            }
            Operation::Send => Ok(answer(net::send(
                connected(scene)?,
                scene.payload(),
                NO_SIGNAL,
            ))),
            Operation::SendTo => {
                let socket = fresh(scene)?;
                let sent = net::sendto(socket, scene.payload(), NO_SIGNAL, &scene.addr());
                Ok(answer(sent))
            }
            Operation::Receive => {
                let socket = connected(scene)?;
                Ok(until_ready(scene, &socket, || {
                    let mut buffer = [0; 16];
                    net::recv(&socket, &mut buffer, RecvFlags::empty()).map(|(_, length)| length)
                }))
            }
            Operation::ReceiveFrom => receive_from(scene),
            Operation::Shutdown => Ok(answer(net::shutdown(struck(scene, Ok)?, Shutdown::Both))),
            Operation::GetOption => get_option(scene),
            Operation::SetOption => set_option(scene),
            Operation::LocalName => Ok(answer(nothing(net::getsockname(struck(scene, Ok)?)))),
            Operation::PeerName => Ok(answer(nothing(net::getpeername(struck(scene, Ok)?)))),
            _ => Err(Inability::Inexpressible(NO_CALL)),
        }
    }

    /// A signal is nothing that a caller asked for. Apple has no such flag, and std's programs ignore the signal.
    #[cfg(not(target_vendor = "apple"))]
    const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
    #[cfg(target_vendor = "apple")]
    const NO_SIGNAL: SendFlags = SendFlags::empty();

    fn prepared<T>(result: io::Result<T>) -> Result<T, Inability> {
        result.map_err(|errno| Inability::Unprepared(errno.into()))
    }

    fn make(scene: &Scene) -> Result<Answer, Inability> {
        let arguments = scene
            .given()
            .socket()
            .ok_or(Inability::Inexpressible("the scene gives no arguments"))?;
        let no_such = |_| Inability::Inexpressible("rustix has no room for these arguments");
        let domain = u16::try_from(arguments.domain).map_err(no_such)?;
        let kind = u32::try_from(arguments.kind).map_err(no_such)?;
        let protocol = u32::try_from(arguments.protocol).map_err(no_such)?;
        Ok(answer(nothing(net::socket(
            AddressFamily::from_raw(domain),
            SocketType::from_raw(kind),
            NonZero::new(protocol).map(net::Protocol::from_raw),
        ))))
    }

    fn bind(scene: &Scene) -> Result<Answer, Inability> {
        let socket = fresh(scene)?;
        Ok(answer(if scene.protocol() == Protocol::UnixStream {
            net::bind(socket, &unix(path(scene)?)?)
        } else {
            net::bind(socket, &scene.addr())
        }))
    }

    fn unix(path: &Path) -> Result<SocketAddrUnix, Inability> {
        prepared(SocketAddrUnix::new(path))
    }

    /// The descriptor of the scene, or a new socket that is not bound.
    fn fresh(scene: &Scene) -> Result<OwnedFd, Inability> {
        if scene.given().has_descriptor() {
            return struck(scene, Ok);
        }
        let protocol = scene.protocol();
        let family = match scene.get_addr().map_or_else(|| local(scene), Ok) {
            _ if protocol == Protocol::UnixStream => AddressFamily::UNIX,
            Ok(SocketAddr::V4(_)) => AddressFamily::INET,
            Ok(SocketAddr::V6(_)) => AddressFamily::INET6,
            Err(inability) => return Err(inability),
        };
        let kind = if protocol.is_stream() {
            SocketType::STREAM
        } else {
            SocketType::DGRAM
        };
        prepared(net::socket(family, kind, None))
    }

    /// The descriptor of the scene, or a socket connected to its peer, which then strikes.
    fn connected(scene: &Scene) -> Result<OwnedFd, Inability> {
        let socket = fresh(scene)?;
        if !scene.given().has_descriptor() {
            prepared(net::connect(&socket, &scene.addr()))?;
            scene.strike(&socket)?;
        }
        Ok(socket)
    }

    fn connect(scene: &Scene) -> Result<Answer, Inability> {
        let socket = fresh(scene)?;
        if let Some(limit) = scene.limit() {
            prepared(ioctl_fionbio(&socket, true))?;
            return Ok(connect_within(&socket, scene.addr(), limit));
        }
        Ok(answer(match scene.path() {
            Some(path) => net::connect(socket, &unix(path)?),
            None => net::connect(socket, &scene.addr()),
        }))
    }

    /// POSIX `connect`: in progress, then writable, then the pending error, if any.
    fn connect_within(socket: &OwnedFd, peer: SocketAddr, limit: Duration) -> Answer {
        match net::connect(socket, &peer) {
            Err(Errno::INPROGRESS) => {}
            result => return answer(result),
        }
        match ready(socket, PollFlags::OUT, limit) {
            Ok(true) => answer(sockopt::socket_error(socket).and_then(|pending| pending)),
            Ok(false) => timed_out(),
            Err(errno) => answer::<()>(Err(errno)),
        }
    }

    fn timed_out() -> Answer {
        Answer::timed_out("poll: nothing was ready in time")
    }

    /// Whether it is ready within the limit.
    fn ready(socket: &impl AsFd, flags: PollFlags, limit: Duration) -> io::Result<bool> {
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).ok();
            match poll(&mut [PollFd::new(socket, flags)], left.as_ref()) {
                Err(Errno::INTR) => {}
                other => return other.map(|count| count > 0),
            }
        }
    }

    /// The call, behind a wait if the scene has a limit.
    fn until_ready<T: Count>(
        scene: &Scene,
        socket: &OwnedFd,
        call: impl FnOnce() -> io::Result<T>,
    ) -> Answer {
        if let Some(limit) = scene.limit() {
            match ready(socket, PollFlags::IN, limit) {
                Ok(true) => {}
                Ok(false) => return timed_out(),
                Err(errno) => return answer::<()>(Err(errno)),
            }
        }
        answer(call())
    }

    fn receive_from(scene: &Scene) -> Result<Answer, Inability> {
        let socket = fresh(scene)?;
        if !scene.given().has_descriptor() {
            prepared(net::bind(&socket, &local(scene)?))?;
        }
        Ok(until_ready(scene, &socket, || {
            let mut buffer = [0; 16];
            let received = net::recvfrom(&socket, &mut buffer, RecvFlags::empty());
            received.map(|(_, length, _)| length)
        }))
    }

    fn get_option(scene: &Scene) -> Result<Answer, Inability> {
        let socket = struck(scene, Ok)?;
        Ok(answer(match scene.given().option() {
            Some(OptionCall::ReuseAddress) => nothing(sockopt::socket_reuseaddr(socket)),
            Some(OptionCall::NoDelay) => nothing(sockopt::tcp_nodelay(socket)),
            _ => return Err(NO_OPTION),
        }))
    }

    fn set_option(scene: &Scene) -> Result<Answer, Inability> {
        let socket = struck(scene, Ok)?;
        Ok(answer(match scene.given().option() {
            Some(OptionCall::ReuseAddress) => sockopt::set_socket_reuseaddr(socket, true),
            Some(OptionCall::NoDelay) => sockopt::set_tcp_nodelay(socket, true),
            Some(OptionCall::HopLimit(hops)) if scene.protocol().is_ipv6() => {
                let Ok(hops) = u8::try_from(hops) else {
                    return Err(Inability::Inexpressible(
                        "rustix takes no more hops than there can be",
                    ));
                };
                sockopt::set_ipv6_unicast_hops(socket, Some(hops))
            }
            Some(OptionCall::HopLimit(hops)) => sockopt::set_ip_ttl(socket, hops),
            Some(OptionCall::JoinGroup {
                group: IpAddr::V4(group),
                ..
            }) => sockopt::set_ip_add_membership(socket, &group, &Ipv4Addr::LOCALHOST),
            Some(OptionCall::LeaveGroup {
                group: IpAddr::V4(group),
                ..
            }) => sockopt::set_ip_drop_membership(socket, &group, &Ipv4Addr::LOCALHOST),
            Some(OptionCall::LeaveGroup {
                group: IpAddr::V6(group),
                interface,
            }) => sockopt::set_ipv6_drop_membership(socket, &group, interface),
            _ => return Err(NO_OPTION),
        }))
    }

    #[cfg(test)]
    mod tests {
        use usocket::Condition;

        use super::NAMES;

        #[test]
        fn each_constant_has_one_name_and_it_is_that_of_a_condition() {
            for (place, (errno, name)) in NAMES.iter().enumerate() {
                assert!(name.parse::<Condition>().is_ok(), "{name}");
                let again = NAMES[..place].iter().any(|(other, _)| other == errno);
                assert!(!again, "{errno:?}");
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use usocket_testkit::provoke::Recipe;
    use usocket_testkit::{Protocol, Scene};

    use super::super::{Answer, Inability};

    const NOT_HERE: &str = "it is put under test on Unix only";

    pub(super) fn can(_: &Recipe, _: Protocol) -> Result<(), &'static str> {
        Err(NOT_HERE)
    }

    pub(super) fn perform(_: &Scene) -> Result<Answer, Inability> {
        Err(Inability::Inexpressible(NOT_HERE))
    }
}
