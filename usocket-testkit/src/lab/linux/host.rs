//! An imaginary host: an address, and what it answers.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::Lab;
use crate::lab::answer::{After, Answer, Behaviour, Ending, HOST_MAC, IcmpError, Outgoing};

/// An imaginary host of a lab: see [`Lab::host`].
///
/// What it answers can be said at any time, also while a program talks to it, and holds for every packet from then on,
/// those of connections that stand included: after `host.silent()` the host is as good as dead.
///
/// ```
/// # usocket_testkit::lab_main!();
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
/// use usocket_testkit::Lab;
///
/// let lab = Lab::new()?;
/// let host = lab.host("10.77.1.5").echo();
/// let mut stream = TcpStream::connect(host.addr(7))?;
/// stream.write_all(b"hello")?;
/// stream.read_exact(&mut [0; 5])?;
///
/// host.refuse(); // it has been started anew, and knows of no connection
/// stream.write_all(b"still there?")?;
/// assert!(stream.read(&mut [0; 5]).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Host<'lab> {
    lab: &'lab Lab,
    ip: IpAddr,
}

// What is said of a host holds, whether or not the handle is kept.
#[allow(clippy::return_self_not_must_use)]
impl<'lab> Host<'lab> {
    pub(super) fn new(lab: &'lab Lab, ip: IpAddr) -> Self {
        Self { lab, ip }
    }

    /// Its address.
    pub fn ip(self) -> IpAddr {
        self.ip
    }

    /// Its address, with a port. It has all of them.
    pub fn addr(self, port: u16) -> SocketAddr {
        SocketAddr::new(self.ip, port)
    }

    /// A host where nothing listens: TCP gets a reset, UDP "port unreachable", a ping its echo. So is a host of which
    /// nothing else was said.
    #[track_caller]
    pub fn refuse(self) -> Self {
        self.behave(Behaviour::Refuse)
    }

    /// A host that takes every packet and says nothing, as one behind a firewall does.
    #[track_caller]
    pub fn silent(self) -> Self {
        self.behave(Behaviour::Silent)
    }

    /// No host at all: nobody answers to the address. A call says `EHOSTUNREACH` after about 20 ms, in place of three
    /// seconds.
    #[track_caller]
    pub fn absent(self) -> Self {
        self.behave(Behaviour::Absent)
    }

    /// Every port accepts TCP connections and sends back what it receives, until the other end closes; UDP and ping
    /// get their echo.
    #[track_caller]
    pub fn echo(self) -> Self {
        self.behave(Behaviour::Echo)
    }

    /// An ICMP error about every packet, or for an IPv6 address an `ICMPv6` error, by its type and code: `icmp(3, 7)` is
    /// "host unknown".
    ///
    /// Source: RFC 792, RFC 1812 5.2.7.1, RFC 4443.
    ///
    /// # Panics
    ///
    /// If the type is not that of an error.
    #[track_caller]
    pub fn icmp(self, kind: u8, code: u8) -> Self {
        match IcmpError::for_addr(self.ip, kind, code) {
            Ok(error) => self.behave(Behaviour::Icmp(error)),
            Err(unfit) => panic!("lab: {unfit}"),
        }
    }

    /// As [`echo`](Self::echo), but TCP connections end on their own: how, and after how many bytes.
    ///
    /// ```
    /// # usocket_testkit::lab_main!();
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::io::{ErrorKind, Read, Write};
    /// use std::net::TcpStream;
    /// use usocket_testkit::{Lab, lab::{After, Ending}};
    ///
    /// let lab = Lab::new()?;
    /// let host = lab.host("fd77::5").accept_then(Ending::Reset, After::Sent(3));
    /// let mut stream = TcpStream::connect(host.addr(80))?;
    /// stream.write_all(b"hello")?;
    /// stream.read_exact(&mut [0; 3])?;
    /// assert_eq!(stream.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn accept_then(self, ending: Ending, after: After) -> Self {
        self.behave(Behaviour::AcceptThen { ending, after })
    }

    /// A link on the way carries packets of so many bytes only: a larger one that may not be cut gets "fragmentation
    /// needed" or "packet too big". What the host does otherwise stays.
    ///
    /// Source: RFC 1191, RFC 8201.
    ///
    /// # Panics
    ///
    /// If it is less than any link carries: 68 bytes for IPv4, 1280 for IPv6.
    #[track_caller]
    pub fn mtu(self, bytes: u16) -> Self {
        self.change(|answer| answer.with_mtu(bytes))
    }

    /// Every answer takes so long. What the host does otherwise stays.
    #[track_caller]
    pub fn delay(self, delay: Duration) -> Self {
        self.change(|answer| answer.delayed(delay))
    }

    /// The next so many packets are lost. What the host does otherwise stays.
    #[track_caller]
    pub fn lose(self, packets: u32) -> Self {
        self.change(|answer| answer.losing(packets))
    }

    /// Resets the TCP connections that stand, unasked.
    pub fn reset_connections(self) {
        let frames = self.lab.responder.network().reset(Instant::now(), self.ip);
        self.send(frames);
    }

    /// Ends the TCP connections that stand, unasked, as closing them does.
    pub fn close_connections(self) {
        let frames = self.lab.responder.network().close(Instant::now(), self.ip);
        self.send(frames);
    }

    fn send(self, frames: Vec<Outgoing>) {
        self.lab.responder.send(frames);
    }

    /// What it does, from now on, in place of all that was said before.
    #[track_caller]
    fn behave(self, behaviour: Behaviour) -> Self {
        self.answer(behaviour.into());
        // It is the wire's address table that decides between a host that says nothing and none.
        let known = match behaviour {
            Behaviour::Absent => self.lab.cable.forget(self.ip),
            _ => self.lab.cable.reach(self.ip, HOST_MAC),
        };
        if let Err(error) = known {
            panic!("lab: the way to {} cannot be made: {error}", self.ip);
        }
        self
    }

    #[track_caller]
    fn change(self, change: impl FnOnce(Answer) -> Answer) -> Self {
        let answer = self.lab.responder.network().get(self.ip).cloned();
        self.answer(change(answer.unwrap_or_else(|| Behaviour::Refuse.into())));
        self
    }

    #[track_caller]
    fn answer(self, answer: Answer) {
        // Bound first: the panic must not happen under the lock.
        let result = self.lab.responder.network().set(self.ip, answer);
        if let Err(unfit) = result {
            panic!("lab: {unfit}");
        }
    }

    /// Whether something was said of it before.
    pub(super) fn is_known(self) -> bool {
        self.lab.responder.network().get(self.ip).is_some()
    }
}

impl fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Host").field(&self.ip).finish()
    }
}
