//! Options, and the modes that other calls set.
//!
//! A value is held against its range before the system sees it, wherever systems cut a value to
//! fit, take it for another, or say no more than "invalid argument": the error names the value. A
//! time is rounded up to what the system counts in, for a time that is rounded down to nothing means
//! "never". An option that a system does not have is [`Unsupported`](io::ErrorKind::Unsupported)
//! there; which systems have it stands beside the option, after socket2 and rustix.

use std::fmt::Display;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use socket2::{Domain, SockRef};

use super::{AsHandle, imp};
use crate::operation::Operation;
use crate::seam;

/// `SO_ERROR`: the error that waited on the socket, which has it no longer.
pub(crate) fn take_error(socket: &impl AsHandle) -> io::Result<Option<io::Error>> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).take_error()
}

/// `SO_TYPE`: whether the socket carries datagrams.
#[cfg(not(target_os = "wasi"))]
pub(crate) fn is_datagram(socket: &impl AsHandle) -> io::Result<bool> {
    seam::pass(Operation::GetOption, None)?;
    Ok(SockRef::from(socket).r#type()? == socket2::Type::DGRAM)
}

/// Options that every system has, given and taken by socket2 as they are.
macro_rules! options {
    ($(
        $(#[$doc:meta])*
        $get:ident / $set:ident: $type:ty = $their_get:ident / $their_set:ident;
    )*) => {$(
        $(#[$doc])*
        pub(crate) fn $get(socket: &impl AsHandle) -> io::Result<$type> {
            seam::pass(Operation::GetOption, None)?;
            SockRef::from(socket).$their_get()
        }

        $(#[$doc])*
        pub(crate) fn $set(socket: &impl AsHandle, value: $type) -> io::Result<()> {
            seam::pass(Operation::SetOption, None)?;
            SockRef::from(socket).$their_set(value)
        }
    )*};
}

options! {
    /// `SO_REUSEADDR`.
    reuse_address / set_reuse_address: bool = reuse_address / set_reuse_address;
    /// `SO_BROADCAST`.
    broadcast / set_broadcast: bool = broadcast / set_broadcast;
    /// `SO_KEEPALIVE`.
    keepalive / set_keepalive: bool = keepalive / set_keepalive;
    /// `TCP_NODELAY`.
    nodelay / set_nodelay: bool = tcp_nodelay / set_tcp_nodelay;
    /// `IP_TTL`.
    ttl / set_ttl: u32 = ttl_v4 / set_ttl_v4;
    /// `IPV6_UNICAST_HOPS`.
    unicast_hops / set_unicast_hops: u32 = unicast_hops_v6 / set_unicast_hops_v6;
    /// `IPV6_V6ONLY`.
    only_v6 / set_only_v6: bool = only_v6 / set_only_v6;
    /// `IP_MULTICAST_LOOP`.
    multicast_loop_v4 / set_multicast_loop_v4: bool = multicast_loop_v4 / set_multicast_loop_v4;
    /// `IPV6_MULTICAST_LOOP`.
    multicast_loop_v6 / set_multicast_loop_v6: bool = multicast_loop_v6 / set_multicast_loop_v6;
}

/// Options that some systems do not have.
macro_rules! options_where {
    ($(
        $(#[$doc:meta])*
        $get:ident $(/ $set:ident)?: $type:ty = $their_get:ident $(/ $their_set:ident)?,
        $name:literal where $has:meta;
    )*) => {$(
        $(#[$doc])*
        #[cfg($has)]
        pub(crate) fn $get(socket: &impl AsHandle) -> io::Result<$type> {
            seam::pass(Operation::GetOption, None)?;
            SockRef::from(socket).$their_get()
        }

        /// There is no such option here.
        #[cfg(not($has))]
        pub(crate) fn $get(_socket: &impl AsHandle) -> io::Result<$type> {
            Err(unsupported($name))
        }

        $(
            #[doc = concat!("`", $name, "`.")]
            #[cfg($has)]
            pub(crate) fn $set(socket: &impl AsHandle, value: $type) -> io::Result<()> {
                seam::pass(Operation::SetOption, None)?;
                SockRef::from(socket).$their_set(value)
            }

            /// There is no such option here.
            #[cfg(not($has))]
            pub(crate) fn $set(_socket: &impl AsHandle, _value: $type) -> io::Result<()> {
                Err(unsupported($name))
            }
        )?
    )*};
}

options_where! {
    /// `SO_REUSEPORT`.
    reuse_port / set_reuse_port: bool = reuse_port / set_reuse_port,
        "SO_REUSEPORT" where all(unix, not(any(
            target_os = "cygwin",
            target_os = "illumos",
            target_os = "nuttx",
            target_os = "solaris",
        )));
    /// `IPV6_MULTICAST_HOPS`.
    plain_multicast_hops_v6 / set_plain_multicast_hops_v6: u32 =
        multicast_hops_v6 / set_multicast_hops_v6,
        "IPV6_MULTICAST_HOPS" where not(target_os = "wasi");
    /// `IPV6_MULTICAST_IF`.
    multicast_interface_v6 / set_plain_multicast_interface_v6: u32 =
        multicast_if_v6 / set_multicast_if_v6,
        "IPV6_MULTICAST_IF" where not(target_os = "wasi");
    /// `SO_OOBINLINE`.
    out_of_band_inline / set_out_of_band_inline: bool =
        out_of_band_inline / set_out_of_band_inline,
        "SO_OOBINLINE" where not(any(target_os = "redox", target_os = "wasi"));
    /// `TCP_MAXSEG`.
    mss: u32 = tcp_mss,
        "TCP_MAXSEG" where all(unix, not(target_os = "redox"));
    /// `IP_TOS`. Windows takes it and does nothing, so that it is none there.
    tos / set_tos: u32 = tos_v4 / set_tos_v4,
        "IP_TOS" where not(any(
            target_os = "fuchsia",
            target_os = "haiku",
            target_os = "redox",
            target_os = "solaris",
            target_os = "wasi",
            windows,
        ));
    /// `IPV6_TCLASS`.
    tclass / set_tclass: u32 = tclass_v6 / set_tclass_v6,
        "IPV6_TCLASS" where any(
            target_os = "android",
            target_os = "cygwin",
            target_os = "dragonfly",
            target_os = "freebsd",
            target_os = "fuchsia",
            target_os = "illumos",
            target_os = "linux",
            target_os = "macos",
            target_os = "netbsd",
            target_os = "openbsd",
        );
}

/// Linux has all of them.
#[cfg(not(target_os = "linux"))]
fn unsupported(option: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        format!("there is no {option} on this system"),
    )
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

/// The value, if the system takes it for what it is.
fn within<T: Copy + Display + PartialOrd>(
    what: &str,
    value: T,
    range: RangeInclusive<T>,
) -> io::Result<T> {
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = (range.start(), range.end());
    Err(invalid(format!(
        "{what} {value}: it goes from {least} to {most}"
    )))
}

/// The name, if the system takes all of it.
#[cfg(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "fuchsia",
    target_os = "linux"
))]
fn name<'a>(what: &str, name: &'a str) -> io::Result<&'a [u8]> {
    // IFNAMSIZ and TCP_CA_NAME_MAX are both 16, with the NUL at the end.
    const MOST: usize = 15;
    match name.len() {
        0 => Err(invalid(format!("{what} of no letters"))),
        1..=MOST if !name.contains('\0') => Ok(name.as_bytes()),
        1..=MOST => Err(invalid(format!("{what} {name:?}: there is a NUL in it"))),
        length => Err(invalid(format!(
            "{what} {name:?}: it has {length} bytes, and {MOST} are the most"
        ))),
    }
}

/// What the system gave as a name, which ends with the first NUL.
#[cfg(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "fuchsia",
    target_os = "linux"
))]
fn text(mut name: Vec<u8>) -> io::Result<String> {
    name.truncate(
        name.iter()
            .position(|&byte| byte == 0)
            .unwrap_or(name.len()),
    );
    String::from_utf8(name).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Which times an option of a system can have.
struct Times {
    what: &'static str,
    /// What the system counts in; a part of a second that makes it whole.
    unit: Duration,
    least: Duration,
    most: Duration,
}

impl Times {
    /// The time, rounded up to what the system counts in.
    fn fit(&self, time: Duration) -> io::Result<Duration> {
        let unit = u64::try_from(self.unit.as_nanos()).unwrap_or(u64::MAX);
        let part = u64::from(time.subsec_nanos()).div_ceil(unit) * unit;
        Duration::from_secs(time.as_secs())
            .checked_add(Duration::from_nanos(part))
            .filter(|fit| (self.least..=self.most).contains(fit))
            .ok_or_else(|| {
                let Self {
                    what, least, most, ..
                } = self;
                invalid(format!(
                    "{what} {time:?}: it goes from {least:?} to {most:?}"
                ))
            })
    }
}

/// The longest time in whole seconds that Linux counts in its clock's ticks, as a `long`, and does
/// not take for "for ever"; its fastest clock makes a thousand a second.
const LINUX_TICKS: u64 = isize::MAX as u64 / 1000 - 2;

const fn is_linux() -> bool {
    cfg!(any(target_os = "android", target_os = "linux"))
}

/// `SO_RCVTIMEO` and `SO_SNDTIMEO`.
const fn timeout(what: &'static str) -> Times {
    let unit = if cfg!(windows) {
        Duration::from_millis(1)
    } else {
        Duration::from_micros(1)
    };
    let most = if cfg!(windows) {
        // All ones is "for ever".
        Duration::from_millis(u32::MAX as u64 - 1)
    } else if is_linux() {
        Duration::from_secs(LINUX_TICKS)
    } else {
        // FreeBSD takes more for "for ever".
        Duration::from_secs(i32::MAX as u64)
    };
    Times {
        what,
        unit,
        least: unit,
        most,
    }
}

const READ_TIMEOUT: Times = timeout("read timeout");
const WRITE_TIMEOUT: Times = timeout("write timeout");

/// `SO_LINGER`.
const LINGER: Times = Times {
    what: "linger time",
    unit: Duration::from_secs(1),
    least: Duration::ZERO,
    most: Duration::from_secs(if is_linux() {
        // Kept in ticks; older ones multiply in 32 bits, and what is left of a longer time may be none at all. Of 32 bits,
        // they do not take it for "for ever".
        i32::MAX as u64 / 1000 - 2
    } else if cfg!(target_vendor = "apple") {
        // Kept in hundredths, in 16 bits.
        i16::MAX as u64 / 100
    } else if cfg!(target_os = "openbsd") {
        i16::MAX as u64
    } else if cfg!(any(target_os = "dragonfly", target_os = "freebsd", windows)) {
        u16::MAX as u64
    } else {
        // Kept in ticks, in 32 bits.
        i32::MAX as u64 / 1000
    }),
};

/// `SO_RCVTIMEO`; none is for ever.
pub(crate) fn read_timeout(socket: &impl AsHandle) -> io::Result<Option<Duration>> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).read_timeout()
}

