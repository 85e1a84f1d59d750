//! Obstacles: a firewall, a queue, a policy; each is there as long as its guard.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

use super::cable::NEAR;
use super::netlink::{self, Discipline, Fate, Filter, Link, Message, Netlink, Prefix};
use super::{Lab, prefix};
use crate::lab::obstacle::{Packets, Queue, Verdict};
use crate::lab::refusal::{Refusal, RefusalKind};

/// Something in the way of packets, until this is dropped: of [`Lab::firewall`], [`Lab::queue`] or [`Lab::policy`].
#[must_use = "it is there only as long as this is"]
pub struct Obstacle {
    netlink: Netlink,
    away: Option<Away>,
}

type Away = Box<dyn FnOnce(&mut Netlink) -> io::Result<()> + Send + Sync>;

impl Obstacle {
    fn new(
        netlink: Netlink,
        away: impl FnOnce(&mut Netlink) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            netlink,
            away: Some(Box::new(away)),
        }
    }

    /// What one message puts there and another takes away.
    fn of(mut netlink: Netlink, put: Message, away: Message) -> io::Result<Self> {
        netlink.change([put])?;
        Ok(Self::new(netlink, |netlink| netlink.change([away])))
    }
}

impl Drop for Obstacle {
    fn drop(&mut self) {
        if let Some(away) = self.away.take() {
            // What cannot be taken away went with the network or the interface.
            let _ = away(&mut self.netlink);
        }
    }
}

impl fmt::Debug for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Obstacle").finish_non_exhaustive()
    }
}

impl Lab {
    /// Stops packets in this network, until the guard is dropped.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::io::ErrorKind;
    /// use std::net::TcpStream;
    /// use usocket_testkit::{Lab, lab::{Packets, Verdict}};
    ///
    /// let lab = Lab::new()?;
    /// let web = lab.host("10.77.1.5").echo().addr(80);
    /// let firewall = match lab.firewall(Packets::tcp_to(web), Verdict::Reset) {
    ///     Ok(firewall) => firewall,
    ///     Err(refusal) => return Ok(eprintln!("{refusal}")), // a kernel without nf_tables
    /// };
    /// assert_eq!(TcpStream::connect(web).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    /// drop(firewall);
    /// assert!(TcpStream::connect(web).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: `nf_tables`, the hooks `output` and `input` (nft(8)).
    ///
    /// # Errors
    ///
    /// [`RefusalKind::NotOffered`] where the kernel has no `nf_tables`; the text names what it was built without.
    pub fn firewall(&self, packets: Packets, verdict: Verdict) -> Result<Obstacle, Refusal> {
        static NEXT: AtomicU32 = AtomicU32::new(0);

        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let table = format!("usocket-testkit-{number}");
        let filter = Filter {
            protocol: packets.protocol,
            addr: packets.addr,
            incoming: packets.incoming,
            fate: match verdict {
                Verdict::Drop => Fate::Drop,
                Verdict::Reset => Fate::Reset,
                Verdict::Unreachable(code) => Fate::Icmp(code),
            },
        };
        let raised = self.there(|| {
            let mut netlink = netlink::open_filter()?;
            netlink::add_filter(&mut netlink, &table, filter)?;
            let ip = filter.addr.ip();
            Ok(Obstacle::new(netlink, move |netlink| {
                netlink::remove_filter(netlink, &table, ip)
            }))
        });
        let options = match (verdict, filter.addr) {
            (Verdict::Drop, SocketAddr::V4(_)) => "CONFIG_NF_TABLES_IPV4",
            (Verdict::Drop, SocketAddr::V6(_)) => "CONFIG_NF_TABLES_IPV6",
            (_, SocketAddr::V4(_)) => "CONFIG_NF_TABLES_IPV4 and CONFIG_NFT_REJECT",
            (_, SocketAddr::V6(_)) => "CONFIG_NF_TABLES_IPV6 and CONFIG_NFT_REJECT",
        };
        raised.map_err(|error| refusal("the firewall", options, error))
    }

