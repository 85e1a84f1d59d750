//! A private network for one test, without root.
//!
//! ```
//! usocket_testkit::lab_main!(); // once per test file
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::net::TcpStream;
//! use usocket_testkit::{Errno, Lab};
//!
//! let lab = Lab::new()?;
//! let host = lab.host("10.77.1.5").icmp(3, 7);
//! let error = TcpStream::connect(host.addr(80)).unwrap_err();
//! assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
//! # Ok(())
//! # }
//! ```
//!
//! The network has a loopback interface and one more. Behind that one are **imaginary hosts**, as many as a test likes:
//! a thread answers for them, packet by packet, what the test says ([`Host`]). **Real hosts** are other networks with
//! the kernel's own sockets ([`RealHost`]). **Names** are looked up in the lab, by the C library too ([`Names`]).
//! Routes, settings, addresses and the interface itself are the test's to change. **Obstacles** stop, refuse or keep
//! packets: [`Lab::firewall`], [`Lab::queue`], [`Lab::policy`]. Nothing leads out.
//!
//! # Which threads are in it
//!
//! Under `cargo nextest run`, where a process has one test, all of them. Under plain `cargo test` many tests share a
//! process, so a lab is that of the thread that makes it and of those that this one starts afterwards: build a runtime
//! with threads of its own after the lab. A second lab in one test is that of its thread in any case, until it is
//! dropped.
//!
//! # Where there is none
//!
//! Where the system forbids namespaces, [`Lab::new`] fails with the reason and the command that helps ([`Refusal`]).
//! With `USOCKET_TESTKIT_SKIP=lab` in the environment such tests are skipped under nextest, on the record.
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

mod address;
mod answer;
mod here;
mod line;
mod names;
mod obstacle;
mod refusal;
mod route;
#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod system;
mod wire;

pub use address::IntoIp;
pub use answer::{After, Ending};
pub(crate) use here::here;
pub use names::{Fate, Malformed, Name, NameError, QueryType, Record, Response};
pub use obstacle::{Packets, Queue, Verdict};
pub use refusal::{Refusal, RefusalKind};
pub use route::Route;
pub use system::{Host, Lab, Names, Obstacle, RealHost};
#[cfg(target_os = "linux")]
#[doc(hidden)]
pub use system::{before_main, before_main_with};