/// `SO_RCVTIMEO`; none is for ever.
pub(crate) fn set_read_timeout(
    socket: &impl AsHandle,
    timeout: Option<Duration>,
) -> io::Result<()> {
    let timeout = timeout
        .map(|timeout| READ_TIMEOUT.fit(timeout))
        .transpose()?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_read_timeout(timeout)
}

/// `SO_SNDTIMEO`; none is for ever.
pub(crate) fn write_timeout(socket: &impl AsHandle) -> io::Result<Option<Duration>> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).write_timeout()
}

/// `SO_SNDTIMEO`; none is for ever.
pub(crate) fn set_write_timeout(
    socket: &impl AsHandle,
    timeout: Option<Duration>,
) -> io::Result<()> {
    // The system takes it, and sends wait for ever all the same.
    #[cfg(target_os = "wasi")]
    if timeout.is_some() {
        return Err(unsupported("SO_SNDTIMEO"));
    }
    let timeout = timeout
        .map(|timeout| WRITE_TIMEOUT.fit(timeout))
        .transpose()?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_write_timeout(timeout)
}

/// `SO_LINGER`; none leaves it to the system.
pub(crate) fn linger(socket: &impl AsHandle) -> io::Result<Option<Duration>> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).linger()
}

/// `SO_LINGER`; none leaves it to the system.
pub(crate) fn set_linger(socket: &impl AsHandle, linger: Option<Duration>) -> io::Result<()> {
    let linger = linger.map(|linger| LINGER.fit(linger)).transpose()?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_linger(linger)
}

