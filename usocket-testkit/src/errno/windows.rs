//! The numbers of Windows Sockets, under the names of POSIX; the resolver's, which POSIX numbers apart, under their own.

use super::Errno;
use windows_sys::Win32::Networking::WinSock as ws;

errnos! {
    EACCES = ws::WSAEACCES, "permission denied";
    EADDRINUSE = ws::WSAEADDRINUSE, "address in use";
    EADDRNOTAVAIL = ws::WSAEADDRNOTAVAIL, "address not available";
    EAFNOSUPPORT = ws::WSAEAFNOSUPPORT, "address family not supported";
    EAGAIN = ws::WSAEWOULDBLOCK, "resource unavailable for now, or the operation would block";
    EALREADY = ws::WSAEALREADY, "connection already in progress";
    EBADF = ws::WSAEBADF, "bad file descriptor";
    ECANCELED = ws::WSAECANCELLED, "operation cancelled";
    ECONNABORTED = ws::WSAECONNABORTED, "connection aborted";
    ECONNREFUSED = ws::WSAECONNREFUSED, "connection refused";
    ECONNRESET = ws::WSAECONNRESET, "connection reset";
    EDESTADDRREQ = ws::WSAEDESTADDRREQ, "destination address required";
    EFAULT = ws::WSAEFAULT, "bad address";
    EHOSTDOWN = ws::WSAEHOSTDOWN, "host is down";
    EHOSTUNREACH = ws::WSAEHOSTUNREACH, "host unreachable";
    EINPROGRESS = ws::WSAEINPROGRESS, "operation in progress";
    EINTR = ws::WSAEINTR, "interrupted";
    EINVAL = ws::WSAEINVAL, "invalid argument";
    EISCONN = ws::WSAEISCONN, "socket is connected";
    ELOOP = ws::WSAELOOP, "too many levels of symbolic links";
    EMFILE = ws::WSAEMFILE, "too many open files in the process";
    EMSGSIZE = ws::WSAEMSGSIZE, "message too long";
    ENAMETOOLONG = ws::WSAENAMETOOLONG, "name too long";
    ENETDOWN = ws::WSAENETDOWN, "network is down";
    ENETRESET = ws::WSAENETRESET, "connection lost because the network was reset";
    ENETUNREACH = ws::WSAENETUNREACH, "network unreachable";
    ENOBUFS = ws::WSAENOBUFS, "no buffer space";
    ENOPROTOOPT = ws::WSAENOPROTOOPT, "protocol option not available";
    ENOTCONN = ws::WSAENOTCONN, "socket is not connected";
    ENOTSOCK = ws::WSAENOTSOCK, "not a socket";
    EOPNOTSUPP = ws::WSAEOPNOTSUPP, "operation not supported on this socket";
    EPFNOSUPPORT = ws::WSAEPFNOSUPPORT, "protocol family not supported";
    EPROTONOSUPPORT = ws::WSAEPROTONOSUPPORT, "protocol not supported";
    EPROTOTYPE = ws::WSAEPROTOTYPE, "protocol of the wrong type for the socket";
    ESHUTDOWN = ws::WSAESHUTDOWN, "socket is shut down";
    ESOCKTNOSUPPORT = ws::WSAESOCKTNOSUPPORT, "socket type not supported";
    ETIMEDOUT = ws::WSAETIMEDOUT, "timed out";
    WSAHOST_NOT_FOUND = ws::WSAHOST_NOT_FOUND, "host not found";
    WSATYPE_NOT_FOUND = ws::WSATYPE_NOT_FOUND, "service not found";
    ETOOMANYREFS = ws::WSAETOOMANYREFS, "too many references";
}
