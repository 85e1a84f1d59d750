//! The numbers of WASI, which leaves out what its sockets cannot say.

use super::Errno;

errnos! {
    EACCES = libc::EACCES, "permission denied";
    EADDRINUSE = libc::EADDRINUSE, "address in use";
    EADDRNOTAVAIL = libc::EADDRNOTAVAIL, "address not available";
    EAFNOSUPPORT = libc::EAFNOSUPPORT, "address family not supported";
    EAGAIN = libc::EAGAIN, "resource unavailable for now, or the operation would block";
    EALREADY = libc::EALREADY, "connection already in progress";
    EBADF = libc::EBADF, "bad file descriptor";
    ECANCELED = libc::ECANCELED, "operation cancelled";
    ECONNABORTED = libc::ECONNABORTED, "connection aborted";
    ECONNREFUSED = libc::ECONNREFUSED, "connection refused";
    ECONNRESET = libc::ECONNRESET, "connection reset";
    EDESTADDRREQ = libc::EDESTADDRREQ, "destination address required";
    EEXIST = libc::EEXIST, "file exists";
    EFAULT = libc::EFAULT, "bad address";
    EHOSTUNREACH = libc::EHOSTUNREACH, "host unreachable";
    EINPROGRESS = libc::EINPROGRESS, "operation in progress";
    EINTR = libc::EINTR, "interrupted";
    EINVAL = libc::EINVAL, "invalid argument";
    EIO = libc::EIO, "input or output error";
    EISCONN = libc::EISCONN, "socket is connected";
    ELOOP = libc::ELOOP, "too many levels of symbolic links";
    EMFILE = libc::EMFILE, "too many open files in the process";
    EMSGSIZE = libc::EMSGSIZE, "message too long";
    ENAMETOOLONG = libc::ENAMETOOLONG, "name too long";
    ENETDOWN = libc::ENETDOWN, "network is down";
    ENETRESET = libc::ENETRESET, "connection lost because the network was reset";
    ENETUNREACH = libc::ENETUNREACH, "network unreachable";
    ENFILE = libc::ENFILE, "too many open files in the system";
    ENOBUFS = libc::ENOBUFS, "no buffer space";
    ENODEV = libc::ENODEV, "no such device";
    ENOENT = libc::ENOENT, "no such file or directory";
    ENOMEM = libc::ENOMEM, "out of memory";
    ENOPROTOOPT = libc::ENOPROTOOPT, "protocol option not available";
    ENOSYS = libc::ENOSYS, "function not implemented";
    ENOTCONN = libc::ENOTCONN, "socket is not connected";
    ENOTDIR = libc::ENOTDIR, "not a directory";
    ENOTSOCK = libc::ENOTSOCK, "not a socket";
    ENXIO = libc::ENXIO, "no such device or address";
    EOPNOTSUPP = libc::EOPNOTSUPP, "operation not supported on this socket";
    EPERM = libc::EPERM, "operation not permitted";
    EPIPE = libc::EPIPE, "broken pipe";
    EPROTO = libc::EPROTO, "protocol error";
    EPROTONOSUPPORT = libc::EPROTONOSUPPORT, "protocol not supported";
    EPROTOTYPE = libc::EPROTOTYPE, "protocol of the wrong type for the socket";
    ETIMEDOUT = libc::ETIMEDOUT, "timed out";
}
