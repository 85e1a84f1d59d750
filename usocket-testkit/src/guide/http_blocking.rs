//! An HTTP client that blocks: ureq.
//!
//! The code stands in the tests of this crate's repository, in `clients/tests/http_ureq.rs`, where it runs; a test compares
//! the two. What is said of ureq holds for release 3.5.2.
//!
//! ```ignore
//! /// The client under test: a page, within that time.
//! fn get(url: &str, patience: Duration) -> Result<String, ureq::Error> {
//!     let config = ureq::Agent::config_builder()
//!         .proxy(None) // none that the environment names
//!         .timeout_global(Some(patience))
//!         .build();
//!     let mut response = config.new_agent().get(url).call()?;
//!     response.body_mut().read_to_string()
//! }
//! ```
//!
//! The client has one timeout for everything, and takes no proxy from the environment. In ten lines:
//!
//! ```ignore
//! usocket_testkit::lab_main!(); // once per test file
//!
//! #[rstest]
//! fn says_that_the_host_is_down(lab: Lab) {
//!     let host = lab.host("10.77.1.5").icmp(3, 7);
//!     let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
//!     assert_eq!(errno(&error), Some(Errno::EHOSTDOWN));
//! }
//!
//! #[rstest]
//! fn gives_up_on_a_silent_host(lab: Lab) {
//!     let host = lab.host("10.77.1.5").silent();
//!     let error = gives_up(&format!("http://{}/", host.addr(80)));
//!     assert!(matches!(error, ureq::Error::Timeout(_)), "{error:?}");
//! }
//! ```
//!
//! The number is under `Error::Io`, not in the chain of sources:
//!
//! ```ignore
//! /// What the system said.
//! fn errno(error: &ureq::Error) -> Option<Errno> {
//!     match error {
//!         ureq::Error::Io(error) => Errno::of(error),
//!         _ => None,
//!     }
//! }
//! ```
//!
//! # In the middle of an answer
//!
//! That takes a server that speaks HTTP and then stops. A [real host](crate::lab::RealHost) has one: a listener bound there,
//! and a thread that reads the request, writes half an answer, and closes, resets or waits. `server` is that in the
//! tests.
//!
//! ```ignore
//! #[rstest]
//! #[case::stalls(Then::Stall)]
//! #[case::drips(Then::Drip)]
//! fn gives_up_on_a_slow_body(lab: Lab, #[case] then: Then) {
//!     const LONG: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
//!     let (_server, url) = server(&lab, LONG, then);
//!     let error = gives_up(&url);
//!     assert!(matches!(error, ureq::Error::Timeout(_)), "{error:?}");
//! }
//! ```
//!
//! # What it shows
//!
//! * Refused, unreachable and down are told apart, by number; of several addresses the last one's error is kept.
//! * A name that does not exist is not `Error::HostNotFound`, but an `Error::Io` without a number, as std gives it.
//! * A timeout says in which part of the request it came. ureq counts whole milliseconds, and may end one too early.
//! * A body with a length that ends early is `UnexpectedEof`, also where the connection was reset: the reset is lost.
//!
//! ```ignore
//! /// A fact, not a wish: the reset is lost on the way. Its caller cannot tell a server that crashed from one that a
//! /// firewall cut off.
//! #[rstest]
//! #[case::the_server_died(Then::Close)]
//! #[case::the_connection_was_reset(Then::Reset)]
//! fn says_that_the_body_ended_early_but_not_why(lab: Lab, #[case] then: Then) {
//!     let (_server, url) = server(&lab, HALF, then);
//!     let error = get(&url, WATCHDOG).unwrap_err();
//!     let ureq::Error::Io(error) = error else {
//!         panic!("{error:?}");
//!     };
//!     assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
//!     assert_eq!(error.to_string(), "Peer disconnected");
//! }
//! ```
//!
//! * **A body without a length that ends in a reset is taken for whole.** Half a page comes back as `Ok`:
//!
//! ```ignore
//! /// A fact, not a wish: of a body without a length, what came before a reset is taken for the whole.
//! #[rstest]
//! fn takes_a_reset_for_the_end_of_the_page(lab: Lab) {
//!     let (_server, url) = server(&lab, UNTIL_CLOSED, Then::Reset);
//!     assert_eq!(get(&url, WATCHDOG).unwrap(), "hello");
//! }
//! ```
