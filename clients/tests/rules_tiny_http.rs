//! `tiny_http`, a server of threads, under system-call rules. What is said of it holds for `tiny_http` 0.12.0.
#![cfg(target_os = "linux")]

mod far;

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use far::WATCHDOG;
use far::outside::{self, Outside};
use rstest::rstest;
use tiny_http::{Response, Server};
use usocket_testkit::faults::Action;
use usocket_testkit::fixtures::{faults, port_lease};
use usocket_testkit::{Errno, Operation, PortLease};

/// The server under test: says `hello` until it is stopped, and then what came of each answer and what ended it.
struct Serving {
    server: Arc<Server>,
    thread: JoinHandle<(Vec<io::Result<()>>, io::Error)>,
}

impl Serving {
    fn start(lease: &PortLease) -> Self {
        let server = Arc::new(Server::http(lease.addr()).unwrap());
        let here = Arc::clone(&server);
        let thread = thread::spawn(move || {
            let mut answered = Vec::new();
            loop {
                match here.recv() {
                    Ok(request) => answered.push(request.respond(Response::from_string("hello"))),
                    Err(error) => return (answered, error),
                }
            }
        });
        Self { server, thread }
    }

    fn stop(self) -> (Vec<io::Result<()>>, io::Error) {
        self.server.unblock();
        self.thread.join().unwrap()
    }
}

/// A fact, not a wish: one client that goes before it is served, or one moment without descriptors, and the server
/// takes no more. The caller hears of it once; its port refuses from then on.
#[rstest]
#[case::aborted(Errno::ECONNABORTED)]
#[case::no_descriptors(Errno::EMFILE)]
#[case::network_error(Errno::EHOSTUNREACH)]
fn ends_with_the_first_accept_that_fails(port_lease: PortLease, #[case] errno: Errno) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults
        .on(Operation::Accept)
        .to(port_lease.addr())
        .times(1)
        .errno(errno);
    let serving = Serving::start(&port_lease);
    let (answered, error) = serving.thread.join().unwrap();
    assert_eq!((answered.len(), Errno::of(&error)), (0, Some(errno)));
    // The listener is closed a moment after the error is told; who came before that is cut off.
    let began = Instant::now();
    let refused = loop {
        let error = client.get(port_lease.addr()).unwrap_err();
        if error.kind() == io::ErrorKind::ConnectionRefused || began.elapsed() > WATCHDOG {
            break error;
        }
    };
    assert_eq!(Errno::of(&refused), Some(Errno::ECONNREFUSED));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn goes_on_when_accept_is_interrupted(port_lease: PortLease) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults
        .on(Operation::Accept)
        .to(port_lease.addr())
        .times(3)
        .errno(Errno::EINTR);
    let serving = Serving::start(&port_lease);
    assert!(client.get(port_lease.addr()).unwrap().ends_with("hello"));
    assert_eq!(rule.hits(), 3);
    serving.stop();
}

#[rstest]
fn works_byte_by_byte(port_lease: PortLease) {
    let (client, faults) = (Outside::start(), faults());
    let receives = faults.on(Operation::Receive).streams().short(1);
    let sends = faults.on(Operation::Send).streams().short(1);
    let serving = Serving::start(&port_lease);
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    assert_eq!(receives.hits(), outside::REQUEST.len() as u64);
    assert_eq!(sends.hits(), answer.len() as u64);
    serving.stop();
}

#[rstest]
#[case::sending(Operation::Send)]
#[case::receiving(Operation::Receive)]
fn goes_on_when_interrupted(port_lease: PortLease, #[case] operation: Operation) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults.on(operation).streams().times(3).errno(Errno::EINTR);
    let serving = Serving::start(&port_lease);
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    assert_eq!(rule.hits(), 3);
    serving.stop();
}

/// A client that goes is not the server's fault, so `respond` says nothing of it; of all else it does.
#[rstest]
#[case::reset(Errno::ECONNRESET, None)]
#[case::no_reader(Errno::EPIPE, None)]
#[case::unreachable(Errno::EHOSTUNREACH, Some(Errno::EHOSTUNREACH))]
fn tells_of_an_answer_that_cannot_be_sent(
    port_lease: PortLease,
    #[case] errno: Errno,
    #[case] said: Option<Errno>,
) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults.on(Operation::Send).streams().errno(errno);
    let serving = Serving::start(&port_lease);
    assert_eq!(client.get(port_lease.addr()).unwrap_or_default(), "");
    rule.assert_hit();
    drop(rule);
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    let (answered, _) = serving.stop();
    let first = answered[0].as_ref().err().map(Errno::of);
    assert_eq!((answered.len(), first), (2, said.map(Some)));
}

/// The caller of `recv` hears nothing of that client, and the next is served.
#[rstest]
#[case::reset(Action::Errno(Errno::ECONNRESET))]
#[case::ended(Action::Eof)]
fn forgets_a_client_that_went_in_its_request(port_lease: PortLease, #[case] action: Action) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults
        .on(Operation::Receive)
        .streams()
        .sequence([Action::Short(10), action]);
    let serving = Serving::start(&port_lease);
    assert_eq!(client.get(port_lease.addr()).unwrap_or_default(), "");
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    assert_eq!(rule.hits(), 2);
    assert_eq!(serving.stop().0.len(), 1);
}
