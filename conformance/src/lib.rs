#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cell;
pub mod drivers;
pub mod expectation;
pub mod harness;
pub mod offer;
pub mod report;
pub mod run;
mod series;
pub mod subject;
pub mod trace;
pub mod verdict;
pub mod worker;

/// The crate that provokes the errors: what a [`Subject`](subject::Subject) of another crate needs of it.
pub use usocket_testkit as testkit;

/// The examples of the project's own front page, which are to run like all others.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct FrontPage;
