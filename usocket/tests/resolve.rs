//! Look-ups: what is asked and what is not, what resolvers of all kinds do to a call, and what the
//! system says of what this machine knows by itself.
//!
//! No name leaves the machine: literals, `localhost`, and a label of 64 letters, which resolvers
//! refuse without asking anybody.

use std::collections::HashSet;
#[cfg(target_os = "linux")]
use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rstest::rstest;
use usocket::resolve::{self, Family, Lookup, Query, Resolver, SystemResolver, ToQuery, Transport};
use usocket::{Cancel, Condition, Deadline, Endpoint, Error, Host, Operation, Port};

/// A watchdog, not an expectation.
const PATIENCE: Duration = Duration::from_secs(30);

/// Long enough that the other side of a race has lost, short enough to wait for.
const SHORT: Duration = Duration::from_millis(20);

/// A fake that does what a function does.
struct Fake<F>(F);

impl<F: Fn(&Query, Deadline) -> Result<Lookup, Error> + Send + Sync> Resolver for Fake<F> {
    fn resolve(&self, query: &Query, deadline: Deadline) -> Result<Lookup, Error> {
        (self.0)(query, deadline)
    }
}

fn fake(
    answer: impl Fn(&Query, Deadline) -> Result<Lookup, Error> + Send + Sync + 'static,
) -> Arc<dyn Resolver> {
    Arc::new(Fake(answer))
}

fn answering(addresses: &[&str]) -> Arc<dyn Resolver> {
    let addresses: Vec<SocketAddr> = addresses.iter().map(|text| socket_addr(text)).collect();
    fake(move |_, _| Ok(Lookup::new(addresses.iter().copied())))
}

/// A fake that nobody may ask.
fn nobody() -> Arc<dyn Resolver> {
    fake(|query, _| panic!("{query} was asked for"))
}

fn socket_addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// Where a fake stands until somebody lets it through; it tells when it has come.
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    came: Mutex<Sender<ThreadId>>,
}

impl Gate {
    fn new() -> (Arc<Self>, Receiver<ThreadId>) {
        let (sender, came) = channel();
        let gate = Self {
            open: Mutex::new(false),
            opened: Condvar::new(),
            came: Mutex::new(sender),
        };
        (Arc::new(gate), came)
    }

