//! Windows: what Winsock's documentation says of the same mistakes, and of some that only Winsock minds.
//!
//! The ids are those of the project's recipe table, also where Winsock has another condition for what happens. What is
//! not here: a time limit for `accept` and `connect` is none of the system's, a listener whose queue is full refuses, and
//! no call is interrupted.
//!
//! Sources: Microsoft, "Winsock functions", the page of each call; RFCs.

use usocket::{Condition, Operation};

use super::portable::{
    addresses, arguments, datagrams, names, refusals, resets, silence, states, transfers,
};
use super::recipe::{Recipe, Shape, Tier};
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::way::Way;

pub(super) fn catalogue() -> &'static [Recipe] {
    CATALOGUE
}

/// Why there are no others.
pub(super) const NOT_HERE: Option<&str> =
    Some("Windows has the recipes that loopback alone gives; the others are those of Linux");

catalogue! {
    "A1" AddressInUse in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EADDRINUSE] (addresses::taken)
        "bind to an address that another socket holds" "Winsock bind, WSAEADDRINUSE";

    "B1" AddressNotAvailable in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EADDRNOTAVAIL] (addresses::not_ours)
        "bind to 0.0.0.1 or ::2, which no interface has" "Winsock bind, WSAEADDRNOTAVAIL";
    "G6" AddressNotAvailable in [SendTo] over [Udp4]
        Target Kernel [EADDRNOTAVAIL] (addresses::port_zero)
        "send to port 0" "Winsock sendto, WSAEADDRNOTAVAIL";

    "D1" ConnectionRefused in [Connect] over [Tcp4 Tcp6]
        Target Kernel [ECONNREFUSED] (slow refusals::refusing_port)
        "connect to a port that is bound and does not listen; Windows tries again for about two seconds" "Winsock connect, WSAECONNREFUSED; RFC 9293 3.10.7.1";
    "D2" ConnectionReset in [Receive] over [Udp4 Udp6]
        Peer Kernel [ECONNRESET] (refusals::refused_datagram_if_told)
        "a datagram of the connected socket meets a port that hears another peer only; the answer is port unreachable" "Winsock recv, WSAECONNRESET; RFC 1122 4.1.3.3";

    "E1" ConnectionReset in [Receive Send] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (resets::abortive_close)
        "the peer closes with SO_LINGER on and a time of 0" "Winsock closesocket, recv, send, WSAECONNRESET; RFC 9293 3.10.7.4";
    "E2" ConnectionReset in [Receive Close] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (resets::close_with_unread_data)
        "the peer closes without reading what it was sent" "RFC 1122 4.2.2.13; RFC 2525 2.17; Winsock recv, WSAECONNRESET";

    "G1" InvalidArgument in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EINVAL] (addresses::bound_already)
        "bind a socket that is bound" "Winsock bind, WSAEINVAL";
    "G2" InvalidArgument in [Accept] over [Tcp4 Tcp6]
        Given Kernel [EINVAL] (states::bound_only)
        "accept on a socket that does not listen" "Winsock accept, WSAEINVAL";
    "G8" InvalidArgument in [Listen LocalName] over [Tcp4 Tcp6]
        Given Kernel [EINVAL] (states::untouched)
        "listen, or ask for the address, before there is one" "Winsock listen, getsockname, WSAEINVAL";

    "I1" OperationNotSupported in [Listen Accept] over [Udp4 Udp6]
        Given Kernel [EOPNOTSUPP] (states::bound_only)
        "listen or accept on a datagram socket" "Winsock listen, accept, WSAEOPNOTSUPP";
    "I2" OperationNotSupported in [Send] over [Udp4]
        Given Kernel [EOPNOTSUPP] (transfers::out_of_band)
        "send a datagram with MSG_OOB" "Winsock send, WSAEOPNOTSUPP";

    "J9" OperationNotPermitted in [SendTo Connect] over [Udp4]
        Target Kernel [EACCES] (addresses::broadcast)
        "name the broadcast address of loopback without SO_BROADCAST" "Winsock sendto, connect, WSAEACCES";

    "K1" ProtocolNotSupported in [Socket] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EPROTONOSUPPORT] (arguments::protocol_of_other_type)
        "ask for a stream of UDP, or for datagrams of TCP" "Winsock socket, WSAEPROTONOSUPPORT";
    "K2" AddressFamilyNotSupported in [Socket] over [Tcp4 Udp4]
        Given Kernel [EAFNOSUPPORT] (arguments::unknown_family)
        "ask for a socket of family 200" "Winsock socket, WSAEAFNOSUPPORT";
    "K2" AddressFamilyNotSupported in [Connect] over [Tcp4 Udp4]
        Given Kernel [EAFNOSUPPORT] (addresses::of_other_family)
        "name an IPv6 address on an IPv4 socket" "Winsock connect, WSAEAFNOSUPPORT";
    "K2" AddressFamilyNotSupported in [SendTo] over [Udp4]
        Given Kernel [EAFNOSUPPORT] (addresses::of_other_family)
        "name an IPv6 address on an IPv4 socket" "Winsock sendto, WSAEAFNOSUPPORT";

    "L1" SocketTypeNotSupported in [Socket] over [Tcp4 Tcp6]
        Given Kernel [ESOCKTNOSUPPORT] (arguments::type_not_in_family)
        "ask an internet family for a socket of type SOCK_SEQPACKET" "Winsock socket, WSAESOCKTNOSUPPORT";

    "R1" Shutdown in [Send] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [ESHUTDOWN] (resets::shut_down_on_strike)
        "send after the sending side of the same socket was shut down through another handle" "Winsock send, WSAESHUTDOWN";
    "R1" Shutdown in [Send] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [ESHUTDOWN] (resets::shut_down)
        "send after the sending side was shut down" "Winsock send, WSAESHUTDOWN";

    "S1" Timeout in [Receive] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [ETIMEDOUT] (silence::silent_peer)
        "receive under a time limit from a peer that never sends" "Winsock SOL_SOCKET options, SO_RCVTIMEO";
    "S1" Timeout in [Close] over [Tcp4 Tcp6]
        Peer Kernel [ETIMEDOUT] (silence::silent_peer)
        "wait under a time limit for the close of a peer that stays open" "Winsock SOL_SOCKET options, SO_RCVTIMEO";
    "S1" Timeout in [ReceiveFrom] over [Udp4 Udp6]
        Target Kernel [ETIMEDOUT] (silence::silent_peer)
        "receive under a time limit where nobody ever sends" "Winsock SOL_SOCKET options, SO_RCVTIMEO";

    "U4" MessageTooLong in [Send] over [Udp4 Udp6]
        Peer Kernel [EMSGSIZE] (datagrams::too_long)
        "send 70 000 bytes as one datagram" "Winsock send, WSAEMSGSIZE";
    "U4" MessageTooLong in [SendTo] over [Udp4 Udp6]
        Target Kernel [EMSGSIZE] (datagrams::too_long)
        "send 70 000 bytes as one datagram" "Winsock sendto, WSAEMSGSIZE";
    "U6" NotConnected in [Receive] over [Tcp4 Tcp6]
        Given Kernel [ENOTCONN] (states::untouched)
        "receive on a stream that was never connected" "Winsock recv, WSAENOTCONN";
    "U6" NotConnected in [PeerName] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [ENOTCONN] (states::untouched)
        "ask for the peer before there is one" "Winsock getpeername, WSAENOTCONN";
    "U6" NotConnected in [Shutdown] over [Tcp4 Tcp6]
        Given Kernel [ENOTCONN] (states::untouched)
        "shut down before there is a peer; a datagram socket needs none for it" "Winsock shutdown, WSAENOTCONN";
    "U7" AlreadyConnected in [Connect] over [Tcp4 Tcp6]
        Given Kernel [EISCONN] (states::connected_already)
        "connect a connected stream" "Winsock connect, WSAEISCONN";
    "G2" AlreadyConnected in [Listen] over [Tcp4 Tcp6]
        Given Kernel [EISCONN] (states::connected_already)
        "listen on a connected socket" "Winsock listen, WSAEISCONN";
    "U8" NotConnected in [Send] over [Udp4 Udp6]
        Given Kernel [ENOTCONN] (states::untouched)
        "send on a datagram socket that has no peer" "Winsock send, WSAENOTCONN";
    "U9" InProgress in [Connect] over [Tcp4 Tcp6]
        Given Kernel [EAGAIN] (refusals::nonblocking_connect)
        "nonblocking connect, here to a port that will refuse" "Winsock connect, WSAEWOULDBLOCK";

    "V2" WouldBlock in [Receive] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EAGAIN] (silence::nonblocking_receive)
        "nonblocking receive from a peer that never sends" "Winsock recv, WSAEWOULDBLOCK";
    "V2" WouldBlock in [ReceiveFrom] over [Udp4 Udp6]
        Given Kernel [EAGAIN] (silence::nonblocking_receive_from)
        "nonblocking receive where nobody ever sends" "Winsock recvfrom, WSAEWOULDBLOCK";
    "V2" WouldBlock in [Accept] over [Tcp4 Tcp6]
        Given Kernel [EAGAIN] (silence::nonblocking_accept)
        "nonblocking accept where nobody connects" "Winsock accept, WSAEWOULDBLOCK";

    "W1" HostNotFound in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [WSAHOST_NOT_FOUND] (names::impossible_host)
        "look up a label of 64 letters: the resolver knows by itself that there is none" "RFC 1035 2.3.4; Winsock getaddrinfo, WSAHOST_NOT_FOUND";
    "W4" AddressFamilyNotSupported in [Lookup] over [Tcp4]
        Given Kernel [EAFNOSUPPORT] (names::unknown_family)
        "look up addresses of family 77" "Winsock getaddrinfo, WSAEAFNOSUPPORT";
    "W4" SocketTypeNotSupported in [Lookup] over [Tcp4]
        Given Kernel [ESOCKTNOSUPPORT] (names::unknown_type)
        "look up addresses for sockets of type 77" "Winsock getaddrinfo, WSAESOCKTNOSUPPORT";
    "W4" ServiceNotFound in [Lookup] over [Tcp4 Udp4]
        Given Kernel [WSATYPE_NOT_FOUND] (names::unknown_service)
        "look up a service that does not exist" "Winsock getaddrinfo, WSATYPE_NOT_FOUND";

    "Y1" UnexpectedEof in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [] (resets::orderly_close)
        "the peer closes in order before it has sent anything" "Winsock recv; RFC 9293 3.6";
}
