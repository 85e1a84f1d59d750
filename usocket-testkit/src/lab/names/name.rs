//! Names, as text and as bytes.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The longest label, and the longest name with the length of each label and the root's zero (RFC
/// 1035 2.3.4).
const LONGEST_LABEL: usize = 63;
const LONGEST_NAME: usize = 255;

/// The two highest bits of a length say that it is none, but points to where the name goes on (RFC
/// 1035 4.1.4).
pub(super) const POINTER: u8 = 0xc0;

/// A name that a lab's server knows. Upper and lower case are the same (RFC 4343).
///
/// ```
/// use usocket_testkit::lab::{Name, NameError};
///
/// let name: Name = "Db.Internal.test".parse()?;
/// assert_eq!(name.to_string(), "db.internal.test");
/// assert_eq!("db..test".parse::<Name>(), Err(NameError::EmptyLabel));
/// # Ok::<(), NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// Each label behind its length, in lower case, and the zero of the root at the end (RFC 1035
    /// 3.1).
    wire: Box<[u8]>,
}

impl Name {
    /// The name under which an address is looked up: the reverse of it, under `in-addr.arpa` or
    /// `ip6.arpa`.
    ///
    /// ```
    /// use usocket_testkit::lab::Name;
    ///
    /// let name = Name::reverse([10, 77, 1, 9].into());
    /// assert_eq!(name.to_string(), "9.1.77.10.in-addr.arpa");
    /// ```
    ///
    /// Source: RFC 1035 3.5, RFC 3596 2.5.
    pub fn reverse(addr: IpAddr) -> Self {
        let (labels, top): (Vec<String>, _) = match addr {
            IpAddr::V4(addr) => {
                let octets = addr.octets().into_iter().rev();
                (octets.map(|octet| octet.to_string()).collect(), "in-addr")
            }
            IpAddr::V6(addr) => {
                let octets = addr.octets().into_iter().rev();
                let nibbles = octets.flat_map(|octet| [octet & 0xf, octet >> 4]);
                (nibbles.map(|nibble| format!("{nibble:x}")).collect(), "ip6")
            }
        };
        let labels = labels.iter().map(String::as_bytes);
        Self::from_labels(labels.chain([top.as_bytes(), b"arpa"]))
    }

    /// The name that ends at the first zero of `wire`, which [`read`] made.
    pub(super) fn from_wire(wire: &[u8]) -> Self {
        let wire = wire.to_ascii_lowercase().into();
        Self { wire }
    }

    fn from_labels<'a>(labels: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut wire = Vec::new();
        for label in labels {
            // No label that gets here is longer than 63 bytes.
            wire.push(u8::try_from(label.len()).unwrap_or_default());
            wire.extend(label.to_ascii_lowercase());
        }
        wire.push(0);
        Self { wire: wire.into() }
    }

    /// As it stands in a message, without compression.
    pub(super) fn wire(&self) -> &[u8] {
        &self.wire
    }

    /// Whether `self` stands below `other`.
    pub(super) fn is_below(&self, other: &Self) -> bool {
        let mut rest = &self.wire[..];
        // Each turn takes a label away.
        while let Some(parent) = parent(rest) {
            if parent == &*other.wire {
                return true;
            }
            rest = parent;
        }
        false
    }

    /// The last label, the name of what everything here belongs to; the root's for the root.
    pub(super) fn top(&self) -> &[u8] {
        let mut top = &self.wire[..];
        while let Some(parent) = parent(top).filter(|parent| parent.len() > 1) {
            top = parent;
        }
        top
    }

    fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.wire[..];
        std::iter::from_fn(move || {
            let next = parent(rest)?;
            let label = &rest[1..rest.len() - next.len()];
            rest = next;
            Some(label)
        })
    }
}

/// The bytes of a name without its first label; none for the root.
fn parent(wire: &[u8]) -> Option<&[u8]> {
    match wire.split_first()? {
        (0, _) => None,
        (len, rest) => rest.get(usize::from(*len)..),
    }
}

