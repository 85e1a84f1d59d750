//! Packets that the policy of `IPsec` forbids to send (`ip-xfrm(8)`; `include/uapi/linux/xfrm.h`).

use std::io;

use super::{Message, Netlink, Prefix, family};

// <linux/xfrm.h>: libc does not have these.
const NEWPOLICY: u16 = 0x13;
const DELPOLICY: u16 = 0x14;
const OUT: u8 = 1;
const BLOCK: u8 = 1;

pub(in crate::lab::system) fn open_policy() -> io::Result<Netlink> {
    Netlink::with(libc::NETLINK_XFRM)
}

/// Nothing is sent to there.
pub(in crate::lab::system) fn add_block(to: Prefix) -> Message {
    // `struct xfrm_userpolicy_info`: the selector, a life without limits and what has been of it, then priority, index,
    // direction, action, flags, share, and bytes up to the next word.
    let without_limits = [u64::MAX, u64::MAX, u64::MAX, u64::MAX, 0, 0, 0, 0]
        .map(u64::to_ne_bytes)
        .concat();
    Message::new(
        NEWPOLICY,
        libc::NLM_F_CREATE | libc::NLM_F_EXCL,
        &[
            &selector(to),
            &without_limits,
            &[0; 32],
            &[0; 8],
            &[OUT, BLOCK, 0, 0, 0, 0, 0, 0],
        ],
    )
}

pub(in crate::lab::system) fn remove_block(to: Prefix) -> Message {
    // `struct xfrm_userpolicy_id`: the selector, index, direction.
    Message::new(DELPOLICY, 0, &[&selector(to), &[0; 4], &[OUT, 0, 0, 0]])
}

/// `struct xfrm_selector`: any source, protocol and port.
fn selector(to: Prefix) -> Vec<u8> {
    let (family, mut octets, _) = family(to.ip);
    octets.resize(16, 0);
    octets.extend([0; 16]); // from anywhere
    octets.extend([0; 8]); // any port
    octets.extend(u16::from(family).to_ne_bytes());
    octets.extend([to.bits, 0, 0, 0, 0, 0]);
    octets.extend([0; 8]); // any interface, any user
    octets
}
