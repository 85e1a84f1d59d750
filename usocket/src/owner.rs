//! What every owner of a socket has: std's type inside, both ways, and its handle.

/// Implements for an owner whatever has to do with the type of std inside it, in the field `inner`,
/// and with the handle inside that. The owner supplies `adopt`, for a socket that somebody else
/// made, and `into_std`.
macro_rules! owner {
    ($owner:ident, $std:ty) => {
        impl From<$std> for $owner {
            /// Takes the socket over as it is, with its mode and options.
            fn from(socket: $std) -> Self {
                Self::adopt(socket)
            }
        }

        impl From<$owner> for $std {
            /// Gives std's type, the same socket with its mode and options, for nothing.
            fn from(socket: $owner) -> Self {
                socket.into_std()
            }
        }

        #[cfg(not(windows))]
        const _: () = {
            use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

            impl AsFd for $owner {
                fn as_fd(&self) -> BorrowedFd<'_> {
                    self.inner.as_fd()
                }
            }

            impl AsRawFd for $owner {
                fn as_raw_fd(&self) -> RawFd {
                    self.inner.as_raw_fd()
                }
            }

            impl IntoRawFd for $owner {
                fn into_raw_fd(self) -> RawFd {
                    <$std>::from(self).into_raw_fd()
                }
            }

            impl From<OwnedFd> for $owner {
                /// Takes the descriptor over. That it is a socket of this kind is found out by the
                /// first call that needs it.
                fn from(descriptor: OwnedFd) -> Self {
                    Self::adopt(descriptor.into())
                }
            }

            impl From<$owner> for OwnedFd {
                fn from(socket: $owner) -> Self {
                    <$std>::from(socket).into()
                }
            }
        };

        #[cfg(windows)]
        const _: () = {
            use std::os::windows::io::{
                AsRawSocket, AsSocket, BorrowedSocket, IntoRawSocket, OwnedSocket, RawSocket,
            };

            impl AsSocket for $owner {
                fn as_socket(&self) -> BorrowedSocket<'_> {
                    self.inner.as_socket()
                }
            }

            impl AsRawSocket for $owner {
                fn as_raw_socket(&self) -> RawSocket {
                    self.inner.as_raw_socket()
                }
            }

            impl IntoRawSocket for $owner {
                fn into_raw_socket(self) -> RawSocket {
                    <$std>::from(self).into_raw_socket()
                }
            }

            impl From<OwnedSocket> for $owner {
                /// Takes the socket over. That it is of this kind is found out by the first call
                /// that needs it.
                fn from(socket: OwnedSocket) -> Self {
                    Self::adopt(socket.into())
                }
            }

            impl From<$owner> for OwnedSocket {
                fn from(socket: $owner) -> Self {
                    <$std>::from(socket).into()
                }
            }
        };
    };
}

pub(crate) use owner;
