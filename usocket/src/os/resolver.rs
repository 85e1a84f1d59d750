//! What `getaddrinfo` and `getnameinfo` return, on every system.
//!
//! Three families of numbers: negative ones of glibc and musl, positive ones of KAME in most
//! others, and OpenBSD's, which are negative up to `EAI_SYSTEM` as glibc's and go on differently.
//! Windows answers with codes of Winsock. `EAI_SYSTEM` has no row: it says that `errno` has the
//! code, which then means what it means on that system. Nor have the numbers that only glibc's
//! asynchronous look-up gives, but for those that say that it was interrupted or called off.
//!
//! Names in a block marked `[]` are ones that the libc crate does not define on that system.
//!
//! Sources: `netdb.h` of glibc, musl, wasi-libc, bionic, Apple's Libinfo, FreeBSD, NetBSD,
//! OpenBSD, DragonFly and illumos; Windows SDK, `ws2tcpip.h` and `winerror.h`.

table! {
    /// glibc and musl, which agree.
    LINUX = "linux" on target_os = "linux";
    [libc] {
        EAI_NONAME = -2 => HostNotFound,
        EAI_AGAIN = -3 => TryAgain,
        EAI_FAIL = -4 => NoRecovery,
        EAI_NODATA = -5 => NoData,
        EAI_BADFLAGS = -1 => InvalidArgument,
        EAI_FAMILY = -6 => AddressFamilyNotSupported,
        EAI_SOCKTYPE = -7 => SocketTypeNotSupported,
        EAI_SERVICE = -8 => ServiceNotFound,
        EAI_MEMORY = -10 => OutOfMemory,
        EAI_OVERFLOW = -12 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = -9 => NoData,
        EAI_CANCELED = -101 => Cancelled,
        EAI_INTR = -104 => Interrupted,
        EAI_IDN_ENCODE = -105 => InvalidArgument,
    }
}

table! {
    /// Android's bionic.
    ANDROID = "android" on target_os = "android";
    [libc] {
        EAI_NONAME = 8 => HostNotFound,
        EAI_AGAIN = 2 => TryAgain,
        EAI_FAIL = 4 => NoRecovery,
        EAI_NODATA = 7 => NoData,
        EAI_BADFLAGS = 3 => InvalidArgument,
        EAI_FAMILY = 5 => AddressFamilyNotSupported,
        EAI_MEMORY = 6 => OutOfMemory,
        EAI_SERVICE = 9 => ServiceNotFound,
        EAI_SOCKTYPE = 10 => SocketTypeNotSupported,
        EAI_OVERFLOW = 14 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = 1 => NoData,
        EAI_BADHINTS = 12 => InvalidArgument,
        EAI_PROTOCOL = 13 => ProtocolNotSupported,
    }
}

table! {
    /// Apple's systems.
    APPLE = "apple" on target_vendor = "apple";
    [libc] {
        EAI_NONAME = 8 => HostNotFound,
        EAI_AGAIN = 2 => TryAgain,
        EAI_FAIL = 4 => NoRecovery,
        EAI_NODATA = 7 => NoData,
        EAI_BADFLAGS = 3 => InvalidArgument,
        EAI_FAMILY = 5 => AddressFamilyNotSupported,
        EAI_MEMORY = 6 => OutOfMemory,
        EAI_SERVICE = 9 => ServiceNotFound,
        EAI_SOCKTYPE = 10 => SocketTypeNotSupported,
        EAI_OVERFLOW = 14 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = 1 => NoData,
        EAI_BADHINTS = 12 => InvalidArgument,
        EAI_PROTOCOL = 13 => ProtocolNotSupported,
    }
}

table! {
    /// FreeBSD. `EAI_NODATA` and `EAI_ADDRFAMILY` were taken out in 5.2 and came back in 14.0, with
    /// their old numbers.
    FREEBSD = "freebsd" on target_os = "freebsd";
    [libc] {
        EAI_NONAME = 8 => HostNotFound,
        EAI_AGAIN = 2 => TryAgain,
        EAI_FAIL = 4 => NoRecovery,
        EAI_BADFLAGS = 3 => InvalidArgument,
        EAI_FAMILY = 5 => AddressFamilyNotSupported,
        EAI_MEMORY = 6 => OutOfMemory,
        EAI_SERVICE = 9 => ServiceNotFound,
        EAI_SOCKTYPE = 10 => SocketTypeNotSupported,
        EAI_OVERFLOW = 14 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = 1 => NoData,
        EAI_NODATA = 7 => NoData,
        EAI_BADHINTS = 12 => InvalidArgument,
        EAI_PROTOCOL = 13 => ProtocolNotSupported,
    }
}

table! {
    /// NetBSD.
    NETBSD = "netbsd" on target_os = "netbsd";
    [libc] {
        EAI_NONAME = 8 => HostNotFound,
        EAI_AGAIN = 2 => TryAgain,
        EAI_FAIL = 4 => NoRecovery,
        EAI_NODATA = 7 => NoData,
        EAI_BADFLAGS = 3 => InvalidArgument,
        EAI_FAMILY = 5 => AddressFamilyNotSupported,
        EAI_MEMORY = 6 => OutOfMemory,
        EAI_SERVICE = 9 => ServiceNotFound,
        EAI_SOCKTYPE = 10 => SocketTypeNotSupported,
        EAI_OVERFLOW = 14 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = 1 => NoData,
        EAI_BADHINTS = 12 => InvalidArgument,
        EAI_PROTOCOL = 13 => ProtocolNotSupported,
    }
}

