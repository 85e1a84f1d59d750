//! Linux asks for a neighbour when something is sent to it, and shows in a table what came of it.

mod neighbours;

use std::fs;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::net::if_::InterfaceFlags;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{setsockopt, sockopt};

use super::subnet::Subnet;
use super::{AbsentHost, NoAbsentHost, NoAbsentHostKind};
use crate::certainty::Certainty;
use neighbours::Neighbour;

/// RFC 863.
const DISCARD: u16 = 9;

/// The system gives up long before, and its word for that may get lost.
const LONGEST_PATIENCE: Duration = Duration::from_secs(10);

/// The table tells of no change by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

pub(super) fn probe(patience: Duration) -> Result<AbsentHost, NoAbsentHost> {
    let patience = patience.min(LONGEST_PATIENCE);
    let interfaces: Vec<_> = getifaddrs()
        .map_err(|errno| NoAbsentHost::failed("the list of addresses cannot be read", errno))?
        .collect();
    let Some((device, subnet)) = interfaces.iter().find_map(subnet_of) else {
        return Err(NoAbsentHost::new(
            NoAbsentHostKind::NoSubnet,
            "no interface that is up has an IPv4 subnet with room for a neighbour",
        ));
    };
    let own: Vec<_> = interfaces.iter().filter_map(address_of).collect();
    let known = table()?;
    let taken = |ip| own.contains(&ip) || known.iter().any(|n| n.answers && n.ip == ip);
    let Some(ip) = subnet.candidates().find(|ip| !taken(*ip)) else {
        return Err(NoAbsentHost::new(
            NoAbsentHostKind::NoCandidate,
            format!("each address of the subnet of {device} is known to be somebody's"),
        ));
    };

    let socket = send_one(subnet.own(), ip).map_err(|error| {
        NoAbsentHost::failed(format!("nothing can be sent to {ip} on {device}"), error)
    })?;
    let evidence = match outcome(&socket, ip, patience)? {
        Outcome::GaveUp => format!("{ip} answered none of the ARP requests that {device} made"),
        Outcome::Silence => format!("{ip} did not answer on {device} within {patience:?}"),
    };
    Ok(AbsentHost {
        ip: ip.into(),
        certainty: Certainty::Likely,
        evidence: evidence + "; a host that sleeps does not either",
    })
}

/// The interface's name and subnet, if there may be neighbours.
fn subnet_of(interface: &InterfaceAddress) -> Option<(&str, Subnet)> {
    let mask = interface.netmask.as_ref()?.as_sockaddr_in()?.ip();
    let subnet = Subnet::new(address_of(interface)?, mask)?;
    has_neighbours(interface).then_some((&interface.interface_name, subnet))
}

fn address_of(interface: &InterfaceAddress) -> Option<Ipv4Addr> {
    Some(interface.address.as_ref()?.as_sockaddr_in()?.ip())
}

fn has_neighbours(interface: &InterfaceAddress) -> bool {
    let needed =
        InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING | InterfaceFlags::IFF_BROADCAST;
    let alone =
        InterfaceFlags::IFF_LOOPBACK | InterfaceFlags::IFF_POINTOPOINT | InterfaceFlags::IFF_NOARP;
    interface.flags.contains(needed) && !interface.flags.intersects(alone)
}

/// One empty datagram, which cannot leave the subnet.
fn send_one(from: Ipv4Addr, to: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((from, 0))?;
    socket.set_nonblocking(true)?;
    socket.set_ttl(1)?;
    setsockopt(&socket, sockopt::DontRoute, &true)?;
    // Without it "host unreachable", which passes on most networks, is kept from the socket: ip(7).
    setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?;
    // Connected, so that it hears of what came of it.
    socket.connect((to, DISCARD))?;
    socket.send(&[])?;
    Ok(socket)
}

enum Outcome {
    /// The system has asked as often as it does.
    GaveUp,
    /// It was asking when the time was over.
    Silence,
}

fn outcome(socket: &UdpSocket, ip: Ipv4Addr, patience: Duration) -> Result<Outcome, NoAbsentHost> {
    let refuse = |kind, text: &str| Err(NoAbsentHost::new(kind, format!("{ip} {text}")));
    let start = Instant::now();
    loop {
        // The end is found out before the last look, so that the look is at the whole time.
        let left = patience.saturating_sub(start.elapsed());
        let heard = socket.recv(&mut [0]);
        // On whichever interface: one with a narrower route to it would have been asked there.
        let entries: Vec<_> = table()?.into_iter().filter(|n| n.ip == ip).collect();
        if let Some(entry) = entries.iter().find(|n| n.answers) {
            let text = format!("is in the table of neighbours of {}", entry.device);
            return refuse(NoAbsentHostKind::Answered, &text);
        }
        match heard {
            Ok(_) => return refuse(NoAbsentHostKind::Answered, "sent a datagram back"),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::Interrupted => {}
                // What the system says to senders once it stops asking: arp(7).
                ErrorKind::HostUnreachable => return Ok(Outcome::GaveUp),
                ErrorKind::ConnectionRefused => {
                    return refuse(NoAbsentHostKind::Answered, "refused a datagram");
                }
                _ => {
                    return Err(NoAbsentHost::failed(
                        format!("{ip} cannot be asked for"),
                        error,
                    ));
                }
            },
        }
        if left.is_zero() {
            return if entries.is_empty() {
                refuse(NoAbsentHostKind::NotAsked, "was not asked for by ARP")
            } else {
                Ok(Outcome::Silence)
            };
        }
        wait(socket, left.min(LOOK_AGAIN));
    }
}

/// Returns early when the socket has something to say; too early does no harm.
fn wait(socket: &UdpSocket, time: Duration) {
    let milliseconds = time.as_millis().try_into().unwrap_or(PollTimeout::MAX);
    let mut interest = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
    let _ = poll(&mut interest, milliseconds);
}

/// The table of the network that this thread is in.
fn table() -> Result<Vec<Neighbour>, NoAbsentHost> {
    let text = fs::read_to_string("/proc/thread-self/net/arp")
        .map_err(|error| NoAbsentHost::failed("the table of neighbours cannot be read", error))?;
    Ok(neighbours::parse(&text).collect())
}
