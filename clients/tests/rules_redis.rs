//! redis, both its connection that blocks and its asynchronous one, under system-call rules. What is said of it holds
//! for redis 1.2.2.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod far;

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use far::redis::server;
use far::{Far, WATCHDOG, run};
use redis::{RedisError, RedisResult};
use rstest::rstest;
use usocket_testkit::faults::{Action, Rule};
use usocket_testkit::fixtures::{faults, lab};
use usocket_testkit::{Errno, Faults, Lab, Operation};

/// Hosts that a lab knows nothing of.
const TWO: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 8)),
];

fn client(host: &impl ToString) -> redis::Client {
    redis::Client::open(format!("redis://{}/", host.to_string())).unwrap()
}

/// A connection that blocks, and waits no longer than that for an answer.
fn connection(far: &Far, patience: Duration) -> RedisResult<redis::Connection> {
    let connection = client(&far.addr()).get_connection_with_timeout(WATCHDOG)?;
    connection.set_read_timeout(Some(patience))?;
    Ok(connection)
}

/// The client under test: a key, whose value is its name.
fn get_from(client: &redis::Client) -> RedisResult<String> {
    let mut connection = client.get_connection_with_timeout(WATCHDOG)?;
    connection.set_read_timeout(Some(WATCHDOG))?;
    redis::cmd("GET").arg("hello").query(&mut connection)
}

/// The same on tokio.
fn get_async_from(client: &redis::Client) -> RedisResult<String> {
    let client = client.clone();
    run(async move {
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("GET")
            .arg("hello")
            .query_async(&mut connection)
            .await
    })
}

fn get(far: &Far) -> RedisResult<String> {
    get_from(&client(&far.addr()))
}

fn get_async(far: &Far) -> RedisResult<String> {
    get_async_from(&client(&far.addr()))
}

type Get = fn(&Far) -> RedisResult<String>;

