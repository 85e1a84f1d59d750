//! What the library is made to do, and what is held of it: each call ends in time and says what was wrong, what is to be
//! retried is retried, and nothing stays behind.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use usocket::{
    Condition, Disposition, Error, Operation, TcpListener, TcpStream, UdpSocket, wait_for,
};
use usocket_testkit::Errno;

use super::counts::counts;
use super::model::answer;
use super::nemesis::{Armed, Nemesis, Strike};
use super::properties_support::PATIENCE;

/// Where a call is struck again and again, it has no more time than this.
const SOON: Duration = Duration::from_millis(20);

/// What the sequences are made of. A step is left out where there is nothing to do it with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Listen,
    Connect,
    Accept,
    Send(usize),
    Receive,
    Wait,
    Bind,
    SendTo(usize),
    ReceiveFrom,
    Close,
}

impl Step {
    /// The system's call that it is about: where that fails, the step does.
    fn operation(self) -> Option<Operation> {
        match self {
            Self::Listen => Some(Operation::Listen),
            Self::Connect => Some(Operation::Connect),
            Self::Accept => Some(Operation::Accept),
            Self::Send(_) => Some(Operation::Send),
            Self::Receive => Some(Operation::Receive),
            Self::Wait => Some(Operation::Wait),
            Self::Bind => Some(Operation::Bind),
            Self::SendTo(_) => Some(Operation::SendTo),
            Self::ReceiveFrom => Some(Operation::ReceiveFrom),
            Self::Close => None,
        }
    }
}

/// A listener and a connection to begin with, so that most steps have something to work on; then anything.
pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..40).prop_map(|steps| {
        [Step::Listen, Step::Connect, Step::Accept, Step::Bind]
            .into_iter()
            .chain(steps)
            .collect()
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Listen),
        4 => Just(Step::Connect),
        4 => Just(Step::Accept),
        6 => (1..2000_usize).prop_map(Step::Send),
        6 => Just(Step::Receive),
        2 => Just(Step::Wait),
        1 => Just(Step::Bind),
        3 => (0..2000_usize).prop_map(Step::SendTo),
        3 => Just(Step::ReceiveFrom),
        1 => Just(Step::Close),
    ]
}

/// Errors that end a call.
const HARD: &[Errno] = &[
    Errno::EACCES,
    Errno::EADDRINUSE,
    Errno::ECONNABORTED,
    Errno::ECONNREFUSED,
    Errno::ECONNRESET,
    Errno::EHOSTDOWN,
    Errno::EHOSTUNREACH,
    Errno::EMFILE,
    Errno::ENETDOWN,
    Errno::ENETRESET,
    Errno::ENETUNREACH,
    Errno::ENOBUFS,
    Errno::ENOMEM,
    Errno::ETIMEDOUT,
];

/// Of these, what is no reason for a server to accept nothing more (accept(2), "Error handling").
const PASSING: &[Errno] = &[
    Errno::ECONNABORTED,
    Errno::EHOSTDOWN,
    Errno::EHOSTUNREACH,
    Errno::EMFILE,
    Errno::ENETDOWN,
    Errno::ENETUNREACH,
    Errno::ENOBUFS,
    Errno::ENOMEM,
];

/// Operations whose errors end a call that is about something else, or are of no weight there.
const ANCILLARY: &[Operation] = &[
    Operation::Socket,
    Operation::LocalName,
    Operation::PeerName,
    Operation::GetOption,
    Operation::SetOption,
];

/// Operations that are tried again after an interruption, or when they would block.
const RETRIED: &[Operation] = &[
    Operation::Accept,
    Operation::Send,
    Operation::Receive,
    Operation::SendTo,
    Operation::ReceiveFrom,
];

const ENDED: &[Operation] = &[
    Operation::Listen,
    Operation::Connect,
    Operation::Accept,
    Operation::Send,
    Operation::Receive,
    Operation::Wait,
    Operation::Bind,
    Operation::SendTo,
    Operation::ReceiveFrom,
];

pub(crate) fn strikes() -> impl Strategy<Value = Vec<Strike>> {
    vec(strike(), 0..4)
}

