//! One set-up for each operation: a call that would succeed, and a rule that makes it fail.

use std::io;
use std::sync::{Mutex, PoisonError};

use usocket::Operation;

use super::arm::Rules;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::given::OptionCall;
use crate::provoke::portable::sockets::{FarEnd, addr_of, bound, connected, fresh, loopback};
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::Hindrance;

pub(super) fn socket(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    let domain = if protocol.is_ipv6() {
        libc::AF_INET6
    } else {
        libc::AF_INET
    };
    let kind = if protocol.is_stream() {
        libc::SOCK_STREAM
    } else {
        libc::SOCK_DGRAM
    };
    rules.hold(rules.faults.on(Operation::Socket).times(1).errno(errno));
    Ok(Stage::arguments(domain, kind, 0).holding(rules))
}

pub(super) fn bind(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    rules.hold(rules.faults.on(Operation::Bind).times(1).errno(errno));
    Ok(Stage::at(loopback(protocol, 0)?).holding(rules))
}

pub(super) fn listen(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    on_given(Operation::Listen, errno, Stage::giving(&bound(protocol)?)?)
}

pub(super) fn connect(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    let far = bound(protocol)?;
    if protocol.is_stream() {
        far.listen(16)?;
    }
    let addr = addr_of(&far)?;
    rules.hold(
        rules
            .faults
            .on(Operation::Connect)
            .to(addr)
            .times(1)
            .errno(errno),
    );
    Ok(Stage::at(addr).holding(rules).holding(far))
}

/// The connection is under way, or made, when the call fails: as with a signal, after which it goes on without the call
/// (POSIX connect, `EINTR`).
pub(super) fn connect_after(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    let far = bound(protocol)?;
    far.listen(16)?;
    let addr = addr_of(&far)?;
    let calls = rules.faults.on(Operation::Connect).to(addr).times(1);
    rules.hold(calls.errno_after(errno));
    Ok(Stage::at(addr).holding(rules).holding(far))
}

/// A connection waits: who tries again gets it.
pub(super) fn accept(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let (listener, client) = with_a_client(protocol)?;
    on_given(
        Operation::Accept,
        errno,
        Stage::giving(&listener)?.holding(client),
    )
}

/// A connection waited, and is gone, as the kernels say that have a code for it.
pub(in crate::provoke::system) fn aborted_accept(protocol: Protocol) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    let (listener, client) = with_a_client(protocol)?;
    let stage = Stage::giving(&listener)?.holding(client);
    Ok(stage.striking_the_next_call(move |socket| {
        let calls = rules.faults.on(Operation::Accept).descriptor(&**socket);
        rules.hold(calls.times(1).consume().errno(Errno::ECONNABORTED));
        Ok(())
    }))
}

fn with_a_client(protocol: Protocol) -> io::Result<(socket2::Socket, socket2::Socket)> {
    let listener = bound(protocol)?;
    listener.listen(16)?;
    let client = fresh(protocol)?;
    client.connect(&listener.local_addr()?)?;
    Ok((listener, client))
}

pub(super) fn send(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    on_connection(Operation::Send, protocol, errno)
}

pub(super) fn receive(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    on_connection(Operation::Receive, protocol, errno)
}

pub(super) fn send_to(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    let far = bound(protocol)?;
    let addr = addr_of(&far)?;
    // `send` as well: some libraries name the address in a message.
    for operation in [Operation::SendTo, Operation::Send] {
        rules.hold(rules.faults.on(operation).to(addr).times(1).errno(errno));
    }
    Ok(Stage::at(addr).holding(rules).holding(far))
}

pub(super) fn receive_from(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let (near, far) = (bound(protocol)?, bound(protocol)?);
    // Something is there, so that who waits for readiness first goes on to receive it.
    far.send_to(b"?", &near.local_addr()?)?;
    on_given(
        Operation::ReceiveFrom,
        errno,
        Stage::giving(&near)?.holding(far),
    )
}

pub(super) fn shut_down(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    on_connected(Operation::Shutdown, protocol, errno)
}

pub(super) fn get_option(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    with_option(Operation::GetOption, protocol, errno)
}

pub(super) fn set_option(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    with_option(Operation::SetOption, protocol, errno)
}

pub(super) fn local_name(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    on_connected(Operation::LocalName, protocol, errno)
}

pub(super) fn peer_name(protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    on_connected(Operation::PeerName, protocol, errno)
}

/// No resolver can be asked: whatever socket the look-up wants is refused, and nothing leaves the process.
pub(in crate::provoke::system) fn no_resolver(_: Protocol) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    rules.hold(rules.faults.on(Operation::Socket).errno(Errno::ENETDOWN));
    Ok(Stage::name("nobody-is-asked.test").holding(rules))
}

/// The rule begins with the strike, so that what the subject does to prepare its socket is not met.
fn on_given(operation: Operation, errno: Errno, stage: Stage) -> Result<Stage, Hindrance> {
    let rules = Rules::new()?;
    Ok(stage.striking_the_next_call(move |socket| {
        rules.on_socket(operation, &**socket, errno);
        Ok(())
    }))
}

fn on_connected(
    operation: Operation,
    protocol: Protocol,
    errno: Errno,
) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    on_given(operation, errno, Stage::giving(&near)?.holding(far))
}

fn with_option(operation: Operation, protocol: Protocol, errno: Errno) -> Result<Stage, Hindrance> {
    let (near, far) = connected(protocol)?;
    let option = if protocol.is_stream() {
        OptionCall::NoDelay
    } else {
        OptionCall::ReuseAddress
    };
    on_given(
        operation,
        errno,
        Stage::giving(&near)?.option(option).holding(far),
    )
}

/// To a connection of the subject's own, where it makes one; datagram sockets are given.
fn on_connection(
    operation: Operation,
    protocol: Protocol,
    errno: Errno,
) -> Result<Stage, Hindrance> {
    if !protocol.is_stream() {
        let (near, far) = connected(protocol)?;
        far.send(b"?")?;
        return on_given(operation, errno, Stage::giving(&near)?.holding(far));
    }
    let rules = Rules::new()?;
    let far = FarEnd::listening(protocol)?;
    let kept = Mutex::new(Vec::new());
    Ok(Stage::at(far.addr()?).striking(move |socket| {
        let other = far.connection_of(socket)?;
        // Something is there, so that who waits for readiness first goes on to receive it.
        other.send(b"?")?;
        kept.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(other);
        rules.on_socket(operation, &**socket, errno);
        Ok(())
    }))
}
