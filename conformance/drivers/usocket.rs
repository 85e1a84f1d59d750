//! A driver in Rust: puts `usocket` under test from another process, which may be where this program cannot be: under
//! another kernel, in a sandbox, on an emulated processor.
//!
//! ```text
//! conformance run --program here=target/release/examples/driver
//! ```
//!
//! It makes the calls that name an address or a name, and takes no descriptors: none gets into a sandbox. What the lines mean
//! stands in the documentation of `usocket_conformance::drivers`.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use usocket::resolve;
use usocket::{Deadline, Error, TcpListener, TcpStream, UdpSocket};

/// The argument that says that the driver has a loopback of its own: what waits there is not what the scene made.
const OWN_LOOPBACK: &str = "--own-loopback";

/// What came of a call: so many bytes, if it moves any.
type Outcome = Result<Option<usize>, Failed>;

enum Failed {
    /// The library said so.
    Call(Error),
    /// The driver has no way to make the call; the reason.
    Cannot(String),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

pub(crate) fn main() -> io::Result<()> {
    match Request::hear()? {
        Some(request) if request.verb == "capabilities" => {
            println!("operations connect bind send-to receive-from look-up");
            println!("protocols tcp4 tcp6 udp4 udp6\nlimit yes\ncapabilities");
        }
        Some(request) if request.verb == "perform" => tell(perform(&request)),
        Some(request) => tell(Err(cannot(format!("no such verb: {}", request.verb)))),
        None => {}
    }
    Ok(())
}

fn tell(outcome: Outcome) {
    match outcome {
        Ok(bytes) => {
            if let Some(bytes) = bytes {
                println!("bytes {bytes}");
            }
            println!("done");
        }
        Err(Failed::Call(error)) => {
            println!("named {}", error.condition().name());
            if let Some(errno) = error.raw_os_error() {
                println!("errno {errno}");
            }
            println!("text {}\nfailed", one_line(&error));
        }
        Err(Failed::Cannot(reason)) => println!("reason {}\ncannot", one_line(&reason)),
    }
}

fn one_line(text: &impl fmt::Display) -> String {
    text.to_string().replace(['\n', '\r'], " ")
}

fn cannot(reason: impl Into<String>) -> Failed {
    Failed::Cannot(reason.into())
}

fn perform(request: &Request) -> Outcome {
    if let Some(key) = request.unknown() {
        return Err(cannot(format!("the driver does not know {key}")));
    }
    let deadline = Deadline::from(request.limit()?);
    let stream = request.get("protocol")?.starts_with("tcp");
    match request.get("operation")? {
        "connect" if stream => {
            TcpStream::connect_deadline(request.address()?, deadline)?;
        }
        "connect" => UdpSocket::bind(request.local()?)?.connect(request.address()?)?,
        "bind" if stream => drop(TcpListener::bind(request.address()?)?),
        "bind" => drop(UdpSocket::bind(request.address()?)?),
        "send-to" => {
            let payload = vec![b'?'; request.number("payload")?];
            let peer = request.address()?;
            let sent = UdpSocket::bind(request.local()?)?.send_to(&payload, peer)?;
            return Ok(Some(sent));
        }
        "receive-from" => {
            let socket = UdpSocket::bind(request.local()?)?;
            let datagram = socket.recv_from_deadline(&mut [0; 16], deadline)?;
            return Ok(Some(datagram.len));
        }
        "look-up" => drop(resolve::lookup(request.get("name")?, deadline)?),
        operation => return Err(cannot(format!("the driver has no call for {operation}"))),
    }
    Ok(None)
}

/// What the driver is asked.
struct Request {
    verb: String,
    fields: BTreeMap<String, String>,
}

/// What it knows how to take.
const KEYS: [&str; 9] = [
    "address",
    "limit",
    "local",
    "name",
    "operation",
    "payload",
    "port",
    "protocol",
    "shape",
];

impl Request {
    /// The next message, or none at the end of the input.
    fn hear() -> io::Result<Option<Self>> {
        let mut fields = BTreeMap::new();
        for line in io::stdin().lines() {
            let line = line?;
            match line.split_once(' ') {
                None => return Ok(Some(Self { verb: line, fields })),
                Some((key, value)) => fields.insert(key.to_owned(), value.to_owned()),
            };
        }
        Ok(None)
    }

    fn unknown(&self) -> Option<&str> {
        self.fields
            .keys()
            .map(String::as_str)
            .find(|key| !KEYS.contains(key))
    }

    fn get(&self, key: &str) -> Result<&str, Failed> {
        let value = self.fields.get(key).map(String::as_str);
        value.ok_or_else(|| cannot(format!("the request has no {key}")))
    }

    fn number<T: FromStr>(&self, key: &str) -> Result<T, Failed> {
        let value = self.get(key)?;
        value
            .parse()
            .map_err(|_| cannot(format!("{key} cannot be {value:?}")))
    }

    fn limit(&self) -> Result<Option<Duration>, Failed> {
        if !self.fields.contains_key("limit") {
            return Ok(None);
        }
        let limit = Duration::try_from_secs_f64(self.number("limit")?);
        limit
            .map(Some)
            .map_err(|error| cannot(format!("limit: {error}")))
    }

    fn address(&self) -> Result<SocketAddr, Failed> {
        Ok((reachable(self.number("address")?)?, self.number("port")?).into())
    }

    fn local(&self) -> Result<SocketAddr, Failed> {
        Ok((reachable(self.number("local")?)?, 0).into())
    }
}

fn reachable(ip: IpAddr) -> Result<IpAddr, Failed> {
    if ip.is_loopback() && std::env::args().any(|argument| argument == OWN_LOOPBACK) {
        return Err(cannot(
            "the scene is on a loopback that the driver does not share",
        ));
    }
    Ok(ip)
}
