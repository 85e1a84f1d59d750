//! A lab: a network namespace, a wire into it, and threads that answer at its far end.

mod cable;
#[allow(unsafe_code)] // what runs between fork and exec
mod command;
#[allow(unsafe_code)] // capget, ioctl and getenv before main
mod hook;
mod host;
mod log;
mod namespace;
mod netlink;
mod obstacle;
mod own_address;
mod real;
mod reason;
mod resolver;
#[allow(unsafe_code)] // the address of a packet socket
mod responder;
mod schedule;
mod strays;
mod sysctl;
mod system_files;
mod thread;
mod wait;
mod zone;

use std::env;
use std::ffi::OsStr;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use socket2::SockRef;

use self::cable::{Cable, FAR, OWN_V4, OWN_V6};
use self::log::Log;
use self::namespace::Stay;
use self::netlink::{Prefix, RouteKind};
use self::resolver::Resolver;
use self::responder::Responder;
use crate::descriptor::AsDescriptor;
use crate::lab::address::IntoIp;
use crate::lab::here::{Here, Known};
use crate::lab::refusal::{Refusal, RefusalKind};
use crate::lab::route::Route;
use crate::skip::skip_if_allowed;

#[doc(hidden)]
pub use self::hook::{before_main, before_main_with};
pub use self::host::Host;
pub use self::obstacle::Obstacle;
pub use self::real::RealHost;
pub use self::zone::Names;

/// What `discover::absent_host` and `discover::resolved_name` give in a lab.
const ABSENT_V4: Ipv4Addr = Ipv4Addr::new(10, 77, 255, 254);
const RESOLVED_NAME: &str = "lab.test";

/// A private network for one test: see the [module](crate::lab).
///
/// Dropping it ends its threads and leaves its network; with the last socket in it the network is gone. If the test
/// fails, what the lab saw and answered is in the test's output.
#[derive(Debug)]
pub struct Lab {
    // They end in this order.
    _known: Known,
    resolver: Resolver,
    responder: Responder,
    cable: Cable,
    stay: Stay,
    log: Arc<Log>,
    real_hosts: AtomicU32,
}

impl Lab {
    /// A network that nobody has used, for the calling thread and for those that it starts from now on; under
    /// `cargo nextest run`, for every thread of the process.
    ///
    /// # Errors
    ///
    /// Where the system makes no namespaces, or the program has no [`lab_main!`](crate::lab_main) line: the text says what to do.
    /// With `USOCKET_TESTKIT_SKIP=lab` in the environment, under nextest, this does not return where the system makes
    /// none: the test ends as passed, and the skip is on record in `usocket-testkit-skips.txt` in cargo's target folder.
    pub fn new() -> Result<Self, Refusal> {
        let made = Self::make();
        if let Err(refusal) = &made {
            if refusal.may_be_skipped() {
                skip_if_allowed("lab", refusal);
            }
        }
        made
    }

