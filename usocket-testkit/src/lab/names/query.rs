//! Reading a query.

use super::name::{self, Name};
use super::response::QueryType;

/// Identification, flags and four counts (RFC 1035 4.1.1).
pub(super) const HEADER: usize = 12;

const IS_RESPONSE: u16 = 0x8000;
const OPCODE: u16 = 0x7800;
const INTERNET: u16 = 1;
const ANY_CLASS: u16 = 255;
/// The type of the record in which a resolver says what it can do beyond RFC 1035 (RFC 6891 6.1.1).
const OPT: u16 = 41;

/// What a message says whatever else is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: u16,
    pub(super) flags: u16,
}

/// A question, and how it may be answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) name: Name,
    pub(super) kind: QueryType,
    /// The question without compression, as it was asked: an answer repeats it to the letter.
    pub(super) question: Vec<u8>,
    /// How long an answer over UDP may be; with EDNS, the resolver says it.
    pub(super) edns: Option<Edns>,
}

impl Query {
    /// Type and class as they stand in the question, behind the name.
    pub(super) fn kind_and_class(&self) -> &[u8] {
        &self.question[self.name.wire().len()..]
    }
}

/// What a resolver says about itself (RFC 6891 6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edns {
    pub(super) largest: u16,
    pub(super) version: u8,
}

/// Why there is nothing to look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It cannot be read.
    Format,
    /// It asks for something other than a look-up.
    Operation,
    /// It asks for something other than the Internet.
    Class,
}

/// The header of a query; none for what is shorter, and for an answer, which gets none.
pub(super) fn header(message: &[u8]) -> Option<Header> {
    let (id, flags) = (u16_at(message, 0)?, u16_at(message, 2)?);
    (message.len() >= HEADER && flags & IS_RESPONSE == 0).then_some(Header { id, flags })
}

/// Reads what follows the header.
///
/// Source: RFC 1035 4.1.
pub(super) fn read(message: &[u8], header: Header) -> Result<Query, Trouble> {
    if header.flags & OPCODE != 0 {
        return Err(Trouble::Operation);
    }
    if u16_at(message, 4) != Some(1) {
        return Err(Trouble::Format);
    }
    let name = name::read(message, HEADER).ok_or(Trouble::Format)?;
    let kind = u16_at(message, name.end).ok_or(Trouble::Format)?;
    let class = u16_at(message, name.end + 2).ok_or(Trouble::Format)?;
    let edns = additional(message, name.end + 4).ok_or(Trouble::Format)?;
    if class != INTERNET && class != ANY_CLASS {
        return Err(Trouble::Class);
    }

    let mut question = name.wire.clone();
    question.extend(kind.to_be_bytes());
    question.extend(class.to_be_bytes());
    Ok(Query {
        name: Name::from_wire(&name.wire),
        kind: QueryType::from_number(kind),
        question,
        edns,
    })
}

/// What the records behind the question say: none where they cannot be read, or where there is more
/// than one of those that only one may be of (RFC 6891 6.1.1).
#[allow(clippy::option_option)] // read or not, and there or not
fn additional(message: &[u8], mut at: usize) -> Option<Option<Edns>> {
    let mut edns = None;
    let records: u32 = [6, 8, 10]
        .iter()
        .filter_map(|at| u16_at(message, *at))
        .map(u32::from)
        .sum();
    // Each record takes eleven bytes at least, so that the message ends the loop.
    for _ in 0..records {
        let name = name::read(message, at)?;
        at = name.end;
        if u16_at(message, at)? == OPT {
            let said = Edns {
                largest: u16_at(message, at + 2)?,
                version: *message.get(at + 5)?,
            };
            if edns.replace(said).is_some() || name.wire != [0] {
                return None;
            }
        }
        at += 10 + usize::from(u16_at(message, at + 8)?);
        message.get(..at)?;
    }
    Some(edns)
}

fn u16_at(message: &[u8], at: usize) -> Option<u16> {
    message
        .get(at..)?
        .first_chunk()
        .copied()
        .map(u16::from_be_bytes)
}
