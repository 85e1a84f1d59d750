//! What rules do to mio, tokio and async-io: readiness by edges, and errors that come later than their call.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    feature = "faults"
))]

mod faults_support;

use std::future::Future;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener as TokioListener;
use tokio::net::TcpStream as TokioStream;
use tokio::time::timeout;
use usocket_testkit::faults::{Action, Schedule};
use usocket_testkit::{Errno, Operation};

use faults_support::{WATCHDOG, errno, faults, listener};

/// Runs it on two worker threads of a runtime that is built now, after the rules' scope.
fn on_workers<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        timeout(WATCHDOG, tokio::spawn(work))
            .await
            .expect("nothing wakes the task")
            .unwrap()
    })
}

async fn pair() -> (TokioStream, TokioStream) {
    let listener = TokioListener::bind("127.0.0.1:0").await.unwrap();
    let near = TokioStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    (near, listener.accept().await.unwrap().0)
}

#[test]
fn tokio_connects_accepts_and_reads_under_rules() {
    let faults = faults();
    on_workers(async move {
        let listener = TokioListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let connect = faults
            .on(Operation::Connect)
            .to(addr)
            .skip(1)
            .times(1)
            .errno(Errno::EHOSTDOWN);
        let accept = faults
            .on(Operation::Accept)
            .to(addr)
            .times(1)
            .errno(Errno::EMFILE);
        let mut near = TokioStream::connect(addr).await.unwrap();
        assert_eq!(errno(TokioStream::connect(addr).await), Errno::EHOSTDOWN);
        assert_eq!(errno(listener.accept().await), Errno::EMFILE);
        let (mut far, _) = listener.accept().await.unwrap();
        let receive = faults
            .on(Operation::Receive)
            .descriptor(&near)
            .times(1)
            .errno(Errno::ECONNRESET);
        far.write_all(b"hello").await.unwrap();
        let mut text = [0; 5];
        let error = near.read_exact(&mut text).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        near.read_exact(&mut text).await.unwrap();
        assert_eq!(&text, b"hello");
        assert_eq!([connect.hits(), accept.hits(), receive.hits()], [1, 1, 1]);
    });
}

/// Trap 1: tokio takes a short read on epoll as the last of what was there, and waits for an edge. Without the
/// registration being set anew (`rearm::again` returning at once) this waits for ever.
#[test]
fn tokio_goes_on_after_short_reads() {
    let faults = faults();
    on_workers(async move {
        let (mut near, mut far) = pair().await;
        far.write_all(&[7; 1000]).await.unwrap();
        near.readable().await.unwrap();
        let rule = faults
            .on(Operation::Receive)
            .descriptor(&near)
            .times(5)
            .short(10);
        let mut all = vec![0; 1000];
        near.read_exact(&mut all).await.unwrap();
        assert_eq!(all, [7; 1000]);
        assert_eq!(rule.hits(), 5);
    });
}

/// Trap 1 for the other direction: without the registration being set anew this waits for ever.
#[test]
fn tokio_goes_on_after_short_writes() {
    let faults = faults();
    on_workers(async move {
        let (mut near, mut far) = pair().await;
        let rule = faults
            .on(Operation::Send)
            .descriptor(&near)
            .times(5)
            .short(10);
        near.write_all(&[7; 1000]).await.unwrap();
        let mut all = vec![0; 1000];
        far.read_exact(&mut all).await.unwrap();
        assert_eq!(rule.hits(), 5);
    });
}

/// Trap 1 for an invented EAGAIN, on read, write and accept: without the registration being set anew this waits for
/// ever.
#[test]
fn tokio_goes_on_after_calls_that_would_block() {
    let faults = faults();
    on_workers(async move {
        let again = Errno::EAGAIN;
        let (mut near, mut far) = pair().await;
        let send = faults
            .on(Operation::Send)
            .descriptor(&far)
            .times(3)
            .errno(again);
        far.write_all(b"x").await.unwrap();
        let receive = faults
            .on(Operation::Receive)
            .descriptor(&near)
            .times(3)
            .errno(again);
        near.read_u8().await.unwrap();
        let listener = TokioListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let accept = faults.on(Operation::Accept).to(addr).times(3).errno(again);
        let _client = TokioStream::connect(addr).await.unwrap();
        listener.accept().await.unwrap();
        assert_eq!([send.hits(), receive.hits(), accept.hits()], [3, 3, 3]);
    });
}