/// Linux adds as much again for its own bookkeeping to what is set, and gives the sum (socket(7)).
const BUFFER_FACTOR: usize = if is_linux() { 2 } else { 1 };

/// What fits the `int` that the system takes.
fn buffer_size(what: &str, size: usize) -> io::Result<usize> {
    within(what, size, 0..=i32::MAX as usize)
}

/// `SO_RCVBUF`.
pub(crate) fn recv_buffer_size(socket: &impl AsHandle) -> io::Result<usize> {
    seam::pass(Operation::GetOption, None)?;
    Ok(SockRef::from(socket).recv_buffer_size()? / BUFFER_FACTOR)
}

/// `SO_RCVBUF`.
pub(crate) fn set_recv_buffer_size(socket: &impl AsHandle, size: usize) -> io::Result<()> {
    let size = buffer_size("receive buffer size", size)?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_recv_buffer_size(size)
}

/// `SO_SNDBUF`.
pub(crate) fn send_buffer_size(socket: &impl AsHandle) -> io::Result<usize> {
    seam::pass(Operation::GetOption, None)?;
    Ok(SockRef::from(socket).send_buffer_size()? / BUFFER_FACTOR)
}

/// `SO_SNDBUF`.
pub(crate) fn set_send_buffer_size(socket: &impl AsHandle, size: usize) -> io::Result<()> {
    let size = buffer_size("send buffer size", size)?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_send_buffer_size(size)
}

