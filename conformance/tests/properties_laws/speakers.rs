//! Whoever asks: the ways of usocket, std and tokio to make the same calls, none of which waits for long.

use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};
use usocket::{Condition, Deadline, Error, Interest, Operation, wait_for_each};

use crate::model::answer::{Answer, fails};
use crate::model::system::Sock;
use crate::properties_support::PATIENCE;
use usocket_testkit::{Errno, Protocol};

/// An answer, without what differs by nature: whether nothing to do is told as a timeout or as "would block".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Done(usize),
    Nothing,
    Failed(i32, Condition),
}

/// A way to make calls.
pub(crate) trait Speaker {
    fn name(&self) -> &'static str;
    fn connect(&self, addr: SocketAddr) -> Said;
    fn adopt(&self, stream: std::net::TcpStream) -> Box<dyn Stream>;
}

/// A stream in such hands.
pub(crate) trait Stream {
    fn send(&mut self, bytes: &[u8]) -> Said;
    fn receive(&mut self, buffer: &mut [u8]) -> Said;
    fn shutdown(&mut self, how: Shutdown) -> Said;
    fn reset_on_close(&mut self);
}

pub(crate) const ALL: &[&dyn Speaker] = &[&ByDeadline, &ByTrying, &ByWaiting, &ByStd, &ByTokio];

fn of_usocket(result: Result<Option<usize>, Error>) -> Said {
    match result {
        Ok(Some(bytes)) => Said::Done(bytes),
        Ok(None) => Said::Nothing,
        Err(error) => match error.condition() {
            Condition::Timeout | Condition::WouldBlock
                if error.operation() != Operation::Connect =>
            {
                Said::Nothing
            }
            condition => Said::Failed(error.raw_os_error().unwrap_or(0), condition),
        },
    }
}

fn of_io(operation: Operation, result: io::Result<usize>) -> Said {
    match result {
        Ok(bytes) => Said::Done(bytes),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Said::Nothing,
        // usocket has nothing to say of it: there is nothing to end.
        Err(error)
            if operation == Operation::Shutdown && error.kind() == io::ErrorKind::NotConnected =>
        {
            Said::Done(0)
        }
        Err(error) => Said::Failed(
            error.raw_os_error().unwrap_or(0),
            Condition::of(&error, operation),
        ),
    }
}

fn reset_on_close(stream: &impl AsFd) {
    socket2::SockRef::from(stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
}

/// usocket, by calls with a deadline, here one that has passed.
struct ByDeadline;

impl Speaker for ByDeadline {
    fn name(&self) -> &'static str {
        "usocket, by a deadline"
    }

    fn connect(&self, addr: SocketAddr) -> Said {
        of_usocket(usocket::TcpStream::connect_deadline(addr, PATIENCE).map(|_| Some(0)))
    }

    fn adopt(&self, stream: std::net::TcpStream) -> Box<dyn Stream> {
        Box::new(Deadlined(stream.into()))
    }
}

struct Deadlined(usocket::TcpStream);

impl Stream for Deadlined {
    fn send(&mut self, bytes: &[u8]) -> Said {
        of_usocket(self.0.send_deadline(bytes, Duration::ZERO).map(Some))
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Said {
        of_usocket(self.0.recv_deadline(buffer, Duration::ZERO).map(Some))
    }

    fn shutdown(&mut self, how: Shutdown) -> Said {
        of_usocket(self.0.shutdown(how).map(|()| Some(0)))
    }

    fn reset_on_close(&mut self) {
        reset_on_close(&self.0);
    }
}

/// usocket, by calls that try.
struct ByTrying;

impl Speaker for ByTrying {
    fn name(&self) -> &'static str {
        "usocket, by trying"
    }

    fn connect(&self, addr: SocketAddr) -> Said {
        of_usocket(usocket::TcpStream::connect(addr).map(|_| Some(0)))
    }

    fn adopt(&self, stream: std::net::TcpStream) -> Box<dyn Stream> {
        Box::new(Tried(stream.into()))
    }
}

struct Tried(usocket::TcpStream);

impl Stream for Tried {
    fn send(&mut self, bytes: &[u8]) -> Said {
        of_usocket(self.0.try_send(bytes))
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Said {
        of_usocket(self.0.try_recv(buffer))
    }

    fn shutdown(&mut self, how: Shutdown) -> Said {
        of_usocket(self.0.shutdown(how).map(|()| Some(0)))
    }

    fn reset_on_close(&mut self) {
        reset_on_close(&self.0);
    }
}

/// usocket, with sockets that do not block, by waiting first.
struct ByWaiting;

impl Speaker for ByWaiting {
    fn name(&self) -> &'static str {
        "usocket, by waiting"
    }

