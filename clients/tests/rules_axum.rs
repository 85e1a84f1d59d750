//! axum's server, which is hyper's on tokio, under system-call rules. What is said of it holds for axum 0.8.9.
#![cfg(target_os = "linux")]

mod far;

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use far::outside::{self, Outside};
use rstest::rstest;
use tokio::runtime::Runtime;
use usocket_testkit::faults::Action;
use usocket_testkit::fixtures::{faults, port_lease};
use usocket_testkit::{Errno, Operation, PortLease};

/// The server under test, in a runtime of its own.
fn serve(lease: &PortLease) -> Runtime {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    let router = Router::new().route("/", get(async || "hello"));
    let addr = lease.addr();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind(addr))
        .unwrap();
    runtime.spawn(async move { axum::serve(listener, router).await });
    runtime
}

/// The client whose connection was aborted is gone, the next is served.
#[rstest]
fn keeps_serving_after_aborted_accepts(port_lease: PortLease) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults
        .on(Operation::Accept)
        .to(port_lease.addr())
        .times(3)
        .consume()
        .errno(Errno::ECONNABORTED);
    let _serving = serve(&port_lease);
    for _ in 0..3 {
        // The end, or a reset where the request was there already.
        assert_eq!(client.get(port_lease.addr()).unwrap_or_default(), "");
    }
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    assert_eq!(rule.hits(), 3);
}

/// It neither dies nor spins: it looks again after a second, and the client that waited is served.
#[rstest]
#[case::process(Errno::EMFILE)]
#[case::system(Errno::ENFILE)]
fn waits_until_there_are_descriptors(port_lease: PortLease, #[case] errno: Errno) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults
        .on(Operation::Accept)
        .to(port_lease.addr())
        .times(1)
        .errno(errno);
    let began = Instant::now();
    let _serving = serve(&port_lease);
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert!(answer.ends_with("hello"), "{answer}");
    assert_eq!(rule.hits(), 1);
}

/// A fact, not a wish: an error of one client's network, which accept(2) says to try again after, stops all clients
/// for a second.
#[rstest]
#[case::unreachable(Errno::EHOSTUNREACH)]
#[case::protocol(Errno::EPROTO)]
fn lets_all_wait_for_the_fault_of_one(port_lease: PortLease, #[case] errno: Errno) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults
        .on(Operation::Accept)
        .to(port_lease.addr())
        .times(1)
        .consume()
        .errno(errno);
    let began = Instant::now();
    let _serving = serve(&port_lease);
    assert_eq!(client.get(port_lease.addr()).unwrap_or_default(), "");
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert!(answer.ends_with("hello"), "{answer}");
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn works_byte_by_byte(port_lease: PortLease) {
    let (client, faults) = (Outside::start(), faults());
    let receives = faults.on(Operation::Receive).streams().short(1);
    let sends = faults.on(Operation::Send).streams().short(1);
    let _serving = serve(&port_lease);
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    // Calls that would have waited count too.
    assert!(receives.hits() >= outside::REQUEST.len() as u64);
    assert!(sends.hits() >= answer.len() as u64);
}

/// The connection is lost, and no other; nobody is told.
#[rstest]
#[case::reset_in_the_answer(Operation::Send, Action::Errno(Errno::ECONNRESET))]
#[case::interrupted_in_the_answer(Operation::Send, Action::Errno(Errno::EINTR))]
#[case::reset_in_the_request(Operation::Receive, Action::Errno(Errno::ECONNRESET))]
#[case::interrupted_in_the_request(Operation::Receive, Action::Errno(Errno::EINTR))]
#[case::end_of_the_request(Operation::Receive, Action::Eof)]
fn gives_up_one_connection(
    port_lease: PortLease,
    #[case] operation: Operation,
    #[case] action: Action,
) {
    let (client, faults) = (Outside::start(), faults());
    let rule = faults.on(operation).streams().arm(action).unwrap();
    let _serving = serve(&port_lease);
    assert_eq!(client.get(port_lease.addr()).unwrap_or_default(), "");
    rule.assert_hit();
    drop(rule);
    let answer = client.get(port_lease.addr()).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
}