/// Whose options a socket's packets obey.
struct Families {
    v4: bool,
    v6: bool,
}

/// The family of a socket, and whether it speaks IPv4 beside IPv6 with options of its own for it:
/// on the BSDs those of IPv6 are for both.
fn families(socket: &impl AsHandle) -> io::Result<Families> {
    seam::pass(Operation::GetOption, None)?;
    let v6 = SockRef::from(socket).local_addr()?.domain() == Domain::IPV6;
    let both = v6 && (is_linux() || cfg!(windows)) && !only_v6(socket)?;
    Ok(Families {
        v4: !v6 || both,
        v6,
    })
}

/// `IPV6_UNICAST_HOPS` or `IP_TTL`, by the socket's family.
pub(crate) fn hop_limit(socket: &impl AsHandle) -> io::Result<u32> {
    if families(socket)?.v6 {
        unicast_hops(socket)
    } else {
        ttl(socket)
    }
}

/// `IPV6_UNICAST_HOPS`, `IP_TTL`, or both where the socket speaks both.
pub(crate) fn set_hop_limit(socket: &impl AsHandle, hops: u32) -> io::Result<()> {
    // 0 would be for this host alone, which Linux refuses for one family and not for the other.
    let hops = within("time to live", hops, 1..=255)?;
    let families = families(socket)?;
    if families.v6 {
        set_unicast_hops(socket, hops)?;
    }
    if families.v4 {
        set_ttl(socket, hops)?;
    }
    Ok(())
}

/// `IPV6_TCLASS` or `IP_TOS`, by the socket's family.
pub(crate) fn traffic_class(socket: &impl AsHandle) -> io::Result<u8> {
    let class = if families(socket)?.v6 {
        tclass(socket)
    } else {
        tos(socket)
    }?;
    // The field in the packet has 8 bits.
    Ok(u8::try_from(class & 0xff).unwrap_or(u8::MAX))
}

/// `IPV6_TCLASS`, `IP_TOS`, or both where the socket speaks both.
pub(crate) fn set_traffic_class(socket: &impl AsHandle, class: u8) -> io::Result<()> {
    let families = families(socket)?;
    if families.v6 {
        set_tclass(socket, class.into())?;
    }
    if families.v4 {
        set_tos(socket, class.into())?;
    }
    Ok(())
}

/// The bits of the traffic class that say whether the network is congested. TCP sets them itself.
const ECN: u8 = 0b11;

/// The same of a stream, without the bits that are not its owner's.
pub(crate) fn stream_traffic_class(socket: &impl AsHandle) -> io::Result<u8> {
    Ok(traffic_class(socket)? & !ECN)
}

/// The same of a stream; Linux would leave out the bits that are not its owner's.
pub(crate) fn set_stream_traffic_class(socket: &impl AsHandle, class: u8) -> io::Result<()> {
    if class & ECN != 0 {
        return Err(invalid(format!(
            "traffic class {class:#04x} of a stream: its last two bits are TCP's own"
        )));
    }
    set_traffic_class(socket, class)
}

