#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cell;
pub mod report;
pub mod run;
pub mod subject;
pub mod verdict;
pub mod worker;
