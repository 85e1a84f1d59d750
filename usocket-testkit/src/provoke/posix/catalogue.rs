//! The rows that are the same on every Unix: what POSIX says, and nothing that only one system has.

use usocket::{Condition, Operation};

use super::{descriptors, paths};
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::portable::{
    addresses, arguments, datagrams, names, refusals, resets, silence, states,
};
use crate::provoke::recipe::{Recipe, Shape, Tier};
use crate::way::Way;

catalogue! {
    "A1" AddressInUse in [Bind] over [Tcp4 Tcp6 Udp4 Udp6 UnixStream]
        Target Kernel [EADDRINUSE] (addresses::taken)
        "bind to an address that another socket holds" "POSIX bind; bind(2)";

    "B1" AddressNotAvailable in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EADDRNOTAVAIL] (addresses::not_ours)
        "bind to 0.0.0.1 or ::2, which no interface has" "POSIX bind; ip(7)";

    "C2" NotASocket in [Bind Listen Connect Accept Send Receive Shutdown GetOption SetOption LocalName PeerName] over [Tcp4]
        Given ForeignDescriptor [ENOTSOCK] (descriptors::not_a_socket)
        "a descriptor of /dev/null" "POSIX, every socket call";
    "C2" NotASocket in [SendTo ReceiveFrom] over [Udp4]
        Given ForeignDescriptor [ENOTSOCK] (descriptors::not_a_socket)
        "a descriptor of /dev/null" "POSIX, every socket call";

    "D1" ConnectionRefused in [Connect] over [Tcp4 Tcp6]
        Target Kernel [ECONNREFUSED] (refusals::refusing_port)
        "connect to a port that is bound and does not listen" "POSIX connect; RFC 9293 3.10.7.1";
    "D2" ConnectionRefused in [Receive Send] over [Udp4 Udp6]
        Peer Kernel [ECONNREFUSED] (refusals::refused_datagram)
        "a datagram of the connected socket meets a port that hears another peer only; the answer is port unreachable" "RFC 1122 4.1.3.3; udp(7)";
    "D4" ConnectionRefused in [Connect] over [UnixStream]
        Target Kernel [ECONNREFUSED] (paths::bound_stream)
        "connect to the path of a socket that does not listen" "POSIX connect; unix(7)";

    "E1" ConnectionReset in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (resets::abortive_close)
        "the peer closes with SO_LINGER on and a time of 0" "POSIX recv, send; RFC 9293 3.10.7.4";

    "G1" InvalidArgument in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EINVAL] (addresses::bound_already)
        "bind a socket that is bound" "POSIX bind; bind(2)";
    "G2" InvalidArgument in [Accept] over [Tcp4 Tcp6]
        Given Kernel [EINVAL] (states::bound_only)
        "accept on a socket that does not listen" "POSIX accept; accept(2)";
    "G2" InvalidArgument in [Listen] over [Tcp4 Tcp6]
        Given Kernel [EINVAL] (states::connected_already)
        "listen on a connected socket" "POSIX listen";

    "I1" OperationNotSupported in [Listen] over [Udp4 Udp6]
        Given Kernel [EOPNOTSUPP] (states::bound_only)
        "listen or accept on a datagram socket" "POSIX listen, accept";

    "J8" OperationNotPermitted in [Bind] over [UnixStream]
        Target Kernel [EACCES] (paths::closed_directory)
        "bind to a path in a directory that nobody may enter" "POSIX bind; unix(7)";

    "K2" AddressFamilyNotSupported in [Socket] over [Tcp4 Udp4]
        Given Kernel [EAFNOSUPPORT] (arguments::unknown_family)
        "ask for a socket of family 200" "POSIX socket; socket(2)";

    "R1" Shutdown in [Send] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [EPIPE] (resets::shut_down_on_strike)
        "send after the sending side of the same socket was shut down through another handle" "POSIX send, shutdown";
    "R1" Shutdown in [Send] over [Tcp4 Tcp6 Udp4 Udp6 UnixStream]
        Given Kernel [EPIPE] (resets::shut_down)
        "send after the sending side was shut down" "POSIX send, shutdown";

    "S1" Timeout in [Receive] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [EAGAIN] (silence::silent_peer)
        "receive under a time limit from a peer that never sends" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [Receive] over [UnixStream]
        Given Kernel [EAGAIN] (silence::silent_far_end)
        "receive under a time limit from a far end that never sends" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [Close] over [Tcp4 Tcp6]
        Peer Kernel [EAGAIN] (silence::silent_peer)
        "wait under a time limit for the close of a peer that stays open" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [ReceiveFrom] over [Udp4 Udp6]
        Target Kernel [EAGAIN] (silence::silent_peer)
        "receive under a time limit where nobody ever sends" "socket(7) SO_RCVTIMEO";

    "U4" MessageTooLong in [Send] over [Udp4 Udp6]
        Peer Kernel [EMSGSIZE] (datagrams::too_long)
        "send 70 000 bytes as one datagram" "POSIX send; udp(7)";
    "U4" MessageTooLong in [SendTo] over [Udp4 Udp6]
        Target Kernel [EMSGSIZE] (datagrams::too_long)
        "send 70 000 bytes as one datagram" "POSIX sendto; udp(7)";
    "U5" Unknown in [Connect] over [UnixStream]
        Target Kernel [ENOTDIR] (paths::through_a_device)
        "connect to a path that leads through /dev/null" "POSIX connect";
    "U6" NotConnected in [Receive] over [Tcp4 Tcp6]
        Given Kernel [ENOTCONN] (states::untouched)
        "receive on a stream that was never connected" "POSIX recv";
    "U6" NotConnected in [PeerName Shutdown] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [ENOTCONN] (states::untouched)
        "ask for the peer, or shut down, before there is one" "POSIX getpeername, shutdown";
    "U7" AlreadyConnected in [Connect] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EISCONN] (states::connected_already)
        "connect a connected stream" "POSIX connect";
    "U8" DestinationRequired in [Send] over [Udp4 Udp6]
        Given Kernel [EDESTADDRREQ] (states::untouched)
        "send on a datagram socket that has no peer" "POSIX send";

    "V2" WouldBlock in [Receive] over [Tcp4 Tcp6 Udp4 Udp6 UnixStream]
        Given Kernel [EAGAIN] (silence::nonblocking_receive)
        "nonblocking receive from a peer that never sends" "POSIX recv";
    "V2" WouldBlock in [ReceiveFrom] over [Udp4 Udp6]
        Given Kernel [EAGAIN] (silence::nonblocking_receive_from)
        "nonblocking receive where nobody ever sends" "POSIX recvfrom";
    "V2" WouldBlock in [Accept] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EAGAIN] (silence::nonblocking_accept)
        "nonblocking accept where nobody connects" "POSIX accept";

    "W1" HostNotFound in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [] (names::impossible_host)
        "look up a label of 64 letters: the resolver knows by itself that there is none" "RFC 1035 2.3.4; RFC 3493 6.1 EAI_NONAME";
    "W4" InvalidArgument in [Lookup] over [Tcp4]
        Given Kernel [] (names::bad_flags)
        "look up with flags that do not exist" "RFC 3493 6.1 EAI_BADFLAGS";
    "W4" AddressFamilyNotSupported in [Lookup] over [Tcp4]
        Given Kernel [] (names::unknown_family)
        "look up addresses of family 77" "RFC 3493 6.1 EAI_FAMILY";

    "Y1" UnexpectedEof in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [] (resets::orderly_close)
        "the peer closes in order before it has sent anything" "POSIX recv; RFC 9293 3.6";
    "Y1" UnexpectedEof in [Receive] over [UnixStream]
        Given Kernel [] (resets::closed_in_order)
        "the far end was closed before it had sent anything" "POSIX recv";
}
