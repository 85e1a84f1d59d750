//! The rows. The ids are those of the project's recipe table; `fixtures/recipes.toml` states the
//! same rows once more, and a test holds the two together.

use usocket::{Condition, Operation};

#[cfg(feature = "lab")]
use super::lab;
use super::{
    aftermath, control, descriptors, limits, memberships, ports, privileges, queues, rules, waiting,
};
use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::portable::{
    addresses, arguments, names, options, resets, silence, states, transfers,
};
use crate::provoke::posix::paths;
use crate::provoke::recipe::{Recipe, Shape, Tier};
#[cfg(feature = "lab")]
use crate::provoke::stage::SetUp;
#[cfg(not(feature = "lab"))]
use crate::provoke::stage::{SetUp, Stage};
#[cfg(not(feature = "lab"))]
use crate::provoke::unavailable::{Hindrance, UnavailableKind};
use crate::way::Way;

#[cfg(not(feature = "lab"))]
fn without_labs(_: Protocol) -> Result<Stage, Hindrance> {
    let text = "lab: the crate was built without its feature lab";
    Err(Hindrance::new(UnavailableKind::NoLab, text))
}

catalogue! {
    "A2" AddressInUse in [Listen] over [Tcp4 Tcp6]
        Given Kernel [EADDRINUSE] (ports::listened_on)
        "two sockets share an address by SO_REUSEADDR; one listens, then the other" "listen(2); socket(7)";
    "A3" AddressInUse in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EADDRINUSE] (Lab interfaces::no_port_left)
        "bind to any port where ip_local_port_range is one port, which is taken" "ip(7) ip_local_port_range; Linux";
    "A4" AddressInUse in [Bind] over [Tcp4 Tcp6]
        Target Kernel [EADDRINUSE] (ports::in_time_wait)
        "bind to the address of a listener that closed the last connection to it less than a minute ago" "RFC 9293 3.6.1; socket(7) SO_REUSEADDR";
    "A5" AddressInUse in [Bind] over [Tcp4 Udp4]
        Target Kernel [EADDRINUSE] (Lab interfaces::held_by_both_families)
        "bind to an IPv4 address whose port a socket of IPv6 holds for both families" "ipv6(7) IPV6_V6ONLY; RFC 3493 5.3";

    "B2" AddressNotAvailable in [Connect] over [Tcp4 Tcp6]
        Given Kernel [EADDRNOTAVAIL] (ports::connection_taken)
        "two sockets share an address by SO_REUSEADDR; the second connects to where the first is connected" "connect(2)";
    "B3" AddressNotAvailable in [Connect] over [Tcp4 Tcp6]
        Target Kernel [EADDRNOTAVAIL] (Lab interfaces::no_port_left_to_connect)
        "connect where ip_local_port_range is one port, which has a connection to the same address" "connect(2)";
    "B4" AddressNotAvailable in [Bind Connect] over [Tcp6 Udp6]
        Target Kernel [EADDRNOTAVAIL] (Lab interfaces::without_ipv6)
        "name ::1 where IPv6 is disabled on every interface" "bind(2); ip-sysctl disable_ipv6";
    "B4" AddressNotAvailable in [SendTo] over [Udp6]
        Target Kernel [EADDRNOTAVAIL] (Lab interfaces::without_ipv6)
        "name ::1 where IPv6 is disabled on every interface" "bind(2); ip-sysctl disable_ipv6";
    "B5" AddressNotAvailable in [Bind] over [Tcp6 Udp6]
        Target Kernel [EADDRNOTAVAIL] (Lab interfaces::address_in_doubt)
        "bind to an address of the host's own that has not been checked for duplicates yet" "RFC 4862 5.4";
    "B6" AddressNotAvailable in [SetOption] over [Udp4 Udp6]
        Given Kernel [EADDRNOTAVAIL] (memberships::never_joined)
        "leave a multicast group that was never joined, on the loopback interface" "ip(7); ipv6(7)";

    "C1" BadFileDescriptor in [Bind Listen Connect Accept Send Receive Shutdown GetOption SetOption LocalName PeerName] over [Tcp4]
        Given ForeignDescriptor [EBADF] (descriptors::path_only)
        "a descriptor opened with O_PATH, on which every socket call says so" "open(2) O_PATH";
    "C1" BadFileDescriptor in [SendTo ReceiveFrom] over [Udp4]
        Given ForeignDescriptor [EBADF] (descriptors::path_only)
        "a descriptor opened with O_PATH, on which every socket call says so" "open(2) O_PATH";

    "D3" ConnectionRefused in [ReceiveFrom SendTo] over [Udp4 Udp6]
        Given Kernel [ECONNREFUSED] (aftermath::refusal_pending)
        "the same on an unconnected socket with IP_RECVERR or IPV6_RECVERR" "ip(7) IP_RECVERR; RFC 1122 4.1.3.3";
    "D5" ConnectionRefused in [Connect] over [Tcp4 Tcp6]
        Target Kernel [ECONNREFUSED] (Lab obstacles::connect_reset)
        "a firewall on the way answers with a reset" "RFC 9293 3.10.7.3; nft(8)";
    "D6" ConnectionRefused in [Connect] over [Tcp4 Tcp6]
        Target Kernel [ECONNREFUSED] (Lab hosts::refusing)
        "connect to a host that answers with a reset" "POSIX connect; RFC 9293 3.10.7.1";
    "D6" ConnectionRefused in [Receive Send] over [Udp4 Udp6]
        Peer Kernel [ECONNREFUSED] (Lab hosts::refusing_datagrams)
        "a host answers a datagram of the connected socket with port unreachable" "RFC 792; RFC 4443 3.1; udp(7)";

    "E1" ConnectionReset in [Send] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (resets::abortive_close)
        "the peer closes with SO_LINGER on and a time of 0" "POSIX recv, send; RFC 9293 3.10.7.4";
    "E2" ConnectionReset in [Receive Close] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (resets::close_with_unread_data)
        "the peer closes without reading what it was sent" "RFC 1122 4.2.2.13; RFC 2525 2.17";
    "E2" ConnectionReset in [Receive] over [UnixStream]
        Given Kernel [ECONNRESET] (resets::closed_with_unread_data)
        "the far end was closed without reading what it was sent" "POSIX recv; Linux";
    "E3" ConnectionReset in [Connect] over [Tcp4 Tcp6]
        Given Kernel [ECONNRESET] (waiting::connect_shut_down)
        "another thread shuts the socket down while it is connecting" "Linux, tcp_disconnect";
    "E4" ConnectionReset in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (Lab overflows::aborts_on_overflow)
        "the listener has TCP_DEFER_ACCEPT and tcp_abort_on_overflow, and its queue is full when the first byte comes" "tcp(7) tcp_abort_on_overflow";
    "E5" ConnectionReset in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (Lab obstacles::connection_reset)
        "a firewall on the way answers to a byte with a reset" "POSIX recv; nft(8)";
    "E6" ConnectionReset in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [ECONNRESET] (Lab connections::reset_by_the_host)
        "a host resets the connection when it has received one byte" "POSIX recv; RFC 9293 3.10.7.4";

    "F1" ConnectionAborted in [Connect] over [Tcp4 Tcp6]
        Given Kernel [ECONNABORTED] (aftermath::refusal_taken)
        "connect again after SO_ERROR has taken the refusal of a nonblocking connect" "Linux";
    "F2" ConnectionAborted in [Receive] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [ECONNABORTED] (Lab connections::destroyed_on_strike)
        "SOCK_DESTROY ends the connected socket from outside" "sock_diag(7); tcp_abort and udp_abort in Linux";
    "F2" ConnectionAborted in [Send] over [Tcp4 Tcp6]
        Peer Kernel [ECONNABORTED] (Lab connections::destroyed_on_strike)
        "SOCK_DESTROY ends the connected socket from outside" "sock_diag(7); tcp_abort in Linux";
    "F2" ConnectionAborted in [Connect] over [Tcp4 Tcp6]
        Given Kernel [ECONNABORTED] (Lab connections::destroyed_while_connecting)
        "SOCK_DESTROY has ended the socket from outside while it was connecting" "sock_diag(7); tcp_abort in Linux";
    "F3" ConnectionAborted in [Receive] over [Tcp4 Tcp6]
        Given Kernel [ECONNABORTED] (Lab overflows::repaired_away)
        "the connection was ended while it was under repair" "Linux, tcp_disconnect; TCP_REPAIR";

    "F4" ConnectionAborted in [Accept] over [Tcp4 Tcp6]
        Given SystemCallRule [ECONNABORTED] (Rules aborted_accept)
        "a rule takes the waiting connection away, and answers in the kernel's stead" "POSIX accept; accept(2)";

    "G3" InvalidArgument in [SetOption] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EINVAL] (options::too_many_hops)
        "set a hop limit of 256, one more than the field can say" "ip(7) IP_TTL; RFC 3493 5.1";
    "G4" InvalidArgument in [Connect] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EINVAL] (Lab routes::blackhole)
        "the route to the address is a blackhole" "ip-route(8)";
    "G4" InvalidArgument in [SendTo] over [Udp4 Udp6]
        Target Kernel [EINVAL] (Lab routes::blackhole)
        "the route to the address is a blackhole" "ip-route(8)";
    "G5" InvalidArgument in [Accept] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EINVAL] (waiting::accept_shut_down)
        "another thread shuts the listener down while it waits" "Linux, inet_csk_accept";
    "G6" InvalidArgument in [SendTo] over [Udp4]
        Target Kernel [EINVAL] (addresses::port_zero)
        "send to port 0" "udp(7); Linux";
    "G7" InvalidArgument in [Bind Connect] over [Tcp6]
        Given Kernel [EINVAL] (addresses::of_other_family)
        "name an IPv4 address on an IPv6 socket: its 16 bytes are too few" "POSIX connect; Linux";

    "H1" NoBuffers in [Send] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [ENOBUFS] (Lab wide limits::no_locked_memory)
        "send with MSG_ZEROCOPY where the process may lock no memory" "getrlimit(2) RLIMIT_MEMLOCK; Linux, msg_zerocopy";
    "H2" NoBuffers in [Send] over [Tcp4 Udp4 Udp6 UnixStream]
        Given Kernel [ENOBUFS] (control::too_much_control)
        "send with a control message that is longer than optmem_max" "socket(7) optmem_max; POSIX sendmsg";
    "H3" NoBuffers in [SetOption] over [Udp4]
        Given Kernel [ENOBUFS] (memberships::too_many_groups)
        "join one multicast group more than igmp_max_memberships, on the loopback interface" "ip(7) igmp_max_memberships";
    "H4" NoBuffers in [Send SendTo] over [Udp4 Udp6]
        Given Kernel [ENOBUFS] (Lab obstacles::queue_drops)
        "the interface's queue has no room, and the socket has IP_RECVERR or IPV6_RECVERR" "ip(7) IP_RECVERR; tc-bfifo(8)";
    "H6" NoBuffers in [Receive] over [Udp4]
        Given ForeignDescriptor [ENOBUFS] (Lab overflows::told_too_much)
        "a netlink socket that was told more than it has room for" "netlink(7)";

    "I1" OperationNotSupported in [Accept] over [Udp4 Udp6]
        Given Kernel [EOPNOTSUPP] (states::bound_only)
        "listen or accept on a datagram socket" "POSIX listen, accept";
    "I2" OperationNotSupported in [Send] over [Udp4]
        Given Kernel [EOPNOTSUPP] (transfers::out_of_band)
        "send a datagram with MSG_OOB" "POSIX send; udp(7)";
    "I3" OperationNotSupported in [Connect] over [Tcp4]
        Target Kernel [EOPNOTSUPP] (Lab hosts::icmp((3, 5), (3, 5)))
        "the network answers source route failed (ICMP 3/5)" "RFC 792; icmp_err_convert in Linux";
    "I3" OperationNotSupported in [Receive] over [Udp4]
        Given Kernel [EOPNOTSUPP] (Lab hosts::icmp_listened_to((3, 5), (3, 5)))
        "the network has answered source route failed (ICMP 3/5) to a socket with IP_RECVERR" "RFC 792; ip(7) IP_RECVERR";
    "I4" OperationNotSupported in [Socket] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EOPNOTSUPP] (arguments::pair_of_the_internet)
        "ask an internet family for a pair of sockets" "POSIX socketpair";
    "I4" OperationNotSupported in [SetOption GetOption] over [UnixStream]
        Given Kernel [EOPNOTSUPP] (options::not_of_datagrams)
        "set or get TCP_NODELAY on a socket of the Unix domain" "Linux, sock_common_setsockopt";

    "I5" OperationNotSupported in [GetOption] over [Udp4]
        Given Kernel [EOPNOTSUPP] (options::not_of_datagrams)
        "get TCP_NODELAY of a datagram socket, which IPv4 answers otherwise than setting it" "Linux";

    "J1" OperationNotPermitted in [SetOption] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EPERM] (privileges::mark)
        "set SO_MARK without CAP_NET_ADMIN" "socket(7) SO_MARK";
    "J2" OperationNotPermitted in [Bind] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EACCES] (privileges::privileged_port)
        "bind port 1 without CAP_NET_BIND_SERVICE" "bind(2); ip(7)";
    "J3" OperationNotPermitted in [Socket] over [Raw4 Raw6]
        Given Kernel [EPERM] (privileges::raw)
        "make a raw socket without CAP_NET_RAW" "raw(7)";
    "J4" OperationNotPermitted in [Send] over [Udp4 Udp6]
        Peer Kernel [EPERM] (Lab obstacles::datagrams_dropped)
        "a firewall drops the datagram before it leaves" "udp(7); nft(8)";
    "J4" OperationNotPermitted in [SendTo] over [Udp4 Udp6]
        Target Kernel [EPERM] (Lab obstacles::datagrams_dropped)
        "a firewall drops the datagram before it leaves" "udp(7); nft(8)";
    "J5" OperationNotPermitted in [Connect] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EPERM] (Lab obstacles::policy)
        "a policy of IPsec forbids to send to the address" "RFC 4301 4.4.1; ip-xfrm(8)";
    "J5" OperationNotPermitted in [SendTo] over [Udp4 Udp6]
        Target Kernel [EPERM] (Lab obstacles::policy)
        "a policy of IPsec forbids to send to the address" "RFC 4301 4.4.1; ip-xfrm(8)";
    "J5" OperationNotPermitted in [Send] over [Udp4 Udp6]
        Given Kernel [EPERM] (Lab obstacles::policy_since)
        "a policy of IPsec forbids to send to the peer since the socket was connected" "RFC 4301 4.4.1; ip-xfrm(8)";
    "J6" OperationNotPermitted in [Connect] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EACCES] (Lab routes::prohibited)
        "the route to the address is prohibited" "ip-route(8)";
    "J6" OperationNotPermitted in [SendTo] over [Udp4 Udp6]
        Target Kernel [EACCES] (Lab routes::prohibited)
        "the route to the address is prohibited" "ip-route(8)";
    "J7" OperationNotPermitted in [Connect] over [Tcp6]
        Target Kernel [EACCES] (Lab hosts::icmp((1, 1), (1, 1)))
        "the network answers administratively prohibited (ICMPv6 1/1)" "RFC 4443 3.1; icmpv6_err_convert in Linux";
    "J7" OperationNotPermitted in [Receive Send] over [Udp6]
        Peer Kernel [EACCES] (Lab hosts::icmp_to_datagram((1, 1), (1, 1)))
        "the network answers administratively prohibited (ICMPv6 1/1)" "RFC 4443 3.1; icmpv6_err_convert in Linux";
    "J8" OperationNotPermitted in [Connect] over [UnixStream]
        Target Kernel [EACCES] (paths::closed_socket)
        "connect to the path of a listener that nobody may write to" "POSIX connect; unix(7)";
    "J9" OperationNotPermitted in [SendTo Connect] over [Udp4]
        Target Kernel [EACCES] (addresses::broadcast)
        "name the broadcast address of loopback without SO_BROADCAST" "socket(7) SO_BROADCAST; connect(2)";
    "J10" OperationNotPermitted in [Send] over [UnixStream]
        Given Kernel [EPERM] (control::credentials_of_another)
        "send the credentials of another process" "unix(7) SCM_CREDENTIALS";
    "J11" OperationNotPermitted in [Receive] over [Tcp6]
        Peer Kernel [EPERM] (Lab obstacles::policy_on_strike)
        "a policy of IPsec forbids to send to the peer, and what was sent under TCP_USER_TIMEOUT of 20 ms is never acknowledged" "RFC 4301 4.4.1; Linux, inet6_csk_xmit";

    "K1" ProtocolNotSupported in [Socket] over [Tcp4 Tcp6 Udp4 Udp6]
        Given Kernel [EPROTONOSUPPORT] (arguments::protocol_of_other_type)
        "ask for a stream of UDP, or for datagrams of TCP" "POSIX socket; socket(2)";
    "K2" AddressFamilyNotSupported in [Bind Connect] over [Tcp4 Udp4]
        Given Kernel [EAFNOSUPPORT] (addresses::of_other_family)
        "name an IPv6 address on an IPv4 socket" "POSIX bind, connect";
    "K2" AddressFamilyNotSupported in [SendTo] over [Udp4]
        Given Kernel [EAFNOSUPPORT] (addresses::of_other_family)
        "name an IPv6 address on an IPv4 socket" "POSIX sendto";
    "K3" OptionNotSupported in [SetOption] over [Udp4 Udp6]
        Given Kernel [ENOPROTOOPT] (options::not_of_datagrams)
        "set TCP_NODELAY on a datagram socket" "POSIX setsockopt";
    "K3" OptionNotSupported in [GetOption] over [Udp6]
        Given Kernel [ENOPROTOOPT] (options::not_of_datagrams)
        "get TCP_NODELAY of a datagram socket" "POSIX getsockopt";
    "K4" OptionNotSupported in [Connect] over [Tcp4]
        Target Kernel [ENOPROTOOPT] (Lab hosts::icmp((3, 2), (3, 2)))
        "the network answers protocol unreachable (ICMP 3/2)" "RFC 792; icmp_err_convert in Linux";
    "K4" OptionNotSupported in [Receive Send] over [Udp4]
        Peer Kernel [ENOPROTOOPT] (Lab hosts::icmp_to_datagram((3, 2), (3, 2)))
        "the network answers protocol unreachable (ICMP 3/2)" "RFC 792; icmp_err_convert in Linux";

    "L1" SocketTypeNotSupported in [Socket] over [Tcp4 Tcp6]
        Given Kernel [ESOCKTNOSUPPORT] (arguments::type_not_in_family)
        "ask an internet family for a socket of type SOCK_RDM" "socket(2)";
    "L2" SocketTypeNotSupported in [Connect] over [UnixStream]
        Target Kernel [EPROTOTYPE] (paths::bound_datagram)
        "connect a stream to the path of a datagram socket" "POSIX connect; unix(7)";

    "M1" NetworkUnreachable in [Connect] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [ENETUNREACH] (Lab routes::none)
        "there is no route to the address" "POSIX connect; connect(2)";
    "M1" NetworkUnreachable in [SendTo] over [Udp4 Udp6]
        Target Kernel [ENETUNREACH] (Lab routes::none)
        "there is no route to the address" "POSIX sendto";
    "M2" NetworkUnreachable in [Connect] over [Tcp4]
        Target Kernel [ENETUNREACH] (addresses::broadcast)
        "connect a stream to the broadcast address of loopback" "Linux";
    "M2" NetworkUnreachable in [Connect] over [Tcp6 Udp6]
        Given Kernel [ENETUNREACH] (ports::v4_mapped)
        "name ::ffff:127.0.0.1 on a socket with IPV6_V6ONLY" "ipv6(7) IPV6_V6ONLY; RFC 3493 5.3";
    "M2" NetworkUnreachable in [SendTo] over [Udp6]
        Given Kernel [ENETUNREACH] (ports::v4_mapped)
        "name ::ffff:127.0.0.1 on a socket with IPV6_V6ONLY" "ipv6(7) IPV6_V6ONLY; RFC 3493 5.3";
    "M3" NetworkUnreachable in [Connect] over [Tcp4 Tcp6]
        Target Kernel [ENETUNREACH] (Lab hosts::icmp((3, 0), (1, 0)))
        "the network answers network unreachable (ICMP 3/0) or no route (ICMPv6 1/0)" "RFC 792; RFC 4443 3.1; RFC 1122 4.2.3.9";
    "M4" NetworkUnreachable in [Receive Send] over [Udp4]
        Peer Kernel [ENETUNREACH] (Lab hosts::icmp_to_datagram((3, 6), (3, 6)))
        "the network answers network unknown (ICMP 3/6)" "RFC 1122 3.2.2.1; icmp_err_convert in Linux";
    "M4" NetworkUnreachable in [Receive] over [Udp4 Udp6]
        Given Kernel [ENETUNREACH] (Lab hosts::icmp_listened_to((3, 0), (1, 0)))
        "the network has answered network unreachable (ICMP 3/0) or no route (ICMPv6 1/0) to a socket with IP_RECVERR or IPV6_RECVERR" "RFC 792; RFC 4443 3.1; ip(7) IP_RECVERR";
    "M5" NetworkUnreachable in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [ENETUNREACH] (Lab connections::given_up_for((3, 0), (1, 0)))
        "the network answers network unreachable (ICMP 3/0) or no route (ICMPv6 1/0) to an established connection, which is given up for it" "RFC 1122 4.2.3.9; Linux, tcp_write_err";

    "N1" NetworkDown in [Receive Send] over [Udp4]
        Given ForeignDescriptor [ENETDOWN] (Lab interfaces::down)
        "a packet socket whose interface has gone down" "packet(7)";
    "N2" NetworkDown in [SendTo] over [Udp4 Udp6]
        Target Kernel [ENETDOWN] (Lab named loops::to_itself)
        "the route puts the datagram into another that takes the same route; asked for by name only" "Linux, lwtunnel_output";
    "N2" NetworkDown in [Send] over [Udp4 Udp6]
        Peer Kernel [ENETDOWN] (Lab named loops::to_itself)
        "the route puts the datagram into another that takes the same route; asked for by name only" "Linux, lwtunnel_output";

    "P1" HostDown in [Connect] over [Tcp6]
        Target Kernel [EHOSTDOWN] (Lab hosts::icmp_mapped((3, 7)))
        "the network answers host unknown (ICMP 3/7) to a socket of IPv6 that names the host by an IPv4-mapped address" "RFC 1122 3.2.2.1; RFC 4291 2.5.5.2";
    "P2" HostDown in [Receive Send] over [Udp6]
        Peer Kernel [EHOSTDOWN] (Lab hosts::icmp_mapped_to_datagram((3, 7)))
        "the network answers host unknown (ICMP 3/7) to a socket of IPv6 that names the host by an IPv4-mapped address" "RFC 1122 3.2.2.1; RFC 4291 2.5.5.2";
    "P3" HostDown in [Receive] over [Tcp4]
        Peer Kernel [EHOSTDOWN] (Lab connections::given_up_for((3, 7), (3, 7)))
        "the network answers host unknown (ICMP 3/7) to an established connection, which is given up for it" "RFC 1122 4.2.3.9; Linux, tcp_write_err";
    "P4" HostDown in [Connect] over [Tcp4]
        Target Kernel [EHOSTDOWN] (Lab hosts::icmp((3, 7), (3, 7)))
        "the network answers host unknown (ICMP 3/7)" "RFC 1122 3.2.2.1; icmp_err_convert in Linux";
    "P4" HostDown in [Receive Send] over [Udp4]
        Peer Kernel [EHOSTDOWN] (Lab hosts::icmp_to_datagram((3, 7), (3, 7)))
        "the network answers host unknown (ICMP 3/7)" "RFC 1122 3.2.2.1; icmp_err_convert in Linux";

    "Q0" HostUnreachable in [Connect] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EHOSTUNREACH] (Lab routes::unreachable)
        "the route to the address is of type unreachable" "ip-route(8)";
    "Q0" HostUnreachable in [SendTo] over [Udp4 Udp6]
        Target Kernel [EHOSTUNREACH] (Lab routes::unreachable)
        "the route to the address is of type unreachable" "ip-route(8)";
    "Q2" HostUnreachable in [Connect] over [Tcp4 Tcp6]
        Target Kernel [EHOSTUNREACH] (Lab hosts::absent)
        "no neighbour answers to the address" "arp(7); RFC 4861 7.2.2";
    "Q3" HostUnreachable in [Receive] over [Udp4 Udp6]
        Given Kernel [EHOSTUNREACH] (Lab hosts::absent_listened_to)
        "no neighbour has answered to the address, and the socket has IP_RECVERR or IPV6_RECVERR" "arp(7); RFC 4861 7.2.2; ip(7) IP_RECVERR";
    "Q4" HostUnreachable in [Connect] over [Tcp4 Tcp6]
        Target Kernel [EHOSTUNREACH] (Lab hosts::icmp((3, 1), (1, 3)))
        "the network answers host unreachable (ICMP 3/1) or address unreachable (ICMPv6 1/3)" "RFC 792; RFC 4443 3.1; RFC 1122 4.2.3.9";
    "Q4" HostUnreachable in [Receive Send] over [Udp4]
        Peer Kernel [EHOSTUNREACH] (Lab hosts::icmp_to_datagram((3, 10), (3, 10)))
        "the network answers host prohibited (ICMP 3/10)" "RFC 1122 3.2.2.1; icmp_err_convert in Linux";
    "Q4" HostUnreachable in [Receive] over [Udp4 Udp6]
        Given Kernel [EHOSTUNREACH] (Lab hosts::icmp_listened_to((3, 1), (1, 3)))
        "the network has answered host unreachable (ICMP 3/1) or address unreachable (ICMPv6 1/3) to a socket with IP_RECVERR or IPV6_RECVERR" "RFC 792; RFC 4443 3.1; ip(7) IP_RECVERR";

    "S1" Timeout in [Accept] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EAGAIN] (silence::nobody_connects)
        "accept under a time limit where nobody connects" "socket(7) SO_RCVTIMEO";
    "S1" Timeout in [Connect] over [Tcp4 Tcp6]
        Target Kernel [EINPROGRESS] (queues::full_queue)
        "connect under a time limit to a listener whose queue is full" "socket(7) SO_SNDTIMEO; listen(2)";
    "S2" Timeout in [Connect] over [Tcp4 Tcp6]
        Given Kernel [ETIMEDOUT] (slow queues::full_queue_user_timeout)
        "connect with TCP_USER_TIMEOUT of 1 ms to a listener whose queue is full; it takes a second" "tcp(7) TCP_USER_TIMEOUT; RFC 6298 2.1";
    "S3" Timeout in [Receive Send] over [Tcp4 Tcp6]
        Peer Kernel [ETIMEDOUT] (queues::closed_window)
        "the peer reads nothing, its window is closed, and TCP_USER_TIMEOUT is 1 ms" "RFC 9293 3.8.6.1; tcp(7) TCP_USER_TIMEOUT";
    "S4" Timeout in [Receive Send] over [Tcp4 Tcp6]
        Peer Kernel [ETIMEDOUT] (Lab obstacles::segments_dropped)
        "a firewall drops what is sent under TCP_USER_TIMEOUT of 5 ms" "tcp(7) TCP_USER_TIMEOUT; RFC 5482; nft(8)";
    "S5" Timeout in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [ETIMEDOUT] (Lab slow connections::not_kept_alive)
        "a host falls silent, and does not answer to keepalives after a second; it takes two" "RFC 1122 4.2.3.6; tcp(7) TCP_KEEPIDLE";
    "S6" Timeout in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [ETIMEDOUT] (Lab connections::falls_silent)
        "a host falls silent, and what is sent under TCP_USER_TIMEOUT of 20 ms is never acknowledged" "tcp(7) TCP_USER_TIMEOUT; RFC 5482";
    "S7" Timeout in [Connect] over [Tcp4 Tcp6]
        Target Kernel [ETIMEDOUT] (Lab slow connections::never_answers)
        "connect to a host that never answers, with tcp_syn_retries of 1; it takes two or three seconds" "POSIX connect; tcp(7) tcp_syn_retries";

    "T1" Interrupted in [Receive] over [Tcp4 Tcp6 Udp4 Udp6]
        Peer Kernel [EINTR] (waiting::receive_interrupted)
        "a signal whose handler has no SA_RESTART comes while the call waits" "POSIX recv; signal(7)";
    "T1" Interrupted in [Receive] over [UnixStream]
        Given Kernel [EINTR] (waiting::receive_interrupted)
        "a signal whose handler has no SA_RESTART comes while the call waits" "POSIX recv; signal(7)";
    "T1" Interrupted in [Accept] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EINTR] (waiting::accept_interrupted)
        "a signal whose handler has no SA_RESTART comes while the call waits" "POSIX accept; signal(7)";
    "T1" Interrupted in [Send] over [Tcp4 Tcp6]
        Peer Kernel [EINTR] (Lab connections::send_interrupted)
        "a signal whose handler has no SA_RESTART comes while the call waits" "POSIX send; signal(7)";
    "T1" Interrupted in [Send] over [UnixStream]
        Given Kernel [EINTR] (waiting::send_interrupted)
        "a signal whose handler has no SA_RESTART comes while the call waits" "POSIX send; signal(7)";
    "T1" Interrupted in [Connect] over [Tcp4 Tcp6]
        Given Kernel [EINTR] (slow waiting::connect_interrupted)
        "a signal whose handler has no SA_RESTART comes while the call waits" "POSIX connect; signal(7)";

    "U1" Unknown in [Connect] over [Tcp4]
        Target Kernel [ENONET] (Lab hosts::icmp((3, 8), (3, 8)))
        "the network answers source host isolated (ICMP 3/8)" "RFC 1122 3.2.2.1; icmp_err_convert in Linux";
    "U1" Unknown in [Receive Send] over [Udp4]
        Peer Kernel [ENONET] (Lab hosts::icmp_to_datagram((3, 8), (3, 8)))
        "the network answers source host isolated (ICMP 3/8)" "RFC 1122 3.2.2.1; icmp_err_convert in Linux";
    "U2" Unknown in [Connect] over [Tcp4 Tcp6]
        Target Kernel [EPROTO] (Lab hosts::icmp((12, 0), (4, 0)))
        "the network answers parameter problem (ICMP 12/0, ICMPv6 4/0)" "RFC 792; RFC 4443 3.4";
    "U2" Unknown in [Receive Send] over [Udp4 Udp6]
        Peer Kernel [EPROTO] (Lab hosts::icmp_to_datagram((12, 0), (4, 0)))
        "the network answers parameter problem (ICMP 12/0, ICMPv6 4/0)" "RFC 792; RFC 4443 3.4; udp(7)";
    "U3" TooManyOpenFiles in [Socket] over [Tcp4 Tcp6 Udp4 Udp6 UnixStream]
        Given Kernel [EMFILE] (wide limits::no_descriptor_for_a_socket)
        "make a socket, or of the Unix domain a pair, where the process may have no further descriptor" "POSIX socket, socketpair; getrlimit(2) RLIMIT_NOFILE";
    "U3" TooManyOpenFiles in [Accept] over [Tcp4 Tcp6 UnixStream]
        Given Kernel [EMFILE] (wide limits::no_descriptor_for_a_connection)
        "accept a connection where the process may have no further descriptor" "POSIX accept; getrlimit(2) RLIMIT_NOFILE";
    "U4" MessageTooLong in [Receive] over [Udp4 Udp6]
        Peer Kernel [EMSGSIZE] (Lab hosts::behind_a_narrow_link)
        "the network answers that 1400 bytes are too many for a link on the way" "RFC 1191; RFC 8201; udp(7)";
    "U5" NotFound in [Connect] over [UnixStream]
        Target Kernel [ENOENT] (paths::no_such_path)
        "connect to a path that cannot exist" "POSIX connect; unix(7)";
    "U9" InProgress in [Connect] over [Tcp4 Tcp6]
        Given Kernel [EINPROGRESS] (queues::nonblocking_connect)
        "nonblocking connect to a listener whose queue is full" "POSIX connect";

    "V1" WouldBlock in [Send SendTo] over [Udp4 Udp6]
        Given Kernel [EAGAIN] (Lab obstacles::queue_holds)
        "nonblocking send of datagrams where the interface holds back what fills the send buffer" "POSIX send; tc-tbf(8)";

    "W2" HostNotFound in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [] (Lab look_ups::no_such_name)
        "the name server answers that there is no such name" "RFC 2308 2.1; RFC 3493 6.1 EAI_NONAME";
    "W2" NoData in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [] (Lab look_ups::no_addresses)
        "the name server answers that the name has no addresses" "RFC 2308 2.2; getaddrinfo(3) EAI_NODATA";
    "W2" TryAgain in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [] (Lab look_ups::server_failure)
        "the name server answers that it failed" "RFC 1035 4.1.1; RFC 3493 6.1 EAI_AGAIN";
    "W3" TryAgain in [Lookup] over [Tcp4]
        Target Kernel [] (Lab slow look_ups::silent_server)
        "the name server says nothing; it takes a second or two" "resolv.conf(5) timeout; RFC 3493 6.1 EAI_AGAIN";
    "W3" Timeout in [Lookup] over [Tcp4]
        Target Kernel [] (Lab look_ups::silent_server_in_time)
        "look up under a time limit where the name server says nothing" "resolv.conf(5) timeout";
    "W7" TryAgain in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target SystemCallRule [] (Rules no_resolver)
        "a rule refuses the resolver every socket, so that it can ask nobody" "RFC 3493 6.1 EAI_AGAIN";
    "W4" TooManyOpenFiles in [Lookup] over [Tcp4 Tcp6 Udp4 Udp6]
        Target Kernel [EMFILE] (wide limits::no_descriptor_for_the_resolver)
        "look up a name where the process may have no further descriptor" "getaddrinfo(3) EAI_SYSTEM; getrlimit(2) RLIMIT_NOFILE";
    "W4" SocketTypeNotSupported in [Lookup] over [Tcp4]
        Given Kernel [] (names::unknown_type)
        "look up addresses for sockets of type 77" "RFC 3493 6.1 EAI_SOCKTYPE";
    "W4" ServiceNotFound in [Lookup] over [Tcp4 Udp4]
        Given Kernel [] (names::unknown_service)
        "look up a service that does not exist" "RFC 3493 6.1 EAI_SERVICE";
    "W4" NoData in [Lookup] over [Tcp4]
        Given Kernel [] (names::number_of_other_family)
        "look up an IPv4 address as one of IPv6" "getaddrinfo(3) EAI_ADDRFAMILY";
    "W5" NameTooLong in [ReverseLookup] over [Tcp4 Tcp6]
        Given Kernel [] (names::too_little_room)
        "look up the name of an address with room for one letter" "RFC 3493 6.2 EAI_OVERFLOW";

    "Y2" UnexpectedEof in [Receive] over [Tcp4 Tcp6]
        Peer Kernel [] (Lab connections::closed_by_the_host)
        "a host closes in order when it has received one byte" "POSIX recv; RFC 9293 3.6";
}
