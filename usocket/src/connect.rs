//! Connecting: options, and the race over a host's addresses.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Type};

use crate::attempt::Attempt;
use crate::cancel::{Cancel, Until};
use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::endpoint::{Endpoint, ToEndpoint};
use crate::error::Error;
use crate::link::Link;
use crate::operation::Operation;
use crate::resolve::{self, Resolver, SystemResolver};
use crate::retry::retry;
use crate::stream::TcpStream;
use crate::sys::wait::{AnyReady, Interest, wait_any};
use crate::sys::{OwnedHandle, option, socket};

/// How to connect: options as data, to be used for any number of connections.
///
/// | option | default |
/// | --- | --- |
/// | [`local`](Self::local) | the system chooses |
/// | [`nodelay`](Self::nodelay), [`keepalive`](Self::keepalive) | off, as in std |
/// | [`attempt_delay`](Self::attempt_delay) | 250 ms |
///
/// ```
/// use std::time::Duration;
/// use usocket::{ConnectOptions, TcpListener};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let options = ConnectOptions::new().nodelay(true).local(([127, 0, 0, 1], 0));
/// let stream = options.connect(listener.local_addr()?, Duration::from_secs(5))?;
/// assert!(stream.nodelay()?);
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "options do nothing until `connect`"]
#[non_exhaustive]
pub struct ConnectOptions {
    local: Option<SocketAddr>,
    nodelay: bool,
    keepalive: bool,
    attempt_delay: Option<Duration>,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl ConnectOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            local: None,
            nodelay: false,
            keepalive: false,
            attempt_delay: Some(Duration::from_millis(250)),
        }
    }

    /// The address to connect from; with port 0, the system chooses the port.
    ///
    /// Addresses of the host that are of the other family are not tried.
    #[doc(alias = ":local-host")]
    #[doc(alias = ":local-port")]
    pub fn local(mut self, local: impl Into<SocketAddr>) -> Self {
        self.local = Some(local.into());
        self
    }

    /// Whether small pieces are sent at once (`TCP_NODELAY`).
    #[doc(alias = ":nodelay")]
    pub const fn nodelay(mut self, nodelay: bool) -> Self {
        self.nodelay = nodelay;
        self
    }

    /// Whether the system checks now and then that the peer is still there (`SO_KEEPALIVE`).
    pub const fn keepalive(mut self, keepalive: bool) -> Self {
        self.keepalive = keepalive;
        self
    }

    /// How long one address of a host gets before the next is tried beside it; at least 10 ms.
    ///
    /// `None` switches the race off: the addresses are tried one after the other, in the system's
    /// order, and each gets its share of the time that is left. Source: RFC 8305, sections 5 and 8.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::ConnectOptions;
    ///
    /// let patient = ConnectOptions::new().attempt_delay(Duration::from_secs(1));
    /// let one_by_one = ConnectOptions::new().attempt_delay(None);
    /// # assert_ne!(patient, one_by_one);
    /// ```
    pub fn attempt_delay(mut self, delay: impl Into<Option<Duration>>) -> Self {
        self.attempt_delay = delay
            .into()
            .map(|delay| delay.max(Duration::from_millis(10)));
        self
    }

    /// Connects, with one end for everything: look-up, every address, and the hand-shake.
    ///
    /// An address is connected to at once. A name is looked up by the system; its addresses are
    /// tried in the system's order with the families taking turns, the next one beside the others
    /// when the [delay](Self::attempt_delay) is over or one has failed, and the first that connects
    /// wins. At least one address is tried, even if the deadline has passed.
    ///
    /// # Errors
    ///
    /// Of several addresses, the error of the one that got furthest ([`Error::from_attempts`]), with
    /// all of them in [`Error::attempts`]:
    /// [`ConnectionRefused`](Condition::ConnectionRefused), also where the socket would be connected
    /// to itself; [`Timeout`](Condition::Timeout), [`HostUnreachable`](Condition::HostUnreachable),
    /// [`NetworkUnreachable`](Condition::NetworkUnreachable), [`HostDown`](Condition::HostDown),
    /// [`ConnectionReset`](Condition::ConnectionReset),
    /// [`OperationNotPermitted`](Condition::OperationNotPermitted) by a firewall; of this machine
    /// [`AddressNotAvailable`](Condition::AddressNotAvailable),
    /// [`AddressInUse`](Condition::AddressInUse),
    /// [`AddressFamilyNotSupported`](Condition::AddressFamilyNotSupported),
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles). [`Cancelled`](Condition::Cancelled);
    /// [`InvalidArgument`](Condition::InvalidArgument) for what is no endpoint; for names those of
    /// [`resolve::lookup`]. Source: POSIX `connect`, RFC 8305, RFC 6724.
    ///
    /// # Platforms
    ///
    /// Which of these a system says is its own affair where it comes from no peer. For want of a route Linux says
    /// [`NetworkUnreachable`](Condition::NetworkUnreachable), gVisor and WASI
    /// [`HostUnreachable`](Condition::HostUnreachable). To a broadcast address Linux refuses at once; gVisor tries until
    /// the deadline.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use usocket::ConnectOptions;
    ///
    /// let stream = ConnectOptions::new().nodelay(true).connect("example.org:80", Duration::from_secs(5))?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-connect")]
    #[doc(alias = ":timeout")]
    #[doc(alias = ":connection-timeout")]
    #[doc(alias = ":deadline")]
    pub fn connect<'a>(
        &self,
        endpoint: impl ToEndpoint,
        until: impl Into<Until<'a>>,
    ) -> Result<TcpStream, Error> {
        self.connect_by(&SystemResolver, endpoint, until)
    }

    /// The same, with names looked up by this resolver: a client for DNS, or a fake in a test.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::time::Duration;
    /// use usocket::resolve::{Lookup, Query, Resolver};
    /// use usocket::{ConnectOptions, Deadline, Error, TcpListener};
    ///
    /// struct Here(std::net::SocketAddr);
    ///
    /// impl Resolver for Here {
    ///     fn resolve(&self, _: &Query, _: Deadline) -> Result<Lookup, Error> {
    ///         Ok(Lookup::new([self.0]))
    ///     }
    /// }
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let here = Arc::new(Here(listener.local_addr()?));
    /// ConnectOptions::new().connect_by(&here, "db.internal:5432", Duration::from_secs(5))?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect), and whatever the resolver says.
    pub fn connect_by<'a>(
        &self,
        resolver: &(impl Resolver + Clone + 'static),
        endpoint: impl ToEndpoint,
        until: impl Into<Until<'a>>,
    ) -> Result<TcpStream, Error> {
        let until = until.into();
        let endpoint = endpoint
            .to_endpoint()
            .map_err(|error| Error::from_endpoint(Operation::Connect, error))?;
        match endpoint.socket_addr() {
            Some(address) if until.is_never() => self.connect_plainly(address),
            Some(address) => self.race(&[address], None, until),
            None => {
                let found = resolve::lookup_by(resolver, &endpoint, until)?;
                let addresses = interleaved(found.addresses());
                self.race(&addresses, Some(&endpoint), until)
            }
        }
    }

    /// One address and all the time in the world: one blocking call.
    fn connect_plainly(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        let begin = Instant::now();
        let connected = self.prepared(peer).and_then(|handle| {
            match socket::connect(&handle, peer) {
                // It goes on by itself; asking again would say just that.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    retry(|| wait_any(&[&handle], Interest::Writable, None, None))?;
                    completed(&handle)?;
                }
                connected => connected?,
            }
            not_to_itself(&handle, peer)?;
            Ok(handle)
        });
        match connected {
            Ok(handle) => {
                let link = Link::new(false).with_peer(Some(peer));
                Ok(TcpStream::new(handle.into(), link))
            }
            Err(source) => {
                let attempt = Error::from_io(Operation::Connect, source);
                let attempts = vec![attempt.into_attempt(peer, begin.elapsed())];
                Err(self.failed(None, attempts))
            }
        }
    }

    /// The first of the addresses that connects.
    fn race(
        &self,
        addresses: &[SocketAddr],
        endpoint: Option<&Endpoint>,
        until: Until<'_>,
    ) -> Result<TcpStream, Error> {
        let mut race = Race {
            options: self,
            until,
            left: addresses.iter().copied(),
            running: Vec::new(),
            failed: Vec::new(),
            next_start: Deadline::At(Instant::now()),
        };
        match race.run() {
            Ok((handle, peer)) => {
                let link = match endpoint {
                    Some(endpoint) => Link::named(false, &endpoint.to_string()),
                    None => Link::new(false),
                };
                Ok(TcpStream::new(handle.into(), link.with_peer(Some(peer))))
            }
            Err(End::AllFailed) => Err(self.failed(endpoint, race.failed)),
            Err(End::Passed) => Err(self.failed(endpoint, race.failed).with_deadline_passed()),
            Err(End::Cancelled) => {
                let error = Until::cancelled(Operation::Connect).with_attempts(race.failed);
                Err(match endpoint {
                    Some(endpoint) => error.with_host(&endpoint.to_string()),
                    None => error.with_peer(addresses[0]),
                })
            }
            Err(End::Waiting(source)) => Err(Error::from_io(Operation::Wait, source)),
        }
    }

    fn failed(&self, endpoint: Option<&Endpoint>, attempts: Vec<Attempt>) -> Error {
        let host = endpoint.map(ToString::to_string);
        let error = Error::from_attempts(Operation::Connect, host.as_deref(), attempts);
        match self.local {
            Some(local) => error.with_local(local),
            None => error,
        }
    }

    /// A new socket with its options, bound where that was asked for.
    fn prepared(&self, peer: SocketAddr) -> io::Result<OwnedHandle> {
        let domain = Domain::for_address(peer).into();
        let handle = socket::socket(domain, Type::STREAM.into(), Protocol::TCP.into())?;
        if self.nodelay {
            option::set_nodelay(&handle, true)?;
        }
        if self.keepalive {
            option::set_keepalive(&handle, true)?;
        }
        if let Some(local) = self.local {
            if local.port() != 0 {
                // An earlier connection from there may linger.
                option::set_reuse_address(&handle, !cfg!(windows))?;
            }
            socket::bind(&handle, local)?;
        }
        Ok(handle)
    }
}

