//! Interfaces: a pair that is wired together, up, down, its MTU, gone.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use super::{Message, Netlink, attributes};

/// One end of a pair: its number, its name and its hardware address.
#[derive(Clone, Copy, Debug)]
pub(in crate::lab::system) struct Link<'a> {
    pub(in crate::lab::system) index: u32,
    pub(in crate::lab::system) name: &'a str,
    pub(in crate::lab::system) mac: [u8; 6],
}

// <linux/if_link.h>, <linux/veth.h>, <linux/if.h>: libc does not have these.
const VETH_INFO_PEER: u16 = 1;
const IFLA_INET6_ADDR_GEN_MODE: u16 = 8;
const IN6_ADDR_GEN_MODE_NONE: u8 = 1;
const IF_OPER_UP: u8 = 6; // ifOperStatus of RFC 2863

const INFO: usize = 16;

/// `struct ifinfomsg`.
fn info(index: u32, flags: u32, changed: u32) -> [u8; INFO] {
    let mut info = [0; INFO];
    info[4..8].copy_from_slice(&index.to_ne_bytes());
    info[8..12].copy_from_slice(&flags.to_ne_bytes());
    info[12..16].copy_from_slice(&changed.to_ne_bytes());
    info
}

/// Two interfaces; what one sends the other receives (veth(4)). Both are down.
///
/// The far one can be made in another network.
pub(in crate::lab::system) fn create_pair(
    near: Link<'_>,
    far: Link<'_>,
    network: Option<BorrowedFd<'_>>,
) -> Message {
    let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
    // Without a limit the far end would see segments of 64 kB that no wire carries.
    let about = |message: Message, link: Link<'_>| {
        message
            .text(libc::IFLA_IFNAME, link.name)
            .attribute(libc::IFLA_ADDRESS, &link.mac)
            .number(libc::IFLA_GSO_MAX_SEGS, 1)
    };
    let message = Message::new(libc::RTM_NEWLINK, flags, &[&info(near.index, 0, 0)]);
    about(message, near).nested(libc::IFLA_LINKINFO, |message| {
        message
            .attribute(libc::IFLA_INFO_KIND, b"veth")
            .nested(libc::IFLA_INFO_DATA, |message| {
                message.nested(VETH_INFO_PEER, |mut message| {
                    message.0.extend_from_slice(&info(far.index, 0, 0));
                    let message = about(message, far);
                    match network {
                        Some(network) => message
                            .attribute(libc::IFLA_NET_NS_FD, &network.as_raw_fd().to_ne_bytes()),
                        None => message,
                    }
                })
            })
    })
}

/// Up or down.
pub(in crate::lab::system) fn set_link(index: u32, up: bool) -> Message {
    #[allow(clippy::cast_sign_loss)] // 1
    let flag = libc::IFF_UP as u32;
    let flags = if up { flag } else { 0 };
    Message::new(libc::RTM_NEWLINK, 0, &[&info(index, flags, flag)])
}

/// It gets no IPv6 address by itself: nothing is sent that no test asked for. Said before it goes up: in one message
/// with that it would come too late.
pub(in crate::lab::system) fn no_own_address(index: u32) -> Message {
    Message::new(libc::RTM_NEWLINK, 0, &[&info(index, 0, 0)]).nested(
        libc::IFLA_AF_SPEC,
        |message| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 10
            message.nested(libc::AF_INET6 as u16, |message| {
                message.attribute(IFLA_INET6_ADDR_GEN_MODE, &[IN6_ADDR_GEN_MODE_NONE])
            })
        },
    )
}

pub(in crate::lab::system) fn set_mtu(index: u32, mtu: u32) -> Message {
    Message::new(libc::RTM_NEWLINK, 0, &[&info(index, 0, 0)]).number(libc::IFLA_MTU, mtu)
}

/// Both ends of a pair go when one goes.
pub(in crate::lab::system) fn delete_link(index: u32) -> Message {
    Message::new(libc::RTM_DELLINK, 0, &[&info(index, 0, 0)])
}

/// Whether it carries packets. Its flags do not tell: they say so before its queue is there.
pub(in crate::lab::system) fn is_up(netlink: &mut Netlink, index: u32) -> io::Result<bool> {
    let answer = netlink.ask(Message::new(libc::RTM_GETLINK, 0, &[&info(index, 0, 0)]))?;
    let state = attributes(&answer, INFO).find_map(|(kind, value)| {
        let value = (kind == libc::IFLA_OPERSTATE).then_some(value)?;
        value.first().copied()
    });
    let state = state.ok_or(io::ErrorKind::InvalidData)?;
    Ok(state == IF_OPER_UP)
}
