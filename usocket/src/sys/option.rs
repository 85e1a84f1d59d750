//! Options, and the modes that other calls set.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use socket2::{SockRef, Type};

use super::AsHandle;
use crate::operation::Operation;
use crate::seam;

/// `SO_ERROR`: the error that waited on the socket, which has it no longer.
pub(crate) fn take_error(socket: &impl AsHandle) -> io::Result<Option<io::Error>> {
    seam::pass(Operation::GetOption, None)?;
    SockRef::from(socket).take_error()
}

/// `SO_TYPE`: whether the socket carries datagrams.
pub(crate) fn is_datagram(socket: &impl AsHandle) -> io::Result<bool> {
    seam::pass(Operation::GetOption, None)?;
    Ok(SockRef::from(socket).r#type()? == Type::DGRAM)
}

macro_rules! options {
    ($($(#[$doc:meta])* $get:ident / $set:ident: $type:ty = $their_get:ident / $their_set:ident;)*) => {$(
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
    /// `TCP_NODELAY`.
    nodelay / set_nodelay: bool = tcp_nodelay / set_tcp_nodelay;
    /// `IP_TTL`.
    ttl / set_ttl: u32 = ttl_v4 / set_ttl_v4;
    /// `IPV6_UNICAST_HOPS`.
    unicast_hops / set_unicast_hops: u32 = unicast_hops_v6 / set_unicast_hops_v6;
    /// `IPV6_V6ONLY`.
    only_v6 / set_only_v6: bool = only_v6 / set_only_v6;
}

/// `O_NONBLOCK`, `FIONBIO`.
pub(crate) fn set_nonblocking(socket: &impl AsHandle, value: bool) -> io::Result<()> {
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).set_nonblocking(value)
}

/// `IP_ADD_MEMBERSHIP`: the group's datagrams on the interface of that address.
pub(crate) fn join_group_v4(
    socket: &impl AsHandle,
    group: Ipv4Addr,
    interface: Ipv4Addr,
) -> io::Result<()> {
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

/// `IPV6_LEAVE_GROUP`; the interface is named by its index.
pub(crate) fn leave_group_v6(
    socket: &impl AsHandle,
    group: Ipv6Addr,
    interface: u32,
) -> io::Result<()> {
    seam::pass(Operation::SetOption, None)?;
    SockRef::from(socket).leave_multicast_v6(&group, interface)
}
