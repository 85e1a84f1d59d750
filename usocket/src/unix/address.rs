//! What a user writes for an address of the Unix domain.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::operation::Operation;

/// What can stand where an address of the Unix domain is asked for: a path, or std's
/// [`SocketAddr`].
///
/// A path has 1 to 107 bytes on Linux, fewer on some systems (`sun_path` in POSIX `<sys/un.h>`), and
/// none of them is 0. Names that are no paths, which only Linux has, are made by std:
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use std::os::linux::net::SocketAddrExt;
/// use std::os::unix::net::SocketAddr;
/// use usocket::{UnixListener, UnixStream};
///
/// let name = SocketAddr::from_abstract_name(format!("example of {}", std::process::id()))?;
/// let listener = UnixListener::bind(&name)?;
/// let stream = UnixStream::connect(&name)?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In an error, [`Error::host`] is the path, or the name behind an `@`.
pub trait ToUnixAddr: sealed::Named {
    /// The address.
    ///
    /// # Errors
    ///
    /// That the path is too long, is empty, or has a byte in it that is 0.
    fn to_unix_addr(&self) -> io::Result<SocketAddr>;
}

#[expect(unnameable_types, reason = "it keeps the trait from being implemented")]
mod sealed {
    /// What an error calls it.
    pub trait Named {
        fn name(&self) -> Option<String>;
    }
}

impl<T: ToUnixAddr + ?Sized> ToUnixAddr for &T {
    fn to_unix_addr(&self) -> io::Result<SocketAddr> {
        (**self).to_unix_addr()
    }
}

impl<T: sealed::Named + ?Sized> sealed::Named for &T {
    fn name(&self) -> Option<String> {
        (**self).name()
    }
}

macro_rules! paths {
    ($($path:ty),*) => {$(
        impl ToUnixAddr for $path {
            fn to_unix_addr(&self) -> io::Result<SocketAddr> {
                from_path(self.as_ref())
            }
        }

        impl sealed::Named for $path {
            fn name(&self) -> Option<String> {
                let path: &Path = self.as_ref();
                Some(path.to_string_lossy().into_owned())
            }
        }
    )*};
}

paths!(Path, PathBuf, OsStr, OsString, str, String);

impl ToUnixAddr for SocketAddr {
    fn to_unix_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.clone())
    }
}

impl sealed::Named for SocketAddr {
    fn name(&self) -> Option<String> {
        text(self)
    }
}

fn from_path(path: &Path) -> io::Result<SocketAddr> {
    let bytes = path.as_os_str().as_encoded_bytes();
    // std takes it for no name, for which Linux would make one up.
    if bytes.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the path is empty",
        ));
    }
    SocketAddr::from_pathname(path).map_err(|error| {
        if bytes.contains(&0) {
            error
        } else {
            // All that is left to be wrong.
            io::Error::from_raw_os_error(libc::ENAMETOOLONG)
        }
    })
}

/// The address that `given` stands for, or the error of an operation that could not even begin.
pub(super) fn address_of(
    operation: Operation,
    given: &impl ToUnixAddr,
) -> Result<SocketAddr, Error> {
    given
        .to_unix_addr()
        .map_err(|source| named(Error::from_io(operation, source), given))
}

/// The error, with what the user called the address.
pub(super) fn named(error: Error, address: &impl ToUnixAddr) -> Error {
    match address.name() {
        Some(name) => error.with_host(&name),
        None => error,
    }
}

/// What an error calls an address: the path, or the name behind an `@` as in `/proc/net/unix`.
pub(super) fn text(address: &SocketAddr) -> Option<String> {
    match address.as_pathname() {
        Some(path) => Some(path.to_string_lossy().into_owned()),
        None => abstract_text(address),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn abstract_text(address: &SocketAddr) -> Option<String> {
    #[cfg(target_os = "android")]
    use std::os::android::net::SocketAddrExt;
    #[cfg(target_os = "linux")]
    use std::os::linux::net::SocketAddrExt;

    let name = address.as_abstract_name()?;
    Some(format!("@{}", String::from_utf8_lossy(name)))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn abstract_text(_: &SocketAddr) -> Option<String> {
    None
}
