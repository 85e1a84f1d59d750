//! Which calls a rule is about, and what happens to them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use usocket::Operation;

use super::action::Action;
use super::matching::{Armed, Counts, Filter, Plan, SocketKind};
use super::refusal::{Refusal, RefusalKind};
use super::rule::Rule;
use super::schedule::Schedule;
use super::scope::Home;
use super::system;
use crate::descriptor::AsDescriptor;
use crate::errno::Errno;
use crate::protocol::Protocol;

/// Calls of one operation, and in the end what happens to them: what [`Faults::on`](super::Faults::on) gives.
///
/// The first methods say which calls it is about; without any, all calls of the operation on internet and Unix domain
/// sockets. The last says what happens, and the rule is in force.
///
/// # Panics
///
/// The last method panics where the rule makes no sense, with the text of the [`Refusal`] that [`arm`](Self::arm)
/// gives: an [`eof`](Self::eof) on `listen`, for example.
#[derive(Debug)]
#[must_use = "it does nothing before it is told what happens to the calls"]
pub struct Calls<'faults> {
    home: &'faults Home,
    operation: Operation,
    filter: Filter,
    skip: u64,
    times: u64,
    misfit: Option<String>,
}

/// Which calls.
impl<'faults> Calls<'faults> {
    pub(super) fn new(home: &'faults Home, operation: Operation) -> Self {
        Self {
            home,
            operation,
            filter: Filter::default(),
            skip: 0,
            times: u64::MAX,
            misfit: None,
        }
    }

    /// Only those that concern this address: the one that `bind`, `connect` and `sendto` name; the listener's own for
    /// `listen` and `accept`; for all others the peer's, or the socket's own where it has no peer.
    ///
    /// A socket that is bound to every address is found by each of them, and an IPv4 address by its IPv6 form too.
    pub fn to(mut self, addr: impl Into<SocketAddr>) -> Self {
        self.filter.address = Some(addr.into());
        self.needs_address("an address");
        self
    }

    /// The same for any host with this port.
    pub fn to_port(mut self, port: u16) -> Self {
        self.filter.port = Some(port);
        self.needs_address("a port");
        self
    }

    /// Only those on this socket, through whichever descriptor; for `wait`, those that wait for it.
    pub fn descriptor(mut self, socket: &impl AsDescriptor) -> Self {
        match system::identity(socket) {
            Ok(identity) => self.filter.socket = Some(identity),
            Err(error) => self.misfit = Some(format!("descriptor needs a socket: {error}")),
        }
        if self.operation == Operation::Socket {
            self.misfit = Some("a socket that is being made has no descriptor yet".into());
        }
        self
    }

    /// Only those on sockets that speak this.
    pub fn over(mut self, protocol: Protocol) -> Self {
        self.filter.protocol = Some(protocol);
        self.needs_one_socket("a protocol");
        self
    }

    /// Only those on stream sockets.
    pub fn streams(mut self) -> Self {
        self.filter.kind = Some(SocketKind::Stream);
        self.needs_one_socket("a type");
        self
    }

    /// Only those on datagram sockets.
    pub fn datagrams(mut self) -> Self {
        self.filter.kind = Some(SocketKind::Datagram);
        self.needs_one_socket("a type");
        self
    }

    /// None of the first `calls` of them. Older rules are asked about those.
    ///
    /// Calls in vain count, those that would block among them: a runtime makes some of these by chance.
    pub fn skip(mut self, calls: u64) -> Self {
        self.skip = calls;
        self
    }

    /// No more than `calls` of them; what follows is as if the rule were gone.
    pub fn times(mut self, calls: u64) -> Self {
        self.times = calls;
        self
    }

    fn needs_one_socket(&mut self, what: &str) {
        if self.operation == Operation::Wait {
            self.misfit = Some(format!(
                "a call that waits for many sockets has not {what}; name one by its descriptor"
            ));
        }
    }

    fn needs_address(&mut self, what: &str) {
        self.needs_one_socket(what);
        if self.operation == Operation::Socket {
            self.misfit = Some(format!("a socket that is being made has not {what}"));
        }
    }
}

/// What happens to them.
impl<'faults> Calls<'faults> {
    /// This error instead of the call.
    #[track_caller]
    pub fn errno(self, errno: Errno) -> Rule {
        self.always(Action::Errno(errno))
    }

    /// The real call, and then this error in place of its answer: what the kernel did stays done. What a call would
    /// have given is closed again. A call that would block or is interrupted did nothing: its answer stays.
    #[track_caller]
    pub fn errno_after(self, errno: Errno) -> Rule {
        self.always(Action::ErrnoAfter(errno))
    }

    /// At most `bytes` bytes are received or sent, over several buffers too. Of a datagram the rest is lost.
    ///
    /// A program that waits for readiness by edges is told again, so that it goes on with the rest.
    #[track_caller]
    pub fn short(self, bytes: usize) -> Rule {
        self.always(Action::Short(bytes))
    }