fn strike() -> impl Strategy<Value = Strike> {
    let of = |operations: &'static [Operation], errnos: &'static [Errno]| {
        (
            prop::sample::select(operations),
            prop::sample::select(errnos),
        )
    };
    let what = prop_oneof![
        4 => of(ENDED, HARD),
        2 => of(ANCILLARY, HARD),
        3 => of(RETRIED, &[Errno::EINTR, Errno::EAGAIN]),
        2 => of(&[Operation::Wait], &[Errno::EINTR]),
    ];
    let times = prop_oneof![4 => 1..4_u64, 1 => Just(u64::MAX)];
    (what, 0..6_u64, times).prop_map(|((operation, errno), skip, times)| Strike {
        operation,
        skip,
        // No process is interrupted for ever: a call that does not wait is not interrupted at all.
        times: if errno == Errno::EINTR {
            times.min(3)
        } else {
            times
        },
        errno,
    })
}

fn is_soft(errno: Errno) -> bool {
    matches!(errno, Errno::EINTR | Errno::EAGAIN)
}

/// What a step gives back: how much was done, for none of it may be lost.
type Result<T> = std::result::Result<T, Error>;

/// A connection, whose server's end may still wait to be accepted.
struct Connection {
    client: TcpStream,
    /// The client's address.
    local: SocketAddr,
    server: Option<TcpStream>,
    under_way: Vec<u8>,
}

/// Everything that a sequence has made.
#[derive(Default)]
struct Made {
    listener: Option<(TcpListener, SocketAddr)>,
    connections: Vec<Connection>,
    /// In the order in which they came.
    waiting: VecDeque<SocketAddr>,
    datagrams: Option<(UdpSocket, SocketAddr)>,
    under_way: VecDeque<usize>,
}

/// The bytes of a transfer are told apart by their place.
fn content(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

impl Made {
    /// Whether there is something to do the step with, and it would not wait.
    fn can(&self, step: Step) -> bool {
        match step {
            Step::Listen => self.listener.is_none(),
            Step::Connect => self.listener.is_some() && self.connections.len() < 4,
            Step::Accept => self.listener.is_some() && !self.waiting.is_empty(),
            Step::Send(_) => self.connections.last().is_some(),
            Step::Receive | Step::Wait => self.readable().is_some(),
            Step::Bind => self.datagrams.is_none(),
            Step::SendTo(_) => self.datagrams.is_some() && self.under_way.len() < 8,
            Step::ReceiveFrom => !self.under_way.is_empty(),
            Step::Close => true,
        }
    }

    fn readable(&self) -> Option<usize> {
        self.connections
            .iter()
            .position(|one| one.server.is_some() && !one.under_way.is_empty())
    }

    fn perform(&mut self, step: Step, limit: Duration, nemesis: &dyn Nemesis) -> Result<()> {
        match step {
            Step::Listen => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let addr = nemesis.addr_of(listener.as_fd());
                self.listener = Some((listener, addr));
            }
            Step::Connect => {
                let addr = self.listener.as_ref().unwrap().1;
                let client = TcpStream::connect_deadline(addr, limit)?;
                let local = nemesis.addr_of(client.as_fd());
                self.waiting.push_back(local);
                self.connections.push(Connection {
                    client,
                    local,
                    server: None,
                    under_way: Vec::new(),
                });
            }
            Step::Accept => {
                let (server, peer) = self.listener.as_ref().unwrap().0.accept_deadline(limit)?;
                // One that failed after it was connected may come first: then it has no client any more.
                while let Some(next) = self.waiting.pop_front() {
                    if next == peer {
                        break;
                    }
                }
                let mut connections = self.connections.iter_mut();
                if let Some(connection) = connections.find(|one| one.local == peer) {
                    connection.server = Some(server);
                }
            }
            Step::Send(length) => {
                let connection = self.connections.last_mut().unwrap();
                // No more than the buffers hold, for nobody reads at the same time.
                if connection.under_way.len() < 30_000 {
                    let bytes = content(length);
                    let sent = connection.client.write_all_deadline(&bytes, limit);
                    let done = match &sent {
                        Ok(()) => length,
                        Err(error) => error.bytes_done().unwrap(),
                    };
                    connection.under_way.extend_from_slice(&bytes[..done]);
                    sent?;
                }
            }
            Step::Receive => {
                let at = self.readable().unwrap();
                let connection = &mut self.connections[at];
                let mut buffer = vec![0; connection.under_way.len()];
                let server = connection.server.as_ref().unwrap();
                let received = server.read_exact_deadline(&mut buffer, limit);
                let done = match &received {
                    Ok(()) => buffer.len(),
                    Err(error) => error.bytes_done().unwrap(),
                };
                assert_eq!(buffer[..done], connection.under_way[..done]);
                connection.under_way.drain(..done);
                received?;
            }
            Step::Wait => {
                let at = self.readable().unwrap();
                let server = self.connections[at].server.as_ref().unwrap();
                assert_eq!(wait_for(&[server], limit)?, [0]);
            }
            Step::Bind => {
                let socket = UdpSocket::bind("127.0.0.1:0")?;
                let addr = nemesis.addr_of(socket.as_fd());
                self.datagrams = Some((socket, addr));
            }
            Step::SendTo(length) => {
                let (socket, addr) = self.datagrams.as_ref().unwrap();
                assert_eq!(
                    socket.send_to_deadline(&content(length), *addr, limit)?,
                    length
                );
                self.under_way.push_back(length);
            }
            Step::ReceiveFrom => {
                let (socket, addr) = self.datagrams.as_ref().unwrap();
                let mut buffer = [0; 4096];
                let got = socket.recv_from_deadline(&mut buffer, limit)?;
                assert_eq!(Some(got.len), self.under_way.pop_front());
                assert_eq!(got.peer, *addr);
            }
            Step::Close => *self = Self::default(),
        }
        Ok(())
    }
}

