//! An asynchronous HTTP client: reqwest.
//!
//! The code stands in the tests of this crate's repository, in `clients/tests/http_reqwest.rs`, where it runs; a test
//! compares the two. What is said of reqwest holds for release 0.13.5.
//!
//! ```ignore
//! /// The client under test: a page, within that time.
//! async fn page(url: String, patience: Duration) -> Result<String, reqwest::Error> {
//!     let client = reqwest::Client::builder()
//!         .no_proxy() // none that the environment names
//!         .timeout(patience)
//!         .build()?;
//!     client.get(url).send().await?.text().await
//! }
//!
//! /// The same in a runtime. It is built after the lab, so that its threads are in the lab.
//! fn get(url: &str, patience: Duration) -> Result<String, reqwest::Error> {
//!     let mut runtime = tokio::runtime::Builder::new_multi_thread();
//!     let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
//!     let page = runtime.spawn(page(url.to_string(), patience));
//!     runtime.block_on(page).unwrap()
//! }
//! ```
//!
//! The runtime is built after the lab, so that its threads are in it. In ten lines:
//!
//! ```ignore
//! usocket_testkit::lab_main!(); // once per test file
//!
//! #[rstest]
//! fn says_that_the_host_is_down(lab: Lab) {
//!     let host = lab.host("10.77.1.5").icmp(3, 7);
//!     let error = get(&format!("http://{}/", host.addr(80)), WATCHDOG).unwrap_err();
//!     assert!(error.is_connect());
//!     assert_eq!(errno(&error), Some(Errno::EHOSTDOWN));
//! }
//!
//! #[rstest]
//! fn gives_up_on_a_silent_host(lab: Lab) {
//!     let host = lab.host("10.77.1.5").silent();
//!     let error = gives_up(&format!("http://{}/", host.addr(80)));
//!     // Where it was by then, it does not say.
//!     assert!(!error.is_connect());
//! }
//! ```
//!
//! The number is at the bottom of the chain of sources:
//!
//! ```ignore
//! /// The error, and those under it.
//! fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
//!     std::iter::successors(Some(error as &(dyn Error + 'static)), |&error| {
//!         error.source()
//!     })
//! }
//!
//! /// What the system said.
//! fn errno(error: &reqwest::Error) -> Option<Errno> {
//!     chain(error).find_map(|error| Errno::of(error.downcast_ref()?))
//! }
//! ```
//!
//! # In the middle of an answer
//!
//! `server` is a thread on a [real host](crate::lab::RealHost): it reads the request, says what it is told to, and closes,
//! resets or waits.
//!
//! ```ignore
//! #[rstest]
//! #[case::before_the_answer("")]
//! #[case::in_the_middle(HALF)]
//! #[case::in_the_middle_of_a_page_without_a_length(UNTIL_CLOSED)]
//! fn says_that_it_was_reset(lab: Lab, #[case] says: &'static str) {
//!     let (_server, url) = server(&lab, says, Then::Reset);
//!     let error = get(&url, WATCHDOG).unwrap_err();
//!     assert_eq!(errno(&error), Some(Errno::ECONNRESET));
//! }
//!
//! #[rstest]
//! #[case::stalls(Then::Stall)]
//! #[case::drips(Then::Drip)]
//! fn gives_up_on_a_slow_body(lab: Lab, #[case] then: Then) {
//!     const LONG: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
//!     let (_server, url) = server(&lab, LONG, then);
//!     gives_up(&url);
//! }
//! ```
//!
//! # What it shows
//!
//! * Nothing is lost: refused, unreachable, down and reset are told apart by number, also in the middle of a body and where
//!   the body has no length.
//! * Of several addresses it is the first one's error that is kept.
//! * But the text of the error is the same for all of them. Who prints an error without its sources says nothing:
//!
//! ```ignore
//! /// A fact, not a wish: the text names the page, and nothing of what happened. Who prints it without its sources prints
//! /// the same line for a refusal, a host that is down, and one that says nothing.
//! #[rstest]
//! fn prints_one_text_for_every_reason(lab: Lab) {
//!     let host = lab.host("10.77.1.5").refuse();
//!     let url = format!("http://{}/", host.ip());
//!     let text = format!("error sending request for url ({url})");
//!     assert_eq!(get(&url, WATCHDOG).unwrap_err().to_string(), text);
//!     host.icmp(3, 7);
//!     assert_eq!(get(&url, WATCHDOG).unwrap_err().to_string(), text);
//!     host.silent();
//!     assert_eq!(get(&url, PATIENCE).unwrap_err().to_string(), text);
//! }
//! ```
//!
//! * A body that ends early is an error of decoding, not of the body: `is_decode()` is true, `is_body()` is not.
//! * A timeout while connecting is `is_timeout()`, and not `is_connect()`.
