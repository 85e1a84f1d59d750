//! A model of the sockets API: which answers a call may have, by what was done before.
//!
//! It is made of rules, each with an id and a source ([`rule`]). A rule stands alone in `rules.rs`, where real sockets
//! are brought into the one state that it is about. All together they are a world of sockets ([`world`]), which random
//! sequences of calls are held against: a step gives the set of what may happen, and what did happen must be in it.
//!
//! Expected answers are the system's numbers. What usocket calls each is a table of its own here ([`answer`]), so that
//! a wrong row in the library's table shows.
#![allow(dead_code, reason = "each test file needs a part of it")]

pub(crate) mod answer;
pub(crate) mod rule;
pub(crate) mod system;
pub(crate) mod world;