impl TcpStream {
    /// Connects, and takes as long as it takes: with the defaults of [`ConnectOptions`].
    ///
    /// # Errors
    ///
    /// Those of [`ConnectOptions::connect`].
    ///
    /// ```no_run
    /// let stream = usocket::TcpStream::connect("example.org:80")?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-connect")]
    pub fn connect(endpoint: impl ToEndpoint) -> Result<Self, Error> {
        Self::connect_deadline(endpoint, Deadline::NEVER)
    }

    /// Connects before the deadline, which is one for look-up, every address, and the hand-shake.
    ///
    /// # Errors
    ///
    /// Those of [`ConnectOptions::connect`].
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use usocket::TcpStream;
    ///
    /// let stream = TcpStream::connect_deadline("example.org:80", Duration::from_secs(2))?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "socket-connect")]
    pub fn connect_deadline<'a>(
        endpoint: impl ToEndpoint,
        until: impl Into<Until<'a>>,
    ) -> Result<Self, Error> {
        ConnectOptions::new().connect(endpoint, until)
    }
}

/// Connects to several addresses at once, on the caller's thread.
struct Race<'a> {
    options: &'a ConnectOptions,
    until: Until<'a>,
    left: std::iter::Copied<std::slice::Iter<'a, SocketAddr>>,
    running: Vec<Running>,
    failed: Vec<Attempt>,
    /// When the next address is to be tried, whatever those that run have said by then.
    next_start: Deadline,
}

