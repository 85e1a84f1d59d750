//! The system's own error numbers, by name.

use std::fmt;
use std::io;
use std::str::FromStr;

/// Writes the constants of one system; each system's file calls it once, with that system's numbers.
macro_rules! errnos {
    // Where the system's own name is the POSIX one, it is written once: two rows cannot be swapped.
    (libc: $($(#[$only:meta])? $name:ident $text:literal;)*) => {
        errnos! { $($(#[$only])? $name = libc::$name, $text;)* }
    };
    ($($(#[$only:meta])? $name:ident = $value:path, $text:literal;)*) => {
        impl Errno {
            $($(#[$only])?
            #[doc = concat!("`", stringify!($name), "`: ", $text, ".")]
            pub const $name: Self = Self($value);)*

            /// Every error number that has a name here.
            ///
            /// ```
            /// use usocket_testkit::Errno;
            ///
            /// assert!(Errno::ALL.contains(&Errno::ECONNREFUSED));
            /// ```
            pub const ALL: &'static [Self] = &[$($(#[$only])? Self::$name,)*];

            /// Names and texts, in the order of `ALL`.
            pub(super) const WORDS: &'static [(&'static str, &'static str)] = &[$($(#[$only])? (stringify!($name), $text),)*];
        }
    };
}

#[cfg(unix)]
mod unix;
#[cfg(target_os = "wasi")]
mod wasi;
#[cfg(windows)]
mod windows;

/// An error number of this system, as a call leaves it in `errno`, under its POSIX name.
///
/// The numbers are those of the system that the crate is built for. On Windows the names stand for
/// the `WSAE…` codes; a name that a system does not know is not there at all.
///
/// ```
/// use std::io;
/// use usocket_testkit::Errno;
///
/// let error = io::Error::from(Errno::ECONNREFUSED);
/// assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
/// assert_eq!(Errno::of(&error), Some(Errno::ECONNREFUSED));
/// assert_eq!(Errno::ECONNREFUSED.to_string(), "ECONNREFUSED (connection refused)");
/// ```
///
/// Source: POSIX.1-2024 `<errno.h>`; errno(3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Errno(i32);

impl Errno {
    /// The error with this number.
    ///
    /// ```
    /// use usocket_testkit::Errno;
    ///
    /// assert_eq!(Errno::from_raw(Errno::EINVAL.raw()), Errno::EINVAL);
    /// ```
    pub const fn from_raw(number: i32) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// The number in an error of std; none where the error does not come from the system.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.raw_os_error().map(Self)
    }

    /// The name, such as `ECONNREFUSED`; `?` for a number that has no name here.
    ///
    /// ```
    /// use usocket_testkit::Errno;
    ///
    /// assert_eq!(Errno::EADDRINUSE.name(), "EADDRINUSE");
    /// assert_eq!(Errno::from_raw(-1).name(), "?");
    /// ```
    pub fn name(self) -> &'static str {
        self.words().map_or("?", |(name, _)| name)
    }

    fn words(self) -> Option<(&'static str, &'static str)> {
        let index = Self::ALL.iter().position(|known| *known == self)?;
        Self::WORDS.get(index).copied()
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words() {
            Some((name, text)) => write!(f, "{name} ({text})"),
            None => write!(f, "error {}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words() {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

impl FromStr for Errno {
    type Err = UnknownErrno;

    /// Reads what [`Errno::name`] gives.
    ///
    /// ```
    /// use usocket_testkit::Errno;
    ///
    /// assert_eq!("ENOTSOCK".parse(), Ok(Errno::ENOTSOCK));
    /// let error = "ENOSUCH".parse::<Errno>().unwrap_err();
    /// assert_eq!(error.to_string(), "\"ENOSUCH\" is not the name of an error number of this system");
    /// ```
    fn from_str(name: &str) -> Result<Self, UnknownErrno> {
        let index = Self::WORDS.iter().position(|(known, _)| *known == name);
        let found = index.and_then(|index| Self::ALL.get(index)).copied();
        found.ok_or_else(|| UnknownErrno(name.into()))
    }
}

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.0)
    }
}

/// The error of [`str::parse`] for an [`Errno`]: this system has none of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of an error number of this system")]
pub struct UnknownErrno(Box<str>);
