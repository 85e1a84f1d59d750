//! Socket options, to get and to set, as tables: which option which owner has, and what it means.
//!
//! How a system goes about it, or that it does not, is the business of
//! [`sys::option`](crate::sys::option).

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::datagram::UdpSocket;
use crate::error::Error;
use crate::listen::TcpListener;
use crate::operation::Operation;
use crate::stream::TcpStream;
use crate::sys::option;
#[cfg(unix)]
use crate::unix::{UnixDatagram, UnixListener, UnixStream};

/// When a TCP connection that says nothing is checked for its peer, and when it is given up: to be
/// set by [`TcpStream::set_keepalive_times`].
///
/// What is `None` stays as it is. The checks themselves are switched on by
/// [`TcpStream::set_keepalive`]. A peer that has vanished is noticed after `time + interval *
/// retries`.
///
/// ```
/// use std::time::Duration;
/// use usocket::Keepalive;
///
/// let keepalive = Keepalive::new().time(Duration::from_secs(60)).retries(4);
/// assert_eq!(keepalive.retries, Some(4));
/// assert_eq!(keepalive.interval, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "it does nothing until it is set on a stream"]
#[non_exhaustive]
pub struct Keepalive {
    /// How long a connection says nothing before the first check: see [`Self::time`].
    pub time: Option<Duration>,
    /// How long after a check that was not answered the next one comes: see [`Self::interval`].
    pub interval: Option<Duration>,
    /// How many checks in a row go unanswered before the connection is lost: see
    /// [`Self::retries`].
    pub retries: Option<u32>,
}

impl Keepalive {
    /// Nothing is changed.
    pub const fn new() -> Self {
        Self {
            time: None,
            interval: None,
            retries: None,
        }
    }

    /// How long a connection says nothing before the first check.
    ///
    /// In seconds, rounded up, at least one; Linux takes no more than 32767. Its default is two
    /// hours.
    #[doc(alias = "TCP_KEEPIDLE")]
    #[doc(alias = "TCP_KEEPALIVE")]
    pub const fn time(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// How long after a check that was not answered the next one comes.
    ///
    /// In seconds, rounded up, at least one; Linux takes no more than 32767. Its default is 75
    /// seconds.
    #[doc(alias = "TCP_KEEPINTVL")]
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// How many checks in a row go unanswered before the connection is lost.
    ///
    /// At least one; Linux takes no more than 127, Windows 255. The default of Linux is 9.
    #[doc(alias = "TCP_KEEPCNT")]
    pub const fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }
}

/// An interface of this machine, as the options for IPv4 multicast name it: by one of its addresses,
/// or by its index. Those for IPv6 take an index only.
///
/// Unspecified addresses and the index 0 leave it to the system.
///
/// ```
/// use std::net::{Ipv4Addr, Ipv6Addr};
/// use usocket::Interface;
///
/// assert_eq!(Interface::from(Ipv4Addr::LOCALHOST), Interface::Address(Ipv4Addr::LOCALHOST));
/// assert_eq!(Interface::from(1), Interface::Index(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interface {
    /// The one with this address.
    Address(Ipv4Addr),
    /// The one with this index, where the system knows indices for IPv4: Linux, Apple's systems,
    /// FreeBSD and Windows do.
    Index(u32),
}

impl From<Ipv4Addr> for Interface {
    fn from(address: Ipv4Addr) -> Self {
        Self::Address(address)
    }
}

impl From<u32> for Interface {
    fn from(index: u32) -> Self {
        Self::Index(index)
    }
}