/// Times and number of keep-alive probes, in this order; none where the system does not tell.
pub(crate) type KeepaliveTimes = (Option<Duration>, Option<Duration>, Option<u32>);

/// `TCP_KEEPIDLE` or Apple's `TCP_KEEPALIVE`, `TCP_KEEPINTVL` and `TCP_KEEPCNT`.
#[cfg(not(any(
    target_os = "haiku",
    target_os = "nto",
    target_os = "openbsd",
    target_os = "redox",
    target_os = "wasi"
)))]
pub(crate) fn keepalive_times(socket: &impl AsHandle) -> io::Result<KeepaliveTimes> {
    use rustix::net::sockopt;

    seam::pass(Operation::GetOption, None)?;
    Ok((
        Some(sockopt::tcp_keepidle(socket)?),
        Some(sockopt::tcp_keepintvl(socket)?),
        Some(sockopt::tcp_keepcnt(socket)?),
    ))
}

/// Sets those that are given. All of them are looked at before the first one is set.
#[cfg(not(any(
    target_os = "haiku",
    target_os = "nto",
    target_os = "openbsd",
    target_os = "redox",
    target_os = "wasi"
)))]
pub(crate) fn set_keepalive_times(
    socket: &impl AsHandle,
    (time, interval, retries): KeepaliveTimes,
) -> io::Result<()> {
    use rustix::net::sockopt;

    /// `TCP_KEEPIDLE` and `TCP_KEEPINTVL`.
    const fn keepalive_time(what: &'static str) -> Times {
        Times {
            what,
            unit: Duration::from_secs(1),
            least: Duration::from_secs(1),
            most: Duration::from_secs(if is_linux() {
                // MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL.
                32_767
            } else {
                // Kept in milliseconds or ticks, in 32 bits.
                i32::MAX as u64 / 1000
            }),
        }
    }

    /// `TCP_KEEPCNT`.
    const KEEPALIVE_RETRIES: RangeInclusive<u32> = 1..=if is_linux() {
        127
    } else if cfg!(windows) {
        255
    } else {
        i32::MAX as u32
    };

    let time = time
        .map(|time| keepalive_time("keep-alive time").fit(time))
        .transpose()?;
    let interval = interval
        .map(|interval| keepalive_time("keep-alive interval").fit(interval))
        .transpose()?;
    let retries = retries
        .map(|retries| within("number of keep-alive retries", retries, KEEPALIVE_RETRIES))
        .transpose()?;
    seam::pass(Operation::SetOption, None)?;
    if let Some(time) = time {
        sockopt::set_tcp_keepidle(socket, time)?;
    }
    if let Some(interval) = interval {
        sockopt::set_tcp_keepintvl(socket, interval)?;
    }
    if let Some(retries) = retries {
        sockopt::set_tcp_keepcnt(socket, retries)?;
    }
    Ok(())
}

/// There are no such options here, or not all of them.
#[cfg(any(
    target_os = "haiku",
    target_os = "nto",
    target_os = "openbsd",
    target_os = "redox",
    target_os = "wasi"
))]
pub(crate) fn keepalive_times(_socket: &impl AsHandle) -> io::Result<KeepaliveTimes> {
    Err(unsupported("TCP_KEEPIDLE"))
}

/// There are no such options here, or not all of them.
#[cfg(any(
    target_os = "haiku",
    target_os = "nto",
    target_os = "openbsd",
    target_os = "redox",
    target_os = "wasi"
))]
pub(crate) fn set_keepalive_times(
    _socket: &impl AsHandle,
    _times: KeepaliveTimes,
) -> io::Result<()> {
    Err(unsupported("TCP_KEEPIDLE"))
}

/// `TCP_USER_TIMEOUT`; none leaves it to the system.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
pub(crate) fn user_timeout(socket: &impl AsHandle) -> io::Result<Option<Duration>> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).tcp_user_timeout()
}

