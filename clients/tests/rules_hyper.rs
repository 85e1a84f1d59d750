//! hyper's client, and reqwest, which is built on it, under system-call rules. What is said of them holds for hyper 1.12.0
//! with hyper-util 0.1.21 and for reqwest 0.13.5.
#![cfg(target_os = "linux")]

usocket_testkit::lab_main!();

mod far;

use std::error::Error;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use far::http::{HALF, UNTIL_CLOSED, WHOLE, server, server_that_waits, url};
use far::{PATIENCE, WATCHDOG, errno, kind, run};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use rstest::rstest;
use usocket_testkit::fixtures::{faults, lab};
use usocket_testkit::{Errno, Faults, Lab, Operation};

/// Hosts that a lab knows nothing of.
const TWO: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 8)),
];

/// The clients under test.
#[derive(Clone, Copy, Debug)]
enum Client {
    /// hyper's own. It has no timeout.
    Hyper,
    Reqwest,
}

use Client::{Hyper, Reqwest};

/// What a client says of its failure.
#[derive(Debug)]
struct Failed {
    is_connect: bool,
    is_timeout: bool,
    error: Box<dyn Error + Send + Sync>,
}

impl Failed {
    fn errno(&self) -> Option<Errno> {
        errno(&*self.error)
    }

    fn kind(&self) -> Option<ErrorKind> {
        kind(&*self.error)
    }
}

impl From<legacy::Error> for Failed {
    fn from(error: legacy::Error) -> Self {
        Self {
            is_connect: error.is_connect(),
            is_timeout: false,
            error: error.into(),
        }
    }
}

impl From<hyper::Error> for Failed {
    fn from(error: hyper::Error) -> Self {
        Self {
            is_connect: false,
            is_timeout: error.is_timeout(),
            error: error.into(),
        }
    }
}

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        Self {
            is_connect: error.is_connect(),
            is_timeout: error.is_timeout(),
            error: error.into(),
        }
    }
}

/// A page.
fn get(client: Client, url: &str) -> Result<String, Failed> {
    get_half(client, url, || ()).0
}

/// The same, with something between the head of the answer and its body; nothing comes of that where there is no head.
fn get_half<T: Send + 'static>(
    client: Client,
    url: &str,
    between: impl FnOnce() -> T + Send + 'static,
) -> (Result<String, Failed>, Option<T>) {
    let url = url.to_string();
    run(async move {
        let mut came = None;
        let page = match client {
            Hyper => by_hyper(&url, || came = Some(between())).await,
            Reqwest => by_reqwest(&url, WATCHDOG, || came = Some(between())).await,
        };
        (page, came)
    })
}

async fn by_hyper(url: &str, between: impl FnOnce()) -> Result<String, Failed> {
    let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let response = client.get(url.parse().unwrap()).await?;
    between();
    let body = response.into_body().collect().await?;
    Ok(String::from_utf8(body.to_bytes().into()).unwrap())
}

async fn by_reqwest(
    url: &str,
    patience: Duration,
    between: impl FnOnce(),
) -> Result<String, Failed> {
    let client = reqwest::Client::builder()
        .no_proxy() // none that the environment names
        .timeout(patience)
        .build()?;
    let response = client.get(url).send().await?;
    between();
    Ok(response.text().await?)
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::unreachable(Errno::ENETUNREACH)]
#[case::network_reset(Errno::ENETRESET)]
#[case::no_port_left(Errno::EADDRNOTAVAIL)]
#[case::timed_out(Errno::ETIMEDOUT)]
#[case::no_room(Errno::ENOBUFS)]
#[case::forbidden(Errno::EPERM)]
#[case::interrupted(Errno::EINTR)]
fn says_what_connect_said(
    faults: Faults,
    #[case] errno: Errno,
    #[values(Hyper, Reqwest)] client: Client,
) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Connect).to(far.addr()).errno(errno);
    let error = get(client, &url(&far)).unwrap_err();
    assert!(error.is_connect, "{error:?}");
    assert_eq!(error.errno(), Some(errno));
    assert_eq!((rule.hits(), far.requests()), (1, 0));
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::timed_out(Errno::ETIMEDOUT)]
fn says_what_came_of_a_connect_in_progress(
    faults: Faults,
    #[case] errno: Errno,
    #[values(Hyper, Reqwest)] client: Client,
) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Connect).to(far.addr()).so_error(errno);
    let error = get(client, &url(&far)).unwrap_err();
    assert!(error.is_connect, "{error:?}");
    assert_eq!(error.errno(), Some(errno));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn tells_that_there_are_no_descriptors_left(
    faults: Faults,
    #[values(Hyper, Reqwest)] client: Client,
) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Socket).streams().errno(Errno::EMFILE);
    let error = get(client, &url(&far)).unwrap_err();
    assert!(error.is_connect, "{error:?}");
    assert_eq!(error.errno(), Some(Errno::EMFILE));
    assert_eq!(rule.hits(), 1);
}