    fn pass(&self) {
        // Nobody may listen any more.
        let _ = self.came.lock().unwrap().send(thread::current().id());
        let mut open = self.open.lock().unwrap();
        while !*open {
            open = self.opened.wait(open).unwrap();
        }
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

/// A fake that answers with loopback once the gate is open.
fn behind(gate: &Arc<Gate>) -> Arc<dyn Resolver> {
    let gate = Arc::clone(gate);
    fake(move |_, _| {
        gate.pass();
        Ok(Lookup::new([socket_addr("127.0.0.1:0")]))
    })
}

/// Every way in which a call can end; the last takes no thread.
#[derive(Clone, Copy, Debug)]
enum Way {
    Timed,
    Cancellable,
    Forever,
}

impl Way {
    fn lookup(self, resolver: &Arc<dyn Resolver>, target: impl ToQuery) -> Result<Lookup, Error> {
        match self {
            Self::Timed => resolve::lookup_by(resolver, target, PATIENCE),
            Self::Cancellable => {
                let cancel = Cancel::new()?;
                resolve::lookup_by(resolver, target, &cancel)
            }
            Self::Forever => resolve::lookup_by(resolver, target, Deadline::NEVER),
        }
    }
}

// What is asked, and of whom.

#[rstest]
#[case("192.0.2.1", "192.0.2.1:0")]
#[case("192.0.2.1:80", "192.0.2.1:80")]
#[case("::1", "[::1]:0")]
#[case("[::1]", "[::1]:0")]
#[case("[::1]:80", "[::1]:80")]
#[case("::ffff:192.0.2.1", "[::ffff:192.0.2.1]:0")]
#[case("fe80::1%2", "[fe80::1%2]:0")]
#[case("[fe80::1%2]:80", "[fe80::1%2]:80")]
#[case("2001:db8::1%7", "[2001:db8::1%7]:0")]
fn a_literal_is_its_own_answer(#[case] text: &str, #[case] address: &str) {
    for way in [Way::Timed, Way::Cancellable, Way::Forever] {
        let lookup = way.lookup(&nobody(), text).unwrap();
        assert_eq!(lookup.addresses(), [socket_addr(address)]);
        assert_eq!(lookup.canonical_name(), None);
    }
    // There is no time in which anybody could be asked.
    let lookup = resolve::lookup_by(&nobody(), text, Duration::ZERO).unwrap();
    assert_eq!(lookup.addresses(), [socket_addr(address)]);
    assert_eq!(
        resolve::lookup(text, Duration::ZERO).unwrap().addresses(),
        [socket_addr(address)]
    );
}

#[test]
fn everything_that_makes_an_endpoint_makes_a_query() {
    let v4 = Ipv4Addr::LOCALHOST;
    let endpoint: Endpoint = "127.0.0.1:80".parse().unwrap();
    let expected = Query::new("127.0.0.1:80").unwrap();
    let check = |query: Query| assert_eq!(query, expected);
    check(Query::new(&endpoint).unwrap());
    check(Query::new(endpoint.clone()).unwrap());
    check(Query::from(&endpoint));
    check(Query::new(&expected).unwrap());
    check(Query::new("127.0.0.1:80".to_owned()).unwrap());
    check(Query::new(("127.0.0.1", 80)).unwrap());
    check(Query::new(("127.0.0.1".to_owned(), 80)).unwrap());
    check(Query::new(([127, 0, 0, 1], 80)).unwrap());
    check(Query::new((0x7f00_0001_u32, 80)).unwrap());
    check(Query::new((v4, 80)).unwrap());
    check(Query::new((IpAddr::from(v4), 80)).unwrap());
    check(Query::new(SocketAddr::from((v4, 80))).unwrap());

    let expected = Query::new("127.0.0.1").unwrap();
    assert_eq!(expected.port, None);
    assert_eq!(Query::new(v4).unwrap(), expected);
    assert_eq!(Query::new(IpAddr::from(v4)).unwrap(), expected);
    assert_eq!("127.0.0.1".parse(), Ok(expected));
    let six = Query::new(Ipv6Addr::LOCALHOST).unwrap();
    assert_eq!(six, Query::new("[::1]").unwrap());
}

#[rstest]
#[case("", 0, "the host is empty")]
#[case(":80", 0, "the host is empty")]
#[case("localhost:", 10, "the port is empty")]
#[case("localhost:70000", 10, "port 70000 is above 65535")]
#[case("exa mple", 3, "' ' cannot stand here")]
#[case("exa\0mple", 3, "'\\0' cannot stand here")]
#[case("http://localhost", 5, "'/' cannot stand here")]
#[case(
    "1.2.3",
    0,
    "this is not an IPv4 address of four numbers from 0 to 255"
)]
#[case(
    "fe80::1%",
    8,
    "the zone is empty, expected an interface's name or number behind %"
)]
#[case("fe80::1%eth0:80", 12, "':' cannot stand here")]
#[case("[::1", 0, "the bracket is not closed")]
#[case("[::1]80", 5, "a port is missing, expected host:port")]
fn what_is_neither_host_nor_endpoint_is_pointed_at(
    #[case] text: &str,
    #[case] offset: usize,
    #[case] reason: &str,
) {
    let said = Query::new(text).unwrap_err();
    let error = resolve::lookup_by(&nobody(), text, PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
    assert_eq!(error.operation(), Operation::Lookup);
    assert_eq!(
        (said.offset(), said.kind().to_string().as_str()),
        (offset, reason)
    );
    assert_eq!(error.host(), Some(text));
}

#[rstest]
#[case("localhost")]
#[case("localhost:80")]
#[case("localhost:http")]
#[case("127.0.0.1")]
#[case("127.0.0.1:80")]
#[case("::1")]
#[case("[::1]:80")]
#[case("fe80::1%eth0")]
#[case("[fe80::1%eth0]:http")]
fn a_query_is_written_as_it_is_read(#[case] text: &str) {
    let query = Query::new(text).unwrap();
    assert_eq!(query.to_string(), text);
    assert_eq!(text.parse(), Ok(query));
}

#[test]
fn a_resolver_is_told_what_was_asked() {
    let (sender, asked) = channel();
    let sender = Mutex::new(sender);
    let resolver = fake(move |query, deadline| {
        sender
            .lock()
            .unwrap()
            .send((query.clone(), deadline))
            .unwrap();
        Ok(Lookup::new([socket_addr("[::1]:0")]))
    });
    let query = Query::new("web.test:8080")
        .unwrap()
        .family(Family::V6)
        .transport(Transport::Udp)
        .address_config(true)
        .canonical_name(true);
    let deadline = Deadline::from(PATIENCE);
    resolve::lookup_by(&resolver, &query, deadline).unwrap();
    assert_eq!(asked.recv().unwrap(), (query, deadline));
}

#[test]
fn without_an_end_the_caller_asks_and_with_one_another_thread() {
    for (way, own) in [
        (Way::Forever, true),
        (Way::Timed, false),
        (Way::Cancellable, false),
    ] {
        let caller = thread::current().id();
        let resolver = fake(move |_, _| {
            assert_eq!(thread::current().id() == caller, own);
            Ok(Lookup::new([socket_addr("127.0.0.1:0")]))
        });
        way.lookup(&resolver, "web.test").unwrap();
    }
}

#[test]
fn resolvers_can_stand_behind_any_pointer() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Lookup>();
    check::<Query>();
    check::<SystemResolver>();
    let borrowed: &'static dyn Resolver = &SystemResolver;
    let shared: Arc<dyn Resolver> = Arc::new(Box::new(SystemResolver) as Box<dyn Resolver>);
    for lookup in [
        resolve::lookup_by(&borrowed, "127.0.0.1:80", PATIENCE),
        resolve::lookup_by(&shared, "127.0.0.1:80", PATIENCE),
        resolve::lookup_by(&Arc::new(SystemResolver), "127.0.0.1:80", PATIENCE),
        SystemResolver.resolve(&Query::new("127.0.0.1:80").unwrap(), PATIENCE.into()),
    ] {
        assert_eq!(lookup.unwrap().addresses(), [socket_addr("127.0.0.1:80")]);
    }
}

