//! What only privileged processes may do.

use std::fs;

use socket2::{Domain, Protocol as Number, Socket, Type};

use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::portable::arguments::domain;
use crate::provoke::portable::sockets::{fresh, loopback};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

pub(super) fn raw(protocol: Protocol) -> Result<Stage, Hindrance> {
    let number = if protocol.is_ipv6() {
        libc::IPPROTO_ICMPV6
    } else {
        libc::IPPROTO_ICMP
    };
    let tried = Socket::new(
        Domain::from(domain(protocol)),
        Type::RAW,
        Some(Number::from(number)),
    );
    match tried {
        Err(error) if Errno::of(&error) == Some(Errno::EPERM) => {
            Ok(Stage::arguments(domain(protocol), libc::SOCK_RAW, number))
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err(Hindrance::new(
            UnavailableKind::Privileged,
            "this process may make raw sockets: run it as a user without CAP_NET_RAW",
        )),
    }
}

pub(super) fn mark(protocol: Protocol) -> Result<Stage, Hindrance> {
    let socket = fresh(protocol)?;
    match socket.set_mark(1) {
        Err(error) if Errno::of(&error) == Some(Errno::EPERM) => {
            Ok(Stage::giving(&socket)?.option(OptionCall::Mark(1)))
        }
        Err(error) => Err(error.into()),
        Ok(()) => Err(Hindrance::new(
            UnavailableKind::Privileged,
            "this process may mark sockets: run it as a user without CAP_NET_ADMIN and CAP_NET_RAW",
        )),
    }
}

pub(super) fn privileged_port(protocol: Protocol) -> Result<Stage, Hindrance> {
    let addr = loopback(protocol, 1)?;
    let first_free = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok());
    if first_free.is_some_and(|port| port <= u32::from(addr.port())) {
        let text = "this host lets everybody bind every port (net.ipv4.ip_unprivileged_port_start)";
        return Err(Hindrance::new(UnavailableKind::Host, text));
    }
    // Whether this process is privileged is for the kernel to say: capabilities count in the user
    // namespace that owns the network, which no number in /proc tells.
    match fresh(protocol)?.bind(&addr.into()) {
        Err(error) if Errno::of(&error) == Some(Errno::EACCES) => Ok(Stage::at(addr)),
        _ => Err(Hindrance::new(
            UnavailableKind::Privileged,
            "this process may bind privileged ports: run it as a user without CAP_NET_BIND_SERVICE",
        )),
    }
}