/// One address that has not answered yet.
struct Running {
    peer: SocketAddr,
    handle: OwnedHandle,
    begin: Instant,
    /// When it is given up, if that is before the whole race is.
    end: Deadline,
}

/// Why a race has no winner.
enum End {
    AllFailed,
    Passed,
    Cancelled,
    Waiting(io::Error),
}

/// How many addresses are tried at the same time. A host with more than that, none of which answers,
/// is waited for.
const MOST_RUNNING: usize = 16;

impl Race<'_> {
    fn run(&mut self) -> Result<(OwnedHandle, SocketAddr), End> {
        loop {
            if let Some(winner) = self.start_what_is_due() {
                return Ok(winner);
            }
            if self.running.is_empty() {
                return Err(End::AllFailed);
            }
            let handles: Vec<_> = self.running.iter().map(|running| &running.handle).collect();
            let wake = self.until.cancel().map(Cancel::wake);
            let timeout = self.next_event().remaining();
            let ready = retry(|| wait_any(&handles, Interest::Writable, wake, timeout));
            match ready.map_err(End::Waiting)? {
                AnyReady::Sockets(ready) => {
                    if let Some(winner) = self.finish(&ready) {
                        return Ok(winner);
                    }
                }
                AnyReady::Woken => return Err(End::Cancelled),
                AnyReady::TimedOut => self.give_up_what_is_late()?,
            }
        }
    }

    /// Starts the next address if its time has come, and further ones as long as they fail at once.
    fn start_what_is_due(&mut self) -> Option<(OwnedHandle, SocketAddr)> {
        while self.next_start.has_passed() && self.running.len() < MOST_RUNNING {
            let Some(peer) = self.left.next() else {
                self.next_start = Deadline::Never;
                break;
            };
            let begin = Instant::now();
            match self.start(peer) {
                Ok((handle, true)) => return Some((handle, peer)),
                Ok((handle, false)) => {
                    let (end, next_start) = self.times_of_one(begin);
                    self.running.push(Running {
                        peer,
                        handle,
                        begin,
                        end,
                    });
                    self.next_start = next_start;
                }
                Err(source) => self.fail(peer, begin, source),
            }
        }
        None
    }

    /// Until when an address has time that begins now, and when the next one begins.
    fn times_of_one(&self, begin: Instant) -> (Deadline, Deadline) {
        if let Some(delay) = self.options.attempt_delay {
            let next = begin
                .checked_add(delay)
                .map_or(Deadline::Never, Deadline::At);
            return (Deadline::Never, next);
        }
        // One by one: each has an equal share of the time that is left.
        let sharers = u32::try_from(self.left.len() + 1).unwrap_or(u32::MAX);
        let share = self.until.deadline().remaining().map(|left| left / sharers);
        (Deadline::from(share), Deadline::Never)
    }

    /// Begins to connect; whether that is all there was to do.
    fn start(&self, peer: SocketAddr) -> io::Result<(OwnedHandle, bool)> {
        let handle = self.options.prepared(peer)?;
        option::set_nonblocking(&handle, true)?;
        match socket::connect(&handle, peer) {
            Ok(()) => {
                won(&handle, peer)?;
                Ok((handle, true))
            }
            Err(error) => match Condition::of(&error, Operation::Connect) {
                Condition::InProgress | Condition::Interrupted => Ok((handle, false)),
                _ => Err(error),
            },
        }
    }

    /// When something is to be done even if no address answers.
    fn next_event(&self) -> Deadline {
        let first = self.until.deadline().earlier(self.running_end());
        if self.running.len() < MOST_RUNNING {
            first.earlier(self.next_start)
        } else {
            first
        }
    }

    fn running_end(&self) -> Deadline {
        self.running
            .iter()
            .fold(Deadline::Never, |end, running| end.earlier(running.end))
    }

    /// Looks at the addresses that have answered; the first that is connected has won.
    fn finish(&mut self, ready: &[usize]) -> Option<(OwnedHandle, SocketAddr)> {
        // From the back, so that the places of the others stay.
        let mut winner = None;
        for index in ready.iter().rev() {
            let Running {
                peer,
                handle,
                begin,
                ..
            } = self.running.remove(*index);
            match completed(&handle).and_then(|()| won(&handle, peer)) {
                Ok(()) => winner = Some((handle, peer)),
                Err(source) => self.fail(peer, begin, source),
            }
        }
        winner
    }

    fn give_up_what_is_late(&mut self) -> Result<(), End> {
        let all = self.until.deadline().has_passed();
        let (late, running) = std::mem::take(&mut self.running)
            .into_iter()
            .partition(|running: &Running| all || running.end.has_passed());
        self.running = running;
        for Running { peer, begin, .. } in late {
            let error = Until::passed(Operation::Connect).with_peer(peer);
            self.fail(peer, begin, error.into());
        }
        if all { Err(End::Passed) } else { Ok(()) }
    }

    /// Keeps the failure, and lets the next address begin at once.
    fn fail(&mut self, peer: SocketAddr, begin: Instant, source: io::Error) {
        let to_itself = self.options.local == Some(peer);
        let error = Error::of_connect(source, to_itself);
        self.failed.push(error.into_attempt(peer, begin.elapsed()));
        self.next_start = Deadline::At(Instant::now());
    }
}