/// A fact, not a wish. A call that does not wait is hardly ever interrupted, but who tries again is safe.
#[rstest]
#[case::sending(Operation::Send)]
#[case::receiving(Operation::Receive)]
fn gives_up_when_interrupted(
    faults: Faults,
    #[case] operation: Operation,
    #[values(Hyper, Reqwest)] client: Client,
) {
    let far = server(WHOLE);
    let rule = faults
        .on(operation)
        .to(far.addr())
        .times(1)
        .errno(Errno::EINTR);
    let error = get(client, &url(&far)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EINTR));
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn works_byte_by_byte(faults: Faults, #[values(Hyper, Reqwest)] client: Client) {
    let far = server(WHOLE);
    let sends = faults.on(Operation::Send).to(far.addr()).short(1);
    let receives = faults.on(Operation::Receive).to(far.addr()).short(1);
    assert_eq!(get(client, &url(&far)).unwrap(), "hello");
    // What it calls to see the end, or that there is nothing, counts too.
    assert!(receives.hits() >= WHOLE.len() as u64);
    assert!(sends.hits() > 16, "{}", sends.hits());
    assert_eq!(far.requests(), 1);
}

/// The request has gone out: asking again could do twice what is to be done once.
#[rstest]
fn does_not_ask_again_when_sending_failed_after_all(
    faults: Faults,
    #[values(Hyper, Reqwest)] client: Client,
) {
    let far = server(WHOLE);
    let rule = faults
        .on(Operation::Send)
        .to(far.addr())
        .times(1)
        .errno_after(Errno::ECONNRESET);
    let error = get(client, &url(&far)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::ECONNRESET));
    assert_eq!(rule.hits(), 1);
}

/// An error of hyper's own, under which std has none.
#[rstest]
fn notices_the_end_before_the_answer(faults: Faults, #[values(Hyper, Reqwest)] client: Client) {
    let far = server(WHOLE);
    let rule = faults.on(Operation::Receive).to(far.addr()).times(1).eof();
    let error = get(client, &url(&far)).unwrap_err();
    assert_eq!(error.kind(), None);
    let said = format!("{error:?}");
    assert!(said.contains("IncompleteMessage"), "{said}");
    assert_eq!(rule.hits(), 1);
}

#[rstest]
fn notices_the_end_in_the_body(faults: Faults, #[values(Hyper, Reqwest)] client: Client) {
    let (far, gate) = server_that_waits(HALF);
    let addr = far.addr();
    let (error, rule) = get_half(client, &url(&far), move || {
        let rule = faults.on(Operation::Receive).to(addr).times(1).eof();
        drop(gate);
        (rule, faults)
    });
    assert_eq!(error.unwrap_err().kind(), Some(ErrorKind::UnexpectedEof));
    assert_eq!(rule.unwrap().0.hits(), 1);
}

#[rstest]
#[case::with_a_length(HALF)]
#[case::without(UNTIL_CLOSED)]
fn keeps_the_reason_in_the_body(
    faults: Faults,
    #[case] says: &'static str,
    #[values(
        Errno::ECONNRESET,
        Errno::EHOSTUNREACH,
        Errno::ENETRESET,
        Errno::ETIMEDOUT
    )]
    errno: Errno,
    #[values(Hyper, Reqwest)] client: Client,
) {
    let (far, gate) = server_that_waits(says);
    let addr = far.addr();
    let (error, rule) = get_half(client, &url(&far), move || {
        let calls = faults.on(Operation::Receive).to(addr).times(1);
        let rule = calls.errno(errno);
        drop(gate);
        (rule, faults)
    });
    assert_eq!(error.unwrap_err().errno(), Some(errno));
    assert_eq!(rule.unwrap().0.hits(), 1);
}

