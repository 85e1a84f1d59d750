//! Ends a socket from outside (`sock_diag(7)`): its owner then sees `ECONNABORTED`.

use std::io;
use std::net::SocketAddr;

use super::{Message, Netlink, family};

// <linux/sock_diag.h>, <linux/inet_diag.h>: libc does not have these.
const SOCK_DESTROY: u16 = 21;
const ANY_COOKIE: [u8; 8] = [0xff; 8];

/// The socket with these two ends, in the network of the calling thread. `protocol` is its number in IP.
pub(in crate::lab::system) fn destroy(
    protocol: u8,
    local: SocketAddr,
    remote: SocketAddr,
) -> io::Result<()> {
    // `struct inet_diag_req_v2`: what is asked for, then `struct inet_diag_sockid`.
    let wide = |addr: SocketAddr| {
        let mut octets = family(addr.ip()).1;
        octets.resize(16, 0);
        octets
    };
    let body: [&[u8]; 8] = [
        &[family(local.ip()).0, protocol, 0, 0],
        &u32::MAX.to_ne_bytes(),
        &local.port().to_be_bytes(),
        &remote.port().to_be_bytes(),
        &wide(local),
        &wide(remote),
        &0_u32.to_ne_bytes(),
        &ANY_COOKIE,
    ];
    let mut netlink = Netlink::with(libc::NETLINK_SOCK_DIAG)?;
    netlink.change([Message::new(SOCK_DESTROY, 0, &body)])
}
