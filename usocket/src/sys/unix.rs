//! What is particular to Unix, where a socket is a file descriptor.

use std::io;

use rustix::net::{RecvFlags, SendFlags, SocketAddrAny};

use super::transfer::Received;
use super::wait::Interest;

pub(crate) use super::descriptor::{
    AsHandle, AsHandle as AsDatagrams, BorrowedHandle, OwnedHandle, RawHandle, borrowed, raw,
};
pub(super) use super::descriptor::{hung_up, poll};

/// Makes `call` with the flags that keep this one call from blocking.
pub(super) fn try_once<T>(
    _socket: &impl AsHandle,
    _interest: Interest,
    call: impl FnOnce(RecvFlags, SendFlags) -> io::Result<T>,
) -> io::Result<T> {
    call(RecvFlags::DONTWAIT, SendFlags::DONTWAIT)
}

/// As many as there are: the system takes those that it has room for.
pub(crate) const AT_ONCE: usize = usize::MAX;

/// `fcntl(2)` `F_GETFL`.
pub(super) fn nonblocking(socket: &impl AsHandle) -> io::Result<bool> {
    socket2::SockRef::from(socket).nonblocking()
}

/// `fcntl(2)` `F_SETFL`, or `ioctl(2)` `FIONBIO`.
pub(super) fn set_nonblocking(socket: &impl AsHandle, value: bool) -> io::Result<()> {
    socket2::SockRef::from(socket).set_nonblocking(value)
}

/// `recvfrom(2)` with `MSG_TRUNC`, for which Linux gives the length that the datagram had.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn receive_from(
    socket: &impl AsHandle,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<Received<Option<SocketAddrAny>>> {
    let (kept, length, peer) = rustix::net::recvfrom(socket, buffer, flags | RecvFlags::TRUNC)?;
    Ok(Received {
        length: kept,
        truncated: length > kept,
        full_length: Some(length),
        peer,
    })
}

/// `recvmsg(2)`, whose flags tell whether something was cut off, but not how much.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn receive_from(
    socket: &impl AsHandle,
    buffer: &mut [u8],
    flags: RecvFlags,
) -> io::Result<Received<Option<SocketAddrAny>>> {
    use rustix::net::{RecvAncillaryBuffer, ReturnFlags, recvmsg};

    let message = recvmsg(
        socket,
        &mut [io::IoSliceMut::new(buffer)],
        &mut RecvAncillaryBuffer::default(),
        flags,
    )?;
    let truncated = message.flags.contains(ReturnFlags::TRUNC);
    Ok(Received {
        length: message.bytes,
        truncated,
        full_length: (!truncated).then_some(message.bytes),
        peer: message.address,
    })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod counter {
    use std::io;

    use rustix::event::{EventfdFlags, eventfd};

    /// An event counter (eventfd(2)).
    #[derive(Debug)]
    pub(in crate::sys) struct Wake(WakeHandle);

    pub(in crate::sys) type WakeHandle = std::os::fd::OwnedFd;

    impl Wake {
        pub(in crate::sys) fn new() -> io::Result<Self> {
            Ok(Self(eventfd(
                0,
                EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK,
            )?))
        }

        pub(in crate::sys) fn set(&self) -> io::Result<()> {
            match rustix::io::write(&self.0, &1_u64.to_ne_bytes()) {
                // The counter is full, so it is set.
                Err(rustix::io::Errno::AGAIN) => Ok(()),
                result => Ok(result.map(drop)?),
            }
        }

        pub(in crate::sys) fn reset(&self) -> io::Result<bool> {
            match rustix::io::read(&self.0, &mut [0; 8]) {
                Err(rustix::io::Errno::AGAIN) => Ok(false),
                result => Ok(result.map(|_| true)?),
            }
        }

        pub(in crate::sys) fn handle(&self) -> &WakeHandle {
            &self.0
        }
    }
}

// Tested on every system.
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
mod pair {
    use std::io::{self, Read, Write};
    use std::os::unix::net::UnixStream;

    /// A pair of connected sockets, from the second of which a reset reads.
    #[derive(Debug)]
    pub(in crate::sys) struct Wake {
        writer: UnixStream,
        reader: WakeHandle,
    }

    pub(in crate::sys) type WakeHandle = UnixStream;

    impl Wake {
        pub(in crate::sys) fn new() -> io::Result<Self> {
            let (writer, reader) = UnixStream::pair()?;
            writer.set_nonblocking(true)?;
            reader.set_nonblocking(true)?;
            Ok(Self { writer, reader })
        }

        pub(in crate::sys) fn set(&self) -> io::Result<()> {
            match (&self.writer).write(&[1]) {
                // It is full, so it is set.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
                result => result.map(drop),
            }
        }

        pub(in crate::sys) fn reset(&self) -> io::Result<bool> {
            let mut was_set = false;
            loop {
                match (&self.reader).read(&mut [0; 64]) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(was_set),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => was_set |= result? > 0,
                }
            }
        }

        pub(in crate::sys) fn handle(&self) -> &WakeHandle {
            &self.reader
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use counter::{Wake, WakeHandle};
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) use pair::{Wake, WakeHandle};

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::wait::{Ready, wait};
    use super::pair::Wake;
    use super::*;

    #[test]
    fn a_pair_of_sockets_is_set_until_it_is_reset_however_often_it_was_set() {
        let wake = Wake::new().unwrap();
        let is_set = || {
            let now = Some(Duration::ZERO);
            wait(wake.handle(), Interest::Readable, None, now).unwrap() == Ready::Socket
        };
        // The last is more than fits.
        for times in [1, 2, 100, 10_000] {
            assert!(!is_set());
            assert!(!wake.reset().unwrap());
            (0..times).for_each(|_| wake.set().unwrap());
            assert!(is_set());
            assert!(is_set());
            assert!(wake.reset().unwrap());
        }
        assert!(!wake.reset().unwrap());
    }
}