#[test]
fn tokio_survives_chance() {
    let faults = faults();
    on_workers(async move {
        for seed in 0..10 {
            let (mut near, mut far) = pair().await;
            let schedule = || {
                Schedule::pass(2)
                    .or(1, Action::Errno(Errno::EAGAIN))
                    .or(1, Action::Short(1))
                    .or(1, Action::Short(100))
            };
            let _rules = [
                faults
                    .on(Operation::Receive)
                    .descriptor(&near)
                    .random(seed, schedule()),
                faults
                    .on(Operation::Send)
                    .descriptor(&far)
                    .random(seed, schedule()),
            ];
            let sent: Vec<u8> = (0..=u8::MAX).cycle().take(20_000).collect();
            let expected = sent.clone();
            let writer = tokio::spawn(async move {
                far.write_all(&sent).await.unwrap();
                far
            });
            let mut got = vec![0; expected.len()];
            near.read_exact(&mut got).await.unwrap();
            writer.await.unwrap();
            assert!(got == expected, "seed {seed}");
        }
    });
}

/// Trap 2 for tokio and async-io, which ask for the error once the socket is ready. No connection is made, so this
/// also shows that the kernel reports an unconnected socket as ready.
#[test]
fn a_late_error_is_seen_by_who_waits_for_readiness() {
    let faults = faults();
    let (_server, addr) = listener();
    let rule = faults
        .on(Operation::Connect)
        .to(addr)
        .times(2)
        .so_error(Errno::ETIMEDOUT);
    let failed = async_io::block_on(async_io::Async::<TcpStream>::connect(addr));
    assert_eq!(errno(failed), Errno::ETIMEDOUT);
    let failed = on_workers(TokioStream::connect(addr));
    assert_eq!(errno(failed), Errno::ETIMEDOUT);
    assert_eq!(rule.hits(), 2);
    on_workers(TokioStream::connect(addr)).unwrap();
    async_io::block_on(async_io::Async::<TcpStream>::connect(addr)).unwrap();
}

/// async-io waits once per readiness (EPOLLONESHOT): what was invented needs no help there, and must get none.
#[test]
fn async_io_goes_on_after_short_and_blocking_calls() {
    let faults = faults();
    let (server, addr) = listener();
    let mut far = TcpStream::connect(addr).unwrap();
    let near = async_io::Async::new(server.accept().unwrap().0).unwrap();
    let rule = faults.on(Operation::Receive).descriptor(&near).sequence([
        Action::Errno(Errno::EAGAIN),
        Action::Short(1),
        Action::Errno(Errno::EAGAIN),
        Action::Short(2),
        Action::ErrnoAfter(Errno::EINTR),
    ]);
    far.write_all(b"hello").unwrap();
    let mut got = Vec::new();
    let error = loop {
        let mut room = [0; 16];
        match async_io::block_on(near.read_with(|mut stream| stream.read(&mut room))) {
            Ok(length) => got.extend_from_slice(&room[..length]),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    // The last call took place, and what it got is lost.
    assert_eq!((&got[..], rule.hits()), (&b"hel"[..], 5));
}

/// Trap 1 for mio itself, with its one event per edge.
#[test]
fn mio_hears_again_of_what_a_rule_left() {
    use mio::{Events, Interest, Poll, Token};

    fn next(poll: &mut Poll, events: &mut Events) -> bool {
        poll.poll(events, Some(WATCHDOG)).unwrap();
        events.iter().any(mio::event::Event::is_readable)
    }

    let faults = faults();
    let (server, addr): (_, SocketAddr) = listener();
    let mut far = TcpStream::connect(addr).unwrap();
    let (near, _) = server.accept().unwrap();
    near.set_nonblocking(true).unwrap();
    let mut near = mio::net::TcpStream::from_std(near);
    let mut poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(8);
    poll.registry()
        .register(&mut near, Token(0), Interest::READABLE)
        .unwrap();
    far.write_all(b"hello").unwrap();
    assert!(next(&mut poll, &mut events));
    let rule = faults
        .on(Operation::Receive)
        .descriptor(&near)
        .sequence([Action::Short(2), Action::Errno(Errno::EAGAIN)]);
    let mut room = [0; 16];
    assert_eq!(near.read(&mut room).unwrap(), 2);
    assert!(next(&mut poll, &mut events), "after a short read");
    assert_eq!(
        near.read(&mut room).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert!(next(&mut poll, &mut events), "after one that would block");
    assert_eq!(near.read(&mut room).unwrap(), 3);
    assert_eq!(rule.hits(), 2);
    // And no more often than that.
    poll.poll(&mut events, Some(Duration::ZERO)).unwrap();
    assert!(events.is_empty());
}
