//! The error numbers of Apple's systems: macOS, iOS and the others made from XNU.
//!
//! The numbers up to 65 are those of 4.4BSD. `ENOTSUP` and `EOPNOTSUPP` differ: the kernel says
//! the second for sockets.
//!
//! Source: XNU, `bsd/sys/errno.h`.

table! {
    /// Apple's systems.
    APPLE = "apple" on target_vendor = "apple";
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
        ENOTSUP = 45 => OperationNotSupported,
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
        ECANCELED = 89 => Cancelled,
        EPROTO = 100 => Unknown,
        EOPNOTSUPP = 102 => OperationNotSupported,
    }
    // New in macOS 26, and in the libc crate's constants only of late.
    [] {
        ENOTCAPABLE = 107 => OperationNotPermitted,
    }
}