    /// Makes the lab's interface drop or keep what it is given to send, until the guard is dropped. The loopback
    /// interface goes on as before.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::io::ErrorKind;
    /// use std::net::UdpSocket;
    /// use usocket_testkit::{Lab, lab::Queue};
    ///
    /// let lab = Lab::new()?;
    /// let host = lab.host("10.77.1.5").addr(9);
    /// let queue = match lab.queue(Queue::Holds) {
    ///     Ok(queue) => queue,
    ///     Err(refusal) => return Ok(eprintln!("{refusal}")), // a kernel without that discipline
    /// };
    /// let socket = UdpSocket::bind("0.0.0.0:0")?;
    /// socket.set_nonblocking(true)?;
    /// let full = (0..100_000).find_map(|_| socket.send_to(&[0; 1000], host).err());
    /// assert_eq!(full.expect("the buffer is full").kind(), ErrorKind::WouldBlock);
    /// # drop(queue);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: tc-bfifo(8), tc-tbf(8).
    ///
    /// # Errors
    ///
    /// [`RefusalKind::NotOffered`] where the kernel has not that discipline; the text names what it was built without.
    pub fn queue(&self, queue: Queue) -> Result<Obstacle, Refusal> {
        let (discipline, options) = match queue {
            Queue::Drops => (Discipline::Drops, "CONFIG_NET_SCHED"),
            Queue::Holds => (Discipline::Holds, "CONFIG_NET_SCH_TBF"),
        };
        let made = self.there(|| {
            Obstacle::of(
                Netlink::open()?,
                netlink::add_queue(NEAR.index, discipline),
                netlink::remove_queue(NEAR.index),
            )
        });
        made.map_err(|error| refusal("the queue", options, error))
    }

    /// Forbids to send to these addresses (`"198.51.100.0/24"`, or a single one), until the guard is dropped:
    /// `connect` and the sending of datagrams say `EPERM`.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::net::TcpStream;
    /// use usocket_testkit::{Errno, Lab};
    ///
    /// let lab = Lab::new()?;
    /// let host = lab.host("10.77.1.5").echo().addr(80);
    /// let policy = match lab.policy("10.77.1.5") {
    ///     Ok(policy) => policy,
    ///     Err(refusal) => return Ok(eprintln!("{refusal}")), // a kernel without IPsec
    /// };
    /// let error = TcpStream::connect(host).unwrap_err();
    /// assert_eq!(Errno::of(&error), Some(Errno::EPERM));
    /// # drop(policy);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: ip-xfrm(8), a policy of `IPsec` with `action block`.
    ///
    /// # Errors
    ///
    /// [`RefusalKind::NotOffered`] where the kernel has no `IPsec`; the text names what it was built without.
    /// [`RefusalKind::SetUpFailed`] if the text says no addresses.
    pub fn policy(&self, to: &str) -> Result<Obstacle, Refusal> {
        let made = prefix(to).and_then(|to| {
            self.there(|| {
                Obstacle::of(
                    netlink::open_policy()?,
                    netlink::add_block(to),
                    netlink::remove_block(to),
                )
            })
        });
        made.map_err(|error| refusal("the policy", "CONFIG_XFRM_USER", error))
    }

    /// An address of IPv6 that cannot be used, because the check for duplicates does not begin: its interface is up
    /// and has nobody at the other end (RFC 4862 5.4).
    pub(crate) fn address_in_doubt(&self, ip: Ipv6Addr) -> io::Result<Obstacle> {
        let link = |index, name| Link {
            index,
            name,
            mac: [2, 3, 0, 0, 0, index.to_ne_bytes()[0]],
        };
        let (near, far) = (link(75, "doubt0"), link(76, "doubt1"));
        self.there(|| {
            let netlink = Netlink::open()?;
            let address = Prefix::new(IpAddr::V6(ip), 64);
            let create = netlink::create_pair(near, far, None);
            let mut obstacle = Obstacle::of(netlink, create, netlink::delete_link(near.index))?;
            obstacle.netlink.change([
                netlink::no_own_address(near.index),
                netlink::set_link(near.index, true),
            ])?;
            let in_doubt = netlink::add_address_to_be_checked(near.index, address);
            obstacle.netlink.change([in_doubt])?;
            Ok(obstacle)
        })
    }

    /// A route on which packets to there are put into others to that segment. If those take it again, a kernel without
    /// a guard against such loops overflows its stack.
    pub(crate) fn route_into(&self, to: &str, segment: Ipv6Addr) -> io::Result<Obstacle> {
        let to = prefix(to)?;
        self.there(|| {
            Obstacle::of(
                Netlink::open()?,
                netlink::add_route_into(NEAR.index, to, segment),
                netlink::remove_route_into(NEAR.index, to),
            )
        })
    }

    fn there<T: Send>(&self, f: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        self.run(f)?
    }
}

/// What a kernel says that was built without it: to the socket, to the message, or to what the message names.
fn refusal(what: &str, options: &str, error: io::Error) -> Refusal {
    match error.raw_os_error() {
        Some(libc::EPROTONOSUPPORT | libc::EOPNOTSUPP | libc::ENOENT | libc::EAFNOSUPPORT) => {
            let words = format!("{what} cannot be had: the kernel was built without {options}");
            Refusal::new(RefusalKind::NotOffered, words).caused_by(error)
        }
        _ => Refusal::new(RefusalKind::SetUpFailed, format!("{what}: {error}")).caused_by(error),
    }
}
