//! From a system's code to a condition, by what was being done.
//!
//! A number alone is not enough: the same code means one thing for a stream and another for a
//! datagram, one under a timeout and another without. The tables in [`os`](crate::os) say what a
//! code means by itself; the rules here say where that is not what happened.

use std::io::ErrorKind;

use crate::condition::Condition;
use crate::operation::Operation;
use crate::os::{self, Table};

/// What is known of the call beside its operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The call ran under a timeout of ours.
    pub(crate) timed: bool,
    /// The socket carries datagrams. Not needed for the operations that only datagrams have.
    pub(crate) datagram: bool,
    /// The socket was told to connect to its own address.
    pub(crate) to_itself: bool,
    /// After a send that found the connection shut down, though not by us: the code that the
    /// socket's `SO_ERROR` held.
    pub(crate) pending: Option<i32>,
}

/// What `code` of `table`'s system means after `operation` in `state`.
pub(crate) fn classify(table: &Table, code: i32, operation: Operation, state: State) -> Condition {
    let is = |name: &str| table.code(name) == Some(code);
    let accept = operation == Operation::Accept;
    let connect = operation == Operation::Connect;
    let send = matches!(operation, Operation::Send | Operation::SendTo);
    let receive = matches!(operation, Operation::Receive | Operation::ReceiveFrom);
    let datagram =
        state.datagram || matches!(operation, Operation::SendTo | Operation::ReceiveFrom);

    match table.condition(code).unwrap_or(Condition::Unknown) {
        Condition::WouldBlock if state.timed => Condition::Timeout,
        // What Winsock says where POSIX says EINPROGRESS.
        Condition::WouldBlock if connect && is("WSAEWOULDBLOCK") => Condition::InProgress,
        // Linux: no local port is left. Waiting for readiness would spin for ever.
        Condition::WouldBlock if connect && datagram => Condition::AddressNotAvailable,

        // A blocking connect whose SO_SNDTIMEO ran out (socket(7)).
        Condition::InProgress if connect && state.timed => Condition::Timeout,

        // Winsock reports an earlier datagram's fate on the next receive, under names that streams
        // use for something else (recvfrom, "Return value"): nobody listened there,
        Condition::ConnectionReset if datagram && receive && is("WSAECONNRESET") => {
            Condition::ConnectionRefused
        }
        // or its time to live ran out, for which Linux says EHOSTUNREACH.
        Condition::NetworkReset if datagram && (receive || send) && is("WSAENETRESET") => {
            Condition::HostUnreachable
        }

        // Apple's systems answer EPIPE before they look at the error that ended the connection.
        Condition::Shutdown if send && state.pending.is_some() => {
            let pending = state.pending.unwrap_or(code);
            classify(
                table,
                pending,
                operation,
                State {
                    pending: None,
                    ..state
                },
            )
        }

        // Apple's systems and OpenBSD say EINVAL where others connect to themselves.
        Condition::InvalidArgument if connect && state.to_itself => Condition::ConnectionRefused,

        // What System V says for a connection that went away before it was accepted,
        Condition::Unknown if accept && is("EPROTO") => Condition::ConnectionAborted,
        // and the one pending network error that has no condition of its own (accept(2), "Error
        // handling").
        Condition::Unknown if accept && is("ENONET") => Condition::NetworkDown,

        Condition::Unknown => unknown(operation),
        condition => condition,
    }
}

/// What a code of getaddrinfo or getnameinfo means.
pub(crate) fn classify_resolver(table: &Table, code: i32) -> Condition {
    table.condition(code).unwrap_or(Condition::ResolverUnknown)
}

/// What `code` of this system means: of its calls, and on Windows of its resolver too, whose codes
/// are of the same kind there.
pub(crate) fn classify_here(code: i32, operation: Operation, state: State) -> Condition {
    let condition = classify(os::CURRENT, code, operation, state);
    match condition {
        Condition::Unknown | Condition::ResolverUnknown if cfg!(windows) => {
            os::RESOLVER.condition(code).unwrap_or(condition)
        }
        condition => condition,
    }
}

