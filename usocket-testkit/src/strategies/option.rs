//! Socket options.

use std::io;
use std::time::Duration;

use proptest::prelude::*;
use socket2::SockRef;

use crate::descriptor::AsDescriptor;
use crate::protocol::Protocol;

/// A socket option and its value. Every system has them, but WASI, which lacks two.
///
/// ```
/// use std::net::TcpListener;
/// use usocket_testkit::strategies::SocketOption;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// SocketOption::KeepAlive(true).set(&listener)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Source: POSIX.1-2024 `setsockopt`, section 2.10.16; tcp(7), ip(7); RFC 3493 section 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SocketOption {
    /// `SO_REUSEADDR`.
    ReuseAddress(bool),
    /// `SO_KEEPALIVE`.
    KeepAlive(bool),
    /// `SO_LINGER`, in whole seconds.
    Linger(Option<Duration>),
    /// `SO_OOBINLINE`.
    OutOfBandInline(bool),
    /// `SO_RCVBUF`, in bytes. Systems give more, or less.
    ReceiveBuffer(usize),
    /// `SO_SNDBUF`, in bytes. Systems give more, or less.
    SendBuffer(usize),
    /// `SO_RCVTIMEO`; none waits for ever.
    ReceiveTimeout(Option<Duration>),
    /// `SO_SNDTIMEO`; none waits for ever.
    SendTimeout(Option<Duration>),
    /// `TCP_NODELAY`.
    NoDelay(bool),
    /// `SO_BROADCAST`.
    Broadcast(bool),
    /// `IP_TTL`, 1 to 255.
    TtlV4(u32),
    /// `IP_MULTICAST_TTL`, 0 to 255.
    MulticastTtlV4(u32),
    /// `IP_MULTICAST_LOOP`.
    MulticastLoopV4(bool),
    /// `IPV6_UNICAST_HOPS`, 1 to 255.
    HopsV6(u32),
    /// `IPV6_MULTICAST_HOPS`, 0 to 255.
    MulticastHopsV6(u32),
    /// `IPV6_MULTICAST_LOOP`.
    MulticastLoopV6(bool),
    /// `IPV6_V6ONLY`, before the socket is bound.
    OnlyV6(bool),
}

impl SocketOption {
    /// Sets it.
    ///
    /// # Errors
    ///
    /// What the system says; `Unsupported` on WASI for [`OutOfBandInline`](Self::OutOfBandInline) and
    /// [`MulticastHopsV6`](Self::MulticastHopsV6), which it does not have.
    pub fn set(self, socket: &impl AsDescriptor) -> io::Result<()> {
        let socket = SockRef::from(socket);
        match self {
            Self::ReuseAddress(on) => socket.set_reuse_address(on),
            Self::KeepAlive(on) => socket.set_keepalive(on),
            Self::Linger(time) => socket.set_linger(time),
            #[cfg(not(target_os = "wasi"))]
            Self::OutOfBandInline(on) => socket.set_out_of_band_inline(on),
            Self::ReceiveBuffer(bytes) => socket.set_recv_buffer_size(bytes),
            Self::SendBuffer(bytes) => socket.set_send_buffer_size(bytes),
            Self::ReceiveTimeout(time) => socket.set_read_timeout(time),
            Self::SendTimeout(time) => socket.set_write_timeout(time),
            Self::NoDelay(on) => socket.set_tcp_nodelay(on),
            Self::Broadcast(on) => socket.set_broadcast(on),
            Self::TtlV4(hops) => socket.set_ttl_v4(hops),
            Self::MulticastTtlV4(hops) => socket.set_multicast_ttl_v4(hops),
            Self::MulticastLoopV4(on) => socket.set_multicast_loop_v4(on),
            Self::HopsV6(hops) => socket.set_unicast_hops_v6(hops),
            #[cfg(not(target_os = "wasi"))]
            Self::MulticastHopsV6(hops) => socket.set_multicast_hops_v6(hops),
            #[cfg(target_os = "wasi")]
            Self::OutOfBandInline(_) | Self::MulticastHopsV6(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "WASI has no such option",
            )),
            Self::MulticastLoopV6(on) => socket.set_multicast_loop_v6(on),
            Self::OnlyV6(on) => socket.set_only_v6(on),
        }
    }
}

/// Sets of options that a fresh socket of this protocol takes, each at most once, with values that it takes. The simplest
/// has none.
///
/// ```
/// use proptest::prelude::*;
/// use std::net::UdpSocket;
/// use usocket_testkit::{Protocol, strategies::socket_options};
///
/// proptest!(|(options in socket_options(Protocol::Udp4))| {
///     let socket = UdpSocket::bind("127.0.0.1:0")?;
///     for option in options {
///         option.set(&socket)?;
///     }
/// });
/// ```
pub fn socket_options(protocol: Protocol) -> impl Strategy<Value = Vec<SocketOption>> {
    let each: Vec<_> = options(protocol)
        .into_iter()
        .map(proptest::option::of)
        .collect();
    each.prop_map(|options| options.into_iter().flatten().collect())
}

/// Those that mean something to such a socket.
fn options(protocol: Protocol) -> Vec<BoxedStrategy<SocketOption>> {
    use SocketOption as O;

    let stream = protocol.is_stream();
    let v6 = protocol.is_ipv6();
    let internet = protocol != Protocol::UnixStream;
    let v4 = internet && !v6;
    let posix = !cfg!(target_os = "wasi");

    let flag = any::<bool>;
    let timeout = || proptest::option::of((1..=10_000_u64).prop_map(Duration::from_millis));
    let linger = || proptest::option::of((0..=5_u64).prop_map(Duration::from_secs));
    let buffer = || 4096..=65_536_usize;
    let hops = || 1..=255_u32;
    let group_hops = || 0..=255_u32;
    let all = [
        (true, buffer().prop_map(O::ReceiveBuffer).boxed()),
        (true, buffer().prop_map(O::SendBuffer).boxed()),
        (true, timeout().prop_map(O::ReceiveTimeout).boxed()),
        (true, timeout().prop_map(O::SendTimeout).boxed()),
        (stream, linger().prop_map(O::Linger).boxed()),
        (internet, flag().prop_map(O::ReuseAddress).boxed()),
        (internet && stream, flag().prop_map(O::KeepAlive).boxed()),
        (internet && stream, flag().prop_map(O::NoDelay).boxed()),
        (
            internet && stream && posix,
            flag().prop_map(O::OutOfBandInline).boxed(),
        ),
        (!stream, flag().prop_map(O::Broadcast).boxed()),
        (v4, hops().prop_map(O::TtlV4).boxed()),
        (
            v4 && !stream,
            group_hops().prop_map(O::MulticastTtlV4).boxed(),
        ),
        (v4 && !stream, flag().prop_map(O::MulticastLoopV4).boxed()),
        (v6, hops().prop_map(O::HopsV6).boxed()),
        (
            v6 && !stream && posix,
            group_hops().prop_map(O::MulticastHopsV6).boxed(),
        ),
        (v6 && !stream, flag().prop_map(O::MulticastLoopV6).boxed()),
        (v6, flag().prop_map(O::OnlyV6).boxed()),
    ];
    let own = |(applies, option): (bool, _)| applies.then_some(option);
    all.into_iter().filter_map(own).collect()
}
