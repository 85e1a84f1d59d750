//! A small client for lines of text, with errors of its own.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What can go wrong, as this client names it.
#[derive(Debug)]
pub enum Failure {
    /// Nobody listens there.
    Refused,
    /// The server ended the connection without ceremony.
    Reset,
    /// It took too long.
    TimedOut,
    /// Something else.
    Other(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::ConnectionReset => Self::Reset,
            // On Unix the end of a socket's time limit is WouldBlock.
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::TimedOut,
            _ => Self::Other(error),
        }
    }
}

/// A connection to the server.
pub struct Client {
    stream: TcpStream,
}

impl Client {
    /// Connects within the time limit.
    pub fn connect(server: SocketAddr, limit: Duration) -> Result<Self, Failure> {
        let stream = TcpStream::connect_timeout(&server, limit)?;
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
        Ok(Self { stream })
    }

    /// Sends some text.
    pub fn send(&mut self, text: &[u8]) -> Result<(), Failure> {
        Ok(self.stream.write_all(text)?)
    }

    /// Receives what is there.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        Ok(self.stream.read(buffer)?)
    }

    /// The connection itself.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }
}