/// `TCP_USER_TIMEOUT`; none leaves it to the system.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
pub(crate) fn set_user_timeout(
    socket: &impl AsHandle,
    timeout: Option<Duration>,
) -> io::Result<()> {
    const TIMES: Times = Times {
        what: "user timeout",
        unit: Duration::from_millis(1),
        least: Duration::from_millis(1),
        most: Duration::from_millis(i32::MAX as u64),
    };
    let timeout = timeout.map(|timeout| TIMES.fit(timeout)).transpose()?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_tcp_user_timeout(timeout)
}

/// There is no such option here.
#[cfg(not(any(target_os = "android", target_os = "fuchsia", target_os = "linux")))]
pub(crate) fn user_timeout(_socket: &impl AsHandle) -> io::Result<Option<Duration>> {
    Err(unsupported("TCP_USER_TIMEOUT"))
}

/// There is no such option here.
#[cfg(not(any(target_os = "android", target_os = "fuchsia", target_os = "linux")))]
pub(crate) fn set_user_timeout(
    _socket: &impl AsHandle,
    _timeout: Option<Duration>,
) -> io::Result<()> {
    Err(unsupported("TCP_USER_TIMEOUT"))
}

/// `TCP_CONGESTION`.
#[cfg(any(target_os = "freebsd", target_os = "linux"))]
pub(crate) fn congestion_control(socket: &impl AsHandle) -> io::Result<String> {
    seam::pass(Operation::GetOption, None)?;
    text(SockRef::from(socket).tcp_congestion()?)
}

/// `TCP_CONGESTION`.
#[cfg(any(target_os = "freebsd", target_os = "linux"))]
pub(crate) fn set_congestion_control(socket: &impl AsHandle, algorithm: &str) -> io::Result<()> {
    let algorithm = name("congestion control", algorithm)?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_tcp_congestion(algorithm)
}

/// There is no such option here.
#[cfg(not(any(target_os = "freebsd", target_os = "linux")))]
pub(crate) fn congestion_control(_socket: &impl AsHandle) -> io::Result<String> {
    Err(unsupported("TCP_CONGESTION"))
}

/// There is no such option here.
#[cfg(not(any(target_os = "freebsd", target_os = "linux")))]
pub(crate) fn set_congestion_control(_socket: &impl AsHandle, _algorithm: &str) -> io::Result<()> {
    Err(unsupported("TCP_CONGESTION"))
}

/// `SO_BINDTODEVICE`; none is any.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
pub(crate) fn device(socket: &impl AsHandle) -> io::Result<Option<String>> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).device()?.map(text).transpose()
}

/// `SO_BINDTODEVICE`; none is any.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
pub(crate) fn bind_device(socket: &impl AsHandle, device: Option<&str>) -> io::Result<()> {
    let device = device.map(|device| name("interface", device)).transpose()?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).bind_device(device)
}

/// There is no such option here.
#[cfg(not(any(target_os = "android", target_os = "fuchsia", target_os = "linux")))]
pub(crate) fn device(_socket: &impl AsHandle) -> io::Result<Option<String>> {
    Err(unsupported("SO_BINDTODEVICE"))
}

/// There is no such option here.
#[cfg(not(any(target_os = "android", target_os = "fuchsia", target_os = "linux")))]
pub(crate) fn bind_device(_socket: &impl AsHandle, _device: Option<&str>) -> io::Result<()> {
    Err(unsupported("SO_BINDTODEVICE"))
}

/// `O_NONBLOCK`. Winsock does not tell; there, a timeout that ran out has an error of its own, and
/// would-block always means this. Nor does WASI, where it is taken for a timeout.
pub(crate) fn nonblocking(socket: &impl AsHandle) -> io::Result<bool> {
    seam::pass(Operation::GetOption, None)?;
    imp::nonblocking(socket)
}

/// The same for whoever asks for its own sake; none where the system does not tell.
pub(crate) fn told_nonblocking(socket: &impl AsHandle) -> io::Result<Option<bool>> {
    if cfg!(any(windows, target_os = "wasi")) {
        return Ok(None);
    }
    nonblocking(socket).map(Some)
}

/// `O_NONBLOCK`, `FIONBIO`.
pub(crate) fn set_nonblocking(socket: &impl AsHandle, value: bool) -> io::Result<()> {
    seam::pass(Operation::SetOption, None)?;
    imp::set_nonblocking(socket, value)
}

