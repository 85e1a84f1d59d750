//! The rows. The ids are those of the project's recipe table; `fixtures/recipes.toml` states the
//! same rows once more, and a test holds the two together.

use usocket::{Condition, Operation};

use super::{
    addresses, arguments, datagrams, descriptors, names, options, paths, refusals, resets, silence,
    states,
};
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::recipe::{Recipe, Shape, Tier};
use crate::way::Way;

/// One row for each operation of an entry.
macro_rules! catalogue {
    ($(
        $id:literal $condition:ident in [$($operation:ident)+] over $protocols:tt
            $shape:ident $way:ident $errnos:tt $file:ident::$set_up:ident
            $how:literal $source:literal;
    )*) => {
        pub(in crate::provoke) const CATALOGUE: &[Recipe] = &[$($(Recipe {
            id: $id,
            condition: Condition::$condition,
            operation: Operation::$operation,
            protocols: protocols!($protocols),
            shape: Shape::$shape,
            way: Way::$way,
            tier: Tier::Plain,
            errnos: errnos!($errnos),
            how: $how,
            source: $source,
            set_up: $file::$set_up,
        },)+)*];
    };
}

macro_rules! protocols {
    ([$($protocol:ident)+]) => { &[$(Protocol::$protocol),+] };
}

macro_rules! errnos {
    ([$($errno:ident)*]) => { &[$(Errno::$errno),*] };
}