/// What an error means that carries no code, by std's kind.
pub(crate) fn classify_kind(kind: ErrorKind, operation: Operation, state: State) -> Condition {
    let lookup = matches!(operation, Operation::Lookup | Operation::ReverseLookup);
    match kind {
        ErrorKind::AddrInUse => Condition::AddressInUse,
        ErrorKind::AddrNotAvailable => Condition::AddressNotAvailable,
        ErrorKind::BrokenPipe | ErrorKind::WriteZero => Condition::Shutdown,
        ErrorKind::ConnectionAborted => Condition::ConnectionAborted,
        ErrorKind::ConnectionRefused => Condition::ConnectionRefused,
        ErrorKind::ConnectionReset => Condition::ConnectionReset,
        ErrorKind::HostUnreachable => Condition::HostUnreachable,
        ErrorKind::Interrupted => Condition::Interrupted,
        ErrorKind::InvalidData | ErrorKind::InvalidInput => Condition::InvalidArgument,
        ErrorKind::NetworkDown => Condition::NetworkDown,
        ErrorKind::NetworkUnreachable => Condition::NetworkUnreachable,
        ErrorKind::NotConnected => Condition::NotConnected,
        ErrorKind::NotFound if lookup => Condition::HostNotFound,
        ErrorKind::NotFound => Condition::NotFound,
        ErrorKind::OutOfMemory => Condition::OutOfMemory,
        ErrorKind::PermissionDenied => Condition::OperationNotPermitted,
        ErrorKind::TimedOut => Condition::Timeout,
        ErrorKind::UnexpectedEof => Condition::UnexpectedEof,
        ErrorKind::Unsupported => Condition::Unsupported,
        ErrorKind::WouldBlock if state.timed => Condition::Timeout,
        ErrorKind::WouldBlock => Condition::WouldBlock,
        _ => unknown(operation),
    }
}

