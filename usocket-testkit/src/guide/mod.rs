//! The guide: test your client's error paths in ten lines.
//!
//! What a client does when all goes well is seen every day. What it does when the host is down, the name is gone or the
//! server dies in the middle of an answer is seen by its users, unless a test makes it happen. In a [lab](crate::lab) each
//! of these is one line, it happens for sure, and the test ends within milliseconds:
//!
//! ```
//! usocket_testkit::lab_main!(); // once per test file
//!
//! # #[cfg(target_os = "linux")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::net::TcpStream;
//! use usocket_testkit::{Errno, Lab};
//!
//! let lab = Lab::new()?;
//! let host = lab.host("10.77.1.5").icmp(3, 7);
//! let error = TcpStream::connect(host.addr(80)).unwrap_err(); // your client's call
//! assert_eq!(Errno::of(&error), Some(Errno::EHOSTDOWN));
//! # Ok(())
//! # }
//! # #[cfg(not(target_os = "linux"))]
//! # fn main() {}
//! ```
//!
//! | page | for clients |
//! | --- | --- |
//! | [`with_std`] | on std's sockets |
//! | [`with_tokio`] | on tokio's |
//! | [`http_blocking`] | over HTTP that blocks, with ureq |
//! | [`http_async`] | over asynchronous HTTP, with reqwest |
//! | [`with_rules`] | and servers, without a lab: rules on their system calls |
//!
//! # What can go wrong, in a line each
//!
//! | the test wants | it says |
//! | --- | --- |
//! | a host where nothing listens | `lab.host("10.77.1.5").refuse()` |
//! | a host behind a firewall that says nothing | `lab.host("10.77.1.5").silent()` |
//! | a router that knows: host unreachable, host down | `lab.host("10.77.1.5").icmp(3, 1)`, `.icmp(3, 7)` |
//! | nobody at the address | `lab.host("10.77.1.5").absent()` |
//! | a connection that is reset, or dies away | `lab.host("10.77.1.5").accept_then(Ending::Reset, After::Received(1))` |
//! | a name that does not exist | nothing: a lab has no names but those that it is told |
//! | a name server that fails, or says nothing | `lab.names().set("web.test", Fate::ServFail)`, `Fate::Silent` |
//! | a name with a dead and a living address | `lab.names().add("web.test", [dead.ip(), living.ip()])` |
//! | a real server, to stop in the middle | `lab.real_host("10.77.2.1")?.run(\|\| TcpListener::bind("10.77.2.1:80"))` |
//! | no network at all | `lab.link_down()?` |
//!
//! # What the test must see to
//!
//! * **A patience for each test, and a watchdog.** The client's own timeout is part of what is tested: short where the test
//!   waits for it, long where the client is to end by itself. Then a test that hangs says so.
//! * **Lower bounds of time only.** That the client gave up too early is a fault, that it gave up late may be a busy machine.
//! * **The lab first.** Runtimes and threads are made after it: under plain `cargo test` a thread is in the lab of the one that
//!   made it.
//! * **No proxy from the environment.** HTTP clients read `HTTP_PROXY` and its like; switch that off in tests.

pub mod http_async;
pub mod http_blocking;
pub mod with_rules;
pub mod with_std;
pub mod with_tokio;