/// The method that gets an option.
macro_rules! getter {
    ($(#[doc = $doc:literal])* $get:ident -> $type:ty = $sys_get:ident;
    $socket:literal [$($line:literal),*] [$($alias:literal),*]) => {
        $(#[doc = $doc])*
        ///
        /// # Errors
        ///
        /// Only a handle of another kind that was taken over has any:
        /// [`OptionNotSupported`](crate::Condition::OptionNotSupported),
        /// [`OperationNotSupported`](crate::Condition::OperationNotSupported),
        /// [`BadFileDescriptor`](crate::Condition::BadFileDescriptor) or
        /// [`NotASocket`](crate::Condition::NotASocket); and a system without the option:
        /// [`Unsupported`](crate::Condition::Unsupported).
        ///
        /// ```
        #[doc = $socket]
        $(#[doc = $line])*
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        $(#[doc(alias = $alias)])*
        #[doc(alias = "getsockopt")]
        #[doc(alias = "socket-option")]
        pub fn $get(&self) -> Result<$type, Error> {
            self.link.named_result(Operation::GetOption, option::$sys_get(self))
        }
    };
}

/// The methods of options that can be set: what the option is, its other names, the getter and what
/// it gives, the setter and what it takes, the two functions of
/// [`sys::option`](crate::sys::option), what setting it can end with, and what an example does with
/// a `socket`.
macro_rules! options {
    ($owner:ident, $socket:literal; $(
        $(#[doc = $doc:literal])*
        [$($alias:literal),*]
        $get:ident -> $type:ty, $set:ident($argument:ty) = $sys_get:ident / $sys_set:ident;
        errors [$($errors:literal),*];
        example [$($line:literal),*];
    )*) => {
        impl $owner {$(
            getter! {
                $(#[doc = $doc])*
                $get -> $type = $sys_get;
                $socket [$($line),*] [$($alias),*]
            }

            #[doc = concat!(
                "Sets what [`", stringify!($get), "`](Self::", stringify!($get), ") gives, for all clones."
            )]
            ///
            /// # Errors
            ///
            $(#[doc = $errors])*
            #[doc = concat!(
                "Those of [`", stringify!($get), "`](Self::", stringify!($get), "). "
            )]
            ///
            /// ```
            #[doc = $socket]
            $(#[doc = $line])*
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            $(#[doc(alias = $alias)])*
            #[doc(alias = "setsockopt")]
            #[doc(alias = "socket-option")]
            pub fn $set(&self, value: $argument) -> Result<(), Error> {
                self.link.named_result(Operation::SetOption, option::$sys_set(self, value))
            }
        )*}
    };
}

/// The methods of options that can only be looked at: as the table of those that can be set.
macro_rules! settled_options {
    ($owner:ident, $socket:literal; $(
        $(#[doc = $doc:literal])*
        [$($alias:literal),*]
        $get:ident -> $type:ty = $sys_get:ident;
        example [$($line:literal),*];
    )*) => {
        impl $owner {$(
            getter! {
                $(#[doc = $doc])*
                $get -> $type = $sys_get;
                $socket [$($line),*] [$($alias),*]
            }
        )*}
    };
}

/// What every socket that carries bytes has: the system's buffers, the timeouts, the mode, and the
/// error that waits.
macro_rules! transfer_options {
    ($owner:ident, $socket:literal) => {
        options! {
            $owner, $socket;

            /// How many bytes that have come the system keeps until they are received.
            ///
            /// What was set is what is given back. Systems have a least and a most, and may take
            /// what is beyond for these: Linux at least 1152 and at most `net.core.rmem_max`. Linux
            /// counts its own bookkeeping too, and tells everyone else twice this number; and a TCP
            /// connection's buffer there grows by itself as long as it was never set. A listener's
            /// is that of the connections that it accepts. Source: socket(7), POSIX
            /// `setsockopt`.
            ["SO_RCVBUF"]
            recv_buffer_size -> usize, set_recv_buffer_size(usize)
                = recv_buffer_size / set_recv_buffer_size;
            errors [
                "[`InvalidArgument`](crate::Condition::InvalidArgument) above 2³¹ - 1;",
                "[`NoBuffers`](crate::Condition::NoBuffers) above the most, where that is not taken",
                "instead."
            ];
            example [
                "socket.set_recv_buffer_size(16_384)?;",
                "assert_eq!(socket.recv_buffer_size()?, 16_384);"
            ];

            /// How many bytes that are to be sent the system takes before they have left.
            ///
            /// What was set is what is given back. Systems have a least and a most, and may take
            /// what is beyond for these: Linux at least 2304 and at most `net.core.wmem_max`. Linux
            /// counts its own bookkeeping too, and tells everyone else twice this number; and a TCP
            /// connection's buffer there grows by itself as long as it was never set. Source:
            /// socket(7), POSIX `setsockopt`.
            ["SO_SNDBUF"]
            send_buffer_size -> usize, set_send_buffer_size(usize)
                = send_buffer_size / set_send_buffer_size;
            errors [
                "[`InvalidArgument`](crate::Condition::InvalidArgument) above 2³¹ - 1;",
                "[`NoBuffers`](crate::Condition::NoBuffers) above the most, where that is not taken",
                "instead."
            ];
            example [
                "socket.set_send_buffer_size(16_384)?;",
                "assert_eq!(socket.send_buffer_size()?, 16_384);"
            ];
        }

        modes!($owner, $socket);
    };
}

/// What changes how other calls of a socket behave, which the owner has to know of.
macro_rules! modes {
    ($owner:ident, $socket:literal) => {
        impl $owner {
            getter! {
                /// How long a plain receive waits for something to come; `None`, the default, is for
                /// ever. Calls with a deadline do not heed it.
                ///
                /// In the clock's ticks, rounded up: one to ten milliseconds on Linux. Source:
                /// socket(7), POSIX `setsockopt`.
                read_timeout -> Option<Duration> = read_timeout;
                $socket [
                    "use std::time::Duration;",
                    "",
                    "socket.set_read_timeout(Some(Duration::from_secs(5)))?;",
                    "assert_eq!(socket.read_timeout()?, Some(Duration::from_secs(5)));"
                ] ["SO_RCVTIMEO", ":receive-timeout", ":read-timeout"]
            }

            /// Sets what [`read_timeout`](Self::read_timeout) gives, for all clones. Setting what is
            /// set already costs nothing.
            ///
            /// From one microsecond, or one millisecond on Windows, to what the system can count: 49
            /// days on Windows, 24 days on Linux of 32 bits, 68 years and more elsewhere.
            ///
            /// # Errors
            ///
            /// [`InvalidArgument`](crate::Condition::InvalidArgument) for zero, which systems take
            /// for "for ever", and for a longer time;
            /// [`OptionNotSupported`](crate::Condition::OptionNotSupported) for datagrams on WASI. Those
            /// of [`read_timeout`](Self::read_timeout).
            ///
            /// ```
            /// use std::time::Duration;
            /// use usocket::Condition;
            ///
            #[doc = $socket]
            /// let error = socket.set_read_timeout(Some(Duration::ZERO)).unwrap_err();
            /// assert_eq!(error.condition(), Condition::InvalidArgument);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias = "SO_RCVTIMEO")]
            #[doc(alias = ":receive-timeout")]
            #[doc(alias = "setsockopt")]
            #[doc(alias = "socket-option")]
            pub fn set_read_timeout(&self, timeout: Option<Duration>) -> Result<(), Error> {
                self.link.set_read_timeout(self, timeout)
            }

            getter! {
                /// How long a plain send waits for the system to take something; `None`, the
                /// default, is for ever. Calls with a deadline do not heed it.
                ///
                /// In the clock's ticks, rounded up: one to ten milliseconds on Linux. Source:
                /// socket(7), POSIX `setsockopt`.
                write_timeout -> Option<Duration> = write_timeout;
                $socket [
                    "use std::time::Duration;",
                    "",
                    "socket.set_write_timeout(Some(Duration::from_secs(5)))?;",
                    "assert_eq!(socket.write_timeout()?, Some(Duration::from_secs(5)));"
                ] ["SO_SNDTIMEO", ":send-timeout", ":write-timeout"]
            }

            /// Sets what [`write_timeout`](Self::write_timeout) gives, for all clones. Setting what
            /// is set already costs nothing.
            ///
            /// From one microsecond, or one millisecond on Windows, to what the system can count: 49
            /// days on Windows, 24 days on Linux of 32 bits, 68 years and more elsewhere.
            ///
            /// # Errors
            ///
            /// [`InvalidArgument`](crate::Condition::InvalidArgument) for zero, which systems take
            /// for "for ever", and for a longer time; [`Unsupported`](crate::Condition::Unsupported) on
            /// WASI, which takes it and does not heed it. Those of
            /// [`write_timeout`](Self::write_timeout).
            ///
            /// ```
            /// use std::time::Duration;
            /// use usocket::Condition;
            ///
            #[doc = $socket]
            /// let error = socket.set_write_timeout(Some(Duration::ZERO)).unwrap_err();
            /// assert_eq!(error.condition(), Condition::InvalidArgument);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias = "SO_SNDTIMEO")]
            #[doc(alias = ":send-timeout")]
            #[doc(alias = "setsockopt")]
            #[doc(alias = "socket-option")]
            pub fn set_write_timeout(&self, timeout: Option<Duration>) -> Result<(), Error> {
                self.link.set_write_timeout(self, timeout)
            }

            /// Whether plain calls fail with [`WouldBlock`](crate::Condition::WouldBlock) instead of
            /// waiting.
            ///
            /// Windows and WASI do not tell: there it is what this crate has set.
            ///
            /// # Errors
            ///
            /// [`BadFileDescriptor`](crate::Condition::BadFileDescriptor). Source: POSIX `fcntl`.
            ///
            /// ```
            #[doc = $socket]
            /// assert!(!socket.nonblocking()?);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias = "O_NONBLOCK")]
            pub fn nonblocking(&self) -> Result<bool, Error> {
                let told = self
                    .link
                    .named_result(Operation::GetOption, option::told_nonblocking(self))?;
                Ok(told.unwrap_or_else(|| self.link.is_nonblocking()))
            }

            /// Sets what [`nonblocking`](Self::nonblocking) gives, for all clones. Calls with a
            /// deadline do not heed it, and neither do those that only try.
            ///
            /// # Errors
            ///
            /// [`BadFileDescriptor`](crate::Condition::BadFileDescriptor). Source: POSIX `fcntl`.
            ///
            /// ```
            /// use usocket::Condition;
            ///
            #[doc = $socket]
            /// socket.set_nonblocking(true)?;
            /// let error = socket.recv(&mut [0; 16]).unwrap_err();
            /// assert_eq!(error.condition(), Condition::WouldBlock);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias = "O_NONBLOCK")]
            #[doc(alias = "FIONBIO")]
            pub fn set_nonblocking(&self, nonblocking: bool) -> Result<(), Error> {
                self.link.named_result(
                    Operation::SetOption,
                    option::set_nonblocking(self, nonblocking),
                )?;
                self.link.set_nonblocking(nonblocking);
                Ok(())
            }

            pending! {
                $socket, Operation::Receive,
                "It is what the next receive would fail with: its operation is \
    [`Operation::Receive`]."
            }
        }
    };
}

/// The method that takes the error that waits.
macro_rules! pending {
    ($socket:literal, $operation:expr, $which:literal) => {
        /// The error that waits on the socket, which has it no longer; `None` if none does.
        ///
        #[doc = $which]
        /// Source: POSIX `getsockopt`, `SO_ERROR`.
        ///
        /// # Errors
        ///
        /// [`BadFileDescriptor`](crate::Condition::BadFileDescriptor) and
        /// [`NotASocket`](crate::Condition::NotASocket) for a handle that is no socket. The error
        /// that waits is no failure of this call.
        ///
        /// ```
        #[doc = $socket]
        /// assert!(socket.take_error()?.is_none());
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[doc(alias = "SO_ERROR")]
        pub fn take_error(&self) -> Result<Option<Error>, Error> {
            let pending = self
                .link
                .named_result(Operation::GetOption, option::take_error(self))?;
            Ok(pending.map(|source| self.link.error($operation, source)))
        }
    };
}

/// What every listener has.
macro_rules! listener_modes {
    ($owner:ident, $socket:literal) => {
        impl $owner {
            /// Whether [`accept`](Self::accept) fails with
            /// [`WouldBlock`](crate::Condition::WouldBlock) instead of waiting: what was set by
            /// [`set_nonblocking`](Self::set_nonblocking), whatever mode the descriptor is in
            /// underneath.
            ///
            /// # Errors
            ///
            /// None; the result is for the sake of the same call of other sockets.
            ///
            /// ```
            #[doc = $socket]
            /// assert!(!socket.nonblocking()?);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias = "O_NONBLOCK")]
            pub fn nonblocking(&self) -> Result<bool, Error> {
                Ok(self.link.is_nonblocking())
            }

            pending! {
                $socket, Operation::Accept,
                "It is what the next accept would fail with: its operation is [`Operation::Accept`]."
            }
        }
    };
}

/// What every socket of the internet has.
macro_rules! internet_options {
    ($owner:ident, $socket:literal) => {
        options! {
            $owner, $socket;

            /// How many hops a packet from here can go: the time to live of IPv4, the hop limit of
            /// IPv6.
            ///
            /// 1 to 255; most systems begin with 64. A socket that speaks both families has one for
            /// both. Source: ip(7), RFC 3493 section 5.1.
            ["IP_TTL", "IPV6_UNICAST_HOPS", "hop_limit"]
            ttl -> u32, set_ttl(u32) = hop_limit / set_hop_limit;
            errors ["[`InvalidArgument`](crate::Condition::InvalidArgument) out of the range."];
            example ["socket.set_ttl(9)?;", "assert_eq!(socket.ttl()?, 9);"];

            /// Whether a socket may be bound to an address where connections of an earlier one
            /// linger.
            ///
            /// It is asked when a socket is bound: to set it before, use the options with which a
            /// socket is made. Source: socket(7).
            ["SO_REUSEADDR", ":reuse-address"]
            reuse_address -> bool, set_reuse_address(bool) = reuse_address / set_reuse_address;
            errors [];
            example [
                "socket.set_reuse_address(true)?;",
                "assert!(socket.reuse_address()?);"
            ];

            /// The only interface that packets come and go by; `None`, the default, is any.
            ///
            /// A name of 1 to 15 bytes. Linux and Android only; there, to change or to remove one
            /// that is set takes privileges. Source: socket(7).
            ["SO_BINDTODEVICE"]
            device -> Option<String>, bind_device(Option<&str>) = device / bind_device;
            errors [
                "[`NotFound`](crate::Condition::NotFound) for no interface of that name,",
                "[`InvalidArgument`](crate::Condition::InvalidArgument) for what can be no name,",
                "[`OperationNotPermitted`](crate::Condition::OperationNotPermitted)."
            ];
            example [
                "match socket.bind_device(Some(\"lo\")) {",
                "    Ok(()) => assert_eq!(socket.device()?.as_deref(), Some(\"lo\")),",
                "    Err(error) => println!(\"{error}\"), // not on this system",
                "}"
            ];
        }

        settled_options! {
            $owner, $socket;

            /// Whether several sockets may share the address, each with a part of what comes.
            ///
            /// Where a system has that: not Windows, Solaris, illumos. Source: socket(7).
            ["SO_REUSEPORT"]
            reuse_port -> bool = reuse_port;
            example ["# #[cfg(any(target_os = \"linux\", target_vendor = \"apple\"))]",
                "assert!(!socket.reuse_port()?);"];

            /// Whether a socket of IPv6 speaks nothing else. A socket of IPv4 has no such option.
            ///
            /// Linux says so of any socket that is bound to an address that no packet of IPv4 can
            /// have, such as `[::1]`, whatever was asked for. Source: RFC 3493 section 5.3.
            ["IPV6_V6ONLY"]
            only_v6 -> bool = only_v6;
            example [
                "use usocket::{Ipv6Mode, ListenOptions};",
                "",
                "let listener = ListenOptions::new().ipv6(Ipv6Mode::Ipv6Only).bind(\"[::1]:0\")?;",
                "assert!(listener.only_v6()?);",
                "assert!(socket.only_v6().is_err()); // this one is of IPv4"
            ];
        }
    };
}

/// What sockets of TCP have, connected or listening.
macro_rules! tcp_options {
    ($owner:ident, $socket:literal) => {
        internet_options!($owner, $socket);

        options! {
            $owner, $socket;

            /// How routers should treat the packets: the differentiated services field in the type
            /// of service of IPv4, in the traffic class of IPv6.
            ///
            /// 0, the default, to 252 in steps of 4: the last two bits are TCP's own, to say that
            /// the network is congested. Not on Windows. Source: RFC 2474, RFC 3168 section 5,
            /// ip(7).
            ["IP_TOS", "IPV6_TCLASS", "tos"]
            traffic_class -> u8, set_traffic_class(u8)
                = stream_traffic_class / set_stream_traffic_class;
            errors [
                "[`InvalidArgument`](crate::Condition::InvalidArgument) with one of the last two",
                "bits;",
                "[`OperationNotPermitted`](crate::Condition::OperationNotPermitted) for classes that",
                "the system reserves."
            ];
            example [
                "# #[cfg(unix)]",
                "socket.set_traffic_class(0xb8)?; // expedited forwarding",
                "# #[cfg(unix)]",
                "assert_eq!(socket.traffic_class()?, 0xb8);"
            ];
        }
    };
}

tcp_options!(
    TcpListener,
    "# let socket = usocket::TcpListener::bind(\"127.0.0.1:0\")?;"
);

options! {
    TcpListener, "# let socket = usocket::TcpListener::bind(\"127.0.0.1:0\")?;";

    /// How many bytes that have come the system keeps for each accepted connection until they are
    /// received.
    ///
    /// What was set is what is given back. Systems have a least and a most, and may take what is
    /// beyond for these: Linux at least 1152 and at most `net.core.rmem_max`. More than 64 KiB must
    /// be known before a connection begins, so it is set here and not on accepted streams. Source:
    /// socket(7), tcp(7).
    ["SO_RCVBUF"]
    recv_buffer_size -> usize, set_recv_buffer_size(usize)
        = recv_buffer_size / set_recv_buffer_size;
    errors [
        "[`InvalidArgument`](crate::Condition::InvalidArgument) above 2³¹ - 1;",
        "[`NoBuffers`](crate::Condition::NoBuffers) above the most, where that is not taken",
        "instead."
    ];
    example [
        "socket.set_recv_buffer_size(16_384)?;",
        "assert_eq!(socket.recv_buffer_size()?, 16_384);"
    ];

    /// How many bytes that are to be sent the system takes for each accepted connection before they
    /// have left.
    ///
    /// What was set is what is given back. Systems have a least and a most, and may take what is
    /// beyond for these: Linux at least 2304 and at most `net.core.wmem_max`. Source: socket(7).
    ["SO_SNDBUF"]
    send_buffer_size -> usize, set_send_buffer_size(usize)
        = send_buffer_size / set_send_buffer_size;
    errors [
        "[`InvalidArgument`](crate::Condition::InvalidArgument) above 2³¹ - 1;",
        "[`NoBuffers`](crate::Condition::NoBuffers) above the most, where that is not taken",
        "instead."
    ];
    example [
        "socket.set_send_buffer_size(16_384)?;",
        "assert_eq!(socket.send_buffer_size()?, 16_384);"
    ];
}

listener_modes!(
    TcpListener,
    "# let socket = usocket::TcpListener::bind(\"127.0.0.1:0\")?;"
);

tcp_options!(
    TcpStream,
    "# let listener = usocket::TcpListener::bind(\"127.0.0.1:0\")?;\n\
     # let socket = usocket::TcpStream::connect(listener.local_addr()?)?;"
);

transfer_options!(
    TcpStream,
    "# let listener = usocket::TcpListener::bind(\"127.0.0.1:0\")?;\n\
     # let socket = usocket::TcpStream::connect(listener.local_addr()?)?;"
);

options! {
    TcpStream,
    "# let listener = usocket::TcpListener::bind(\"127.0.0.1:0\")?;\n\
     # let socket = usocket::TcpStream::connect(listener.local_addr()?)?;";

    /// Whether small pieces are sent at once, and not gathered while others are on their way.
    ///
    /// Off unless it was asked for. Source: RFC 9293 section 3.7.4, tcp(7).
    ["TCP_NODELAY", ":tcp-nodelay", ":tcp-no-delay", ":nodelay"]
    nodelay -> bool, set_nodelay(bool) = nodelay / set_nodelay;
    errors [];
    example ["socket.set_nodelay(true)?;", "assert!(socket.nodelay()?);"];

    /// Whether a connection that says nothing is checked for a peer that has vanished.
    ///
    /// Off unless it was asked for. How often says
    /// [`keepalive_times`](Self::keepalive_times). Source: RFC 9293 section 3.8.4, socket(7).
    ["SO_KEEPALIVE", ":tcp-keepalive"]
    keepalive -> bool, set_keepalive(bool) = keepalive / set_keepalive;
    errors [];
    example ["socket.set_keepalive(true)?;", "assert!(socket.keepalive()?);"];

    /// What dropping the stream does about bytes that have not been delivered.
    ///
    /// `None`, the default: it returns at once, and the system goes on delivering them. Zero: they
    /// are lost and the connection is reset, as by [`abort`](Self::abort). Any other time: it waits
    /// for them that long, in seconds, rounded up; in non-blocking mode too on some systems. At most
    /// 65535 seconds on Windows and FreeBSD, 32767 on OpenBSD, 327 on Apple's systems, 24 days on
    /// Linux, whose older kernels, 5.10 for one, make another time of a longer one. Source: POSIX
    /// `setsockopt`, socket(7); Linux, `sock_setsockopt`.
    ["SO_LINGER", "SO_LINGER_SEC"]
    linger -> Option<Duration>, set_linger(Option<Duration>) = linger / set_linger;
    errors ["[`InvalidArgument`](crate::Condition::InvalidArgument) for a longer time."];
    example [
        "use std::time::Duration;",
        "",
        "socket.set_linger(Some(Duration::from_millis(1500)))?;",
        "assert_eq!(socket.linger()?, Some(Duration::from_secs(2)));",
        "# socket.set_linger(None)?;"
    ];

    /// How long what was sent may go without an answer before the connection is lost; `None`, the
    /// default, leaves it to the system, which takes some fifteen minutes.
    ///
    /// In milliseconds, rounded up, to 24 days. Linux and Android only. Source: RFC 5482, tcp(7).
    ["TCP_USER_TIMEOUT"]
    user_timeout -> Option<Duration>, set_user_timeout(Option<Duration>)
        = user_timeout / set_user_timeout;
    errors [
        "[`InvalidArgument`](crate::Condition::InvalidArgument) for zero, which the system takes",
        "for none, and for a longer time."
    ];
    example [
        "use std::time::Duration;",
        "",
        "let timeout = Some(Duration::from_secs(20));",
        "match socket.set_user_timeout(timeout) {",
        "    Ok(()) => assert_eq!(socket.user_timeout()?, timeout),",
        "    Err(error) => println!(\"{error}\"), // not on this system",
        "}"
    ];

    /// The algorithm that decides how fast to send.
    ///
    /// A name of 1 to 15 bytes, such as `cubic` and `reno`. Linux and FreeBSD only. Source: tcp(7),
    /// `net.ipv4.tcp_available_congestion_control`.
    ["TCP_CONGESTION"]
    congestion_control -> String, set_congestion_control(&str)
        = congestion_control / set_congestion_control;
    errors [
        "[`NotFound`](crate::Condition::NotFound) for an algorithm that the system does not have,",
        "[`OperationNotPermitted`](crate::Condition::OperationNotPermitted) for one that not",
        "everybody may use, [`InvalidArgument`](crate::Condition::InvalidArgument) for what can be",
        "no name."
    ];
    example [
        "match socket.set_congestion_control(\"reno\") {",
        "    Ok(()) => assert_eq!(socket.congestion_control()?, \"reno\"),",
        "    Err(error) => println!(\"{error}\"), // not on this system",
        "}"
    ];

    /// Whether urgent bytes come in their place among the others, and not apart.
    ///
    /// Off by default. RFC 6093 asks everybody to switch it on. Source: socket(7).
    ["SO_OOBINLINE"]
    out_of_band_inline -> bool, set_out_of_band_inline(bool)
        = out_of_band_inline / set_out_of_band_inline;
    errors [];
    example [
        "socket.set_out_of_band_inline(true)?;",
        "assert!(socket.out_of_band_inline()?);"
    ];
}

settled_options! {
    TcpStream,
    "# let listener = usocket::TcpListener::bind(\"127.0.0.1:0\")?;\n\
     # let socket = usocket::TcpStream::connect(listener.local_addr()?)?;";

    /// How many bytes a segment carries at most, as the two ends have agreed.
    ///
    /// Not on Windows. Source: RFC 9293 section 3.7.1, tcp(7).
    ["TCP_MAXSEG"]
    mss -> u32 = mss;
    example ["# #[cfg(unix)]", "assert!(socket.mss()? >= 536);"];
}

impl TcpStream {
    /// How often a connection that says nothing is checked: all of it, or what the system tells.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::Condition::Unsupported) on OpenBSD and Haiku, which have one setting
    /// for the whole system; those of [`keepalive`](Self::keepalive). Source: tcp(7).
    ///
    /// ```
    /// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// # let stream = usocket::TcpStream::connect(listener.local_addr()?)?;
    /// # #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    /// assert!(stream.keepalive_times()?.time.is_some());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "TCP_KEEPIDLE")]
    #[doc(alias = "TCP_KEEPALIVE")]
    #[doc(alias = "TCP_KEEPINTVL")]
    #[doc(alias = "TCP_KEEPCNT")]
    pub fn keepalive_times(&self) -> Result<Keepalive, Error> {
        let (time, interval, retries) = self
            .link
            .named_result(Operation::GetOption, option::keepalive_times(self))?;
        Ok(Keepalive {
            time,
            interval,
            retries,
        })
    }

    /// Sets how often a connection that says nothing is checked, for all clones. It switches nothing
    /// on: that does [`set_keepalive`](Self::set_keepalive).
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) for zero, which some systems take for
    /// their default, and for what is too long or too many (see [`Keepalive`]), in which case
    /// nothing is set; [`Unsupported`](crate::Condition::Unsupported) as
    /// [`keepalive_times`](Self::keepalive_times); those of
    /// [`set_keepalive`](Self::set_keepalive). Source: tcp(7).
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::Keepalive;
    ///
    /// # let listener = usocket::TcpListener::bind("127.0.0.1:0")?;
    /// # let stream = usocket::TcpStream::connect(listener.local_addr()?)?;
    /// let keepalive = Keepalive::new().time(Duration::from_secs(60)).retries(4);
    /// # #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    /// stream.set_keepalive_times(keepalive)?;
    /// stream.set_keepalive(true)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "TCP_KEEPIDLE")]
    #[doc(alias = "TCP_KEEPALIVE")]
    #[doc(alias = "TCP_KEEPINTVL")]
    #[doc(alias = "TCP_KEEPCNT")]
    pub fn set_keepalive_times(&self, keepalive: Keepalive) -> Result<(), Error> {
        let Keepalive {
            time,
            interval,
            retries,
        } = keepalive;
        self.link.named_result(
            Operation::SetOption,
            option::set_keepalive_times(self, (time, interval, retries)),
        )
    }
}

internet_options!(
    UdpSocket,
    "# let socket = usocket::UdpSocket::bind(\"127.0.0.1:0\")?;"
);

transfer_options!(
    UdpSocket,
    "# let socket = usocket::UdpSocket::bind(\"127.0.0.1:0\")?;"
);

options! {
    UdpSocket, "# let socket = usocket::UdpSocket::bind(\"127.0.0.1:0\")?;";

    /// Whether datagrams may go to a broadcast address. Without it, sending there fails with
    /// [`OperationNotPermitted`](crate::Condition::OperationNotPermitted).
    ///
    /// Off unless it was asked for. IPv6 has no broadcasts. Source: POSIX `setsockopt`, socket(7).
    ["SO_BROADCAST", ":broadcast"]
    broadcast -> bool, set_broadcast(bool) = broadcast / set_broadcast;
    errors [];
    example ["socket.set_broadcast(true)?;", "assert!(socket.broadcast()?);"];

    /// How routers should treat the datagrams, and whether they may say that the network is
    /// congested: the type of service of IPv4, the traffic class of IPv6.
    ///
    /// 0 by default. A socket that speaks both families has one for both. Not on Windows. Source:
    /// RFC 2474, RFC 3168 section 5, RFC 3542 section 6.5, ip(7).
    ["IP_TOS", "IPV6_TCLASS", "tos"]
    traffic_class -> u8, set_traffic_class(u8) = traffic_class / set_traffic_class;
    errors [
        "[`OperationNotPermitted`](crate::Condition::OperationNotPermitted) for classes that the",
        "system reserves."
    ];
    example [
        "# #[cfg(unix)]",
        "socket.set_traffic_class(0xb8)?; // expedited forwarding",
        "# #[cfg(unix)]",
        "assert_eq!(socket.traffic_class()?, 0xb8);"
    ];

    /// Whether what is sent to a group comes back to members of it on this machine.
    ///
    /// On by default. On Windows it is the members' option, elsewhere the sender's. Source: RFC 1112
    /// section 6.1, ip(7).
    ["IP_MULTICAST_LOOP"]
    multicast_loop_v4 -> bool, set_multicast_loop_v4(bool)
        = multicast_loop_v4 / set_multicast_loop_v4;
    errors [];
    example [
        "socket.set_multicast_loop_v4(false)?;",
        "assert!(!socket.multicast_loop_v4()?);"
    ];

    /// How many hops a datagram to a group can go.
    ///
    /// 0, which is this machine alone, to 255; 1, the default, is the network that this machine is
    /// on. Source: RFC 1112 section 6.1, ip(7).
    ["IP_MULTICAST_TTL"]
    multicast_ttl_v4 -> u32, set_multicast_ttl_v4(u32) = multicast_ttl_v4 / set_multicast_ttl_v4;
    errors ["[`InvalidArgument`](crate::Condition::InvalidArgument) out of the range."];
    example [
        "socket.set_multicast_ttl_v4(0)?;",
        "assert_eq!(socket.multicast_ttl_v4()?, 0);"
    ];

    /// The interface by which datagrams to groups leave, by one of its addresses; unspecified, the
    /// default, leaves it to the system.
    ///
    /// Source: RFC 1112 section 6.1, ip(7).
    ["IP_MULTICAST_IF"]
    multicast_interface_v4 -> Ipv4Addr, set_multicast_interface_v4(Ipv4Addr)
        = multicast_interface_v4 / set_multicast_interface_v4;
    errors [
        "[`AddressNotAvailable`](crate::Condition::AddressNotAvailable) for an address that no",
        "interface has."
    ];
    example [
        "use std::net::Ipv4Addr;",
        "",
        "socket.set_multicast_interface_v4(Ipv4Addr::LOCALHOST)?;",
        "assert_eq!(socket.multicast_interface_v4()?, Ipv4Addr::LOCALHOST);"
    ];
}

options! {
    UdpSocket, "# let socket = usocket::UdpSocket::bind(\"[::1]:0\")?;";

    /// Whether what is sent to a group comes back to members of it on this machine.
    ///
    /// On by default. On Windows it is the members' option, elsewhere the sender's. Source: RFC 3493
    /// section 5.2.
    ["IPV6_MULTICAST_LOOP"]
    multicast_loop_v6 -> bool, set_multicast_loop_v6(bool)
        = multicast_loop_v6 / set_multicast_loop_v6;
    errors [];
    example [
        "socket.set_multicast_loop_v6(false)?;",
        "assert!(!socket.multicast_loop_v6()?);"
    ];

    /// How many hops a datagram to a group can go.
    ///
    /// 0, which is this machine alone, to 255; 1, the default, is the network that this machine is
    /// on. Source: RFC 3493 section 5.2.
    ["IPV6_MULTICAST_HOPS"]
    multicast_hops_v6 -> u32, set_multicast_hops_v6(u32)
        = multicast_hops_v6 / set_multicast_hops_v6;
    errors ["[`InvalidArgument`](crate::Condition::InvalidArgument) out of the range."];
    example [
        "socket.set_multicast_hops_v6(0)?;",
        "assert_eq!(socket.multicast_hops_v6()?, 0);"
    ];

    /// The interface by which datagrams to groups leave, by its index; 0, the default, leaves it to
    /// the system.
    ///
    /// Source: RFC 3493 section 5.2.
    ["IPV6_MULTICAST_IF"]
    multicast_interface_v6 -> u32, set_multicast_interface_v6(u32)
        = multicast_interface_v6 / set_multicast_interface_v6;
    errors [
        "[`NotFound`](crate::Condition::NotFound) or",
        "[`AddressNotAvailable`](crate::Condition::AddressNotAvailable) for an index that no",
        "interface has, [`InvalidArgument`](crate::Condition::InvalidArgument) above 2³¹ - 1."
    ];
    example [
        "socket.set_multicast_interface_v6(0)?;",
        "assert_eq!(socket.multicast_interface_v6()?, 0);"
    ];
}

impl UdpSocket {
    /// Joins a group on one interface: what is sent to it there comes to this socket too.
    ///
    /// It ends when the socket is closed. Linux and others let every socket with the group's port
    /// have what any of them has joined. Source: RFC 1112 section 7.1, ip(7).
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) for what is no group or no index,
    /// [`AddressInUse`](crate::Condition::AddressInUse) for a group that was joined there before,
    /// [`NotFound`](crate::Condition::NotFound) or
    /// [`AddressNotAvailable`](crate::Condition::AddressNotAvailable) for no such interface,
    /// [`NoBuffers`](crate::Condition::NoBuffers) for more groups than the system lets a socket
    /// join, [`Unsupported`](crate::Condition::Unsupported) for an index where IPv4 has none.
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// let socket = usocket::UdpSocket::bind("0.0.0.0:0")?;
    /// let group = Ipv4Addr::new(239, 192, 0, 77);
    /// socket.join_multicast_v4(group, Ipv4Addr::LOCALHOST)?;
    /// socket.leave_multicast_v4(group, Ipv4Addr::LOCALHOST)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "IP_ADD_MEMBERSHIP")]
    pub fn join_multicast_v4(
        &self,
        group: Ipv4Addr,
        interface: impl Into<Interface>,
    ) -> Result<(), Error> {
        let joined = match interface.into() {
            Interface::Address(address) => option::join_group_v4(self, group, address),
            Interface::Index(index) => option::join_group_v4_by_index(self, group, index),
        };
        self.link.named_result(Operation::SetOption, joined)
    }

    /// Leaves a group that was joined on this interface.
    ///
    /// # Errors
    ///
    /// [`AddressNotAvailable`](crate::Condition::AddressNotAvailable) for a group that was not
    /// joined there; those of [`join_multicast_v4`](Self::join_multicast_v4). Source: RFC 1112
    /// section 7.1, ip(7).
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    /// use usocket::Condition;
    ///
    /// let socket = usocket::UdpSocket::bind("0.0.0.0:0")?;
    /// let group = Ipv4Addr::new(239, 192, 0, 77);
    /// let error = socket.leave_multicast_v4(group, Ipv4Addr::LOCALHOST).unwrap_err();
    /// assert_eq!(error.condition(), Condition::AddressNotAvailable);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "IP_DROP_MEMBERSHIP")]
    pub fn leave_multicast_v4(
        &self,
        group: Ipv4Addr,
        interface: impl Into<Interface>,
    ) -> Result<(), Error> {
        let left = match interface.into() {
            Interface::Address(address) => option::leave_group_v4(self, group, address),
            Interface::Index(index) => option::leave_group_v4_by_index(self, group, index),
        };
        self.link.named_result(Operation::SetOption, left)
    }

    /// Joins a group as far as one sender goes, on the interface with this address.
    ///
    /// Linux, Android, Apple's systems, FreeBSD, illumos, Solaris, Windows. Source: RFC 3678 section
    /// 4.1, RFC 4607, ip(7).
    ///
    /// # Errors
    ///
    /// Those of [`join_multicast_v4`](Self::join_multicast_v4);
    /// [`AddressNotAvailable`](crate::Condition::AddressNotAvailable) also for a sender that was
    /// joined before, [`InvalidArgument`](crate::Condition::InvalidArgument) where the group was
    /// joined as a whole; [`Unsupported`](crate::Condition::Unsupported) on other systems.
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// let socket = usocket::UdpSocket::bind("0.0.0.0:0")?;
    /// let (group, source) = (Ipv4Addr::new(232, 0, 0, 77), Ipv4Addr::LOCALHOST);
    /// # #[cfg(any(target_os = "linux", target_os = "macos", windows))]
    /// socket.join_multicast_source_v4(group, source, Ipv4Addr::LOCALHOST)?;
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "IP_ADD_SOURCE_MEMBERSHIP")]
    #[doc(alias = "join_ssm_v4")]
    pub fn join_multicast_source_v4(
        &self,
        group: Ipv4Addr,
        source: Ipv4Addr,
        interface: Ipv4Addr,
    ) -> Result<(), Error> {
        let joined = option::join_source_v4(self, group, source, interface);
        self.link.named_result(Operation::SetOption, joined)
    }

    /// Leaves a group as far as one sender goes that was joined so.
    ///
    /// # Errors
    ///
    /// [`AddressNotAvailable`](crate::Condition::AddressNotAvailable) or
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) for what was not joined so; those of
    /// [`join_multicast_source_v4`](Self::join_multicast_source_v4). Source: RFC 3678 section 4.1.
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// let socket = usocket::UdpSocket::bind("0.0.0.0:0")?;
    /// let (group, source) = (Ipv4Addr::new(232, 0, 0, 77), Ipv4Addr::LOCALHOST);
    /// assert!(socket.leave_multicast_source_v4(group, source, Ipv4Addr::LOCALHOST).is_err());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "IP_DROP_SOURCE_MEMBERSHIP")]
    #[doc(alias = "leave_ssm_v4")]
    pub fn leave_multicast_source_v4(
        &self,
        group: Ipv4Addr,
        source: Ipv4Addr,
        interface: Ipv4Addr,
    ) -> Result<(), Error> {
        let left = option::leave_source_v4(self, group, source, interface);
        self.link.named_result(Operation::SetOption, left)
    }

    /// Joins a group on the interface with this index: what is sent to it there comes to this socket
    /// too. 0 leaves the interface to the system.
    ///
    /// # Errors
    ///
    /// Those of [`join_multicast_v4`](Self::join_multicast_v4). Source: RFC 3493 section 5.2,
    /// `IPV6_JOIN_GROUP`.
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// let socket = usocket::UdpSocket::bind("[::1]:0")?;
    /// let error = socket.join_multicast_v6("::1".parse()?, 1).unwrap_err(); // no group
    /// assert_eq!(error.condition(), Condition::InvalidArgument);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "IPV6_JOIN_GROUP")]
    #[doc(alias = "IPV6_ADD_MEMBERSHIP")]
    pub fn join_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
        let joined = option::join_group_v6(self, group, interface);
        self.link.named_result(Operation::SetOption, joined)
    }

    /// Leaves a group that was joined on this interface.
    ///
    /// # Errors
    ///
    /// Those of [`leave_multicast_v4`](Self::leave_multicast_v4). Source: RFC 3493 section 5.2,
    /// `IPV6_LEAVE_GROUP`.
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// let socket = usocket::UdpSocket::bind("[::1]:0")?;
    /// let error = socket.leave_multicast_v6("ff01::77".parse()?, 1).unwrap_err();
    /// assert_eq!(error.condition(), Condition::AddressNotAvailable); // it was never joined
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "IPV6_LEAVE_GROUP")]
    #[doc(alias = "IPV6_DROP_MEMBERSHIP")]
    pub fn leave_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
        let left = option::leave_group_v6(self, group, interface);
        self.link.named_result(Operation::SetOption, left)
    }
}

