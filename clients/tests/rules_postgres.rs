//! tokio-postgres, and postgres on top of it, under system-call rules. What is said of them holds for tokio-postgres
//! 0.7.18 and postgres 0.19.14.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod far;

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use far::postgres::{ANSWER, GREETING, server};
use far::{Far, errno, run};
use rstest::rstest;
use tokio_postgres::{Error, NoTls, SimpleQueryMessage};
use usocket_testkit::fixtures::{faults, lab};
use usocket_testkit::{Errno, Faults, Lab, Operation};

/// Hosts that a lab knows nothing of.
const TWO: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 8)),
];

fn parameters(host: &str, port: u16) -> String {
    format!("host={host} port={port} user=test dbname=test sslmode=disable connect_timeout=30")
}

/// The clients under test: the answer to a query.
fn blocking(host: &str, port: u16) -> Result<String, Error> {
    let mut client = postgres::Client::connect(&parameters(host, port), NoTls)?;
    Ok(column(&client.simple_query("SELECT 'hello'")?))
}

fn on_tokio(host: &str, port: u16) -> Result<String, Error> {
    let parameters = parameters(host, port);
    run(async move {
        let (client, connection) = tokio_postgres::connect(&parameters, NoTls).await?;
        tokio::spawn(connection);
        Ok(column(&client.simple_query("SELECT 'hello'").await?))
    })
}

fn client(far: &Far) -> postgres::Client {
    postgres::Client::connect(&parameters("127.0.0.1", far.addr().port()), NoTls).unwrap()
}

fn column(messages: &[SimpleQueryMessage]) -> String {
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    row.unwrap().into()
}

type Query = fn(&str, u16) -> Result<String, Error>;

fn ask(query: Query, addr: SocketAddr) -> Result<String, Error> {
    query(&addr.ip().to_string(), addr.port())
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::unreachable(Errno::ENETUNREACH)]
#[case::network_reset(Errno::ENETRESET)]
#[case::no_port_left(Errno::EADDRNOTAVAIL)]
#[case::timed_out(Errno::ETIMEDOUT)]
#[case::interrupted(Errno::EINTR)]
fn says_what_connect_said(
    faults: Faults,
    #[case] errno: Errno,
    #[values(blocking, on_tokio)] query: Query,
) {
    let far = server();
    let rule = faults.on(Operation::Connect).to(far.addr()).errno(errno);
    let error = ask(query, far.addr()).unwrap_err();
    assert_eq!(error.to_string(), "error connecting to server");
    assert_eq!(far::errno(&error), Some(errno));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn says_what_came_of_a_connect_in_progress(
    faults: Faults,
    #[values(blocking, on_tokio)] query: Query,
) {
    let far = server();
    let rule = faults
        .on(Operation::Connect)
        .to(far.addr())
        .so_error(Errno::EHOSTDOWN);
    let error = ask(query, far.addr()).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EHOSTDOWN));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn gives_up_when_interrupted(
    faults: Faults,
    #[values(Operation::Send, Operation::Receive)] operation: Operation,
    #[values(blocking, on_tokio)] query: Query,
) {
    let far = server();
    let rule = faults
        .on(operation)
        .to(far.addr())
        .times(1)
        .errno(Errno::EINTR);
    let error = ask(query, far.addr()).unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EINTR));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn works_byte_by_byte(faults: Faults, #[values(blocking, on_tokio)] query: Query) {
    let far = server();
    let sends = faults.on(Operation::Send).to(far.addr()).short(1);
    let receives = faults.on(Operation::Receive).to(far.addr()).short(1);
    assert_eq!(ask(query, far.addr()).unwrap(), "hello");
    // Calls that would have waited count too.
    assert!(receives.hits() >= (GREETING + ANSWER) as u64);
    assert!(sends.hits() > 50, "{}", sends.hits());
}

#[rstest]
#[case::reset(Errno::ECONNRESET)]
#[case::unreachable(Errno::EHOSTUNREACH)]
#[case::network_reset(Errno::ENETRESET)]
fn says_what_happened_while_it_logged_in(
    faults: Faults,
    #[case] errno: Errno,
    #[values(blocking, on_tokio)] query: Query,
) {
    let far = server();
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .times(1)
        .errno(errno);
    let error = ask(query, far.addr()).unwrap_err();
    assert_eq!(error.to_string(), "error communicating with the server");
    assert_eq!(far::errno(&error), Some(errno));
    assert_eq!(rule.hits(), 1);
}

