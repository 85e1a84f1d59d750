//! The error numbers of WASI, as wasi-libc gives them; one list for all its versions.
//!
//! There is no `ESHUTDOWN`, `EHOSTDOWN` or `ESOCKTNOSUPPORT`.
//!
//! Source: wasi-libc, `libc-bottom-half/headers/public/wasi/api.h` and `__errno_values.h`.

table! {
    /// WASI.
    WASI = "wasi" on target_os = "wasi";
    [libc] {
        EAGAIN | EWOULDBLOCK = 6 => WouldBlock,
        EACCES = 2 => OperationNotPermitted,
        EADDRINUSE = 3 => AddressInUse,
        EADDRNOTAVAIL = 4 => AddressNotAvailable,
        EAFNOSUPPORT = 5 => AddressFamilyNotSupported,
        EALREADY = 7 => InProgress,
        EBADF = 8 => BadFileDescriptor,
        ECANCELED = 11 => Cancelled,
        ECONNABORTED = 13 => ConnectionAborted,
        ECONNREFUSED = 14 => ConnectionRefused,
        ECONNRESET = 15 => ConnectionReset,
        EDESTADDRREQ = 17 => DestinationRequired,
        EHOSTUNREACH = 23 => HostUnreachable,
        EINPROGRESS = 26 => InProgress,
        EINTR = 27 => Interrupted,
        EDOM = 18 => InvalidArgument,
        EINVAL = 28 => InvalidArgument,
        EISCONN = 30 => AlreadyConnected,
        EMFILE = 33 => TooManyOpenFiles,
        EMSGSIZE = 35 => MessageTooLong,
        ENAMETOOLONG = 37 => NameTooLong,
        ENETDOWN = 38 => NetworkDown,
        ENETRESET = 39 => NetworkReset,
        ENETUNREACH = 40 => NetworkUnreachable,
        ENFILE = 41 => TooManyOpenFiles,
        ENOBUFS = 42 => NoBuffers,
        ENODEV = 43 => NotFound,
        ENOENT = 44 => NotFound,
        ENOMEM = 48 => OutOfMemory,
        ENOPROTOOPT = 50 => OptionNotSupported,
        ENOSYS = 52 => Unsupported,
        ENOTCONN = 53 => NotConnected,
        ENOTSOCK = 57 => NotASocket,
        ENOTSUP | EOPNOTSUPP = 58 => OperationNotSupported,
        ENXIO = 60 => NotFound,
        EPERM = 63 => OperationNotPermitted,
        EPIPE = 64 => Shutdown,
        EPROTO = 65 => Unknown,
        EPROTONOSUPPORT = 66 => ProtocolNotSupported,
        EPROTOTYPE = 67 => SocketTypeNotSupported,
        ETIMEDOUT = 73 => Timeout,
        ENOTCAPABLE = 76 => OperationNotPermitted,
    }
}