impl fmt::Display for Name {
    /// The labels with dots between; what is no printable character of ASCII stands as `\DDD` (RFC
    /// 1035 5.1).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.wire.len() <= 1 {
            return f.write_str(".");
        }
        for (n, label) in self.labels().enumerate() {
            if n > 0 {
                f.write_str(".")?;
            }
            for byte in label {
                match byte {
                    b'.' | b'\\' => write!(f, "\\{}", char::from(*byte))?,
                    0x21..=0x7e => write!(f, "{}", char::from(*byte))?,
                    _ => write!(f, "\\{byte:03}")?,
                }
            }
        }
        Ok(())
    }
}

impl FromStr for Name {
    type Err = NameError;

    /// Reads a name of a host: labels of letters, digits, hyphens and underscores with dots
    /// between, and one at the end if one likes. Underscores are in no name of a host by the letter
    /// of RFC 1123 2.1, but in many that are in use.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let labels = text.strip_suffix('.').unwrap_or(text);
        if labels.is_empty() {
            return Err(NameError::Empty);
        }
        for label in labels.split('.') {
            if label.is_empty() {
                return Err(NameError::EmptyLabel);
            }
            let is_known = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            if let Some(character) = label.chars().find(|c| !is_known(c)) {
                return Err(NameError::Character { character });
            }
            if label.len() > LONGEST_LABEL {
                return Err(NameError::LabelTooLong { len: label.len() });
            }
        }
        // A length before each label instead of the dot behind it, and the root's zero.
        let len = labels.len() + 2;
        if len > LONGEST_NAME {
            return Err(NameError::TooLong { len });
        }
        Ok(Self::from_labels(labels.split('.').map(str::as_bytes)))
    }
}

/// Why a text is no name of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// It has no label.
    #[error("a name has one label at least")]
    Empty,
    /// Two dots stand together, or one at the start.
    #[error("a label of a name has one character at least")]
    EmptyLabel,
    /// A label has more than 63 characters.
    #[error("a label of {len} characters: a label has 63 at most")]
    LabelTooLong {
        /// The number of its characters.
        len: usize,
    },
    /// In a message, the name would take more than 255 bytes.
    #[error("a name of {len} bytes: a name has 255 at most")]
    TooLong {
        /// The number of bytes.
        len: usize,
    },
    /// A character that no name of a host has.
    #[error("{character:?} stands in no name of a host: letters of ASCII, digits, '-' and '_' do")]
    Character {
        /// The first such character.
        character: char,
    },
}

/// A name in a message: its bytes without compression, in the case that they have there, and where
/// it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) wire: Vec<u8>,
    pub(super) end: usize,
}

/// Reads the name that starts at `at`. None where it runs off the message, is too long, or points
/// to itself: a pointer leads to what stands before the part that it ends, so that each turn gets
/// nearer to the start of the message.
///
/// Source: RFC 1035 4.1.4.
pub(super) fn read(message: &[u8], at: usize) -> Option<Read> {
    let mut wire = Vec::new();
    let (mut at, mut part) = (at, at);
    let mut end = None;
    loop {
        let len = *message.get(at)?;
        match len & POINTER {
            0 => {
                let next = at + 1 + usize::from(len);
                wire.extend(message.get(at..next)?);
                if wire.len() > LONGEST_NAME {
                    return None;
                }
                if len == 0 {
                    let end = end.unwrap_or(next);
                    return Some(Read { wire, end });
                }
                at = next;
            }
            POINTER => {
                let to = usize::from(len & !POINTER) << 8 | usize::from(*message.get(at + 1)?);
                if to >= part {
                    return None;
                }
                end = end.or(Some(at + 2));
                (at, part) = (to, to);
            }
            // Both other values of the two bits were given up (RFC 6891 5).
            _ => return None,
        }
    }
}