/// Which numbers a group's datagrams can have as hops to go; 0 is this host alone.
fn multicast_hops(hops: u32) -> io::Result<u32> {
    within("hops of multicast", hops, 0..=255)
}

/// `IP_MULTICAST_TTL`.
pub(crate) fn multicast_ttl_v4(socket: &impl AsHandle) -> io::Result<u32> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).multicast_ttl_v4()
}

/// `IP_MULTICAST_TTL`.
pub(crate) fn set_multicast_ttl_v4(socket: &impl AsHandle, hops: u32) -> io::Result<()> {
    let hops = multicast_hops(hops)?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_multicast_ttl_v4(hops)
}

/// `IPV6_MULTICAST_HOPS`.
pub(crate) fn multicast_hops_v6(socket: &impl AsHandle) -> io::Result<u32> {
    plain_multicast_hops_v6(socket)
}

/// `IPV6_MULTICAST_HOPS`.
pub(crate) fn set_multicast_hops_v6(socket: &impl AsHandle, hops: u32) -> io::Result<()> {
    set_plain_multicast_hops_v6(socket, multicast_hops(hops)?)
}

/// `IP_MULTICAST_IF`; unspecified is as the system likes.
#[cfg(not(target_os = "wasi"))]
pub(crate) fn multicast_interface_v4(socket: &impl AsHandle) -> io::Result<Ipv4Addr> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).multicast_if_v4()
}

/// `IP_MULTICAST_IF`; unspecified is as the system likes.
#[cfg(not(target_os = "wasi"))]
pub(crate) fn set_multicast_interface_v4(
    socket: &impl AsHandle,
    interface: Ipv4Addr,
) -> io::Result<()> {
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_multicast_if_v4(&interface)
}

/// There is no such option here.
#[cfg(target_os = "wasi")]
pub(crate) fn multicast_interface_v4(_socket: &impl AsHandle) -> io::Result<Ipv4Addr> {
    Err(unsupported("IP_MULTICAST_IF"))
}

/// There is no such option here.
#[cfg(target_os = "wasi")]
pub(crate) fn set_multicast_interface_v4(
    _socket: &impl AsHandle,
    _interface: Ipv4Addr,
) -> io::Result<()> {
    Err(unsupported("IP_MULTICAST_IF"))
}

/// `IPV6_MULTICAST_IF`; 0 is as the system likes.
pub(crate) fn set_multicast_interface_v6(socket: &impl AsHandle, interface: u32) -> io::Result<()> {
    set_plain_multicast_interface_v6(socket, interface_index(interface, i32::MAX as u32)?)
}

/// What the system takes for the index of an interface.
fn interface_index(index: u32, most: u32) -> io::Result<u32> {
    within("index of an interface", index, 0..=most)
}

/// A group that can be joined.
fn group(is_multicast: bool, group: impl Display) -> io::Result<()> {
    if is_multicast {
        Ok(())
    } else {
        Err(invalid(format!("{group} is no multicast group")))
    }
}

/// `IP_ADD_MEMBERSHIP`: the group's datagrams on the interface of that address.
pub(crate) fn join_group_v4(
    socket: &impl AsHandle,
    group: Ipv4Addr,
    interface: Ipv4Addr,
) -> io::Result<()> {
    self::group(group.is_multicast(), group)?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).join_multicast_v4(&group, &interface)
}

/// `IP_DROP_MEMBERSHIP`.
pub(crate) fn leave_group_v4(
    socket: &impl AsHandle,
    group: Ipv4Addr,
    interface: Ipv4Addr,
) -> io::Result<()> {
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).leave_multicast_v4(&group, &interface)
}

