//! A client of the servers under rules, on a thread that no rule is about.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;

use super::WATCHDOG;

/// What it asks for.
pub(crate) const REQUEST: &str = "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

type Job = Box<dyn FnOnce() + Send>;

/// The thread. It is there before there are rules.
#[derive(Debug)]
pub(crate) struct Outside(mpsc::Sender<Job>);

impl Outside {
    pub(crate) fn start() -> Self {
        let (sender, jobs) = mpsc::channel::<Job>();
        thread::spawn(move || jobs.into_iter().for_each(|job| job()));
        Self(sender)
    }

    /// Asks for a page, all in one call, and reads until the connection ends.
    ///
    /// # Panics
    ///
    /// When nothing comes of it in time.
    pub(crate) fn get(&self, addr: SocketAddr) -> io::Result<String> {
        let (sender, answer) = mpsc::channel();
        let job = move || drop(sender.send(get(addr)));
        self.0.send(Box::new(job)).unwrap();
        answer.recv_timeout(2 * WATCHDOG).expect("the watchdog")
    }
}

fn get(addr: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&addr, WATCHDOG)?;
    stream.set_read_timeout(Some(WATCHDOG))?;
    stream.write_all(REQUEST.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
