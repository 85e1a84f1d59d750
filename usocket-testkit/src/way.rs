//! How an error was made to happen.

use std::fmt;

/// How a [`Scene`](crate::Scene) makes its error happen, the best evidence first.
///
/// ```
/// use usocket_testkit::Way;
///
/// assert_eq!(Way::Kernel.letter(), 'K');
/// assert_eq!(Way::ForeignDescriptor.to_string(), "kernel, through another descriptor");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Way {
    /// The system itself answers so, to a socket of the protocol in question: the kernel, or for
    /// look-ups the system's resolver.
    Kernel,
    /// The kernel answers so, but to a descriptor that is not such a socket.
    ForeignDescriptor,
    /// A rule on this process's own system calls answers in the kernel's stead.
    SystemCallRule,
    /// A seam inside the library under test answers; no system call is made.
    Seam,
}

impl Way {
    /// The letter that reports use: `K`, `F`, `S` or `M`.
    pub const fn letter(self) -> char {
        match self {
            Self::Kernel => 'K',
            Self::ForeignDescriptor => 'F',
            Self::SystemCallRule => 'S',
            Self::Seam => 'M',
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Kernel => "kernel",
            Self::ForeignDescriptor => "kernel, through another descriptor",
            Self::SystemCallRule => "system-call rule",
            Self::Seam => "seam",
        })
    }
}
