//! What can be waited for.

use std::io::BufReader;
use std::sync::Arc;

use crate::datagram::UdpSocket;
use crate::listen::TcpListener;
use crate::stream::TcpStream;
use crate::sys::{self, BorrowedHandle};

/// What can be waited for: the sockets of this crate and of std, std's descriptors (on Windows:
/// socket handles), a [`BufReader`] of any of them, and references, [`Arc`]s and boxes of them.
///
/// Nobody else can implement it; a socket of another crate is waited for by std's
/// `BorrowedFd` or `BorrowedSocket`, which every socket gives.
///
/// ```
/// use std::time::Duration;
/// use usocket::{UdpSocket, wait_for};
///
/// let ours = UdpSocket::bind("127.0.0.1:0")?;
/// let std = std::net::UdpSocket::bind("127.0.0.1:0")?;
/// assert!(wait_for(&[&ours, &std], Duration::ZERO)?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Source: sealed::Handle {}

/// A [`Source`] that holds nothing back: what the system knows of it is all that there is to know.
/// All of them but [`BufReader`].
///
/// A [`WaitSet`](crate::WaitSet) takes these only. Nobody could read from a reader that a set has
/// borrowed; read through a `BufReader<&TcpStream>`, add the stream, and wait only when its
/// [`buffer`](BufReader::buffer) is empty.
///
/// ```compile_fail
/// # let stream = usocket::UdpSocket::bind("127.0.0.1:0")?;
/// let reader = std::io::BufReader::new(usocket::TcpStream::connect("127.0.0.1:9")?);
/// usocket::WaitSet::new()?.add(&reader, 1, usocket::Interest::READABLE)?;
/// # Ok::<(), usocket::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a member of a wait set",
    note = "a set sees what the system holds, not what a reader has in its buffer: add the socket"
)]
pub trait Unbuffered: Source {}

/// How a [`WaitSet`](crate::WaitSet) gets hold of a member: by a reference that lives as long as the
/// set, or by an [`Arc`] of its own. Either way the socket cannot be closed while it is a member.
pub trait IntoMember<'a>: sealed::IntoHeld<'a> {}

/// A member's socket, kept open.
#[derive(Clone)]
pub(super) enum Held<'a> {
    Borrowed(BorrowedHandle<'a>),
    Shared(Arc<dyn Unbuffered + 'a>),
}

impl Held<'_> {
    pub(super) fn handle(&self) -> BorrowedHandle<'_> {
        match self {
            Self::Borrowed(handle) => *handle,
            Self::Shared(source) => source.handle(),
        }
    }
}

#[expect(
    unnameable_types,
    reason = "they keep the traits from being implemented"
)]
pub(super) mod sealed {
    use super::{BorrowedHandle, Held};

    /// What the system is asked about, and what it does not know.
    pub trait Handle: Send + Sync {
        fn handle(&self) -> BorrowedHandle<'_>;

        /// Whether something can be read that the system gave already.
        fn is_buffered(&self) -> bool {
            false
        }
    }

    #[expect(
        private_interfaces,
        reason = "it keeps the trait from being implemented"
    )]
    pub trait IntoHeld<'a> {
        fn into_held(self) -> Held<'a>;
    }
}

impl<'a, T: Unbuffered + ?Sized> IntoMember<'a> for &'a T {}

impl<'a, T: Unbuffered + ?Sized> sealed::IntoHeld<'a> for &'a T {
    #[expect(
        private_interfaces,
        reason = "it keeps the trait from being implemented"
    )]
    fn into_held(self) -> Held<'a> {
        Held::Borrowed(self.handle())
    }
}

impl<'a, T: Unbuffered + 'a> IntoMember<'a> for Arc<T> {}

impl<'a, T: Unbuffered + 'a> sealed::IntoHeld<'a> for Arc<T> {
    #[expect(
        private_interfaces,
        reason = "it keeps the trait from being implemented"
    )]
    fn into_held(self) -> Held<'a> {
        Held::Shared(self)
    }
}

impl<T: Source> Source for BufReader<T> {}

impl<T: Source> sealed::Handle for BufReader<T> {
    fn handle(&self) -> BorrowedHandle<'_> {
        self.get_ref().handle()
    }

    fn is_buffered(&self) -> bool {
        !self.buffer().is_empty() || self.get_ref().is_buffered()
    }
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<T: Source + ?Sized> Source for $pointer {}
        impl<T: Unbuffered + ?Sized> Unbuffered for $pointer {}

        impl<T: Source + ?Sized> sealed::Handle for $pointer {
            fn handle(&self) -> BorrowedHandle<'_> {
                (**self).handle()
            }

            fn is_buffered(&self) -> bool {
                (**self).is_buffered()
            }
        }
    )*};
}

pointers!(&T, Box<T>, Arc<T>);

macro_rules! sources {
    ($($source:ty),*) => {$(
        impl Source for $source {}
        impl Unbuffered for $source {}

        impl sealed::Handle for $source {
            fn handle(&self) -> BorrowedHandle<'_> {
                sys::borrowed(self)
            }
        }
    )*};
}

sources!(
    TcpStream,
    TcpListener,
    UdpSocket,
    std::net::TcpStream,
    std::net::TcpListener,
    std::net::UdpSocket,
    BorrowedHandle<'_>,
    sys::OwnedHandle
);

#[cfg(unix)]
sources!(
    crate::unix::UnixStream,
    crate::unix::UnixListener,
    crate::unix::UnixDatagram,
    std::os::unix::net::UnixStream,
    std::os::unix::net::UnixListener,
    std::os::unix::net::UnixDatagram
);
