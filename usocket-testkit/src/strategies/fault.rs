//! Calls that fail, as a plan.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use usocket::Operation;

use crate::errno::Errno;

/// The most rules of one schedule.
const MOST_RULES: usize = 4;
/// The most calls that pass before the first that fails, and the most that fail in a row.
const MOST_SKIPPED: u32 = 5;
const MOST_TIMES: u32 = 3;

/// Some calls of one kind fail: so many pass, and then so many give this error number.
///
/// It is data for whatever makes calls fail; here is a stream that does.
///
/// ```
/// use proptest::prelude::*;
/// use std::io::{self, Read};
/// use usocket_testkit::Operation;
/// use usocket_testkit::strategies::{FaultRule, fault_rule};
///
/// struct Failing<R> { stream: R, rule: FaultRule, calls: u32 }
///
/// impl<R: Read> Read for Failing<R> {
///     fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
///         let call = self.calls;
///         self.calls += 1;
///         if self.rule.fails(call) { Err(self.rule.errno.into()) } else { self.stream.read(buffer) }
///     }
/// }
///
/// proptest!(|(rule in fault_rule(Operation::Receive))| {
///     let mut stream = Failing { stream: io::empty(), rule, calls: 0 };
///     for _ in 0..rule.skip {
///         prop_assert!(stream.read(&mut []).is_ok());
///     }
///     prop_assert!(stream.read(&mut []).is_err());
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FaultRule {
    /// The call.
    pub operation: Operation,
    /// How many of them pass before the first that fails.
    pub skip: u32,
    /// How many fail then.
    pub times: u32,
    /// What they say.
    pub errno: Errno,
}

impl FaultRule {
    /// Whether the call of its kind fails that so many others came before.
    ///
    /// ```
    /// use proptest::prelude::*;
    /// use usocket_testkit::Operation;
    /// use usocket_testkit::strategies::fault_rule;
    ///
    /// proptest!(|(rule in fault_rule(Operation::Accept))| {
    ///     let failing = (0..20).filter(|call| rule.fails(*call)).count();
    ///     prop_assert_eq!(u32::try_from(failing), Ok(rule.times));
    /// });
    /// ```
    pub fn fails(&self, call: u32) -> bool {
        let failing = self.skip..self.skip.saturating_add(self.times);
        failing.contains(&call)
    }
}

/// Rules for one kind of call: up to five calls pass, one to three fail. The simplest lets the first one fail, with the
/// error that the call is best known for.
///
/// # Panics
///
/// For an operation that gives no error numbers: [`errnos_of`] has none for it.
pub fn fault_rule(operation: Operation) -> impl Strategy<Value = FaultRule> {
    let errnos = errnos_of(operation);
    assert!(!errnos.is_empty(), "{operation:?} gives no error numbers");
    (0..=MOST_SKIPPED, 1..=MOST_TIMES, select(errnos)).prop_map(move |(skip, times, errno)| {
        FaultRule {
            operation,
            skip,
            times,
            errno,
        }
    })
}

/// Up to four rules, for calls of every kind that gives error numbers. The simplest has none.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::strategies::fault_schedule;
///
/// proptest!(|(schedule in fault_schedule())| {
///     prop_assert!(schedule.len() <= 4);
/// });
/// ```
pub fn fault_schedule() -> impl Strategy<Value = Vec<FaultRule>> {
    fault_schedule_on(Operation::ALL)
}

/// The same for these kinds of calls alone. Where none of them gives error numbers, every schedule is empty.
///
/// ```
/// use proptest::prelude::*;
/// use usocket_testkit::Operation;
/// use usocket_testkit::strategies::fault_schedule_on;
///
/// let calls = [Operation::Connect, Operation::Send, Operation::Receive];
/// proptest!(|(schedule in fault_schedule_on(&calls))| {
///     prop_assert!(schedule.iter().all(|rule| calls.contains(&rule.operation)));
/// });
/// ```
pub fn fault_schedule_on(operations: &[Operation]) -> BoxedStrategy<Vec<FaultRule>> {
    let able = |operation: &&Operation| !errnos_of(**operation).is_empty();
    let rules: Vec<_> = operations
        .iter()
        .copied()
        .filter(|operation| able(&operation))
        .map(fault_rule)
        .collect();
    if rules.is_empty() {
        Just(Vec::new()).boxed()
    } else {
        vec(Union::new(rules), 0..=MOST_RULES).boxed()
    }
}

