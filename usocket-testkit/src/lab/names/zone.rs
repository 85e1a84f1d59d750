//! Which name answers what, and the answers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::message::{self, Answer, Code};
use super::name::Name;
use super::query::{self, Header, Query, Trouble};
use super::response::{Fate, QueryType, Record, Response};

/// How many aliases one answer follows.
const MOST_ALIASES: usize = 16;

/// The names of a lab and what each answers. There is no other name.
#[derive(Debug, Default)]
pub(crate) struct Zone {
    names: HashMap<Name, Entry>,
}

/// How a query came, and its answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Udp,
    /// Without the two bytes that say the length there.
    Tcp,
}

/// An answer to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    /// So long after the query.
    pub(crate) after: Duration,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug)]
struct Entry {
    /// For every type that has no response of its own.
    response: Response,
    by_type: HashMap<QueryType, Response>,
    /// How many queries of each type there were since a response was set.
    queries: HashMap<QueryType, u32>,
}

impl Entry {
    fn new(response: Response) -> Self {
        Self {
            response,
            by_type: HashMap::new(),
            queries: HashMap::new(),
        }
    }

    fn response(&self, kind: QueryType) -> &Response {
        self.by_type.get(&kind).unwrap_or(&self.response)
    }

    fn fate(&self, kind: QueryType) -> &Fate {
        let queries = self.queries.get(&kind).copied().unwrap_or_default();
        self.response(kind).fate_at(queries)
    }
}

impl Zone {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// From now on, `name` answers so, whatever is asked for.
    pub(crate) fn set(&mut self, name: Name, response: impl Into<Response>) {
        self.names.insert(name, Entry::new(response.into()));
    }

    /// From now on, `name` answers so to queries of one type. A name that had no response yet has
    /// no other records.
    pub(crate) fn set_for(&mut self, name: Name, kind: QueryType, response: impl Into<Response>) {
        let entry = self
            .names
            .entry(name)
            .or_insert_with(|| Entry::new(Fate::NoData.into()));
        entry.by_type.insert(kind, response.into());
        entry.queries.remove(&kind);
    }

    /// Gives `name` addresses, in this order, in place of what it answered before.
    pub(crate) fn add(&mut self, name: Name, addrs: impl IntoIterator<Item = IpAddr>) {
        self.set(name, Response::addresses(addrs));
    }

    /// Gives an address a name: what a look-up in reverse finds.
    pub(crate) fn add_pointer(&mut self, addr: IpAddr, name: Name) {
        self.set(Name::reverse(addr), vec![Record::Ptr(name)]);
    }

    /// The answer to one query, if there is one.
    pub(crate) fn respond(&mut self, query: &[u8], over: Over) -> Option<Reply> {
        let header = query::header(query)?;
        let query = match query::read(query, header) {
            Ok(query) => query,
            Err(trouble) => {
                let code = match trouble {
                    Trouble::Format => Code::FormErr,
                    Trouble::Operation => Code::NotImp,
                    Trouble::Class => Code::Refused,
                };
                return Some(at_once(message::header_only(header, code)));
            }
        };
        if query.edns.is_some_and(|edns| edns.version > 0) {
            return Some(at_once(
                Answer::empty(Code::BadVersion).to_bytes(header, &query),
            ));
        }
        let mut visited = Vec::new();
        let reply = self.look_up(header, &query, over, &mut visited);
        for name in visited {
            if let Some(entry) = self.names.get_mut(&name) {
                let queries = entry.queries.entry(query.kind).or_default();
                *queries = queries.saturating_add(1);
            }
        }
        reply
    }

    /// The answer; and the names that the query came by, itself and those that it is an alias of.
    fn look_up(
        &self,
        header: Header,
        query: &Query,
        over: Over,
        visited: &mut Vec<Name>,
    ) -> Option<Reply> {
        let mut answer = Answer::empty(Code::NoError);
        let mut id = header.id;
        let mut name = &query.name;
        let mut after = Duration::ZERO;
        // Each turn follows one alias.
        for _ in 0..MOST_ALIASES {
            visited.push(name.clone());
            after = after.saturating_add(self.delay(name, query.kind));
            let fate = self.fate(name, query.kind);
            if let Some(code) = failure(fate) {
                answer = Answer::empty(code);
                break;
            }
            let records = match fate {
                Fate::Silent => return None,
                Fate::Malformed(flaw) => {
                    let bytes = flaw.to_bytes(header, query);
                    return Some(Reply { after, bytes });
                }
                Fate::Truncated(_) if over == Over::Udp => {
                    answer = cut();
                    break;
                }
                Fate::WrongId(records) => {
                    id = !header.id;
                    records
                }
                Fate::Records(records) | Fate::Truncated(records) => records,
                Fate::NxDomain => {
                    answer.code = Code::NxDomain;
                    &[][..]
                }
                _ => &[],
            };

            let is_wanted =
                |record: &&Record| query.kind == QueryType::Any || record.kind() == query.kind;
            let mut wanted = records.iter().filter(is_wanted).peekable();
            if wanted.peek().is_some() {
                answer.records.extend(wanted.map(|record| (name, record)));
                break;
            }
            let alias = records.iter().find_map(|record| match record {
                Record::Cname(target) => Some((record, target)),
                _ => None,
            });
            let Some((record, target)) = alias else {
                answer.missing = Some(name);
                break;
            };
            answer.records.push((name, record));
            // A circle: the aliases are all that there is to say.
            if answer.records.iter().any(|(owner, _)| *owner == target) {
                break;
            }
            name = target;
        }

        let header = Header { id, ..header };
        let whole = answer.to_bytes(header, query);
        let bytes = match over {
            Over::Udp if whole.len() > message::largest(query) => cut().to_bytes(header, query),
            _ => whole,
        };
        Some(Reply { after, bytes })
    }

    /// What a query for the name meets.
    fn fate(&self, name: &Name, kind: QueryType) -> &Fate {
        match self.names.get(name) {
            Some(entry) => entry.fate(kind),
            None if self.has_below(name) => &Fate::NoData,
            None => &Fate::NxDomain,
        }
    }

    fn delay(&self, name: &Name, kind: QueryType) -> Duration {
        let entry = self.names.get(name);
        entry.map_or(Duration::ZERO, |entry| entry.response(kind).delay)
    }

    /// Whether there are names below this one: then it exists, and has no records (RFC 8020 2).
    fn has_below(&self, name: &Name) -> bool {
        self.names.keys().any(|known| known.is_below(name))
    }
}

/// The code of a fate that is nothing but a code.
fn failure(fate: &Fate) -> Option<Code> {
    match fate {
        Fate::ServFail => Some(Code::ServFail),
        Fate::Refused => Some(Code::Refused),
        Fate::FormErr => Some(Code::FormErr),
        Fate::NotImp => Some(Code::NotImp),
        _ => None,
    }
}

/// The answer that says nothing but that there is more.
fn cut() -> Answer<'static> {
    Answer {
        is_cut: true,
        ..Answer::empty(Code::NoError)
    }
}

fn at_once(bytes: Vec<u8>) -> Reply {
    let after = Duration::ZERO;
    Reply { after, bytes }
}
