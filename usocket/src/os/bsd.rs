//! The error numbers of the BSDs.
//!
//! All four keep the numbers of 4.4BSD and went their own ways above 80.
//!
//! Sources: `sys/sys/errno.h` of FreeBSD, NetBSD, OpenBSD and DragonFly.

/// A table of what all BSDs share, and of the system's own rows after it.
macro_rules! bsd {
    (
        $(#[$doc:meta])*
        $table:ident = $system:literal on $target:meta;
        $($own:tt)*
    ) => {
        table! {
            $(#[$doc])*
            $table = $system on $target;
            [libc] {
                EAGAIN | EWOULDBLOCK = 35 => WouldBlock,
                EPERM = 1 => OperationNotPermitted,
                ENOENT = 2 => NotFound,
                EINTR = 4 => Interrupted,
                ENXIO = 6 => NotFound,
                EBADF = 9 => BadFileDescriptor,
                ENOMEM = 12 => OutOfMemory,
                EACCES = 13 => OperationNotPermitted,
                ENODEV = 19 => NotFound,
                EINVAL = 22 => InvalidArgument,
                EDOM = 33 => InvalidArgument,
                ENFILE = 23 => TooManyOpenFiles,
                EMFILE = 24 => TooManyOpenFiles,
                EPIPE = 32 => Shutdown,
                EINPROGRESS = 36 => InProgress,
                EALREADY = 37 => InProgress,
                ENOTSOCK = 38 => NotASocket,
                EDESTADDRREQ = 39 => DestinationRequired,
                EMSGSIZE = 40 => MessageTooLong,
                EPROTOTYPE = 41 => SocketTypeNotSupported,
                ENOPROTOOPT = 42 => OptionNotSupported,
                EPROTONOSUPPORT = 43 => ProtocolNotSupported,
                ESOCKTNOSUPPORT = 44 => SocketTypeNotSupported,
                EPFNOSUPPORT = 46 => AddressFamilyNotSupported,
                EAFNOSUPPORT = 47 => AddressFamilyNotSupported,
                EADDRINUSE = 48 => AddressInUse,
                EADDRNOTAVAIL = 49 => AddressNotAvailable,
                ENETDOWN = 50 => NetworkDown,
                ENETUNREACH = 51 => NetworkUnreachable,
                ENETRESET = 52 => NetworkReset,
                ECONNABORTED = 53 => ConnectionAborted,
                ECONNRESET = 54 => ConnectionReset,
                ENOBUFS = 55 => NoBuffers,
                EISCONN = 56 => AlreadyConnected,
                ENOTCONN = 57 => NotConnected,
                ESHUTDOWN = 58 => Shutdown,
                ETIMEDOUT = 60 => Timeout,
                ECONNREFUSED = 61 => ConnectionRefused,
                ENAMETOOLONG = 63 => NameTooLong,
                EHOSTDOWN = 64 => HostDown,
                EHOSTUNREACH = 65 => HostUnreachable,
                ENOSYS = 78 => Unsupported,
                $($own)*
            }
        }
    };
}

bsd! {
    /// FreeBSD.
    FREEBSD = "freebsd" on target_os = "freebsd";
    EOPNOTSUPP | ENOTSUP = 45 => OperationNotSupported,
    ECANCELED = 85 => Cancelled,
    EPROTO = 92 => Unknown,
    ENOTCAPABLE = 93 => OperationNotPermitted,
    ECAPMODE = 94 => OperationNotPermitted,
}

bsd! {
    /// NetBSD.
    NETBSD = "netbsd" on target_os = "netbsd";
    EOPNOTSUPP = 45 => OperationNotSupported,
    ENOTSUP = 86 => OperationNotSupported,
    ECANCELED = 87 => Cancelled,
    EPROTO = 96 => Unknown,
}

bsd! {
    /// OpenBSD.
    OPENBSD = "openbsd" on target_os = "openbsd";
    EOPNOTSUPP = 45 => OperationNotSupported,
    ECANCELED = 88 => Cancelled,
    ENOTSUP = 91 => OperationNotSupported,
    EPROTO = 95 => Unknown,
}

bsd! {
    /// DragonFly.
    DRAGONFLY = "dragonfly" on target_os = "dragonfly";
    EOPNOTSUPP | ENOTSUP = 45 => OperationNotSupported,
    ECANCELED = 85 => Cancelled,
    EPROTO = 92 => Unknown,
}
