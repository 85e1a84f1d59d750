#!/usr/bin/env python3
"""A driver: puts the module `socket` of Python's standard library under test.

    conformance run --program python='python3 conformance/drivers/python.py'

It reads what to do from standard input, makes the call, and writes what came of it to standard output. What the lines
mean stands in the documentation of `usocket_conformance::drivers`. Needs nothing but Python 3.
"""

import errno
import socket
import struct
import sys

# What a program can tell from an `OSError`: its number. The names are those of the report.
NAMES = {
    errno.EACCES: "operation-not-permitted",
    errno.EADDRINUSE: "address-in-use",
    errno.EADDRNOTAVAIL: "address-not-available",
    errno.EAFNOSUPPORT: "address-family-not-supported",
    errno.EAGAIN: "would-block",
    errno.EALREADY: "in-progress",
    errno.EBADF: "bad-file-descriptor",
    errno.ECONNABORTED: "connection-aborted",
    errno.ECONNREFUSED: "connection-refused",
    errno.ECONNRESET: "connection-reset",
    errno.EDESTADDRREQ: "destination-required",
    errno.EHOSTDOWN: "host-down",
    errno.EHOSTUNREACH: "host-unreachable",
    errno.EINPROGRESS: "in-progress",
    errno.EINVAL: "invalid-argument",
    errno.EISCONN: "already-connected",
    errno.EMFILE: "too-many-open-files",
    errno.EMSGSIZE: "message-too-long",
    errno.ENETDOWN: "network-down",
    errno.ENETRESET: "network-reset",
    errno.ENETUNREACH: "network-unreachable",
    errno.ENFILE: "too-many-open-files",
    errno.ENOBUFS: "no-buffers",
    errno.ENOENT: "not-found",
    errno.ENOMEM: "out-of-memory",
    errno.ENOPROTOOPT: "option-not-supported",
    errno.ENOTCONN: "not-connected",
    errno.ENOTSOCK: "not-a-socket",
    errno.EOPNOTSUPP: "operation-not-supported",
    errno.EPERM: "operation-not-permitted",
    errno.EPIPE: "shutdown",
    errno.EPROTONOSUPPORT: "protocol-not-supported",
    errno.EPROTOTYPE: "socket-type-not-supported",
    errno.ESOCKTNOSUPPORT: "socket-type-not-supported",
    errno.ETIMEDOUT: "timeout",
}

# The same for a `gaierror`; not every system has every number.
RESOLVER_NAMES = {
    getattr(socket, number): name
    for number, name in {
        "EAI_NONAME": "host-not-found",
        "EAI_NODATA": "no-data",
        "EAI_AGAIN": "try-again",
        "EAI_FAIL": "no-recovery",
        "EAI_SERVICE": "service-not-found",
    }.items()
    if hasattr(socket, number)
}


class Cannot(Exception):
    """Python has no way to make the call."""


def tell(verb, **fields):
    """One message: a line for each field, then the verb."""
    for key, value in fields.items():
        print(key, value)
    print(verb, flush=True)


def hear():
    """The next message; the end of the input ends the driver."""
    fields = {}
    for line in sys.stdin:
        key, space, value = line.rstrip("\n").partition(" ")
        if not space:
            return key, fields
        fields[key] = value
    sys.exit()


def family(request):
    if request["protocol"] == "unix-stream":
        return socket.AF_UNIX
    return socket.AF_INET6 if request["protocol"].endswith("6") else socket.AF_INET


def stream(request):
    return request["protocol"] in ("tcp4", "tcp6", "unix-stream")


def fresh(request):
    """The descriptor of the request, or a new socket."""
    kind = socket.SOCK_STREAM if stream(request) else socket.SOCK_DGRAM
    if "descriptor" in request:
        # With family, type and protocol, so that it asks the descriptor nothing.
        made = socket.socket(family(request), kind, 0, fileno=int(request["descriptor"]))
    else:
        made = socket.socket(family(request), kind)
    if "limit" in request:
        made.settimeout(float(request["limit"]))
    return made


def named(request):
    """The address or the path of the request."""
    if "path" in request:
        return request["path"]
    if (":" in request["address"]) != (family(request) == socket.AF_INET6):
        raise Cannot("Python takes addresses of the socket's own family only")
    return request["address"], int(request["port"])