#[rstest]
#[case::refused(Errno::ECONNREFUSED)]
#[case::down(Errno::EHOSTDOWN)]
#[case::reset(Errno::ECONNRESET)]
#[case::forbidden(Errno::EPERM)]
fn goes_on_to_the_next_address(
    lab: Lab,
    #[case] errno: Errno,
    #[values(Hyper, Reqwest)] client: Client,
) {
    let (far, faults) = (server(WHOLE), faults());
    lab.names().add("web.test", TWO);
    let first = faults.on(Operation::Connect).to((TWO[0], 80)).errno(errno);
    let second = faults
        .on(Operation::Connect)
        .to((TWO[1], 80))
        .redirect(far.addr());
    assert_eq!(get(client, "http://web.test/").unwrap(), "hello");
    assert_eq!((first.hits(), second.hits()), (1, 1));
}

#[rstest]
fn does_not_notice_a_redirection(lab: Lab, #[values(Hyper, Reqwest)] client: Client) {
    let (far, faults) = (server(WHOLE), faults());
    let rule = faults
        .on(Operation::Connect)
        .to((TWO[0], 80))
        .redirect(far.addr());
    let url = format!("http://{}/", TWO[0]);
    assert_eq!(get(client, &url).unwrap(), "hello");
    assert_eq!((rule.hits(), far.requests()), (1, 1));
    drop(lab);
}

#[rstest]
fn cannot_ask_for_the_name(lab: Lab, #[values(Hyper, Reqwest)] client: Client) {
    let faults = faults();
    lab.names().add("web.test", TWO);
    let rule = faults
        .on(Operation::Connect)
        .to_port(53)
        .errno(Errno::ENETUNREACH);
    let error = get(client, "http://web.test/").unwrap_err();
    assert!(error.is_connect, "{error:?}");
    assert_eq!(error.errno(), None);
    let said = format!("{error:?}");
    assert!(said.contains("dns error"), "{said}");
    if cfg!(target_env = "gnu") {
        assert!(
            said.contains("Temporary failure in name resolution"),
            "{said}"
        );
    }
    rule.assert_hit();
}

/// The calls that move something, and what they moved. The rest is in the recording, which a failure shows.
#[rstest]
fn calls_this(#[values(Hyper, Reqwest)] client: Client) {
    let far = server(WHOLE);
    let faults = faults();
    let recording = faults.record();
    get(client, &url(&far)).unwrap();
    println!("{recording}");
    let of = |call: &str| {
        recording
            .records()
            .iter()
            .filter(|record| record.call() == call)
            .count()
    };
    assert_eq!((of("socket"), of("connect"), of("writev")), (1, 1, 1));
}

/// It has no timer of its own in this: the system said so, at once.
#[rstest]
fn reqwest_calls_the_systems_timeout_a_timeout(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults
        .on(Operation::Connect)
        .to(far.addr())
        .errno(Errno::ETIMEDOUT);
    let error = get(Reqwest, &url(&far)).unwrap_err();
    assert!(error.is_timeout && error.is_connect, "{error:?}");
    assert_eq!(rule.hits(), 1);
}

/// A socket that says it is ready and never is.
#[rstest]
fn reqwest_gives_up_where_nothing_can_be_read(faults: Faults) {
    let far = server(WHOLE);
    let rule = faults
        .on(Operation::Receive)
        .to(far.addr())
        .errno(Errno::EAGAIN);
    let began = Instant::now();
    let url = url(&far);
    let page = run(async move { by_reqwest(&url, PATIENCE, || ()).await });
    let error = page.unwrap_err();
    assert!(began.elapsed() >= PATIENCE);
    assert!(error.is_timeout, "{error:?}");
    rule.assert_hit();
}
