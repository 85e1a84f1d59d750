//! The lab's name server, at the port where the C library asks: it answers over UDP and TCP what the zone says.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use nix::poll::{PollFd, PollFlags};
use nix::sys::eventfd::EventFd;

use super::log::Log;
use super::schedule::Schedule;
use super::thread::{Worker, wait};
use crate::lab::names::{Over, Reply, Zone};

#[derive(Debug)]
pub(super) struct Resolver {
    zone: Arc<Mutex<Zone>>,
    _worker: Worker,
}

impl Resolver {
    /// In the calling thread's network.
    pub(super) fn start(log: Arc<Log>) -> io::Result<Self> {
        const ADDR: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 53);
        let udp = UdpSocket::bind(ADDR)?;
        let tcp = TcpListener::bind(ADDR)?;
        udp.set_nonblocking(true)?;
        tcp.set_nonblocking(true)?;
        let zone = Arc::new(Mutex::new(Zone::new()));
        let server = Server {
            udp,
            tcp,
            zone: Arc::clone(&zone),
            log,
            clients: Vec::new(),
            schedule: Schedule::new(),
        };
        let worker = Worker::start("lab-names", move |stop| server.answer_until(stop))?;
        Ok(Self {
            zone,
            _worker: worker,
        })
    }

    pub(super) fn zone(&self) -> MutexGuard<'_, Zone> {
        self.zone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Server {
    udp: UdpSocket,
    tcp: TcpListener,
    zone: Arc<Mutex<Zone>>,
    log: Arc<Log>,
    clients: Vec<Client>,
    schedule: Schedule<(Arc<To>, Vec<u8>)>,
}

/// Where an answer goes.
#[derive(Debug)]
enum To {
    Datagram(SocketAddr),
    Stream(TcpStream),
}

/// A connection, and what of its next query has come.
struct Client {
    to: Arc<To>,
    received: Vec<u8>,
}

impl Server {
    fn answer_until(mut self, stop: &EventFd) {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let now = Instant::now();
            while let Some((to, bytes)) = self.schedule.next_due(now) {
                self.send(&to, &bytes);
            }
            let mut ready = vec![
                PollFd::new(stop.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.udp.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.tcp.as_fd(), PollFlags::POLLIN),
            ];
            for client in &self.clients {
                if let To::Stream(stream) = &*client.to {
                    ready.push(PollFd::new(stream.as_fd(), PollFlags::POLLIN));
                }
            }
            if wait(&mut ready, self.schedule.until_next(now)).is_err()
                || ready[0].any() == Some(true)
            {
                return;
            }
            while let Ok((length, from)) = self.udp.recv_from(&mut buffer) {
                self.answer(&Arc::new(To::Datagram(from)), &buffer[..length], Over::Udp);
            }
            while let Ok((stream, _)) = self.tcp.accept() {
                // One that cannot be set so would hold up all others.
                if stream.set_nonblocking(true).is_ok() {
                    self.clients.push(Client {
                        to: Arc::new(To::Stream(stream)),
                        received: Vec::new(),
                    });
                }
            }
            for mut client in std::mem::take(&mut self.clients) {
                if client.receive(&mut buffer) {
                    while let Some(query) = client.next_query() {
                        self.answer(&client.to, &query, Over::Tcp);
                    }
                    self.clients.push(client);
                }
            }
        }
    }

    fn answer(&mut self, to: &Arc<To>, query: &[u8], over: Over) {
        let reply = self
            .zone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .respond(query, over);
        self.log.asked(query);
        if let Some(Reply { after, bytes }) = reply {
            self.schedule
                .add(Instant::now() + after, (Arc::clone(to), bytes));
        }
    }

    /// Who does not take its answer goes without.
    fn send(&self, to: &To, bytes: &[u8]) {
        self.log.named(bytes);
        let _ = match to {
            To::Datagram(addr) => self.udp.send_to(bytes, addr).map(drop),
            To::Stream(stream) => {
                let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
                let mut stream: &TcpStream = stream;
                stream.write_all(&[&length.to_be_bytes(), bytes].concat())
            }
        };
    }
}

impl Client {
    /// False when nothing more will come.
    fn receive(&mut self, buffer: &mut [u8]) -> bool {
        let To::Stream(stream) = &*self.to else {
            return false;
        };
        let mut stream: &TcpStream = stream;
        loop {
            match stream.read(buffer) {
                Ok(0) => return false,
                Ok(length) => self.received.extend_from_slice(&buffer[..length]),
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
    }

    /// Two bytes say the length of each (RFC 1035 4.2.2).
    fn next_query(&mut self) -> Option<Vec<u8>> {
        let (length, rest) = self.received.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let query = rest.get(..length)?.to_vec();
        self.received.drain(..2 + length);
        Some(query)
    }
}
