//! Strategies for proptest: what code that speaks to a network must be able to take.
//!
//! ```
//! use std::io::{self, BufRead, BufReader, Read};
//!
//! use proptest::prelude::*;
//! use usocket_testkit::strategies::byte_schedule;
//!
//! // The code under test: a line, however it comes.
//! fn line(stream: impl Read) -> io::Result<String> {
//!     let mut line = String::new();
//!     BufReader::new(stream).read_line(&mut line)?;
//!     Ok(line)
//! }
//!
//! proptest!(|(schedule in byte_schedule("hello\n"))| {
//!     prop_assert_eq!(line(schedule.reader()).unwrap(), "hello\n");
//! });
//! ```
//!
//! | subject | strategies |
//! | --- | --- |
//! | addresses by class | [`ipv4()`], [`ipv4_in`], [`ipv6()`], [`ipv6_in`], [`ip`] |
//! | with ports | [`port`], [`socket_addr()`], [`socket_addr_v4`], [`socket_addr_v6`] |
//! | names of hosts | [`host_name`] |
//! | endpoints, as values and as text | [`endpoint()`], [`endpoint_text`], [`broken_endpoint_text`] |
//! | streams cut into pieces | [`bytes()`], [`byte_schedule`] |
//! | what a lab's host answers | [`icmp_v4`], [`icmp_v6`], [`icmp_for`] |
#![cfg_attr(
    feature = "lab",
    doc = "| what a lab's names answer | [`dns_fate`], [`dns_fate_at_once`], [`dns_response`], [`dns_chain`] |"
)]
//! | calls that fail, as plan | [`fault_rule`], [`fault_schedule`], [`fault_schedule_on`] |
//! | socket options | [`socket_options`] |
//!
//! All of them shrink towards what is simplest: the address with the fewest parts, the stream in one piece, no fault, no
//! option. None opens a socket or asks anybody.

mod bytes;
#[cfg(feature = "lab")]
mod dns;
mod endpoint;
mod fault;
mod host_name;
mod icmp;
mod ip;
mod ipv4;
mod ipv6;
mod option;
mod socket_addr;

pub use bytes::{ByteReader, ByteSchedule, byte_schedule, bytes};
#[cfg(feature = "lab")]
pub use dns::{
    DnsChain, DnsChainEnd, dns_address, dns_chain, dns_fate, dns_fate_at_once, dns_malformed,
    dns_record, dns_response,
};
pub use endpoint::{broken_endpoint_text, endpoint, endpoint_text};
pub use fault::{FaultRule, errnos_of, fault_rule, fault_schedule, fault_schedule_on};
pub use host_name::host_name;
pub use icmp::{IcmpAnswer, icmp_for, icmp_v4, icmp_v6};
pub use ip::ip;
pub use ipv4::{Ipv4Class, ipv4, ipv4_in};
pub use ipv6::{Ipv6Class, ipv6, ipv6_in};
pub use option::{SocketOption, socket_options};
pub use socket_addr::{port, socket_addr, socket_addr_v4, socket_addr_v6};