    /// Whether this process can have labs, without making one and without a skip.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn available() -> Result<(), Refusal> {
        namespace::entered().map(drop)
    }

    /// The same without the skip.
    pub(crate) fn make() -> Result<Self, Refusal> {
        let stay = Stay::begin()?;
        Self::furnish(stay).map_err(|error| {
            let (kind, hint) = match error.raw_os_error() {
                Some(libc::EOPNOTSUPP) => (
                    RefusalKind::NotOffered,
                    " (the kernel has no veth interfaces, or may not load them)",
                ),
                _ => (RefusalKind::SetUpFailed, ""),
            };
            let reason = format!("the network cannot be set up: {error}{hint}");
            Refusal::new(kind, reason).caused_by(error)
        })
    }

    fn furnish(stay: Stay) -> io::Result<Self> {
        let log = Arc::new(Log::new());
        let cable = Cable::lay(stay.is_whole_process())?;
        let responder = Responder::start(FAR, Arc::clone(&log))?;
        let resolver = Resolver::start(Arc::clone(&log))?;
        // What `discover` finds here.
        let mut name = None;
        if namespace::names().is_ok() {
            let ips = [Some(OWN_V4.ip), cable.has_ipv6().then_some(OWN_V6.ip)];
            if let Ok(parsed) = RESOLVED_NAME.parse() {
                resolver.zone().add(parsed, ips.into_iter().flatten());
                name = Some(RESOLVED_NAME);
            }
        }
        let absent = ABSENT_V4;
        Ok(Self {
            _known: Known::new(Here { absent, name }),
            resolver,
            responder,
            cable,
            stay,
            log,
            real_hosts: AtomicU32::new(0),
        })
    }

    /// Whether every thread of the process is in it, as under nextest; else the one that made it, and those started
    /// since.
    pub fn is_whole_process(&self) -> bool {
        self.stay.is_whole_process()
    }

    /// The test's own IPv4 address here, `10.77.0.1`. Its neighbours are `10.77.0.0/16`.
    pub fn ipv4(&self) -> Ipv4Addr {
        let IpAddr::V4(ip) = OWN_V4.ip else {
            unreachable!()
        };
        ip
    }

    /// The test's own IPv6 address here, `fd77::1`, with `fd77::/64` as neighbours; none if the kernel has no IPv6.
    pub fn ipv6(&self) -> Option<Ipv6Addr> {
        let IpAddr::V6(ip) = OWN_V6.ip else {
            unreachable!()
        };
        self.cable.has_ipv6().then_some(ip)
    }

    /// An imaginary host: a thread of the lab answers for it.
    ///
    /// It refuses everything until something else is said; asked for again, it is the same host. It can have any
    /// address of one host, also one that is somebody else's outside. An address that was never asked for is one where
    /// no host is.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::net::TcpStream;
    /// use usocket_testkit::{Errno, Lab};
    ///
    /// let lab = Lab::new()?;
    /// let host = lab.host("10.77.1.5").icmp(3, 7);
    /// let error = TcpStream::connect(host.addr(80)).unwrap_err();
    /// assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If a text is no IP address, or a host cannot have it; if it is an IPv6 address and the kernel has no IPv6.
    #[track_caller]
    pub fn host(&self, ip: impl IntoIp) -> Host<'_> {
        let ip = self.free_address(ip.into_ip());
        let host = Host::new(self, ip);
        if host.is_known() { host } else { host.refuse() }
    }

    /// A second network beside this one, for real servers: its kernel side is the system's own.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::net::{TcpListener, TcpStream};
    /// use usocket_testkit::Lab;
    ///
    /// let lab = Lab::new()?;
    /// let web = lab.real_host("10.77.2.1")?;
    /// let listener = web.run(|| TcpListener::bind(web.addr(80)))??;
    /// let client = TcpStream::connect(web.addr(80))?;
    /// let (_server, peer) = listener.accept()?;
    /// assert_eq!(peer, client.local_addr()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the system has no more namespaces or interfaces to give.
    ///
    /// # Panics
    ///
    /// As [`host`](Self::host).
    #[track_caller]
    pub fn real_host(&self, ip: impl IntoIp) -> io::Result<RealHost> {
        let ip = self.free_address(ip.into_ip());
        let number = self.real_hosts.fetch_add(1, Ordering::Relaxed);
        RealHost::connect(self.stay.namespace(), number, ip)
    }

    /// The names that the C library finds, and with it std and everything that asks it: none but `localhost`, and
    /// those added here.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::net::TcpStream;
    /// use usocket_testkit::{Lab, lab::Fate};
    ///
    /// let lab = Lab::new()?;
    /// let host = lab.host("10.77.1.5").echo();
    /// lab.names().add("web.test", [host.ip()]).set("down.test", Fate::ServFail);
    /// assert_eq!(TcpStream::connect("web.test:80")?.peer_addr()?, host.addr(80));
    /// assert!(TcpStream::connect("down.test:80").is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the system did not let the process have its own view of the files in `/etc` that say whom to ask.
    #[track_caller]
    pub fn names(&self) -> Names<'_> {
        if let Err(failure) = namespace::names() {
            panic!(
                "lab: look-ups of names cannot be answered here: {}: {}",
                failure.step,
                failure.errno.desc()
            );
        }
        Names::new(self)
    }

    /// A command whose program runs in this network, whichever thread starts it.
    ///
    /// When the thread that started it ends, so does the program, by `SIGKILL`: nothing outlives a test.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        command::command(self.stay.namespace(), program.as_ref())
    }

    /// Runs `f` in this network and returns what it returns; for a thread that is not in it. A panic goes on in the
    /// caller.
    ///
    /// # Errors
    ///
    /// If a thread is needed for it and cannot be started.
    pub fn run<T: Send>(&self, f: impl FnOnce() -> T + Send) -> io::Result<T> {
        self.stay.namespace().run(f)
    }

    /// What happens to packets to these addresses: `"198.51.100.0/24"`, or a single address.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::net::TcpStream;
    /// use usocket_testkit::{Errno, Lab, lab::Route};
    ///
    /// let lab = Lab::new()?;
    /// lab.add_route("198.51.100.0/24", Route::Prohibit)?;
    /// let error = TcpStream::connect("198.51.100.7:80").unwrap_err();
    /// assert_eq!(Errno::of(&error), Some(Errno::EACCES));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the text says no addresses; the kernel's own error otherwise.
    pub fn add_route(&self, to: &str, route: Route) -> io::Result<()> {
        self.cable.add_route(prefix(to)?, kind(route))
    }

    /// Takes a route away.
    ///
    /// # Errors
    ///
    /// As [`add_route`](Self::add_route); `ESRCH` if there is no such route.
    pub fn remove_route(&self, to: &str, route: Route) -> io::Result<()> {
        self.cable.remove_route(prefix(to)?, kind(route))
    }

    /// Takes the interface down: there is no way to any host, and the test's own addresses but IPv4's are gone.
    ///
    /// # Errors
    ///
    /// The kernel's own.
    pub fn link_down(&self) -> io::Result<()> {
        self.cable.down()
    }

    /// Brings the interface up again, with its addresses and hosts; routes that were added to it are gone.
    ///
    /// # Errors
    ///
    /// The kernel's own.
    pub fn link_up(&self) -> io::Result<()> {
        self.run(|| self.cable.up())?
    }

    /// The largest packet that the interface takes, in bytes; 1500 until then.
    ///
    /// # Errors
    ///
    /// `EINVAL` for less than 68 or more than 65,535. With less than 1280 there is no IPv6.
    pub fn set_mtu(&self, bytes: u32) -> io::Result<()> {
        self.cable.set_mtu(bytes)
    }

    /// Gives the test's interface one more address; the second part says how many bits its neighbours share.
    ///
    /// # Errors
    ///
    /// `EEXIST` if it has the address, `EINVAL` if it cannot have it.
    ///
    /// # Panics
    ///
    /// If a text is no IP address.
    #[track_caller]
    pub fn add_address(&self, ip: impl IntoIp, bits: u8) -> io::Result<()> {
        self.cable.add_address(Prefix::new(ip.into_ip(), bits))
    }

    /// Takes an address from the test's interface, also one that sockets are bound to.
    ///
    /// # Errors
    ///
    /// `NotFound` if it does not have it.
    ///
    /// # Panics
    ///
    /// If a text is no IP address.
    #[track_caller]
    pub fn remove_address(&self, ip: impl IntoIp) -> io::Result<()> {
        self.cable.remove_address(ip.into_ip())
    }

    /// A setting of this network, such as `net.ipv4.tcp_retries2` (ip-sysctl in the kernel's documentation).
    ///
    /// # Errors
    ///
    /// `NotFound` if the kernel has none of that name.
    pub fn sysctl(&self, name: &str) -> io::Result<String> {
        self.run(|| sysctl::read(name))?
    }

    /// Changes a setting of this network.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let lab = usocket_testkit::Lab::new()?;
    /// lab.set_sysctl("net.ipv4.tcp_syn_retries", "1")?;
    /// assert_eq!(lab.sysctl("net.ipv4.tcp_syn_retries")?, "1");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound` if the kernel has none of that name, `ReadOnlyFilesystem` in containers that protect `/proc/sys`,
    /// `InvalidInput` for a value that the setting cannot have.
    pub fn set_sysctl(&self, name: &str, value: &str) -> io::Result<()> {
        self.run(|| sysctl::write(name, value))?
    }

    /// The ports that the kernel chooses from where a program leaves the choice to it. One alone will do.
    ///
    /// # Errors
    ///
    /// As [`set_sysctl`](Self::set_sysctl).
    pub fn set_port_range(&self, ports: RangeInclusive<u16>) -> io::Result<()> {
        let value = format!("{} {}", ports.start(), ports.end());
        self.set_sysctl("net.ipv4.ip_local_port_range", &value)
    }

    /// Ends a TCP or UDP socket of this network from outside: its next call says `ECONNABORTED`, and a peer gets a
    /// reset.
    ///
    /// Source: `sock_diag(7)`, `SOCK_DESTROY`.
    ///
    /// # Errors
    ///
    /// `ENOENT` if the socket is not in this network, `EOPNOTSUPP` if the kernel was built without it.
    pub fn destroy(&self, socket: &impl AsDescriptor) -> io::Result<()> {
        let socket = SockRef::from(socket);
        let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
        let local = socket.local_addr()?.as_socket().ok_or_else(invalid)?;
        // A listener has no other end: an address of the same family that says nothing.
        let nobody = match local.ip() {
            IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let remote = socket
            .peer_addr()
            .ok()
            .and_then(|addr| addr.as_socket())
            .unwrap_or(nobody);
        self.destroy_towards(&*socket, remote)
    }

    /// The same for a socket that has asked that end for a connection and has no answer yet, so that it does not say
    /// whom.
    pub(crate) fn destroy_towards(
        &self,
        socket: &impl AsDescriptor,
        remote: SocketAddr,
    ) -> io::Result<()> {
        let socket = SockRef::from(socket);
        let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
        let local = socket.local_addr()?.as_socket().ok_or_else(invalid)?;
        let protocol = socket.protocol()?.ok_or_else(invalid)?;
        let protocol = u8::try_from(i32::from(protocol)).map_err(|_| invalid())?;
        self.run(|| netlink::destroy(protocol, local, remote))?
    }

    /// A socket for whole frames at the test's interface (packet(7)).
    pub(crate) fn packet_socket(&self) -> io::Result<OwnedFd> {
        self.run(|| responder::packet_socket(cable::NEAR))?
    }

    /// A netlink socket that is told of every change to interfaces (rtnetlink(7), `RTMGRP_LINK`).
    pub(crate) fn socket_for_changes(&self) -> io::Result<OwnedFd> {
        self.run(netlink::listen_for_changes)?
    }

    /// What the lab saw and answered so far, one line for each packet.
    pub fn log(&self) -> String {
        self.log.to_string()
    }

    #[track_caller]
    fn free_address(&self, ip: IpAddr) -> IpAddr {
        assert!(
            ip != OWN_V4.ip && ip != OWN_V6.ip,
            "lab: {ip} is the test's own address"
        );
        assert!(
            ip != ABSENT_V4,
            "lab: {ip} is the address where `discover::absent_host` promises that nobody is"
        );
        assert!(
            !ip.is_loopback(),
            "lab: {ip} is the loopback interface's address"
        );
        assert!(
            ip.is_ipv4() || self.cable.has_ipv6(),
            "lab: this system's kernel has no IPv6, so {ip} cannot be"
        );
        ip
    }
}

