//! Writing an answer.

use super::name::{Name, POINTER};
use super::query::{HEADER, Header, Query};
use super::response::Record;

/// An answer, from the server that the names belong to, which also asks others for who asks it.
const ANSWER: u16 = 0x8000 | 0x0400 | 0x0080;
/// The answer is cut.
const CUT: u16 = 0x0200;
/// Whether the resolver wants others to be asked is repeated.
const REPEATED: u16 = 0x7900;

const INTERNET: [u8; 2] = [0, 1];
/// Nothing may remember an answer: the next one may be another.
const TIME_TO_LIVE: [u8; 4] = [0; 4];
const SOA: u16 = 6;
const OPT: u16 = 41;

/// How long an answer over UDP may be without EDNS (RFC 1035 4.2.1), and the server's own limit,
/// which is what fits every link (the DNS flag day of 2020).
const LEAST: u16 = 512;
pub(super) const MOST: u16 = 1232;

/// What the answer says about itself (RFC 1035 4.1.1; RFC 6891 6.1.3 for the last).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NxDomain = 3,
    NotImp = 4,
    Refused = 5,
    BadVersion = 16,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) code: Code,
    /// Each record with the name that it belongs to.
    pub(super) records: Vec<(&'a Name, &'a Record)>,
    /// The name that there is nothing for. The authority over it says how long that holds, and so a
    /// "no" is known for what it is (RFC 2308 3).
    pub(super) missing: Option<&'a Name>,
    pub(super) is_cut: bool,
}

impl Answer<'_> {
    /// An answer that holds nothing.
    pub(super) fn empty(code: Code) -> Self {
        Self {
            code,
            records: Vec::new(),
            missing: None,
            is_cut: false,
        }
    }

    /// The answer in bytes, to a query that could be read.
    pub(super) fn to_bytes(&self, header: Header, query: &Query) -> Vec<u8> {
        let mut bytes = start(header, self.code, self.is_cut);
        repeat_question(&mut bytes, query);
        for (owner, record) in &self.records {
            // The first name of most answers is the question's; no other is worth the trouble.
            let pointer = (**owner == query.name).then_some(&QUESTION_POINTER[..]);
            write_record(&mut bytes, pointer.unwrap_or_else(|| owner.wire()), record);
        }
        count(&mut bytes, ANSWERS, self.records.len());
        if let Some(missing) = self.missing {
            write_authority(&mut bytes, missing);
            count(&mut bytes, AUTHORITIES, 1);
        }
        if query.edns.is_some() {
            write_edns(&mut bytes, self.code);
            count(&mut bytes, ADDITIONALS, 1);
        }
        bytes
    }
}

/// The start of an answer that is to hold something else than [`Answer`] does: the header and the
/// question.
pub(super) fn repeated(header: Header, query: &Query) -> Vec<u8> {
    let mut bytes = start(header, Code::NoError, false);
    repeat_question(&mut bytes, query);
    bytes
}

/// The answer to a query that cannot be read: the header alone.
pub(super) fn header_only(header: Header, code: Code) -> Vec<u8> {
    start(header, code, false)
}

/// How long an answer to the query may be over UDP.
pub(super) fn largest(query: &Query) -> usize {
    let said = query.edns.map_or(LEAST, |edns| edns.largest);
    said.clamp(LEAST, MOST).into()
}

/// Where the counts of the sections stand in the header.
const QUESTIONS: usize = 4;
pub(super) const ANSWERS: usize = 6;
const AUTHORITIES: usize = 8;
const ADDITIONALS: usize = 10;

/// The name of the question, which follows the header.
#[allow(clippy::cast_possible_truncation)] // 12
pub(super) const QUESTION_POINTER: [u8; 2] = [POINTER, HEADER as u8];

fn start(header: Header, code: Code, is_cut: bool) -> Vec<u8> {
    let cut = if is_cut { CUT } else { 0 };
    // The upper bits of the code stand in the record of EDNS.
    let flags = ANSWER | cut | (header.flags & REPEATED) | (code as u16 & 0xf);
    let mut bytes = Vec::with_capacity(LEAST.into());
    bytes.extend(header.id.to_be_bytes());
    bytes.extend(flags.to_be_bytes());
    bytes.extend([0; 8]);
    bytes
}

fn repeat_question(bytes: &mut Vec<u8>, query: &Query) {
    bytes.extend(&query.question);
    count(bytes, QUESTIONS, 1);
}

/// Writes how many records a section has.
pub(super) fn count(bytes: &mut [u8], section: usize, number: usize) {
    let number = u16::try_from(number).unwrap_or(u16::MAX);
    bytes[section..section + 2].copy_from_slice(&number.to_be_bytes());
}

/// A record: owner, type, class, time to live, and the data behind their length (RFC 1035 4.1.3).
fn write_record(bytes: &mut Vec<u8>, owner: &[u8], record: &Record) {
    let kind = record.kind().number();
    match record {
        Record::A(addr) => write(bytes, owner, kind, &addr.octets()),
        Record::Aaaa(addr) => write(bytes, owner, kind, &addr.octets()),
        Record::Cname(name) | Record::Ptr(name) => write(bytes, owner, kind, name.wire()),
    }
}

/// The start of authority over what the name belongs to (RFC 1035 3.3.13): the server, who answers
/// for it, a serial number, and times, of which the last says how long a "no" holds (RFC 2308 4):
/// not at all.
fn write_authority(bytes: &mut Vec<u8>, name: &Name) {
    let mut data = Vec::new();
    data.extend(b"\x05names\x03lab\x00");
    data.extend(b"\x06nobody\x03lab\x00");
    for number in [1_u32, 3600, 600, 86400, 0] {
        data.extend(number.to_be_bytes());
    }
    write(bytes, name.top(), SOA, &data);
}

/// What the server can do, in the fields of a record (RFC 6891 6.1.2).
fn write_edns(bytes: &mut Vec<u8>, code: Code) {
    bytes.push(0);
    bytes.extend(OPT.to_be_bytes());
    bytes.extend(MOST.to_be_bytes());
    let [_, upper] = (code as u16 >> 4).to_be_bytes();
    bytes.extend([upper, 0, 0, 0]);
    bytes.extend([0, 0]);
}

fn write(bytes: &mut Vec<u8>, owner: &[u8], kind: u16, data: &[u8]) {
    bytes.extend(owner);
    bytes.extend(kind.to_be_bytes());
    bytes.extend(INTERNET);
    bytes.extend(TIME_TO_LIVE);
    bytes.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(data);
}