// What resolvers answer.

#[rstest]
#[case::as_it_is(Family::Any, &["[::1]:80", "127.0.0.1:80"], &["[::1]:80", "127.0.0.1:80"])]
#[case::duplicates(Family::Any, &["127.0.0.1:0", "[::1]:0", "127.0.0.1:0"], &["127.0.0.1:80", "[::1]:80"])]
#[case::one_with_port(Family::Any, &["127.0.0.1:0", "127.0.0.1:80"], &["127.0.0.1:80"])]
#[case::ports_of_its_own(Family::Any, &["127.0.0.1:81", "127.0.0.1:0"], &["127.0.0.1:81", "127.0.0.1:80"])]
#[case::wrong_family(Family::V4, &["[::1]:0", "127.0.0.1:0"], &["127.0.0.1:80"])]
#[case::other_family(Family::V6, &["[::1]:0", "127.0.0.1:0"], &["[::1]:80"])]
#[case::scopes_differ(Family::Any, &["[fe80::1%1]:0", "[fe80::1%2]:0"], &["[fe80::1%1]:80", "[fe80::1%2]:80"])]
fn an_answer_is_made_to_fit(
    #[case] family: Family,
    #[case] answer: &[&str],
    #[case] expected: &[&str],
) {
    let query = Query::new("web.test:80").unwrap().family(family);
    let expected: Vec<_> = expected.iter().map(|text| socket_addr(text)).collect();
    for way in [Way::Timed, Way::Cancellable, Way::Forever] {
        let lookup = way.lookup(&answering(answer), &query).unwrap();
        assert_eq!(lookup.addresses(), expected);
    }
}

#[rstest]
#[case::nothing(Family::Any, &[])]
#[case::only_six(Family::V4, &["[::1]:0"])]
#[case::only_four(Family::V6, &["127.0.0.1:0", "127.0.0.2:0"])]
fn an_answer_of_which_nothing_fits_is_no_data(#[case] family: Family, #[case] answer: &[&str]) {
    let query = Query::new("web.test").unwrap().family(family);
    for way in [Way::Timed, Way::Cancellable, Way::Forever] {
        let error = way.lookup(&answering(answer), &query).unwrap_err();
        assert_eq!(error.condition(), Condition::NoData);
        assert_eq!(error.to_string(), "look up web.test: name has no address");
        assert!(!error.is_timeout());
    }
}

#[test]
fn a_literal_of_the_other_family_is_no_data() {
    for (text, family) in [("::1", Family::V4), ("127.0.0.1:80", Family::V6)] {
        let query = Query::new(text).unwrap().family(family);
        let error = resolve::lookup_by(&nobody(), query, PATIENCE).unwrap_err();
        assert_eq!(error.condition(), Condition::NoData);
        assert_eq!(error.host(), Some(text));
    }
}

#[test]
fn thousands_of_addresses_are_kept_in_order() {
    let resolver = fake(|_, _| {
        let addresses =
            (0..10_000_u32).map(|i| SocketAddr::from((Ipv4Addr::from_bits(i % 5_000), 0)));
        Ok(Lookup::new(addresses))
    });
    let lookup = resolve::lookup_by(&resolver, "web.test:80", PATIENCE).unwrap();
    assert_eq!(lookup.addresses().len(), 5_000);
    let in_order = lookup
        .iter()
        .zip(0..)
        .all(|(address, i)| address == SocketAddr::from((Ipv4Addr::from_bits(i), 80)));
    assert!(in_order);
}

#[test]
fn the_canonical_name_comes_through() {
    let resolver = fake(|_, _| {
        let lookup = Lookup::new([socket_addr("127.0.0.1:0")]);
        Ok(lookup.with_canonical_name("www.web.test"))
    });
    let lookup = resolve::lookup_by(&resolver, "web.test:80", PATIENCE).unwrap();
    assert_eq!(lookup.canonical_name(), Some("www.web.test"));
    // Of an address it is the address.
    let query = Query::new("[::1]:80").unwrap().canonical_name(true);
    let lookup = resolve::lookup_by(&nobody(), query, PATIENCE).unwrap();
    assert_eq!(lookup.canonical_name(), Some("::1"));
}