table! {
    /// OpenBSD.
    OPENBSD = "openbsd" on target_os = "openbsd";
    [libc] {
        EAI_NONAME = -2 => HostNotFound,
        EAI_AGAIN = -3 => TryAgain,
        EAI_FAIL = -4 => NoRecovery,
        EAI_NODATA = -5 => NoData,
        EAI_BADFLAGS = -1 => InvalidArgument,
        EAI_FAMILY = -6 => AddressFamilyNotSupported,
        EAI_SOCKTYPE = -7 => SocketTypeNotSupported,
        EAI_SERVICE = -8 => ServiceNotFound,
        EAI_MEMORY = -10 => OutOfMemory,
        EAI_OVERFLOW = -14 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = -9 => NoData,
        EAI_BADHINTS = -12 => InvalidArgument,
        EAI_PROTOCOL = -13 => ProtocolNotSupported,
    }
}

table! {
    /// DragonFly.
    DRAGONFLY = "dragonfly" on target_os = "dragonfly";
    [libc] {
        EAI_NONAME = 8 => HostNotFound,
        EAI_AGAIN = 2 => TryAgain,
        EAI_FAIL = 4 => NoRecovery,
        EAI_BADFLAGS = 3 => InvalidArgument,
        EAI_FAMILY = 5 => AddressFamilyNotSupported,
        EAI_MEMORY = 6 => OutOfMemory,
        EAI_SERVICE = 9 => ServiceNotFound,
        EAI_SOCKTYPE = 10 => SocketTypeNotSupported,
        EAI_OVERFLOW = 14 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = 1 => NoData,
        EAI_NODATA = 7 => NoData,
        EAI_BADHINTS = 12 => InvalidArgument,
        EAI_PROTOCOL = 13 => ProtocolNotSupported,
    }
}

table! {
    /// illumos and Solaris: 12 is `EAI_OVERFLOW` here.
    ILLUMOS = "illumos" on any(target_os = "illumos", target_os = "solaris");
    [libc] {
        EAI_NONAME = 8 => HostNotFound,
        EAI_AGAIN = 2 => TryAgain,
        EAI_FAIL = 4 => NoRecovery,
        EAI_NODATA = 7 => NoData,
        EAI_BADFLAGS = 3 => InvalidArgument,
        EAI_FAMILY = 5 => AddressFamilyNotSupported,
        EAI_MEMORY = 6 => OutOfMemory,
        EAI_SERVICE = 9 => ServiceNotFound,
        EAI_SOCKTYPE = 10 => SocketTypeNotSupported,
        EAI_OVERFLOW = 12 => NameTooLong,
    }
    [] {
        EAI_ADDRFAMILY = 1 => NoData,
    }
}

table! {
    /// Windows. Every name of a failure of the name service is a code of Winsock, so most of these
    /// rows are in the system's table too.
    WINDOWS = "windows" on windows;
    [windows_sys::Win32::Networking::WinSock] {
        WSAHOST_NOT_FOUND = 11001 => HostNotFound,
        WSATRY_AGAIN = 11002 => TryAgain,
        WSANO_RECOVERY = 11003 => NoRecovery,
        WSANO_DATA = 11004 => NoData,
        WSAEINVAL = 10022 => InvalidArgument,
        WSAEAFNOSUPPORT = 10047 => AddressFamilyNotSupported,
        WSAESOCKTNOSUPPORT = 10044 => SocketTypeNotSupported,
        WSASERVICE_NOT_FOUND = 10108 => ServiceNotFound,
        WSATYPE_NOT_FOUND = 10109 => ServiceNotFound,
        WSA_NOT_ENOUGH_MEMORY = 8 => OutOfMemory,
        WSA_E_CANCELLED = 10111 => Cancelled,
    }
}

table! {
    /// wasi-libc, which is made from musl.
    WASI = "wasi" on target_os = "wasi";
    [] {
        EAI_NONAME = -2 => HostNotFound,
        EAI_AGAIN = -3 => TryAgain,
        EAI_FAIL = -4 => NoRecovery,
        EAI_NODATA = -5 => NoData,
        EAI_BADFLAGS = -1 => InvalidArgument,
        EAI_FAMILY = -6 => AddressFamilyNotSupported,
        EAI_SOCKTYPE = -7 => SocketTypeNotSupported,
        EAI_SERVICE = -8 => ServiceNotFound,
        EAI_ADDRFAMILY = -9 => NoData,
        EAI_MEMORY = -10 => OutOfMemory,
        EAI_OVERFLOW = -12 => NameTooLong,
        EAI_CANCELED = -101 => Cancelled,
        EAI_INTR = -104 => Interrupted,
        EAI_IDN_ENCODE = -105 => InvalidArgument,
    }
}
