//! The rules: what they are, and which there are.

use usocket_testkit::Protocol;

/// One thing that is so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// Stable, and never used again for another.
    pub(crate) id: &'static str,
    /// What is so on Linux.
    pub(crate) says: &'static str,
    /// Who says it.
    pub(crate) sources: &'static [Source],
    /// What it is checked over; with none, once.
    pub(crate) over: &'static [Protocol],
    /// What POSIX says, where that is something else.
    pub(crate) posix: Option<&'static str>,
}

/// Where it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A page of POSIX.1-2024.
    Posix(&'static str),
    /// A page of the Linux manual.
    Man(&'static str),
    /// An RFC, and the section.
    Rfc(&'static str),
    /// A rule of Netsem, the specification of TCP, UDP and the sockets API in HOL (Bishop et al., J.ACM 66(1), 2018);
    /// what it says of Linux may be of another time.
    Netsem(&'static str),
    /// A function of the kernel, where nothing else says it.
    Linux(&'static str),
}

const TCP: &[Protocol] = &[Protocol::Tcp4, Protocol::Tcp6];
const UDP: &[Protocol] = &[Protocol::Udp4, Protocol::Udp6];
const INTERNET: &[Protocol] = &Protocol::INTERNET;
const V4: &[Protocol] = &[Protocol::Tcp4, Protocol::Udp4];
const ONCE: &[Protocol] = &[];

/// The rule of this id.
#[track_caller]
pub(crate) fn named(id: &str) -> &'static Rule {
    let mut all = RULES.iter().chain(TRAPS).chain(SEQUENCES);
    all.find(|rule| rule.id == id)
        .unwrap_or_else(|| panic!("there is no rule {id}"))
}

macro_rules! rules {
    ($($id:literal $over:ident [$($kind:ident $place:literal),+] $(unlike $posix:literal)? $says:literal;)+) => {
        &[$(Rule {
            id: $id,
            says: $says,
            sources: &[$(rules!(@source $kind)($place)),+],
            over: $over,
            posix: rules!(@posix $($posix)?),
        },)+]
    };
    (@source posix) => { Source::Posix };
    (@source man) => { Source::Man };
    (@source rfc) => { Source::Rfc };
    (@source netsem) => { Source::Netsem };
    (@source linux) => { Source::Linux };
    (@posix) => { None };
    (@posix $posix:literal) => { Some($posix) };
}

/// What each call does by itself.
pub(crate) const RULES: &[Rule] = rules! {
"socket.domain" ONCE [posix "socket", man "socket(2)"]
"Unknown address family: EAFNOSUPPORT.";
"socket.protocol" ONCE [posix "socket", man "socket(2)"]
"Type and protocol that do not fit: EPROTONOSUPPORT.";
"socket.type" ONCE [posix "socket", man "socket(2)"] unlike "EPROTOTYPE for a type that the family lacks"
"Type the family lacks: ESOCKTNOSUPPORT; type out of range: EINVAL.";
"socket.emfile" ONCE [posix "socket", netsem "socket_2"]
"Descriptor table full: EMFILE, and works again afterwards.";
"bind.twice" INTERNET [posix "bind", man "bind(2)", netsem "bind_5"]
"bind on a bound socket: EINVAL.";
"bind.inuse" INTERNET [posix "bind", netsem "bind_2"]
"bind to an address another socket holds: EADDRINUSE.";
"bind.notlocal" INTERNET [posix "bind", man "ip(7)", netsem "bind_3"]
"bind to an address of no interface: EADDRNOTAVAIL, socket stays unbound.";
"bind.ephemeral" INTERNET [man "ip(7)", netsem "bind_1"]
"bind to port 0 gives a port inside ip_local_port_range, never in use twice.";
"bind.family" INTERNET [posix "bind", man "bind(2)"] unlike "EAFNOSUPPORT for AF_INET6 too"
"Address of another family: AF_INET socket EAFNOSUPPORT, AF_INET6 socket EINVAL (16 bytes are too few).";
"bind.privileged" INTERNET [man "ip(7)", man "bind(2)", netsem "bind_7"]
"Port below ip_unprivileged_port_start: EACCES.";
"bind.connected" TCP [posix "bind", netsem "bind_5"]
"bind on a connected socket: EINVAL.";
"bind.reuseaddr" TCP [man "socket(7)"]
"TCP: two SO_REUSEADDR sockets may share an address while neither listens.";
"bind.reuse-listening" TCP [man "socket(7)"]
"TCP: SO_REUSEADDR does not allow a bind to a listening address.";
"bind.reuseport" INTERNET [man "socket(7)"]
"SO_REUSEPORT on both: both may bind and listen.";
"bind.timewait" TCP [man "socket(7)", rfc "9293 3.6.1"]
"TIME_WAIT without SO_REUSEADDR on the old and the new socket: EADDRINUSE; with it on both: ok.";
"bind.dualstack" ONCE [man "ipv6(7)", rfc "3493 5.3"]
"[::]:p without IPV6_V6ONLY conflicts with 0.0.0.0:p; with it, it does not.";
"listen.autobind" TCP [man "listen(2)", man "ip(7)", netsem "listen_1"]
"listen on an unbound TCP socket binds an ephemeral port.";
"listen.again" TCP [netsem "listen_1b"]
"listen on a listener only changes the backlog.";
"listen.connected" TCP [posix "listen", netsem "listen_3"]
"listen on a connected or connecting socket: EINVAL.";
"listen.udp" UDP [posix "listen", netsem "listen_7"]
"listen on a datagram socket: EOPNOTSUPP.";
"listen.inuse" TCP [man "listen(2)", netsem "listen_4"]
"Two bound (SO_REUSEADDR) sockets: second listen: EADDRINUSE.";
"accept.notlistening" TCP [posix "accept", netsem "accept_5"]
"accept on a socket that does not listen (fresh, bound, connected): EINVAL.";
"accept.empty" TCP [posix "accept", man "socket(7)", netsem "accept_3"]
"Nonblocking accept, empty queue: EAGAIN; SO_RCVTIMEO: EAGAIN not before the time.";
"accept.udp" UDP [posix "accept", netsem "accept_7"]
"accept on a datagram socket: EOPNOTSUPP.";
"accept.names" TCP [posix "accept"]
"Child: local name = the listener's port, peer name = the client's local name.";
"accept.fifo" TCP [posix "accept"]
"Connections come out of the queue in the order they completed.";
"accept.flags" TCP [man "accept(2)"]
"Child does not inherit O_NONBLOCK (BSD does); it does inherit SO_KEEPALIVE and TCP_NODELAY.";
"accept.dead-child" TCP [man "accept(2)", linux "inet_csk_accept"] unlike "accept may fail with ECONNABORTED, and the connection is gone"
"Client reset while queued: accept still succeeds; the error is on the child.";
"accept.emfile" TCP [posix "accept", netsem "accept_6"]
"EMFILE on accept leaves the connection in the queue.";
"listener.shutdown" TCP [linux "inet_shutdown", netsem "shutdown_3"] unlike "ENOTCONN: a listener is not connected"
"shutdown(RD) on a listener wakes accept with EINVAL, refuses connects, allows listen again, on the same port if bind named one, on a new ephemeral port if it was bound with port 0.";
"listener.close-resets" TCP [rfc "9293 3.10.4", netsem "close_8"]
"Closing a listener resets queued connections.";
"listener.io" TCP [netsem "recv_7", netsem "send_6"] unlike "ENOTCONN for both"
"recv on a listener: ENOTCONN, send: EPIPE.";
"connect.inprogress" TCP [posix "connect", netsem "connect_1", netsem "connect_5"]
"Nonblocking: EINPROGRESS, EALREADY while it runs, then writable and SO_ERROR 0.";
"connect.second-ok" TCP [linux "inet_stream_connect"] unlike "EISCONN at once"
"After a nonblocking connect completed, the next connect returns 0 once, then EISCONN.";
"connect.isconn" TCP [posix "connect", netsem "connect_5"]
"Connect on a connected stream socket: EISCONN.";
"connect.refused" TCP [posix "connect", rfc "9293 3.10.7.3", netsem "deliver_in_7d"]
"Nothing listens: ECONNREFUSED; the socket is usable again.";
"connect.once" TCP [posix "getsockopt", netsem "getsockerr_2", netsem "recv_8", netsem "send_5", netsem "connect_4a"]
"The error of a failed nonblocking connect is delivered exactly once, by the first of SO_ERROR / connect / recv / send; poll does not take it.";
"connect.aborted" TCP [linux "inet_stream_connect"]
"After SO_ERROR took the error, the next connect: ECONNABORTED, the one after tries again.";
"connect.listener" TCP [netsem "connect_5"] unlike "EOPNOTSUPP"
"Connect on a listener: EISCONN.";
"connect.family" TCP [posix "connect"] unlike "EAFNOSUPPORT for AF_INET6 too"
"Address of another family: EAFNOSUPPORT (AF_INET), EINVAL (AF_INET6 with a 16-byte address).";
"connect.autobind" TCP [man "ip(7)", netsem "connect_1"]
"Connect binds an ephemeral port and the source address of the route.";
"connect.wildcard" TCP [linux "ip_route_connect", rfc "1122 3.2.1.3"]
"Connect to the wildcard address reaches loopback.";
"connect.self" TCP [rfc "9293 3.5", netsem "deliver_in_2"]
"A socket bound to p that connects to p is connected to itself (simultaneous open).";
"connect.4tuple" TCP [man "connect(2)", netsem "connect_5b"]
"Same four-tuple twice: EADDRNOTAVAIL.";
"connect.unspec-tcp" TCP [man "connect(2)", netsem "disconnect_5"]
"connect(AF_UNSPEC) resets the connection; the socket can connect again.";
"connect.sndtimeo" TCP [man "socket(7)"]
"SO_SNDTIMEO bounds a blocking connect: EINPROGRESS, and the attempt goes on (EALREADY).";
"connect.shutdown" TCP [posix "connect", linux "inet_shutdown"]
"shutdown by another thread ends a blocked connect with ECONNRESET.";
"udp.connect" UDP [posix "connect", man "udp(7)", netsem "connect_7", netsem "disconnect_1"]
"UDP connect fixes the peer, filters input, may be repeated, AF_UNSPEC dissolves it.";
"send.unconnected" TCP [posix "send", netsem "send_6"] unlike "ENOTCONN"
"TCP send without a connection: EPIPE.";
"recv.unconnected" TCP [posix "recv", netsem "recv_7"]
"TCP recv without a connection: ENOTCONN.";
"udp.noaddr" UDP [posix "send", netsem "send_12"]
"UDP send without a peer: EDESTADDRREQ.";
"send.shutdown" TCP [posix "send", netsem "send_7"]
"send after shutdown(WR): EPIPE, and SIGPIPE unless MSG_NOSIGNAL.";
"recv.shutdown-rd" TCP [posix "shutdown", linux "tcp_recvmsg"]
"recv after shutdown(RD): queued data first, then 0; later data is still accepted by TCP on Linux.";
"recv.eof" TCP [posix "recv", rfc "9293 3.6"]
"Peer's FIN: all data, then 0 every time.";
"halfclose" TCP [rfc "9293 3.6", netsem "shutdown_1"]
"After shutdown(WR) the other direction still carries data.";
"send.closed-peer" TCP [rfc "9293 3.10.7.1", linux "tcp_reset"]
"Peer closed: first send ok (it draws a RST), second: EPIPE; recv: 0, the reset shows as EPIPE not ECONNRESET.";
"reset.once" TCP [posix "recv", posix "send", netsem "deliver_in_7", netsem "recv_8"]
"RST: ECONNRESET once (by recv, send or SO_ERROR), then recv 0, send EPIPE, getpeername/shutdown ENOTCONN.";
"reset.data" TCP [rfc "9293 3.10.7.4", linux "tcp_recvmsg"]
"Data received before the RST is still read; then ECONNRESET.";
"close.unread" TCP [rfc "1122 4.2.2.13", rfc "2525 2.17"]
"close with unread data sends RST: peer gets ECONNRESET.";
"close.dup" TCP [posix "close", netsem "close_1"]
"Only the last close of a duplicated descriptor ends the connection.";
"close.no-wake" TCP [man "close(2)"]
"close in another thread does not wake a blocked recv (Linux); shutdown does.";
"zero.send" ONCE [posix "send", man "udp(7)"]
"Zero-length send: TCP 0 and nothing happens; UDP a datagram of length 0 arrives.";
"udp.boundary" UDP [posix "recv", man "udp(7)", man "recv(2) MSG_TRUNC"]
"One send is one recv; a short buffer cuts the datagram and the rest is gone; MSG_TRUNC returns the real length.";
"udp.msgsize" UDP [man "udp(7)", rfc "768", rfc "8200", netsem "send_13"]
"More than 65507 (v4) / 65527 (v6) bytes: EMSGSIZE.";
"udp.icmp-connected" UDP [rfc "1122 4.1.3.3", man "udp(7)", netsem "deliver_in_icmp_3"]
"Port unreachable on a connected UDP socket: ECONNREFUSED once, on the next call.";
"udp.icmp-unconnected" UDP [man "ip(7)", rfc "1122 4.1.3.3"]
"An unconnected UDP socket hears nothing of ICMP unless IP_RECVERR is on.";
"peek" TCP [posix "recv"]
"MSG_PEEK does not take the data.";
"recv.timeout" INTERNET [man "socket(7)"]
"SO_RCVTIMEO: EAGAIN, not before the time.";
"send.full" TCP [posix "send", netsem "send_4"]
"Nonblocking send: partial counts, EAGAIN when full, writable after a drain; every byte arrives in order.";
"send.isconn" ONCE [posix "sendto", linux "tcp_sendmsg"]
"TCP: an address given to sendto on a connected socket is ignored; UDP: it is used.";
"oob.none" ONCE [posix "recv", netsem "recv_6", netsem "send_18", linux "udp_sendmsg"]
"MSG_OOB without urgent data: EINVAL (TCP); on UDP send: EOPNOTSUPP (v4), ignored (v6).";
"shutdown.unconnected" INTERNET [posix "shutdown", netsem "shutdown_3", netsem "shutdown_4"]
"shutdown without a connection: ENOTCONN.";
"shutdown.udp-quirk" UDP [linux "inet_shutdown", netsem "shutdown_4"] unlike "a call that fails changes nothing"
"Unconnected UDP: shutdown(WR) says ENOTCONN and yet works: later sendto: EPIPE.";
"shutdown.how" TCP [posix "shutdown"]
"Unknown how: EINVAL.";
"shutdown.again" TCP [linux "inet_shutdown"]
"shutdown(WR) twice is ok; after both sides closed: ENOTCONN.";
"names.unbound" INTERNET [posix "getsockname", posix "getpeername", netsem "getpeername_2"]
"getsockname of an unbound socket: wildcard address, port 0; getpeername: ENOTCONN.";
"names.after-fin" TCP [linux "inet_getname", netsem "getpeername_1"]
"getpeername works after the peer's FIN, not after RST.";
"names.connecting" TCP [linux "inet_getname", netsem "getpeername_2"]
"getpeername while connecting: ENOTCONN; getsockname already has the local address.";
"opt.error-clears" TCP [posix "getsockopt", man "socket(7)", netsem "getsockerr_1"]
"SO_ERROR reads and clears.";
"opt.unknown" INTERNET [posix "setsockopt"]
"Unknown option or level: ENOPROTOOPT; short value: EINVAL.";
"opt.acceptconn" TCP [posix "getsockopt"]
"SO_ACCEPTCONN is 1 exactly while listening.";
"opt.type" INTERNET [man "socket(7)"]
"SO_TYPE / SO_DOMAIN / SO_PROTOCOL report what socket() was given.";
"opt.bufsize" V4 [man "socket(7)"]
"SO_SNDBUF/SO_RCVBUF read back doubled, between minimum and 2*max.";
"poll.states" TCP [posix "poll", man "poll(2)"]
"poll: fresh TCP OUT+HUP; listener with a connection IN; connected OUT; peer FIN IN+OUT+RDHUP; RST IN+OUT+ERR+HUP+RDHUP; closed NVAL.";
"poll.keeps-error" TCP [posix "poll"]
"poll reports ERR again and again until somebody takes the error; then HUP stays.";
"badf" ONCE [posix "bind", netsem "badf_1", netsem "notsock_1"]
"Every call on a closed descriptor: EBADF, on a non-socket: ENOTSOCK; EBADF and ENOTSOCK come before anything else.";
"unix.unconnected" ONCE [linux "unix_stream_read_generic", man "unix(7)"] unlike "ENOTCONN for recv on a stream"
"Stream: recv: EINVAL, send: ENOTCONN; dgram send: ENOTCONN; seqpacket recv: ENOTCONN.";
"unix.backlog" ONCE [man "connect(2)", man "unix(7)"]
"Stream: full backlog blocks connect, EAGAIN if nonblocking or SO_SNDTIMEO ends.";
"unix.type" ONCE [posix "connect", man "unix(7)"]
"Path of a socket of another type: EPROTOTYPE (abstract name: ECONNREFUSED); nobody there: ECONNREFUSED; no path: ENOENT.";
"unix.peer-close" ONCE [man "unix(7)", linux "unix_release_sock"]
"Stream: peer closes: 0 / EPIPE; with unread data: ECONNRESET once, then 0.";
"unix.dgram-gone" ONCE [man "unix(7)", linux "unix_dgram_sendmsg"]
"Dgram: receiver gone: ECONNREFUSED, and the peer is forgotten (ENOTCONN).";
"unix.dgram-full" ONCE [man "unix(7)"]
"Dgram: receiver's queue full: EAGAIN (nonblocking); longer than the buffer: EMSGSIZE.";};

/// What surprises: found by random sequences and by experiment, and written down nowhere else. Those that a rule above
/// says already are not repeated.
pub(crate) const TRAPS: &[Rule] = rules! {
    "trap.x1" TCP [linux "inet_shutdown"] unlike "a call that fails changes nothing"
        "shutdown without a connection says ENOTCONN and takes effect: what the socket accepts later is born shut down.";
    "trap.x2" TCP [linux "inet_shutdown"]
        "After a refused nonblocking connect, a shutdown makes all later connects EINVAL.";
    "trap.x3" TCP [linux "inet_stream_connect"]
        "A shutdown takes away the success that the next connect would have told once: EISCONN.";
    "trap.x4" TCP [linux "tcp_done"]
        "A connection that dies gives back a port that the system chose: bind succeeds again.";
    "trap.x5" TCP [rfc "1122 4.2.2.13"]
        "Data that comes after shutdown(RDWR) resets the connection.";
    "trap.x11" UDP [linux "inet_autobind"]
        "No port left for a datagram socket: EAGAIN from connect, which no waiting cures.";
    "trap.x12" TCP [linux "ip_route_output"]
        "A route that is unreachable: EHOSTUNREACH; none at all: ENETUNREACH.";
    "trap.x13" TCP [linux "inet_wait_for_connect"]
        "A connect to no address from another thread ends a blocked connect with EPIPE.";
    "trap.x15" ONCE [linux "unix_stream_connect"]
        "A connected Unix stream that connects again to a full queue waits, instead of EISCONN.";
};

/// What only sequences need.
pub(crate) const SEQUENCES: &[Rule] = rules! {
    "recv.empty" TCP [posix "recv"]
        "A nonblocking receive where nothing has come: EAGAIN.";
};
