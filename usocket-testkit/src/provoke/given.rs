//! What a scene hands to a program that cannot be led there by an address alone.

use std::io;
use std::net::IpAddr;

use crate::descriptor::{AsDescriptor, OwnedDescriptor};

/// What a [`Scene`](super::Scene) hands over beside its address: a descriptor, arguments, or both.
///
/// ```
/// # #[cfg(target_os = "linux")]
/// # {
/// use std::net::UdpSocket;
/// use usocket_testkit::{Condition, Operation, Protocol, provoke};
///
/// let scene = provoke(Condition::DestinationRequired)
///     .on(Operation::Send)
///     .over(Protocol::Udp4)
///     .any_shape()
///     .ready()?;
/// let socket = UdpSocket::from(scene.given().descriptor()?);
/// assert!(socket.send(b"to whom?").is_err());
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Given {
    pub(super) descriptor: Option<OwnedDescriptor>,
    pub(super) socket: Option<SocketArguments>,
    pub(super) option: Option<OptionCall>,
}

impl Given {
    /// A duplicate of the prepared descriptor, a fresh one at each call.
    ///
    /// All duplicates are the same open socket (POSIX `dup`): an error that is delivered once, such
    /// as a pending one, is delivered to one of them.
    ///
    /// # Errors
    ///
    /// `NotFound` where the scene has no descriptor ([`has_descriptor`](Self::has_descriptor));
    /// else what duplicating says, for example that the process has none left.
    pub fn descriptor(&self) -> io::Result<OwnedDescriptor> {
        match &self.descriptor {
            Some(descriptor) => descriptor.try_clone(),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "this scene gives no descriptor",
            )),
        }
    }

    /// Whether there is a descriptor.
    pub fn has_descriptor(&self) -> bool {
        self.descriptor.is_some()
    }

    /// The arguments for `socket`, where that call is the one to fail.
    pub fn socket(&self) -> Option<SocketArguments> {
        self.socket
    }

    /// The option to set or get, where that call is the one to fail.
    pub fn option(&self) -> Option<OptionCall> {
        self.option
    }

    pub(super) fn of(descriptor: &impl AsDescriptor) -> io::Result<Self> {
        Ok(Self {
            descriptor: Some(crate::descriptor::duplicate(descriptor)?),
            ..Self::default()
        })
    }
}

/// The arguments of `socket(2)`, as this system numbers them.
///
/// ```
/// # #[cfg(target_os = "linux")]
/// # {
/// use usocket_testkit::{Condition, Operation, provoke};
///
/// let scene = provoke(Condition::SocketTypeNotSupported)
///     .on(Operation::Socket)
///     .any_shape()
///     .ready()?;
/// let arguments = scene.given().socket().expect("the call takes arguments only");
/// println!("socket({}, {}, {})", arguments.domain, arguments.kind, arguments.protocol);
/// # }
/// # Ok::<(), usocket_testkit::Unavailable>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SocketArguments {
    /// The address family, `AF_…`.
    pub domain: i32,
    /// The type, `SOCK_…`.
    pub kind: i32,
    /// The protocol number, `IPPROTO_…`; 0 for the usual one.
    pub protocol: i32,
}

/// A call that sets or gets a socket option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OptionCall {
    /// `SO_REUSEADDR`, on; for scenes in which any option fails.
    ReuseAddress,
    /// `TCP_NODELAY`, on.
    NoDelay,
    /// `IP_TTL` or `IPV6_UNICAST_HOPS`, by the family of the socket, with this number of hops.
    HopLimit(u32),
    /// `SO_MARK` with this mark (Linux).
    Mark(u32),
    /// Join a multicast group.
    JoinGroup {
        /// The group; its family is the socket's.
        group: IpAddr,
        /// The index of the interface, always the loopback one (for IPv4 also known as 127.0.0.1).
        interface: u32,
    },
    /// Leave a multicast group.
    LeaveGroup {
        /// The group; its family is the socket's.
        group: IpAddr,
        /// The index of the interface, always the loopback one (for IPv4 also known as 127.0.0.1).
        interface: u32,
    },
}