    /// The real call, so much later. Only on descriptors that block: for others it would hold up everything else that
    /// the thread does, so those are left alone, and [`Rule::assert_hit`] says so.
    #[track_caller]
    pub fn delay(self, delay: Duration) -> Rule {
        self.always(Action::Delay(delay))
    }

    /// The real call, to another address. What asks for the peer's address, or receives from it, sees the one that the
    /// program meant.
    #[track_caller]
    pub fn redirect(self, addr: impl Into<SocketAddr>) -> Rule {
        self.always(Action::Redirect(addr.into()))
    }

    /// The connection fails later than the call that began it: `connect` says that it is in progress, the socket is
    /// ready at once, and `SO_ERROR` has the error. A socket that blocks gets it from `connect` itself.
    ///
    /// No connection is made. On datagram sockets, where nothing can fail later, `connect` does its work, and the error
    /// is the socket's as one from an ICMP message would be.
    #[track_caller]
    pub fn so_error(self, errno: Errno) -> Rule {
        self.always(Action::SoError(errno))
    }

    /// The end of the stream, and no call.
    #[track_caller]
    pub fn eof(self) -> Rule {
        self.always(Action::Eof)
    }

    /// The connection is taken from the queue and closed before `accept` fails, as the kernel does with
    /// `ECONNABORTED`. Without it, the next call gets the connection.
    pub fn consume(self) -> Consuming<'faults> {
        Consuming(self)
    }

    /// The first call has the first action, and so on; after the last, calls are as if the rule were gone.
    #[track_caller]
    pub fn sequence(self, actions: impl IntoIterator<Item = Action>) -> Rule {
        in_force(self.plan(Plan::Sequence(actions.into_iter().collect())))
    }

    /// Chance decides, call by call. The same seed and schedule decide the same for the n-th call every time; the seed
    /// is in the rule's `Debug` text.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use std::net::{TcpListener, TcpStream};
    /// use usocket_testkit::faults::{Action, Schedule};
    /// use usocket_testkit::{Errno, Faults, Operation};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// # let Ok(faults) = Faults::here() else { return Ok(()) };
    /// # if faults.backend().way() == usocket_testkit::Way::Seam { return Ok(()) }
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let mut stream = TcpStream::connect(listener.local_addr()?)?;
    /// listener.accept()?.0.write_all(b"in many pieces")?;
    ///
    /// let schedule = Schedule::pass(0).or(1, Action::Errno(Errno::EINTR)).or(3, Action::Short(1));
    /// let rule = faults.on(Operation::Receive).random(7, schedule);
    /// let mut text = String::new();
    /// stream.read_to_string(&mut text)?;
    /// assert_eq!(text, "in many pieces");
    /// assert!(rule.hits() > 14);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn random(self, seed: u64, schedule: Schedule) -> Rule {
        in_force(self.plan(Plan::Random { seed, schedule }))
    }

    /// This action for every call; the refusal where it makes no sense.
    ///
    /// # Errors
    ///
    /// [`RefusalKind::Unfit`] where the action or the filter does not fit the operation, or the
    /// [back end](super::Faults::backend) cannot do it.
    pub fn arm(self, action: Action) -> Result<Rule, Refusal> {
        self.plan(Plan::Always(action))
    }

    #[track_caller]
    fn always(self, action: Action) -> Rule {
        in_force(self.arm(action))
    }

    fn plan(self, plan: Plan) -> Result<Rule, Refusal> {
        let unfit = |reason: String| Refusal::new(RefusalKind::Unfit, reason);
        if let Some(reason) = self.misfit {
            return Err(unfit(reason));
        }
        for action in plan.actions() {
            action.fits(self.operation).map_err(unfit)?;
            self.home
                .backend
                .can_do(self.operation, action, &self.filter)
                .map_err(|reason| unfit(reason.into()))?;
        }
        let armed = Arc::new(Armed {
            operation: self.operation,
            filter: self.filter,
            skip: self.skip,
            times: self.times,
            plan,
            owner: self.home.owner,
            counts: Counts::default(),
        });
        Ok(Rule::new(armed, self.home.scope))
    }
}

/// A rule that makes no sense is a mistake in the test.
#[track_caller]
fn in_force(rule: Result<Rule, Refusal>) -> Rule {
    rule.unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Calls of `accept` that take their connection and close it: what [`Calls::consume`] gives.
#[derive(Debug)]
#[must_use = "it does nothing before it is told which error follows"]
pub struct Consuming<'faults>(Calls<'faults>);

impl Consuming<'_> {
    /// This error, once the connection is gone. A call that gets no connection has its own answer, and is no hit.
    #[track_caller]
    pub fn errno(self, errno: Errno) -> Rule {
        self.0.always(Action::Consume(errno))
    }
}
