//! Messages to the kernel's own network configuration (netlink(7), rtnetlink(7)): no program is started for it.
//!
//! This file has the socket and the shape of a message; the others hold one subject each.

mod address;
mod encapsulation;
mod filter;
mod link;
mod neighbour;
mod policy;
mod queue;
mod route;
mod socket_destroy;

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{MsgFlags, NetlinkAddr, bind, recv, send};
use socket2::{Domain, Protocol, Socket, Type};

pub(super) use address::{Prefix, add_address, add_address_to_be_checked, remove_address};
pub(super) use encapsulation::{add_route_into, remove_route_into};
pub(super) use filter::{Fate, Filter, add_filter, open_filter, remove_filter};
pub(super) use link::{Link, create_pair, delete_link, is_up, no_own_address, set_link, set_mtu};
pub(super) use neighbour::{add_neighbour, remove_neighbour, shorten_resolution};
pub(super) use policy::{add_block, open_policy, remove_block};
pub(super) use queue::{Discipline, add_queue, remove_queue};
pub(super) use route::{Route, RouteKind, add_route, remove_route};
pub(super) use socket_destroy::destroy;

/// A conversation with the network of the thread that opened it.
#[derive(Debug)]
pub(super) struct Netlink {
    socket: OwnedFd,
    sequence: u32,
}

impl Netlink {
    pub(super) fn open() -> io::Result<Self> {
        Self::with(libc::NETLINK_ROUTE)
    }

    /// With the part of the kernel that has this number, `NETLINK_…`.
    fn with(part: i32) -> io::Result<Self> {
        let kind = (Domain::from(libc::AF_NETLINK), Type::RAW);
        let socket = Socket::new(kind.0, kind.1, Some(Protocol::from(part)))?;
        Ok(Self {
            socket: socket.into(),
            sequence: 0,
        })
    }

    /// Has all of these done, in their order; the first error is the answer, and the rest is tried all the same.
    pub(super) fn change<const N: usize>(&mut self, mut messages: [Message; N]) -> io::Result<()> {
        let first = self.sequence + 1;
        for message in &mut messages {
            self.sequence += 1;
            message.seal(libc::NLM_F_ACK, self.sequence);
        }
        self.send(&messages)?;
        let mut result = Ok(());
        for sequence in first..=self.sequence {
            let answer = self.receive(sequence)?;
            if let Some(error) = answer.error() {
                result = result.and(Err(error));
            }
        }
        result
    }

    /// Asks one question; the answer is the message's body, after its header.
    fn ask(&mut self, mut message: Message) -> io::Result<Vec<u8>> {
        self.sequence += 1;
        message.seal(0, self.sequence);
        self.send(&[message])?;
        let answer = self.receive(self.sequence)?;
        match answer.error() {
            Some(error) => Err(error),
            None => Ok(answer.body),
        }
    }

    fn send(&self, messages: &[Message]) -> io::Result<()> {
        let all: Vec<u8> = messages
            .iter()
            .flat_map(|message| &message.0)
            .copied()
            .collect();
        let sent = send(self.socket.as_raw_fd(), &all, MsgFlags::empty())?;
        if sent == all.len() {
            Ok(())
        } else {
            Err(io::ErrorKind::WriteZero.into())
        }
    }

    /// The kernel has answered by the time that it has taken the message: nothing here waits.
    fn receive_any(&self) -> io::Result<Answer> {
        let mut buffer = vec![0; 32 * 1024];
        let length = recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT)?;
        Ok(Answer::parse(&buffer[..length]).ok_or(io::ErrorKind::InvalidData)?)
    }

    fn receive(&self, sequence: u32) -> io::Result<Answer> {
        loop {
            let answer = self.receive_any()?;
            // What is left of a conversation that broke off.
            if answer.sequence == sequence {
                return Ok(answer);
            }
        }
    }
}

/// A socket that is told of every change to interfaces.
pub(super) fn listen_for_changes() -> io::Result<OwnedFd> {
    let netlink = Netlink::open()?;
    #[allow(clippy::cast_sign_loss)] // 1
    let groups = libc::RTMGRP_LINK as u32;
    bind(netlink.socket.as_raw_fd(), &NetlinkAddr::new(0, groups))?;
    Ok(netlink.socket)
}

/// One message of the kernel's.
struct Answer {
    kind: u16,
    sequence: u32,
    body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let length = u32_at(bytes, 0)? as usize;
        Some(Self {
            kind: u16_at(bytes, 4)?,
            sequence: u32_at(bytes, 8)?,
            body: bytes.get(HEADER..length)?.to_vec(),
        })
    }

    fn error(&self) -> Option<io::Error> {
        if i32::from(self.kind) != libc::NLMSG_ERROR {
            return None;
        }
        match i32::from_ne_bytes(*self.body.first_chunk()?) {
            0 => None,
            negative => Some(io::Error::from_raw_os_error(negative.wrapping_neg())),
        }
    }
}

const HEADER: usize = 16;

/// A message to the kernel: a header, the body that its kind asks for, and attributes.
pub(super) struct Message(Vec<u8>);

impl Message {
    fn new(kind: u16, flags: i32, body: &[&[u8]]) -> Self {
        let mut message = Self(vec![0; HEADER]);
        message.0[4..6].copy_from_slice(&kind.to_ne_bytes());
        // All flags of netlink fit into 16 bits.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let flags = (flags | libc::NLM_F_REQUEST) as u16;
        message.0[6..8].copy_from_slice(&flags.to_ne_bytes());
        for part in body {
            message.0.extend_from_slice(part);
        }
        message.pad();
        message
    }

    fn attribute(self, kind: u16, value: &[u8]) -> Self {
        self.nested(kind, |mut message| {
            message.0.extend_from_slice(value);
            message
        })
    }

    fn number(self, kind: u16, value: u32) -> Self {
        self.attribute(kind, &value.to_ne_bytes())
    }

    fn text(self, kind: u16, value: &str) -> Self {
        self.attribute(kind, &[value.as_bytes(), &[0]].concat())
    }

    /// An attribute that consists of what `fill` adds.
    fn nested(mut self, kind: u16, fill: impl FnOnce(Self) -> Self) -> Self {
        let start = self.0.len();
        self.0.extend_from_slice(&[0, 0]);
        self.0.extend_from_slice(&kind.to_ne_bytes());
        let mut message = fill(self);
        // Nothing here is near 64 kB.
        let length = u16::try_from(message.0.len() - start).unwrap_or(u16::MAX);
        message.0[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        message.pad();
        message
    }

    fn pad(&mut self) {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    fn seal(&mut self, flags: i32, sequence: u32) {
        let length = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // as above
        let flags = u16::from_ne_bytes([self.0[6], self.0[7]]) | flags as u16;
        self.0[6..8].copy_from_slice(&flags.to_ne_bytes());
        self.0[8..12].copy_from_slice(&sequence.to_ne_bytes());
    }
}

/// The attributes that follow a body of that length.
fn attributes(bytes: &[u8], body: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes.get(body..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = usize::from(u16_at(rest, 0)?);
        let kind = u16_at(rest, 2)?;
        let value = rest.get(4..length)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    bytes.try_into().ok().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_ne_bytes)
}

/// Family, octets, and the length in bits of a whole address.
fn family(ip: IpAddr) -> (u8, Vec<u8>, u8) {
    // The numbers of the families are 2 and 10.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    match ip {
        IpAddr::V4(ip) => (libc::AF_INET as u8, ip.octets().to_vec(), 32),
        IpAddr::V6(ip) => (libc::AF_INET6 as u8, ip.octets().to_vec(), 128),
    }
}
