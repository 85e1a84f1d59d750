//! The numbers that every Unix has, and those of some.

use super::Errno;

errnos! { libc:
    EACCES "permission denied";
    EADDRINUSE "address in use";
    EADDRNOTAVAIL "address not available";
    EAFNOSUPPORT "address family not supported";
    EAGAIN "resource unavailable for now, or the operation would block";
    EALREADY "connection already in progress";
    EBADF "bad file descriptor";
    ECANCELED "operation cancelled";
    ECONNABORTED "connection aborted";
    ECONNREFUSED "connection refused";
    ECONNRESET "connection reset";
    EDESTADDRREQ "destination address required";
    EEXIST "file exists";
    EFAULT "bad address";
    EHOSTDOWN "host is down";
    EHOSTUNREACH "host unreachable";
    EINPROGRESS "operation in progress";
    EINTR "interrupted";
    EINVAL "invalid argument";
    EIO "input or output error";
    EISCONN "socket is connected";
    ELOOP "too many levels of symbolic links";
    EMFILE "too many open files in the process";
    EMSGSIZE "message too long";
    ENAMETOOLONG "name too long";
    ENETDOWN "network is down";
    ENETRESET "connection lost because the network was reset";
    ENETUNREACH "network unreachable";
    ENFILE "too many open files in the system";
    ENOBUFS "no buffer space";
    ENODEV "no such device";
    ENOENT "no such file or directory";
    ENOMEM "out of memory";
    #[cfg(any(target_os = "android", target_os = "linux"))]
    ENONET "machine is not on the network";
    ENOPROTOOPT "protocol option not available";
    ENOSYS "function not implemented";
    ENOTCONN "socket is not connected";
    ENOTDIR "not a directory";
    ENOTSOCK "not a socket";
    ENXIO "no such device or address";
    EOPNOTSUPP "operation not supported on this socket";
    EPERM "operation not permitted";
    EPFNOSUPPORT "protocol family not supported";
    EPIPE "broken pipe";
    EPROTO "protocol error";
    EPROTONOSUPPORT "protocol not supported";
    EPROTOTYPE "protocol of the wrong type for the socket";
    ESHUTDOWN "socket is shut down";
    ESOCKTNOSUPPORT "socket type not supported";
    ETIMEDOUT "timed out";
    ETOOMANYREFS "too many references";
}