    fn connect(&self, addr: SocketAddr) -> Said {
        let over = if addr.is_ipv4() {
            Protocol::Tcp4
        } else {
            Protocol::Tcp6
        };
        let socket = Sock::nonblocking(over);
        let answer = match socket.connect(addr) {
            answer if answer == fails(Errno::EINPROGRESS) => {
                let ready = socket.poll_for(PollFlags::OUT, PATIENCE);
                assert_ne!(ready, PollFlags::empty());
                socket.take_error()
            }
            answer => answer,
        };
        match answer {
            Answer::Done(_) => Said::Done(0),
            Answer::Fails(errno) => {
                let error = io::Error::from(errno);
                Said::Failed(errno.raw(), Condition::of(&error, Operation::Connect))
            }
        }
    }

    fn adopt(&self, stream: std::net::TcpStream) -> Box<dyn Stream> {
        stream.set_nonblocking(true).unwrap();
        Box::new(Waiting(stream.into()))
    }
}

struct Waiting(usocket::TcpStream);

impl Waiting {
    fn is_ready(&self, interest: Interest) -> bool {
        let ready = wait_for_each(&[(&self.0 as _, interest)], Deadline::from(Duration::ZERO));
        !ready.unwrap().is_empty()
    }
}

impl Stream for Waiting {
    fn send(&mut self, bytes: &[u8]) -> Said {
        if self.is_ready(Interest::WRITABLE) {
            of_usocket(self.0.send(bytes).map(Some))
        } else {
            Said::Nothing
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Said {
        if self.is_ready(Interest::READABLE) {
            let received = self.0.recv(buffer);
            let blocked = |error: &Error| error.condition() == Condition::WouldBlock;
            assert!(!received.as_ref().is_err_and(blocked), "it was ready");
            of_usocket(received.map(Some))
        } else {
            Said::Nothing
        }
    }

    fn shutdown(&mut self, how: Shutdown) -> Said {
        of_usocket(self.0.shutdown(how).map(|()| Some(0)))
    }

    fn reset_on_close(&mut self) {
        reset_on_close(&self.0);
    }
}

/// std, with sockets that do not block.
struct ByStd;

impl Speaker for ByStd {
    fn name(&self) -> &'static str {
        "std"
    }

    fn connect(&self, addr: SocketAddr) -> Said {
        let connected = std::net::TcpStream::connect(addr);
        of_io(Operation::Connect, connected.map(|_| 0))
    }

    fn adopt(&self, stream: std::net::TcpStream) -> Box<dyn Stream> {
        stream.set_nonblocking(true).unwrap();
        Box::new(stream)
    }
}

impl Stream for std::net::TcpStream {
    fn send(&mut self, bytes: &[u8]) -> Said {
        of_io(Operation::Send, self.write(bytes))
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Said {
        of_io(Operation::Receive, self.read(buffer))
    }

    fn shutdown(&mut self, how: Shutdown) -> Said {
        of_io(Operation::Shutdown, Self::shutdown(self, how).map(|()| 0))
    }

    fn reset_on_close(&mut self) {
        reset_on_close(self);
    }
}

/// tokio, asked where there is something to hear: its readiness comes later than the system's.
struct ByTokio;

impl Speaker for ByTokio {
    fn name(&self) -> &'static str {
        "tokio"
    }

    fn connect(&self, addr: SocketAddr) -> Said {
        let connected = runtime().block_on(async {
            tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect(addr)).await
        });
        of_io(Operation::Connect, connected.unwrap().map(|_| 0))
    }

    fn adopt(&self, stream: std::net::TcpStream) -> Box<dyn Stream> {
        stream.set_nonblocking(true).unwrap();
        let runtime = runtime();
        let entered = runtime.enter();
        let stream = tokio::net::TcpStream::from_std(stream).unwrap();
        drop(entered);
        Box::new(Tokio { stream, runtime })
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

struct Tokio {
    // Before the runtime that it belongs to.
    stream: tokio::net::TcpStream,
    runtime: Runtime,
}

impl Tokio {
    fn is_ready(&self, wanted: PollFlags) -> bool {
        let mut polled = [PollFd::new(&self.stream, wanted)];
        poll(&mut polled, Some(&Timespec::default())).unwrap();
        !polled[0].revents().is_empty()
    }
}

impl Stream for Tokio {
    fn send(&mut self, bytes: &[u8]) -> Said {
        if !self.is_ready(PollFlags::OUT) {
            return Said::Nothing;
        }
        let write = async { tokio::time::timeout(PATIENCE, self.stream.write(bytes)).await };
        of_io(Operation::Send, self.runtime.block_on(write).unwrap())
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Said {
        if !self.is_ready(PollFlags::IN) {
            return Said::Nothing;
        }
        let read = async { tokio::time::timeout(PATIENCE, self.stream.read(buffer)).await };
        of_io(Operation::Receive, self.runtime.block_on(read).unwrap())
    }

    /// tokio itself ends only what is sent.
    fn shutdown(&mut self, how: Shutdown) -> Said {
        let done = match how {
            Shutdown::Write => self.runtime.block_on(self.stream.shutdown()),
            how => socket2::SockRef::from(&self.stream).shutdown(how),
        };
        of_io(Operation::Shutdown, done.map(|()| 0))
    }

    fn reset_on_close(&mut self) {
        reset_on_close(&self.stream);
    }
}