proptest! {
    #[test]
    fn a_lookup_has_each_address_once_where_it_came_first(
        addresses in proptest::collection::vec((any::<bool>(), 0..8_u8, 0..3_u16), 0..40),
    ) {
        let addresses: Vec<SocketAddr> = addresses
            .into_iter()
            .map(|(four, host, port)| {
                let four = four.then(|| (Ipv4Addr::new(127, 0, 0, host), port).into());
                four.unwrap_or_else(|| (Ipv6Addr::from_bits(host.into()), port).into())
            })
            .collect();
        let lookup = Lookup::new(addresses.iter().copied());

        let distinct: HashSet<_> = addresses.iter().copied().collect();
        prop_assert_eq!(lookup.addresses().len(), distinct.len());
        prop_assert_eq!(lookup.addresses().iter().copied().collect::<HashSet<_>>(), distinct);
        let place = |address: &SocketAddr| addresses.iter().position(|other| other == address);
        prop_assert!(lookup.addresses().is_sorted_by_key(place));

        prop_assert_eq!(lookup.first(), addresses.first().copied());
        let first = |is: fn(&SocketAddr) -> bool| addresses.iter().copied().find(is);
        prop_assert_eq!(lookup.first_v4(), first(SocketAddr::is_ipv4));
        prop_assert_eq!(lookup.first_v6(), first(SocketAddr::is_ipv6));
        match lookup.random() {
            Some(address) => prop_assert!(lookup.addresses().contains(&address)),
            None => prop_assert!(lookup.addresses().is_empty()),
        }

        prop_assert_eq!(lookup.iter().collect::<Vec<_>>(), lookup.addresses());
        prop_assert_eq!((&lookup).into_iter().collect::<Lookup>(), lookup.clone());
        prop_assert_eq!(lookup.clone().into_iter().collect::<Vec<_>>(), lookup.addresses());
    }

    #[test]
    fn any_text_is_a_query_that_reads_back_or_is_refused(text in "\\PC*|[\\[\\]a-f0-9:.%/]{0,40}") {
        match text.parse::<Query>() {
            Ok(query) => prop_assert_eq!(query.to_string().parse(), Ok(query)),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn every_address_comes_up_at_random() {
    let lookup: Lookup = (1..=8).map(|port| ([127, 0, 0, 1], port).into()).collect();
    // That one of eight stays away a thousand times has a chance of 10^-57.
    let seen: HashSet<_> = (0..1_000).filter_map(|_| lookup.random()).collect();
    assert_eq!(seen.len(), 8);
}

// What resolvers say instead.

/// What the system's resolver can say, by the numbers of glibc and musl.
#[cfg(target_os = "linux")]
#[rstest]
#[case::badflags(-1, Condition::InvalidArgument)]
#[case::noname(-2, Condition::HostNotFound)]
#[case::again(-3, Condition::TryAgain)]
#[case::fail(-4, Condition::NoRecovery)]
#[case::nodata(-5, Condition::NoData)]
#[case::family(-6, Condition::AddressFamilyNotSupported)]
#[case::socktype(-7, Condition::SocketTypeNotSupported)]
#[case::service(-8, Condition::ServiceNotFound)]
#[case::addrfamily(-9, Condition::NoData)]
#[case::memory(-10, Condition::OutOfMemory)]
#[case::system(-11, Condition::ResolverUnknown)]
#[case::overflow(-12, Condition::NameTooLong)]
#[case::canceled(-101, Condition::Cancelled)]
#[case::intr(-104, Condition::Interrupted)]
#[case::idn_encode(-105, Condition::InvalidArgument)]
#[case::no_code(-4711, Condition::ResolverUnknown)]
#[case::no_code_either(i32::MAX, Condition::ResolverUnknown)]
fn every_code_reaches_its_condition(#[case] code: i32, #[case] condition: Condition) {
    let resolver = fake(move |_, _| Err(Error::from_resolver_code(Operation::Lookup, code)));
    for way in [Way::Timed, Way::Cancellable, Way::Forever] {
        let error = way.lookup(&resolver, "web.test").unwrap_err();
        assert_eq!(error.condition(), condition);
        assert_eq!(error.condition(), Condition::from_resolver_code(code));
        assert_eq!(error.operation(), Operation::Lookup);
        assert_eq!(error.host(), Some("web.test"));
        assert_eq!(error.to_string(), format!("look up web.test: {condition}"));
        assert_eq!(error.raw_os_error(), None, "it is no error number");
        assert!(!error.is_timeout());
    }
}

#[test]
fn what_the_system_says_keeps_its_number() {
    // As for EAI_SYSTEM, whose code is in `errno`.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = std::net::TcpListener::bind(taken.local_addr().unwrap()).unwrap_err();
    let code = error.raw_os_error().unwrap();
    let resolver = fake(move |_, _| {
        let source = std::io::Error::from_raw_os_error(code);
        Err(Error::from_io(Operation::Lookup, source))
    });
    let error = resolve::lookup_by(&resolver, "web.test", PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::AddressInUse);
    assert_eq!(error.raw_os_error(), Some(code));
}

#[test]
fn a_host_that_the_resolver_names_is_kept() {
    let resolver = fake(|_, _| {
        Err(Error::new(Operation::Lookup, Condition::NoRecovery).with_host("alias.test"))
    });
    let error = resolve::lookup_by(&resolver, "web.test", PATIENCE).unwrap_err();
    assert_eq!(error.to_string(), "look up alias.test: name service failed");
}

#[cfg(target_os = "linux")]
#[test]
fn the_cause_has_the_resolvers_code_and_words() {
    let cause = |error: Error| error.source().expect("a cause").to_string();
    for deadline in [Deadline::NEVER, PATIENCE.into()] {
        let error = resolve::lookup("a".repeat(64), deadline).unwrap_err();
        let cause = cause(error);
        assert!(cause.starts_with("EAI_NONAME (-2): "), "{cause}");
        assert!(!cause.ends_with(": "), "the system's words follow");
    }
    let of_code = |code| cause(Error::from_resolver_code(Operation::Lookup, code));
    assert!(of_code(-3).starts_with("EAI_AGAIN (-3): "));
    assert!(of_code(-11).starts_with("resolver's code (-11): "));
    assert!(of_code(-4711).starts_with("resolver's code (-4711): "));
    let error = resolve::lookup("fe80::1%nosuch0", Deadline::NEVER).unwrap_err();
    assert_eq!(
        cause(error),
        "no interface of this machine is named \"nosuch0\""
    );
    let panics = fake(|_, _| panic!("out of {}", "ideas"));
    let error = resolve::lookup_by(&panics, "web.test", PATIENCE).unwrap_err();
    assert_eq!(cause(error), "the resolver panicked: out of ideas");
}

#[rstest]
#[case::text(|| panic!("out of {}", "ideas"))]
#[case::literal(|| panic!("out of ideas"))]
#[case::value(|| std::panic::panic_any(7))]
fn a_panic_is_an_error(#[case] panics: fn()) {
    let resolver = fake(move |_, _| {
        panics();
        Ok(Lookup::default())
    });
    for way in [Way::Timed, Way::Cancellable, Way::Forever] {
        let error = way.lookup(&resolver, "web.test").unwrap_err();
        assert_eq!(error.condition(), Condition::ResolverUnknown);
        assert_eq!(error.host(), Some("web.test"));
        // And it leaves nothing behind that would be in the way.
        assert!(way.lookup(&answering(&["127.0.0.1:0"]), "web.test").is_ok());
    }
}

/// Panics when it is dropped on a thread for look-ups.
#[derive(Clone)]
struct PanicsOnDrop;

impl Resolver for PanicsOnDrop {
    fn resolve(&self, _query: &Query, _deadline: Deadline) -> Result<Lookup, Error> {
        Ok(Lookup::new([socket_addr("127.0.0.1:0")]))
    }
}

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        assert!(
            thread::current().name() != Some("usocket-resolve"),
            "on the way out"
        );
    }
}

#[test]
fn a_resolver_that_panics_on_its_way_out_hangs_nobody() {
    let error = resolve::lookup_by(&PanicsOnDrop, "web.test", PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::ResolverUnknown);
}

// When the answer does not come.

#[test]
fn a_resolver_that_stalls_holds_nobody_up() {
    let (gate, came) = Gate::new();
    let resolver = behind(&gate);
    let start = Instant::now();
    let error = resolve::lookup_by(&resolver, "web.test", SHORT).unwrap_err();
    assert!(start.elapsed() >= SHORT && start.elapsed() < PATIENCE);
    assert_eq!(error.condition(), Condition::Timeout);
    assert_eq!(error.to_string(), "look up web.test: timed out");
    assert!(error.is_timeout());
    came.recv_timeout(PATIENCE).expect("it was asked");
    // It is the resolver's thread that still waits.
    gate.open();
    assert!(came.try_recv().is_err(), "and once only");
}

#[test]
fn a_deadline_that_has_passed_means_one_try() {
    let (gate, came) = Gate::new();
    let past = Deadline::from(Instant::now());
    let error = resolve::lookup_by(&behind(&gate), "web.test", past).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    came.recv_timeout(PATIENCE)
        .expect("it was asked all the same");
    gate.open();
}

#[rstest]
#[case(Way::Timed)]
#[case(Way::Cancellable)]
fn a_slow_resolver_is_waited_for(#[case] way: Way) {
    let (gate, came) = Gate::new();
    let resolver = behind(&gate);
    let opener = thread::spawn(move || {
        came.recv_timeout(PATIENCE).unwrap();
        gate.open();
    });
    assert!(way.lookup(&resolver, "web.test").is_ok());
    opener.join().unwrap();
}

#[test]
fn an_answer_that_comes_late_is_not_taken_for_that_of_the_next() {
    let (gate, came) = Gate::new();
    resolve::lookup_by(&behind(&gate), "web.test", SHORT).unwrap_err();
    came.recv_timeout(PATIENCE).unwrap();
    gate.open();
    let lookup = resolve::lookup_by(&answering(&["[::1]:0"]), "web.test", PATIENCE).unwrap();
    assert_eq!(lookup.addresses(), [socket_addr("[::1]:0")]);
}

#[test]
fn a_cancel_ends_it_before_and_while_it_runs() {
    let (gate, came) = Gate::new();
    let resolver = behind(&gate);
    let cancel = Cancel::new().unwrap();
    let switch = cancel.clone();
    let canceller = thread::spawn(move || {
        came.recv_timeout(PATIENCE).unwrap();
        switch.cancel();
        came
    });
    let error = resolve::lookup_by(&resolver, "web.test", cancel.or(PATIENCE)).unwrap_err();
    assert_eq!(error.condition(), Condition::Cancelled);
    assert_eq!(error.to_string(), "look up web.test: cancelled");
    assert!(!error.is_timeout());
    let came = canceller.join().unwrap();

    let error = resolve::lookup_by(&resolver, "web.test", &cancel).unwrap_err();
    assert_eq!(error.condition(), Condition::Cancelled);
    came.recv_timeout(PATIENCE)
        .expect("it was asked all the same");
    // Nobody is needed for these.
    assert!(resolve::lookup_by(&nobody(), "127.0.0.1", &cancel).is_ok());
    gate.open();
}

#[test]
fn the_deadline_beside_a_cancel_counts() {
    let (gate, _came) = Gate::new();
    let cancel = Cancel::new().unwrap();
    let error = resolve::lookup_by(&behind(&gate), "web.test", cancel.or(SHORT)).unwrap_err();
    assert_eq!(error.condition(), Condition::Timeout);
    assert!(error.is_timeout());
    gate.open();
}

/// Asks another resolver, in its own time or less, and knows an answer if that one has none.
fn fallback(inner: Arc<dyn Resolver>, patience: Duration) -> Arc<dyn Resolver> {
    fake(move |query, deadline| {
        let outer = thread::current().id();
        let inner = Arc::clone(&inner);
        let seen = fake(move |query, deadline| {
            let same = thread::current().id() == outer;
            inner
                .resolve(query, deadline)
                .map(|lookup| lookup.with_canonical_name(if same { "same" } else { "other" }))
        });
        let deadline = deadline.earlier(patience);
        resolve::lookup_by(&seen, query, deadline)
            .or_else(|_| Ok(Lookup::new([socket_addr("[::1]:0")])))
    })
}

#[rstest]
#[case::of_the_same_deadline(Duration::MAX, "same")]
#[case::in_less_time(PATIENCE / 2, "other")]
fn a_resolver_behind_a_resolver_takes_a_thread_only_to_be_left_behind(
    #[case] patience: Duration,
    #[case] thread: &str,
) {
    let resolver = fallback(answering(&["127.0.0.1:0"]), patience);
    let lookup = resolve::lookup_by(&resolver, "web.test", PATIENCE).unwrap();
    assert_eq!(lookup.canonical_name(), Some(thread));
}

#[test]
fn a_resolver_can_give_up_on_another() {
    let (gate, came) = Gate::new();
    let resolver = fallback(behind(&gate), SHORT);
    let lookup = resolve::lookup_by(&resolver, "web.test", PATIENCE).unwrap();
    assert_eq!(lookup.addresses(), [socket_addr("[::1]:0")]);
    came.recv_timeout(PATIENCE).expect("the other was asked");
    gate.open();
}

// Reverse.

/// Answers every address with the same name.
#[derive(Clone)]
struct Namer(&'static str);

impl Resolver for Namer {
    fn resolve(&self, _query: &Query, _deadline: Deadline) -> Result<Lookup, Error> {
        Ok(Lookup::default())
    }

    fn reverse(&self, _address: IpAddr, _deadline: Deadline) -> Result<String, Error> {
        Ok(self.0.into())
    }
}

#[test]
fn a_name_is_required() {
    let name = resolve::reverse_by(&Namer("web.test"), [192, 0, 2, 1], PATIENCE).unwrap();
    assert_eq!(name, "web.test");
    let error = resolve::reverse_by(&Namer(""), [192, 0, 2, 1], PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::HostNotFound);
    assert_eq!(error.operation(), Operation::ReverseLookup);
    assert_eq!(
        error.to_string(),
        "look up the name of 192.0.2.1: host not found"
    );
}

#[test]
fn a_resolver_need_not_know_names() {
    let error = resolve::reverse_by(&nobody(), Ipv6Addr::LOCALHOST, PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::OperationNotSupported);
    assert_eq!(error.host(), Some("::1"));
}

/// Whether this machine's own table has it, so that nobody else is asked.
#[cfg(unix)]
fn table_has(path: &str, wanted: impl Fn(&[&str]) -> bool) -> bool {
    let table = std::fs::read_to_string(path).unwrap_or_default();
    table.lines().any(|line| {
        let line = line.split('#').next().unwrap_or(line);
        wanted(&line.split_whitespace().collect::<Vec<_>>())
    })
}

#[cfg(unix)]
#[test]
fn loopback_has_the_name_that_the_table_gives_it() {
    if !table_has("/etc/hosts", |words| words.first() == Some(&"127.0.0.1")) {
        return;
    }
    for deadline in [Deadline::NEVER, PATIENCE.into()] {
        let name = resolve::reverse(Ipv4Addr::LOCALHOST, deadline).unwrap();
        assert!(
            table_has("/etc/hosts", |words| words.contains(&name.as_str())),
            "{name}"
        );
    }
}

// What the system says of what this machine knows by itself.

#[test]
fn localhost_is_loopback_and_nothing_else() {
    for target in ["localhost", "localhost:80"] {
        for deadline in [Deadline::NEVER, PATIENCE.into()] {
            for family in [Family::Any, Family::V4] {
                let query = Query::new(target).unwrap().family(family);
                let lookup = resolve::lookup(&query, deadline).unwrap();
                let port = if query.port.is_some() { 80 } else { 0 };
                for address in &lookup {
                    assert!(address.ip().is_loopback(), "{address}");
                    assert_eq!(address.port(), port);
                }
                assert!(!lookup.addresses().is_empty());
                let distinct: HashSet<_> = lookup.iter().collect();
                assert_eq!(distinct.len(), lookup.addresses().len());
            }
        }
    }
    let query = Query::new("localhost").unwrap().canonical_name(true);
    let lookup = resolve::lookup(query, PATIENCE).unwrap();
    assert!(lookup.canonical_name().is_some_and(|name| !name.is_empty()));
}

#[test]
fn a_label_of_64_letters_is_no_name() {
    let name = "a".repeat(64);
    for deadline in [Deadline::NEVER, PATIENCE.into()] {
        let error = resolve::lookup(&name, deadline).unwrap_err();
        assert_eq!(error.condition(), Condition::HostNotFound);
        assert_eq!(error.to_string(), format!("look up {name}: host not found"));
        let error = resolve::lookup((name.as_str(), 80), deadline).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("look up {name}:80: host not found")
        );
    }
}

#[cfg(unix)]
#[rstest]
#[case("http", Transport::Tcp, 80)]
#[case("domain", Transport::Udp, 53)]
#[case("80", Transport::Tcp, 80)]
#[case("0", Transport::Udp, 0)]
fn a_service_has_its_port(#[case] name: &str, #[case] transport: Transport, #[case] port: u16) {
    let number = name.parse::<u16>().is_ok();
    if !number && !table_has("/etc/services", |words| words.first() == Some(&name)) {
        return;
    }
    for deadline in [Deadline::NEVER, PATIENCE.into()] {
        assert_eq!(resolve::service(name, transport, deadline).unwrap(), port);
        let target = format!("localhost:{name}");
        let query = Query::new(target)
            .unwrap()
            .transport(transport)
            .family(Family::V4);
        let lookup = resolve::lookup(query, deadline).unwrap();
        assert!(lookup.iter().all(|address| address.port() == port));

        // Nobody but the system is asked for a service, and nobody at all for the address.
        let target = format!("[2001:db8::1]:{name}");
        let query = Query::new(target).unwrap().transport(transport);
        let lookup = resolve::lookup_by(&nobody(), query, deadline).unwrap();
        assert_eq!(
            lookup.addresses(),
            [SocketAddr::from((
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
                port
            ))]
        );
    }
}

#[rstest]
#[case::unknown("no-such-service")]
#[case::empty("")]
#[case::negative("-1")]
#[case::too_large("65616")]
#[case::signed("+80")]
#[case::doubly_signed("+-80")]
#[case::spaces("  80")]
#[case::words("no such service")]
#[case::long(&"x".repeat(5_000))]
fn what_is_no_service_is_not_found(#[case] name: &str) {
    for deadline in [Deadline::NEVER, PATIENCE.into()] {
        let error = resolve::service(name, Transport::Tcp, deadline).unwrap_err();
        assert_eq!(error.condition(), Condition::ServiceNotFound, "{name:?}");
        assert_eq!(error.host(), Some(name));

        // The host has nothing to do with it.
        let mut query = Query::new("localhost").unwrap();
        query.port = Some(Port::Service(name.into()));
        let error = resolve::lookup_by(&nobody(), &query, deadline).unwrap_err();
        assert_eq!(error.condition(), Condition::ServiceNotFound, "{name:?}");
        assert_eq!(error.host(), Some(format!("localhost:{name}").as_str()));
    }
}

#[test]
fn what_cannot_be_passed_to_the_system_is_an_error() {
    let mut query = Query::new("localhost").unwrap();
    query.host = Host::Name("local\0host".into());
    let error = resolve::lookup(&query, PATIENCE).unwrap_err();
    assert_eq!(error.condition(), Condition::InvalidArgument);
    assert_eq!(error.to_string(), "look up local\\0host: invalid argument");

    let address = Ipv6Addr::LOCALHOST;
    for zone in ["", "a\0b", "%", "no such interface"] {
        query.host = Host::Zoned {
            address,
            zone: zone.into(),
        };
        let error = resolve::lookup(&query, PATIENCE).unwrap_err();
        let expected = [Condition::InvalidArgument, Condition::NotFound];
        assert!(expected.contains(&error.condition()), "{zone:?}: {error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_zone_is_an_interface() {
    let index = std::fs::read_to_string("/sys/class/net/lo/ifindex").unwrap();
    let index = index.trim();
    for address in ["fe80::1", "2001:db8::1", "ff02::1"] {
        let lookup =
            resolve::lookup_by(&nobody(), format!("{address}%lo"), Duration::ZERO).unwrap();
        assert_eq!(
            lookup.addresses(),
            [socket_addr(&format!("[{address}%{index}]:0"))]
        );
        let lookup = resolve::lookup_by(&nobody(), format!("[{address}%lo]:80"), PATIENCE).unwrap();
        assert_eq!(
            lookup.addresses(),
            [socket_addr(&format!("[{address}%{index}]:80"))]
        );
    }
}

#[rstest]
#[case("fe80::1%nosuch0")]
#[case("[fe80::1%nosuch0]:80")]
#[case("2001:db8::1%nosuch0")]
#[case("fe80::1%4294967296")]
#[case("fe80::1%an-interface-of-much-too-long-a-name")]
fn a_zone_that_is_no_interface_is_named(#[case] text: &str) {
    for deadline in [Deadline::NEVER, PATIENCE.into()] {
        let error = resolve::lookup_by(&nobody(), text, deadline).unwrap_err();
        assert_eq!(error.condition(), Condition::NotFound);
        assert_eq!(error.to_string(), format!("look up {text}: not found"));
    }
}

#[test]
fn this_machine_has_a_name() {
    let name = resolve::host_name().unwrap();
    assert!(!name.is_empty());
    #[cfg(target_os = "linux")]
    assert_eq!(
        name,
        std::fs::read_to_string("/proc/sys/kernel/hostname")
            .unwrap()
            .trim()
    );
    #[cfg(unix)]
    if table_has("/etc/hosts", |words| words.contains(&name.as_str())) {
        let lookup = resolve::lookup(Query::new(&name).unwrap().family(Family::Any), PATIENCE);
        assert!(!lookup.unwrap().addresses().is_empty());
    }
}

#[cfg(feature = "seam")]
#[test]
fn the_systems_calls_pass_the_seam() {
    use std::io;
    use usocket::seam;

    // In the caller's thread, where rules hold.
    let never = Deadline::NEVER;
    let _guard = seam::install(|call| match call.operation() {
        Operation::Lookup => Some(io::ErrorKind::OutOfMemory.into()),
        Operation::ReverseLookup => Some(io::ErrorKind::NetworkDown.into()),
        _ => None,
    });
    for error in [
        resolve::lookup("localhost", never).unwrap_err(),
        resolve::lookup("127.0.0.1:http", never).unwrap_err(),
        resolve::lookup("fe80::1%lo", never).unwrap_err(),
        resolve::service("http", Transport::Tcp, never).unwrap_err(),
        resolve::host_name().unwrap_err(),
    ] {
        assert_eq!(error.condition(), Condition::OutOfMemory);
        assert_eq!(error.operation(), Operation::Lookup);
    }
    let error = resolve::reverse(Ipv4Addr::LOCALHOST, never).unwrap_err();
    assert_eq!(error.condition(), Condition::NetworkDown);
    // These make no call.
    assert!(resolve::lookup("127.0.0.1:80", never).is_ok());
    assert!(resolve::service("80", Transport::Tcp, never).is_ok());
}
