//! A host with a kernel of its own view: real servers run there.

use std::ffi::OsStr;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::process::Command;

use super::cable::{FAR, NEAR, OWN_V4, OWN_V6};
use super::command;
use super::namespace::Namespace;
use super::netlink::{self, Link, Netlink, Prefix, Route, RouteKind};
use super::own_address;
use super::wait::wait_until_up;

/// A second network beside the test's, for real servers: see [`Lab::real_host`](super::Lab::real_host).
///
/// It lives as long as this value, or as a socket or a program in it.
#[derive(Debug)]
pub struct RealHost {
    namespace: Namespace,
    ip: IpAddr,
}

impl RealHost {
    /// Its address.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Its address, with a port.
    pub fn addr(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.ip, port)
    }

    /// Runs `f` on that host, and returns what it returns; a panic goes on in the caller.
    ///
    /// `f` runs on a thread of its own, which ends with it. Sockets that it makes stay on the host wherever they are
    /// used afterwards; threads that it starts run on the host.
    ///
    /// # Errors
    ///
    /// If no thread can be started.
    pub fn run<T: Send>(&self, f: impl FnOnce() -> T + Send) -> io::Result<T> {
        self.namespace.run(f)
    }

    /// A command whose program runs on that host; otherwise as [`Lab::command`](super::Lab::command).
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        command::command(&self.namespace, program.as_ref())
    }

    /// The `number`th of its lab.
    pub(super) fn connect(lab: &Namespace, number: u32, ip: IpAddr) -> io::Result<Self> {
        let namespace = Namespace::new()?;
        let near_name = format!("real{number}");
        // The last octets of both are the number; the hosts of a lab are few.
        let [.., high, low] = number.to_be_bytes();
        let near = Link {
            index: NEAR.index + 23 + number,
            name: &near_name,
            mac: [2, 1, 0, 0, high, low],
        };
        let far = Link {
            index: FAR.index,
            name: "eth0",
            mac: [2, 2, 0, 0, high, low],
        };
        let own = if ip.is_ipv4() { OWN_V4.ip } else { OWN_V6.ip };
        let to_host = Route {
            to: Prefix::host(ip),
            kind: RouteKind::Link(near.index),
        };
        lab.run(|| {
            let mut netlink = Netlink::open()?;
            netlink.change([
                netlink::create_pair(near, far, Some(namespace.as_fd())),
                netlink::set_link(near.index, true),
            ])
        })??;
        namespace.run(|| {
            let mut netlink = Netlink::open()?;
            let to_lab = Route {
                to: Prefix::host(own),
                kind: RouteKind::Link(far.index),
            };
            netlink.change([netlink::set_link(far.index, true)])?;
            own_address::give(&mut netlink, far.index, Prefix::host(ip))?;
            netlink.change([
                netlink::add_route(to_lab),
                netlink::add_neighbour(far.index, own, near.mac),
            ])?;
            wait_until_up(&mut netlink, &[far])
        })??;
        lab.run(|| {
            let mut netlink = Netlink::open()?;
            netlink.change([
                netlink::add_route(to_host),
                netlink::add_neighbour(near.index, ip, far.mac),
            ])?;
            wait_until_up(&mut netlink, &[near])
        })??;
        Ok(Self { namespace, ip })
    }
}