/// The error numbers that a call gives by POSIX or on Linux, and that this system has a name for; the best known first.
/// None for look-ups, which have codes of their own.
///
/// ```
/// use usocket_testkit::strategies::errnos_of;
/// use usocket_testkit::{Errno, Operation};
///
/// assert_eq!(errnos_of(Operation::Connect).first(), Some(&Errno::ECONNREFUSED));
/// assert!(errnos_of(Operation::Lookup).is_empty());
/// ```
///
/// Source: POSIX.1-2024, the page of each function; the man pages of Linux, section 2.
pub fn errnos_of(operation: Operation) -> Vec<Errno> {
    let row = NAMES.iter().find(|(known, _)| *known == operation);
    let names = row.map_or("", |(_, names)| names);
    names
        .split(' ')
        .filter_map(|name| name.parse().ok())
        .collect()
}

/// By name: not every system has every number.
const NAMES: &[(Operation, &str)] = &[
    (
        Operation::Socket,
        "EMFILE ENFILE EACCES EAFNOSUPPORT EPROTONOSUPPORT EPROTOTYPE ENOBUFS ENOMEM",
    ),
    (
        Operation::Bind,
        "EADDRINUSE EADDRNOTAVAIL EACCES EAFNOSUPPORT EINVAL ENOBUFS",
    ),
    (Operation::Listen, "EADDRINUSE EINVAL EOPNOTSUPP ENOBUFS"),
    (
        Operation::Connect,
        "ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH ECONNRESET EHOSTDOWN ENETDOWN EADDRNOTAVAIL EADDRINUSE \
         EACCES EPERM EINTR EAGAIN ENOBUFS",
    ),
    (
        Operation::Accept,
        "ECONNABORTED EMFILE ENFILE ENOBUFS ENOMEM EAGAIN EINTR EPROTO EPERM",
    ),
    (
        Operation::Send,
        "ECONNRESET EPIPE ETIMEDOUT EAGAIN EINTR EHOSTUNREACH ENETUNREACH ENETDOWN ECONNREFUSED ENOTCONN EMSGSIZE \
         ENOBUFS ENOMEM",
    ),
    (
        Operation::SendTo,
        "EHOSTUNREACH ENETUNREACH ENETDOWN EMSGSIZE ECONNREFUSED EACCES EPERM EAGAIN EINTR ENOBUFS ENOMEM",
    ),
    (
        Operation::Receive,
        "ECONNRESET ETIMEDOUT EAGAIN EINTR ECONNREFUSED EHOSTUNREACH ENOTCONN ENOBUFS ENOMEM",
    ),
    (
        Operation::ReceiveFrom,
        "EAGAIN EINTR ECONNREFUSED EHOSTUNREACH ENOBUFS ENOMEM",
    ),
    (Operation::Shutdown, "ENOTCONN EINVAL ENOBUFS"),
    (
        Operation::GetOption,
        "ENOPROTOOPT EINVAL EOPNOTSUPP ENOBUFS",
    ),
    (
        Operation::SetOption,
        "ENOPROTOOPT EINVAL EISCONN ENOBUFS ENOMEM EPERM",
    ),
    (Operation::LocalName, "EINVAL ENOBUFS EOPNOTSUPP"),
    (Operation::PeerName, "ENOTCONN EINVAL ENOBUFS"),
    (Operation::Wait, "EINTR EAGAIN EINVAL ENOMEM"),
    (Operation::Duplicate, "EMFILE"),
    (Operation::Close, "EINTR EIO"),
];
