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
    pub(super) pair: Option<SocketArguments>,
    pub(super) option: Option<OptionCall>,
    pub(super) send: Option<SendArguments>,
    pub(super) look_up: Option<LookUpArguments>,
    pub(super) reverse_look_up: Option<ReverseLookUpArguments>,
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

    /// The arguments for `socketpair`, where that call is the one to fail.
    pub fn pair(&self) -> Option<SocketArguments> {
        self.pair
    }

    /// What to send beside the [payload](super::Scene::payload), where sending is to fail by it.
    pub fn send(&self) -> Option<&SendArguments> {
        self.send.as_ref()
    }

    /// What to ask for with the [name](super::Scene::name), where the look-up is to fail by it.
    pub fn look_up(&self) -> Option<LookUpArguments> {
        self.look_up
    }

    /// How to ask for the name of the [address](super::Scene::addr), where that is the call to fail.
    pub fn reverse_look_up(&self) -> Option<ReverseLookUpArguments> {
        self.reverse_look_up
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

/// What goes with the bytes of `send`, `sendto` or `sendmsg`: those that are not at their defaults.
///
/// ```
/// # #[cfg(target_os = "linux")]
/// # {
/// use usocket_testkit::{Condition, Operation, Protocol, provoke};
///
/// let scene = provoke(Condition::OperationNotSupported)
///     .on(Operation::Send)
///     .over(Protocol::Udp4)
///     .any_shape()
///     .ready()?;
/// let arguments = scene.given().send().expect("the flags make it fail");
/// println!("send(…, {:#x})", arguments.flags);
/// # }
/// # Ok::<(), usocket_testkit::Unavailable>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SendArguments {
    /// `MSG_…`, or 0.
    pub flags: i32,
    /// A control message for `sendmsg(2)`.
    pub control: Option<ControlMessage>,
}

/// A control message of `sendmsg(2)` (cmsg(3)).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ControlMessage {
    /// `SOL_…`
    pub level: i32,
    /// `SCM_…`
    pub kind: i32,
    /// What follows the header.
    pub data: Vec<u8>,
}

impl ControlMessage {
    /// The whole message as `sendmsg` takes it on Linux: `struct cmsghdr`, the data, and bytes up to the next word.
    pub fn to_bytes(&self) -> Vec<u8> {
        // The length is a `size_t`, and everything begins at multiples of one (CMSG_ALIGN).
        const WORD: usize = size_of::<usize>();
        let length = WORD + 8 + self.data.len();
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(self.level.to_ne_bytes());
        bytes.extend(self.kind.to_ne_bytes());
        bytes.extend(&self.data);
        bytes.resize(length.next_multiple_of(WORD), 0);
        bytes
    }
}

/// The hints and the service of `getaddrinfo`, as this system numbers them.
///
/// ```
/// # #[cfg(target_os = "linux")]
/// # {
/// use usocket_testkit::{Condition, Operation, provoke};
///
/// let scene = provoke(Condition::ServiceNotFound)
///     .on(Operation::Lookup)
///     .any_shape()
///     .ready()?;
/// let arguments = scene.given().look_up().expect("the service makes it fail");
/// assert!(arguments.service.is_some());
/// # }
/// # Ok::<(), usocket_testkit::Unavailable>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LookUpArguments {
    /// `AI_…`, or 0.
    pub flags: i32,
    /// The address family, `AF_…`; 0 for any.
    pub family: i32,
    /// The type, `SOCK_…`; 0 for any.
    pub kind: i32,
    /// The service, by its name or its number.
    pub service: Option<&'static str>,
}

/// The arguments of `getnameinfo`, beside the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ReverseLookUpArguments {
    /// `NI_…`, or 0.
    pub flags: i32,
    /// How many bytes there are for the name.
    pub room: usize,
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