fn unknown(operation: Operation) -> Condition {
    match operation {
        Operation::Lookup | Operation::ReverseLookup => Condition::ResolverUnknown,
        _ => Condition::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::os::{RESOLVER_TABLES, TABLES};

    const PLAIN: State = State {
        timed: false,
        datagram: false,
        to_itself: false,
        pending: None,
    };
    const TIMED: State = State {
        timed: true,
        ..PLAIN
    };
    const DATAGRAM: State = State {
        datagram: true,
        ..PLAIN
    };
    const TO_ITSELF: State = State {
        to_itself: true,
        ..PLAIN
    };

    /// What each system that has the name says; at least one must have it.
    fn each(name: &str, operation: Operation, state: State) -> Vec<(&'static str, Condition)> {
        let mut said = Vec::new();
        for table in TABLES {
            let names = [name.to_owned(), format!("WSA{name}")];
            if let Some(code) = names.iter().find_map(|name| table.code(name)) {
                said.push((table.system, classify(table, code, operation, state)));
            }
        }
        assert!(!said.is_empty(), "no system has {name}");
        said
    }

    #[rstest]
    #[case::read_timeout("EAGAIN", Operation::Receive, TIMED, Condition::Timeout)]
    #[case::accept_timeout("EAGAIN", Operation::Accept, TIMED, Condition::Timeout)]
    #[case::no_timeout("EAGAIN", Operation::Receive, PLAIN, Condition::WouldBlock)]
    #[case::no_port_left("EAGAIN", Operation::Connect, DATAGRAM, Condition::AddressNotAvailable)]
    #[case::send_timeout_of_connect("EINPROGRESS", Operation::Connect, TIMED, Condition::Timeout)]
    #[case::nonblocking_connect("EINPROGRESS", Operation::Connect, PLAIN, Condition::InProgress)]
    #[case::connect_again("EALREADY", Operation::Connect, PLAIN, Condition::InProgress)]
    #[case::aborted_accept("ECONNABORTED", Operation::Accept, PLAIN, Condition::ConnectionAborted)]
    #[case::aborted_accept_system_v(
        "EPROTO",
        Operation::Accept,
        PLAIN,
        Condition::ConnectionAborted
    )]
    #[case::protocol_error_elsewhere("EPROTO", Operation::Receive, PLAIN, Condition::Unknown)]
    #[case::accept_without_network("ENONET", Operation::Accept, PLAIN, Condition::NetworkDown)]
    #[case::no_network_elsewhere("ENONET", Operation::Connect, PLAIN, Condition::Unknown)]
    #[case::connect_to_itself(
        "EINVAL",
        Operation::Connect,
        TO_ITSELF,
        Condition::ConnectionRefused
    )]
    #[case::bad_connect("EINVAL", Operation::Connect, PLAIN, Condition::InvalidArgument)]
    #[case::stream_reset("ECONNRESET", Operation::Receive, PLAIN, Condition::ConnectionReset)]
    #[case::broken_pipe("ESHUTDOWN", Operation::Send, PLAIN, Condition::Shutdown)]
    fn every_system_says_the_same(
        #[case] name: &str,
        #[case] operation: Operation,
        #[case] state: State,
        #[case] condition: Condition,
    ) {
        let posix = |system: &str| system != "windows";
        for (system, said) in each(name, operation, state) {
            // WASI has two names where others have one, and so may lack the other.
            if posix(system) || !matches!(name, "EAGAIN") {
                assert_eq!(said, condition, "{name} on {system}");
            }
        }
    }

    #[rstest]
    #[case::refused_datagram(
        "WSAECONNRESET",
        Operation::ReceiveFrom,
        PLAIN,
        Condition::ConnectionRefused
    )]
    #[case::refused_connected(
        "WSAECONNRESET",
        Operation::Receive,
        DATAGRAM,
        Condition::ConnectionRefused
    )]
    #[case::reset_stream("WSAECONNRESET", Operation::Receive, PLAIN, Condition::ConnectionReset)]
    #[case::reset_accept("WSAECONNRESET", Operation::Accept, PLAIN, Condition::ConnectionReset)]
    #[case::time_to_live(
        "WSAENETRESET",
        Operation::ReceiveFrom,
        PLAIN,
        Condition::HostUnreachable
    )]
    #[case::time_to_live_on_send(
        "WSAENETRESET",
        Operation::SendTo,
        PLAIN,
        Condition::HostUnreachable
    )]
    #[case::keepalive("WSAENETRESET", Operation::Receive, PLAIN, Condition::NetworkReset)]
    #[case::connecting("WSAEWOULDBLOCK", Operation::Connect, PLAIN, Condition::InProgress)]
    #[case::read_timeout("WSAETIMEDOUT", Operation::Receive, TIMED, Condition::Timeout)]
    fn windows_says_it_in_its_own_way(
        #[case] name: &str,
        #[case] operation: Operation,
        #[case] state: State,
        #[case] condition: Condition,
    ) {
        assert_eq!(each(name, operation, state), [("windows", condition)]);
    }

    #[test]
    fn only_winsock_says_reset_for_a_refused_datagram() {
        for (system, said) in each("ECONNRESET", Operation::ReceiveFrom, PLAIN) {
            let refused = system == "windows";
            assert_eq!(said == Condition::ConnectionRefused, refused, "{system}");
        }
    }

    #[test]
    fn a_broken_pipe_gives_way_to_what_broke_it() {
        for table in TABLES {
            let (Some(pipe), Some(reset)) = (table.code("EPIPE"), table.code("ECONNRESET")) else {
                continue;
            };
            let state = State {
                pending: Some(reset),
                ..PLAIN
            };
            let said = classify(table, pipe, Operation::Send, state);
            assert_eq!(said, Condition::ConnectionReset, "{}", table.system);
            let said = classify(table, pipe, Operation::Send, PLAIN);
            assert_eq!(said, Condition::Shutdown, "{}", table.system);
        }
    }

    #[test]
    fn what_has_no_row_is_unknown_and_of_a_look_up_the_resolvers_unknown() {
        for table in TABLES {
            let said = |operation| classify(table, 987_654, operation, PLAIN);
            assert_eq!(said(Operation::Connect), Condition::Unknown);
            assert_eq!(said(Operation::Lookup), Condition::ResolverUnknown);
            assert_eq!(said(Operation::ReverseLookup), Condition::ResolverUnknown);
        }
        for table in RESOLVER_TABLES {
            assert_eq!(
                classify_resolver(table, 987_654),
                Condition::ResolverUnknown
            );
        }
    }
}