/// What was struck in one step: operation, error, how often, and whether it is struck for ever.
struct Struck {
    strike: Strike,
    hits: u64,
}

/// Does one step, and holds what it says against what was struck meanwhile.
fn judged(
    made: &mut Made,
    step: Step,
    strikes: &[Strike],
    nemesis: &dyn Nemesis,
    armed: &dyn Armed,
) -> std::result::Result<(), TestCaseError> {
    let before = armed.hits();
    let endless = strikes
        .iter()
        .any(|strike| strike.times == u64::MAX && is_soft(strike.errno));
    let limit = if endless { SOON } else { PATIENCE };
    let begin = Instant::now();
    let done = made.perform(step, limit, nemesis);
    let took = begin.elapsed();
    prop_assert!(took < limit + PATIENCE, "{step:?} took {took:?}");

    let struck: Vec<_> = strikes
        .iter()
        .zip(armed.hits().iter().zip(before))
        .map(|(strike, (after, before))| Struck {
            strike: *strike,
            hits: after - before,
        })
        .filter(|struck| struck.hits > 0)
        .collect();
    let hard = || struck.iter().filter(|one| !is_soft(one.strike.errno));
    let told: Vec<_> = struck
        .iter()
        .map(|one| (one.strike.operation, one.strike.errno, one.hits))
        .collect();
    match done {
        Ok(()) => {
            let missed = hard().find(|one| Some(one.strike.operation) == step.operation());
            prop_assert!(missed.is_none(), "{step:?} hides one of {told:?}");
        }
        Err(error) => {
            let condition = error.condition();
            let provoked = hard().any(|one| answer::names(one.strike.errno).contains(&condition));
            if matches!(step, Step::Accept)
                && hard().all(|one| {
                    one.strike.operation == Operation::Accept && PASSING.contains(&one.strike.errno)
                })
            {
                let disposition = error.disposition();
                prop_assert_ne!(
                    disposition,
                    Disposition::Fatal,
                    "{} ends an accept loop",
                    error
                );
            }
            let timed_out = endless && condition == Condition::Timeout;
            prop_assert!(
                provoked || timed_out,
                "{step:?} says {error} ({condition}); struck: {told:?}"
            );
            if timed_out && !provoked {
                prop_assert!(took >= limit, "{step:?} gave up after {took:?}");
            }
        }
    }
    Ok(())
}

/// The steps under the strikes, and the law.
pub(crate) fn hold(
    nemesis: &dyn Nemesis,
    steps: &[Step],
    strikes: &[Strike],
) -> std::result::Result<(), TestCaseError> {
    let before = counts();
    {
        let mut made = Made::default();
        let armed = nemesis.arm(strikes);
        for step in steps {
            if made.can(*step) {
                judged(&mut made, *step, strikes, nemesis, &*armed)?;
            }
        }
    }
    prop_assert_eq!(counts(), before, "something stays behind");
    Ok(())
}