/// The reason is in the error of postgres. Of tokio-postgres' query it is not: that says `connection closed` and has
/// no source. Who wants to know must keep what the connection's own future returns.
#[rstest]
#[case::reset(Errno::ECONNRESET)]
#[case::unreachable(Errno::EHOSTUNREACH)]
fn says_what_receiving_the_answer_said(faults: Faults, #[case] errno: Errno) {
    let far = server();
    let mut client = client(&far);
    let receive = || faults.on(Operation::Receive).to(far.addr()).times(1);
    let rule = receive().errno(errno);
    let error = client.simple_query("SELECT 'hello'").unwrap_err();
    assert_eq!(far::errno(&error), Some(errno));
    assert!(!error.is_closed());
    assert_eq!(rule.hits(), 1);
    drop(rule);

    let parameters = parameters("127.0.0.1", far.addr().port());
    let addr = far.addr();
    run(async move {
        let (client, connection) = tokio_postgres::connect(&parameters, NoTls).await.unwrap();
        let rule = faults.on(Operation::Receive).to(addr).times(1).errno(errno);
        let connection = tokio::spawn(connection);
        let query = client.simple_query("SELECT 'hello'").await.unwrap_err();
        assert!(query.is_closed() && query.source().is_none(), "{query:?}");
        let connection = connection.await.unwrap().unwrap_err();
        assert_eq!(far::errno(&connection), Some(errno));
        assert_eq!(rule.hits(), 1);
    });
}

#[rstest]
fn notices_the_end_before_the_answer(faults: Faults) {
    let far = server();
    let mut client = client(&far);
    let rule = faults.on(Operation::Receive).to(far.addr()).times(1).eof();
    let error = client.simple_query("SELECT 'hello'").unwrap_err();
    assert!(error.is_closed(), "{error:?}");
    assert_eq!(rule.hits(), 1);
}

/// A fact, not a wish: a query that failed is carried out after all, when the client is dropped and says good-bye: it
/// has kept what it could not send.
#[rstest]
fn carries_out_what_it_said_had_failed(faults: Faults) {
    let far = server();
    let mut client = client(&far);
    let rule = faults
        .on(Operation::Send)
        .to(far.addr())
        .times(1)
        .errno(Errno::EHOSTUNREACH);
    let error = client.simple_query("INSERT INTO orders").unwrap_err();
    assert_eq!(errno(&error), Some(Errno::EHOSTUNREACH));
    assert_eq!((rule.hits(), far.requests()), (1, 0));
    drop(client);
    far.wait_for_requests(1);
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::forbidden(Errno::EPERM)]
fn goes_on_to_the_next_address(
    lab: Lab,
    #[case] errno: Errno,
    #[values(blocking, on_tokio)] query: Query,
) {
    let (far, faults) = (server(), faults());
    lab.names().add("db.test", TWO);
    let first = faults
        .on(Operation::Connect)
        .to((TWO[0], 5432))
        .errno(errno);
    let second = faults
        .on(Operation::Connect)
        .to((TWO[1], 5432))
        .redirect(far.addr());
    assert_eq!(query("db.test", 5432).unwrap(), "hello");
    assert_eq!((first.hits(), second.hits()), (1, 1));
}

#[rstest]
fn cannot_ask_for_the_name(lab: Lab, #[values(blocking, on_tokio)] query: Query) {
    let faults = faults();
    lab.names().add("db.test", TWO);
    let rule = faults
        .on(Operation::Connect)
        .to_port(53)
        .errno(Errno::ENETUNREACH);
    let error = query("db.test", 5432).unwrap_err();
    assert_eq!(errno(&error), None);
    if cfg!(target_env = "gnu") {
        let text = error.source().unwrap().to_string();
        assert!(
            text.contains("Temporary failure in name resolution"),
            "{text}"
        );
    }
    rule.assert_hit();
}

/// A greeting and its answer, a query and its answer; the rest is in the recording, which a failure shows.
#[rstest]
fn calls_this(#[values(blocking, on_tokio)] query: Query) {
    let far = server();
    let faults = faults();
    let recording = faults.record();
    ask(query, far.addr()).unwrap();
    println!("{recording}");
    let of = |call: &str| {
        recording
            .records()
            .iter()
            .filter(|record| record.call() == call)
            .count()
    };
    assert_eq!((of("socket"), of("connect")), (1, 1));
    assert!(of("sendto") >= 2 && of("recvfrom") >= 2);
}