impl Drop for Lab {
    /// Tells what it saw where that will be read: when the test panics, and in any other test too, since one that
    /// returns an error ends as quietly as one that passes. Harnesses show the output of tests that fail.
    fn drop(&mut self) {
        let in_a_test = || {
            let by_nextest = env::var_os("NEXTEST").is_some();
            by_nextest
                || std::thread::current()
                    .name()
                    .is_some_and(|name| name != "main")
        };
        if std::thread::panicking() || in_a_test() {
            eprintln!("{}", self.log);
            if let Some(strays) = strays::find(&self.stay) {
                eprintln!("{strays}");
            }
        }
    }
}

fn kind(route: Route) -> RouteKind {
    match route {
        Route::Link => RouteKind::Link(cable::NEAR.index),
        Route::Blackhole => RouteKind::Blackhole,
        Route::Unreachable => RouteKind::Unreachable,
        Route::Prohibit => RouteKind::Prohibit,
        Route::Throw => RouteKind::Throw,
    }
}

/// `198.51.100.0/24`, or a single address.
fn prefix(text: &str) -> io::Result<Prefix> {
    let parsed = || {
        let (ip, bits) = match text.split_once('/') {
            Some((ip, bits)) => (ip, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let whole = Prefix::host(ip.parse().ok()?);
        let bits = bits.unwrap_or(whole.bits);
        (bits <= whole.bits).then(|| Prefix::new(whole.ip, bits))
    };
    parsed().ok_or_else(|| {
        let words = format!("{text:?} is neither an IP address nor a range as 198.51.100.0/24 is");
        io::Error::new(io::ErrorKind::InvalidInput, words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_addresses_is_read() {
        for (text, ip, bits) in [
            ("198.51.100.0/24", "198.51.100.0", 24),
            ("198.51.100.7", "198.51.100.7", 32),
            ("::/0", "::", 0),
            ("fd00::1", "fd00::1", 128),
        ] {
            assert_eq!(
                prefix(text).unwrap(),
                Prefix::new(ip.parse().unwrap(), bits)
            );
        }
        for text in [
            "",
            "/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "host/8",
            "10.0.0.0/",
            "::/129",
        ] {
            assert_eq!(
                prefix(text).unwrap_err().kind(),
                io::ErrorKind::InvalidInput,
                "{text:?}"
            );
        }
    }
}
