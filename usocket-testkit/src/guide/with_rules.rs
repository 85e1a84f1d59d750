//! Clients and servers under rules on their system calls.
//!
//! A lab makes the kernel say what went wrong. Rules are for what no kernel can be made to say: an `accept` that fails, a
//! `connect` to a network that was reset, a send timeout in the middle of a command, one byte at a time. They need no lab and
//! no privileges, and act on the client as it is published. See [`Faults`](crate::Faults).
//!
//! The code stands in the tests of this crate's repository, in `clients/tests/rules_*.rs`, where it runs; a test compares
//! the two. What is said holds for ureq 3.5.2, reqwest 0.13.5, hyper 1.12.0 with hyper-util 0.1.21, redis 1.2.2,
//! postgres 0.19.14 and tokio-postgres 0.7.18, `tiny_http` 0.12.0 and axum 0.8.9. `server` is a small server on loopback, there
//! for the client to talk to. In ten lines:
//!
//! ```ignore
//! #[rstest]
//! #[case::refused(Errno::ECONNREFUSED)]
//! #[case::down(Errno::EHOSTDOWN)]
//! #[case::unreachable(Errno::ENETUNREACH)]
//! #[case::network_reset(Errno::ENETRESET)]
//! #[case::no_port_left(Errno::EADDRNOTAVAIL)]
//! #[case::no_room(Errno::ENOBUFS)]
//! #[case::forbidden(Errno::EPERM)]
//! #[case::interrupted(Errno::EINTR)]
//! fn says_what_connect_said(faults: Faults, #[case] errno: Errno) {
//!     let far = server(WHOLE);
//!     let rule = faults.on(Operation::Connect).to(far.addr()).errno(errno);
//!     let error = get(&url(&far), WATCHDOG).unwrap_err();
//!     assert_eq!(self::errno(&error), Some(errno));
//!     assert_eq!((rule.hits(), far.requests()), (1, 0));
//! }
//! ```
//!
//! A rule says which calls it is about and what happens to them, and counts: `hits()` is as much of the test as the error.
//!
//! # Everything must still work
//!
//! ```ignore
//! #[rstest]
//! fn works_byte_by_byte(faults: Faults) {
//!     let far = server(WHOLE);
//!     let sends = faults.on(Operation::Send).to(far.addr()).short(1);
//!     let receives = faults.on(Operation::Receive).to(far.addr()).short(1);
//!     assert_eq!(get(&url(&far), WATCHDOG).unwrap(), "hello");
//!     // One more where ureq still looks whether the connection can be kept.
//!     let bytes = WHOLE.len() as u64;
//!     assert!(
//!         (bytes..=bytes + 1).contains(&receives.hits()),
//!         "{}",
//!         receives.hits()
//!     );
//!     assert!(sends.hits() > 16, "{}", sends.hits());
//!     assert_eq!(far.requests(), 1);
//! }
//! ```
//!
//! The same with `errno(Errno::EINTR)` shows who tries again and who gives up.
//!
//! # What a program calls
//!
//! A recording has every call with its answer. The rules are written after a look at it.
//!
//! ```ignore
//! /// A greeting and its answer, a query and its answer; the rest is in the recording, which a failure shows.
//! #[rstest]
//! fn calls_this(#[values(blocking, on_tokio)] query: Query) {
//!     let far = server();
//!     let faults = faults();
//!     let recording = faults.record();
//!     ask(query, far.addr()).unwrap();
//!     println!("{recording}");
//!     let of = |call: &str| {
//!         recording
//!             .records()
//!             .iter()
//!             .filter(|record| record.call() == call)
//!             .count()
//!     };
//!     assert_eq!((of("socket"), of("connect")), (1, 1));
//!     assert!(of("sendto") >= 2 && of("recvfrom") >= 2);
//! }
//! ```
//!
//! # Addresses that are not there
//!
//! In a lab a rule may be about any address, and [`redirect`](crate::faults::Calls::redirect) brings the client home.
//!
//! ```ignore
//! /// A fact, not a wish: where the first host is down, the second, which lives, is not asked.
//! #[rstest]
//! #[case::down(Errno::EHOSTDOWN)]
//! #[case::reset(Errno::ECONNRESET)]
//! #[case::forbidden(Errno::EPERM)]
//! fn does_not_go_on_to_the_next_address(lab: Lab, #[case] errno: Errno) {
//!     let (far, faults) = (server(WHOLE), faults());
//!     lab.names().add("web.test", TWO);
//!     let first = faults.on(Operation::Connect).to((TWO[0], 80)).errno(errno);
//!     let second = faults
//!         .on(Operation::Connect)
//!         .to((TWO[1], 80))
//!         .redirect(far.addr());
//!     let error = get("http://web.test/", WATCHDOG).unwrap_err();
//!     assert_eq!(self::errno(&error), Some(errno));
//!     assert_eq!((first.hits(), second.hits()), (1, 0));
//! }
//! ```
//!
//! # Servers
//!
//! The client of a server is on a thread that was there before the rules, so that none is about it; `Outside` is that.
//!
//! ```ignore
//! /// The client whose connection was aborted is gone, the next is served.
//! #[rstest]
//! fn keeps_serving_after_aborted_accepts(port_lease: PortLease) {
//!     let (client, faults) = (Outside::start(), faults());
//!     let rule = faults
//!         .on(Operation::Accept)
//!         .to(port_lease.addr())
//!         .times(3)
//!         .consume()
//!         .errno(Errno::ECONNABORTED);
//!     let _serving = serve(&port_lease);
//!     for _ in 0..3 {
//!         // The end, or a reset where the request was there already.
//!         assert_eq!(client.get(port_lease.addr()).unwrap_or_default(), "");
//!     }
//!     let answer = client.get(port_lease.addr()).unwrap();
//!     assert!(answer.ends_with("hello"), "{answer}");
//!     assert_eq!(rule.hits(), 3);
//! }
//!
//! /// It neither dies nor spins: it looks again after a second, and the client that waited is served.
//! #[rstest]
//! #[case::process(Errno::EMFILE)]
//! #[case::system(Errno::ENFILE)]
//! fn waits_until_there_are_descriptors(port_lease: PortLease, #[case] errno: Errno) {
//!     let (client, faults) = (Outside::start(), faults());
//!     let rule = faults
//!         .on(Operation::Accept)
//!         .to(port_lease.addr())
//!         .times(1)
//!         .errno(errno);
//!     let began = Instant::now();
//!     let _serving = serve(&port_lease);
//!     let answer = client.get(port_lease.addr()).unwrap();
//!     assert!(began.elapsed() >= Duration::from_secs(1));
//!     assert!(answer.ends_with("hello"), "{answer}");
//!     assert_eq!(rule.hits(), 1);
//! }
//! ```
//!
//! ```ignore
//! /// A fact, not a wish: one client that goes before it is served, or one moment without descriptors, and the server
//! /// takes no more. The caller hears of it once; its port refuses from then on.
//! #[rstest]
//! #[case::aborted(Errno::ECONNABORTED)]
//! #[case::no_descriptors(Errno::EMFILE)]
//! #[case::network_error(Errno::EHOSTUNREACH)]
//! fn ends_with_the_first_accept_that_fails(port_lease: PortLease, #[case] errno: Errno) {
//!     let (client, faults) = (Outside::start(), faults());
//!     let rule = faults
//!         .on(Operation::Accept)
//!         .to(port_lease.addr())
//!         .times(1)
//!         .errno(errno);
//!     let serving = Serving::start(&port_lease);
//!     let (answered, error) = serving.thread.join().unwrap();
//!     assert_eq!((answered.len(), Errno::of(&error)), (0, Some(errno)));
//!     // The listener is closed a moment after the error is told; who came before that is cut off.
//!     let began = Instant::now();
//!     let refused = loop {
//!         let error = client.get(port_lease.addr()).unwrap_err();
//!         if error.kind() == io::ErrorKind::ConnectionRefused || began.elapsed() > WATCHDOG {
//!             break error;
//!         }
//!     };
//!     assert_eq!(Errno::of(&refused), Some(Errno::ECONNREFUSED));
//!     assert_eq!(rule.hits(), 1);
//! }
//! ```
//!
//! # Half-way
//!
//! What a client does with a connection after an error is seldom tested, since the error is hard to come by. Here it is one
//! rule, armed when the connection stands:
//!
//! ```ignore
//! /// A fact, not a wish: a pipeline whose sending timed out half-way leaves an answer on the connection, and the next
//! /// command takes it for its own.
//! #[rstest]
//! fn takes_the_answer_to_another_question(faults: Faults) {
//!     let far = server();
//!     let mut connection = connection(&far, WATCHDOG).unwrap();
//!     let set_off = redis::cmd("INCR").arg("visits").get_packed_command().len();
//!     // What a send timeout says (socket(7)), when the first command of the two has gone out.
//!     let rule = faults
//!         .on(Operation::Send)
//!         .to(far.addr())
//!         .sequence([Action::Short(set_off), Action::Errno(Errno::EAGAIN)]);
//!     let failed: RedisResult<()> = redis::pipe()
//!         .cmd("INCR")
//!         .arg("visits")
//!         .cmd("GET")
//!         .arg("first")
//!         .query(&mut connection);
//!     assert!(failed.unwrap_err().is_timeout());
//!     let got: RedisResult<String> = redis::cmd("GET").arg("second").query(&mut connection);
//!     assert_eq!(got.unwrap(), "1");
//!     assert_eq!(rule.hits(), 2);
//! }
//! ```
//!
//! ```ignore
//! /// A fact, not a wish: a query that failed is carried out after all, when the client is dropped and says good-bye: it
//! /// has kept what it could not send.
//! #[rstest]
//! fn carries_out_what_it_said_had_failed(faults: Faults) {
//!     let far = server();
//!     let mut client = client(&far);
//!     let rule = faults
//!         .on(Operation::Send)
//!         .to(far.addr())
//!         .times(1)
//!         .errno(Errno::EHOSTUNREACH);
//!     let error = client.simple_query("INSERT INTO orders").unwrap_err();
//!     assert_eq!(errno(&error), Some(Errno::EHOSTUNREACH));
//!     assert_eq!((rule.hits(), far.requests()), (1, 0));
//!     drop(client);
//!     far.wait_for_requests(1);
//! }
//! ```
//!
//! # What it shows
//!
//! | who | what | it reports |
//! | --- | --- | --- |
//! | ureq | `connect` fails | `Error::Io` with the number, but not for `ETIMEDOUT`: that is its own `Error::Timeout`, with all its patience left |
//! | | the first of two addresses fails | goes on after refused, unreachable and timed out; not after down, reset and forbidden |
//! | | `ECONNRESET` in a body | lost: `UnexpectedEof` with a length, **`Ok` with what came** without. Other numbers are kept |
//! | | `EINTR` | tries again |
//! | reqwest, hyper | any call fails | keep the number, always; go on to the next address after any error |
//! | | `EINTR` | give up, as all that is on tokio |
//! | redis | any call fails | the number, inside an `Arc` that code which walks the sources does not look into |
//! | | an answer comes too late | skips it, and the next command has its own |
//! | | a pipeline times out while it is sent | **the next command gets an answer that is not its own** |
//! | | `EINTR` while it waits for an answer | gives up |
//! | postgres | `connect`, log-in, query fail | the number is a source |
//! | | a query cannot be sent | the number; **the query is carried out when the client is dropped** |
//! | tokio-postgres | a query fails | `connection closed`, without a source; the number is with the connection's own future |
//! | `tiny_http` | one `accept` fails, but by `EINTR` | `recv` fails once, and **the server is gone**: its port refuses |
//! | | an answer cannot be sent | reset and broken pipe are `Ok`, everything else is told |
//! | axum | `ECONNABORTED` | serves on |
//! | | `EMFILE`, `ENFILE` | looks again after a second, does not spin |
//! | | `EHOSTUNREACH`, `EPROTO` from `accept` | the same: one client's network stops all for a second, where accept(2) says to try again |