/// What socket2 has `ip_mreqn` for, or Windows, which takes an index in the place of an address.
macro_rules! by_index {
    ($(
        $(#[$doc:meta])*
        $name:ident = $theirs:ident;
    )*) => {$(
        $(#[$doc])*
        #[cfg(any(
            target_os = "android",
            target_os = "freebsd",
            target_os = "fuchsia",
            target_os = "linux",
            target_vendor = "apple",
            windows,
        ))]
        pub(crate) fn $name(
            socket: &impl AsHandle,
            group: Ipv4Addr,
            interface: u32,
        ) -> io::Result<()> {
            // In the place of an address there is no room for more.
            let most = if cfg!(windows) { 0xff_ffff } else { i32::MAX as u32 };
            let interface = interface_index(interface, most)?;
            seam::pass(Operation::SetOption, None)?;
            let interface = socket2::InterfaceIndexOrAddress::Index(interface);
            SockRef::from(socket).$theirs(&group, &interface)
        }

        /// An interface has no index here.
        #[cfg(not(any(
            target_os = "android",
            target_os = "freebsd",
            target_os = "fuchsia",
            target_os = "linux",
            target_vendor = "apple",
            windows,
        )))]
        pub(crate) fn $name(
            _socket: &impl AsHandle,
            _group: Ipv4Addr,
            _interface: u32,
        ) -> io::Result<()> {
            Err(unsupported("IP_ADD_MEMBERSHIP by index"))
        }
    )*};
}

by_index! {
    /// `IP_ADD_MEMBERSHIP`: the same on the interface of that index.
    join_checked_group_v4_by_index = join_multicast_v4_n;
    /// `IP_DROP_MEMBERSHIP`.
    leave_group_v4_by_index = leave_multicast_v4_n;
}

/// `IP_ADD_MEMBERSHIP`: the same on the interface of that index.
pub(crate) fn join_group_v4_by_index(
    socket: &impl AsHandle,
    group: Ipv4Addr,
    interface: u32,
) -> io::Result<()> {
    self::group(group.is_multicast(), group)?;
    join_checked_group_v4_by_index(socket, group, interface)
}

/// `IPV6_JOIN_GROUP`; the interface is named by its index.
pub(crate) fn join_group_v6(
    socket: &impl AsHandle,
    group: Ipv6Addr,
    interface: u32,
) -> io::Result<()> {
    self::group(group.is_multicast(), group)?;
    let interface = interface_index(interface, i32::MAX as u32)?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).join_multicast_v6(&group, interface)
}

/// `IPV6_LEAVE_GROUP`; the interface is named by its index.
pub(crate) fn leave_group_v6(
    socket: &impl AsHandle,
    group: Ipv6Addr,
    interface: u32,
) -> io::Result<()> {
    let interface = interface_index(interface, i32::MAX as u32)?;
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).leave_multicast_v6(&group, interface)
}

/// The datagrams of one sender to a group.
macro_rules! of_source {
    ($(
        $(#[$doc:meta])*
        $name:ident = $theirs:ident, $option:literal;
    )*) => {$(
        $(#[$doc])*
        #[cfg(any(
            target_os = "android",
            target_os = "freebsd",
            target_os = "illumos",
            target_os = "linux",
            target_os = "solaris",
            target_vendor = "apple",
            windows,
        ))]
        pub(crate) fn $name(
            socket: &impl AsHandle,
            group: Ipv4Addr,
            source: Ipv4Addr,
            interface: Ipv4Addr,
        ) -> io::Result<()> {
            seam::pass(Operation::SetOption, None)?;
            SockRef::from(socket).$theirs(&source, &group, &interface)
        }

        /// There is no such option here.
        #[cfg(not(any(
            target_os = "android",
            target_os = "freebsd",
            target_os = "illumos",
            target_os = "linux",
            target_os = "solaris",
            target_vendor = "apple",
            windows,
        )))]
        pub(crate) fn $name(
            _socket: &impl AsHandle,
            _group: Ipv4Addr,
            _source: Ipv4Addr,
            _interface: Ipv4Addr,
        ) -> io::Result<()> {
            Err(unsupported($option))
        }
    )*};
}

of_source! {
    /// `IP_ADD_SOURCE_MEMBERSHIP`.
    join_checked_source_v4 = join_ssm_v4, "IP_ADD_SOURCE_MEMBERSHIP";
    /// `IP_DROP_SOURCE_MEMBERSHIP`.
    leave_source_v4 = leave_ssm_v4, "IP_DROP_SOURCE_MEMBERSHIP";
}

/// `IP_ADD_SOURCE_MEMBERSHIP`.
pub(crate) fn join_source_v4(
    socket: &impl AsHandle,
    group: Ipv4Addr,
    source: Ipv4Addr,
    interface: Ipv4Addr,
) -> io::Result<()> {
    self::group(group.is_multicast(), group)?;
    join_checked_source_v4(socket, group, source, interface)
}
