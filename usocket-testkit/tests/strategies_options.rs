//! Every set of options that the strategies give is taken by a socket of that protocol, and read back.
#![cfg(all(feature = "proptest", unix))]

use proptest::prelude::*;
use socket2::{Domain, Socket, Type};
use usocket_testkit::Protocol;
use usocket_testkit::strategies::{SocketOption, socket_options};

fn socket(protocol: Protocol) -> Option<Socket> {
    let domain = match protocol {
        Protocol::UnixStream => Domain::UNIX,
        internet if internet.is_ipv6() => Domain::IPV6,
        _ => Domain::IPV4,
    };
    let kind = if protocol.is_stream() {
        Type::STREAM
    } else {
        Type::DGRAM
    };
    match Socket::new(domain, kind, None) {
        Ok(socket) => Some(socket),
        // A kernel without IPv6.
        Err(_) if protocol.is_ipv6() => None,
        Err(error) => panic!("{protocol}: {error}"),
    }
}

/// Whether the socket has it now. Systems round buffers and times up.
fn has(socket: &Socket, option: SocketOption) -> bool {
    use SocketOption as O;
    match option {
        O::ReuseAddress(on) => socket.reuse_address().unwrap() == on,
        O::KeepAlive(on) => socket.keepalive().unwrap() == on,
        O::Linger(time) => socket.linger().unwrap() == time,
        O::OutOfBandInline(on) => socket.out_of_band_inline().unwrap() == on,
        O::ReceiveBuffer(bytes) => socket.recv_buffer_size().unwrap() >= bytes,
        O::SendBuffer(bytes) => socket.send_buffer_size().unwrap() >= bytes,
        O::ReceiveTimeout(time) => socket.read_timeout().unwrap() >= time,
        O::SendTimeout(time) => socket.write_timeout().unwrap() >= time,
        O::NoDelay(on) => socket.tcp_nodelay().unwrap() == on,
        O::Broadcast(on) => socket.broadcast().unwrap() == on,
        O::TtlV4(hops) => socket.ttl_v4().unwrap() == hops,
        O::MulticastTtlV4(hops) => socket.multicast_ttl_v4().unwrap() == hops,
        O::MulticastLoopV4(on) => socket.multicast_loop_v4().unwrap() == on,
        O::HopsV6(hops) => socket.unicast_hops_v6().unwrap() == hops,
        O::MulticastHopsV6(hops) => socket.multicast_hops_v6().unwrap() == hops,
        O::MulticastLoopV6(on) => socket.multicast_loop_v6().unwrap() == on,
        O::OnlyV6(on) => socket.only_v6().unwrap() == on,
        other => panic!("{other:?} is new"),
    }
}

proptest! {
    #[test]
    fn a_socket_takes_them(
        (protocol, options) in prop_oneof![
            Just(Protocol::Tcp4),
            Just(Protocol::Tcp6),
            Just(Protocol::Udp4),
            Just(Protocol::Udp6),
            Just(Protocol::UnixStream),
        ].prop_flat_map(|protocol| (Just(protocol), socket_options(protocol))),
    ) {
        let Some(socket) = socket(protocol) else {
            return Ok(());
        };
        for option in &options {
            option.set(&socket).unwrap_or_else(|error| panic!("{protocol}, {option:?}: {error}"));
        }
        for option in &options {
            prop_assert!(has(&socket, *option), "{}, {:?}", protocol, option);
        }
    }
}
