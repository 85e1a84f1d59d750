//! The far end of the clients under rules: a server on loopback, which no rule is about. A rule that names its address
//! is about the client's calls: to the server's own sockets, the client is the peer.
#![allow(dead_code)] // each of the tests uses a part

pub(crate) mod http;
pub(crate) mod outside;
pub(crate) mod postgres;
pub(crate) mod redis;

use std::error::Error;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime;
use usocket::{Server, ServerHandle, TcpStream};
use usocket_testkit::Errno;

/// For what ends by itself.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(30);
/// For what does not.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// A server. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Far {
    handle: ServerHandle,
    requests: Arc<AtomicU64>,
}

impl Far {
    /// A server that serves each connection so; the other argument counts requests.
    pub(crate) fn start<F>(serve: F) -> Self
    where
        F: Fn(&TcpStream, &AtomicU64) -> io::Result<()> + Send + Sync + 'static,
    {
        let requests = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&requests);
        let handle = Server::bind("127.0.0.1:0")
            .unwrap()
            .spawn(move |stream, _| serve(stream, &counter))
            .unwrap();
        Self { handle, requests }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.handle.local_addr()
    }

    /// How many requests have come.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Acquire)
    }

    /// Waits until as many have come.
    pub(crate) fn wait_for_requests(&self, requests: u64) {
        let began = Instant::now();
        while self.requests() < requests {
            assert!(began.elapsed() < WATCHDOG, "{} came", self.requests());
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// What the system said: the number that is in the error, or in one under it.
pub(crate) fn errno(error: &(dyn Error + 'static)) -> Option<Errno> {
    io_errors(error).find_map(Errno::of)
}

/// The kind of the innermost error of std's.
pub(crate) fn kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    io_errors(error).last().map(io::Error::kind)
}

fn io_errors<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a io::Error> {
    std::iter::successors(Some(error), |&error| error.source())
        .filter_map(|error| error.downcast_ref())
}

/// Runs it in a runtime of several threads. It is built after the rules, so that they are about its threads too.
pub(crate) fn run<F>(future: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let mut runtime = runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    let task = runtime.spawn(future);
    let ended = runtime.block_on(async { tokio::time::timeout(WATCHDOG, task).await });
    // A look-up that hangs does not hold it up.
    runtime.shutdown_background();
    ended.expect("the watchdog").unwrap()
}