/// After a socket became writable: no error, then a peer. Only then is it connected.
///
/// Systems have been seen that call a refused socket connected by any one of these.
fn completed(handle: &OwnedHandle) -> io::Result<()> {
    match option::take_error(handle)? {
        Some(error) => Err(error),
        None => socket::peer_name(handle).map(drop),
    }
}

/// What is still to be done with a socket that is connected.
fn won(handle: &OwnedHandle, peer: SocketAddr) -> io::Result<()> {
    not_to_itself(handle, peer)?;
    option::set_nonblocking(handle, false)
}

/// Refuses a socket that was connected to itself: where the system chose as local port the very one
/// that nobody listens on, TCP's simultaneous open succeeds (RFC 9293, section 3.5).
fn not_to_itself(handle: &OwnedHandle, peer: SocketAddr) -> io::Result<()> {
    let local = socket::local_name(handle)?;
    if local.is_some_and(|local| (local.ip(), local.port()) == (peer.ip(), peer.port())) {
        let words = "nobody listens there: the socket was connected to itself";
        return Err(io::Error::new(io::ErrorKind::ConnectionRefused, words));
    }
    Ok(())
}

/// The system's order, with the families taking turns, that of the first address first: RFC 8305,
/// section 4.
fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let mut first = addresses
        .iter()
        .filter(|address| address.is_ipv6() == first_is_v6);
    let mut other = addresses
        .iter()
        .filter(|address| address.is_ipv6() != first_is_v6);
    let mut ordered = Vec::with_capacity(addresses.len());
    loop {
        match (first.next(), other.next()) {
            (None, None) => return ordered,
            (one, two) => ordered.extend(one.into_iter().chain(two)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn v4(host: u8) -> SocketAddr {
        ([127, 0, 0, host], 80).into()
    }

    fn v6(host: u16) -> SocketAddr {
        ([0, 0, 0, 0, 0, 0, 0, host], 80).into()
    }

    #[test]
    fn families_take_turns_and_the_first_stays_first() {
        assert_eq!(
            interleaved(&[v6(1), v6(2), v6(3), v4(1), v4(2)]),
            [v6(1), v4(1), v6(2), v4(2), v6(3)]
        );
        assert_eq!(interleaved(&[v4(1), v4(2), v6(1)]), [v4(1), v6(1), v4(2)]);
        assert_eq!(interleaved(&[]), []);
    }

    #[test]
    fn a_delay_below_ten_milliseconds_is_ten() {
        let options = ConnectOptions::new().attempt_delay(Duration::ZERO);
        assert_eq!(options.attempt_delay, Some(Duration::from_millis(10)));
    }

    proptest! {
        #[test]
        fn interleaving_loses_nothing_and_keeps_each_family_in_order(
            addresses in proptest::collection::vec(any::<SocketAddr>(), 0..20),
        ) {
            let ordered = interleaved(&addresses);
            prop_assert_eq!(ordered.first(), addresses.first());
            for six in [false, true] {
                let of = |all: &[SocketAddr]| -> Vec<_> {
                    all.iter().filter(|one| one.is_ipv6() == six).copied().collect()
                };
                prop_assert_eq!(of(&ordered), of(&addresses));
            }
        }
    }
}