/// What the system said.
///
/// The source of the error is not std's error, but an `Arc` with one in it: code that walks the sources, as loggers
/// do, finds no number there.
fn errno(error: &RedisError) -> Option<Errno> {
    assert_eq!(far::errno(error), None);
    let shared = error
        .source()?
        .downcast_ref::<Arc<dyn Error + Send + Sync>>()?;
    Errno::of(shared.downcast_ref()?)
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
    #[values(get, get_async)] get: Get,
) {
    let far = server();
    let rule = faults.on(Operation::Connect).to(far.addr()).errno(errno);
    let error = get(&far).unwrap_err();
    assert!(error.is_io_error(), "{error:?}");
    assert_eq!(self::errno(&error), Some(errno));
    assert_eq!(error.is_connection_refusal(), errno == Errno::ECONNREFUSED);
    assert_eq!(error.is_timeout(), errno == Errno::ETIMEDOUT);
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn says_what_came_of_a_connect_in_progress(faults: Faults, #[values(get, get_async)] get: Get) {
    let far = server();
    let rule = faults
        .on(Operation::Connect)
        .to(far.addr())
        .so_error(Errno::EHOSTDOWN);
    assert_eq!(errno(&get(&far).unwrap_err()), Some(Errno::EHOSTDOWN));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn goes_on_when_interrupted_while_sending(faults: Faults) {
    let far = server();
    let rule = faults
        .on(Operation::Send)
        .to(far.addr())
        .times(3)
        .errno(Errno::EINTR);
    assert_eq!(get(&far).unwrap(), "hello");
    assert_eq!(rule.hits(), 3);
}

/// A fact, not a wish: a signal that comes while it waits for an answer fails the command. A socket with a receive
/// timeout, as it has here, is interrupted even where the handler asks for a restart (signal(7)). The answer, which
/// comes later, is skipped, and the next command has its own.
#[rstest]
fn gives_up_when_interrupted_while_receiving(faults: Faults) {
    let far = server();
    let mut connection = connection(&far, WATCHDOG).unwrap();
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .times(1)
        .errno(Errno::EINTR);
    let mut get =
        |key| -> RedisResult<String> { redis::cmd("GET").arg(key).query(&mut connection) };
    assert_eq!(errno(&get("first").unwrap_err()), Some(Errno::EINTR));
    assert_eq!(get("second").unwrap(), "second");
    assert_eq!(rule.hits(), 1);
}

/// As all that is built on tokio's sockets, which do not wait.
#[rstest]
fn gives_up_on_tokio_when_interrupted(
    faults: Faults,
    #[values(Operation::Send, Operation::Receive)] operation: Operation,
) {
    let far = server();
    let rule = faults
        .on(operation)
        .to(far.addr())
        .times(1)
        .errno(Errno::EINTR);
    assert_eq!(errno(&get_async(&far).unwrap_err()), Some(Errno::EINTR));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn works_byte_by_byte(faults: Faults, #[values(get, get_async)] get: Get) {
    let far = server();
    let sends = faults.on(Operation::Send).to(far.addr()).short(1);
    let receives = faults.on(Operation::Receive).to(far.addr()).short(1);
    assert_eq!(get(&far).unwrap(), "hello");
    // Twice `+OK` to its hand-shake, and the key.
    assert!(receives.hits() >= 21, "{}", receives.hits());
    assert!(sends.hits() >= 24, "{}", sends.hits());
}

#[rstest]
#[case::reset(Errno::ECONNRESET, true)]
#[case::unreachable(Errno::EHOSTUNREACH, false)]
#[case::network_reset(Errno::ENETRESET, false)]
fn says_what_receiving_said(
    faults: Faults,
    #[case] errno: Errno,
    #[case] is_dropped: bool,
    #[values(get, get_async)] get: Get,
) {
    let far = server();
    let rule = faults.on(Operation::Receive).to(far.addr()).errno(errno);
    let error = get(&far).unwrap_err();
    assert_eq!(self::errno(&error), Some(errno));
    assert_eq!(error.is_connection_dropped(), is_dropped);
    rule.assert_hit();
}

#[rstest]
fn notices_the_end_in_the_middle_of_an_answer(faults: Faults) {
    let far = server();
    let mut connection = connection(&far, WATCHDOG).unwrap();
    let rule = half_an_answer(&faults, &far);
    let got: RedisResult<String> = redis::cmd("GET").arg("hello").query(&mut connection);
    let error = got.unwrap_err();
    assert_eq!(error.to_string(), "unexpected end of file");
    assert!(error.is_io_error() && error.is_connection_dropped());
    assert_eq!(rule.hits(), 2);
}

/// The begin of the next answer, and then the end.
fn half_an_answer(faults: &Faults, far: &Far) -> Rule {
    let sequence = [Action::Short(6), Action::Eof];
    faults
        .on(Operation::Receive)
        .to(far.addr())
        .sequence(sequence)
}

/// A good one: an answer that came too late is not taken for the next command's.
#[rstest]
fn skips_an_answer_that_came_too_late(faults: Faults) {
    let far = server();
    let mut connection = connection(&far, WATCHDOG).unwrap();
    // What a receive timeout says (socket(7)), in the middle of the answer.
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .sequence([Action::Short(6), Action::Errno(Errno::EAGAIN)]);
    let mut get =
        |key| -> RedisResult<String> { redis::cmd("GET").arg(key).query(&mut connection) };
    assert!(get("first").unwrap_err().is_timeout());
    assert_eq!(get("second").unwrap(), "second");
    assert_eq!(rule.hits(), 2);
}

/// A fact, not a wish: a pipeline whose sending timed out half-way leaves an answer on the connection, and the next
/// command takes it for its own.
#[rstest]
fn takes_the_answer_to_another_question(faults: Faults) {
    let far = server();
    let mut connection = connection(&far, WATCHDOG).unwrap();
    let set_off = redis::cmd("INCR").arg("visits").get_packed_command().len();
    // What a send timeout says (socket(7)), when the first command of the two has gone out.
    let rule = faults
        .on(Operation::Send)
        .to(far.addr())
        .sequence([Action::Short(set_off), Action::Errno(Errno::EAGAIN)]);
    let failed: RedisResult<()> = redis::pipe()
        .cmd("INCR")
        .arg("visits")
        .cmd("GET")
        .arg("first")
        .query(&mut connection);
    assert!(failed.unwrap_err().is_timeout());
    let got: RedisResult<String> = redis::cmd("GET").arg("second").query(&mut connection);
    assert_eq!(got.unwrap(), "1");
    assert_eq!(rule.hits(), 2);
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::forbidden(Errno::EPERM)]
fn goes_on_to_the_next_address(
    lab: Lab,
    #[case] errno: Errno,
    #[values(get_from, get_async_from)] get: fn(&redis::Client) -> RedisResult<String>,
) {
    let (far, faults) = (server(), faults());
    lab.names().add("db.test", TWO);
    let first = faults
        .on(Operation::Connect)
        .to((TWO[0], 6379))
        .errno(errno);
    let second = faults
        .on(Operation::Connect)
        .to((TWO[1], 6379))
        .redirect(far.addr());
    assert_eq!(get(&client(&"db.test")).unwrap(), "hello");
    assert_eq!((first.hits(), second.hits()), (1, 1));
}

#[rstest]
fn cannot_ask_for_the_name(
    lab: Lab,
    #[values(get_from, get_async_from)] get: fn(&redis::Client) -> RedisResult<String>,
) {
    let faults = faults();
    lab.names().add("db.test", TWO);
    let rule = faults
        .on(Operation::Connect)
        .to_port(53)
        .errno(Errno::ENETUNREACH);
    let error = get(&client(&"db.test")).unwrap_err();
    assert!(error.is_io_error());
    if cfg!(target_env = "gnu") {
        let text = error.to_string();
        assert!(
            text.contains("Temporary failure in name resolution"),
            "{text}"
        );
    }
    rule.assert_hit();
}

/// A hand-shake of its own, and the command; the rest is in the recording, which a failure shows.
#[rstest]
#[case::blocking(get, "sendto")]
#[case::on_tokio(get_async, "writev")]
fn calls_this(#[case] get: Get, #[case] sends: &str) {
    let far = server();
    let faults = faults();
    let recording = faults.record();
    get(&far).unwrap();
    println!("{recording}");
    let of = |call: &str| {
        recording
            .records()
            .iter()
            .filter(|record| record.call() == call)
            .count()
    };
    assert_eq!((of("socket"), of("connect"), of(sends)), (1, 1, 2));
}