def connected(request):
    """The descriptor of the request, or a socket connected to the far end, which then strikes."""
    made = fresh(request)
    if request["shape"] == "peer":
        made.connect(named(request))
        tell("ready", descriptor=made.fileno())
        hear()
    return made


def payload(request):
    return b"?" * int(request["payload"])


def receive_from(request):
    made = fresh(request)
    if "descriptor" not in request:
        made.bind((request["local"], 0))
    return len(made.recvfrom(16)[0])


def get_option(request):
    made = fresh(request)
    if request["option"] == "reuse-address":
        made.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
    elif request["option"] == "no-delay":
        made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    else:
        raise Cannot("the driver does not know the option")


def set_option(request):
    made, option = fresh(request), request["option"]
    six = family(request) == socket.AF_INET6
    if option == "reuse-address":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    elif option == "no-delay":
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    elif option == "hop-limit" and six:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, int(request["value"]))
    elif option == "hop-limit":
        made.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(request["value"]))
    elif option == "mark":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, int(request["value"]))
    elif option in ("join-group", "leave-group") and six:
        group = socket.inet_pton(socket.AF_INET6, request["group"])
        group += struct.pack("@I", int(request["interface"]))
        join = option == "join-group"
        which = socket.IPV6_JOIN_GROUP if join else socket.IPV6_LEAVE_GROUP
        made.setsockopt(socket.IPPROTO_IPV6, which, group)
    elif option in ("join-group", "leave-group"):
        group = socket.inet_aton(request["group"]) + socket.inet_aton("127.0.0.1")
        join = option == "join-group"
        which = socket.IP_ADD_MEMBERSHIP if join else socket.IP_DROP_MEMBERSHIP
        made.setsockopt(socket.IPPROTO_IP, which, group)
    else:
        raise Cannot("the driver does not know the option")


def look_up(request):
    if "limit" in request:
        raise Cannot("Python's getaddrinfo has no time limit")
    try:
        socket.getaddrinfo(request["name"], None)
    except UnicodeError:
        raise Cannot("Python refuses the name before anybody is asked") from None


def make(request):
    socket.socket(int(request["domain"]), int(request["type"]), int(request["number"]))


# The calls; each gives the number of bytes it moved, if it moves any.
OPERATIONS = {
    "socket": make,
    "bind": lambda request: fresh(request).bind(named(request)),
    "listen": lambda request: fresh(request).listen(1),
    "connect": lambda request: fresh(request).connect(named(request)),
    "accept": lambda request: fresh(request).accept() and None,
    "send": lambda request: connected(request).send(payload(request)),
    "send-to": lambda request: fresh(request).sendto(payload(request), named(request)),
    "receive": lambda request: len(connected(request).recv(16)),
    "receive-from": receive_from,
    "shutdown": lambda request: fresh(request).shutdown(socket.SHUT_RDWR),
    "get-option": get_option,
    "set-option": set_option,
    "local-name": lambda request: fresh(request).getsockname() and None,
    "peer-name": lambda request: fresh(request).getpeername() and None,
    "look-up": look_up,
}

# What the driver knows how to take. A request with anything else is about something that it does not know.
KEYS = set(
    "operation protocol shape address port local path name descriptor limit payload"
    " domain type number option value group interface".split()
)


def perform(request):
    if unknown := request.keys() - KEYS:
        return tell("cannot", reason="the driver does not know " + ", ".join(sorted(unknown)))
    try:
        moved = OPERATIONS[request["operation"]](request)
    except Cannot as reason:
        return tell("cannot", reason=reason)
    except socket.gaierror as error:
        fields = {"named": RESOLVER_NAMES.get(error.errno), "text": error}
    except OSError as error:
        # A time limit of Python's own has no number.
        own = isinstance(error, TimeoutError) and error.errno is None
        named = "timeout" if own else NAMES.get(error.errno)
        fields = {"named": named, "errno": error.errno, "text": error}
    else:
        return tell("done", **({} if moved is None else {"bytes": moved}))
    return tell("failed", **{key: value for key, value in fields.items() if value is not None})


def main():
    verb, request = hear()
    if verb == "capabilities":
        tell(
            "capabilities",
            operations=" ".join(OPERATIONS),
            protocols="tcp4 tcp6 udp4 udp6 unix-stream raw4 raw6",
            given="yes",
            limit="yes",
        )
    elif verb == "perform":
        perform(request)


main()
