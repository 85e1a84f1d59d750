//! Windows: a shutdown wakes nobody who waits in a receive, and makes a later one fail. So who receives on a connection of
//! a server's waits for it and for the server at once, and gets what came before the end.
//!
//! Source: Microsoft, "shutdown function (winsock2.h)", which promises nothing for calls under way; std's own tests leave
//! that case out on Windows.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::error::Error;
use crate::link::{Link, retry};
use crate::operation::Operation;
use crate::stream::TcpStream;
use crate::sys::AsHandle;
use crate::sys::wait::{Interest, Ready, wait};
use crate::sys::wake::Wake;
use crate::wait::Waker;

#[derive(Debug)]
pub(crate) struct Leash {
    end: Arc<End>,
    wakers: Mutex<Vec<Waker>>,
}

#[derive(Debug)]
struct End {
    over: AtomicBool,
    wake: Wake,
}

impl Leash {
    pub(crate) fn new() -> Result<Self, Error> {
        let wake = Wake::new().map_err(|source| Error::from_io(Operation::Socket, source))?;
        Ok(Self {
            end: Arc::new(End {
                over: AtomicBool::new(false),
                wake,
            }),
            wakers: Mutex::default(),
        })
    }

    pub(crate) fn tie(&self, link: &Link) {
        // A connection has one server, and is handed out once.
        let _ = link.tied().0.set(Arc::clone(&self.end));
    }

    pub(crate) fn wakes(&self, waker: Waker) {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        wakers.push(waker);
    }

    pub(crate) fn end<'a>(&self, _streams: impl Iterator<Item = &'a TcpStream>) {
        self.end.over.store(true, Ordering::SeqCst);
        // One message to a socket of its own: it fails only if that is full, which is as good.
        let _ = self.end.wake.set();
        let wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        wakers.iter().for_each(Waker::wake);
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tied(OnceLock<Arc<End>>);

impl Tied {
    pub(crate) fn is_over(&self) -> bool {
        self.0
            .get()
            .is_some_and(|end| end.over.load(Ordering::SeqCst))
    }

    /// Waits until there is something to receive, or the server ends it; gives whether it has been ended and nothing is
    /// left to receive. When the time is over, the call is to say so itself.
    pub(crate) fn ended(
        &self,
        socket: &impl AsHandle,
        timeout: impl FnOnce() -> Option<Duration>,
    ) -> io::Result<bool> {
        let Some(end) = self.0.get() else {
            return Ok(false);
        };
        let timeout = timeout();
        loop {
            match retry(|| wait(socket, Interest::Readable, Some(&end.wake), timeout))? {
                Ready::Socket => return Ok(false),
                Ready::Woken => return Ok(true),
                Ready::TimedOut if timeout.is_some() => return Ok(false),
                // One call waits for a day at most.
                Ready::TimedOut => {}
            }
        }
    }
}