catalogue! {
    "A1" AddressInUse in [Bind] over [Tcp4 Tcp6 Udp4 Udp6 UnixStream]
        Target Kernel [EADDRINUSE] addresses::taken
        "bind to an address that another socket holds" "POSIX bind; bind(2)";
    "A2" AddressInUse in [Listen] over [Tcp4 Tcp6]
        Given Kernel [EADDRINUSE] addresses::listened_on
        "two sockets share an address by SO_REUSEADDR; one listens, then the other" "listen(2); socket(7)";

    "B1" AddressNotAvailable in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EADDRNOTAVAIL] addresses::not_ours
        "bind to 0.0.0.1 or ::2, which no interface has" "POSIX bind; ip(7)";
    "B2" AddressNotAvailable in [Connect] over [Tcp4 Tcp6]
        Given Kernel [EADDRNOTAVAIL] addresses::connection_taken
        "two sockets share an address by SO_REUSEADDR; the second connects to where the first is connected" "connect(2)";
    "B6" AddressNotAvailable in [SetOption] over [Udp4 Udp6]
        Given Kernel [EADDRNOTAVAIL] options::never_joined
        "leave a multicast group that was never joined, on the loopback interface" "ip(7); ipv6(7)";

    "C1" BadFileDescriptor in [Bind Listen Connect Accept Send Receive Shutdown GetOption SetOption LocalName PeerName] over [Tcp4]
        Given ForeignDescriptor [EBADF] descriptors::path_only
        "a descriptor opened with O_PATH, on which every socket call says so" "open(2) O_PATH";
    "C1" BadFileDescriptor in [SendTo ReceiveFrom] over [Udp4]
        Given ForeignDescriptor [EBADF] descriptors::path_only
        "a descriptor opened with O_PATH, on which every socket call says so" "open(2) O_PATH";
    "C2" NotASocket in [Bind Listen Connect Accept Send Receive Shutdown GetOption SetOption LocalName PeerName] over [Tcp4]
        Given ForeignDescriptor [ENOTSOCK] descriptors::not_a_socket
        "a descriptor of /dev/null" "POSIX, every socket call";
    "C2" NotASocket in [SendTo ReceiveFrom] over [Udp4]
        Given ForeignDescriptor [ENOTSOCK] descriptors::not_a_socket
        "a descriptor of /dev/null" "POSIX, every socket call";

    "D1" ConnectionRefused in [Connect] over [Tcp4 Tcp6]
        Target Kernel [ECONNREFUSED] refusals::refusing_port
        "connect to a port that is bound and does not listen" "POSIX connect; RFC 9293 3.10.7.1";
    "D2" ConnectionRefused in [Receive Send] over [Udp4 Udp6]
        Peer Kernel [ECONNREFUSED] refusals::refused_datagram
        "a datagram of the connected socket meets a port that hears another peer only; the answer is port unreachable" "RFC 1122 4.1.3.3; udp(7)";
    "D3" ConnectionRefused in [ReceiveFrom SendTo] over [Udp4 Udp6]
        Given Kernel [ECONNREFUSED] refusals::refusal_pending
        "the same on an unconnected socket with IP_RECVERR or IPV6_RECVERR" "ip(7) IP_RECVERR; RFC 1122 4.1.3.3";
    "D4" ConnectionRefused in [Connect] over [UnixStream]
        Target Kernel [ECONNREFUSED] paths::bound_stream
        "connect to the path of a socket that does not listen" "POSIX connect; unix(7)";

    "E1" ConnectionReset in [Receive Send] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] resets::abortive_close
        "the peer closes with SO_LINGER on and a time of 0" "POSIX recv, send; RFC 9293 3.10.7.4";
    "E2" ConnectionReset in [Receive Close] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] resets::close_with_unread_data
        "the peer closes without reading what it was sent" "RFC 1122 4.2.2.13; RFC 2525 2.17";
    "E2" ConnectionReset in [Receive] over [UnixStream]
        Given Kernel [ECONNRESET] resets::closed_with_unread_data
        "the far end was closed without reading what it was sent" "POSIX recv; Linux";

    "F1" ConnectionAborted in [Connect] over [Tcp4 Tcp6]
        Given Kernel [ECONNABORTED] refusals::refusal_taken
        "connect again after SO_ERROR has taken the refusal of a nonblocking connect" "Linux";

    "G1" InvalidArgument in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EINVAL] addresses::bound_already
        "bind a socket that is bound" "POSIX bind; bind(2)";
    "G2" InvalidArgument in [Accept] over [Tcp4 Tcp6]
        Given Kernel [EINVAL] states::bound_only
        "accept on a socket that does not listen" "POSIX accept; accept(2)";
    "G2" InvalidArgument in [Listen] over [Tcp4 Tcp6]
        Given Kernel [EINVAL] states::connected_already
        "listen on a connected socket" "POSIX listen";
    "G3" InvalidArgument in [SetOption] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EINVAL] options::too_many_hops
        "set a hop limit of 256, one more than the field can say" "ip(7) IP_TTL; RFC 3493 5.1";
    "G6" InvalidArgument in [SendTo] over [Udp4]
        Target Kernel [EINVAL] addresses::port_zero
        "send to port 0" "udp(7); Linux";
    "G7" InvalidArgument in [Bind Connect] over [Tcp6]
        Given Kernel [EINVAL] addresses::of_other_family
        "name an IPv4 address on an IPv6 socket: its 16 bytes are too few" "POSIX connect; Linux";

    "H3" NoBuffers in [SetOption] over [Udp4]
        Given Kernel [ENOBUFS] options::too_many_groups
        "join one multicast group more than igmp_max_memberships, on the loopback interface" "ip(7) igmp_max_memberships";

    "I1" OperationNotSupported in [Listen Accept] over [Udp4 Udp6]
        Given Kernel [EOPNOTSUPP] states::bound_only
        "listen or accept on a datagram socket" "POSIX listen, accept";

    "I5" OperationNotSupported in [GetOption] over [Udp4]
        Given Kernel [EOPNOTSUPP] options::not_of_datagrams
        "get TCP_NODELAY of a datagram socket, which IPv4 answers otherwise than setting it" "Linux";

    "J1" OperationNotPermitted in [SetOption] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EPERM] options::mark
        "set SO_MARK without CAP_NET_ADMIN" "socket(7) SO_MARK";
    "J2" OperationNotPermitted in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EACCES] addresses::privileged_port
        "bind port 1 without CAP_NET_BIND_SERVICE" "bind(2); ip(7)";
    "J3" OperationNotPermitted in [Socket] over [Raw4 Raw6]
        Given Kernel [EPERM] arguments::raw
        "make a raw socket without CAP_NET_RAW" "raw(7)";
    "J9" OperationNotPermitted in [SendTo Connect] over [Udp4]
        Target Kernel [EACCES] addresses::broadcast
        "name the broadcast address of loopback without SO_BROADCAST" "socket(7) SO_BROADCAST; connect(2)";

    "K1" ProtocolNotSupported in [Socket] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EPROTONOSUPPORT] arguments::protocol_of_other_type
        "ask for a stream of UDP, or for datagrams of TCP" "POSIX socket; socket(2)";
    "K2" AddressFamilyNotSupported in [Socket] over [Tcp4 Udp4]
        Given Kernel [EAFNOSUPPORT] arguments::unknown_family
        "ask for a socket of family 200" "POSIX socket; socket(2)";
    "K2" AddressFamilyNotSupported in [Bind Connect] over [Tcp4 Udp4]
        Given Kernel [EAFNOSUPPORT] addresses::of_other_family
        "name an IPv6 address on an IPv4 socket" "POSIX bind, connect";
    "K2" AddressFamilyNotSupported in [SendTo] over [Udp4]
        Given Kernel [EAFNOSUPPORT] addresses::of_other_family
        "name an IPv6 address on an IPv4 socket" "POSIX sendto";
    "K3" OptionNotSupported in [SetOption] over [Udp4 Udp6]
        Given Kernel [ENOPROTOOPT] options::not_of_datagrams
        "set TCP_NODELAY on a datagram socket" "POSIX setsockopt";
    "K3" OptionNotSupported in [GetOption] over [Udp6]
        Given Kernel [ENOPROTOOPT] options::not_of_datagrams
        "get TCP_NODELAY of a datagram socket" "POSIX getsockopt";

    "L1" SocketTypeNotSupported in [Socket] over [Tcp4 Tcp6]
        Given Kernel [ESOCKTNOSUPPORT] arguments::type_not_in_family
        "ask an internet family for a socket of type SOCK_RDM" "socket(2)";
    "L2" SocketTypeNotSupported in [Connect] over [UnixStream]
        Target Kernel [EPROTOTYPE] paths::bound_datagram
        "connect a stream to the path of a datagram socket" "POSIX connect; unix(7)";

    "M2" NetworkUnreachable in [Connect] over [Tcp4]
        Target Kernel [ENETUNREACH] addresses::broadcast
        "connect a stream to the broadcast address of loopback" "Linux";
    "M2" NetworkUnreachable in [Connect] over [Tcp6 Udp6]
        Given Kernel [ENETUNREACH] addresses::v4_mapped
        "name ::ffff:127.0.0.1 on a socket with IPV6_V6ONLY" "ipv6(7) IPV6_V6ONLY; RFC 3493 5.3";
    "M2" NetworkUnreachable in [SendTo] over [Udp6]
        Given Kernel [ENETUNREACH] addresses::v4_mapped
        "name ::ffff:127.0.0.1 on a socket with IPV6_V6ONLY" "ipv6(7) IPV6_V6ONLY; RFC 3493 5.3";

    "R1" Shutdown in [Send] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [EPIPE] resets::shut_down_on_strike
        "send after the sending side of the same socket was shut down through another handle" "POSIX send, shutdown";
    "R1" Shutdown in [Send] over [Tcp4 Tcp6 Udp4 Udp6 UnixStream]
        Given Kernel [EPIPE] resets::shut_down
        "send after the sending side was shut down" "POSIX send, shutdown";

    "S1" Timeout in [Receive] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [EAGAIN] silence::silent_peer
        "receive under a time limit from a peer that never sends" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [Receive] over [UnixStream]
        Given Kernel [EAGAIN] silence::silent_far_end
        "receive under a time limit from a far end that never sends" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [Close] over [Tcp4 Tcp6]
        Peer Kernel [EAGAIN] silence::silent_peer
        "wait under a time limit for the close of a peer that stays open" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [ReceiveFrom] over [Udp4 Udp6]
        Target Kernel [EAGAIN] silence::silent_peer
        "receive under a time limit where nobody ever sends" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [Accept] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EAGAIN] silence::nobody_connects
        "accept under a time limit where nobody connects" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [Connect] over [Tcp4 Tcp6]
        Target Kernel [EINPROGRESS] silence::full_queue
        "connect under a time limit to a listener whose queue is full" "socket(7) SO_SNDTIMEO; listen(2)";
    "S2" Timeout in [Connect] over [Tcp4 Tcp6]
        Given Kernel [ETIMEDOUT] silence::full_queue_user_timeout
        "connect with TCP_USER_TIMEOUT of 1 ms to a listener whose queue is full; it takes a second" "tcp(7) TCP_USER_TIMEOUT; RFC 6298 2.1";

    "U4" MessageTooLong in [Send] over [Udp4 Udp6]
        Peer Kernel [EMSGSIZE] datagrams::too_long
        "send 70 000 bytes as one datagram" "POSIX send; udp(7)";
    "U4" MessageTooLong in [SendTo] over [Udp4 Udp6]
        Target Kernel [EMSGSIZE] datagrams::too_long
        "send 70 000 bytes as one datagram" "POSIX sendto; udp(7)";
    "U5" NotFound in [Connect] over [UnixStream]
        Target Kernel [ENOENT] paths::no_such_path
        "connect to a path that cannot exist" "POSIX connect; unix(7)";
    "U5" Unknown in [Connect] over [UnixStream]
        Target Kernel [ENOTDIR] paths::through_a_device
        "connect to a path that leads through /dev/null" "POSIX connect";
    "U6" NotConnected in [Receive] over [Tcp4 Tcp6]
        Given Kernel [ENOTCONN] states::untouched
        "receive on a stream that was never connected" "POSIX recv";
    "U6" NotConnected in [PeerName Shutdown] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [ENOTCONN] states::untouched
        "ask for the peer, or shut down, before there is one" "POSIX getpeername, shutdown";
    "U7" AlreadyConnected in [Connect] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EISCONN] states::connected_already
        "connect a connected stream" "POSIX connect";
    "U8" DestinationRequired in [Send] over [Udp4 Udp6]
        Given Kernel [EDESTADDRREQ] states::untouched
        "send on a datagram socket that has no peer" "POSIX send";
    "U9" InProgress in [Connect] over [Tcp4 Tcp6]
        Given Kernel [EINPROGRESS] silence::nonblocking_connect
        "nonblocking connect to a listener whose queue is full" "POSIX connect";

    "V2" WouldBlock in [Receive] over [Tcp4 Tcp6 Udp4 Udp6 UnixStream]
        Given Kernel [EAGAIN] silence::nonblocking_receive
        "nonblocking receive from a peer that never sends" "POSIX recv";
    "V2" WouldBlock in [ReceiveFrom] over [Udp4 Udp6]
        Given Kernel [EAGAIN] silence::nonblocking_receive_from
        "nonblocking receive where nobody ever sends" "POSIX recvfrom";
    "V2" WouldBlock in [Accept] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EAGAIN] silence::nonblocking_accept
        "nonblocking accept where nobody connects" "POSIX accept";

    "W1" HostNotFound in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [] names::impossible_host
        "look up a label of 64 letters: the resolver knows by itself that there is none" "RFC 1035 2.3.4; RFC 3493 6.1 EAI_NONAME";

    "Y1" UnexpectedEof in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [] resets::orderly_close
        "the peer closes in order before it has sent anything" "POSIX recv; RFC 9293 3.6";
    "Y1" UnexpectedEof in [Receive] over [UnixStream]
        Given Kernel [] resets::closed_in_order
        "the far end was closed before it had sent anything" "POSIX recv";
}
