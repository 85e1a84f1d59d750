//! Answers that are no answers.

use super::message::{self, QUESTION_POINTER};
use super::name::POINTER;
use super::query::{HEADER, Header, Query};
use super::response::QueryType;

/// What is wrong with an answer, where all else is in order.
///
/// ```
/// use usocket_testkit::lab::{Fate, Malformed, Response};
///
/// for flaw in Malformed::ALL {
///     let response = Response::from(Fate::Malformed(*flaw));
///     println!("{response:?}");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Malformed {
    /// It has no bytes.
    Empty,
    /// It ends within the header.
    HalfHeader,
    /// It ends within the record that it promises.
    CutRecord,
    /// It promises nine records and has one.
    CountTooHigh,
    /// A record's data are longer than the message.
    LengthTooHigh,
    /// An address has one byte too few.
    ShortAddress,
    /// The record's name points to itself.
    PointerLoop,
    /// The record's name points behind the end of the message.
    PointerBeyond,
    /// The record's name has a label of a kind that was given up.
    BadLabel,
    /// It answers another question.
    OtherQuestion,
    /// It has the bit of a query, not that of an answer.
    NoAnswer,
    /// The header, and bytes that mean nothing behind it.
    Garbage,
}

impl Malformed {
    /// Every way in which an answer can be wrong here.
    pub const ALL: &'static [Self] = &[
        Self::Empty,
        Self::HalfHeader,
        Self::CutRecord,
        Self::CountTooHigh,
        Self::LengthTooHigh,
        Self::ShortAddress,
        Self::PointerLoop,
        Self::PointerBeyond,
        Self::BadLabel,
        Self::OtherQuestion,
        Self::NoAnswer,
        Self::Garbage,
    ];

    /// The wrong answer in bytes. All but the flaw is in order.
    pub(super) fn to_bytes(self, header: Header, query: &Query) -> Vec<u8> {
        let mut bytes = message::repeated(header, query);
        // Where the record's name starts.
        let here = bytes.len();
        let address = match query.kind {
            QueryType::Aaaa => &ADDRESS[..],
            _ => &ADDRESS[12..],
        };
        let (owner, len, data) = match self {
            Self::CutRecord => (QUESTION_POINTER, address.len(), &address[..1]),
            Self::LengthTooHigh => (QUESTION_POINTER, 1000, address),
            Self::ShortAddress => (QUESTION_POINTER, address.len() - 1, &address[1..]),
            Self::PointerLoop => (pointer(here), address.len(), address),
            Self::PointerBeyond => (pointer(0x3fff), address.len(), address),
            Self::BadLabel => ([0x40, 0], address.len(), address),
            _ => (QUESTION_POINTER, address.len(), address),
        };
        bytes.extend(owner);
        bytes.extend(query.kind_and_class());
        bytes.extend([0; 4]);
        bytes.extend(u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(data);
        message::count(&mut bytes, message::ANSWERS, 1);
        match self {
            Self::Empty => bytes.clear(),
            Self::HalfHeader => bytes.truncate(HEADER / 2),
            Self::CountTooHigh => message::count(&mut bytes, message::ANSWERS, 9),
            // The first letter of the name; of the root, its length.
            Self::OtherQuestion => bytes[HEADER + 1] ^= 1,
            Self::NoAnswer => bytes[2] &= 0x7f,
            Self::Garbage => bytes[HEADER..].fill(0xff),
            _ => {}
        }
        bytes
    }
}

/// The address in the record: the last four bytes are one of IPv4.
const ADDRESS: [u8; 16] = [0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 77, 0, 66];

/// A name that goes on where the message has its byte number `to`.
fn pointer(to: usize) -> [u8; 2] {
    let [upper, lower] = u16::try_from(to).unwrap_or(u16::MAX).to_be_bytes();
    [upper | POINTER, lower]
}
