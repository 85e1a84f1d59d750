//! The rows: each condition in each call that can be told to say it.

use usocket::{Condition, Operation};

use super::calls;
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::recipe::{Recipe, Shape, Tier};
use crate::way::Way;

/// One row for each condition; the calls are all of them, unless it says which.
macro_rules! rules {
    ($($id:literal $condition:ident $errno:ident $calls:tt;)*) => {
        pub(in crate::provoke::system) const RULES: &[&[Recipe]] =
            &[$(rows!($id $condition $errno $calls)),*];
    };
}

macro_rules! rows {
    ($id:literal $condition:ident $errno:ident everywhere) => {
        rows!($id $condition $errno [
            Socket Bind Listen Connect Accept SendStream SendDatagram SendTo ReceiveStream ReceiveDatagram ReceiveFrom
            Shutdown GetOption SetOption LocalName PeerName
        ])
    };
    ($id:literal $condition:ident $errno:ident [$($call:ident)+]) => {
        &[$(row!($call $id $condition $errno)),+]
    };
}

/// What is given for the call, over which protocols, and the set-up.
macro_rules! row {
    (Socket $($row:tt)+) => { recipe!(Socket Given [Tcp4 Tcp6 Udp4 Udp6] socket $($row)+) };
    (Bind $($row:tt)+) => { recipe!(Bind Target [Tcp4 Tcp6 Udp4 Udp6] bind $($row)+) };
    (Listen $($row:tt)+) => { recipe!(Listen Given [Tcp4 Tcp6] listen $($row)+) };
    (Connect $($row:tt)+) => { recipe!(Connect Target [Tcp4 Tcp6 Udp4 Udp6] connect $($row)+) };
    (ConnectStream $($row:tt)+) => { recipe!(Connect Target [Tcp4 Tcp6] connect_after $($row)+) };
    (Accept $($row:tt)+) => { recipe!(Accept Given [Tcp4 Tcp6] accept $($row)+) };
    (SendStream $($row:tt)+) => { recipe!(Send Peer [Tcp4 Tcp6] send $($row)+) };
    (SendDatagram $($row:tt)+) => { recipe!(Send Given [Udp4 Udp6] send $($row)+) };
    (SendTo $($row:tt)+) => { recipe!(SendTo Target [Udp4 Udp6] send_to $($row)+) };
    (ReceiveStream $($row:tt)+) => { recipe!(Receive Peer [Tcp4 Tcp6] receive $($row)+) };
    (ReceiveDatagram $($row:tt)+) => { recipe!(Receive Given [Udp4 Udp6] receive $($row)+) };
    (ReceiveFrom $($row:tt)+) => { recipe!(ReceiveFrom Given [Udp4 Udp6] receive_from $($row)+) };
    (Shutdown $($row:tt)+) => { recipe!(Shutdown Given [Tcp4 Tcp6] shut_down $($row)+) };
    (GetOption $($row:tt)+) => { recipe!(GetOption Given [Tcp4 Tcp6 Udp4 Udp6] get_option $($row)+) };
    (SetOption $($row:tt)+) => { recipe!(SetOption Given [Tcp4 Tcp6 Udp4 Udp6] set_option $($row)+) };
    (LocalName $($row:tt)+) => { recipe!(LocalName Given [Tcp4 Tcp6 Udp4 Udp6] local_name $($row)+) };
    (PeerName $($row:tt)+) => { recipe!(PeerName Given [Tcp4 Tcp6 Udp4 Udp6] peer_name $($row)+) };
}

macro_rules! recipe {
    ($operation:ident $shape:ident [$($protocol:ident)+] $set_up:ident $id:literal $condition:ident $errno:ident) => {
        Recipe {
            id: $id,
            condition: Condition::$condition,
            operation: Operation::$operation,
            protocols: &[$(Protocol::$protocol),+],
            shape: Shape::$shape,
            way: Way::SystemCallRule,
            tier: Tier::Rules,
            slow: false,
            process_wide: false,
            by_name_only: false,
            errnos: &[Errno::$errno],
            how: "a rule answers the call in the kernel's stead, once",
            source: "POSIX errno.h",
            set_up: |protocol| calls::$set_up(protocol, Errno::$errno),
        }
    };
}

rules! {
    "Z1" AddressInUse EADDRINUSE everywhere;
    "Z2" AddressNotAvailable EADDRNOTAVAIL everywhere;
    "Z3" BadFileDescriptor EBADF everywhere;
    "Z4" ConnectionRefused ECONNREFUSED everywhere;
    "Z5" ConnectionAborted ECONNABORTED everywhere;
    "Z6" ConnectionReset ECONNRESET everywhere;
    "Z7" InvalidArgument EINVAL everywhere;
    "Z8" NoBuffers ENOBUFS everywhere;
    "Z9" OperationNotSupported EOPNOTSUPP everywhere;
    "Z10" OperationNotPermitted EPERM everywhere;
    "Z11" OperationNotPermitted EACCES everywhere;
    "Z12" ProtocolNotSupported EPROTONOSUPPORT everywhere;
    "Z13" SocketTypeNotSupported ESOCKTNOSUPPORT everywhere;
    "Z14" NetworkUnreachable ENETUNREACH everywhere;
    "Z15" NetworkDown ENETDOWN everywhere;
    "Z16" NetworkReset ENETRESET everywhere;
    "Z17" HostDown EHOSTDOWN everywhere;
    "Z18" HostUnreachable EHOSTUNREACH everywhere;
    "Z19" Shutdown ESHUTDOWN everywhere;
    "Z20" Timeout ETIMEDOUT everywhere;
    "Z21" Unknown EPROTO [
        Socket Bind Listen Connect SendStream SendDatagram SendTo ReceiveStream ReceiveDatagram ReceiveFrom Shutdown
        GetOption SetOption LocalName PeerName
    ];
    // What accept says with EPROTO is that a connection was aborted.
    "Z28" Unknown EIO [Accept];
    "Z22" Interrupted EINTR [
        ConnectStream Accept SendStream SendDatagram SendTo ReceiveStream ReceiveDatagram ReceiveFrom
    ];
    "Z23" OutOfMemory ENOMEM everywhere;
    "Z24" TooManyOpenFiles EMFILE [Socket Accept];
    "Z25" TooManyOpenFiles ENFILE [Socket Accept];
    "Z26" NameTooLong ENAMETOOLONG [Bind Connect];
    "Z27" Unsupported ENOSYS everywhere;
}