#[cfg(unix)]
transfer_options!(
    UnixStream,
    "# let (socket, _other) = usocket::UnixStream::pair()?;"
);

#[cfg(unix)]
transfer_options!(
    UnixDatagram,
    "# let (socket, _other) = usocket::UnixDatagram::pair()?;"
);

#[cfg(unix)]
listener_modes!(
    UnixListener,
    "# let directory = tempfile::tempdir()?;\n\
     # let socket = usocket::UnixListener::bind(&directory.path().join(\"socket\"))?;"
);

#[cfg(unix)]
impl UnixListener {
    /// Whether [`accept`](Self::accept) fails with [`WouldBlock`](crate::Condition::WouldBlock)
    /// instead of waiting, for all clones.
    ///
    /// # Errors
    ///
    /// None; the result is for the sake of the same call of other sockets.
    ///
    /// ```
    /// use usocket::Condition;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("socket");
    /// let listener = usocket::UnixListener::bind(&path)?;
    /// listener.set_nonblocking(true)?;
    /// assert_eq!(listener.accept().unwrap_err().condition(), Condition::WouldBlock);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "O_NONBLOCK")]
    pub fn set_nonblocking(&self, nonblocking: bool) -> Result<(), Error> {
        self.link.set_nonblocking(nonblocking);
        Ok(())
    }
}
